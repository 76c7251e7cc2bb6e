package view

import (
	"fmt"
	"time"

	"example.com/grantwalk/diagnose/evidence"
)

// "The JWT MUST contain an "exp" … the authorization server MUST reject any JWT
// with an expiration time that has passed, subject to allowable clock skew"
// (RFC 7523 §3). Codes and refresh tokens carry no time of the client's: there a
// clock that is off does no harm.
var clockChecks = []check{
	{"assertion_times", timeAssertion, []string{"issued_in_the_future", "not_yet_valid", "run_out"}},
	{"clocks_compared", compareClocks, []string{"agree", "off", "off_with_assertion"}},
}

// clockSlack is a difference of clocks that harms nobody.
const clockSlack = 5 * time.Second

// timeAssertion reads the assertion's times by the server's clock. One that is
// stale by our own clock too is no matter of clocks.
func timeAssertion(v *View) *Fact {
	claims, ok := assertion(v)
	if !ok || v.Granted() {
		return nil
	}
	date := v.Token.Response.Date
	ours := v.Token.SentAt
	if date.IsZero() {
		return nil
	}
	values := func(name string, s stamp) []Value {
		return []Value{{Label: name + " of the assertion", Text: day(s.time())}, {Label: "server's clock", Text: day(date)}, {Label: "our clock", Text: day(ours)}}
	}
	switch {
	case claims.Issued != 0 && claims.Issued.time().Sub(date) > clockSlack:
		return differs("issued_in_the_future", "by the server's clock the assertion was issued in the future", values("iat", claims.Issued)...)
	case claims.NotBefore != 0 && claims.NotBefore.time().Sub(date) > clockSlack:
		return differs("not_yet_valid", "by the server's clock the assertion is not valid yet", values("nbf", claims.NotBefore)...)
	case claims.Expires != 0 && !date.Before(claims.Expires.time()) && !ours.IsZero() && ours.Before(claims.Expires.time()):
		return differs("run_out", "by the server's clock the assertion has run out, by ours it has not", values("exp", claims.Expires)...)
	}
	return nil
}

func compareClocks(v *View) *Fact {
	if v.Token == nil || v.Granted() {
		return nil
	}
	off, ok := clockOff(v.Token)
	if !ok {
		return nil
	}
	if off.Abs() <= clockSlack {
		return fits("agree", "our clock agrees with the server's Date header")
	}
	direction, state := "ahead of", "off"
	if off < 0 {
		direction = "behind"
	}
	if (v.Grant == evidence.GrantJWT || v.Token.ClientAuth == evidence.AuthAssertion) && off.Abs() > time.Minute {
		state = "off_with_assertion"
	}
	return sign(state, fmt.Sprintf("the server's clock is %s %s ours", Duration(off.Abs().Round(time.Second)), direction),
		Value{Label: "server's clock", Text: day(v.Token.Response.Date)}, Value{Label: "our clock", Text: day(v.Token.SentAt)})
}
