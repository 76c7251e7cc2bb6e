package flow

import (
	"errors"
	"fmt"
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

// A UsageError is a setting that cannot be used: which, what it says, what is
// wrong with it and what to do.
type UsageError struct {
	Setting string // the flag's name without dashes: "redirect-uri"
	Value   string
	Problem string
	Remedy  string
}

func (e *UsageError) Error() string {
	s := "--" + e.Setting
	if e.Value != "" {
		s += fmt.Sprintf(" %q", safe.Text(e.Value, 200))
	}
	return s + ": " + e.Problem
}

// Hint is what to do about it.
func (e *UsageError) Hint() string { return e.Remedy }

// Check finds what is wrong with the settings before anything is sent; the
// error is a [*UsageError].
func (c Config) Check() error {
	for _, check := range []func() error{c.checkProvider, c.checkClient, c.checkRedirect, c.checkParams} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (c Config) checkProvider() error {
	switch {
	case c.Issuer != "" && (c.AuthURL != "" || c.TokenURL != ""):
		return &UsageError{"issuer", c.Issuer, "an issuer and explicit endpoints were both given",
			"give --issuer alone to discover the endpoints, or --auth-url with --token-url"}
	case c.Issuer != "":
		return c.checkIssuer()
	case c.AuthURL == "" && c.TokenURL == "":
		return &UsageError{"issuer", "", "no provider was named",
			"give --issuer URL, or --auth-url with --token-url, or leave all three out to use the practice server"}
	case c.AuthURL == "":
		return &UsageError{"auth-url", "", "--token-url was given without it", "give both endpoints, or --issuer URL"}
	case c.TokenURL == "":
		return &UsageError{"token-url", "", "--auth-url was given without it", "give both endpoints, or --issuer URL"}
	}
	if err := c.checkEndpoint("auth-url", c.AuthURL, c.Params); err != nil {
		return err
	}
	return c.checkEndpoint("token-url", c.TokenURL, nil)
}

func (c Config) checkClient() error {
	if c.ClientID == "" {
		return &UsageError{"client-id", "", "missing", "register a client at the provider and give its id"}
	}
	if !slices.Contains([]ClientAuth{"", AuthBasic, AuthPost, AuthNone}, c.ClientAuth) {
		return &UsageError{"client-auth", safe.Typed(string(c.ClientAuth)), "unknown method", "use basic, post or none"}
	}
	needsSecret := c.ClientAuth == AuthBasic || c.ClientAuth == AuthPost
	if needsSecret && c.ClientSecret == "" {
		return &UsageError{"client-auth", safe.Typed(string(c.ClientAuth)), "needs a client secret, and there is none",
			"set GRANTWALK_CLIENT_SECRET or --client-secret-file, or use --client-auth none for a public client"}
	}
	if c.ClientAuth == AuthNone && c.ClientSecret != "" {
		return &UsageError{"client-auth", "none", "a client secret was given too, and would not be sent",
			"leave the secret out, or use --client-auth basic or post"}
	}
	return nil
}

func (c Config) checkRedirect() error {
	if c.RedirectURI == "" {
		return nil
	}
	_, err := ParseRedirect(c.RedirectURI)
	return err
}

func (c Config) checkParams() error {
	if !slices.Contains([]PKCE{"", PKCES256, PKCEPlain, PKCENone}, c.PKCE) {
		return &UsageError{"pkce", safe.Typed(string(c.PKCE)), "unknown method", "use S256, plain or none"}
	}
	if c.Timeout < 0 {
		return &UsageError{"timeout", c.Timeout.String(), "a wait cannot be negative", "write a duration such as 30s or 2m"}
	}
	given := map[string]bool{}
	for _, p := range c.Params {
		name := canonical(p.Name)
		flag, ours := walkParameters[name]
		switch {
		case name == "":
			return &UsageError{"param", p.Name + "=…", "a parameter needs a name", "write name=value"}
		case given[indexed(p.Name)] && !mayRepeat(p.Name):
			return &UsageError{"param", p.Name, "this parameter was given twice (RFC 6749 §3.1 allows one)", "give it once"}
		case ours && flag != "":
			return &UsageError{"param", p.Name, "the walk sets this parameter itself", "use " + flag}
		case ours:
			return &UsageError{"param", p.Name, "the walk makes this parameter itself, and checks it", "leave it out"}
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
