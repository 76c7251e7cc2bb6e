package diagnose

import (
	"slices"
	"strings"
	"time"

	"grantwalk/diagnose/safe"
)

// What became of the tokens of a grant: which answer gave them, what was sent
// again, what was revoked. All of it is by the order of the wire.

// grantorOf is the place of the request before i whose answer gave the refresh
// token that request i sends; -1 if none did.
func (c *Case) grantorOf(i int) int {
	sent := c.TokenRequests[i].RefreshToken
	if sent == "" {
		return -1
	}
	for j, r := range slices.Backward(c.TokenRequests[:i]) {
		if r.Response.RefreshToken == sent {
			return j
		}
	}
	return -1
}

// rootOf is the request that began the grant to which request i belongs: the one
// that redeemed a code, as a rule. -1 if the evidence does not reach back to it.
func (c *Case) rootOf(i int) int {
	if grantOf(&c.TokenRequests[i]) != GrantRefresh {
		if first := c.redeemed(i); first >= 0 {
			return first
		}
		return i
	}
	for grantOf(&c.TokenRequests[i]) == GrantRefresh {
		j := c.grantorOf(i)
		if j < 0 {
			return -1
		}
		i = j
	}
	return c.rootOf(i)
}

// redeemed is the place of the request before i that was answered with tokens
// for the code that request i sends; -1 if there is none.
func (c *Case) redeemed(i int) int {
	code := c.TokenRequests[i].Code
	return slices.IndexFunc(c.TokenRequests[:i], func(r TokenRequest) bool {
		return code != "" && r.Code == code && r.Response.Granted()
	})
}

// grantor is the request whose answer gave the refresh token that is judged.
func (c *Case) grantor() *TokenRequest {
	if c.Token == nil {
		return nil
	}
	if j := c.grantorOf(c.At); j >= 0 {
		return &c.TokenRequests[j]
	}
	return nil
}

// rotatedAt is the place of the request before i that sent the same refresh
// token as i and got another one for it; -1 if there is none.
func (c *Case) rotatedAt(i int) int {
	sent := c.TokenRequests[i].RefreshToken
	return slices.IndexFunc(c.TokenRequests[:i], func(r TokenRequest) bool {
		return sent != "" && r.RefreshToken == sent && r.Response.RefreshToken != "" && r.Response.RefreshToken != sent
	})
}

// misuse is a request before the judged one that used up, for the second time, a
// code or token of the same grant; -1 if there is none.
func (c *Case) misuse() int {
	root := c.rootOf(c.At)
	if root < 0 {
		return -1
	}
	for i := range c.before() {
		if c.redeemed(i) == root || c.rotatedAt(i) >= 0 && c.rootOf(i) == root {
			return i
		}
	}
	return -1
}

// revoked is the client's own revocation of a token before the judged request.
func (c *Case) revoked(token safe.Secret) *Revocation {
	for i := range c.Revocations {
		r := &c.Revocations[i]
		if late := !r.SentAt.IsZero() && !c.Token.SentAt.IsZero() && r.SentAt.After(c.Token.SentAt); !late && token != "" && r.Token == token && r.Status < 400 {
			return r
		}
	}
	return nil
}

// grantedScope is what the refresh token may be used for, and what was asked for
// in the beginning (RFC 6749 §5.1: an answer without scope grants just that).
// Nil: not known.
func (c *Case) grantedScope() (granted, asked []string) {
	i := c.At
	for c.grantorOf(i) >= 0 {
		i = c.grantorOf(i)
		if s := c.TokenRequests[i].Response.Scope; s != "" && granted == nil {
			granted = scopes(s)
		}
	}
	if i == c.At {
		return nil, nil
	}
	asked = scopes(c.TokenRequests[i].Scope)
	if a := c.authorizationOf(&c.TokenRequests[i]); a != nil {
		asked = append(asked, scopes(a.Scope)...)
	}
	if granted == nil && len(asked) > 0 {
		granted = asked
	}
	return granted, asked
}

// scopes are the words of a scope; some servers put commas between them.
func scopes(s string) []string { return strings.Fields(strings.ReplaceAll(s, ",", " ")) }

// worked is a request with the same client_id that the server gave tokens for.
func (c *Case) worked() *TokenRequest {
	for i := range c.TokenRequests {
		r := &c.TokenRequests[i]
		if i != c.At && r.ClientID == c.Token.ClientID && r.ClientID != "" && r.Response.Granted() {
			return r
		}
	}
	return nil
}

// clockTime is a moment as evidence shows it.
func clockTime(t time.Time) string {
	if t.IsZero() {
		return "at an unknown time"
	}
	return t.Format("15:04:05.000")
}

// apart is the time between two moments, as text; empty where it is not known.
func apart(from, to time.Time) string {
	if from.IsZero() || to.IsZero() || to.Before(from) {
		return ""
	}
	return ", " + short(to.Sub(from)) + " later"
}

// short is a duration to three digits or so.
func short(d time.Duration) string {
	switch {
	case d >= 10*time.Second:
		return d.Round(time.Second).String()
	case d >= 10*time.Millisecond:
		return d.Round(time.Millisecond).String()
	}
	return d.Round(10 * time.Microsecond).String()
}
