package flow_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"grantwalk/diagnose/safe"
	"grantwalk/flow"
)

// grants makes the token endpoint answer a right grant with some members changed.
func (as *authServer) grants(change func(grant map[string]any)) {
	as.on("/token", func(w http.ResponseWriter, _ *http.Request) {
		grant := as.grant()
		change(grant)
		reply(w, 200, grant)
	})
}

func TestARightIDTokenIsVerified(t *testing.T) {
	as := newAuthServer(t)
	w := as.walk()
	ended(t, play(t, w, flow.StepTokens), flow.GoOn, flow.StepTokens)
	if w.IDToken == nil || !w.IDToken.Verified || w.IDToken.Subject != "alice" {
		t.Fatalf("got %+v", w.IDToken)
	}
	for _, name := range []string{"iss", "aud", "nonce", "exp"} {
		if p := param(t, w, "ID token", name); p.Mark != flow.Good {
			t.Errorf("%s: %+v", name, p)
		}
	}
	if p := param(t, w, "userinfo response", "sub"); p.Mark != flow.Good {
		t.Errorf("userinfo's sub: %+v", p)
	}
}

func TestAnIDTokenThatMayNotBeBelievedSaysWhyAndDoesNotEndTheWalk(t *testing.T) {
	stranger, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	claim := func(name string, value any) func(*authServer) {
		return func(as *authServer) {
			as.grants(func(g map[string]any) { g["id_token"] = as.idToken(map[string]any{name: value}) })
		}
	}
	instead := func(token string) func(*authServer) {
		return func(as *authServer) { as.grants(func(g map[string]any) { g["id_token"] = token }) }
	}
	for name, c := range map[string]struct {
		script func(*authServer)
		why    string
	}{
		"another audience": {claim("aud", "somebody else"), "audience"},
		"another issuer":   {claim("iss", "https://evil.example"), "issued by a different provider"},
		"another party":    {claim("azp", "somebody else"), "azp names another client"},
		"no subject":       {claim("sub", ""), "no subject"},
		"another nonce":    {claim("nonce", "replayed"), "nonce"},
		"no nonce":         {claim("nonce", ""), "nonce"},
		"over":             {claim("exp", time.Now().Add(-time.Hour).Unix()), "expired"},
		"not yet":          {claim("nbf", time.Now().Add(time.Hour).Unix()), "nbf"},
		"another hash":     {claim("at_hash", "AAAAAAAAAAAAAAAAAAAAAA"), "hash"},
		"words that act":   {claim("aud", "\x1b[31m\u202e"), "audience"},
		"another key": {func(as *authServer) {
			as.grants(func(g map[string]any) {
				g["id_token"] = sign(t, jose.ES256, stranger, map[string]any{"iss": as.URL, "sub": "mallory", "aud": clientID, "nonce": as.nonce, "exp": time.Now().Add(time.Hour).Unix()})
			})
		}, "no public keys able to verify"},
		"the client secret for a key": {func(as *authServer) {
			as.grants(func(g map[string]any) {
				g["id_token"] = sign(t, jose.HS256, []byte(strings.Repeat(theSecret, 3)), map[string]any{"iss": as.URL, "aud": clientID})
			})
		}, "signed with the client secret (HS256)"},
		"no signature":      {instead("eyJhbGciOiJub25lIn0.eyJzdWIiOiJtYWxsb3J5In0."), "signature algorithm"},
		"no token at all":   {instead("what?"), "malformed"},
		"no JSON in it":     {instead("bm8.bm8.bm8"), "malformed"},
		"keys out of reach": {func(as *authServer) { as.on("/jwks", reset) }, "broke off"},
		"keys not there":    {func(as *authServer) { as.on("/jwks", nil) }, "answered 404 where its keys"},
		"keys for encrypting": {func(as *authServer) {
			key := as.key.Public()
			key.Use = "enc"
			as.on("/jwks", func(w http.ResponseWriter, _ *http.Request) {
				reply(w, 200, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{key}})
			})
		}, "no key that can be used"},
		"keys that are none": {func(as *authServer) { as.on("/jwks", says(200, `{"keys":"none"}`)) }, "no key that can be used"},
		"only odd keys": {func(as *authServer) {
			as.on("/jwks", says(200, `{"keys":[{"kty":"XX"},7,{"kty":"oct","k":"c2VjcmV0"}]}`))
		}, "no key that can be used"},
	} {
		t.Run(name, func(t *testing.T) {
			as := newAuthServer(t)
			c.script(as)
			w := as.walk()
			ended(t, play(t, w, flow.StepTokens), flow.GoOn, flow.StepTokens)
			if w.IDToken.Verified || w.IDToken.Subject != "" || !strings.HasPrefix(w.IDToken.Why, "not verified: ") || !strings.Contains(w.IDToken.Why, c.why) {
				t.Errorf("got %+v, want a word about %q", w.IDToken, c.why)
			}
		})
	}
}

func TestAKeyOfAnUnknownKindDoesNotSpoilTheOthers(t *testing.T) {
	as := newAuthServer(t)
	as.on("/jwks", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, 200, map[string]any{"keys": []any{map[string]string{"kty": "XX"}, as.key.Public()}})
	})
	w := as.walk()
	play(t, w, flow.StepTokens)
	if !w.IDToken.Verified {
		t.Errorf("got %+v", w.IDToken)
	}
}

func TestWithoutDiscoveryAnIDTokenIsDecodedAndNotVerified(t *testing.T) {
	as := newAuthServer(t)
	w := as.walk(as.explicit, func(c *flow.Config) { c.Scopes = []string{"openid"} })
	ended(t, play(t, w, flow.StepTokens), flow.GoOn, flow.StepTokens)
	if w.IDToken.Verified || !strings.Contains(w.IDToken.Why, "without discovery") {
		t.Errorf("got %+v", w.IDToken)
	}
	if p := param(t, w, "ID token", "sub"); p.Value != "alice" {
		t.Errorf("sub %q", p.Value)
	}
}

func TestUserinfoOfSomebodyElseIsMarked(t *testing.T) {
	as := newAuthServer(t)
	as.on("/userinfo", says(200, `{"sub":"mallory"}`))
	w := as.walk()
	ended(t, play(t, w, flow.StepTokens), flow.GoOn, flow.StepTokens)
	if p := param(t, w, "userinfo response", "sub"); p.Mark != flow.Bad {
		t.Errorf("got %+v", p)
	}
	if got := as.got("/userinfo")[0].Header.Get("Authorization"); got != "Bearer "+theAccess { // RFC 6750 §2.1
		t.Errorf("asked with %q", got)
	}
}

func TestASubjectThatWouldActOnATerminalIsComparedAsItCameAndShownCleaned(t *testing.T) {
	const sub = "al\x1b[31mice\u202e"
	as := newAuthServer(t)
	as.grants(func(g map[string]any) { g["id_token"] = as.idToken(map[string]any{"sub": sub}) })
	as.on("/userinfo", func(w http.ResponseWriter, _ *http.Request) { reply(w, 200, map[string]any{"sub": sub}) })
	w := as.walk()
	ended(t, play(t, w, flow.StepTokens), flow.GoOn, flow.StepTokens)
	if !w.IDToken.Verified || !safe.Clean(w.IDToken.Subject) {
		t.Errorf("got %+v", w.IDToken)
	}
	if p := param(t, w, "userinfo response", "sub"); p.Mark != flow.Good || !safe.Clean(p.Value) {
		t.Errorf("userinfo's sub: %+v", p)
	}
}

func TestUserinfoThatFailsDoesNotEndTheWalk(t *testing.T) {
	for name, h := range map[string]http.HandlerFunc{"refused": says(403, "no"), "broken off": reset, "redirected": says(302, "", "Location", "http://127.0.0.1:1/steal")} {
		as := newAuthServer(t)
		as.on("/userinfo", h)
		w := as.walk()
		if out := play(t, w, flow.StepTokens); out.Kind != flow.GoOn {
			t.Errorf("%s: %+v", name, out)
		}
	}
}

func TestAnIDTokenOfEntrasSharedMetadataMayNameAnyTenant(t *testing.T) {
	as := newAuthServer(t)
	as.metadata["issuer"] = as.URL + "/{tenantid}/v2.0"
	as.on("/{tenantid}/v2.0"+oidcAddress, func(w http.ResponseWriter, _ *http.Request) { reply(w, 200, as.metadata) })
	as.answer = func(back url.Values) { back.Del("iss") }
	as.metadata["authorization_response_iss_parameter_supported"] = false
	as.grants(func(g map[string]any) {
		g["id_token"] = as.idToken(map[string]any{"iss": as.URL + "/72f988bf/v2.0"})
	})
	w := as.walk(func(c *flow.Config) { c.Issuer = as.URL + "/{tenantid}/v2.0" })
	ended(t, play(t, w, flow.StepTokens), flow.GoOn, flow.StepTokens)
	if !w.IDToken.Verified {
		t.Errorf("got %+v", w.IDToken)
	}
}

func TestARefreshTokenIsRotatedOrStays(t *testing.T) {
	for name, c := range map[string]struct{ next, want, note string }{
		"rotated":        {"the-next-refresh-token", "the-next-refresh-token", "A new refresh token came"},
		"not sent again": {"", theRefresh, "stays the same"},
		"sent once more": {theRefresh, theRefresh, "stays the same"},
	} {
		t.Run(name, func(t *testing.T) {
			as := newAuthServer(t)
			w := as.walk()
			ended(t, play(t, w, flow.StepTokens), flow.GoOn, flow.StepTokens)
			as.grants(func(g map[string]any) {
				g["access_token"], g["refresh_token"] = "the-next-access-token", c.next
				delete(g, "id_token")
			})
			ended(t, resume(t, w, flow.StepRefresh, flow.StepRefresh), flow.GotTokens, flow.StepRefresh)
			if got := w.Tokens; got.Access.Reveal() != "the-next-access-token" || got.Refresh.Reveal() != c.want {
				t.Errorf("got %+v", got)
			}
			sent := as.got("/token")[1].form
			if sent.Get("grant_type") != "refresh_token" || sent.Get("refresh_token") != theRefresh || sent.Has("code") {
				t.Errorf("sent %v", sent)
			}
			if m := message(t, w, "refresh response"); !strings.Contains(m.Note, c.note) {
				t.Errorf("note: %s", m.Note)
			}
			if text := printed(t, w); strings.Contains(text, theRefresh) || strings.Contains(text, "the-next-") {
				t.Error("a token can be read in the transcript")
			}
		})
	}
}

func TestWithoutARefreshTokenTheWalkEndsWithTokensAndSaysWhy(t *testing.T) {
	as := newAuthServer(t)
	as.grants(func(g map[string]any) { delete(g, "refresh_token") })
	out := play(t, as.walk(), flow.StepRefresh)
	ended(t, out, flow.GotTokens, flow.StepRefresh)
	if !strings.Contains(out.Why, "no refresh token came") || len(as.got("/token")) != 1 {
		t.Errorf("%d token requests, because %s", len(as.got("/token")), out.Why)
	}
}

func TestARefreshThatIsRefusedIsARefusalAndLeavesTheTokens(t *testing.T) {
	as := newAuthServer(t)
	w := as.walk()
	play(t, w, flow.StepTokens)
	as.on("/token", says(400, `{"error":"invalid_grant","error_description":"spent"}`))
	out := resume(t, w, flow.StepRefresh, flow.StepRefresh)
	ended(t, out, flow.Refused, flow.StepRefresh)
	refusedWith(t, out, flow.ServerError{Code: "invalid_grant", Description: "spent", Status: 400})
	if w.Tokens.Access.Reveal() != theAccess {
		t.Errorf("tokens %+v", w.Tokens)
	}
	if n := len(as.got("/token")); n != 2 {
		t.Errorf("%d token requests", n)
	}
}

func TestRevocationGivesTheRefreshTokenBackOrElseTheAccessToken(t *testing.T) {
	for _, auth := range []flow.ClientAuth{flow.AuthBasic, flow.AuthPost, flow.AuthNone} {
		for token, hint := range map[string]string{theRefresh: "refresh_token", theAccess: "access_token"} {
			as := newAuthServer(t)
			if hint == "access_token" {
				as.grants(func(g map[string]any) { delete(g, "refresh_token") })
			}
			w := as.walk(func(c *flow.Config) {
				c.ClientAuth = auth
				if auth == flow.AuthNone {
					c.ClientSecret = ""
				}
			})
			play(t, w, flow.StepExchange)
			ended(t, w.Revoke(t.Context()), flow.GoOn, flow.StepExchange)
			sent := as.got("/revoke")[0]
			authenticated(t, sent, auth)
			if sent.form.Get("token") != token || sent.form.Get("token_type_hint") != hint {
				t.Errorf("sent %v", sent.form)
			}
		}
	}
}

func TestRevocationThatFailsSaysHow(t *testing.T) {
	as := newAuthServer(t)
	w := as.walk()
	play(t, w, flow.StepExchange)
	as.on("/revoke", says(503, `{"error":"unsupported_token_type"}`))
	out := w.Revoke(t.Context())
	ended(t, out, flow.Refused, flow.StepExchange)
	refusedWith(t, out, flow.ServerError{Code: "unsupported_token_type", Status: 503})
	as.on("/revoke", reset)
	ended(t, w.Revoke(t.Context()), flow.NoAnswer, flow.StepExchange)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	ended(t, w.Revoke(ctx), flow.Interrupted, flow.StepExchange)
	w.Metadata.RevocationEndpoint = ""
	ended(t, w.Revoke(t.Context()), flow.Refused, flow.StepExchange)
}
