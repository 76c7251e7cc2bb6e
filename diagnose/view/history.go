package view

import (
	"strings"

	"example.com/grantwalk/diagnose/evidence"
	"example.com/grantwalk/diagnose/safe"
)

// grantor is the request whose answer gave the refresh token that is judged.
func (v *View) grantor() *evidence.TokenRequest {
	if v.Token == nil {
		return nil
	}
	if j := v.grantors[v.At]; j >= 0 {
		return &v.TokenRequests[j]
	}
	return nil
}

// misuse is a request before the judged one that used up, for the second time, a
// code or token of the same grant; -1 if there is none.
func misuse(v *View) int {
	root := v.roots[v.At]
	if root < 0 {
		return -1
	}
	for i := range v.before() {
		if v.redeemers[i] == root || v.rotators[i] >= 0 && v.roots[i] == root {
			return i
		}
	}
	return -1
}

// revoked is the client's own revocation of a token before the judged request.
func revoked(v *View, token safe.Secret) *evidence.Revocation {
	for i := range v.Revocations {
		r := &v.Revocations[i]
		if late := !r.SentAt.IsZero() && !v.Token.SentAt.IsZero() && r.SentAt.After(v.Token.SentAt); !late && token != "" && r.Token == token && r.Status < 400 {
			return r
		}
	}
	return nil
}

// grantedScope is what the refresh token may be used for, and what was asked for
// in the beginning (RFC 6749 §5.1: an answer without scope grants just that).
// Nil: not known.
func grantedScope(v *View) (granted, asked []string) {
	i := v.At
	for v.grantors[i] >= 0 {
		i = v.grantors[i]
		if v.TokenRequests[i].Hides(evidence.GrantedScope) {
			return nil, nil
		}
		if s := v.TokenRequests[i].Response.Scope; s != "" && granted == nil {
			granted = scopes(s.Raw())
		}
	}
	if i == v.At {
		return nil, nil
	}
	asked = scopes(v.TokenRequests[i].Scope.Raw())
	if a := v.authorizationOf(&v.TokenRequests[i]); a != nil {
		asked = append(asked, scopes(a.Scope.Raw())...)
	}
	if granted == nil && len(asked) > 0 {
		granted = asked
	}
	return granted, asked
}

// scopes are the words of a scope; some servers put commas between them.
func scopes(s string) []string { return strings.Fields(strings.ReplaceAll(s, ",", " ")) }

// worked is a request with the same client_id that the server gave tokens for.
func (v *View) worked() *evidence.TokenRequest {
	for i := range v.TokenRequests {
		r := &v.TokenRequests[i]
		if i != v.At && r.ClientID == v.Token.ClientID && r.ClientID != "" && r.Response.Granted() {
			return r
		}
	}
	return nil
}
