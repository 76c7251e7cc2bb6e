package flow_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/flow"
	"example.com/grantwalk/flow/record"
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
		if p := param(t, w, "ID token", name); p.Mark != record.Good {
			t.Errorf("%s: %+v", name, p)
		}
	}
	if p := param(t, w, "userinfo response", "sub"); p.Mark != record.Good {
		t.Errorf("userinfo's sub: %+v", p)
	}
}

// The rules for ID tokens are in TestAForgedIDTokenIsNotVerifiedAndSaysWhichRuleItBreaks;
// here a server on a real socket breaks some of them.
func TestAnIDTokenThatIsNotVerifiedDoesNotEndTheWalk(t *testing.T) {
	for name, c := range map[string]struct {
		script func(*authServer)
		why    string
	}{
		"another audience too": {func(as *authServer) {
			as.grants(func(g map[string]any) {
				g["id_token"] = as.idToken(map[string]any{"aud": []string{clientID, "evil-client"}})
			})
		}, `its aud names "evil-client" too`},
		"no token at all":      {func(as *authServer) { as.grants(func(g map[string]any) { g["id_token"] = "what?" }) }, "it is not a JWT"},
		"keys out of reach":    {func(as *authServer) { as.on("/jwks", reset) }, "broke off"},
		"keys not there":       {func(as *authServer) { as.on("/jwks", nil) }, "responded with 404 to the key set request"},
		"keys in a web page":   {func(as *authServer) { as.on("/jwks", says(200, "<title>Log in</title>")) }, "is not a key set: the response is a web page"},
		"keys without an end":  {func(as *authServer) { as.on("/jwks", says(200, `{"keys":[`+strings.Repeat(" ", 1<<20))) }, "is larger than 1048576 bytes"},
		"a redirect to a page": {func(as *authServer) { as.on("/jwks", says(302, "", "Location", "http://127.0.0.1:1/")) }, "responded with 302"},
	} {
		t.Run(name, func(t *testing.T) {
			as := newAuthServer(t)
			c.script(as)
			w := as.walk()
			ended(t, play(t, w, flow.StepTokens), flow.GoOn, flow.StepTokens)
			if w.IDToken.Verified || w.IDToken.Subject != "" || !strings.Contains(w.IDToken.Why, c.why) {
				t.Errorf("got %+v, want a word about %q", w.IDToken, c.why)
			}
			if note := message(t, w, "ID token").Note; note != "not verified: "+w.IDToken.Why {
				t.Errorf("the transcript says %q", note)
			}
			if p := param(t, w, "userinfo response", "sub"); p.Mark != record.Unchecked || p.Note == "" {
				t.Errorf("userinfo's sub, with nothing to compare it with: %+v", p)
			}
		})
	}
}

// OpenID Connect Core §12.2: a refresh may bring another ID token, of the same user.
func TestTheIDTokenOfARefreshIsVerifiedToo(t *testing.T) {
	for name, c := range map[string]struct {
		claims map[string]any
		why    string
	}{
		"the same user":     {map[string]any{"nonce": nil, "auth_time": 1e9}, ""},
		"with the nonce":    {map[string]any{"auth_time": 1e9}, ""},
		"without auth_time": {map[string]any{"nonce": nil}, ""},
		"another user":      {map[string]any{"sub": "mallory"}, `its sub is "mallory", not "alice"`},
		"another nonce":     {map[string]any{"nonce": "replayed"}, "its nonce is not"},
		"another issuer":    {map[string]any{"iss": "https://evil.example"}, "its iss is"},
		"another audience":  {map[string]any{"aud": "evil-client"}, "its aud is"},
		"another login":     {map[string]any{"auth_time": 1e9 + 1}, "its auth_time is not that of the login"},
		"the old at_hash":   {map[string]any{"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}, "its at_hash is not"},
	} {
		t.Run(name, func(t *testing.T) {
			as := newAuthServer(t)
			as.grants(func(g map[string]any) { g["id_token"] = as.idToken(map[string]any{"auth_time": 1e9}) })
			w := as.walk()
			ended(t, play(t, w, flow.StepTokens), flow.GoOn, flow.StepTokens)
			if !w.IDToken.Verified {
				t.Fatalf("at the login: %+v", w.IDToken)
			}
			as.grants(func(g map[string]any) { g["id_token"] = as.idToken(c.claims) })
			ended(t, resume(t, w, flow.StepRefresh, flow.StepRefresh), flow.GotTokens, flow.StepRefresh)
			if w.IDToken.Verified != (c.why == "") || !strings.Contains(w.IDToken.Why, c.why) {
				t.Errorf("got %+v, want a word about %q", w.IDToken, c.why)
			}
			if n := len(as.got("/jwks")); n != 1 {
				t.Errorf("the key set was fetched %d times", n)
			}
			if got := w.Result(false).IDToken; got == nil || got.Verified != (c.why == "") {
				t.Errorf("the result has %+v", got)
			}
		})
	}
}

// Nothing vouches for the user of a refreshed ID token but the login's.
func TestARefreshedIDTokenIsVerifiedOnlyIfTheLoginsWas(t *testing.T) {
	for name, c := range map[string]struct {
		login map[string]any // nil: without an ID token
		why   string
	}{
		"replayed":         {map[string]any{"nonce": "replayed"}, "its nonce is not"},
		"another client's": {map[string]any{"aud": "evil-client"}, "its aud is"},
		"none":             {nil, "the login gave no ID token"},
	} {
		t.Run(name, func(t *testing.T) {
			as := newAuthServer(t)
			as.grants(func(g map[string]any) {
				if g["id_token"] = as.idToken(c.login); c.login == nil {
					delete(g, "id_token")
				}
			})
			w := as.walk()
			ended(t, play(t, w, flow.StepTokens), flow.GoOn, flow.StepTokens)
			as.grants(func(g map[string]any) { g["id_token"] = as.idToken(map[string]any{"nonce": nil}) })
			ended(t, resume(t, w, flow.StepRefresh, flow.StepRefresh), flow.GotTokens, flow.StepRefresh)
			if w.IDToken.Verified || !strings.Contains(w.IDToken.Why, c.why) || !strings.Contains(w.IDToken.Why, "§12.2") {
				t.Errorf("got %+v, want a word about %q", w.IDToken, c.why)
			}
		})
	}
}

func TestAnIDTokenThatIsNotVerifiedLeavesTheLoginToCompareTheNextOneWith(t *testing.T) {
	as := newAuthServer(t)
	w := as.walk()
	play(t, w, flow.StepTokens)
	for _, c := range []struct{ sub, why string }{{"mallory", "not \"alice\" as at the login"}, {"mallory", "not \"alice\" as at the login"}, {"alice", ""}} {
		as.grants(func(g map[string]any) { g["id_token"] = as.idToken(map[string]any{"sub": c.sub, "nonce": nil}) })
		ended(t, resume(t, w, flow.StepRefresh, flow.StepRefresh), flow.GotTokens, flow.StepRefresh)
		if w.IDToken.Verified != (c.why == "") || !strings.Contains(w.IDToken.Why, c.why) {
			t.Errorf("%s: got %+v", c.sub, w.IDToken)
		}
	}
	var notes []string
	for _, m := range w.Transcript.Messages() {
		if m.Name == record.IDToken {
			notes = append(notes, m.Note)
		}
	}
	if first, last := notes[0], notes[len(notes)-1]; !strings.Contains(first, "nonce are right") || strings.Contains(last, "nonce") || !strings.Contains(last, "the same as at the login") {
		t.Errorf("of an ID token with a nonce %q, of one without %q", first, last)
	}
}

func TestAUserInfoResponseWithoutSubIsNotTheUsers(t *testing.T) {
	for name, c := range map[string]struct {
		body string
		note string
		mark record.Mark
	}{
		"no sub":            {`{"name":"Alice"}`, "It has no sub", record.Unchecked},
		"another name":      {`{"Sub":"alice"}`, "It has no sub", record.Unchecked},
		"twice":             {`{"sub":"alice","sub":"mallory"}`, "", record.Bad},
		"another user":      {`{"sub":"mallory"}`, "", record.Bad},
		"no Unicode":        {`{"sub":"\ud800"}`, "", record.Bad},
		"the user's":        {`{"sub":"alice"}`, "", record.Good},
		"an error response": {`{"error":"invalid_token"}`, "It has no sub", record.Unchecked},
	} {
		t.Run(name, func(t *testing.T) {
			as := newAuthServer(t)
			as.on("/userinfo", says(200, c.body, "Content-Type", "application/json"))
			w := as.walk()
			play(t, w, flow.StepTokens)
			m := message(t, w, "userinfo response")
			if !strings.HasPrefix(m.Note, c.note) || c.note == "" && m.Note != "" {
				t.Errorf("the note is %q, want %q", m.Note, c.note)
			}
			if c.mark != record.Unchecked {
				if p := param(t, w, "userinfo response", "sub"); p.Mark != c.mark {
					t.Errorf("sub: %+v", p)
				}
			}
		})
	}
}

// What is not fit to be printed is hidden where it is printed, not before it is compared.
func TestEveryAlgorithmThatTheMetadataListsIsAllowed(t *testing.T) {
	for _, alg := range []string{"RS384", "PS384", "PS512", "ES512", "EdDSA"} {
		t.Run(alg, func(t *testing.T) {
			as := newAuthServer(t)
			as.metadata["id_token_signing_alg_values_supported"] = []string{alg}
			w := as.walk()
			play(t, w, flow.StepTokens) // signed with another one
			if !strings.Contains(w.IDToken.Why, "allows "+alg+" only") {
				t.Errorf("got %+v", w.IDToken)
			}
			if !slices.Contains(w.Metadata.SigningAlgs, safe.Foreign(alg)) {
				t.Errorf("the walk has %v", w.Metadata.SigningAlgs)
			}
		})
	}
}

func TestARefreshWithoutAnIDTokenLeavesTheLoginsAsItIs(t *testing.T) {
	as := newAuthServer(t)
	w := as.walk()
	play(t, w, flow.StepTokens)
	login := w.Tokens.ID
	as.grants(func(g map[string]any) { delete(g, "id_token") })
	ended(t, resume(t, w, flow.StepRefresh, flow.StepRefresh), flow.GotTokens, flow.StepRefresh)
	if !w.IDToken.Verified || w.Tokens.ID != login {
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
	if p := param(t, w, "userinfo response", "sub"); p.Mark != record.Bad {
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
	if p := param(t, w, "userinfo response", "sub"); p.Mark != record.Good || !safe.Clean(p.Value) {
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
		g["id_token"] = as.idToken(map[string]any{"iss": as.URL + "/72f988bf/v2.0", "tid": "72f988bf"})
	})
	w := as.walk(func(c *flow.Config) { c.Issuer = as.URL + "/{tenantid}/v2.0" })
	ended(t, play(t, w, flow.StepTokens), flow.GoOn, flow.StepTokens)
	if !w.IDToken.Verified {
		t.Errorf("got %+v", w.IDToken)
	}
}

func TestARefreshTokenIsRotatedOrStays(t *testing.T) {
	for name, c := range map[string]struct{ next, want, note string }{
		"rotated":        {"the-next-refresh-token", "the-next-refresh-token", "a new refresh token (rotation)"},
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
	refusedWith(t, out, flow.ErrorResponse{Error: "invalid_grant", Description: "spent", Status: 400})
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
	refusedWith(t, out, flow.ErrorResponse{Error: "unsupported_token_type", Status: 503})
	as.on("/revoke", reset)
	ended(t, w.Revoke(t.Context()), flow.NoAnswer, flow.StepExchange)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	ended(t, w.Revoke(ctx), flow.Interrupted, flow.StepExchange)
	w.Metadata.RevocationEndpoint = ""
	ended(t, w.Revoke(t.Context()), flow.Refused, flow.StepExchange)
}
