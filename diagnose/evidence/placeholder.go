package evidence

import (
	"slices"
	"strings"

	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/diagnose/wire"
)

// A sanitizer can write one constant in place of every secret, or a hash of it. Neither
// looks like a mask. But the server's code is never the client's state, so a text that is
// both is no value. What is known of such a text is only that something was there.

// A use is what a value serves as. The set of a value's uses shows whether it can be real.
type use uint

const (
	asState use = 1 << iota
	asChallenge
	asVerifier
	asCode  // as the server issued it
	asToken // as the server issued it
	asSecret
	asClient   // client_id
	asRedirect // redirect_uri
	asSent     // the code or refresh token of a token request, which may be any other value by mistake
)

// secretUses are the parameters of requests whose values are secrets.
var secretUses = map[string]use{
	"state": asState, "code_challenge": asChallenge, "code_verifier": asVerifier, "client_secret": asSecret,
	"access_token": asToken, "id_token": asToken, "refresh_token": asToken, "client_id": asClient, "redirect_uri": asRedirect,
}

// impossible reports whether no value serves as all of these. State and verifier are equal
// in some clients, and verifier and challenge are in all that use the method "plain".
func (u use) impossible() bool {
	if u&asRedirect != 0 && u != asRedirect { // an address is nothing else
		return true
	}
	apart := u & (asState | asChallenge | asCode | asToken | asSecret)
	return apart&(apart-1) != 0 || u&asClient != 0 && u&(asState|asChallenge|asCode|asToken|asVerifier|asSent) != 0 || u&asVerifier != 0 && u&(asCode|asToken|asSecret|asSent) != 0 || u&asSent != 0 && u&asSecret != 0
}

// maxUses bounds the values that are looked at.
const maxUses = 100_000

// placeholders are the texts that replace values which cannot be equal, and those that
// have the one form of a hash where values have forms of their own.
func placeholders(exchanges []exchange.Exchange) map[string]bool {
	uses := map[string]use{}
	note := func(text string, u use) {
		if u != 0 && text != "" && len(text) <= longestMask && (uses[text] != 0 || len(uses) < maxUses) {
			uses[text] |= u
		}
	}
	found, states := map[string]bool{}, map[string]string{}
	for i := range exchanges {
		params := noteUses(&exchanges[i], note)
		code, state := exchange.Value(params, "code"), exchange.Value(params, "state")
		if states[code] != "" && state != "" && states[code] != state { // a server issues a code once
			found[code] = code != ""
		}
		states[code] = state
	}
	for text, u := range uses {
		if u.impossible() && (!IsNothing(text) || kinds(u) > 3) { // some clients send null where they have nothing
			found[text] = true
		}
	}
	addHashes(uses, found)
	return found
}

// noteUses notes the values of an exchange. It returns the authorization response that the
// server sent in it.
func noteUses(x *exchange.Exchange, note func(text string, u use)) []wire.Param {
	if x.Request.URL == nil {
		return nil
	}
	token := x.Kind == exchange.Token || x.Kind == exchange.Unknown && x.Request.Has("grant_type")
	for _, p := range x.Request.Params() {
		switch u := secretUses[p.Name]; {
		case token && (p.Name == "code" || p.Name == "refresh_token"):
			note(p.Value, asSent)
		case p.Name == "code" && !x.Request.Has("client_secret"):
			note(p.Value, asCode)
		case u != asToken: // a token in a request may be anything
			note(p.Value, u)
		}
	}
	if scheme, encoded, _ := strings.Cut(x.Request.Authorization, " "); !strings.EqualFold(scheme, "bearer") { // a token, which the server issued
		note(strings.TrimSpace(encoded), asSecret)
	}
	if token {
		noteParams(x.Response.Read().Params, note)
	}
	_, params := x.AuthorizationResponse()
	noteParams(params, note)
	return params
}

func noteParams(params []wire.Param, note func(text string, u use)) {
	for _, p := range params {
		if p.Name == "code" {
			note(p.Value, asCode)
			continue
		}
		note(p.Value, secretUses[p.Name])
	}
}

// addHashes finds values that are all hashes of one kind: hexadecimal digits, and as many
// of them in each. An S256 challenge is never of this form (RFC 7636 §4.2), and a verifier
// is not where it is shorter than 43 characters.
func addHashes(uses map[string]use, found map[string]bool) {
	byLength := map[int]use{}
	for text, u := range uses {
		if isHex(text) {
			byLength[len(text)] |= u
		}
	}
	for text := range uses {
		if u := byLength[len(text)]; isHex(text) && (u&asChallenge != 0 && kinds(u) >= 4 || u&asVerifier != 0 && len(text) < 43 && kinds(u) >= 4) {
			found[text] = true
		}
	}
}

func kinds(u use) (n int) {
	for u &^= asSent; u != 0; u &= u - 1 {
		n++
	}
	return n
}

func isHex(s string) bool { return len(s) >= 8 && strings.Trim(s, "0123456789abcdef") == "" }

// placeholder stands in the evidence where a value is unknown.
const placeholder = "…"

// hidePlaceholders makes the values unknown that were replaced.
func (a *assembler) hidePlaceholders() {
	hide := func(values ...*safe.Secret) {
		for _, v := range values {
			if a.replaced[v.Reveal()] {
				*v = placeholder
			}
		}
	}
	for i := range a.e.Authorizations {
		r := &a.e.Authorizations[i]
		hide(&r.State, &r.Challenge, &r.Response.Code, &r.Response.State)
		a.hidePublic(&r.ClientID, &r.RedirectURI)
	}
	for i := range a.e.TokenRequests {
		r := &a.e.TokenRequests[i]
		hide(&r.ClientSecret, &r.Code, &r.Verifier, &r.RefreshToken, &r.Assertion, &r.Response.AccessToken, &r.Response.RefreshToken, &r.Response.IDToken)
		a.hidePublic(&r.ClientID, &r.RedirectURI)
	}
	for i := range a.e.Revocations {
		hide(&a.e.Revocations[i].Token)
	}
}

// hideEmptied makes the empty codes of requests unknown if those of responses are empty too.
func (a *assembler) hideEmptied() {
	for i := range a.e.TokenRequests {
		if r := &a.e.TokenRequests[i]; a.emptied && r.Code == "" && slices.Contains(r.Params, "code") {
			r.Masked += " code"
		}
	}
}

// hidePublic does the same for the two values that are no secrets.
func (a *assembler) hidePublic(id *safe.Identifier, uri *safe.RedirectURI) {
	if a.replaced[id.Raw()] {
		*id = placeholder
	}
	if a.replaced[uri.Raw()] {
		*uri = placeholder
	}
}

// known is a value by which messages can be tied together; a mask ties nothing.
func (a *assembler) known(value string) string {
	if a.replaced[value] || masked(value) {
		return ""
	}
	return value
}
