// Package diagnose says why an authorization server rejected a grant: evidence in, ranked
// causes out.
//
// It is pure: no network, no terminal, no clock. Who saw the messages, such as a walk, a
// capture or a pasted text, hands them to package evidence, which makes [Evidence] of
// them. Package view finds the facts in it, package causes says what they mean, and
// package score adds them up. [Diagnose] is the only place that judges.
package diagnose

import (
	"time"

	"example.com/grantwalk/diagnose/causes"
	"example.com/grantwalk/diagnose/evidence"
	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/score"
	"example.com/grantwalk/diagnose/view"
)

// The parts of the evidence are those of package evidence, which makes them.
type (
	// Evidence is what a client saw of one flow.
	Evidence = evidence.Evidence
	// ErrorResponse is an error as a server puts it.
	ErrorResponse = evidence.ErrorResponse
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
	// Statement is something that is said in words.
	Statement = exchange.Statement
	// Answer is what the person says to a question of the checklist.
	Answer = evidence.Answer
)

// Person is the source of what a person says.
const Person = exchange.Person

// The grants, see package evidence.
const (
	GrantCode              = evidence.GrantCode
	GrantRefresh           = evidence.GrantRefresh
	GrantJWT               = evidence.GrantJWT
	GrantPassword          = evidence.GrantPassword
	GrantClientCredentials = evidence.GrantClientCredentials
	GrantDevice            = evidence.GrantDevice
)

// Grants are their short names.
var Grants = evidence.Grants

// What a report is made of is in the packages that make it.
type (
	// ID names a cause.
	ID = causes.ID
	// Value is one line of evidence.
	Value = view.Value
	// Span is a range of bytes.
	Span = view.Span
	// Reason is one observation in the account of a cause.
	Reason = score.Reason
	// Probe is a request that would tell the causes left apart.
	Probe = score.Probe
)

// The causes, see package causes.
const (
	CodeExpired         = causes.CodeExpired
	CodeReused          = causes.CodeReused
	CodeMalformed       = causes.CodeMalformed
	RedirectURIMismatch = causes.RedirectURIMismatch
	ClientMismatch      = causes.ClientMismatch
	ClientCredentials   = causes.ClientCredentials
	PKCEMismatch        = causes.PKCEMismatch
	UserDenied          = causes.UserDenied
	RefreshExpired      = causes.RefreshExpired
	RefreshRevoked      = causes.RefreshRevoked
	RefreshReused       = causes.RefreshReused
	WrongToken          = causes.WrongToken
	WrongEnvironment    = causes.WrongEnvironment
	ClockSkew           = causes.ClockSkew
	AssertionInvalid    = causes.AssertionInvalid
	UserCredentials     = causes.UserCredentials
	Policy              = causes.Policy
	ServerState         = causes.ServerState
	Other               = causes.Other
)

// IDs are all causes, in the order in which lists show them.
func IDs() []ID { return causes.IDs() }

// Known reports whether id is one of them.
func Known(id ID) bool { return causes.Find(id) != nil }

// Title is what happened, as a sentence without its full stop; empty for an unknown cause.
func Title(id ID) string {
	if c := causes.Find(id); c != nil {
		return c.Title
	}
	return ""
}

// Explain is the text of a cause, in Markdown. It is empty for an unknown cause.
func Explain(id ID) string { return causes.Explain(id) }

// IsDenial reports whether an authorization response with this error says that a
// person, or an administrator, refused (RFC 6749 §4.1.2.1).
func IsDenial(code string) bool { return view.IsDenial(code) }

// Compare is what a file needs in place of the secrets of the evidence, see
// [view.Compare].
var Compare = view.Compare

// Challenge is RFC 7636 §4.2.
var Challenge = view.Challenge

// Duration is a time as people say it, see [view.Duration].
func Duration(d time.Duration) string { return view.Duration(d) }

// Rounded is as much of a time as [Duration] shows, see [view.Rounded].
func Rounded(d time.Duration) time.Duration { return view.Rounded(d) }

// A Fact is one thing that the evidence shows, for a table beside the flow.
type Fact = view.Row

// A Fit tells whether a fact is as the flow demands.
type Fit = view.Fit

// The fits, see package view.
const (
	Untold = view.Untold
	Right  = view.Right
	Wrong  = view.Wrong
)

// Facts compares what belongs together in the evidence: values of the two
// requests, the verifier and its challenge, the clocks.
func Facts(e Evidence) []Fact { return view.Of(e).Table() }
