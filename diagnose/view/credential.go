package view

import (
	"cmp"
	"slices"
	"strings"

	"example.com/grantwalk/diagnose/evidence"
	"example.com/grantwalk/diagnose/safe"
)

// asked is what the request is to trade, and the name of its parameter. The code or
// refresh token is looked up as it is (RFC 6749 §4.1.3, §6).
func asked(v *View) (sent safe.Secret, name string) {
	switch {
	case v.Token == nil:
		return "", ""
	case v.Grant == GrantCode:
		return v.Token.Code, "code"
	case v.Grant == GrantRefresh:
		return v.Token.RefreshToken, "refresh_token"
	}
	return "", ""
}

func missCredential(v *View) *Fact {
	sent, name := asked(v)
	if name == "" || sent != "" || !v.paramsKnown() || credential(*v.Token) != "" || v.Token.Hides("code") || v.Token.Hides("refresh_token") {
		return nil
	}
	says := "the token request has no " + name
	if slices.Contains(v.Token.Params, safe.Foreign(name)) {
		says = "the " + name + " that was sent is empty"
	}
	return differs("missing", says, Value{Label: "sent", Text: listed(v.Token.Params)})
}

// lookUpCredential looks for what was sent among all that the evidence holds.
func lookUpCredential(v *View) *Fact {
	sent, name := asked(v)
	if sent == "" {
		return nil
	}
	if what, at := elsewhere(v, sent, name); what != "" {
		return differs("something_else", "what was sent as "+name+" is "+what,
			Value{Label: name, Text: sent.String()}, Value{Label: "came as", Text: what + at})
	}
	if name == "code" {
		return strangeCode(v, sent)
	}
	return strangeRefreshToken(v, sent)
}

// elsewhere says what else in the evidence a value is, and when it came.
func elsewhere(v *View, sent safe.Secret, name string) (what, at string) {
	for i := range v.Authorizations {
		a := &v.Authorizations[i]
		at = ", " + clockTime(a.Response.At)
		switch {
		case a.Response.Code == sent && name == "code":
			return "", "" // whatever else has this value
		case a.Response.Code == sent:
			return "the code of a callback", at
		case a.State == sent || a.Response.State == sent:
			return "the state of an authorization request", ", " + clockTime(a.SentAt)
		}
	}
	for i := range v.TokenRequests {
		r := v.TokenRequests[i].Response
		at = ", " + clockTime(r.At)
		switch {
		case r.RefreshToken == sent && name != "refresh_token":
			return "the refresh token of a token answer", at
		case r.RefreshToken == sent:
			return "", ""
		case r.AccessToken == sent:
			return "the access token of a token answer", at
		case r.IDToken == sent:
			return "the ID token of a token answer", at
		}
	}
	if sent == v.Token.Verifier {
		return "the code_verifier", ""
	}
	return "", ""
}

// strangeCode: the callback is there, and what was sent has nothing of its code.
// Another callback may have been missed, so this is a sign and no proof.
func strangeCode(v *View, sent safe.Secret) *Fact {
	if v.Auth == nil || v.Auth.Response.Code == "" || v.Auth.Response.Code == sent {
		return nil
	}
	if r, known := v.relation(v.Auth.Response.Code, sent); !known || r.Alteration != "" || r.Slips > 0 {
		return nil
	}
	return sign("of_no_callback", "the code that was sent is none that a callback brought: an old one, or another value",
		secretsCompared("code as it arrived", v.Auth.Response.Code, "code as it was sent", sent)...)
}

func strangeRefreshToken(v *View, sent safe.Secret) *Fact {
	var newest *evidence.TokenResponse
	for i := range v.before() {
		r := &v.TokenRequests[i].Response
		if r.RefreshToken == "" {
			continue
		}
		if r.RefreshToken == sent {
			return nil
		}
		newest = r
		if tokens, _ := v.relation(r.RefreshToken, sent); tokens.Alteration != "" {
			return differs("changed", "the refresh token that was sent "+tokens.Alteration, secretsCompared("as it was granted", r.RefreshToken, "as it was sent", sent)...)
		}
	}
	if newest == nil {
		return nil
	}
	tokens, known := v.relation(newest.RefreshToken, sent)
	both := secretsCompared("granted last", newest.RefreshToken, "sent", sent)
	switch {
	case !known:
		return nil
	case tokens.Slips > 0:
		return sign("nearly", "the refresh token that was sent differs in "+count(tokens.Slips, "character")+" from the newest one that was granted", both...)
	}
	return sign("never_granted", "the refresh token that was sent is none that was granted before: an older one, or another user's", both...)
}

// lookAtCredential goes by the value alone, where the evidence has nothing to
// compare it with.
func lookAtCredential(v *View) *Fact {
	sent, name := asked(v)
	if sent == "" || v.grantor() != nil || v.Auth != nil && v.Auth.Response.Code == sent {
		return nil
	}
	want := map[string]string{"code": "code", "refresh_token": "refresh token"}[name]
	if is := v.nature(sent).Prefix; is != "" && !strings.Contains(is, want) {
		return sign("prefix", "what was sent as "+name+" begins like "+is, Value{Label: name, Text: sent.String()})
	}
	if claims, ok := v.jwt(sent); ok {
		if is := claims.kind(); is != "" {
			return sign("jwt", "what was sent as "+name+" is a JWT that looks like "+is, Value{Label: name, Text: sent.String()})
		}
	}
	if v.nature(sent).Nothing {
		return differs("placeholder", "what was sent as "+name+" is a word for a value that was not there (undefined, null, None)")
	}
	return nil
}

// kind is what a JWT looks like; empty if it may be a code or refresh token, for
// some servers make JWTs of those too.
func (t jwt) kind() string {
	switch {
	case strings.HasSuffix(strings.ToLower(t.Type), "at+jwt"):
		return "an access token (RFC 9068)"
	case t.Nonce:
		return "an ID token"
	case t.Scope && len(t.Audience) > 0 && cmp.Or(t.Issuer, t.Subject) != "" && !strings.Contains(strings.ToLower(t.Type), "refresh"):
		return "an access token"
	}
	return ""
}
