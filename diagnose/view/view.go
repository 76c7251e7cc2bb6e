// Package view looks at evidence from the one response that is to be explained, and finds
// the facts: lineage, ages, comparisons, PKCE, clocks. Each is computed once, and whoever
// asks, in whichever order, hears the same. It judges nothing: what a fact means for a
// cause is in the folders of package causes.
package view

import (
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"time"

	"example.com/grantwalk/diagnose/catalogue"
	"example.com/grantwalk/diagnose/evidence"
	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/diagnose/words"
)

// A View is the evidence seen from the response that is to be explained. It never changes.
type View struct {
	evidence.Evidence
	Auth          *evidence.Authorization // the request that led to Token, or that was itself refused; nil: not seen
	Token         *evidence.TokenRequest  // the request that is judged; nil: none was seen
	At            int                     // its place among the token requests
	Refused       int                     // the place of the refused request that led to it; -1: none did
	ErrorResponse evidence.ErrorResponse  // what the server said; zero: it did not refuse
	Grant         string                  // a short name; empty: unknown
	Known         *catalogue.Provider     // what the catalogue knows of the server; nil: it is not recognised

	lineage

	// Made when they are first asked for: reading the words takes most of the time.
	said  func() *words.Heard
	facts func() []Fact
}

// A check looks at the view for one thing. It returns nil when this is not its case,
// which is not the same as finding all well.
type check struct {
	name   string
	sees   func(*View) *Fact
	states []string // all that it can find
}

// The grants that a view asks for most.
const (
	GrantCode    = evidence.GrantCode
	GrantRefresh = evidence.GrantRefresh
)

// Facts are all that the checks found, along the flow.
func (v *View) Facts() []Fact { return v.facts() }

// Fact is what the check of that name found; ok is false if it found nothing.
func (v *View) Fact(name string) (f Fact, ok bool) {
	i := slices.IndexFunc(v.facts(), func(f Fact) bool { return f.Name == name })
	if i < 0 {
		return Fact{}, false
	}
	return v.facts()[i], true
}

// Said is what people, logs and the server say.
func (v *View) Said() *words.Heard { return v.said() }

// Granted reports whether the judged request got tokens.
func (v *View) Granted() bool { return v.Token != nil && v.Token.Response.Granted() }

// Place is where in the inputs the response is that is explained.
func (v *View) Place() exchange.Place {
	switch {
	case v.Token != nil && v.Token.From != (exchange.Place{}):
		return v.Token.From
	case v.Token == nil && v.Auth != nil && v.Auth.From != (exchange.Place{}):
		return v.Auth.From
	}
	return v.ErrorAt
}

// compares reports whether values of the authorization request may be held
// against those of the token request: both were seen, and they are of one flow.
func (v *View) compares() bool {
	return v.Grant == GrantCode && v.Token != nil && v.Auth != nil && v.Auth.Seen()
}

// paramsKnown reports whether it is known which parameters the request had. Tokens
// for a request of none mean that its body was not recorded.
func (v *View) paramsKnown() bool {
	return v.Token.Params != nil && (len(v.Token.Params) > 0 || !v.Granted())
}

// Challenge is RFC 7636 §4.2.
func Challenge(method string, verifier safe.Secret) safe.Secret {
	if method != "S256" {
		return verifier
	}
	sum := sha256.Sum256([]byte(verifier.Reveal()))
	return safe.Secret(base64.RawURLEncoding.EncodeToString(sum[:]))
}

// before are the token requests that were sent before the judged one.
func (v *View) before() []evidence.TokenRequest {
	if v.Token == nil {
		return nil
	}
	return v.TokenRequests[:v.At]
}

// codeAge is the time from the callback to the token request; ok is false when
// one of the two is not known.
func (v *View) codeAge() (age time.Duration, ok bool) {
	if v.Token == nil || v.Auth == nil || v.Token.SentAt.IsZero() || v.Auth.Response.At.IsZero() {
		return 0, false
	}
	return v.Token.SentAt.Sub(v.Auth.Response.At), true
}

// codeLifetime is how long a code lives here; zero: not known.
func (v *View) codeLifetime() time.Duration {
	if v.CodeLifetime > 0 {
		return time.Duration(v.CodeLifetime) * time.Second
	}
	if v.Known != nil {
		return time.Duration(v.Known.CodeLifetime) * time.Second
	}
	return 0
}

// ShownGrant is the grant as a report may name it.
func (v *View) ShownGrant() string {
	if slices.Contains(evidence.Grants, v.Grant) {
		return v.Grant
	}
	return safe.Quote(v.Grant, 100)
}
