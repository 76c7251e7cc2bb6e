// Package diagnose holds what is known about why authorization servers refuse a
// grant: evidence in, causes out.
//
// It is pure: no network, no terminal, no clock. Whoever saw the messages, a
// walk or somebody's own traffic, writes down what was seen as [Evidence].
package diagnose

import (
	"time"

	"grantwalk/diagnose/safe"
)

// Evidence is what a client saw of one flow, and nothing that it could not have
// seen. Zero values mean "not seen".
type Evidence struct {
	Provider string `json:"provider,omitempty"`
	Issuer   string `json:"issuer,omitempty"`

	Authorization AuthorizationRequest `json:"authorization_request,omitzero"`
	Code          safe.Secret          `json:"code,omitempty"`             // as it arrived
	CodeLifetime  time.Duration        `json:"code_lifetime_ns,omitempty"` // the provider's, where known
	TokenRequests []TokenRequest       `json:"token_requests,omitempty"`   // in the order in which they were sent
	Oddities      []string             `json:"oddities,omitempty"`         // what else reached the redirect URI
}

// AuthorizationRequest is the request that the browser carried (RFC 6749 §4.1.1).
type AuthorizationRequest struct {
	ClientID        string      `json:"client_id,omitempty"`
	RedirectURI     string      `json:"redirect_uri,omitempty"`
	Scope           string      `json:"scope,omitempty"`
	Challenge       safe.Secret `json:"code_challenge,omitempty"`
	ChallengeMethod string      `json:"code_challenge_method,omitempty"`
}

// TokenRequest is a request to the token endpoint (RFC 6749 §4.1.3, §6) with
// what came of it.
type TokenRequest struct {
	GrantType    string        `json:"grant_type"`
	ClientID     string        `json:"client_id,omitempty"`
	ClientAuth   string        `json:"client_auth,omitempty"` // basic, post or none
	RedirectURI  string        `json:"redirect_uri,omitempty"`
	Code         safe.Secret   `json:"code,omitempty"`
	Verifier     safe.Secret   `json:"code_verifier,omitempty"`
	RefreshToken safe.Secret   `json:"refresh_token,omitempty"`
	CodeAge      time.Duration `json:"code_age_ns,omitempty"` // when the request was out

	Status      int       `json:"http_status,omitempty"`
	Error       string    `json:"error,omitempty"`
	Description string    `json:"error_description,omitempty"`
	SentAt      time.Time `json:"sent_at,omitzero"`
	ServerDate  time.Time `json:"server_date,omitzero"` // the answer's Date header
}
