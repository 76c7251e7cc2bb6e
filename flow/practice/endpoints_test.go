package practice_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/grantwalk/flow/practice"
)

func app(pairs ...string) url.Values {
	return with(url.Values{"client_id": {practice.ConfidentialClient}, "client_secret": {practice.ClientSecret}}, pairs...)
}

func TestAPushedRequestLeadsToACode(t *testing.T) {
	b := start(t)
	a := b.post("/par", request("client_secret", practice.ClientSecret))
	uri := a.text(t, "request_uri")
	if a.StatusCode != http.StatusCreated || !strings.HasPrefix(uri, "urn:ietf:params:oauth:request_uri:") || a.json(t)["expires_in"] != 90.0 {
		t.Fatalf("%s %s", a.Status, a.body)
	}
	// RFC 9126 §4: what the browser adds does not count.
	asked := url.Values{"client_id": {practice.ConfidentialClient}, "request_uri": {uri}, "state": {"forged"}, "redirect_uri": {"http://evil.example/"}}
	b.page(asked) // and then a reload
	consent := b.page(asked)
	got := b.redirected(b.decide(consent, "alice", "approve"))
	if got.Get("state") != "the-state" {
		t.Errorf("state %s", got.Get("state"))
	}
	if a := b.post("/token", exchange(got.Get("code"))); a.StatusCode != http.StatusOK {
		t.Errorf("%s %s", a.Status, a.body)
	}
	if a := b.get("/authorize?" + asked.Encode()); a.StatusCode != http.StatusBadRequest || !strings.Contains(a.body, "answered already") {
		t.Errorf("used again: %s", a.Status)
	}
}

func TestAPushedRequestIsAnsweredOnceHoweverManyPagesItHas(t *testing.T) {
	b := start(t)
	uri := b.post("/par", request("client_secret", practice.ClientSecret)).text(t, "request_uri")
	asked := url.Values{"client_id": {practice.ConfidentialClient}, "request_uri": {uri}}
	one, two := b.page(asked), b.page(asked)
	first := b.decide(one, "alice", "approve")
	if !b.redirected(first).Has("code") {
		t.Error(first.Header)
	}
	if a := b.decide(two, "alice", "approve"); a.StatusCode != http.StatusBadRequest || a.Header.Get("Location") != "" || !strings.Contains(a.body, "answered already") {
		t.Errorf("the other page: %s %v", a.Status, a.Header)
	}
	if again := b.decide(one, "alice", "approve"); again.Header.Get("Location") != first.Header.Get("Location") {
		t.Errorf("a double click: %s %v", again.Status, again.Header)
	}
}

func TestAPushedRequestIsLookedUpByOneClientIDAndOneRequestURI(t *testing.T) {
	b := start(t)
	uri := b.post("/par", request("client_secret", practice.ClientSecret)).text(t, "request_uri")
	for name, more := range map[string]string{"client_id": "evil", "request_uri": "urn:x"} {
		asked := url.Values{"client_id": {practice.ConfidentialClient}, "request_uri": {uri}}
		asked.Add(name, more)
		if a := b.get("/authorize?" + asked.Encode()); a.StatusCode != http.StatusBadRequest || !strings.Contains(a.body, name+"&#39; is there more than once") {
			t.Errorf("two of %s: %s", name, a.Status)
		}
	}
}

func TestAPushedRequestIsCheckedWhenItComes(t *testing.T) {
	b := start(t)
	secret := []string{"client_secret", practice.ClientSecret}
	refused(t, b.post("/par", request()), 401, "invalid_client", "sent no client_secret")
	refused(t, b.post("/par", request(append(secret, "redirect_uri", "http://evil.example/")...)), 400, "invalid_request", "not registered")
	refused(t, b.post("/par", request(append(secret, "response_type", "token")...)), 400, "unsupported_response_type", "'token'")
	refused(t, b.post("/par", request(append(secret, "request_uri", "urn:x")...)), 400, "invalid_request", "cannot be pushed")
	refused(t, b.get("/par"), 405, "invalid_request", "takes POST")
}

func TestAPushedRequestIsItsClientsAndDoesNotWaitForLong(t *testing.T) {
	b := start(t)
	uri := b.post("/par", request("client_secret", practice.ClientSecret)).text(t, "request_uri")
	if a := b.get("/authorize?" + url.Values{"client_id": {practice.PublicClient}, "request_uri": {uri}}.Encode()); a.StatusCode != 400 || !strings.Contains(a.body, "of another client") {
		t.Errorf("another client: %s", a.Status)
	}
	b.clock.pass(90 * time.Second)
	if a := b.get("/authorize?" + url.Values{"client_id": {practice.ConfidentialClient}, "request_uri": {uri}}.Encode()); a.StatusCode != 400 || !strings.Contains(a.body, "longer than 1 min 30 s") {
		t.Errorf("too late: %s", a.Status)
	}
}

func TestIntrospectionDescribesWhatWorksAndNothingElse(t *testing.T) {
	b := start(t)
	access, token := b.tokens()
	now := b.clock.Now().Unix()
	for name, c := range map[string]struct {
		token string
		extra map[string]any
	}{
		"access token":  {access, map[string]any{"token_type": "Bearer", "exp": float64(now + 3600)}},
		"refresh token": {token, map[string]any{"exp": float64(now + 30*24*3600)}},
	} {
		want := map[string]any{"active": true, "scope": "openid profile email", "client_id": "demo-app", "username": "alice",
			"sub": "alice", "iss": b.server.Issuer(), "iat": float64(now)}
		for k, v := range c.extra {
			want[k] = v
		}
		if diff := cmp.Diff(want, b.post("/introspect", app("token", c.token)).json(t)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	b.clock.pass(time.Hour)
	for _, dead := range []string{access, "unknown", b.code()} {
		if a := b.post("/introspect", app("token", dead)); strings.TrimSpace(a.body) != `{"active":false}` {
			t.Error(a.body)
		}
	}
}

func TestIntrospectionIsForWhoProvesWhoTheyAre(t *testing.T) {
	b := start(t)
	refused(t, b.post("/introspect", url.Values{"token": {"x"}}), 401, "invalid_client", "no client_id")
	refused(t, b.post("/introspect", url.Values{"token": {"x"}, "client_id": {practice.PublicClient}}), 401, "invalid_client", "public client")
	refused(t, b.post("/introspect", app()), 400, "invalid_request", "no token")
	refused(t, b.do("POST", "/introspect", "text/plain", ""), 400, "invalid_request", "'text/plain'")
}

func TestRevokingARefreshTokenEndsTheGrant(t *testing.T) {
	b := start(t)
	access, token := b.tokens()
	if a := b.post("/revoke", app("token", token, "token_type_hint", "access_token")); a.StatusCode != http.StatusOK || a.body != "" {
		t.Errorf("%s %s", a.Status, a.body)
	}
	if b.active(access) || b.active(token) {
		t.Error("something still works")
	}
	refused(t, b.post("/token", refresh(token)), 400, "invalid_grant", "revoked: its client asked for that")
}

func TestRevokingAnAccessTokenEndsItAlone(t *testing.T) {
	b := start(t)
	access, token := b.tokens()
	if a := b.post("/revoke", app("token", access)); a.StatusCode != http.StatusOK {
		t.Errorf("%s %s", a.Status, a.body)
	}
	if b.active(access) || !b.active(token) {
		t.Error("the access token should be gone, the refresh token not")
	}
	refused(t, b.get("/userinfo", "Authorization", "Bearer "+access), 401, "invalid_token", "was revoked")
}

func TestRevokingWhatIsUnknownSucceedsAndWhatIsAnothersDoesNot(t *testing.T) {
	b := start(t)
	access, token := b.tokens()
	if a := b.post("/revoke", app("token", "unknown")); a.StatusCode != http.StatusOK { // RFC 7009 §2.2
		t.Errorf("%s %s", a.Status, a.body)
	}
	for _, token := range []string{access, token} {
		refused(t, b.post("/revoke", url.Values{"client_id": {practice.PublicClient}, "token": {token}}), 400, "invalid_grant", "another client")
	}
	refused(t, b.post("/revoke", app()), 400, "invalid_request", "no token")
	refused(t, b.post("/revoke", app("client_secret", "")), 401, "invalid_client", "no client_secret")
	refused(t, b.do("POST", "/revoke", "", ""), 400, "invalid_request", "Content-Type")
}

func TestUserinfoTellsWhatTheScopeAllows(t *testing.T) {
	b := start(t)
	for scope, want := range map[string]map[string]any{
		"openid":               {"sub": "bob"},
		"openid profile":       {"sub": "bob", "name": "Bob Example", "preferred_username": "bob"},
		"openid profile email": {"sub": "bob", "name": "Bob Example", "preferred_username": "bob", "email": "bob@example.com", "email_verified": true},
	} {
		code := b.redirected(b.decide(b.page(request("scope", scope)), "bob", "approve")).Get("code")
		access := b.post("/token", exchange(code)).text(t, "access_token")
		if diff := cmp.Diff(want, b.get("/userinfo", "Authorization", "bearer "+access).json(t)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", scope, diff)
		}
	}
}

func TestUserinfoRefusesAsRFC6750HasIt(t *testing.T) {
	b := start(t)
	access, token := b.tokens()
	b.clock.pass(time.Hour + time.Minute)
	for name, c := range map[string]struct {
		header      string
		description string // empty: no error information at all (RFC 6750 §3.1)
		challenge   string // after the realm
	}{
		"no token":         {"", "", ""},
		"another scheme":   {"Basic abc", "", ""},
		"an unknown token": {"Bearer xyz", "no such access token", `, error="invalid_token"`},
		"a refresh token":  {"Bearer " + token, "is a refresh token", `, error="invalid_token"`},
		"an expired token": {"Bearer " + access, "expired 1 min ago", `, error="invalid_token"`},
	} {
		t.Run(name, func(t *testing.T) {
			var header []string
			if c.header != "" {
				header = []string{"Authorization", c.header}
			}
			a := b.get("/userinfo", header...)
			got := a.Header.Get("WWW-Authenticate")
			if a.StatusCode != 401 || !strings.HasPrefix(got, `Bearer realm="grantwalk practice server"`+c.challenge) ||
				strings.Contains(got, "error") != (c.challenge != "") ||
				!strings.Contains(a.body, c.description) || (a.body == "") != (c.description == "") {
				t.Errorf("%s %s %s", a.Status, got, a.body)
			}
		})
	}
}

func TestMetadataPromisesWhatTheServerDoes(t *testing.T) {
	b := start(t)
	a := b.get("/.well-known/openid-configuration")
	if other := b.get("/.well-known/oauth-authorization-server"); other.body != a.body {
		t.Error("the two documents differ")
	}
	m := a.json(t)
	if m["issuer"] != b.server.Issuer() || m["authorization_response_iss_parameter_supported"] != true {
		t.Error(a.body)
	}
	for name, v := range m {
		if address, ok := v.(string); ok && name != "issuer" {
			if got := b.get(address); got.StatusCode == http.StatusNotFound {
				t.Errorf("nothing is at %s, %s", name, address)
			}
		}
	}
	for name, want := range map[string][]any{
		"code_challenge_methods_supported":              {"S256", "plain"},
		"token_endpoint_auth_methods_supported":         {"client_secret_basic", "client_secret_post", "none"},
		"revocation_endpoint_auth_methods_supported":    {"client_secret_basic", "client_secret_post", "none"},
		"introspection_endpoint_auth_methods_supported": {"client_secret_basic", "client_secret_post"},
		"id_token_signing_alg_values_supported":         {"ES256"},
		"response_modes_supported":                      {"query", "form_post"},
		"scopes_supported":                              {"openid", "profile", "email", "offline_access"},
		"grant_types_supported":                         {"authorization_code", "refresh_token"},
	} {
		if diff := cmp.Diff(want, m[name]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestScriptsOfOtherOriginsMayReadWhatBrowserAppsNeed(t *testing.T) {
	b := start(t)
	open := []string{"/token", "/userinfo", "/revoke", "/jwks", "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"}
	for _, path := range append(open, "/authorize", "/par", "/introspect", "/") {
		want, status := "", http.StatusMethodNotAllowed
		if slices.Contains(open, path) {
			want, status = "*", http.StatusNoContent
		}
		preflight := b.do(http.MethodOptions, path, "", "", "Origin", "http://localhost:3000", "Access-Control-Request-Method", "POST")
		posted := b.post(path, url.Values{}, "Origin", "http://localhost:3000")
		for _, a := range []answer{preflight, posted} {
			if a.Header.Get("Access-Control-Allow-Credentials") != "" {
				t.Errorf("%s: with credentials", path)
			}
		}
		if preflight.StatusCode != status || preflight.Header.Get("Access-Control-Allow-Origin") != want {
			t.Errorf("preflight of %s: %s, %v", path, preflight.Status, preflight.Header)
		}
		if want == "*" && !strings.Contains(preflight.Header.Get("Access-Control-Allow-Headers"), "Authorization") {
			t.Errorf("preflight of %s: no Authorization", path)
		}
		if posted.StatusCode != http.StatusMethodNotAllowed && posted.Header.Get("Access-Control-Allow-Origin") != want {
			t.Errorf("%s: %v", path, posted.Header)
		}
	}
}
