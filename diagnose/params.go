package diagnose

import (
	"encoding/base64"
	"strings"

	"grantwalk/diagnose/safe"
	"grantwalk/diagnose/wire"
)

// The Set methods read messages into evidence, one parameter at a time, by the
// names of the RFCs. Unknown names are passed over.

// maxValue bounds what is kept of one value that is no secret.
const maxValue = 4 << 10

// bounded is as much of a value as is kept of it, in whole characters.
func bounded(value string, most int) string {
	if len(value) <= most {
		return value
	}
	return strings.ToValidUTF8(value[:most], "")
}

// Set takes a parameter of the authorization request (RFC 6749 §4.1.1).
func (a *Authorization) Set(name, value string) {
	switch name {
	case "response_type":
		a.ResponseType = safe.Foreign(bounded(value, maxValue))
	case "client_id":
		a.ClientID = safe.Identifier(bounded(value, maxValue))
	case "redirect_uri":
		a.RedirectURI = safe.RedirectURI(bounded(value, maxValue))
	case "scope":
		a.Scope = safe.Scope(bounded(value, maxValue))
	case "state":
		a.State = safe.Secret(value)
	case "code_challenge":
		a.Challenge = safe.Secret(value)
	case "code_challenge_method":
		a.ChallengeMethod = safe.Foreign(bounded(value, maxValue))
	case "prompt":
		a.Prompt = safe.Foreign(bounded(value, maxValue))
	case "request_uri", "request":
		a.Pushed = true
	}
}

// Set takes a parameter of the authorization response (RFC 6749 §4.1.2).
func (r *AuthorizationResponse) Set(name, value string) {
	switch name {
	case "code":
		r.Code = safe.Secret(value)
	case "state":
		r.State = safe.Secret(value)
	case "iss":
		r.Iss = safe.Endpoint(bounded(value, maxValue))
	default:
		r.set(name, value)
	}
}

func (r *Refusal) set(name, value string) {
	switch name {
	case "error":
		r.Error = safe.Foreign(bounded(value, 200))
	case "error_description":
		r.Description = safe.Foreign(bounded(value, 2000))
	case "error_uri":
		r.URI = safe.Endpoint(bounded(value, 500))
	}
}

// Set takes a parameter of the token request's body (RFC 6749 §4.1.3).
func (r *TokenRequest) Set(name, value string) {
	r.Params = append(r.Params, safe.Foreign(bounded(name, 100)))
	switch name {
	case "grant_type":
		r.GrantType = safe.Foreign(bounded(value, maxValue))
	case "client_id":
		if r.ClientAuth != authBasic {
			r.ClientID = safe.Identifier(bounded(value, maxValue))
		}
	case "client_secret":
		r.ClientSecret, r.ClientAuth = safe.Secret(value), authPost
	case "client_assertion":
		r.ClientAuth = authAssertion
	case "redirect_uri":
		r.RedirectURI = safe.RedirectURI(bounded(value, maxValue))
	case "code":
		r.Code = safe.Secret(value)
	case "code_verifier":
		r.Verifier = safe.Secret(value)
	case "refresh_token":
		r.RefreshToken = safe.Secret(value)
	case "assertion":
		r.Assertion = safe.Secret(value)
	case "scope":
		r.Scope = safe.Scope(bounded(value, maxValue))
	}
}

// How the client authenticated, as TokenRequest.ClientAuth says it.
const (
	authBasic     = "basic"
	authNone      = "none"
	authPost      = "post"
	authAssertion = "assertion"
)

// SetAuthorization takes the request's Authorization header (RFC 6749 §2.3.1:
// id and secret are form-encoded before they are joined). Another scheme than
// Basic is passed over.
func (r *TokenRequest) SetAuthorization(header string) {
	scheme, encoded, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Basic") {
		return
	}
	r.ClientAuth = authBasic
	plain, err := base64.StdEncoding.DecodeString(strings.TrimSpace(encoded))
	if err != nil {
		r.Basic = safe.Secret(encoded)
		return
	}
	r.Basic = safe.Secret(plain)
	id, secret, _ := strings.Cut(string(plain), ":")
	id = bounded(wire.Unescape(id), maxValue)
	r.ClientSecret = safe.Secret(wire.Unescape(secret))
	if r.ClientSecret == "" && safe.Quote(id, len(id)) != id { // a key may have been sent as the id
		r.Masked = strings.TrimSpace(r.Masked + " client_id")
		return
	}
	r.ClientID = safe.Identifier(id)
}

// Set takes a member of the token endpoint's answer (RFC 6749 §5).
func (r *TokenResponse) Set(name, value string) {
	switch name {
	case "access_token":
		r.AccessToken = safe.Secret(value)
	case "refresh_token":
		r.RefreshToken = safe.Secret(value)
	case "id_token":
		r.IDToken = safe.Secret(value)
	case "scope":
		r.Scope = safe.Scope(bounded(value, maxValue))
	default:
		r.set(name, value)
	}
}
