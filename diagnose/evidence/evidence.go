// Package evidence is what a client saw of one flow, as data, and the one assembler that
// makes it of exchanges: of the walk, of a saved walk, of captures and of texts.
//
// It ties requests and responses together and compares nothing else. Package diagnose
// judges.
package evidence

import (
	"time"

	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/diagnose/wire"
)

// Evidence is what a client saw of one flow, and nothing that it could not have
// seen. Zero values mean "not seen". Lists are in the order of the wire.
type Evidence struct {
	Provider     safe.Foreign  `json:"provider,omitempty"` // a name of the catalogue's, or as the user calls it
	Issuer       safe.Endpoint `json:"issuer,omitempty"`
	Grant        string        `json:"grant,omitempty"`           // the grant type, where no token request was seen
	CodeLifetime int           `json:"code_lifetime_s,omitempty"` // seconds; the provider's, where known

	Authorizations []Authorization `json:"authorizations,omitempty"`
	TokenRequests  []TokenRequest  `json:"token_requests,omitempty"`
	Revocations    []Revocation    `json:"revocations,omitempty"`
	Probes         []TokenRequest  `json:"probes,omitempty"` // with a made-up code, to hear what the server says to it

	// Preflight is the HTTP status with which the token endpoint rejected the preflight
	// request of a browser (Fetch §4.9); 0: it rejected none.
	Preflight int `json:"preflight_http_status,omitempty"`

	// Pending: a device asked for tokens, and the user had not finished (RFC 8628 §3.5).
	Pending bool `json:"pending,omitempty"`

	Compared Comparisons `json:"compared,omitzero"` // secrets that are left out, of a saved walk

	Cookies       bool                 `json:"cookies,omitempty"`    // the capture records them: an authorization request without one had none
	ErrorResponse ErrorResponse        `json:"refusal,omitzero"`     // an error of which no request was seen
	ErrorAt       exchange.Place       `json:"error_at,omitzero"`    // where that was found
	Statements    []exchange.Statement `json:"statements,omitempty"` // what is said in words
	Answers       []Answer             `json:"answers,omitempty"`    // to the checklist's questions
}

// ErrorResponse is an error as a server puts it.
type ErrorResponse = wire.ErrorResponse

// Authorization is one authorization request (RFC 6749 §4.1.1) with its answer.
type Authorization struct {
	Endpoint        safe.Endpoint    `json:"endpoint,omitempty"` // without query
	ResponseType    safe.Foreign     `json:"response_type,omitempty"`
	ClientID        safe.Identifier  `json:"client_id,omitempty"`
	RedirectURI     safe.RedirectURI `json:"redirect_uri,omitempty"`
	Scope           safe.Scope       `json:"scope,omitempty"`
	State           safe.Secret      `json:"state,omitempty"`
	Challenge       safe.Secret      `json:"code_challenge,omitempty"`
	ChallengeMethod safe.Foreign     `json:"code_challenge_method,omitempty"`
	Prompt          safe.Foreign     `json:"prompt,omitempty"`
	Pushed          bool             `json:"pushed,omitempty"` // by reference (RFC 9126): the other parameters were not seen
	Cookie          bool             `json:"cookie,omitempty"` // the browser sent one
	SentAt          time.Time        `json:"sent_at,omitzero"`

	Response AuthorizationResponse `json:"response,omitzero"`
	From     exchange.Place        `json:"from,omitzero"`          // where it was recorded
	Shared   bool                  `json:"shared_state,omitempty"` // another request has the same state, and only that ties the response to this one

	Masked string `json:"masked,omitempty"` // names of what was sent and whose value is unknown, with spaces between them
}

// AuthorizationResponse is what came back by the browser (RFC 6749 §4.1.2).
type AuthorizationResponse struct {
	ErrorResponse
	Code  safe.Secret      `json:"code,omitempty"` // as it arrived, form encoding undone
	State safe.Secret      `json:"state,omitempty"`
	Iss   safe.Endpoint    `json:"iss,omitempty"`        // RFC 9207
	URI   safe.RedirectURI `json:"arrived_at,omitempty"` // without query
	At    time.Time        `json:"at,omitzero"`          // when the code's clock started, as the client sees it
	Count int              `json:"times_seen,omitempty"` // how often the callback came; 0 and 1 are once
	Page  bool             `json:"error_page,omitempty"` // the server showed an error instead of redirecting
}

// TokenRequest is a request to the token endpoint (RFC 6749 §4.1.3, §6) with
// what came of it.
type TokenRequest struct {
	Endpoint    safe.Endpoint `json:"endpoint,omitempty"`
	Method      safe.Foreign  `json:"method,omitempty"`       // empty: POST
	ContentType safe.Foreign  `json:"content_type,omitempty"` // media type of the body; empty: a form

	GrantType    safe.Foreign     `json:"grant_type,omitempty"`
	ClientID     safe.Identifier  `json:"client_id,omitempty"`
	ClientSecret safe.Secret      `json:"client_secret,omitempty"`
	ClientAuth   string           `json:"client_auth,omitempty"` // basic, post, none, or assertion; empty: not known
	Basic        safe.Secret      `json:"basic,omitempty"`       // what the Authorization header holds, base64 undone, nothing else
	RedirectURI  safe.RedirectURI `json:"redirect_uri,omitempty"`
	Code         safe.Secret      `json:"code,omitempty"`
	Verifier     safe.Secret      `json:"code_verifier,omitempty"`
	RefreshToken safe.Secret      `json:"refresh_token,omitempty"`
	Assertion    safe.Secret      `json:"assertion,omitempty"`
	Scope        safe.Scope       `json:"scope,omitempty"`
	Params       []safe.Foreign   `json:"params,omitzero"` // the names of all that was sent; nil: not known
	SentAt       time.Time        `json:"sent_at,omitzero"`

	Response TokenResponse  `json:"response,omitzero"`
	From     exchange.Place `json:"from,omitzero"` // where it was recorded

	Masked string `json:"masked,omitempty"` // names of what was sent and whose value is unknown, with spaces between them
}

// TokenResponse is the token endpoint's answer (RFC 6749 §5).
type TokenResponse struct {
	ErrorResponse
	AccessToken  safe.Secret  `json:"access_token,omitempty"`
	RefreshToken safe.Secret  `json:"refresh_token,omitempty"`
	IDToken      safe.Secret  `json:"id_token,omitempty"`
	Scope        safe.Scope   `json:"scope,omitempty"`
	Body         safe.Foreign `json:"body,omitempty"`   // of a refusal: all of it, cut
	Date         time.Time    `json:"date,omitzero"`    // the server's clock: the Date header
	At           time.Time    `json:"at,omitzero"`      // when it had come, by the client's clock
	Unseen       bool         `json:"unseen,omitempty"` // its status tells of tokens, and its body was not recorded
}

// Revocation is a request to the revocation endpoint (RFC 7009 §2.1).
type Revocation struct {
	Token  safe.Secret `json:"token,omitempty"`
	Status int         `json:"http_status,omitempty"`
	SentAt time.Time   `json:"sent_at,omitzero"`
}

// An Answer is what the person said to a question of the checklist's.
type Answer struct {
	Question string `json:"question"`
	Yes      bool   `json:"yes"`
}

// Refused reports whether the answer is a refusal. An answer that was not seen
// is none.
func (r TokenResponse) Refused() bool {
	return r.Error != "" || r.Status >= 400 || r.Status >= 300 && r.AccessToken == ""
}

// Granted reports whether tokens came.
func (r TokenResponse) Granted() bool { return r.AccessToken != "" || r.IDToken != "" || r.Unseen }

// Pending reports whether the error says that the user has not finished (RFC 8628 §3.5).
func (r TokenResponse) Pending() bool {
	return r.Error == "authorization_pending" || r.Error == "slow_down"
}

// Unjudged reports whether the server sent the client elsewhere or asked it to come later
// (429, RFC 6585 §4), so that whatever is wrong with the request was not looked at. A server
// that fails with a 5xx status may have failed over just that.
func (r TokenResponse) Unjudged() bool { return r.Status == 429 || r.Status/100 == 3 }

// Seen reports whether there is a response.
func (r TokenResponse) Seen() bool { return r.Status != 0 || r.Error != "" || r.Granted() }

// Refused reports whether the server said no, by the redirect or on a page.
func (r AuthorizationResponse) Refused() bool { return r.Error != "" || r.Status >= 400 || r.Page }

// Seen reports whether the request itself was seen, and not its response alone.
func (a *Authorization) Seen() bool {
	return !a.Pushed && (a.Endpoint != "" || a.ClientID != "" || a.ResponseType != "")
}
