package diagnose

import (
	"slices"

	"example.com/grantwalk/diagnose/safe"
)

// "… or resource owner credentials … is invalid" is invalid_grant (RFC 6749
// §5.2): with the password grant, the user's and not the client's.
var userCredentials = Rule{
	ID:    UserCredentials,
	Title: "the user's name or password was not accepted",
	Cites: "RFC 6749 §4.3.2, §5.2",
	After: []ID{Other, ClientCredentials},
	Checks: []Check{
		{"password_sent", missPassword},
	},
	Fix: func(*Case) []string {
		return []string{
			"log in with the same name and password in the browser, at the same tenant: a second factor, a lock or an expired password shows there",
			"move to the authorization-code flow: it copes with second factors and single sign-on, and RFC 9700 section 2.4 rules the password grant out",
		}
	},
}

func missPassword(c *Case) *Sighting {
	if c.Token == nil || c.Grant != GrantPassword || c.Token.Params == nil {
		return nil
	}
	for _, name := range []string{"username", "password"} {
		if !slices.Contains(c.Token.Params, safe.Foreign(name)) {
			return &Sighting{Verdict: Settles, Says: "the token request has no " + name + ", which the password grant requires"}
		}
	}
	if c.passedTheClient() {
		return &Sighting{Verdict: Sign, By: 1, Says: "name and password were sent, and the server answered invalid_grant, which is its word for refusing them"}
	}
	return nil
}
