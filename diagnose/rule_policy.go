package diagnose

import (
	"slices"
	"strings"

	"example.com/grantwalk/diagnose/safe"
)

// What was asked for is well formed and proven, and still not allowed.
var policy = Rule{
	ID:    Policy,
	Title: "a rule of the provider's or an administrator's forbids it",
	Cites: "RFC 6749 §5.2, §6",
	Hints: []string{"docs"},
	After: []ID{Other, ClientCredentials, ClientMismatch, WrongToken, RefreshReused, RefreshRevoked},
	Checks: []Check{
		{"scopes_compared", compareScopes},
		{"silent_login", lookAtPrompt},
		{"client_allowed", lookAtPermission},
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
	granted, _ := c.grantedScope()
	s := &Sighting{Verdict: Settles, Says: "the refresh asks for a scope that was not granted: " + strings.Join(wider, " "), Values: []Value{
		{Label: "granted", Text: safe.Scope(strings.Join(granted, " ")).String()},
		{Label: "asked for now", Text: c.Token.Scope.String()},
	}}
	// A server may call a scope by another name than it was asked by, and grant some, such
	// as offline_access, without naming them.
	if c.Refusal.Error != "invalid_scope" && (c.saysOtherThan(Policy) || c.Known != nil) {
		s.Verdict, s.By = Sign, 0.5
	}
	return s
}

func (c *Case) widerScope() []string {
	if c.Token == nil || c.Grant != GrantRefresh || c.Token.Scope == "" {
		return nil
	}
	granted, asked := c.grantedScope()
	if granted == nil {
		return nil
	}
	if c.granted() { // a server may call a scope by another name than it was asked by
		granted = slices.Concat(granted, asked)
	}
	return slices.DeleteFunc(scopes(c.Token.Scope.Raw()), func(s string) bool { return slices.Contains(granted, s) })
}

// needsUser are the errors of a server that may not ask the user (OpenID Connect
// Core §3.1.2.6).
var needsUser = []string{"login_required", "interaction_required", "consent_required", "account_selection_required"}

func lookAtPrompt(c *Case) *Sighting {
	if c.Auth == nil || c.Token != nil || c.Auth.Prompt != "none" {
		return nil
	}
	if !c.Auth.Response.Refused() {
		if c.Auth.Response.Code == "" || c.Auth.Cookie || !c.Cookies {
			return nil
		}
		return &Sighting{Verdict: Settles, Says: "the request says prompt=none, and no cookie of a session went with it: this server went on all the same, and one that keeps to OpenID Connect says login_required"}
	}
	says := "the request says prompt=none, so the server may not ask the user, and it would have had to"
	// Without a session the silent log-in had to fail, whatever the server calls it.
	noCookie := c.Cookies && !c.Auth.Cookie
	if slices.Contains(needsUser, c.Auth.Response.Error.Raw()) || cameByRedirect(c) && noCookie {
		if noCookie {
			says = "the request says prompt=none, and no cookie of a session went with it"
		}
		return &Sighting{Verdict: Settles, Says: says}
	}
	return &Sighting{Verdict: Sign, By: 3, Says: says}
}

// lookAtPermission: "The authenticated client is not authorized to use this
// authorization grant type" (RFC 6749 §5.2), or not so often.
func lookAtPermission(c *Case) *Sighting {
	switch {
	case c.Token == nil:
		return nil
	case c.Token.Response.Status == 429:
		return &Sighting{Verdict: Sign, By: 4, Says: "the server answered 429: too many requests in too short a time"}
	case c.Token.Response.Error == "unauthorized_client" && c.Token.Response.Status != 401:
		return &Sighting{Verdict: Sign, By: 2.5, Says: "the server said unauthorized_client: it knows the client, which may not use this grant type"}
	}
	return nil
}

func fixPolicy(c *Case) []string {
	if wider := c.widerScope(); len(wider) > 0 {
		granted, _ := c.grantedScope()
		return []string{
			"leave scope out of the refresh, or ask for no more than " + strings.Join(granted, " "),
			"for " + strings.Join(wider, " ") + " send the user through a new authorization request",
		}
	}
	if c.Auth != nil && c.Auth.Prompt == "none" && c.Token == nil {
		return []string{
			"when a silent log-in is refused, send the user through one without prompt=none",
			"in a hidden frame the server's cookie is a third party's, and browsers hold it back: refresh with a refresh token instead",
		}
	}
	if c.Token != nil && c.Token.Response.Status == 429 {
		return []string{"wait as long as Retry-After says, and keep access tokens until they run out instead of asking for new ones each time"}
	}
	return []string{
		"ask who administers the provider's side: sign-in logs name the rule (conditional access, consent, assigned users, allowed networks and scopes)",
		"ask for only the scopes that are registered for this client",
	}
}
