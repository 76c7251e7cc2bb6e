package diagnose

import (
	"fmt"
	"time"

	"example.com/grantwalk/diagnose/evidence"
)

// "The JWT MUST contain an "exp" … the authorization server MUST reject any JWT
// with an expiration time that has passed, subject to allowable clock skew"
// (RFC 7523 §3). Codes and refresh tokens carry no time of the client's: there a
// clock that is off does no harm.
var clockSkew = Rule{
	ID:    ClockSkew,
	Title: "the machine's clock is off",
	Cites: "RFC 7523 §3, RFC 7519 §4.1.4",
	After: []ID{Other, ClientCredentials},
	Checks: []Check{
		{"assertion_times", timeAssertion},
		{"clocks_compared", compareClocks},
	},
	Fix: fixClockSkew,
}

// timeAssertion reads the assertion's times by the server's clock. One that is
// stale by our own clock too is no matter of clocks.
func timeAssertion(c *Case) *Sighting {
	claims, ok := c.assertion()
	if !ok || c.granted() {
		return nil
	}
	date := c.Token.Response.Date
	ours := c.Token.SentAt
	if date.IsZero() {
		return nil
	}
	values := func(name string, s stamp) []Value {
		return []Value{{Label: name + " of the assertion", Text: day(s.time())}, {Label: "server's clock", Text: day(date)}, {Label: "our clock", Text: day(ours)}}
	}
	switch {
	case claims.Issued != 0 && claims.Issued.time().Sub(date) > clockSlack:
		return &Sighting{Verdict: Settles, Says: "by the server's clock the assertion was issued in the future", Values: values("iat", claims.Issued)}
	case claims.NotBefore != 0 && claims.NotBefore.time().Sub(date) > clockSlack:
		return &Sighting{Verdict: Settles, Says: "by the server's clock the assertion is not valid yet", Values: values("nbf", claims.NotBefore)}
	case claims.Expires != 0 && !date.Before(claims.Expires.time()) && !ours.IsZero() && ours.Before(claims.Expires.time()):
		return &Sighting{Verdict: Settles, Says: "by the server's clock the assertion has run out, by ours it has not", Values: values("exp", claims.Expires)}
	}
	return nil
}

func compareClocks(c *Case) *Sighting {
	if c.Token == nil || c.granted() {
		return nil
	}
	off, ok := clockOff(c.Token)
	if !ok {
		return nil
	}
	if off.Abs() <= clockSlack {
		return &Sighting{Verdict: Excludes, Says: "our clock agrees with the server's Date header"}
	}
	direction := "ahead of"
	if off < 0 {
		direction = "behind"
	}
	s := &Sighting{Verdict: Sign, By: 0.5, Says: fmt.Sprintf("the server's clock is %s %s ours", off.Abs().Round(time.Second), direction), Values: []Value{
		{Label: "server's clock", Text: day(c.Token.Response.Date)},
		{Label: "our clock", Text: day(c.Token.SentAt)},
	}}
	if (c.Grant == GrantJWT || c.Token.ClientAuth == evidence.AuthAssertion) && off.Abs() > time.Minute {
		s.By = 3
	}
	return s
}

func fixClockSkew(c *Case) []string {
	fix := []string{"set the machine's clock by NTP, and in containers and virtual machines the host's; then compare it with the server's Date header"}
	if c.Token != nil {
		if off, ok := clockOff(c.Token); ok && off.Abs() > clockSlack {
			fix[0] = fmt.Sprintf("set the machine's clock by NTP: it differs from the server's by %s", off.Abs().Round(time.Second))
		}
	}
	return append(fix, "make iat and exp of each assertion anew from the clock in UTC, in seconds and not in milliseconds")
}
