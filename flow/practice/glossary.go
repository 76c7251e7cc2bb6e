package practice

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// A gloss says what a parameter of the authorization request is for.
type gloss struct{ name, words, cite string }

// glossary is in the order in which the page explains a request.
var glossary = []gloss{
	{"response_type", "what the app wants back: code, to be traded for tokens", "RFC 6749 §3.1.1"},
	{"client_id", "which app is asking", "RFC 6749 §2.2"},
	{"redirect_uri", "where the answer goes; the token request must repeat it", "RFC 6749 §3.1.2"},
	{"scope", "what it asks for", "RFC 6749 §3.3"},
	{"state", "comes back unchanged, so that the app knows its own question", "RFC 6749 §10.12"},
	{"nonce", "comes back in the ID token, and ties it to this login", "OpenID Connect Core §3.1.2.1"},
	{"code_challenge", "a hash of a secret that the token request must show", "RFC 7636 §4.2"},
	{"code_challenge_method", "how it was hashed", "RFC 7636 §4.3"},
	{"response_mode", "how the answer travels: query or form_post", "Multiple Response Types §2.1"},
	{"prompt", "which pages to show, or none at all", "OpenID Connect Core §3.1.2.1"},
	{"max_age", "how long ago the login may have been, in seconds", "OpenID Connect Core §3.1.2.1"},
	{"login_hint", "who will probably log in", "OpenID Connect Core §3.1.2.1"},
	{"id_token_hint", "an ID token of the user who must log in", "OpenID Connect Core §3.1.2.1"},
	{"client_secret", "never belongs here: the browser's history has it now", "RFC 6749 §2.3.1"},
}

// explain finds a parameter's gloss and its place in the glossary.
func explain(name string) (gloss, int) {
	for i, g := range glossary {
		if g.name == name {
			return g, i
		}
	}
	return gloss{name, "not known here: ignored", "RFC 6749 §3.1"}, len(glossary)
}

// explained gives a request's parameters, those that are known here first.
func (q *request) explained() []paramRow {
	names := slices.SortedFunc(maps.Keys(q.sent), func(a, b string) int {
		_, i := explain(a)
		_, j := explain(b)
		return cmp.Or(cmp.Compare(i, j), strings.Compare(a, b))
	})
	var rows []paramRow
	for _, name := range names {
		g, _ := explain(name)
		rows = append(rows, paramRow{name, q.sent.Get(name), g.words, g.cite})
	}
	return rows
}
