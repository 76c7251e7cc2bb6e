package diagnose

import (
	"fmt"
	"net/url"
	"strings"
)

// The code is opaque: it leaves by the browser form-encoded (RFC 6749 §4.1.2),
// is decoded once, and is encoded once more for the token request's body.
var codeMalformed = Rule{
	ID:    CodeMalformed,
	Title: "the code was changed on its way",
	Cites: "RFC 6749 §4.1.2, §4.1.3",
	After: []ID{Other, ClientCredentials, WrongToken},
	Checks: []Check{
		{"codes_compared", compareCodes},
		{"code_looked_at", lookAtCode},
	},
	Fix: fixCodeMalformed,
}

func compareCodes(c *Case) *Sighting {
	if c.Token == nil || c.Token.Code == "" || c.Auth == nil || c.Auth.Response.Code == "" {
		return nil
	}
	arrived, sent := c.Auth.Response.Code, c.Token.Code
	if arrived == sent {
		return &Sighting{Verdict: Excludes, Says: "the code was sent as it arrived"}
	}
	codes, _ := c.relation(arrived, sent)
	if how := codes.Alteration; how != "" {
		return &Sighting{Verdict: Settles, Says: "the code that was sent " + how, Values: secretsCompared("code as it arrived", arrived, "code as it was sent", sent)}
	}
	if n := codes.Slips; n > 0 {
		return &Sighting{Verdict: Sign, By: weighty, Values: secretsCompared("code as it arrived", arrived, "code as it was sent", sent),
			Says: fmt.Sprintf("the code that was sent differs in %s from the one that arrived, the first time at character %d: it was changed, or it is another code", count(n, "character"), codes.First+1)}
	}
	return nil
}

// lookAtCode looks for traces of a URL or of quoting where there is no callback
// to compare with. RFC 6749 §A.11 allows these characters in a code; no server
// that is known puts them there.
func lookAtCode(c *Case) *Sighting {
	if c.Token == nil || c.Token.Code == "" || c.Auth != nil && c.Auth.Response.Code != "" {
		return nil
	}
	says := c.nature(c.Token.Code).Leftover
	if says == "" {
		return nil
	}
	return &Sighting{Verdict: Sign, By: 3, Says: "the code " + says, Values: []Value{{Label: "code as it was sent", Text: c.Token.Code.String()}}}
}

// leftoverIn names what a URL, an encoding or quoting left in a code.
func leftoverIn(code string) string {
	switch {
	case strings.Contains(code, "code=") || strings.Contains(code, "&state=") || strings.Contains(code, "://"):
		return "has other parts of the redirect in it"
	case isEncoded(code):
		return "has percent-encoding in it (" + firstEscape(code) + "), which the redirect's encoding was not taken off"
	case spaceIn(code) != "":
		return spaceIn(code)
	case strings.Contains(code, " "):
		return "has a blank in it, as from a + that was decoded"
	case strings.Trim(code, `"'`) != code:
		return "has quotes around it"
	case strings.HasSuffix(code, "#") || strings.HasSuffix(code, "#_=_"):
		return "has a URL's fragment at its end"
	}
	return ""
}

func isEncoded(s string) bool {
	plain, err := url.PathUnescape(s)
	return err == nil && plain != s
}

// firstEscape is the first %XX of a text that has one.
func firstEscape(s string) string {
	i := strings.IndexByte(s, '%')
	return s[i:min(i+3, len(s))]
}

func fixCodeMalformed(*Case) []string {
	return []string{
		"take the code from the callback with the framework's own query parser (it decodes once), and hand it on untouched: no trimming, no lower case, no second decoding",
		"let the HTTP library write the form body from name and value, so that the code is encoded exactly once",
		"start again with a new code, and compare its first and last characters and its length at both ends",
	}
}
