package practice_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"

	"golang.org/x/oauth2"

	"example.com/grantwalk/flow/practice"
)

// A server, its built-in user and a client, in one test of somebody's own.
func Example() {
	server, err := practice.Start(practice.Options{SigningAlg: "ES256"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()

	codes := make(chan string, 1)
	app := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		codes <- r.URL.Query().Get("code")
	}))
	defer app.Close()

	config := oauth2.Config{
		ClientID:     practice.ConfidentialClient,
		ClientSecret: practice.ClientSecret,
		RedirectURL:  app.URL + "/callback",
		Scopes:       []string{"openid", "email"},
		Endpoint: oauth2.Endpoint{
			AuthURL:   server.Issuer() + "/authorize",
			TokenURL:  server.Issuer() + "/token",
			AuthStyle: oauth2.AuthStyleInHeader,
		},
	}
	ctx := context.Background()
	verifier := oauth2.GenerateVerifier()
	alice := practice.User{Approve: true}
	if err := alice.Open(ctx, config.AuthCodeURL("state", oauth2.S256ChallengeOption(verifier))); err != nil {
		fmt.Println(err)
		return
	}
	code := <-codes
	token, err := config.Exchange(ctx, code, oauth2.VerifierOption(verifier))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(token.TokenType, token.Extra("scope"))

	_, err = config.Exchange(ctx, code, oauth2.VerifierOption(verifier))
	var refused *oauth2.RetrieveError
	if errors.As(err, &refused) {
		fmt.Println(refused.ErrorCode)
	}
	// Output:
	// Bearer openid email
	// invalid_grant
}

// Faults and dialects are for tests of how an application takes a refusal: here
// GitHub's, which comes with status 200.
func Example_faults() {
	server, err := practice.Start(practice.Options{
		SigningAlg: "ES256",
		Faults:     []practice.Fault{{Name: "secret_changed"}},
		Speak:      "github",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()

	codes := make(chan string, 1)
	app := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		codes <- r.URL.Query().Get("code")
	}))
	defer app.Close()

	config := oauth2.Config{
		ClientID:     practice.ConfidentialClient,
		ClientSecret: practice.ClientSecret,
		RedirectURL:  app.URL,
		Endpoint: oauth2.Endpoint{
			AuthURL:   server.Issuer() + "/authorize",
			TokenURL:  server.Issuer() + "/token",
			AuthStyle: oauth2.AuthStyleInParams,
		},
	}
	ctx := context.Background()
	if err := (practice.User{Approve: true}).Open(ctx, config.AuthCodeURL("state")); err != nil {
		fmt.Println(err)
		return
	}
	_, err = config.Exchange(ctx, <-codes)
	fmt.Println(err)
	// Output:
	// oauth2: "incorrect_client_credentials" "The client_id and/or client_secret passed are incorrect."
}
