package practice

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/grantwalk/diagnose/safe"
)

// A request is an authorization request (RFC 6749 §4.1.1) of which it is known
// who makes it and where the answer goes.
type request struct {
	client       *client
	redirectURI  string
	responseMode string
	state        string
	scope        scopes // of what was asked for, what this server knows
	unknown      scopes // and what it does not: left out, and the client is told (RFC 6749 §3.3)
	nonce        string
	challenge    string // RFC 7636 §4.2; "" without PKCE
	method       string
	prompt       []string
	loginHint    string
	hinted       *person       // whose id_token_hint it was; nil without one
	maxAge       time.Duration // -1 if any age will do
	plan         *plan         // what goes wrong with the grant that comes of it
	pushed       string        // the request_uri it came by (RFC 9126)
	sent         url.Values    // as it came, for the page
}

// identify finds the client and the redirect URI. As long as either is in doubt
// the user "MUST NOT" be redirected (RFC 6749 §4.1.2.1).
func (s *Server) identify(params url.Values) (*request, *refusal) {
	for _, name := range []string{"client_id", "redirect_uri"} {
		if len(params[name]) > 1 {
			return nil, parameterTwice.because("%s is there more than once", name)
		}
	}
	id := params.Get("client_id")
	c, known := clients[id]
	switch {
	case id == "":
		return nil, authorizeClientMissing.because("no client_id: who is asking?")
	case !known:
		return nil, authorizeClientUnknown.because("no client is named '%s': there are %s and %s", safe.Identifier(id), ConfidentialClient, PublicClient)
	}
	redirectURI := params.Get("redirect_uri")
	if no := s.checkRedirectURI(redirectURI); no != nil {
		return nil, no
	}
	return &request{client: c, plan: s.store.current(), redirectURI: redirectURI, responseMode: "query", maxAge: -1, sent: params}, nil
}

// read takes the other parameters, the id_token_hint last, for which it may have
// to wait for the key.
func (s *Server) read(ctx context.Context, q *request, params url.Values) (no *refusal) {
	if no = q.read(params); no == nil && params.Has("id_token_hint") {
		q.hinted, no = s.whose(ctx, params.Get("id_token_hint"))
	}
	return no
}

// fits reports whether the request can be granted by a user. For another one
// than the id_token_hint's the server "MUST return an error, such as
// login_required" (OpenID Connect Core §3.1.2.1).
func (q *request) fits(who *person) bool { return q.hinted == nil || q.hinted == who }

// read takes all parameters but the id_token_hint. From here on a refusal goes to the redirect
// URI, in the response mode and with the state that were read before it.
func (q *request) read(params url.Values) *refusal {
	if len(params["state"]) == 1 {
		q.state = params.Get("state")
	}
	switch mode := params.Get("response_mode"); mode {
	case "", "query":
	case "form_post": // OAuth 2.0 Form Post Response Mode
		q.responseMode = mode
	default:
		return responseModeBad.because("the response_mode '%s' is not supported: query and form_post are", safe.Foreign(mode))
	}
	if name := twice(params); name != "" {
		return parameterTwice.because("'%s' is there more than once", safe.Foreign(name))
	}
	switch kind := params.Get("response_type"); kind {
	case "code":
	case "":
		return parameterLost.because("no response_type: it must be code")
	default:
		return responseType.because("the response_type '%s' is not supported: only code is", safe.Foreign(kind))
	}
	if params.Has("request") {
		return requestObject.because("a request object is not supported: send the parameters themselves, or push them to /par")
	}
	if params.Has("request_uri") { // a pushed one does not get here
		return requestURIForeign.because("a request_uri is supported only for a request that was pushed to /par")
	}
	if params.Has("registration") {
		return registrationGiven.because("the registration parameter is not supported")
	}
	for _, step := range []func(url.Values) *refusal{q.readScope, q.readPKCE, q.readOpenID} {
		if no := step(params); no != nil {
			return no
		}
	}
	return nil
}

func (q *request) readScope(params url.Values) *refusal {
	q.scope, q.unknown = parseScope(params.Get("scope"))
	switch {
	case len(q.scope) > 0:
	case len(q.unknown) > 0:
		return scopeUnknown.because("none of the scopes in '%s' is known here: there are %s", safe.Scope(q.unknown.String()), scopeNames())
	default:
		q.scope = defaultScope
	}
	return nil
}

func (q *request) readPKCE(params url.Values) *refusal {
	q.challenge, q.method = params.Get("code_challenge"), params.Get("code_challenge_method")
	if q.challenge == "" {
		switch {
		case q.client.public(): // RFC 9700 §2.1.1: "MUST use PKCE"
			return challengeMissing.because("code challenge required: %s is a public client, and only PKCE protects its codes", q.client.id)
		case q.method != "":
			return challengeMissing.because("there is a code_challenge_method but no code_challenge")
		}
		return nil
	}
	if q.method == "" {
		q.method = methodPlain // RFC 7636 §4.3
	}
	switch {
	case q.method != methodPlain && q.method != methodS256:
		return challengeMethod.because("the code_challenge_method '%s' is not supported: S256 and plain are", safe.Foreign(q.method))
	case q.method == methodS256 && len(q.challenge) != 43:
		return challengeBad.because("the code_challenge has %d characters; of a SHA-256 there are 43 in base64url without padding (RFC 7636 section 4.2)", len(q.challenge))
	case !isVerifier(q.challenge):
		return challengeBad.because("the code_challenge is not 43 to 128 of the characters A-Z a-z 0-9 - . _ ~ (RFC 7636 section 4.2)")
	}
	return nil
}

// readOpenID takes what OpenID Connect Core §3.1.2.1 adds. What it allows a
// server to ignore (display, ui_locales, acr_values, …) is ignored.
func (q *request) readOpenID(params url.Values) *refusal {
	q.nonce, q.loginHint = params.Get("nonce"), params.Get("login_hint")
	q.prompt = strings.Fields(params.Get("prompt"))
	for _, p := range q.prompt {
		if !slices.Contains(prompts, p) {
			return promptBad.because("the prompt '%s' is not supported: %s are", safe.Foreign(p), strings.Join(prompts, ", "))
		}
	}
	if q.silent() && len(q.prompt) > 1 {
		return promptBad.because("the prompt none goes with no other")
	}
	if raw := params.Get("max_age"); raw != "" {
		seconds, err := strconv.ParseUint(raw, 10, 31)
		if err != nil {
			return maxAgeBad.because("the max_age '%s' is no number of seconds", safe.Foreign(raw))
		}
		q.maxAge = time.Duration(seconds) * time.Second
	}
	return nil
}

var prompts = []string{"none", "login", "consent", "select_account"}

// silent asks for an answer without a page.
func (q *request) silent() bool { return slices.Contains(q.prompt, "none") }
