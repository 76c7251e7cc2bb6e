package diagnose

import (
	"fmt"
	"time"
)

// "A maximum authorization code lifetime of 10 minutes is RECOMMENDED"
// (RFC 6749 §4.1.2). Some servers keep them for 30 seconds.
var codeExpired = Rule{
	ID:    CodeExpired,
	Title: "the code was exchanged after its lifetime",
	Cites: "RFC 6749 §4.1.2, §5.2",
	Hints: []string{"code_lifetime"},
	After: []ID{Other, ClientCredentials, WrongToken, CodeMalformed, CodeReused},
	Checks: []Check{
		{"code_age_measured", measureCodeAge},
	},
	Fix: fixCodeExpired,
}

// recommendedLifetime is RFC 6749's upper bound.
const recommendedLifetime = 10 * time.Minute

// measureCodeAge holds the code's age against its lifetime. The age is the least
// that it can have been: the server made the code before the callback came.
func measureCodeAge(c *Case) *Sighting {
	age, ok := c.codeAge()
	if !ok || c.Token.Code == "" || age < 0 || c.granted() {
		return nil
	}
	s := &Sighting{Values: []Value{
		{Label: "callback", Text: clockTime(c.Auth.Response.At)},
		{Label: "token request", Text: clockTime(c.Token.SentAt) + apart(c.Auth.Response.At, c.Token.SentAt)},
	}}
	switch life := c.codeLifetime(); {
	case c.CodeLifetime > 0 && age > life:
		s.Verdict, s.Says = Settles, fmt.Sprintf("the code was %s old when it was sent, and codes live %s here", short(age), short(life))
	case c.CodeLifetime > 0:
		s.Verdict, s.Says = Excludes, fmt.Sprintf("the code was sent after %s, and codes live %s here", short(age), short(life))
	case life > 0 && age > life: // by the catalogue, but whoever runs the server can set it
		s.By, s.Says = 4.5, fmt.Sprintf("the code was %s old when it was sent, and codes live %s at this provider as a rule", short(age), short(life))
	case life > 0:
		s.By, s.Says = -3, fmt.Sprintf("the code was sent after %s, and codes live %s at this provider as a rule", short(age), short(life))
	case age > recommendedLifetime:
		s.By, s.Says = 3.5, fmt.Sprintf("the code was %s old when it was sent, and RFC 6749 wants codes to live ten minutes at most", short(age))
	case age > time.Minute:
		s.By, s.Says = 1.5, fmt.Sprintf("the code was %s old when it was sent, and codes live a minute at some servers", short(age))
	case age > 25*time.Second:
		s.By, s.Says = 0.5, fmt.Sprintf("the code was %s old when it was sent, and codes live 30 seconds at a few servers", short(age))
	case age > 5*time.Second:
		s.By, s.Says = -1, fmt.Sprintf("the code was only %s old", short(age))
	default:
		s.By, s.Says = -2, fmt.Sprintf("the code was only %s old", short(age))
	}
	return s
}

func fixCodeExpired(c *Case) []string {
	fix := []string{"start again, and send the code from the callback's handler itself, before anything slow: no queue, no second page, no copying by hand"}
	if life := c.codeLifetime(); c.CodeLifetime > 0 {
		fix[0] += fmt.Sprintf("; here it has %s", short(life))
	}
	if age, ok := c.codeAge(); ok && age > time.Minute {
		fix = append(fix, fmt.Sprintf("find what took %s between the callback at %s and the token request", short(age), clockTime(c.Auth.Response.At)))
	}
	return append(fix, "when a code is too old, send the user to the authorization endpoint again instead of showing the error")
}
