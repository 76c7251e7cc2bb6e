package practice_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/flow/practice"
)

func TestEveryFaultIsSpelledOneWayAndStandsForACause(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range practice.FaultKinds() {
		if seen[k.Name] || k.Does == "" || (k.Takes == "") != (k.Usual == "") || k.Cause != "" && !diagnose.Known(k.Cause) {
			t.Errorf("%+v", k)
		}
		seen[k.Name] = true
		for _, s := range []string{k.Name, k.Name + "=" + k.Usual} {
			f, err := practice.ParseFault(s)
			if k.Usual == "" && s != k.Name {
				if err == nil {
					t.Errorf("%s is taken", s)
				}
				continue
			}
			if err != nil || f.String() != s {
				t.Errorf("%s: %q %v", s, f, err)
			}
		}
	}
	// Every cause that a server of this kind can refuse for has a fault. A wrong
	// token is the client's doing, and an assertion needs another grant.
	for _, id := range diagnose.IDs() {
		has := false
		for _, k := range practice.FaultKinds() {
			has = has || k.Cause == id
		}
		if without := id == diagnose.WrongToken || id == diagnose.AssertionInvalid || id == diagnose.Other; has == without {
			t.Errorf("%s has a fault: %v", id, has)
		}
	}
}

func TestAServerDoesNotStartWithAFaultThatItDoesNotKnow(t *testing.T) {
	for _, o := range []practice.Options{{Faults: []practice.Fault{{Name: "x"}}}, {Speak: "klingon"}, {Speak: "gov-uk"}} {
		s, err := practice.Start(o)
		if e := new(practice.FaultError); !errors.As(err, &e) || e.Remedy == "" {
			t.Errorf("%+v: %v", o, err)
			if s != nil {
				_ = s.Close()
			}
		}
	}
}

func TestOfTwoNodesThatShareNothingOneKnowsTheGrant(t *testing.T) {
	b := start(t, func(o *practice.Options) { o.Faults = []practice.Fault{{Name: "second_node"}} })
	code := b.code()
	refused(t, b.post("/token", exchange(code)), 400, "invalid_grant", "this node does not know it")
	a := b.post("/token", exchange(code))
	if a.StatusCode != http.StatusOK {
		t.Fatal(a.body)
	}
	token := a.text(t, "refresh_token")
	refused(t, b.post("/token", refresh(token)), 400, "invalid_grant", "this node does not know it")
	if a := b.post("/token", refresh(token)); a.StatusCode != http.StatusOK {
		t.Error(a.body)
	}
}

func TestWrongCredentialsAreCalledInvalidGrantWhereTheServerIsToldTo(t *testing.T) {
	b := start(t, func(o *practice.Options) { o.Faults = []practice.Fault{{Name: "invalid_grant"}} })
	code := b.code()
	a := b.post("/token", exchange(code, "client_id", "", "client_secret", ""), "Authorization", basic(practice.ConfidentialClient, "wrong"))
	refused(t, a, 400, "invalid_grant", "the client_secret of demo-app is wrong")
	if a.Header.Get("WWW-Authenticate") != "" {
		t.Error("a challenge")
	}
	b.tell(`{"speak":"okta"}`)
	a = b.post("/token", exchange(b.code(), "client_secret", "wrong"))
	refused(t, a, 400, "invalid_grant", "The client secret supplied for a confidential client is invalid.")
	if a := b.post("/token", exchange(code)); a.StatusCode != http.StatusOK {
		t.Error("the right secret is refused")
	}
}

func TestThePublicClientHasNoSecretToChange(t *testing.T) {
	b := start(t, func(o *practice.Options) { o.Faults = []practice.Fault{{Name: "secret_changed"}} })
	form := exchange(b.code("client_id", practice.PublicClient), "client_id", practice.PublicClient, "client_secret", "")
	if a := b.post("/token", form); a.StatusCode != http.StatusOK {
		t.Error(a.body)
	}
	a := b.post("/token", exchange(b.code(), "client_id", "", "client_secret", ""), "Authorization", basic(practice.ConfidentialClient, practice.ClientSecret))
	refused(t, a, 401, "invalid_client", "it was changed")
}

func TestAClockThatIsOffIsOffInEveryTimeOfAnIDToken(t *testing.T) {
	b := start(t, func(o *practice.Options) { o.Faults = []practice.Fault{{Name: "date_skew", Value: "3h"}} })
	raw := b.post("/token", exchange(b.code())).text(t, "id_token")
	token, err := jwt.ParseSigned(raw, []jose.SignatureAlgorithm{jose.ES256})
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		AuthTime int64 `json:"auth_time"`
		IssuedAt int64 `json:"iat"`
		Expires  int64 `json:"exp"`
	}
	if err := token.UnsafeClaimsWithoutVerification(&got); err != nil {
		t.Fatal(err)
	}
	if now := b.clock.Now().Add(3 * time.Hour).Unix(); got.AuthTime != now || got.IssuedAt != now || got.Expires != now+3600 {
		t.Errorf("%+v, and it is %d by that clock", got, now)
	}
}

func TestADroppedAnswerHasUsedTheCodeUp(t *testing.T) {
	b := start(t, func(o *practice.Options) { o.Faults = []practice.Fault{{Name: "dropped"}} })
	form := exchange(b.code())
	resp, err := b.http.PostForm(b.server.Issuer()+"/token", form)
	if err == nil {
		resp.Body.Close()
		t.Fatal(resp.Status)
	}
	if !errors.Is(err, io.EOF) && !strings.Contains(err.Error(), "reset") {
		t.Error(err)
	}
	if resp, err = b.http.PostForm(b.server.Issuer()+"/token", form); err == nil { // every answer of this exchange is lost
		resp.Body.Close()
		t.Error(resp.Status)
	}
}

func TestASlowAnswerEndsWithTheClientsPatienceAndWithTheServer(t *testing.T) {
	told := make(chan struct{}, 1)
	b := start(t, func(o *practice.Options) {
		o.Faults = []practice.Fault{{Name: "slow", Value: "45s"}}
		o.Log = func(e practice.Event) {
			if e.Path == "/token" {
				told <- struct{}{}
			}
		}
	})
	ctx, cancel := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, b.server.Issuer()+"/token", strings.NewReader(exchange(b.code()).Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	go func() {
		<-told
		cancel()
	}()
	if resp, err := b.http.Do(req); err == nil {
		resp.Body.Close()
		t.Error(resp.Status)
	}
	done := make(chan error, 1) // and the server that is closed meanwhile does not wait
	code := b.code()
	go func() {
		resp, err := b.http.PostForm(b.server.Issuer()+"/token", exchange(code))
		if err == nil {
			resp.Body.Close()
			err = fmt.Errorf("an answer: %s", resp.Status)
		} else {
			err = nil
		}
		done <- err
	}()
	<-told
	if err := b.server.Close(); err != nil {
		t.Error(err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// Whatever the refusal and the provider: what is said is JSON, with the status
// that the catalogue has, and the log tells both.
func TestEveryDialectIsJSONInTheShapeOfItsServer(t *testing.T) {
	for _, test := range []struct{ speak, fault, status, body, said string }{
		{"keycloak", "code_used", "400", `{"error":"invalid_grant","error_description":"Code not valid"}`, "as keycloak: invalid_grant Code not valid"},
		{"github", "code_used", "200", `{"error":"bad_verification_code","error_description":"The code passed is incorrect or expired."}`, "as github: bad_verification_code The code passed is incorrect or expired."},
		{"slack", "code_used", "200", `{"error":"code_already_used"}`, "as slack: code_already_used"},
		{"facebook", "code_used", "400", `{"error":{"code":400,"message":"This authorization code has been used.","type":"OAuthException"}}`, "as facebook: OAuthException This authorization code has been used."},
		{"twitch", "redirect_uri_rewritten", "400", `{"message":"Parameter redirect_uri does not match registered URI","status":400}`, "as twitch: invalid_grant Parameter redirect_uri does not match registered URI"},
		{"instagram", "code_used", "400", `{"code":400,"error_message":"This authorization code has been used","error_type":"OAuthException"}`, "as instagram: OAuthException This authorization code has been used"},
		{"strava", "code_used", "400", `{"message":"Bad Request","errors":[{"resource":"AuthorizationCode","field":"code","code":"invalid"}]}`, ""},
		{"fusionauth", "challenge_mixed_up", "400", `"error_reason":"invalid_pkce_code_verifier"`, ""},
		{"league-oauth2-server", "code_lifetime=1s", "400", `"hint":"Authorization code has expired"`, ""},
		{"microsoft-entra", "policy", "400", `{"error":"invalid_grant","error_description":"AADSTS50105"}`, ""},
		{"google", "policy", "400", `the administrator's policy`, "no words of google for it are known"}, // our own then
	} {
		s := newStage(t)
		s.tell(t, test.fault, test.speak)
		code := s.code()
		s.clock.pass(2 * time.Second)
		a := s.post("/token", exchange(code))
		if !json.Valid([]byte(a.body)) || a.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s: %v %s", test.speak, a.Header, a.body)
		}
		if fmt.Sprint(a.StatusCode) != test.status || !strings.Contains(a.body, test.body) {
			t.Errorf("%s: %s %s, want %s %s", test.speak, a.Status, a.body, test.status, test.body)
		}
		e := s.event()
		if test.said != "" && e.Said.Raw() != test.said || e.Detail == "" || e.Said == "" {
			t.Errorf("%s: the log has %+v", test.speak, e)
		}
	}
}

func TestARefusalOnTheRedirectGoesOutInAnotherServersWordsToo(t *testing.T) {
	b := start(t, func(o *practice.Options) { o.Speak = "auth0" })
	params := b.redirected(b.decide(b.page(request()), "alice", "deny"))
	if params.Get("error") != "access_denied" || params.Get("error_description") != "The user denied the authorization request" || params.Get("state") != "the-state" {
		t.Error(params)
	}
	b.tell(`{"fault":"consent_refused","speak":"google"}`) // of which no such words are known
	params = b.redirected(b.decide(b.page(request()), "alice", "approve"))
	if params.Get("error") != "access_denied" || params.Get("error_description") != "the administrator denied this app access" || params.Has("code") {
		t.Error(params)
	}
}

// What is wrong with a request itself keeps its error code in every dialect
// (RFC 6749 §4.1.2.1, §5.2, RFC 7636 §4.4.1, OpenID Connect Core §3.1.2.6).
func TestNoDialectGivesAMalformedRequestAnotherErrorCode(t *testing.T) {
	b := start(t)
	for _, name := range practice.Dialects() {
		b.tell(`{"speak":"` + name + `"}`)
		for _, c := range []struct {
			request url.Values
			code    string
		}{
			{request("prompt", "none"), "login_required"},
			{request("response_type", "token"), "unsupported_response_type"},
			{request("response_type", ""), "invalid_request"},
			{request("scope", "read"), "invalid_scope"},
			{request("client_id", practice.PublicClient, "code_challenge", ""), "invalid_request"},
		} {
			if got := b.redirected(b.get("/authorize?" + c.request.Encode())); got.Get("error") != c.code {
				t.Errorf("%s: %v, want %s", name, got, c.code)
			}
		}
		for _, c := range []struct {
			form url.Values
			code string
		}{
			{exchange(""), "invalid_request"},
			{exchange("x", "grant_type", ""), "invalid_request"},
			{exchange("x", "grant_type", "password"), "unsupported_grant_type"},
			{refresh(""), "invalid_request"},
		} {
			if a := b.post("/token", c.form); a.text(t, "error") != c.code {
				t.Errorf("%s: %s %s, want %s", name, a.Status, a.body, c.code)
			}
		}
	}
}

func TestAFaultHoldsForSilentAndPushedRequestsToo(t *testing.T) {
	b := start(t)
	b.code() // alice has logged in and allowed this
	b.tell(`{"fault":"consent_refused"}`)
	silent := b.redirected(b.get("/authorize?" + request("prompt", "none").Encode()))
	if silent.Get("error") != "access_denied" || silent.Has("code") {
		t.Error(silent)
	}
	b.do(http.MethodDelete, controlPage, "", "")

	b.tell(`{"fault":"policy"}`)
	pushed := b.post("/par", request("client_secret", practice.ClientSecret)).text(t, "request_uri")
	b.do(http.MethodDelete, controlPage, "", "") // the grant has begun before
	query := url.Values{"client_id": {practice.ConfidentialClient}, "request_uri": {pushed}}
	code := b.approve(query).Get("code")
	refused(t, b.post("/token", exchange(code)), 400, "invalid_grant", "policy")
}

func FuzzAFaultThatIsReadIsSpelledTheSameAgain(f *testing.F) {
	for _, k := range practice.FaultKinds() {
		f.Add(k.Name)
		f.Add(k.Name + "=" + k.Usual)
		f.Add(k.Name + "=1h2m")
	}
	f.Fuzz(func(t *testing.T, s string) {
		fault, err := practice.ParseFault(s)
		if e := new(practice.FaultError); err != nil && (!errors.As(err, &e) || e.Problem == "" || e.Remedy == "") {
			t.Fatalf("%q: %v says not what to do", s, err)
		}
		if err == nil && fault.String() != s {
			t.Fatalf("%q is %q", s, fault)
		}
	})
}
