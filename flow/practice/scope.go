package practice

import (
	"slices"
	"strings"
)

// scopes are the values of one scope parameter (RFC 6749 §3.3).
type scopes []string

// knownScopes are all there are, with the words that the consent page has for
// them.
var knownScopes = []struct{ name, words string }{
	{"openid", "Know you by an identifier"},
	{"profile", "See your name and user name"},
	{"email", "See your e-mail address"},
	{"offline_access", "Act while you are away"},
}

// defaultScope is what a request without a scope asks for (RFC 6749 §3.3).
var defaultScope = scopes{"profile"}

func scopeNames() scopes {
	var names scopes
	for _, s := range knownScopes {
		names = append(names, s.name)
	}
	return names
}

// parseScope sorts a scope parameter into what this server knows and what not.
func parseScope(s string) (known, unknown scopes) {
	for _, name := range strings.Fields(s) {
		switch {
		case !scopeNames().has(name):
			unknown = append(unknown, name)
		case !known.has(name):
			known = append(known, name)
		}
	}
	return known, unknown
}

func (s scopes) has(name string) bool { return slices.Contains(s, name) }

func (s scopes) within(wider scopes) bool {
	return !slices.ContainsFunc(s, func(name string) bool { return !wider.has(name) })
}

func (s scopes) String() string { return strings.Join(s, " ") }
