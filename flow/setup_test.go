package flow_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/flow"
)

const (
	oidcAddress  = "/.well-known/openid-configuration"
	oauthAddress = "/.well-known/oauth-authorization-server"
)

func TestDiscoveryFindsTheEndpointsAtEitherAddress(t *testing.T) {
	for _, c := range []struct{ issuerPath, servedAt string }{
		{"", oidcAddress},
		{"", oauthAddress},
		{"/", oidcAddress},
		{"/tenant", "/tenant" + oidcAddress},  // OpenID Connect Discovery §4.1 appends
		{"/tenant", oauthAddress + "/tenant"}, // RFC 8414 §3.1 inserts
	} {
		t.Run(c.issuerPath+" at "+c.servedAt, func(t *testing.T) {
			as := newAuthServer(t)
			as.on(oidcAddress, nil)
			as.on(c.servedAt, func(w http.ResponseWriter, _ *http.Request) { reply(w, 200, as.metadata) })
			as.metadata["issuer"] = as.URL + c.issuerPath
			w := as.walk(func(cfg *flow.Config) { cfg.Issuer = as.URL + c.issuerPath })
			ended(t, play(t, w, flow.StepSetUp), flow.GoOn, flow.StepSetUp)
			if m := w.Metadata; !m.Discovered || m.TokenEndpoint != as.URL+"/token" || m.AuthorizationEndpoint != as.URL+"/authorize" || m.JWKSURI == "" {
				t.Errorf("got %+v", m)
			}
		})
	}
}

func TestAnEscapedSlashInAnIssuerStaysEscaped(t *testing.T) {
	as := newAuthServer(t)
	w := as.walk(func(c *flow.Config) { c.Issuer = as.URL + "/a%2Fb" })
	_, _ = w.Do(t.Context(), flow.StepSetUp) // it is not there
	for _, path := range []string{"/a%2Fb" + oidcAddress, oauthAddress + "/a%2Fb"} {
		decoded, _ := url.PathUnescape(path)
		if got := as.got(decoded); len(got) != 1 || got[0].URL.EscapedPath() != path {
			t.Errorf("%s was not asked for, but %v", path, got)
		}
	}
}

func TestWhatAServerSaysOfItselfIsFitToPrint(t *testing.T) {
	const acts = "\x1b]0;owned\a\u202e"
	as := newAuthServer(t)
	for _, name := range []string{"scopes_supported", "token_endpoint_auth_methods_supported", "code_challenge_methods_supported", "id_token_signing_alg_values_supported"} {
		as.metadata[name] = []string{"openid", acts}
	}
	as.metadata["revocation_endpoint"] = as.URL + "/revoke\u202e\u009b"
	w := as.walk()
	ended(t, play(t, w, flow.StepSetUp), flow.GoOn, flow.StepSetUp)
	m := w.Metadata
	for _, text := range []string{fmt.Sprint(m.Scopes), fmt.Sprint(m.AuthMethods), fmt.Sprint(m.ChallengeMethods), fmt.Sprint(m.SigningAlgs), m.RevocationEndpoint} {
		if !safe.Clean(text) {
			t.Errorf("%q would act on a terminal", text)
		}
	}
	if want := as.URL + "/revoke%E2%80%AE%C2%9B"; m.RevocationEndpoint != want {
		t.Errorf("the endpoint is %s, want %s", m.RevocationEndpoint, want)
	}
}

func TestTheAddressOfTheMetadataMayStandForTheIssuer(t *testing.T) {
	as := newAuthServer(t)
	w := as.walk(func(c *flow.Config) { c.Issuer = as.URL + oidcAddress })
	ended(t, play(t, w, flow.StepSetUp), flow.GoOn, flow.StepSetUp)
	if w.Metadata.Issuer != as.URL {
		t.Errorf("issuer %q", w.Metadata.Issuer)
	}
}

func TestTheURLOfTheMetadataIsAskedAsItIsGiven(t *testing.T) {
	for given, issuer := range map[string]string{
		oidcAddress:              "",
		oidcAddress + "/":        "", // Django's way
		"/tenant" + oidcAddress:  "/tenant",
		"/tenant" + oauthAddress: "/tenant",
		oauthAddress + "/tenant": "/tenant", // RFC 8414 §3.1
	} {
		t.Run(given, func(t *testing.T) {
			as := newAuthServer(t)
			as.on(oidcAddress, nil)
			as.on(given, func(w http.ResponseWriter, _ *http.Request) { reply(w, 200, as.metadata) })
			as.metadata["issuer"] = as.URL + issuer
			w := as.walk(func(c *flow.Config) { c.Issuer = as.URL + given })
			ended(t, play(t, w, flow.StepSetUp), flow.GoOn, flow.StepSetUp)
			if n := len(as.got(given)); n != 1 || w.Metadata.Issuer != as.URL+issuer {
				t.Errorf("asked %d times, issuer %q", n, w.Metadata.Issuer)
			}
		})
	}
}

// The remedy of a redirect is one that works: the walk with it goes on.
func TestARedirectOfTheMetadataIsToldWithItsTarget(t *testing.T) {
	const target = "/new" + oidcAddress + "/"
	for name, c := range map[string]struct{ location, issuer string }{
		"a path":            {target, "URL" + target},
		"a whole URL":       {"URL" + target, "URL" + target},
		"a login page":      {"URL/login?next=%2F&token=hunter2", ""},
		"another scheme":    {"javascript:alert(1)" + target, ""},
		"http off loopback": {"http://as.example" + target, ""},
		"with a password":   {"https://me:hunter2@as.example" + target, ""},
		"with a query":      {target + "?token=hunter2", ""},
		"no URL":            {"http://%zz", ""},
		"nowhere":           {"", ""},
		"escapes":           {"/\u202e" + target, "URL/%E2%80%AE" + target},
	} {
		t.Run(name, func(t *testing.T) {
			as := newAuthServer(t)
			as.metadata["issuer"] = as.URL + "/new"
			as.on(target, func(w http.ResponseWriter, _ *http.Request) { reply(w, 200, as.metadata) })
			as.on(oidcAddress, says(301, "", "Location", strings.ReplaceAll(c.location, "URL", as.URL)))
			as.on(oauthAddress, says(404, "", "Location", "/no-redirect"))
			w := as.walk()
			_, err := w.Do(t.Context(), flow.StepSetUp)
			bad := unusable(t, err, flow.FieldIssuer)
			issuer := strings.ReplaceAll(c.issuer, "URL", as.URL)
			switch {
			case issuer == "" && bad.Code != flow.CodeNoMetadata:
				t.Errorf("%v names an issuer", bad)
			case issuer != "" && (bad.Code != flow.CodeMetadataMoved || bad.Args[1] != issuer):
				t.Errorf("%v does not name %s", bad, issuer)
			}
			if text := bad.Error(); strings.Contains(text, "credentials") || strings.Contains(text, "hunter2") || !safe.Clean(text) {
				t.Errorf("told as %q", text)
			}
			if n := len(as.got(target)); n != 0 {
				t.Error("the redirect was followed")
			}
			if c.issuer == "URL"+target {
				again := as.walk(func(c *flow.Config) { c.Issuer = issuer })
				ended(t, play(t, again, flow.StepSetUp), flow.GoOn, flow.StepSetUp)
			}
		})
	}
}

// An https issuer must not be traded for an http one, even on loopback.
func TestARedirectFromHTTPSToHTTPIsNoRemedy(t *testing.T) {
	as := newAuthServer(t)
	w := as.overTLS(func(c *flow.Config) { c.Insecure = true })
	as.on(oidcAddress, says(302, "", "Location", as.URL+"/new"+oidcAddress))
	_, err := w.Do(t.Context(), flow.StepSetUp)
	if bad := unusable(t, err, flow.FieldIssuer); bad.Code != flow.CodeNoMetadata || !strings.Contains(bad.Args[0], as.URL) {
		t.Error(bad)
	}
}

func TestMetadataThatCannotBeUsedIsAProblemOfTheIssuerFlag(t *testing.T) {
	for name, c := range map[string]struct {
		change  func(as *authServer)
		problem string
	}{
		"of another issuer":              {func(as *authServer) { as.metadata["issuer"] = "https://other.example" }, "other issuer (https://other.example)"},
		"of an issuer that begins alike": {func(as *authServer) { as.metadata["issuer"] = as.URL + "0.evil.example" }, "other issuer"},
		"of an issuer with escapes":      {func(as *authServer) { as.metadata["issuer"] = "\x1b[31m\u202e" }, "\ufffd"},
		"without an issuer":              {func(as *authServer) { delete(as.metadata, "issuer") }, "other issuer ()"},
		"without a token endpoint":       {func(as *authServer) { delete(as.metadata, "token_endpoint") }, "no endpoint (token_endpoint)"},
		"without an authorize address":   {func(as *authServer) { delete(as.metadata, "authorization_endpoint") }, "no endpoint (authorization_endpoint)"},
		"with http off loopback":         {func(as *authServer) { as.metadata["token_endpoint"] = "http://as.example/token" }, "token_endpoint"},
		"with an http key set":           {func(as *authServer) { as.metadata["jwks_uri"] = "http://as.example/jwks" }, "jwks_uri"},
		"with a script for userinfo":     {func(as *authServer) { as.metadata["userinfo_endpoint"] = "javascript:alert(1)" }, "userinfo_endpoint"},
		"with a number for a URL":        {func(as *authServer) { as.metadata["token_endpoint"] = 7 }, "metadata unread"},
		"not JSON":                       {func(as *authServer) { as.on(oidcAddress, says(200, "hello there")) }, "neither JSON nor a form"},
		"HTML": {func(as *authServer) {
			as.on(oauthAddress, says(200, "<title>Sign in</title>", "Content-Type", "text/html"))
			as.on(oidcAddress, nil)
		}, "Sign in"},
		"not found":             {func(as *authServer) { as.on(oidcAddress, nil) }, "404"},
		"a form":                {func(as *authServer) { as.on(oidcAddress, says(200, "issuer=me")) }, "a form, not JSON"},
		"broken off":            {func(as *authServer) { as.on(oauthAddress, says(200, `{"issuer":`)); as.on(oidcAddress, nil) }, "ends too early"},
		"a redirect to nowhere": {func(as *authServer) { as.on(oidcAddress, says(302, "", "Location", "http://%zz")) }, "302"},
	} {
		t.Run(name, func(t *testing.T) {
			as := newAuthServer(t)
			c.change(as)
			w := as.walk()
			_, err := w.Do(t.Context(), flow.StepSetUp)
			if bad := unusable(t, err, flow.FieldIssuer); !strings.Contains(bad.Error(), c.problem) {
				t.Errorf("%q does not speak of %q", bad, c.problem)
			}
		})
	}
}

func TestAnIssuerThatDoesNotListenIsNoAnswer(t *testing.T) {
	as := newAuthServer(t)
	as.Close()
	out := play(t, as.walk(), flow.StepSetUp)
	ended(t, out, flow.NoAnswer, flow.StepSetUp)
	if !strings.Contains(out.Why, "nothing listens there") {
		t.Errorf("why: %s", out.Why)
	}
}

func TestAProxyThatFailsIsNamed(t *testing.T) {
	nobody := httptest.NewServer(nil)
	nobody.Close()
	forbidding := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusProxyAuthRequired) }))
	defer forbidding.Close()
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer silent.Close()
	for _, c := range []struct{ proxy, scheme, says string }{
		{nobody.URL, "http://", "the proxy PROXY (from the environment) refuses the connection"},
		{nobody.URL, "socks5://", "the proxy PROXY (from the environment) refuses the connection"},
		{forbidding.URL, "http://", "as.example through the proxy PROXY: "},
		{silent.URL, "http://", "as.example through the proxy PROXY did not respond within"},
	} {
		host := strings.TrimPrefix(c.proxy, "http://")
		t.Run(c.scheme+" "+c.says, func(t *testing.T) {
			w, err := flow.New(flow.Config{Issuer: "https://as.example", ClientID: clientID, Timeout: 300 * time.Millisecond})
			if err != nil {
				t.Fatal(err)
			}
			defer w.Close()
			proxy := parse(t, c.scheme+"user:hunter2@"+host)
			w.Transport = &http.Transport{Proxy: http.ProxyURL(proxy)}
			out, err := w.Do(t.Context(), flow.StepSetUp)
			if err != nil || out.Kind != flow.NoAnswer || !strings.Contains(out.Why, strings.Replace(c.says, "PROXY", host, 1)) || strings.Contains(out.Why, "hunter2") {
				t.Errorf("got %+v, %v", out, err)
			}
		})
	}
}

func TestExplicitEndpointsNeedNoDiscovery(t *testing.T) {
	as := newAuthServer(t)
	as.on(oidcAddress, nil)
	w := as.walk(as.explicit)
	ended(t, play(t, w, flow.StepRefresh), flow.GotTokens, flow.StepRefresh)
	for _, address := range []string{oidcAddress, oauthAddress, "/jwks", "/userinfo"} {
		if n := len(as.got(address)); n != 0 {
			t.Errorf("%s was asked %d times", address, n)
		}
	}
}

func TestTheAuthenticationMethodIsChosenOnceAndNotTriedOut(t *testing.T) {
	for name, c := range map[string]struct {
		secret  safe.Secret
		methods []string
		want    flow.ClientAuth
	}{
		"no secret":          {"", []string{"client_secret_basic"}, flow.AuthNone},
		"nothing said":       {theSecret, nil, flow.AuthBasic}, // RFC 8414 §2: the default
		"both":               {theSecret, []string{"client_secret_post", "client_secret_basic"}, flow.AuthBasic},
		"post only":          {theSecret, []string{"private_key_jwt", "client_secret_post"}, flow.AuthPost},
		"neither of our own": {theSecret, []string{"private_key_jwt"}, flow.AuthBasic},
	} {
		t.Run(name, func(t *testing.T) {
			as := newAuthServer(t)
			if c.methods != nil {
				as.metadata["token_endpoint_auth_methods_supported"] = c.methods
			}
			as.on("/token", says(401, `{"error":"invalid_client"}`))
			w := as.walk(func(cfg *flow.Config) { cfg.ClientSecret = c.secret })
			ended(t, play(t, w, flow.StepExchange), flow.Refused, flow.StepExchange)
			if w.Config.ClientAuth != c.want {
				t.Errorf("chose %q, want %q", w.Config.ClientAuth, c.want)
			}
			if n := len(as.got("/token")); n != 1 {
				t.Errorf("%d token requests", n)
			}
		})
	}
}

func TestScopesLeftOpenBecomeOpenidWhereTheServerHasIt(t *testing.T) {
	as := newAuthServer(t)
	w := as.walk()
	play(t, w, flow.StepSetUp)
	if !slices.Equal(w.Config.Scopes, []string{"openid"}) {
		t.Errorf("scopes %q", w.Config.Scopes)
	}
	delete(as.metadata, "scopes_supported")
	w = as.walk()
	play(t, w, flow.StepSetUp)
	if w.Config.Scopes != nil {
		t.Errorf("scopes %q", w.Config.Scopes)
	}
}

func TestSettingsThatCannotBeUsedNameTheFlagAndWhatToDo(t *testing.T) {
	right := flow.Config{Issuer: "https://as.example", ClientID: clientID}
	for name, c := range map[string]struct {
		field  flow.Field
		change func(*flow.Config)
	}{
		"no provider":               {"issuer", func(c *flow.Config) { c.Issuer = "" }},
		"two kinds of provider":     {"issuer", func(c *flow.Config) { c.TokenURL = "https://as.example/token" }},
		"only a token endpoint":     {"auth_url", func(c *flow.Config) { c.Issuer, c.TokenURL = "", "https://as.example/token" }},
		"only an authorize address": {"token_url", func(c *flow.Config) { c.Issuer, c.AuthURL = "", "https://as.example/a" }},
		"http off loopback":         {"issuer", func(c *flow.Config) { c.Issuer = "http://as.example" }},
		"no URL":                    {"issuer", func(c *flow.Config) { c.Issuer = "as.example" }},
		"a broken URL":              {"issuer", func(c *flow.Config) { c.Issuer = "https://as.example/%zz\x1b[31m" }},
		"a fragment":                {"issuer", func(c *flow.Config) { c.Issuer = "https://as.example/#x" }},
		"a password in the URL":     {"issuer", func(c *flow.Config) { c.Issuer = "https://me:hunter2@as.example/" }},
		"a broken password":         {"issuer", func(c *flow.Config) { c.Issuer = "https://me:hunter2%zz@as.example/" }},
		"a password without https":  {"issuer", func(c *flow.Config) { c.Issuer = "ftp://me:hunter2@as.example/" }},
		"no client id":              {"client_id", func(c *flow.Config) { c.ClientID = "" }},
		"an unknown method":         {"client_auth", func(c *flow.Config) { c.ClientAuth = "jwt" }},
		"a method without secret":   {"client_auth", func(c *flow.Config) { c.ClientAuth = flow.AuthPost }},
		"a secret without method":   {"client_auth", func(c *flow.Config) { c.ClientAuth, c.ClientSecret = flow.AuthNone, theSecret }},
		"a relative redirect URI":   {"redirect_uri", func(c *flow.Config) { c.RedirectURI = "/callback" }},
		"a redirect URI's fragment": {"redirect_uri", func(c *flow.Config) { c.RedirectURI = "http://127.0.0.1/#" }},
		"a port that is none":       {"redirect_uri", func(c *flow.Config) { c.RedirectURI = "http://127.0.0.1:99999/" }},
		"a state in the redirect":   {"redirect_uri", func(c *flow.Config) { c.RedirectURI = "http://127.0.0.1:0/?x=1&state=y" }},
		"a code in the redirect":    {"redirect_uri", func(c *flow.Config) { c.RedirectURI = "https://app.example/cb?CODE" }},
		"an error in the redirect":  {"redirect_uri", func(c *flow.Config) { c.RedirectURI = "https://app.example/cb?a;%65rror=" }},
		"an iss in the redirect":    {"redirect_uri", func(c *flow.Config) { c.RedirectURI = "com.example.app:/cb?iss=x" }},
		"unknown PKCE":              {"pkce", func(c *flow.Config) { c.PKCE = "S512" }},
		"negative time":             {"timeout", func(c *flow.Config) { c.Timeout = -1 }},
		"a parameter without name":  {"param", func(c *flow.Config) { c.Params = []flow.Pair{{Name: "", Value: "x"}} }},
		"the state":                 {"param", func(c *flow.Config) { c.Params = []flow.Pair{{Name: "state", Value: "x"}} }},
		"a parameter with its flag": {"param", func(c *flow.Config) { c.Params = []flow.Pair{{Name: "scope", Value: "x"}} }},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := right
			c.change(&cfg)
			_, err := flow.New(cfg)
			if bad := unusable(t, err, c.field); strings.Contains(bad.Error(), "hunter2") {
				t.Errorf("the password is in %q", bad)
			}
		})
	}
	if _, err := flow.New(right); err != nil {
		t.Errorf("the right settings: %v", err)
	}
	right.Issuer, right.Insecure = "http://as.example", true
	if _, err := flow.New(right); err != nil {
		t.Errorf("http with --insecure: %v", err)
	}
}

func TestARedirectURIThatIsNotOursIsPastedAndSaysWhy(t *testing.T) {
	for uri, why := range map[string]string{
		"https://127.0.0.1/callback":  "certificate",
		"https://app.example/cb":      "certificate",
		"http://app.example/cb":       "not this machine's loopback address",
		"com.example.app:/callback":   "com.example.app:",
		"urn:ietf:wg:oauth:2.0:oob":   "urn:",
		"http://127.0.0.1:0/callback": "",
		"http://[::1]:8080":           "",
		"http://localhost:3000/cb?x=": "",
		"HTTP://LOCALHOST:3000/cb":    "",
	} {
		r, err := flow.ParseRedirect(uri)
		if err != nil {
			t.Errorf("%s: %v", uri, err)
			continue
		}
		if (r.Paste == "") != (why == "") || !strings.Contains(r.Paste, why) {
			t.Errorf("%s: pasted because %q, want %q", uri, r.Paste, why)
		}
		if r.Meaning() == "" {
			t.Errorf("%s means nothing", uri)
		}
	}
}
