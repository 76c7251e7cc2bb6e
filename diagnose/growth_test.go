package diagnose

import (
	"fmt"
	"io"
	"testing"

	"example.com/grantwalk/diagnose/evidence"
	"example.com/grantwalk/diagnose/growth"
	"example.com/grantwalk/diagnose/safe"
)

// report is a diagnosis as it is printed.
func report(e Evidence) { fmt.Fprint(io.Discard, Diagnose(e), Facts(e)) }

// A server chooses its description and body, a person the words and the note.
func TestDiagnosingTakesLinearTimeInTheWords(t *testing.T) {
	for _, shape := range growth.Texts {
		growth.Linear(t, shape, 1<<10, 16<<10, func(text string) {
			words := safe.Foreign(text)
			report(Evidence{ErrorResponse: ErrorResponse{Error: "invalid_grant", Description: words}, Statements: []Statement{{Text: words}, {Text: words, Source: Person}}})
		})
	}
}

// The person who sent a capture may have written it by hand.
func TestDiagnosingTakesLinearTimeInTheValues(t *testing.T) {
	for _, shape := range growth.Texts {
		growth.Linear(t, shape, 1<<10, 64<<10, func(text string) {
			secret, words, uri := safe.Secret(text), safe.Foreign(text), safe.RedirectURI(text)
			report(Evidence{
				Authorizations: []Authorization{{Endpoint: safe.Endpoint(text), ClientID: safe.Identifier(text), RedirectURI: uri, Scope: safe.Scope(text), State: secret, Challenge: secret, ChallengeMethod: "S256",
					Response: AuthorizationResponse{Code: secret, State: secret, Iss: safe.Endpoint(text), URI: uri}}},
				TokenRequests: []TokenRequest{{Endpoint: safe.Endpoint(text), GrantType: GrantCode, ClientID: safe.Identifier(text + "x"), ClientSecret: secret, Basic: secret, RedirectURI: uri + "/", Code: "x" + secret, Verifier: secret, Assertion: secret, Scope: safe.Scope(text),
					Response: TokenResponse{ErrorResponse: ErrorResponse{Error: "invalid_grant", Status: 400}, Body: words}}},
			})
		})
	}
}

func TestDiagnosingTakesLinearTimeInTheMessages(t *testing.T) {
	// n is a number of messages here.
	messages := growth.Repeated("messages", "m")
	for name, of := range map[string]func(e *Evidence, n int, key safe.Secret){
		"codes that nobody exchanged": func(e *Evidence, _ int, key safe.Secret) {
			e.Authorizations = append(e.Authorizations, Authorization{ClientID: "me", Response: AuthorizationResponse{Code: "code-" + key}})
			e.TokenRequests = append(e.TokenRequests, TokenRequest{GrantType: GrantCode, Code: "other-" + key, Response: TokenResponse{ErrorResponse: ErrorResponse{Error: "invalid_grant"}}})
		},
		"codes that were exchanged": func(e *Evidence, _ int, key safe.Secret) {
			e.Authorizations = append(e.Authorizations, Authorization{ClientID: "me", Response: AuthorizationResponse{Code: "code-" + key}})
			e.TokenRequests = append(e.TokenRequests, TokenRequest{GrantType: GrantCode, Code: "code-" + key, Response: TokenResponse{AccessToken: "at"}})
		},
		"one code again and again": func(e *Evidence, _ int, _ safe.Secret) {
			e.TokenRequests = append(e.TokenRequests, TokenRequest{GrantType: GrantCode, Code: "code-0123456789", Response: TokenResponse{ErrorResponse: ErrorResponse{Error: "invalid_grant", Status: 400}}})
		},
		"clients that are rejected and then accepted": func(e *Evidence, n int, _ safe.Secret) {
			r := TokenRequest{GrantType: GrantCode, Code: "code-0123456789", ClientAuth: evidence.AuthBasic, Response: TokenResponse{ErrorResponse: ErrorResponse{Error: "invalid_client", Status: 401}}}
			if len(e.TokenRequests) == n-1 {
				r.ClientAuth, r.Response = evidence.AuthPost, TokenResponse{AccessToken: "at"}
			}
			e.TokenRequests = append(e.TokenRequests, r)
		},
		"refresh tokens that rotate": func(e *Evidence, _ int, key safe.Secret) {
			e.TokenRequests = append(e.TokenRequests, TokenRequest{GrantType: GrantRefresh, RefreshToken: "rt-" + key, Response: TokenResponse{AccessToken: "at", RefreshToken: "rt-" + key + "x"}})
		},
		"revocations": func(e *Evidence, _ int, key safe.Secret) {
			e.Revocations = append(e.Revocations, Revocation{Token: "rt-" + key})
			e.TokenRequests = append(e.TokenRequests, TokenRequest{GrantType: GrantRefresh, RefreshToken: "rt-0123456789", Response: TokenResponse{ErrorResponse: ErrorResponse{Error: "invalid_grant"}}})
		},
	} {
		messages.Name = name
		made := map[int]Evidence{}
		growth.Linear(t, messages, 1000, 200_000, func(input string) {
			e, ok := made[len(input)]
			if !ok {
				for i := range len(input) {
					of(&e, len(input), safe.Secret([]byte{byte('a' + i%26), byte('a' + i/26%26), byte('a' + i/676%26), byte('a' + i/17576%26)})+"-0123456789")
				}
				made[len(input)] = e
			}
			report(e)
		})
	}
}
