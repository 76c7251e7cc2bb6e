package diagnose

import (
	"slices"
	"strings"
)

// What was asked for is well formed and proven, and still not allowed.
var policy = Rule{
	ID:    Policy,
	Title: "a rule of the provider's or an administrator's forbids it",
	Cites: []Citation{{"RFC 6749", "5.2"}, {"RFC 6749", "6"}},
	After: []ID{Other, ClientCredentials, ClientMismatch, WrongToken, RefreshReused, RefreshRevoked},
	Checks: []Check{
		{"scopes_compared", compareScopes},
		{"silent_login", lookAtPrompt},
	},
	Fix: fixPolicy,
}

// compareScopes: "The requested scope MUST NOT include any scope not originally
// granted by the resource owner" (RFC 6749 §6).
func compareScopes(c *Case) *Sighting {
	wider := c.widerScope()
	if len(wider) == 0 {
		return nil
	}
	return &Sighting{Verdict: Settles, Says: "the refresh asks for a scope that was not granted: " + strings.Join(wider, " "), Values: []Value{
		{Label: "granted", Text: strings.Join(c.grantedScope(), " ")},
		{Label: "asked for now", Text: c.Token.Scope},
	}}
}

func (c *Case) widerScope() []string {
	if c.Token == nil || c.Grant != GrantRefresh || c.Token.Scope == "" {
		return nil
	}
	granted := c.grantedScope()
	if granted == nil {
		return nil
	}
	return slices.DeleteFunc(strings.Fields(c.Token.Scope), func(s string) bool { return slices.Contains(granted, s) })
}

// needsUser are the errors of a server that may not ask the user (OpenID Connect
// Core §3.1.2.6).
var needsUser = []string{"login_required", "interaction_required", "consent_required", "account_selection_required"}

func lookAtPrompt(c *Case) *Sighting {
	if c.Auth == nil || c.Token != nil || c.Auth.Prompt != "none" || !c.Auth.Response.Refused() {
		return nil
	}
	says := "the request says prompt=none, so the server may not ask the user, and it would have had to"
	if slices.Contains(needsUser, c.Auth.Response.Error) {
		if !c.Auth.Cookie {
			says = "the request says prompt=none, and no cookie of a session went with it"
		}
		return &Sighting{Verdict: Settles, Says: says}
	}
	return &Sighting{Verdict: Sign, By: 3, Says: says}
}

func fixPolicy(c *Case) []string {
	if wider := c.widerScope(); len(wider) > 0 {
		return []string{
			"leave scope out of the refresh, or ask for no more than " + strings.Join(c.grantedScope(), " "),
			"for " + strings.Join(wider, " ") + " send the user through a new authorization request",
		}
	}
	if c.Auth != nil && c.Auth.Prompt == "none" && c.Token == nil {
		return []string{
			"when a silent log-in is refused, send the user through one without prompt=none",
			"in a hidden frame the server's cookie is a third party's, and browsers hold it back: refresh with a refresh token instead",
		}
	}
	return []string{
		"ask who administers the provider's side: sign-in logs name the rule (conditional access, consent, assigned users, allowed networks and scopes)",
		"ask for only the scopes that are registered for this client",
	}
}
