package diagnose

import (
	"time"
)

// The server stores what it granted (RFC 6749 §4.1.2 binds the code to client and
// redirect URI), and can lose it. The client sees only that nothing else is wrong.
var serverState = Rule{
	ID:    ServerState,
	Title: "the server no longer knows what it granted",
	Cites: "RFC 6749 §4.1.2",
	Checks: []Check{
		{"all_else_fits", allElseFits},
		{"server_failed", serverFailed},
	},
	Fix: func(*Case) []string {
		return []string{
			"where the server is yours: look whether it restarted, whether all its nodes share one store, and whether the clean-up of old grants is too eager",
			"start again; if a fresh code sent at once is refused too, it is not the server's memory",
		}
	},
}

// allElseFits: a fresh code, sent once, unchanged, by the same client with the
// same redirect URI.
func allElseFits(c *Case) *Sighting {
	age, ok := c.codeAge()
	if !ok || age < 0 || age > 20*time.Second || c.Refusal.Error != "invalid_grant" || c.Token.Code != c.Auth.Response.Code || c.Token.Code == "" ||
		c.Token.RedirectURI != c.Auth.RedirectURI || c.Token.ClientID != c.Auth.ClientID {
		return nil
	}
	if s := hashVerifier(c); s != nil && s.Verdict == Settles {
		return nil
	}
	if s := countCodeSends(c); s != nil && (s.Verdict == Settles || s.By > 0) {
		return nil
	}
	return &Sighting{Verdict: Sign, By: 1.5, Says: "all that the client can see fits: a fresh code, sent once and unchanged, by the same client with the same redirect URI"}
}

func serverFailed(c *Case) *Sighting {
	status := c.Refusal.Status
	if status < 500 && c.Refusal.Error != "server_error" && c.Refusal.Error != "temporarily_unavailable" {
		return nil
	}
	return &Sighting{Verdict: Sign, By: 2.5, Says: "the server says that it failed itself"}
}
