package flow

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/flow/record"
)

// Discover asks an issuer for its metadata (RFC 8414 §3, OpenID Connect Discovery §4). Of
// the settings it takes the issuer, Insecure and Timeout. An error is a [*Problem]; an
// outcome other than [GoOn] says that no response came.
func Discover(ctx context.Context, c Config) (Metadata, Outcome, error) {
	if bad := c.checkIssuer(); bad != nil {
		return Metadata{}, Outcome{}, bad
	}
	s := record.NewSender(nil, record.NewTranscript(), time.Now, c.serverTimeout())
	defer s.Close()
	m, out, err := (&discovery{c, s}).find(ctx)
	return m, settle(ctx, StepSetUp, out), err
}

// A discovery looks for the metadata of an issuer.
type discovery struct {
	config Config
	sender *record.Sender
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

// find asks for the metadata at the URLs where it may be, and takes the first that is
// there. An error is a [*Problem].
func (d *discovery) find(ctx context.Context) (Metadata, Outcome, error) {
	issuer, urls := metadataURLs(d.config.Issuer)
	var best *record.Response // the one that tells more, if none is of use
	var from string
	for _, u := range urls {
		a, err := d.sender.Record(StepSetUp, exchange.Metadata).Get(ctx, u, "")
		if err != nil {
			return Metadata{}, Outcome{Kind: NoAnswer, Why: err.Error()}, nil
		}
		if best == nil || a.Status == 200 || best.Status != 200 && a.Redirect() != "" {
			best, from = a, u
		}
		if a.Status == 200 && a.Object {
			m, err := d.read(issuer, a)
			return m, Outcome{}, err
		}
	}
	return Metadata{}, Outcome{}, d.bad(d.none(from, best))
}

// bad is a problem with what came of the issuer, whose details are the server's.
func (d *discovery) bad(p *Problem) error {
	const most = 500 // bytes of a detail
	p.Field, p.Value = FieldIssuer, d.config.Issuer
	for i, arg := range p.Args {
		p.Args[i] = d.sender.Transcript.Sentence(arg, most)
	}
	return p
}

// none says what came in place of the metadata.
func (d *discovery) none(from string, a *record.Response) *Problem {
	switch {
	case a.Status == 200:
		return &Problem{Code: CodeNoMetadata, Args: []string{cmp.Or(a.Problem, "the response is a form, not JSON")}}
	case a.Redirect() == "":
		return &Problem{Code: CodeNoMetadata, Args: []string{fmt.Sprintf("the response was %d", a.Status)}}
	}
	target := resolve(from, a.Redirect())
	why := fmt.Sprintf("the server redirects (%d) from %s to %s", a.Status, from, safe.Endpoint(target))
	if d.mayBeIssuer(target) {
		return &Problem{Code: CodeMetadataMoved, Args: []string{why, target}}
	}
	return &Problem{Code: CodeNoMetadata, Args: []string{why}}
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
func (d *discovery) mayBeIssuer(target string) bool {
	c := d.config
	c.Issuer = target
	issuer, _ := metadataURLs(target)
	return issuer != target && c.checkIssuer() == nil && (schemeOf(target) == "https" || schemeOf(d.config.Issuer) == "http")
}

// read reads the metadata, which must be of the issuer.
func (d *discovery) read(issuer string, a *record.Response) (Metadata, error) {
	bad := func(code Code, arg string) (Metadata, error) {
		return Metadata{}, d.bad(&Problem{Code: code, Args: []string{arg}})
	}
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
	if p := d.config.checkMetadata(&m); p != nil {
		return Metadata{}, d.bad(p)
	}
	m.clean()
	return m, nil
}
