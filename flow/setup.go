package flow

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"grantwalk/diagnose/safe"
	"grantwalk/diagnose/wire"
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
	Scopes                []string
	AuthMethods           []string
	ChallengeMethods      []string
	SigningAlgs           []string
	IssParameter          bool

	Discovered bool
}

// read takes over the members that the walk uses.
func (m *Metadata) read(a *answer) error {
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
	} else if out, err := w.discover(ctx); err != nil || out.Kind != GoOn {
		return out, err
	}
	if w.Config.ClientAuth == "" {
		w.Config.ClientAuth = w.Metadata.chooseAuth(w.Config.ClientSecret != "")
	}
	if w.Config.Scopes == nil && w.Metadata.JWKSURI != "" && slices.Contains(w.Metadata.Scopes, "openid") {
		w.Config.Scopes = []string{"openid"}
	}
	return Outcome{}, nil
}

const (
	oidcWellKnown  = "/.well-known/openid-configuration"
	oauthWellKnown = "/.well-known/oauth-authorization-server"
)

// wellKnown are the addresses at which an issuer's metadata may stand: OpenID
// Connect appends to the issuer, RFC 8414 §3.1 inserts before its path.
func wellKnown(issuer string) []string {
	u, err := url.Parse(issuer)
	if err != nil {
		return nil // not reached: Check has parsed it
	}
	path, escaped := strings.TrimSuffix(u.Path, "/"), strings.TrimSuffix(u.EscapedPath(), "/")
	appended, inserted := *u, *u
	appended.Path, appended.RawPath = path+oidcWellKnown, escaped+oidcWellKnown
	inserted.Path, inserted.RawPath = oauthWellKnown+path, oauthWellKnown+escaped
	return []string{appended.String(), inserted.String()}
}

// issuerOf lets people paste the address of the metadata instead of the issuer.
func issuerOf(raw string) string {
	for _, suffix := range []string{oidcWellKnown, oauthWellKnown} {
		raw = strings.TrimSuffix(raw, suffix)
	}
	return raw
}

func (w *Walk) discover(ctx context.Context) (Outcome, error) {
	issuer := issuerOf(w.Config.Issuer)
	var best *answer // the one that tells more, if both are of no use
	for _, address := range wellKnown(issuer) {
		a, err := w.get(ctx, StepSetUp, NameMetadata, address, "", nil)
		if err != nil {
			return Outcome{Kind: NoAnswer, Why: err.Error()}, nil
		}
		if best == nil || a.Status == 200 {
			best = a
		}
		if a.Status == 200 && a.Object {
			break
		}
	}
	if best.Status != 200 || !best.Object {
		problem := fmt.Sprintf("no metadata there: the answer was %d", best.Status)
		if best.Status == 200 {
			problem = "no metadata there: " + cmp.Or(best.Problem, "the answer is a form, not JSON")
		}
		return Outcome{}, &UsageError{"issuer", w.Config.Issuer, problem,
			"check the issuer (its path and tenant too), or give --auth-url and --token-url, which need no discovery"}
	}
	return Outcome{}, w.useMetadata(issuer, best)
}

func (w *Walk) useMetadata(issuer string, a *answer) error {
	bad := func(problem, remedy string) error {
		return &UsageError{"issuer", w.Config.Issuer, w.Transcript.foreign(problem, 500), remedy}
	}
	m := Metadata{Discovered: true}
	if err := m.read(a); err != nil {
		return bad("the metadata cannot be read: "+err.Error(), "ask the provider, or give --auth-url and --token-url")
	}
	// RFC 8414 §3.3: the two MUST be identical. A lone trailing slash is the
	// commonest slip and harmless, so it is taken over as the server writes it.
	if strings.TrimSuffix(m.Issuer, "/") != strings.TrimSuffix(issuer, "/") {
		return bad(fmt.Sprintf("the metadata there is of the issuer %q", m.Issuer), "give exactly that issuer, if you trust it (RFC 8414 §3.3)")
	}
	for _, endpoint := range []struct{ name, address string }{
		{"authorization_endpoint", m.AuthorizationEndpoint}, {"token_endpoint", m.TokenEndpoint},
	} {
		if endpoint.address == "" {
			return bad("the metadata has no "+endpoint.name, "give --auth-url and --token-url")
		}
	}
	for _, endpoint := range []struct{ name, address string }{
		{"authorization_endpoint", m.AuthorizationEndpoint}, {"token_endpoint", m.TokenEndpoint}, {"jwks_uri", m.JWKSURI},
		{"userinfo_endpoint", m.UserinfoEndpoint}, {"revocation_endpoint", m.RevocationEndpoint},
		{"pushed_authorization_request_endpoint", m.PAREndpoint},
	} {
		if endpoint.address == "" {
			continue
		}
		var wrong *UsageError
		if errors.As(w.Config.checkEndpoint("issuer", endpoint.address), &wrong) {
			return bad(fmt.Sprintf("its %s %q: %s", endpoint.name, endpoint.address, wrong.Problem), wrong.Remedy)
		}
	}
	m.clean()
	w.Metadata = m
	return nil
}

// clean makes what a server says of itself fit to print. An address stays the same
// address: what a URL cannot hold would be sent percent-encoded anyway. The issuer
// is the one that the user gave.
func (m *Metadata) clean() {
	for _, address := range []*string{&m.AuthorizationEndpoint, &m.TokenEndpoint, &m.JWKSURI, &m.UserinfoEndpoint, &m.RevocationEndpoint, &m.PAREndpoint} {
		*address = inASCII(*address)
	}
	for _, list := range [][]string{m.Scopes, m.AuthMethods, m.ChallengeMethods, m.SigningAlgs} {
		for i := range list {
			list[i] = safe.Text(list[i], maxName)
		}
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
