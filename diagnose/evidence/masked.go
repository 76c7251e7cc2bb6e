package evidence

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"example.com/grantwalk/diagnose/internal/lazy"
	"example.com/grantwalk/diagnose/safe"
)

// People and tools take values out of what they hand on: stars, dots, REDACTED, the name of a
// variable. Such a stand-in is not the value: two of them do not match because they look alike, and
// none of them is too short, not a JWT or the wrong one. So the case is made without them, and
// remembers which parameters had a value all the same.

// WithoutMasks is the evidence with every masked value unknown.
func WithoutMasks(e Evidence) Evidence {
	e.Issuer = unmasked(e.Issuer, nil, "")
	e.Authorizations, e.TokenRequests, e.Revocations = slices.Clone(e.Authorizations), slices.Clone(e.TokenRequests), slices.Clone(e.Revocations)
	for i := range e.Authorizations {
		a := &e.Authorizations[i]
		hide := &a.Masked
		a.Endpoint = unmasked(a.Endpoint, nil, "")
		a.ResponseType = unmasked(a.ResponseType, hide, "response_type")
		a.ClientID = unmasked(a.ClientID, hide, "client_id")
		a.RedirectURI = unmasked(a.RedirectURI, hide, "redirect_uri")
		a.Scope = unmasked(a.Scope, hide, "scope")
		a.State = unmasked(a.State, nil, "")
		a.Challenge = unmasked(a.Challenge, hide, "code_challenge")
		a.ChallengeMethod = unmasked(a.ChallengeMethod, hide, "code_challenge_method")
		a.Response.Code = unmasked(a.Response.Code, nil, "")
		a.Response.State = unmasked(a.Response.State, nil, "")
		a.Response.Iss = unmasked(a.Response.Iss, nil, "")
		a.Response.URI = unmasked(a.Response.URI, nil, "")
	}
	for i := range e.TokenRequests {
		r := &e.TokenRequests[i]
		hide := &r.Masked
		r.Endpoint = unmasked(r.Endpoint, nil, "")
		r.Method, r.ContentType = unmasked(r.Method, nil, ""), unmasked(r.ContentType, nil, "")
		r.GrantType = unmasked(r.GrantType, hide, "grant_type")
		r.ClientID = unmasked(r.ClientID, hide, "client_id")
		r.ClientSecret = unmasked(r.ClientSecret, hide, "client_secret")
		r.Basic = unmasked(r.Basic, hide, "client_secret")
		if r.Hides("client_secret") && slices.Contains(maskIDs, strings.ToLower(r.ClientID.Raw())) {
			r.ClientID, r.Masked = "", r.Masked+" client_id"
		}
		r.RedirectURI = unmasked(r.RedirectURI, hide, "redirect_uri")
		r.Code = unmasked(r.Code, hide, "code")
		r.Verifier = unmasked(r.Verifier, hide, "code_verifier")
		r.RefreshToken = unmasked(r.RefreshToken, hide, "refresh_token")
		r.Assertion = unmasked(r.Assertion, hide, "assertion")
		r.Scope = unmasked(r.Scope, hide, "scope")
		r.Response.Scope = unmasked(r.Response.Scope, hide, GrantedScope)
		r.Response.RefreshToken = unmasked(r.Response.RefreshToken, nil, "")
		if slices.ContainsFunc(r.Params, func(name safe.Foreign) bool { return masked(name.Raw()) }) {
			r.Params = nil // "grant_type=authorization_code&...": nobody knows what else was sent
		}
	}
	for i := range e.Revocations {
		e.Revocations[i].Token = unmasked(e.Revocations[i].Token, nil, "")
	}
	return e
}

// GrantedScope is the scope of a token response, among the names of masked values.
const GrantedScope = "granted_scope"

// unmasked is the value, or the zero value where it is masked; then the name is noted.
func unmasked[T ~string](value T, masks *string, name string) T {
	_, isSecret := any(value).(safe.Secret)
	isMask := masked(string(value)) || isSecret && slices.Contains(maskSecrets, strings.ToLower(string(value)))
	if !isMask {
		return value
	}
	if masks != nil {
		*masks += " " + name
	}
	return ""
}

// Hides reports whether the parameter had a value that was masked.
func (a *Authorization) Hides(name string) bool { return hides(a.Masked, name) }

// Hides reports whether the parameter had a value that was masked.
func (r *TokenRequest) Hides(name string) bool { return hides(r.Masked, name) }

func hides(masks, name string) bool { return slices.Contains(strings.Fields(masks), name) }

// longestMask bounds the texts that are compared with the usual stand-ins: a longer one is a value,
// whole or with dots in it.
const longestMask = 160

var (
	maskName   = lazy.Regexp(`^(?:\$\{?\w+\}?|%\w+%|%[a-z]|\{\{?[\w .-]+\}?\}|#\{.+\}|\[[^\[\]]+\]|\([^()]+\)|__\w+__|<[^<>]+>|[:@][a-z_]+)$`)
	maskForm   = lazy.Regexp(`^(?:sha-?(?:1|256|512)|md5|hash|len|length)[:=]`) // what is left of a value: its hash, its length
	hereName   = lazy.Regexp(`^(?:\w+[-_ ])*(?:id|secret|code|token|verifier|challenge|key|ur[il]|value|state)[-_ ](?:goes[-_ ])?here$`)
	saidLength = lazy.Regexp(`^\d+[ _-]?(?:chars?|characters?|bytes?)$`)
	shellPart  = lazy.Regexp(`\$\(|\x60|\$\{\w+\}|\$[A-Z_][A-Z0-9_]+`) // what a shell puts in
	maskOwner  = lazy.Regexp(`(?i)^(?:my|your|the|some)[-_ ](?:\w+[-_ ])*(?:id|secret|code|token|verifier|challenge|key|uri|url|host|domain|here|value|state)$|^your[-_ ](?:client|app)$`)
	maskCaps   = lazy.Regexp(`^(?:[A-Z]+[_ -])*(?:HOST|HOSTNAME|DOMAIN|REDIRECT|CODE|TOKEN|SECRET|VERIFIER|CHALLENGE|CLIENT|ID|URI|URL|STATE|PASSWORD|VALUE|HERE|ASSERTION)$`)
)

// Masked reports whether a text replaces a value that was removed from the input.
func Masked(text string) bool { return masked(text) }

// masked reports whether a text replaces a value that was removed from the input.
func masked(s string) bool {
	s = strings.TrimSpace(s)
	switch {
	case s == "" || IsNothing(s):
		return false
	case strings.Contains(s, "…") || strings.Contains(s, "***") || strings.Contains(s, "...") || strings.ContainsAny(s, "•●■█▇▓▒░"):
		return true
	case len(s) > longestMask:
		return false
	case strings.ContainsAny(s, "$`") && shellPart().MatchString(s), strings.HasPrefix(s, "[") && strings.HasSuffix(s, "]"):
		return true
	case strings.HasPrefix(s, "hxxp"), strings.Contains(s, "[.]"): // as people write addresses that nobody shall open
		return true
	case strings.Contains(s, "://"): // of a URL a part is enough, and words are its own
		return strings.Contains(strings.ToLower(s), "redacted") || slices.ContainsFunc(strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("/:?#&=@.", r) }), standInOfURL)
	}
	low := strings.ToLower(s)
	return standIn(s) || low == "xx" || hereName().MatchString(low) || saidLength().MatchString(low) || crossedOut(s) || strings.Contains(low, "redacted") || saysMasked(low)
}

// standInOfURL reports whether a part of a URL replaces what was there. What is said of a
// domain, such as your-app, names no domain.
func standInOfURL(part string) bool {
	return standIn(part) || part == "x" || part == "PORT" || strings.HasPrefix(part, "MY_") || strings.Contains(part, "XXX") || strings.HasPrefix(strings.ToLower(part), "your")
}

// maskSecrets are words that people write in place of a secret, by its name or not.
var maskSecrets = []string{"placeholder", "dummy", "private", "protected", "n/a", "na", "value", "string", "secret", "pass", "password", "token", "code", "authcode", "auth_code", "authorization_code", "verifier", "challenge", "code_verifier", "code_challenge", "client_secret", "refresh_token"}

// maskIDs are words that people write instead of a client_id. A real client can have such a
// name, so they count only if the secret beside it was replaced too.
var maskIDs = []string{"client", "clientid", "client-id", "client_id", "id", "user", "username", "app"}

// maskWords are what tools write in place of a value, or around its name.
var maskWords = []string{"redacted", "masked", "sanitized", "sanitised", "removed", "censored", "scrubbed", "obfuscated", "anonymized", "omitted", "truncated", "filtered", "hidden"}

// saysMasked reports whether a lower-case text contains one of the words alone.
func saysMasked(low string) bool {
	return slices.ContainsFunc(strings.FieldsFunc(low, func(r rune) bool { return r < 'a' || r > 'z' }), func(word string) bool { return slices.Contains(maskWords, word) })
}

// standIn reports whether a text as a whole is one of the usual stand-ins.
func standIn(s string) bool {
	if repeats(s) {
		return true
	}
	switch first := s[0]; { // most values are none, and a look at the first letter shows it
	case strings.IndexByte("$%{[_<(#:@", first) >= 0:
		return maskName().MatchString(s)
	case strings.IndexByte("shml", first) >= 0 && maskForm().MatchString(s):
		return true
	case strings.IndexByte("mytsMYTS", first) >= 0 && maskOwner().MatchString(s):
		return true
	case first < 'A' || first > 'Z':
		return false
	}
	return maskCaps().MatchString(s)
}

// repeats reports whether a text is one character again and again, as xxxx, a GUID of
// zeros or a star alone.
func repeats(s string) bool {
	if strings.Trim(s, "*-_#.?") == "" {
		return true
	}
	const few = 6 // a real value can have as many equal characters
	s = strings.ReplaceAll(s, "-", "")
	return len(s) >= 3 && strings.Trim(s, "xX") == "" || len(s) >= few && strings.Trim(s, s[:1]) == ""
}

// crossedOut reports whether a part of a text is x again and again: 6f1d-xxxx, gooxxxxx. In
// a random value three of them are a part of a longer word.
func crossedOut(s string) bool {
	for _, x := range "xX" {
		for at := 0; at < len(s); {
			run := 0
			for at+run < len(s) && s[at+run] == byte(x) {
				run++
			}
			alone := (at == 0 || !isLetterOrDigit(s[at-1])) && (at+run == len(s) || !isLetterOrDigit(s[at+run]))
			if run >= 4 || run == 3 && alone {
				return true
			}
			at += run + 1
		}
	}
	return false
}

func isLetterOrDigit(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// IsNothing knows the words by which languages write a value that is not there. A client that sends
// one of them has a fault: nobody took anything out.
func IsNothing(s string) bool {
	return slices.Contains([]string{"undefined", "null", "None", "nil", "NaN", "[object Object]", "{}", "false"}, s)
}

// HideMissing takes every parameter that the request is not known to have had for one
// that it may have had: not all of the request was recorded.
func (a *Authorization) HideMissing() {
	for _, p := range []struct{ name, value string }{
		{"response_type", a.ResponseType.Raw()}, {"client_id", a.ClientID.Raw()}, {"redirect_uri", a.RedirectURI.Raw()}, {"scope", a.Scope.Raw()},
		{"code_challenge", a.Challenge.Reveal()}, {"code_challenge_method", a.ChallengeMethod.Raw()},
	} {
		if p.value == "" {
			a.Masked += " " + p.name
		}
	}
}

// noCredentials reports whether what follows Basic cannot be an id and a secret: it is no
// base64 and has no colon, or it decodes to no text. So does a placeholder.
func noCredentials(encoded, plain string, err error) bool {
	if err != nil {
		return !strings.Contains(encoded, ":")
	}
	return !utf8.ValidString(plain) || strings.ContainsFunc(strings.TrimRight(plain, "\r\n"), func(r rune) bool { return unicode.IsControl(r) && r != '\t' })
}
