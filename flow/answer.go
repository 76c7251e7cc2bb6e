package flow

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/diagnose/wire"
)

// An answer is what a server sent back, read as far as it can be.
type answer struct {
	wire.Answer
	header http.Header
	body   []byte // at most maxAnswer of it
}

// readAnswer reads JSON or a form, whatever the content type says.
func readAnswer(resp *http.Response, body []byte) *answer {
	a := &answer{header: resp.Header, body: body}
	if len(body) > maxAnswer {
		a.body = body[:maxAnswer]
		a.Answer = wire.Answer{Status: resp.StatusCode, Problem: fmt.Sprintf("the answer is larger than %d bytes; the rest was not read", maxAnswer)}
		return a
	}
	a.Answer = wire.Read(wire.Head{Status: resp.StatusCode, ContentType: a.header.Get("Content-Type"), ContentEncoding: a.header.Get("Content-Encoding")}, body)
	return a
}

// shownHeaders are the headers of an answer that say something about the flow.
var shownHeaders = []string{"Content-Type", "Cache-Control", "WWW-Authenticate", "Location", "Retry-After", "Date"}

// shown are the answer's parameters, and those headers.
func (a *answer) shown() []Param {
	in := "form"
	if a.Object {
		in = "json"
	}
	shown := appendParams(make([]Param, 0, len(a.Params)+len(shownHeaders)), in, a.Params)
	for _, name := range shownHeaders {
		if v := a.header.Get(name); v != "" {
			shown = append(shown, Param{In: "header", Name: name, Value: v})
		}
	}
	if len(a.Params) == 0 && a.oneWord() {
		shown = append(shown, Param{In: "body", Name: "text", Secret: safe.Secret(a.body)})
	}
	return shown
}

// oneWord reports whether the body is one long word: a bare token, as likely as not.
func (a *answer) oneWord() bool {
	return len(a.body) >= 16 && !bytes.ContainsAny(bytes.TrimSpace(a.body), " \t\r\n<")
}

// errorResponse reads the error out of the answer; nil if there is none. The
// transcript hides secrets that the server repeats.
func (a *answer) errorResponse(t *Transcript) *ErrorResponse {
	said, rejected := a.ErrorResponse()
	if !rejected {
		return nil
	}
	return &ErrorResponse{Status: a.Status, Error: t.foreign(said.Error.Raw(), 200), Description: t.foreign(said.Description.Raw(), 2000), URI: safe.Endpoint(t.foreign(said.URI.Raw(), 500))}
}

// Tokens is what the token endpoint granted (RFC 6749 §5.1).
type Tokens struct {
	Access    safe.Secret
	Refresh   safe.Secret
	ID        safe.Secret // OpenID Connect Core §3.1.3.3
	Type      safe.Foreign
	Scope     safe.Foreign
	ExpiresIn time.Duration // zero: not said
	At        time.Time     // when the answer was complete
}

// readTokens reads the tokens of a response to a request for these scopes; ok is false
// when there is no access token in it.
func readTokens(a *answer, t *Transcript, scopes []string) (tokens *Tokens, ok bool) {
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
func granting(s string, limit int, t *Transcript, scopes []string) safe.Foreign {
	for _, word := range strings.Fields(s) {
		if word != "Bearer" && !slices.Contains(scopes, word) {
			return t.foreign(s, limit)
		}
	}
	return safe.Foreign(s[:min(len(s), limit)])
}
