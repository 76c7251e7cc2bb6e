package flow

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/diagnose/wire"
	"example.com/grantwalk/flow/record"
)

// Metadata is what an authorization server says of itself (RFC 8414 §2, OpenID
// Connect Discovery §3), as far as the walk uses it. Without discovery only the
// two endpoints are known.
type Metadata struct {
	Issuer                string
	AuthorizationEndpoint string
	TokenEndpoint         string
	JWKSURI               string
	UserinfoEndpoint      string
	RevocationEndpoint    string
	PAREndpoint           string
	PARRequired           bool
	Scopes                []safe.Scope
	AuthMethods           []safe.Foreign
	ChallengeMethods      []safe.Foreign
	SigningAlgs           []safe.Foreign
	IssParameter          bool

	Discovered bool
}

// An endpoint is a URL in the metadata.
type endpoint struct {
	name    string // in the metadata
	url     *string
	params  bool // requests to it have parameters of the walk's
	further bool // and those that the user gave
}

func (m *Metadata) endpoints() []endpoint {
	return []endpoint{
		{"authorization_endpoint", &m.AuthorizationEndpoint, true, true},
		{"token_endpoint", &m.TokenEndpoint, true, false},
		{"jwks_uri", &m.JWKSURI, false, false},
		{"userinfo_endpoint", &m.UserinfoEndpoint, true, false},
		{"revocation_endpoint", &m.RevocationEndpoint, true, false},
		{"pushed_authorization_request_endpoint", &m.PAREndpoint, true, true},
	}
}

// read takes over the members that the walk uses.
func (m *Metadata) read(a *record.Response) error {
	for _, member := range []struct {
		name string
		into any
	}{
		{"issuer", &m.Issuer},
		{"authorization_endpoint", &m.AuthorizationEndpoint},
		{"token_endpoint", &m.TokenEndpoint},
		{"jwks_uri", &m.JWKSURI},
		{"userinfo_endpoint", &m.UserinfoEndpoint},
		{"revocation_endpoint", &m.RevocationEndpoint},
		{"pushed_authorization_request_endpoint", &m.PAREndpoint},
		{"require_pushed_authorization_requests", &m.PARRequired},
		{"scopes_supported", &m.Scopes},
		{"token_endpoint_auth_methods_supported", &m.AuthMethods},
		{"code_challenge_methods_supported", &m.ChallengeMethods},
		{"id_token_signing_alg_values_supported", &m.SigningAlgs},
		{"authorization_response_iss_parameter_supported", &m.IssParameter},
	} {
		raw := a.Member(member.name)
		if raw == nil {
			continue
		}
		if err := json.Unmarshal(raw, member.into); err != nil {
			return fmt.Errorf("its %s: %s", member.name, wire.JSONProblem(err))
		}
	}
	return nil
}

// setUp finds the endpoints and settles what the user left open.
func (w *Walk) setUp(ctx context.Context) (Outcome, error) {
	if w.Config.Issuer == "" {
		w.Metadata = Metadata{AuthorizationEndpoint: w.Config.AuthURL, TokenEndpoint: w.Config.TokenURL}
	} else {
		found, out, err := (&discovery{w.Config, w.sender}).find(ctx)
		if err != nil || out.Kind != GoOn {
			return out, err
		}
		w.Metadata = found
	}
	if w.Config.ClientAuth == "" {
		w.Config.ClientAuth = w.Metadata.chooseAuth(w.Config.ClientSecret != "")
	}
	if w.Config.Scopes == nil && w.Metadata.JWKSURI != "" && slices.Contains(w.Metadata.Scopes, "openid") {
		w.Config.Scopes = []string{"openid"}
	}
	return Outcome{}, nil
}

// clean makes the endpoints fit to print. Each stays the same URL: what a URL cannot
// hold would be sent percent-encoded anyway.
func (m *Metadata) clean() {
	for _, e := range m.endpoints() {
		*e.url = inASCII(*e.url)
	}
}

// chooseAuth takes Basic where the server has it: RFC 6749 §2.3.1 makes every
// server with passwords support it, and RFC 8414 §2 makes it the default.
func (m Metadata) chooseAuth(secret bool) ClientAuth {
	switch {
	case !secret:
		return AuthNone
	case len(m.AuthMethods) == 0, slices.Contains(m.AuthMethods, "client_secret_basic"):
		return AuthBasic
	case slices.Contains(m.AuthMethods, "client_secret_post"):
		return AuthPost
	}
	return AuthBasic
}
