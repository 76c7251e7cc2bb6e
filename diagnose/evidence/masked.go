package evidence

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

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
	maskEqualPKCE(&e)
	for i := range e.Revocations {
		e.Revocations[i].Token = unmasked(e.Revocations[i].Token, nil, "")
	}
	return e
}

// GrantedScope is the scope of a token response, among the names of masked values.
const GrantedScope = "granted_scope"

// unmasked is the value, or the zero value where it is masked; then the name is noted.
func unmasked[T ~string](value T, masks *string, name string) T {
	s := strings.TrimSpace(string(value))
	isMask := masked(s)
	switch any(value).(type) {
	case safe.Secret:
		isMask = isMask || isNoSecret(s)
	case safe.Identifier:
		isMask = isMask || isNoIdentifier(s, name)
	case safe.RedirectURI:
		isMask = isMask || isNoURI(s)
	}
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
	return standIn(s) || low == "xx" || hereName().MatchString(low) || saidLength().MatchString(low) || crossedOut(s) || strings.Contains(low, "redacted") || saysMasked(low) || strings.Contains(low, " ") && maskRefers().MatchString(low)
}

// shortestChallenge is the length of a code_challenge at least (RFC 7636 §4.2), in bytes.
const shortestChallenge = 43

// maskEqualPKCE makes a short verifier that is the challenge of S256 too unknown: such a challenge
// has 43 characters (RFC 7636 §4.2), and a hash is not the value that it is made of.
func maskEqualPKCE(e *Evidence) {
	short := map[safe.Secret]bool{}
	for i := range e.Authorizations {
		if a := &e.Authorizations[i]; a.ChallengeMethod == "S256" && a.Challenge != "" && len(a.Challenge.Reveal()) < shortestChallenge {
			short[a.Challenge] = false
		}
	}
	for i := range e.TokenRequests {
		r := &e.TokenRequests[i]
		if _, ok := short[r.Verifier]; ok {
			short[r.Verifier] = true
			r.Verifier, r.Masked = "", r.Masked+" code_verifier"
		}
	}
	for i := range e.Authorizations {
		if a := &e.Authorizations[i]; short[a.Challenge] {
			a.Challenge, a.Masked = "", a.Masked+" code_challenge"
		}
	}
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
