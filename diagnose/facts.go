package diagnose

import (
	"fmt"
	"time"
)

// A Fact is one thing that the evidence shows, in the user's own values. It
// names no cause.
type Fact struct {
	Name  string
	Value string
	Fits  Fit
}

// A Fit tells whether a fact is as the flow demands.
type Fit int

// The fits. Where nothing can be compared, neither is claimed.
const (
	Untold Fit = iota
	Right
	Wrong
)

// clockSlack is a difference of clocks that harms nobody.
const clockSlack = 5 * time.Second

// Facts compares what belongs together in the evidence: values of the two
// requests, the verifier and its challenge, the clocks.
func Facts(e Evidence) []Fact {
	c := newCase(e)
	var facts []Fact
	add := func(name, value string, fits Fit) { facts = append(facts, Fact{name, value, fits}) }

	if c.Auth != nil {
		add("redirect URI, authorization", c.Auth.RedirectURI.String(), Untold)
	}
	if c.Token == nil {
		return facts
	}
	if c.Auth != nil {
		add("redirect URI, token", c.Token.RedirectURI.String(), c.same("redirect_uri", c.Token.RedirectURI.Raw(), c.Auth.RedirectURI.Raw()))
		add("client id", c.Token.ClientID.String(), c.same("client_id", c.Token.ClientID.Raw(), c.Auth.ClientID.Raw()))
	}
	add("client authentication", c.Token.ClientAuth, Untold)
	if age, ok := c.codeAge(); ok {
		add(c.ageFact(age))
	}
	if c.Token.Code != "" {
		add(c.codeSent())
		if c.Auth != nil && c.Auth.Response.Code != "" {
			add(c.codeShape())
		}
	}
	if c.Auth != nil {
		add(c.pkceFact())
	}
	if !c.Token.Response.Date.IsZero() && !c.Token.SentAt.IsZero() {
		add(clocks(c.Token))
	}
	return facts
}

func (c *Case) same(name, a, b string) Fit {
	switch {
	case a == "" && b == "", c.Token.Hides(name), c.Auth.Hides(name):
		return Untold
	case a == b:
		return Right
	}
	return Wrong
}

func (c *Case) ageFact(age time.Duration) (name, value string, fits Fit) {
	name, value = "code's age when sent", short(age)
	life := c.codeLifetime()
	if life == 0 {
		return name, value, Untold
	}
	value += " of " + short(life)
	if age > life {
		return name, value, Wrong
	}
	return name, value, Right
}

func (c *Case) codeSent() (name, value string, fits Fit) {
	n := 0
	for _, r := range c.TokenRequests {
		if r.Code == c.Token.Code {
			n++
		}
	}
	if n == 1 {
		return "code sent", "once", Right
	}
	return "code sent", fmt.Sprintf("%d times", n), Wrong
}

func (c *Case) codeShape() (name, value string, fits Fit) {
	if c.Token.Code == c.Auth.Response.Code {
		return "code as it arrived", "sent unchanged", Right
	}
	return "code as it arrived", "not what was sent", Wrong
}

func (c *Case) pkceFact() (name, value string, fits Fit) {
	name = "PKCE"
	switch s := c.finding("verifier_hashed"); {
	case s == nil && (c.Auth.Challenge != "" || c.Auth.Hides("code_challenge")):
		return name, "not compared", Untold
	case s == nil:
		return name, "not used", Untold
	case s.Verdict == Excludes:
		return name, s.Says, Right
	default:
		return name, s.Says, Wrong
	}
}

func clocks(r *TokenRequest) (name, value string, fits Fit) {
	switch off, _ := clockOff(r); {
	case off.Abs() <= clockSlack:
		return "the server's clock", "agrees with ours", Right
	case off > 0:
		return "the server's clock", off.Round(time.Second).String() + " ahead of ours", Wrong
	default:
		return "the server's clock", (-off).Round(time.Second).String() + " behind ours", Wrong
	}
}
