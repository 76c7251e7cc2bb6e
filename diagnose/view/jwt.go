package view

import (
	"encoding/json"
	"time"

	"example.com/grantwalk/diagnose/evidence"
	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/diagnose/wire"
)

// A jwt is what a token says of itself (RFC 7519 §4.1). Nothing is verified: it
// is what the sender wrote, and that is what is to be judged.
type jwt struct {
	Type, Algorithm string // of the header

	Issuer    string
	Subject   string
	Audience  []string
	Issued    stamp
	NotBefore stamp
	Expires   stamp
	Scope     bool // it is there, as in access tokens (RFC 9068 §2.2.3)
	Nonce     bool // it is there, as in ID tokens
}

// A stamp is seconds since 1970; 0: not said.
type stamp float64

func (s stamp) time() time.Time {
	const most = 1 << 40
	return time.Unix(int64(min(max(float64(s), -most), most)), 0).UTC()
}

// readJWT reads header and claims; ok is false for anything else, encrypted
// tokens (RFC 7516) among them.
func readJWT(token safe.Secret) (out jwt, ok bool) {
	first, second, ok := wire.JWT(token.Reveal())
	if !ok || len(token) > 1<<16 {
		return jwt{}, false
	}
	var header struct{ Typ, Alg string }
	var claims struct {
		Iss, Sub      string
		Aud           any
		Iat, Nbf, Exp float64
		Scope, Scp    any
		Nonce         any
	}
	if json.Unmarshal(first, &header) != nil || json.Unmarshal(second, &claims) != nil {
		return jwt{}, false
	}
	out = jwt{Type: header.Typ, Algorithm: header.Alg, Issuer: claims.Iss, Subject: claims.Sub,
		Issued: stamp(claims.Iat), NotBefore: stamp(claims.Nbf), Expires: stamp(claims.Exp),
		Scope: claims.Scope != nil || claims.Scp != nil, Nonce: claims.Nonce != nil}
	switch aud := claims.Aud.(type) {
	case string:
		out.Audience = []string{aud}
	case []any:
		for _, a := range aud {
			if s, isText := a.(string); isText {
				out.Audience = append(out.Audience, s)
			}
		}
	}
	return out, true
}

// serverTime is the server's clock at the judged request, or ours where it sent none.
func serverTime(v *View) time.Time {
	if d := v.Token.Response.Date; !d.IsZero() {
		return d
	}
	return v.Token.SentAt
}

// clockOff is by how much the server's clock is certainly ahead of ours
// (negative: behind). A Date has whole seconds, and was written at some time
// between request and answer, so true agreement leaves a window; only what lies
// outside it counts. ok is false where one of the clocks was not seen.
func clockOff(r *evidence.TokenRequest) (off time.Duration, ok bool) {
	date, from, to := r.Response.Date, r.SentAt, r.Response.At
	if date.IsZero() || from.IsZero() {
		return 0, false
	}
	if to.Before(from) {
		to = from // not timed: clockSlack has to do
	}
	switch {
	case date.After(to):
		return date.Sub(to), true
	case date.Add(time.Second).Before(from):
		return -from.Sub(date.Add(time.Second)), true
	}
	return 0, true
}
