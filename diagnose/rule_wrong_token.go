package diagnose

import (
	"cmp"
	"slices"
	"strings"

	"example.com/grantwalk/diagnose/catalogue"
	"example.com/grantwalk/diagnose/safe"
)

// The code or refresh token is looked up as it is (RFC 6749 §4.1.3, §6); what is
// neither is not found, and most servers have no other word for it than
// invalid_grant.
var wrongToken = Rule{
	ID:    WrongToken,
	Title: "something else was sent in place of the code or token",
	Cites: "RFC 6749 §4.1.3, §6",
	After: []ID{Other, UserDenied},
	Checks: []Check{
		{"grant_sent", missCredential},
		{"grant_looked_up", lookUpCredential},
		{"grant_shape", lookAtCredential},
	},
	Fix: fixWrongToken,
}

// asked is what the request is to trade, and the name of its parameter.
func (c *Case) asked() (sent safe.Secret, name string) {
	switch {
	case c.Token == nil:
		return "", ""
	case c.Grant == GrantCode:
		return c.Token.Code, "code"
	case c.Grant == GrantRefresh:
		return c.Token.RefreshToken, "refresh_token"
	}
	return "", ""
}

func missCredential(c *Case) *Sighting {
	sent, name := c.asked()
	if name == "" || sent != "" || !c.paramsKnown() || credential(*c.Token) != "" || c.Token.Hides("code") || c.Token.Hides("refresh_token") {
		return nil
	}
	says := "the token request has no " + name
	if slices.Contains(c.Token.Params, safe.Foreign(name)) {
		says = "the " + name + " that was sent is empty"
	}
	return &Sighting{Verdict: Settles, Says: says, Values: []Value{{Label: "sent", Text: listed(c.Token.Params)}}}
}

// lookUpCredential looks for what was sent among all that the evidence holds.
func lookUpCredential(c *Case) *Sighting {
	sent, name := c.asked()
	if sent == "" {
		return nil
	}
	if what, at := c.elsewhere(sent, name); what != "" {
		return &Sighting{Verdict: Settles, Says: "what was sent as " + name + " is " + what, Values: []Value{
			{Label: name, Text: sent.String()},
			{Label: "came as", Text: what + at},
		}}
	}
	if name == "code" {
		return c.strangeCode(sent)
	}
	return c.strangeRefreshToken(sent)
}

// elsewhere says what else in the evidence a value is, and when it came.
func (c *Case) elsewhere(sent safe.Secret, name string) (what, at string) {
	for i := range c.Authorizations {
		a := &c.Authorizations[i]
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
	for i := range c.TokenRequests {
		r := c.TokenRequests[i].Response
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
	if sent == c.Token.Verifier {
		return "the code_verifier", ""
	}
	return "", ""
}

// strangeCode: the callback is there, and what was sent has nothing of its code.
// Another callback may have been missed, so this is a sign and no proof.
func (c *Case) strangeCode(sent safe.Secret) *Sighting {
	if c.Auth == nil || c.Auth.Response.Code == "" || c.Auth.Response.Code == sent {
		return nil
	}
	if r, known := c.relation(c.Auth.Response.Code, sent); !known || r.Alteration != "" || r.Slips > 0 {
		return nil
	}
	return &Sighting{Verdict: Sign, By: 3, Says: "the code that was sent is none that a callback brought: an old one, or another value",
		Values: secretsCompared("code as it arrived", c.Auth.Response.Code, "code as it was sent", sent)}
}

func (c *Case) strangeRefreshToken(sent safe.Secret) *Sighting {
	var newest *TokenResponse
	for i := range c.before() {
		r := &c.TokenRequests[i].Response
		if r.RefreshToken == "" {
			continue
		}
		if r.RefreshToken == sent {
			return nil
		}
		newest = r
		if tokens, _ := c.relation(r.RefreshToken, sent); tokens.Alteration != "" {
			return &Sighting{Verdict: Settles, Says: "the refresh token that was sent " + tokens.Alteration, Values: secretsCompared("as it was granted", r.RefreshToken, "as it was sent", sent)}
		}
	}
	if newest == nil {
		return nil
	}
	tokens, known := c.relation(newest.RefreshToken, sent)
	if !known {
		return nil
	}
	if n := tokens.Slips; n > 0 {
		return &Sighting{Verdict: Sign, By: weighty, Says: "the refresh token that was sent differs in " + count(n, "character") + " from the newest one that was granted",
			Values: secretsCompared("granted last", newest.RefreshToken, "sent", sent)}
	}
	return &Sighting{Verdict: Sign, By: 1.5, Says: "the refresh token that was sent is none that was granted before: an older one, or another user's",
		Values: secretsCompared("granted last", newest.RefreshToken, "sent", sent)}
}

// prefixOf is what a value is by how it begins: "an access token of Google". It is empty
// if nobody is known to make such values.
func prefixOf(value string) string {
	if strings.HasPrefix(value, "Bearer ") {
		return "an Authorization header"
	}
	is, whose := catalogue.KindOfValue(value)
	switch {
	case is == "":
		return ""
	case strings.ContainsRune("aeiou", rune(is[0])) && !strings.HasPrefix(is, "user"):
		return "an " + is + " of " + whose
	}
	return "a " + is + " of " + whose
}

// lookAtCredential goes by the value alone, where the evidence has nothing to
// compare it with.
func lookAtCredential(c *Case) *Sighting {
	sent, name := c.asked()
	if sent == "" || c.grantor() != nil || c.Auth != nil && c.Auth.Response.Code == sent {
		return nil
	}
	want := map[string]string{"code": "code", "refresh_token": "refresh token"}[name]
	if is := c.nature(sent).Prefix; is != "" && !strings.Contains(is, want) {
		return &Sighting{Verdict: Sign, By: 4, Says: "what was sent as " + name + " begins like " + is, Values: []Value{{Label: name, Text: sent.String()}}}
	}
	if claims, ok := c.jwt(sent); ok {
		if is := claims.kind(); is != "" {
			return &Sighting{Verdict: Sign, By: 3, Says: "what was sent as " + name + " is a JWT that looks like " + is, Values: []Value{{Label: name, Text: sent.String()}}}
		}
	}
	if c.nature(sent).Nothing {
		return &Sighting{Verdict: Settles, Says: "what was sent as " + name + " is a word for a value that was not there (undefined, null, None)"}
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

func fixWrongToken(c *Case) []string {
	switch _, name := c.asked(); name {
	case "code":
		return []string{
			"send the value of the callback's parameter code, of this log-in: not a token, not the state, not a value kept from before",
			"log length and first characters of what arrives and of what is sent, and compare them",
		}
	case "refresh_token":
		return []string{
			"send the refresh_token of the last token answer for this user, whole: not the access token, the ID token or the code",
			"look into the store: is the column long enough, is the value encrypted or quoted, does it belong to this user?",
		}
	}
	return []string{"send what the grant type asks for: the code of the callback, or the refresh token of the last token answer"}
}
