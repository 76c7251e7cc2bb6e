package practice_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"grantwalk/flow/practice"
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
