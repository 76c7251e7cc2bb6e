package flow

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/flow/record"
)

// granted reads the tokens out of the token endpoint's response. Those that the walk had
// before stay where no new ones came.
func granted(rec *record.Recorder, scopes []string, before *Tokens) (*Tokens, Outcome) {
	if rec.Response == nil {
		why := "no response came"
		if rec.Err != nil {
			why = rec.Err.Error()
		}
		return before, Outcome{Kind: NoAnswer, Why: why}
	}
	tokens, ok := readTokens(rec.Response, rec.Transcript, scopes)
	if e := errorResponse(rec.Response, rec.Transcript); e != nil || !ok {
		missing := "the response has no access_token"
		if rec.Response.Member("access_token") != nil {
			missing = "the response's access_token is empty or not a string"
		}
		return before, refusal(rec.Response, rec.Transcript, missing)
	}
	if tokens.Refresh == "" && before != nil {
		tokens.Refresh = before.Refresh // RFC 6749 §6: the old one goes on
	}
	if tokens.ID == "" && before != nil {
		tokens.ID = before.ID // OpenID Connect Core §12.2: a refresh need not bring one
	}
	tokens.At = rec.Now()
	return tokens, Outcome{}
}

// refusal is a response that does not give what was requested.
func refusal(a *record.Response, t *record.Transcript, missing string) Outcome {
	out := Outcome{Kind: Refused, Error: errorResponse(a, t), Why: t.Sentence(a.Problem, 500)}
	if out.Error == nil {
		out.Error = &ErrorResponse{Status: a.Status}
		if out.Why == "" {
			out.Why = missing
		}
	}
	return out
}

// errorResponse reads the error out of the response; nil if there is none. The
// transcript hides secrets that the server repeats.
func errorResponse(r *record.Response, t *record.Transcript) *ErrorResponse {
	said, rejected := r.ErrorResponse()
	if !rejected {
		return nil
	}
	return &ErrorResponse{Status: r.Status, Error: t.WithoutSecrets(said.Error.Raw(), 200), Description: t.WithoutSecrets(said.Description.Raw(), 2000), URI: safe.Endpoint(t.WithoutSecrets(said.URI.Raw(), 500))}
}

// Tokens is what the token endpoint granted (RFC 6749 §5.1).
type Tokens struct {
	Access    safe.Secret
	Refresh   safe.Secret
	ID        safe.Secret // OpenID Connect Core §3.1.3.3
	Type      safe.Foreign
	Scope     safe.Foreign
	ExpiresIn time.Duration // zero: not said
	At        time.Time     // when the response was complete
}

// readTokens reads the tokens of a response to a request for these scopes; ok is false
// when there is no access token in it.
func readTokens(a *record.Response, t *record.Transcript, scopes []string) (tokens *Tokens, ok bool) {
	access, ok := a.Token("access_token")
	tokens = &Tokens{
		Access:  safe.Secret(access),
		Refresh: safe.Secret(a.Text("refresh_token")),
		ID:      safe.Secret(a.Text("id_token")),
		Type:    granting(a.Text("token_type"), 40, t, scopes),
		Scope:   granting(a.Text("scope"), 1000, t, scopes),
	}
	// A number by the RFC, a string at PayPal, Entra v1 and others.
	if s, err := strconv.ParseFloat(a.Text("expires_in"), 64); err == nil && s > 0 && s < 1e9 {
		tokens.ExpiresIn = time.Duration(s * float64(time.Second))
	}
	return tokens, ok
}

// granting is text that comes with tokens. Where it only repeats what was asked for, no
// message has to be read to know that no secret is in it: the exchange need not wait.
func granting(s string, limit int, t *record.Transcript, scopes []string) safe.Foreign {
	for _, word := range strings.Fields(s) {
		if word != "Bearer" && !slices.Contains(scopes, word) {
			return t.WithoutSecrets(s, limit)
		}
	}
	return safe.Foreign(s[:min(len(s), limit)])
}
