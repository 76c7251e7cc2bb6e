// Package diagnose holds what is known about why authorization servers reject a grant:
// evidence in, ranked causes out.
//
// It is pure: no network, no terminal, no clock. Who saw the messages, such as a walk, a
// capture or a pasted text, hands them to package evidence, which makes [Evidence] of
// them. [Diagnose] is the only place that judges. Each cause has a file: rule_*.go.
package diagnose

import "example.com/grantwalk/diagnose/evidence"

// The parts of the evidence are those of package evidence, which makes them.
type (
	// Evidence is what a client saw of one flow.
	Evidence = evidence.Evidence
	// Refusal is an error as a server puts it.
	Refusal = evidence.Refusal
	// Authorization is an authorization request with its response.
	Authorization = evidence.Authorization
	// AuthorizationResponse is what came back by the browser.
	AuthorizationResponse = evidence.AuthorizationResponse
	// TokenRequest is a request to the token endpoint with its response.
	TokenRequest = evidence.TokenRequest
	// TokenResponse is what the token endpoint returned.
	TokenResponse = evidence.TokenResponse
	// Revocation is a request to the revocation endpoint.
	Revocation = evidence.Revocation
	// Answer is what the person says to a question of the checklist.
	Answer = evidence.Answer
)

// The grants, see package evidence.
const (
	GrantCode              = evidence.GrantCode
	GrantRefresh           = evidence.GrantRefresh
	GrantJWT               = evidence.GrantJWT
	GrantPassword          = evidence.GrantPassword
	GrantClientCredentials = evidence.GrantClientCredentials
)

// Grants are their short names.
var Grants = evidence.Grants
