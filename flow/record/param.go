package record

import (
	"cmp"
	"slices"
	"strings"

	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/diagnose/wire"
)

// A Param is a parameter of a request, a member of a response, a header or a claim.
type Param struct {
	In     string      // where it was: "query", "form", "header", "json", "claim", "fragment"
	Name   string      // quoted
	Value  string      // what may be shown of the value; empty when it is a secret
	Secret safe.Secret // the value, when nothing of it may be shown
	Mark   Mark        // whether it was checked against what the client knows
	Note   string      // what the check found: "ours"

	// Encoded is a parameter of a request's query or form as it was sent, percent-encoded:
	// name=value. A value that may not be shown whole is left out: name=. Empty: not kept.
	Encoded string

	Raw safe.Foreign // the value as it came, without secrets of this walk; of a secret empty
}

// A Mark tells whether a value was checked, and how that ended.
type Mark int

// The marks. Unchecked is neither good nor bad.
const (
	Unchecked Mark = iota
	Good
	Bad
)

// Show is the value as it may be printed. With reveal it is the whole value.
func (p Param) Show(reveal bool) string {
	switch {
	case reveal:
		return safe.Text(cmp.Or(p.Secret.Reveal(), p.Raw.Raw(), p.Value), maxValue)
	case p.Secret != "":
		// The scheme of a header is no secret (RFC 9110 §11.4).
		if scheme, credentials, ok := strings.Cut(p.Secret.Reveal(), " "); ok && p.In == "header" && slices.Contains([]string{"Basic", "Bearer", "DPoP"}, scheme) {
			return scheme + " " + safe.Secret(credentials).String()
		}
		return p.Secret.String()
	}
	return p.Value
}

// Whole reports whether Show(false) shows all of the value.
func (p Param) Whole() bool { return p.Secret == "" && p.Raw.Raw() == p.Value }

// newParam hides the value if its name says that it is a secret. What may be shown of
// any other value is decided when someone asks for the message, see clean.
func newParam(in, name, value string) Param {
	p := Param{In: in, Name: name}
	anErrorsOwn := in == "json" && (name == "code" || name == "state") // ours, if it is repeated, is known
	if isSecret(name) && !anErrorsOwn {
		p.Secret = safe.Secret(value)
	} else {
		p.Value = value
	}
	return p
}

// ParamsOf are parameters that were found in one place, as they came.
func ParamsOf(in string, read []wire.Param) []Param {
	params := make([]Param, len(read))
	for i, p := range read {
		params[i] = newParam(in, p.Name, p.Value)
	}
	return params
}

// Clean is a parameter that is fit to print.
func Clean(in, name, value string) Param {
	p := newParam(in, name, value)
	p.clean()
	return p
}

// MarkRepeated marks what appears more than once: "Request and response parameters MUST
// NOT be included more than once" (RFC 6749 §3.2), and of a member of an object some
// parsers take the first and some the last (RFC 8259 §4).
func MarkRepeated(params []Param) {
	count := map[[2]string]int{}
	for _, p := range params {
		count[[2]string{p.In, p.Name}]++
	}
	for i, p := range params {
		if count[[2]string{p.In, p.Name}] > 1 {
			params[i].Mark, params[i].Note = Bad, "appears more than once"
		}
	}
}

// isSecret reports whether a value of that name gives access to something: in OAuth,
// and as other names of secrets end (bot_access_token, refreshToken, x-api-key).
func isSecret(name string) bool {
	low := strings.ToLower(name)
	return slices.Contains([]string{"code", "state", "nonce", "device_code", "user_code", "id_token_hint", "jwt", "session_id", "sid"}, low) ||
		strings.HasSuffix(low, "token") || safe.NamesSecret(name)
}

// clean makes name and value fit to print. Fields that people compare are shown as such
// fields are; anything else is quoted.
func (p *Param) clean() {
	p.Raw = safe.Foreign(p.Value)
	p.Name = safe.Quote(p.Name, maxName)
	if p.Secret == "" {
		p.Value = showField(p.In, p.Name, p.Raw.Raw())
	}
}

func showField(in, name, value string) string {
	switch low := strings.ToLower(name); {
	case low == "redirect_uri":
		return safe.RedirectURI(value).String()
	case low == "client_id":
		return safe.Identifier(value).String()
	case low == "scope" && in != "json": // a server's may hold anything
		return safe.Scope(value).String()
	case low == "location", low == "iss", low == "issuer", low == "error_uri", low == "jwks_uri", strings.HasSuffix(low, "_endpoint"):
		return safe.Endpoint(value).String()
	case slices.Contains(times, low) && isNumber(value):
		return value
	}
	return safe.Quote(value, maxValue)
}

// times are members whose value is a time or a duration, in seconds (RFC 6749 §5.1,
// RFC 7519 §4.1, OpenID Connect Core §2).
var times = []string{"expires_in", "ext_expires_in", "refresh_expires_in", "refresh_token_expires_in", "interval", "exp", "iat", "nbf", "auth_time", "updated_at", "expires_at", "created_at"}

func isNumber(s string) bool { return len(s) <= 13 && strings.Trim(s, "0123456789.") == "" }
