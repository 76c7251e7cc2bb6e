package practice_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"example.com/grantwalk/flow/practice"
)

// The whole flow by a client that others wrote, which checks what we sign.
func TestGoOIDCAndOAuth2TakeOurTokens(t *testing.T) {
	for _, algorithm := range []string{"", "ES256"} { // "" is RS256: nothing is told to the client
		b := start(t, func(o *practice.Options) { o.SigningAlg = algorithm })
		t.Run(algorithm, func(t *testing.T) {
			for id, secret := range map[string]string{practice.ConfidentialClient: practice.ClientSecret, practice.PublicClient: ""} {
				foreignFlow(t, b, id, secret)
			}
		})
	}
}

func foreignFlow(t *testing.T, b *bench, id, secret string) {
	t.Helper()
	ctx := oidc.ClientContext(t.Context(), &http.Client{Transport: b.http.Transport})
	provider, err := oidc.NewProvider(ctx, b.server.Issuer())
	if err != nil {
		t.Fatal(err)
	}
	l := listen(t)
	config := oauth2.Config{ClientID: id, ClientSecret: secret, Endpoint: provider.Endpoint(), RedirectURL: l.uri,
		Scopes: []string{oidc.ScopeOpenID, "profile", "email"}}
	config.Endpoint.AuthStyle = oauth2.AuthStyleInHeader
	if secret == "" {
		config.Endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	verifier := oauth2.GenerateVerifier()
	address := config.AuthCodeURL("the-state", oauth2.S256ChallengeOption(verifier), oidc.Nonce("the-nonce"))
	if err := (practice.User{Approve: true}).Open(ctx, address); err != nil {
		t.Fatal(err)
	}
	token, err := config.Exchange(ctx, l.one(t).params.Get("code"), oauth2.VerifierOption(verifier))
	if err != nil {
		t.Fatal(err)
	}

	raw, _ := token.Extra("id_token").(string)
	idToken, err := provider.Verifier(&oidc.Config{ClientID: id, Now: b.clock.Now}).Verify(ctx, raw)
	if err != nil {
		t.Fatal(err)
	}
	if err := idToken.VerifyAccessToken(token.AccessToken); err != nil {
		t.Error(err)
	}
	var claims struct {
		Name, Email string
		AuthTime    int64 `json:"auth_time"`
	}
	if err := idToken.Claims(&claims); err != nil {
		t.Fatal(err)
	}
	if idToken.Nonce != "the-nonce" || idToken.Subject != "alice" || claims.Name != "Alice Example" ||
		claims.Email != "alice@example.com" || claims.AuthTime != b.clock.Now().Unix() ||
		idToken.Expiry.Sub(idToken.IssuedAt) != time.Hour {
		t.Errorf("%+v %+v", idToken, claims)
	}

	info, err := provider.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil || info.Subject != idToken.Subject || !info.EmailVerified {
		t.Errorf("userinfo: %+v, %v", info, err)
	}

	next, err := config.TokenSource(ctx, &oauth2.Token{RefreshToken: token.RefreshToken}).Token()
	if err != nil {
		t.Fatal(err)
	}
	raw, _ = next.Extra("id_token").(string)
	idToken, err = provider.Verifier(&oidc.Config{ClientID: id, Now: b.clock.Now}).Verify(ctx, raw)
	if err != nil || idToken.Nonce != "" || next.RefreshToken == token.RefreshToken {
		t.Errorf("refreshed: %+v, %v", idToken, err)
	}

	_, err = config.TokenSource(ctx, &oauth2.Token{RefreshToken: token.RefreshToken}).Token()
	if refusal := new(oauth2.RetrieveError); !errors.As(err, &refusal) || refusal.ErrorCode != "invalid_grant" {
		t.Errorf("reused: %v", err)
	}
}

// A foreignFault is a fault, the step that it spoils, and the code that clients
// which others wrote report of it.
type foreignFault struct{ fault, speak, step, oauth2, openidClient string }

// foreignFaults are a handful. In an answer of status 200 openid-client looks for
// tokens and for nothing else, and in one of 500 for nothing at all; a challenge
// (RFC 6749 §5.2) it reports instead of the error.
var foreignFaults = []foreignFault{
	{"code_used", "", "exchange", "invalid_grant", "invalid_grant"},
	{"policy", "", "exchange", "invalid_grant", "invalid_grant"},
	{"secret_changed", "", "exchange", "invalid_client", "OAUTH_WWW_AUTHENTICATE_CHALLENGE"},
	{"secret_changed", "keycloak", "exchange", "unauthorized_client", "OAUTH_WWW_AUTHENTICATE_CHALLENGE"},
	{"secret_changed", "github", "exchange", "incorrect_client_credentials", "OAUTH_INVALID_RESPONSE"},
	{"code_used", "github", "exchange", "bad_verification_code", "OAUTH_INVALID_RESPONSE"},
	{"code_used", "slack", "exchange", "code_already_used", "OAUTH_INVALID_RESPONSE"},
	{"code_used", "keycloak", "exchange", "invalid_grant", "invalid_grant"},
	{"policy", "microsoft-entra", "exchange", "invalid_grant", "invalid_grant"},
	{"server_error", "", "exchange", "server_error", "OAUTH_RESPONSE_IS_NOT_CONFORM"},
	{"refresh_used", "okta", "refresh", "invalid_grant", "invalid_grant"},
	{"consent_revoked", "google", "refresh", "invalid_grant", "invalid_grant"},
	{"lost_grants=refresh", "", "refresh", "invalid_grant", "invalid_grant"},
}

func TestOAuth2ReportsTheErrorOfAFault(t *testing.T) {
	s := newStage(t)
	ctx := oidc.ClientContext(t.Context(), &http.Client{Transport: s.http.Transport})
	provider, err := oidc.NewProvider(ctx, s.server.Issuer())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range foreignFaults {
		s.tell(t, want.fault, want.speak)
		l := listen(t)
		config := oauth2.Config{ClientID: practice.ConfidentialClient, ClientSecret: practice.ClientSecret, Endpoint: provider.Endpoint(), RedirectURL: l.uri,
			Scopes: []string{oidc.ScopeOpenID}}
		config.Endpoint.AuthStyle = oauth2.AuthStyleInHeader
		if err := (practice.User{Approve: true}).Open(ctx, config.AuthCodeURL("the-state")); err != nil {
			t.Fatal(err)
		}
		token, err := config.Exchange(ctx, l.one(t).params.Get("code"))
		if want.step == "refresh" && err == nil {
			_, err = config.TokenSource(ctx, &oauth2.Token{RefreshToken: token.RefreshToken}).Token()
		}
		refusal := new(oauth2.RetrieveError)
		if !errors.As(err, &refusal) || refusal.ErrorCode != want.oauth2 {
			t.Errorf("%+v: %v", want, err)
		}
	}
}

func TestGoOIDCRefusesTheIDTokenOfAServerWhoseClockIsOff(t *testing.T) {
	b := start(t, func(o *practice.Options) { o.Faults = []practice.Fault{{Name: "date_skew", Value: "-2h"}} })
	a := b.post("/token", exchange(b.code()))
	if date, err := http.ParseTime(a.Header.Get("Date")); err != nil || b.clock.Now().Sub(date) < 2*time.Hour-time.Second {
		t.Errorf("Date: %v %v", date, err)
	}
	ctx := oidc.ClientContext(t.Context(), &http.Client{Transport: b.http.Transport})
	provider, err := oidc.NewProvider(ctx, b.server.Issuer())
	if err != nil {
		t.Fatal(err)
	}
	_, err = provider.Verifier(&oidc.Config{ClientID: practice.ConfidentialClient, SupportedSigningAlgs: []string{"ES256"}, Now: b.clock.Now}).Verify(ctx, a.text(t, "id_token"))
	if expired := new(oidc.TokenExpiredError); !errors.As(err, &expired) {
		t.Errorf("%v", err)
	}
}
