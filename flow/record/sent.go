package record

import (
	"fmt"
	"regexp"
	"strings"

	"example.com/grantwalk/diagnose/wire"
)

// maxSent bounds the parameters that are kept of one request. An endpoint's own query
// may have any number of them.
const maxSent = 200

// sentPart is a parameter of a query with the separators that belong to no other: an
// endpoint may write && or end with &.
var sentPart = regexp.MustCompile(`&*[^&]+(?:&+$)?`)

// SentParams reads the query or the form of a request that the client sends, each
// parameter with the form in which it is sent.
func SentParams(in, encoded string) []Param {
	var params []Param
	parts := sentPart.FindAllString(encoded, -1)
	for i, part := range parts {
		if i == maxSent {
			return append(params, Param{In: in, Name: "…", Value: fmt.Sprintf("and %d more", len(parts)-i)})
		}
		if i > 0 {
			part = part[1:] // the separator
		}
		name, value, _ := strings.Cut(strings.Trim(part, "&"), "=")
		p := newParam(in, wire.Unescape(name), wire.Unescape(value))
		p.Encoded = part
		params = append(params, p)
	}
	return params
}
