package diagnose

import (
	"slices"
)

// "access_denied: The resource owner or authorization server denied the request"
// (RFC 6749 §4.1.2.1). It comes by the redirect; there is no code then, and so no
// invalid_grant.
var userDenied = Rule{
	ID:    UserDenied,
	Title: "somebody refused",
	Cites: "RFC 6749 §4.1.2.1",
	Checks: []Check{
		{"denied_by_redirect", deniedByRedirect},
		{"code_came", codeCame},
	},
	Fix: func(*Case) []string {
		return []string{
			"show the user that nothing was granted, and offer to start again; a client that goes on to the token endpoint has no code to send",
			"when nobody pressed Cancel, look who else refuses: an administrator's consent, a rule of the server's, an account that is not assigned",
		}
	},
}

// denials are the errors by which servers say that a person refused: RFC 6749's,
// and words of some servers' own, such as LinkedIn's two.
var denials = []string{"access_denied", "user_denied", "user_cancelled_login", "user_cancelled_authorize", "user_cancel"}

// IsDenial reports whether an authorization response with this error says that a
// person, or an administrator, refused (RFC 6749 §4.1.2.1).
func IsDenial(code string) bool { return slices.Contains(denials, code) }

func deniedByRedirect(c *Case) *Sighting {
	if c.Auth == nil || !IsDenial(c.Auth.Response.Error.Raw()) || c.Auth.Prompt == "none" {
		return nil
	}
	if c.Token != nil && c.Token.Code == "" && !c.Token.Hides("code") && c.Token.Params != nil {
		return &Sighting{Verdict: Settles, Says: "the redirect came back with " + c.Auth.Response.Error.String() + " and no code, and the client went on to the token endpoint"}
	}
	if c.Token != nil {
		return nil
	}
	return &Sighting{Verdict: Sign, By: 3, Says: "the redirect came back with " + c.Auth.Response.Error.String() + " in place of a code"}
}

func codeCame(c *Case) *Sighting {
	if c.Token == nil || c.Auth == nil || c.Auth.Response.Code == "" || c.Auth.Response.Code != c.Token.Code {
		return nil
	}
	return &Sighting{Verdict: Excludes, Says: "a code came by the redirect, so nobody had refused"}
}
