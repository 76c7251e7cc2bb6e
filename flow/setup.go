package flow

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/diagnose/wire"
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

// Discover asks an issuer for its metadata. Of the settings it takes the issuer, Insecure
// and Timeout. An error is a [*Problem]; an outcome other than [GoOn] says that no answer
// came.
func Discover(ctx context.Context, c Config) (Metadata, Outcome, error) {
	if bad := c.checkIssuer(); bad != nil {
		return Metadata{}, Outcome{}, bad
	}
	w := newWalk(Config{Issuer: c.Issuer, Insecure: c.Insecure, Timeout: c.Timeout})
	defer w.Close()
	w.http = w.client()
	out, err := w.discover(ctx)
	return w.Metadata, settle(ctx, StepSetUp, out), err
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

// metadataURLs are where an issuer's metadata may be: OpenID Connect Discovery §4
// appends to the issuer, RFC 8414 §3.1 inserts before its path. People may also
// give the URL of the metadata in place of the issuer. Then that URL is the only one.
func metadataURLs(given string) (issuer string, urls []string) {
	for _, path := range []string{oidcWellKnown, oauthWellKnown} {
		before, after, found := strings.Cut(given, path)
		if found && (after == "" || after[0] == '/') {
			return before + after, []string{given}
		}
	}
	u, err := url.Parse(given)
	if err != nil {
		return given, nil // not reached: Check has parsed it
	}
	path, escaped := strings.TrimSuffix(u.Path, "/"), strings.TrimSuffix(u.EscapedPath(), "/")
	appended, inserted := *u, *u
	appended.Path, appended.RawPath = path+oidcWellKnown, escaped+oidcWellKnown
	inserted.Path, inserted.RawPath = oauthWellKnown+path, oauthWellKnown+escaped
	return given, []string{appended.String(), inserted.String()}
}

func (w *Walk) discover(ctx context.Context) (Outcome, error) {
	issuer, urls := metadataURLs(w.Config.Issuer)
	var best *answer // the one that tells more, if none is of use
	var from string
	for _, u := range urls {
		a, err := (&recorder{walk: w, step: StepSetUp, name: NameMetadata}).get(ctx, u, "")
		if err != nil {
			return Outcome{Kind: NoAnswer, Why: err.Error()}, nil
		}
		if best == nil || a.Status == 200 || best.Status != 200 && a.redirect() != "" {
			best, from = a, u
		}
		if a.Status == 200 && a.Object {
			return Outcome{}, w.useMetadata(issuer, a)
		}
	}
	return Outcome{}, w.badIssuer(w.noMetadata(from, best))
}

// badIssuer is a problem with what came of the issuer, whose details are the server's.
func (w *Walk) badIssuer(p *Problem) error {
	const most = 500 // bytes of a detail
	p.Field, p.Value = FieldIssuer, w.Config.Issuer
	for i, arg := range p.Args {
		p.Args[i] = w.Transcript.sentence(arg, most)
	}
	return p
}

// noMetadata says what came in place of the metadata.
func (w *Walk) noMetadata(from string, a *answer) *Problem {
	switch {
	case a.Status == 200:
		return &Problem{Code: CodeNoMetadata, Args: []string{cmp.Or(a.Problem, "the answer is a form, not JSON")}}
	case a.redirect() == "":
		return &Problem{Code: CodeNoMetadata, Args: []string{fmt.Sprintf("the answer was %d", a.Status)}}
	}
	target := resolve(from, a.redirect())
	why := fmt.Sprintf("the server redirects (%d) from %s to %s", a.Status, from, safe.Endpoint(target))
	if w.mayBeIssuer(target) {
		return &Problem{Code: CodeMetadataMoved, Args: []string{why, target}}
	}
	return &Problem{Code: CodeNoMetadata, Args: []string{why}}
}

// redirect is where a redirect leads; empty if the response is none.
func (a *answer) redirect() string {
	if a.Status < 300 || a.Status > 399 {
		return ""
	}
	return a.header.Get("Location")
}

// resolve is the URL that a Location header means (RFC 9110 §10.2.2).
func resolve(from, location string) string {
	if base, err := url.Parse(from); err == nil {
		if target, err := base.Parse(location); err == nil {
			return inASCII(target.String())
		}
	}
	return location
}

// mayBeIssuer reports whether the target of a redirect can be given as the issuer:
// it is the URL of metadata, and no less safe than the issuer that was given.
func (w *Walk) mayBeIssuer(target string) bool {
	c := w.Config
	c.Issuer = target
	issuer, _ := metadataURLs(target)
	return issuer != target && c.checkIssuer() == nil && (schemeOf(target) == "https" || schemeOf(w.Config.Issuer) == "http")
}

func (w *Walk) useMetadata(issuer string, a *answer) error {
	bad := func(code Code, arg string) error { return w.badIssuer(&Problem{Code: code, Args: []string{arg}}) }
	m := Metadata{Discovered: true}
	if err := m.read(a); err != nil {
		return bad(CodeMetadataUnread, err.Error())
	}
	// RFC 8414 §3.3: the two MUST be identical. A lone trailing slash is the
	// commonest slip and harmless, so it is taken over as the server writes it.
	if strings.TrimSuffix(m.Issuer, "/") != strings.TrimSuffix(issuer, "/") {
		return bad(CodeOtherIssuer, safe.Endpoint(m.Issuer).String())
	}
	for _, endpoint := range []struct{ name, address string }{
		{"authorization_endpoint", m.AuthorizationEndpoint}, {"token_endpoint", m.TokenEndpoint},
	} {
		if endpoint.address == "" {
			return bad(CodeNoEndpoint, endpoint.name)
		}
	}
	if p := w.Config.checkMetadata(&m); p != nil {
		return w.badIssuer(p)
	}
	m.clean()
	w.Metadata = m
	return nil
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
