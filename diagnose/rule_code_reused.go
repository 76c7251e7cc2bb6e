package diagnose

import (
	"fmt"
)

// "The client MUST NOT use the authorization code more than once"
// (RFC 6749 §4.1.2).
var codeReused = Rule{
	ID:    CodeReused,
	Title: "the code had been redeemed before",
	Cites: "RFC 6749 §4.1.2, §10.5",
	After: []ID{Other, ClientCredentials},
	Checks: []Check{
		{"code_sends_counted", countCodeSends},
		{"callbacks_counted", countCallbacks},
	},
	Fix: fixCodeReused,
}

func countCodeSends(c *Case) *Sighting {
	if c.Token == nil || c.Token.Code == "" {
		return nil
	}
	sends := 1
	var first *TokenRequest
	for i, earlier := range c.before() {
		// A refusal before the first success did not use the code up; what did is the rest.
		if earlier.Code != c.Token.Code || earlier.Response.Refused() && c.redeemers[c.At] < 0 {
			continue
		}
		sends++
		if first == nil {
			first = &c.TokenRequests[i]
		}
	}
	if first != nil && c.granted() && c.redeemers[c.At] < 0 {
		return nil // a retry that went well: what was not answered had not arrived
	}
	if first != nil {
		return codeSentBefore(c, first, sends)
	}
	if c.Auth != nil && c.Auth.Response.Code == c.Token.Code {
		return &Sighting{Verdict: Sign, By: -1.5, Says: "this client sent the code once"} // another copy of it may have sent it too
	}
	return nil
}

func codeSentBefore(c *Case, first *TokenRequest, sends int) *Sighting {
	s := &Sighting{Verdict: Sign, By: weighty, Says: "this code was sent before, and no response to that request was seen: it may have arrived"}
	if i := c.redeemers[c.At]; i >= 0 {
		first = &c.TokenRequests[i]
		s.Verdict, s.Says = Settles, "this code was sent before, and that request was answered with tokens"
	}
	who := ""
	if first.ClientID != c.Token.ClientID {
		who = " by " + orNone(first.ClientID)
	}
	values := []Value{
		{Label: "code", Text: c.Token.Code.String()},
		{Label: "sent first", Text: clockTime(first.SentAt) + who},
		{Label: "sent again", Text: clockTime(c.Token.SentAt) + apart(first.SentAt, c.Token.SentAt)},
	}
	if sends > 2 {
		values = append(values, Value{Label: "sent in all", Text: fmt.Sprintf("%d times", sends)})
	}
	s.Values = values
	return s
}

// countCallbacks sees the browser come twice: a reload, a prefetch, two tabs.
// Who redeems on each of them redeems twice, whether the other try was seen or not.
func countCallbacks(c *Case) *Sighting {
	if c.Grant != GrantCode || c.Auth == nil || c.Auth.Response.Count < 2 {
		return nil
	}
	return &Sighting{Verdict: Sign, By: 2, Says: fmt.Sprintf("the callback with this code came %d times", c.Auth.Response.Count)}
}

func fixCodeReused(c *Case) []string {
	fix := []string{
		"start again for a new code, and send each code once: no retry, not on reload, not from two places",
		"find the second sender: a page reload, a double click, React StrictMode, a retry of the HTTP client, a link preview, two workers",
	}
	if c.Auth != nil && c.Auth.Response.URI != "" {
		fix = append(fix, "let the handler of "+c.Auth.Response.URI.String()+" take the code out of the address at once (history.replaceState, or a redirect) and pass over a state it has seen")
	}
	return fix
}
