package evidence

import (
	"encoding/base64"
	"strings"

	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/diagnose/wire"
)

// The Set methods read messages into evidence, one parameter at a time, by the
// names of the RFCs. Unknown names are passed over.

// MaxValue bounds what is kept of one value that is no secret, in bytes.
const MaxValue = 4 << 10

// Set takes a parameter of the authorization request (RFC 6749 §4.1.1).
func (a *Authorization) Set(name, value string) {
	switch name {
	case "response_type":
		a.ResponseType = safe.Foreign(safe.Cut(value, MaxValue))
	case "client_id":
		a.ClientID = safe.Identifier(safe.Cut(value, MaxValue))
	case "redirect_uri":
		a.RedirectURI = safe.RedirectURI(safe.Cut(value, MaxValue))
	case "scope":
		a.Scope = safe.Scope(safe.Cut(value, MaxValue))
	case "state":
		a.State = safe.Secret(value)
	case "code_challenge":
		a.Challenge = safe.Secret(value)
	case "code_challenge_method":
		a.ChallengeMethod = safe.Foreign(safe.Cut(value, MaxValue))
	case "prompt":
		a.Prompt = safe.Foreign(safe.Cut(value, MaxValue))
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
		r.Iss = safe.Endpoint(safe.Cut(value, MaxValue))
	default:
		r.ErrorResponse.Set(name, value)
	}
}

// Set takes a parameter of the token request's body (RFC 6749 §4.1.3).
func (r *TokenRequest) Set(name, value string) {
	r.Params = append(r.Params, safe.Foreign(safe.Cut(name, 100)))
	switch name {
	case "grant_type":
		r.GrantType = safe.Foreign(safe.Cut(value, MaxValue))
	case "client_id":
		switch {
		case r.ClientAuth != AuthBasic:
			r.ClientID = safe.Identifier(safe.Cut(value, MaxValue))
		case r.ClientID != "" && r.ClientID.Raw() != value: // which of the two the server takes is not known
			r.ClientID, r.Masked = "", r.Masked+" client_id"
		}
	case "client_secret":
		r.ClientSecret, r.ClientAuth = safe.Secret(value), AuthPost
	case "client_assertion":
		r.ClientAuth = AuthAssertion
	case "redirect_uri":
		r.RedirectURI = safe.RedirectURI(safe.Cut(value, MaxValue))
	case "code", "device_code": // RFC 8628 §3.4
		r.Code = safe.Secret(value)
	case "code_verifier":
		r.Verifier = safe.Secret(value)
	case "refresh_token":
		r.RefreshToken = safe.Secret(value)
	case "assertion":
		r.Assertion = safe.Secret(value)
	case "scope":
		r.Scope = safe.Scope(safe.Cut(value, MaxValue))
	}
}

// How the client authenticated, as TokenRequest.ClientAuth says it.
const (
	AuthBasic     = "basic"
	AuthNone      = "none"
	AuthPost      = "post"
	AuthAssertion = "assertion"
)

// SetAuthorization takes the request's Authorization header (RFC 6749 §2.3.1:
// id and secret are form-encoded before they are joined). Another scheme than
// Basic is passed over.
func (r *TokenRequest) SetAuthorization(header string) {
	scheme, encoded, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Basic") {
		if masked(header) && !strings.EqualFold(scheme, "Bearer") { // its scheme too
			r.ClientAuth, r.Masked = "", r.Masked+" client_id client_secret"
		}
		return
	}
	r.ClientAuth = AuthBasic
	plain, err := base64.StdEncoding.DecodeString(strings.TrimSpace(encoded))
	if masked(encoded) || noCredentials(encoded, string(plain), err) {
		r.Masked += " client_id client_secret"
		return
	}
	if err != nil {
		r.Basic = safe.Secret(encoded)
		return
	}
	r.Basic = safe.Secret(plain)
	id, secret, _ := strings.Cut(string(plain), ":")
	id = safe.Cut(wire.Unescape(id), MaxValue)
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
		r.Scope = safe.Scope(safe.Cut(value, MaxValue))
	default:
		r.ErrorResponse.Set(name, value)
	}
}

// SetCredential takes a part of a Basic Authorization header: client_id, client_secret, or
// credentials, which is all that the header holds.
func (r *TokenRequest) SetCredential(name, value string) {
	r.ClientAuth = AuthBasic
	switch name {
	case "client_id":
		r.ClientID = safe.Identifier(safe.Cut(value, MaxValue))
	case "client_secret":
		r.ClientSecret = safe.Secret(value)
	case "credentials":
		r.Basic = safe.Secret(value)
	}
}
