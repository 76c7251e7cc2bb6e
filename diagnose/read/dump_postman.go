package read

import (
	"bufio"
	"encoding/json"
	"strings"

	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/internal/lazy"
	"example.com/grantwalk/diagnose/wire"
)

// Postman's console, copied as text: a line with the request, and a JSON document with the
// rest.

var consoleStart = lazy.Regexp(`(?m)^\W*(GET|POST|PUT|HEAD|OPTIONS|DELETE|PATCH) ([a-z]+://\S+?):?(?: +(\d{3})\b[^\n{]*)?:? *\n? *(\{)`)

func isPostmanConsole(text string) bool {
	return consoleStart().MatchString(text)
}

func readPostmanConsole(text string, c *conversation) (rest string) {
	var said strings.Builder
	for {
		m := consoleStart().FindStringSubmatchIndex(text)
		if m == nil {
			break
		}
		said.WriteString(text[:m[0]])
		group := func(i int) string {
			if m[2*i] < 0 {
				return ""
			}
			return text[m[2*i]:m[2*i+1]]
		}
		x := exchange.Exchange{Request: exchange.Request{Method: group(1)}}
		x.Request.SetURL(group(2))
		x.Response.Status = max(0, atoi(group(3)))
		doc := text[m[8]:]
		end, whole := documentEnd(doc)
		if !whole {
			end, x.Request.Body = len(doc), exchange.Partly
		}
		_ = readPostmanDocument(doc[:end], &x) // what is before an error is used
		c.found, c.waiting = append(c.found, x), x.Response.Status == 0 && x.Response.Body == ""
		text = doc[end:]
	}
	return said.String() + text
}

func readPostmanDocument(doc string, x *exchange.Exchange) error {
	s := newStream(bufio.NewReader(strings.NewReader(doc)))
	return s.members(func(name string) (err error) {
		switch name {
		case "Request Headers":
			err = readPairs(s, x.Request.SetHeader)
		case "Request Body":
			var text string
			if text, err = s.bodyOrObject(&x.Request.Form); text != "" {
				x.Request.SetBody(x.Request.Media, text)
			}
		case "Response Headers":
			err = readPairs(s, x.Response.SetHeader)
		case "Response Body":
			var members []wire.Param
			x.Response.Body, err = s.bodyOrObject(&members)
			if len(members) > 0 {
				x.Response.Body = membersJSON(members)
			}
		default:
			err = s.skip()
		}
		return err
	})
}

// bodyOrObject reads a body, which is a string or the object that it was parsed into.
func (s *stream) bodyOrObject(members *[]wire.Param) (text string, err error) {
	if c, err := s.next(); err != nil || c != '{' {
		if err != nil {
			return "", err
		}
		return s.text(maxContent)
	}
	return "", readPairs(s, func(name, value string) {
		if len(*members) < maxParams {
			*members = append(*members, wire.Param{Name: name, Value: value})
		}
	})
}

func membersJSON(members []wire.Param) string {
	object := map[string]string{}
	for _, p := range members {
		object[p.Name] = p.Value
	}
	body, err := json.Marshal(object)
	if err != nil {
		return "" // strings can always be written
	}
	return string(body)
}
