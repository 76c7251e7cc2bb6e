package diagnose

import (
	"fmt"
	"time"
)

// "The client MUST NOT use the authorization code more than once"
// (RFC 6749 §4.1.2).
var codeReused = Rule{
	ID:    CodeReused,
	Title: "the code had been redeemed before",
	Cites: []Citation{{"RFC 6749", "4.1.2"}, {"RFC 6749", "10.5"}},
	Checks: []Check{
		{"code_sends_counted", countCodeSends},
	},
	Fix: func(*Case) []string {
		return []string{
			"start again for a new code, and send each code once: no retry, not on reload, not from two places",
			"find the second sender: a page reload, a double click, React StrictMode, a retry of the HTTP client, a link preview, two workers",
		}
	},
}

func countCodeSends(c *Case) *Sighting {
	if c.Token == nil || c.Token.Code == "" {
		return nil
	}
	for _, earlier := range c.before() {
		if earlier.Code != c.Token.Code {
			continue
		}
		what := "was not seen to be answered"
		if earlier.Response.Granted() {
			what = "was answered with tokens"
		}
		return &Sighting{Verdict: Settles, Says: "this code was sent before, and that request " + what, Values: []Value{
			{Label: "code", Text: c.Token.Code.String()},
			{Label: "sent first", Text: clockTime(earlier.SentAt)},
			{Label: "sent again", Text: clockTime(c.Token.SentAt) + after(c.Token.SentAt.Sub(earlier.SentAt))},
		}}
	}
	if c.Auth != nil && c.Auth.Response.Code != "" {
		return &Sighting{Verdict: Sign, By: -1.5, Says: "this client sent the code once"} // another copy of it may have sent it too
	}
	return nil
}

func clockTime(t time.Time) string {
	if t.IsZero() {
		return "at an unknown time"
	}
	return t.Format("15:04:05.000")
}

func after(d time.Duration) string {
	if d <= 0 {
		return ""
	}
	return fmt.Sprintf(", %s later", d.Round(time.Millisecond))
}
