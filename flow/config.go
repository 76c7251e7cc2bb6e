package flow

import (
	"errors"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"example.com/grantwalk/diagnose/safe"
)

// Config is what the user chose. Its zero values mean "find out" or "as usual".
type Config struct {
	Provider string // its name; empty: the issuer's or the token endpoint's host
	Issuer   string // for discovery (RFC 8414, OpenID Connect Discovery)
	AuthURL  string // both endpoints, where there is no discovery
	TokenURL string

	ClientID     string
	ClientSecret safe.Secret
	ClientAuth   ClientAuth // empty: chosen in SetUp, never probed

	// A second client of the same provider, for the twist client_mismatch.
	OtherClientID     string
	OtherClientSecret safe.Secret // empty: it is a public client

	RedirectURI string // empty: DefaultRedirectURI
	Scopes      []string
	Params      []Pair // further authorization parameters
	PKCE        PKCE   // empty: S256

	// Timeout bounds each wait. Zero: DefaultUserTimeout for the user at the
	// browser, DefaultServerTimeout for a server.
	Timeout  time.Duration
	Insecure bool // allows http:// endpoints off loopback

	CodeLifetime time.Duration // where the provider's is known; else zero
}

// Defaults of a walk.
const (
	DefaultRedirectURI   = "http://127.0.0.1:0/callback"
	DefaultUserTimeout   = 5 * time.Minute
	DefaultServerTimeout = 30 * time.Second
)

// A Pair is a parameter with its value.
type Pair struct{ Name, Value string }

// ClientAuth is how the client authenticates at the token endpoint (RFC 6749 §2.3).
type ClientAuth string

// The methods; their names in metadata are client_secret_basic, client_secret_post and none.
const (
	AuthBasic ClientAuth = "basic"
	AuthPost  ClientAuth = "post"
	AuthNone  ClientAuth = "none"
)

// PKCE is the challenge method (RFC 7636 §4.2).
type PKCE string

// The methods.
const (
	PKCES256  PKCE = "S256"
	PKCEPlain PKCE = "plain"
	PKCENone  PKCE = "none"
)

// Check finds what is wrong with the settings before anything is sent; the
// error is a [*Problem].
func (c Config) Check() error {
	if all := c.Problems(); len(all) > 0 {
		return all[0]
	}
	return nil
}

// Problems are all that is wrong with the settings, at most one for each field.
func (c Config) Problems() []*Problem {
	var all []*Problem
	for _, p := range []*Problem{c.checkProvider(), c.checkAuthURL(), c.checkTokenURL(), c.checkClientID(), c.checkClientAuth(), c.checkRedirect(), c.checkPKCE(), c.checkTimeout(), c.checkParams()} {
		if p != nil {
			all = append(all, p)
		}
	}
	return all
}

func (c Config) checkProvider() *Problem {
	switch {
	case c.Issuer != "" && (c.AuthURL != "" || c.TokenURL != ""):
		return &Problem{Field: FieldIssuer, Value: safe.Endpoint(c.Issuer).String(), Code: CodeIssuerAndEndpoints}
	case c.Issuer != "":
		return c.checkIssuer()
	case c.AuthURL == "" && c.TokenURL == "":
		return &Problem{Field: FieldIssuer, Code: CodeNoServer}
	}
	return nil
}

func (c Config) checkAuthURL() *Problem {
	switch {
	case c.AuthURL != "":
		return c.checkEndpoint(FieldAuthURL, c.AuthURL, c.Params)
	case c.TokenURL != "":
		return &Problem{Field: FieldAuthURL, Code: CodeOneEndpoint}
	}
	return nil
}

func (c Config) checkTokenURL() *Problem {
	switch {
	case c.TokenURL != "":
		return c.checkEndpoint(FieldTokenURL, c.TokenURL, nil)
	case c.AuthURL != "":
		return &Problem{Field: FieldTokenURL, Code: CodeOneEndpoint}
	}
	return nil
}

func (c Config) checkClientID() *Problem {
	if c.ClientID == "" {
		return &Problem{Field: FieldClientID, Code: CodeMissing}
	}
	return nil
}

func (c Config) checkClientAuth() *Problem {
	bad := func(code Code, args ...string) *Problem {
		return &Problem{Field: FieldClientAuth, Value: safe.Typed(string(c.ClientAuth)), Code: code, Args: args}
	}
	needsSecret := c.ClientAuth == AuthBasic || c.ClientAuth == AuthPost
	switch {
	case !slices.Contains([]ClientAuth{"", AuthBasic, AuthPost, AuthNone}, c.ClientAuth):
		return bad(CodeUnknown, "basic, post or none")
	case needsSecret && c.ClientSecret == "":
		return bad(CodeNeedsSecret)
	case c.ClientAuth == AuthNone && c.ClientSecret != "":
		return bad(CodeUnusedSecret)
	}
	return nil
}

func (c Config) checkRedirect() *Problem {
	if c.RedirectURI == "" {
		return nil
	}
	_, bad := parseRedirect(c.RedirectURI)
	return bad
}

func (c Config) checkPKCE() *Problem {
	if !slices.Contains([]PKCE{"", PKCES256, PKCEPlain, PKCENone}, c.PKCE) {
		return &Problem{Field: FieldPKCE, Value: safe.Typed(string(c.PKCE)), Code: CodeUnknown, Args: []string{"S256, plain or none"}}
	}
	return nil
}

func (c Config) checkTimeout() *Problem {
	if c.Timeout < 0 {
		return &Problem{Field: FieldTimeout, Value: c.Timeout.String(), Code: CodeNegative}
	}
	return nil
}

func (c Config) checkParams() *Problem {
	given := map[string]bool{}
	for _, p := range c.Params {
		name := canonical(p.Name)
		setting, ours := walkParameters[name]
		bad := Problem{Field: FieldParam, Value: p.Name, Instead: setting}
		switch {
		case name == "":
			bad.Value, bad.Code = p.Name+"=…", CodeNoName
		case given[indexed(p.Name)] && !mayRepeat(p.Name):
			bad.Code = CodeTwice
		case ours && setting != "":
			bad.Code = CodeWalkSets
		case ours:
			bad.Code = CodeWalkMakes
		}
		if bad.Code != "" {
			return &bad
		}
		given[indexed(p.Name)] = true
	}
	return nil
}

// mayRepeat reports whether a parameter may be given several times: a resource
// (RFC 8707 §2), or a list as PHP and Rails read it.
func mayRepeat(name string) bool { return name == "resource" || strings.HasSuffix(name, "[]") }

// Name is what to call the provider.
func (c Config) Name() string {
	if c.Provider != "" {
		return c.Provider
	}
	for _, raw := range []string{c.Issuer, c.TokenURL} {
		if u, err := url.Parse(raw); err == nil && u.Host != "" {
			return safe.Text(u.Host, 100)
		}
	}
	return "unknown"
}

func (c Config) redirectURI() string {
	if c.RedirectURI == "" {
		return DefaultRedirectURI
	}
	return c.RedirectURI
}

func (c Config) pkce() PKCE {
	if c.PKCE == "" {
		return PKCES256
	}
	return c.PKCE
}

func (c Config) serverTimeout() time.Duration {
	if c.Timeout > 0 {
		return c.Timeout
	}
	return DefaultServerTimeout
}

func (c Config) userTimeout() time.Duration {
	if c.Timeout > 0 {
		return c.Timeout
	}
	return DefaultUserTimeout
}

func isLoopbackHost(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// parseProblem is err without the value: what url.Parse took for a port may be
// part of a password.
func parseProblem(err error) string {
	if u := (*url.Error)(nil); errors.As(err, &u) {
		err = u.Err
	}
	problem, _, _ := strings.Cut(err.Error(), ` "`)
	return safe.Text(problem, 200)
}
