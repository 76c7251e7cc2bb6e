package view

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/grantwalk/diagnose/evidence"
)

// Value is a value of the case by its name, as advice shows it. ok is false if it is not
// known, or if there is no such value; a test finds names of values that there are not. A
// name without a value is a condition: ok says whether it holds.
func (v *View) Value(name string) (text string, ok bool) {
	f, known := values[name]
	if !known {
		return "", false
	}
	return f(v)
}

// ValueNames are the names of all values and conditions, sorted.
func ValueNames() []string {
	var names []string
	for name := range values {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// is is a condition.
func is(holds func(*View) bool) func(*View) (string, bool) {
	return func(v *View) (string, bool) { return "", holds(v) }
}

// ofToken and ofAuthorization are values and conditions of a message that was seen.
func ofToken(get func(*View, *evidence.TokenRequest) (string, bool)) func(*View) (string, bool) {
	return func(v *View) (string, bool) {
		if v.Token == nil {
			return "", false
		}
		return get(v, v.Token)
	}
}

func ofAuthorization(get func(*evidence.Authorization) (string, bool)) func(*View) (string, bool) {
	return func(v *View) (string, bool) {
		if v.Auth == nil {
			return "", false
		}
		return get(v.Auth)
	}
}

// shown is a value that is known unless it is empty.
func shown(s fmt.Stringer) (string, bool) { return s.String(), s.String() != "" }

var values = map[string]func(*View) (string, bool){
	// the messages
	"token_request":         is(func(v *View) bool { return v.Token != nil }),
	"authorization_request": is(func(v *View) bool { return v.Auth != nil }),
	"authorization_seen":    is(func(v *View) bool { return v.Auth != nil && !v.Auth.Pushed }), // its parameters were
	"callback":              ofAuthorization(func(a *evidence.Authorization) (string, bool) { return shown(a.Response.URI) }),

	// places
	"authorization_endpoint": ofAuthorization(func(a *evidence.Authorization) (string, bool) { return shown(a.Endpoint) }),
	"token_endpoint":         ofToken(func(_ *View, r *evidence.TokenRequest) (string, bool) { return shown(r.Endpoint) }),
	"no_token_endpoint": ofToken(func(_ *View, r *evidence.TokenRequest) (string, bool) {
		return "", r.Response.Status >= 300 && r.Response.Error == ""
	}),
	"redirect_uri": ofAuthorization(func(a *evidence.Authorization) (string, bool) { return shown(a.RedirectURI) }),
	"redirect_uris_same": ofToken(func(v *View, r *evidence.TokenRequest) (string, bool) {
		return "", v.Auth != nil && v.Auth.RedirectURI == r.RedirectURI
	}),

	// the client
	"client_asked": ofAuthorization(func(a *evidence.Authorization) (string, bool) { return orNone(a.ClientID), true }),
	"client_granted": func(v *View) (string, bool) {
		owner, _ := grantedTo(v)
		return shown(owner)
	},
	"client_sent": ofToken(func(_ *View, r *evidence.TokenRequest) (string, bool) { return orNone(r.ClientID), true }),
	"clients_differ": is(func(v *View) bool {
		owner, _ := grantedTo(v)
		return owner != "" && owner != idSent(v)
	}),
	"unauthenticated": is(func(v *View) bool { return v.Token != nil && unauthenticated(v) }),
	"sent_by_basic":   is(func(v *View) bool { return v.Token != nil && v.Token.ClientAuth == evidence.AuthBasic }),

	// the code, and what is asked for
	"code_lifetime": func(v *View) (string, bool) { return Duration(v.codeLifetime()), v.CodeLifetime > 0 },
	"callback_at":   ofAuthorization(func(a *evidence.Authorization) (string, bool) { return clockTime(a.Response.At), true }),
	"slow_exchange": func(v *View) (string, bool) {
		age, ok := v.codeAge()
		return Duration(age), ok && age > time.Minute
	},
	"code_asked":          is(func(v *View) bool { _, name := asked(v); return name == "code" }),
	"refresh_token_asked": is(func(v *View) bool { _, name := asked(v); return name == "refresh_token" }),
	"grant_type": ofToken(func(_ *View, r *evidence.TokenRequest) (string, bool) {
		return r.GrantType.String(), r.GrantType != "" && slices.Contains(grantTypes, r.GrantType.Raw())
	}),
	"response_type_code": ofAuthorization(func(a *evidence.Authorization) (string, bool) { return "", a.ResponseType == "code" }),

	// PKCE
	"challenge":         ofAuthorization(func(a *evidence.Authorization) (string, bool) { return "", a.Challenge != "" }),
	"challenge_is_s256": ofAuthorization(func(a *evidence.Authorization) (string, bool) { return "", a.ChallengeMethod == "S256" }),
	"verifier":          ofToken(func(_ *View, r *evidence.TokenRequest) (string, bool) { return "", r.Verifier != "" }),

	// refresh tokens and scopes
	"rotated_at": ofToken(func(v *View, _ *evidence.TokenRequest) (string, bool) {
		i := v.rotators[v.At]
		if i < 0 {
			return "", false
		}
		return clockTime(v.TokenRequests[i].Response.At), true
	}),
	"misused_at": ofToken(func(v *View, _ *evidence.TokenRequest) (string, bool) {
		i := misuse(v)
		if i < 0 {
			return "", false
		}
		return clockTime(v.TokenRequests[i].SentAt), true
	}),
	"refresh_token_revoked": ofToken(func(v *View, r *evidence.TokenRequest) (string, bool) { return "", revoked(v, r.RefreshToken) != nil }),
	"scope_wider":           func(v *View) (string, bool) { wider := widerScope(v); return strings.Join(wider, " "), len(wider) > 0 },
	"scope_granted": ofToken(func(v *View, _ *evidence.TokenRequest) (string, bool) {
		granted, _ := grantedScope(v)
		return strings.Join(granted, " "), len(granted) > 0
	}),

	// assertions, clocks, rules
	"audience": ofToken(func(v *View, r *evidence.TokenRequest) (string, bool) {
		claims, ok := assertion(v)
		return shownList(claims.Audience), ok && r.Endpoint != "" && len(claims.Audience) > 0 && !slices.Contains(claims.Audience, r.Endpoint.Raw())
	}),
	"clock_off": ofToken(func(_ *View, r *evidence.TokenRequest) (string, bool) {
		off, ok := clockOff(r)
		return Duration(off.Abs().Round(time.Second)), ok && off.Abs() > clockSlack
	}),
	"silent_login":      is(func(v *View) bool { return v.Auth != nil && v.Auth.Prompt == "none" && v.Token == nil }),
	"too_many_requests": ofToken(func(_ *View, r *evidence.TokenRequest) (string, bool) { return "", r.Response.Status == 429 }),
}
