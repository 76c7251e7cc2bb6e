package record

import (
	"net/url"
	"slices"
	"strings"

	"example.com/grantwalk/diagnose/safe"
)

// secrets are values that are hidden wherever a server repeats them, in each form in
// which it may.
type secrets []string

func (s *secrets) add(value string) {
	if slices.Contains(*s, value) {
		return
	}
	forms := []string{value, strings.ToUpper(value), strings.ToLower(value)}
	if strings.ContainsFunc(value, isReserved) {
		_, credentials, _ := strings.Cut(value, " ") // of an Authorization header
		forms = append(forms, credentials, url.QueryEscape(value), url.PathEscape(value), inJSON.Replace(value), inHTML.Replace(value))
	}
	for _, form := range forms {
		if form != "" && !slices.Contains(*s, form) {
			*s = append(*s, form)
		}
	}
}

// addOf adds the secrets among parameters.
func (s *secrets) addOf(params []Param) {
	for _, p := range params {
		s.add(p.Secret.Reveal())
	}
}

// isReserved reports whether a character is written in another way in some
// languages; those of most codes and tokens are not (RFC 3986 §2.3).
func isReserved(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("-._~", r)
}

// Servers repeat a secret in their own JSON and HTML, which escape what these
// languages leave as it is too.
var (
	inJSON = strings.NewReplacer(`/`, `\/`, `"`, `\"`, `\`, `\\`)
	inHTML = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "/", "&#x2F;")
)

func (s secrets) hide(text string) string {
	for _, secret := range s {
		text = safe.Hide(text, secret)
	}
	return text
}

// repeated reports whether a secret is part of the text. A short one may be there by chance.
func (s secrets) repeated(text string) bool {
	const least = 8 // bytes
	return slices.ContainsFunc(s, func(secret string) bool { return len(secret) >= least && strings.Contains(text, secret) })
}

// clean is the message without secrets, fit to print.
func (s secrets) clean(m Message) Message {
	for i, p := range m.Params {
		m.Params[i] = s.cleanParam(p)
	}
	m.Endpoint = safe.Endpoint(m.URL)
	if s.repeated(m.URL) {
		m.Endpoint = safe.Endpoint(s.hide(m.URL))
	}
	m.Label, m.URL = safe.Quote(s.hide(m.Label), maxName), m.Endpoint.String()
	m.Note, m.RawBody = safe.Text(s.hide(m.Note), maxNote), safe.Foreign(s.hide(m.Body))
	m.Body = safe.Quote(m.RawBody.Raw(), maxBody)
	return m
}

func (s secrets) cleanParam(p Param) Param {
	received := p
	// What is a secret elsewhere is one here too: a plain challenge is the verifier.
	if p.Secret == "" && slices.Contains(s, p.Value) {
		p.Secret, p.Value = safe.Secret(p.Value), ""
	}
	p.Name, p.Value = s.hide(p.Name), s.hide(p.Value)
	p.clean()
	p.Encoded = s.encoded(received, p.Whole())
	return p
}

// encoded is as much of a parameter's encoded form as has no secret in it; whole:
// all of the value may be shown. A few characters are kept as they are, because they
// are no key, and the request cannot be sent again without them.
func (s secrets) encoded(p Param, whole bool) string {
	const leastKey = 6 // bytes
	name, value, assigned := strings.Cut(p.Encoded, "=")
	if (whole || p.Secret == "" && len(p.Value) < leastKey) && !s.repeated(p.Name) && !s.repeated(p.Value) && !s.repeated(p.Encoded) {
		return p.Encoded
	}
	plain, err := url.QueryUnescape(value)
	switch {
	case err != nil, url.QueryEscape(plain) != value, strings.Contains(plain, "\x00"): // nobody could put the value in again
		return ""
	case s.repeated(p.Name), s.repeated(name), !assigned:
		return ""
	}
	return name + "="
}
