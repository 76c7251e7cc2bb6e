// Package view looks at evidence from the one response that is to be explained, and finds
// the facts: lineage, ages, comparisons, PKCE, clocks. Each is computed once, and whoever
// asks, in whichever order, hears the same. It judges nothing: what a fact means for a
// cause is in the folders of package causes.
package view

import (
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"sync"
	"time"

	"example.com/grantwalk/diagnose/catalogue"
	"example.com/grantwalk/diagnose/evidence"
	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/diagnose/words"
)

// A View is the evidence seen from the response that is to be explained. It never changes.
type View struct {
	evidence.Evidence
	Auth    *evidence.Authorization // the request that led to Token, or that was itself refused; nil: not seen
	Token   *evidence.TokenRequest  // the request that is judged; nil: none was seen
	At      int                     // its place among the token requests
	Refused int                     // the place of the refused request that led to it; -1: none did
	Refusal evidence.Refusal        // what the server said; zero: it did not refuse
	Grant   string                  // a short name; empty: unknown
	Known   *catalogue.Provider     // what the catalogue knows of the server; nil: it is not recognised

	lineage

	// Made when they are first asked for: reading the words takes most of the time.
	said  func() *words.Heard
	facts func() []Fact
}

// The grants that a view asks for most.
const (
	GrantCode    = evidence.GrantCode
	GrantRefresh = evidence.GrantRefresh
)

// Of finds what is to be explained.
func Of(e evidence.Evidence) *View {
	e = evidence.WithoutMasks(e)
	l := trace(e.TokenRequests)
	at, refused := (&View{Evidence: e, lineage: l}).focus()
	v := viewAt(e, l, at)
	v.Refused = refused
	return v
}

// Earlier is the view of the refused request that led to the judged one; nil: none did.
func (v *View) Earlier() *View {
	if v.Refused < 0 {
		return nil
	}
	return viewAt(v.Evidence, v.lineage, v.Refused)
}

// viewAt is the view of one token request, or, with -1, of the last authorization request.
func viewAt(e evidence.Evidence, l lineage, i int) *View {
	v := &View{Evidence: e, Grant: evidence.ShortGrant(e.Grant), Refused: -1, lineage: l}
	switch {
	case i >= 0:
		v.At, v.Token = i, &v.TokenRequests[i]
		v.Refusal = v.Token.Response.Refusal
		v.Auth = v.authorizationOf(v.Token)
		v.Grant = v.Token.Grant()
	case len(v.Authorizations) > 0:
		v.Auth = &v.Authorizations[len(v.Authorizations)-1]
		v.Refusal = v.Auth.Response.Refusal
		v.Grant = GrantCode
	}
	if !v.Refusal.Says() && !v.Granted() && e.Refusal.Says() {
		v.Refusal = e.Refusal
	}
	v.Known = identify(v)
	v.said = sync.OnceValue(func() *words.Heard { return words.Hear(v.scene()) })
	v.facts = sync.OnceValue(func() []Fact { return look(v) })
	return v
}

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

// scene is what the words are about.
func (v *View) scene() words.Scene {
	s := words.Scene{Refusal: v.Refusal, Words: v.Words, Note: v.Note, Grant: v.Grant, Provider: v.ProviderName()}
	if v.Token != nil {
		s.Body = v.Token.Response.Body
	}
	if v.Known != nil {
		s.Base = v.Known.Base
	}
	return s
}

func (v *View) Granted() bool { return v.Token != nil && v.Token.Response.Granted() }

// authorizationOf ties a token request to the authorization request behind it:
// by the code, by PKCE, or by client and redirect URI; of several to the latest.
// One whose code another request has sent is not it.
func (v *View) authorizationOf(r *evidence.TokenRequest) *evidence.Authorization {
	if r.Grant() != GrantCode {
		return nil
	}
	var best *evidence.Authorization
	points := 1
	for i := range v.Authorizations {
		a := &v.Authorizations[i]
		if !r.SentAt.IsZero() && a.SentAt.After(r.SentAt) && (r.Code == "" || a.Response.Code != r.Code) {
			continue // two machines may have two clocks, but the code tells
		}
		n := 0
		codes, _ := v.relation(a.Response.Code, r.Code)
		switch {
		case r.Code == "" || a.Response.Code == "":
		case a.Response.Code == r.Code:
			n += 32
		case codes.Alteration != "":
			n += 16
		case codes.Slips > 0:
			n += 3
		case v.sent[a.Response.Code]:
			continue
		}
		if pkce, _ := v.pkce(a.Challenge, r.Verifier); pkce.S256 || pkce.Plain {
			n += 8
		}
		if r.RedirectURI != "" && r.RedirectURI == a.RedirectURI {
			n += 2
		}
		if r.ClientID != "" && r.ClientID == a.ClientID {
			n += 2
		}
		if n == 0 && r.Hides("code") && r.Hides("client_id") && len(v.Authorizations) == 1 {
			n = 1 // what would tie them was masked, and there is no other login
		}
		if n > 0 && a.Response.Code != "" {
			n++
		}
		if n >= points { // of equals the latest
			best, points = a, n
		}
	}
	return best
}

// compares reports whether values of the authorization request may be held
// against those of the token request: both were seen, and they are of one flow.
func (v *View) compares() bool {
	return v.Grant == GrantCode && v.Token != nil && v.Auth != nil && v.Auth.Seen()
}

// loosely reports whether only the client or redirect URI ties the two requests,
// and neither the code nor PKCE does, so that they may be of two logins. Where one
// of the codes is unknown, they are of one login if there is only one, and if no request
// before was answered with its tokens.
func (v *View) loosely() bool {
	arrived, sent := v.Auth.Response.Code, v.Token.Code
	pkce, _ := v.pkce(v.Auth.Challenge, v.Token.Verifier)
	codes, _ := v.relation(arrived, sent)
	switch {
	case v.Auth.Challenge != "" && matches(pkce, v.method()):
		return false
	case arrived != "" && sent != "":
		return arrived != sent && codes.Alteration == ""
	}
	return len(v.Authorizations) > 1 || v.Token.Hides("code") && slices.ContainsFunc(v.before(), func(r evidence.TokenRequest) bool { return r.Grant() == GrantCode && r.Response.Granted() })
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
