package diagnose

import (
	"fmt"
	"time"
)

// How long a refresh token lives is the server's choice, and no parameter tells
// (RFC 6749 §5.1). Some refresh tokens are JWTs and say it themselves.
var refreshExpired = Rule{
	ID:    RefreshExpired,
	Title: "the refresh token is past its lifetime",
	Cites: "RFC 6749 §6, §5.2",
	Hints: []string{"refresh"},
	After: []ID{Other, ClientCredentials, ClientMismatch, WrongToken, RefreshReused, RefreshRevoked},
	Checks: []Check{
		{"refresh_token_read", readRefreshToken},
		{"refresh_age_measured", measureRefreshAge},
	},
	Fix: func(*Case) []string {
		return []string{
			"send the user through the authorization request again, and treat this answer as the usual end of a session",
			"look up the provider's limits: an absolute lifetime, a limit of inactivity, a shorter one for apps in testing; refresh at least once in the shortest of them",
		}
	},
}

func readRefreshToken(c *Case) *Sighting {
	if c.Token == nil || c.granted() {
		return nil
	}
	claims, ok := c.jwt(c.Token.RefreshToken)
	now := c.serverTime()
	if !ok || claims.Expires == 0 || now.IsZero() || now.Before(claims.Expires.time()) {
		return nil
	}
	return &Sighting{Verdict: Settles, Says: "the refresh token is a JWT, and says itself that it has run out", Values: []Value{
		{Label: "runs out", Text: day(claims.Expires.time())},
		{Label: "token request", Text: day(now)},
	}}
}

func measureRefreshAge(c *Case) *Sighting {
	g := c.grantor()
	if g == nil || g.Response.At.IsZero() || c.Token.SentAt.IsZero() || c.granted() {
		return nil
	}
	age := c.Token.SentAt.Sub(g.Response.At)
	s := &Sighting{Verdict: Sign, Says: fmt.Sprintf("the refresh token was %s old", short(age))}
	life, idle := c.refreshLimits()
	switch {
	case age < 0:
		return nil
	case life > 0 && age > life:
		s.By, s.Says = 3.5, s.Says+", and lives "+days(int(life.Seconds()))+" at this provider"
	case idle > 0 && c.unused() > idle:
		s.By, s.Says = 3.5, "the refresh token was not used for "+days(int(c.unused().Seconds()))+", and lives "+days(int(idle.Seconds()))+" without use at this provider"
	case age < 10*time.Minute:
		s.By = -2.5
	case age > 7*24*time.Hour:
		s.By = 1.5
	default:
		return nil
	}
	return s
}

// refreshLimits are the provider's, by the catalogue; zero: not known.
func (c *Case) refreshLimits() (life, idle time.Duration) {
	if c.Known == nil {
		return 0, 0
	}
	return time.Duration(c.Known.Refresh.Lifetime) * time.Second, time.Duration(c.Known.Refresh.Idle) * time.Second
}

// unused is how long ago the judged refresh token came or was last taken.
func (c *Case) unused() time.Duration {
	last := c.grantor().Response.At
	for _, r := range c.before() {
		if r.RefreshToken == c.Token.RefreshToken && r.Response.Granted() && r.Response.At.After(last) {
			last = r.Response.At
		}
	}
	return c.Token.SentAt.Sub(last)
}

// day is a moment with its date.
func day(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 MST") }
