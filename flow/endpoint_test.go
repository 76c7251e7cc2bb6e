package flow_test

import (
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"example.com/grantwalk/flow"
)

// endpoints are the endpoints in the metadata, each with its path at the server
// of these tests.
var endpoints = map[string]string{
	"authorization_endpoint":                "/authorize",
	"token_endpoint":                        "/token",
	"jwks_uri":                              "/jwks",
	"userinfo_endpoint":                     "/userinfo",
	"revocation_endpoint":                   "/revoke",
	"pushed_authorization_request_endpoint": "/par",
}

// overTLS serves the same script over TLS too, under an https issuer. The walk
// trusts its certificate.
func (as *authServer) overTLS(change ...func(*flow.Config)) *flow.Walk {
	secure := httptest.NewTLSServer(as)
	as.t.Cleanup(secure.Close)
	as.metadata["issuer"] = secure.URL
	for name, path := range endpoints {
		if _, own := as.metadata[name]; !own || as.metadata[name] == as.URL+path {
			as.metadata[name] = secure.URL + path
		}
	}
	w := as.walk(append(change, func(c *flow.Config) { c.Issuer = secure.URL })...)
	w.Transport = secure.Client().Transport
	return w
}

func TestAnHTTPSIssuerHasHTTPSEndpointsOnly(t *testing.T) {
	for name, path := range endpoints {
		for _, insecure := range []bool{false, true} {
			for _, scheme := range []string{"http", "HTTP"} {
				as := newAuthServer(t)
				w := as.overTLS(func(c *flow.Config) { c.Insecure = insecure })
				as.metadata[name] = scheme + strings.TrimPrefix(as.URL, "http") + path
				_, err := w.Do(t.Context(), flow.StepSetUp)
				if bad := unusable(t, err, flow.FieldIssuer); bad.Code != flow.CodeBadEndpoint || bad.Args[0] != name || bad.Within.Code != flow.CodeUnderHTTPS {
					t.Errorf("%s, insecure %t: %v", name, insecure, bad)
				}
			}
		}
	}
	w := newAuthServer(t).overTLS()
	ended(t, play(t, w, flow.StepSetUp), flow.GoOn, flow.StepSetUp)
}

func TestAnHTTPIssuerOnLoopbackMayHaveHTTPSEndpoints(t *testing.T) {
	as := newAuthServer(t)
	as.metadata["token_endpoint"] = "https://as.example/token"
	ended(t, play(t, as.walk(), flow.StepSetUp), flow.GoOn, flow.StepSetUp)
}

// repeated are the parameters of this walk's requests that an endpoint must not
// have too.
var repeated = []string{
	"response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "code_challenge", "code_challenge_method",
	"request", "request_uri", "response_mode", "resource",
	"grant_type", "code", "code_verifier", "client_secret", "refresh_token", "client_assertion", "client_assertion_type",
	"token", "token_type_hint", "access_token", "prompt",
}

// spellings are queries in which a server may read the parameter, beside others
// that are the endpoint's own business.
func spellings(name string) []string {
	return []string{
		name + "=x", name, name + "=", "p=policy&" + name + "=x", "&&" + name + "=x",
		strings.ToUpper(name) + "=x", strings.ToUpper(name[:1]) + name[1:] + "=x",
		fmt.Sprintf("%%%02x%s=x", name[0], name[1:]), "a=b;" + name + "=x", "+" + name + "=x", name + "%00=x",
		name + "[]=x", name + "%5B0%5D=x", strings.ReplaceAll(name, "_", ".") + "=x", strings.ReplaceAll(name, "_", "%20") + "=x",
		"%zz=%zz&" + name + "=x", strings.Repeat("a&", 300) + name + "=x",
	}
}

func TestAnEndpointCannotOverrideOurParameters(t *testing.T) {
	for endpoint, path := range endpoints {
		if endpoint == "jwks_uri" {
			continue // no parameter is sent there
		}
		as := newAuthServer(t)
		asks := func(c *flow.Config) { c.Params = []flow.Pair{{Name: "prompt", Value: "login"}} }
		for _, name := range repeated {
			if name == "prompt" && endpoint != "authorization_endpoint" && path != "/par" {
				continue // not sent there
			}
			queries := spellings(name)
			if name != "state" { // the spellings of every name are tried with the flags, below
				queries = queries[:1]
			}
			for _, query := range queries {
				as.metadata[endpoint] = as.URL + path + "?" + query
				w := as.walk(asks)
				_, err := w.Do(t.Context(), flow.StepSetUp)
				w.Close()
				if err == nil {
					t.Errorf("%s?%.60s: the walk goes on", endpoint, query)
					continue
				}
				if bad := unusable(t, err, flow.FieldIssuer); bad.Args[0] != endpoint || bad.Within == nil || !slices.Equal(bad.Within.Args, []string{name}) {
					t.Errorf("%s?%.60s: %v", endpoint, query, bad)
				}
			}
		}
	}
}

func TestAnEndpointByFlagCannotOverrideOurParameters(t *testing.T) {
	for _, setting := range []flow.Field{flow.FieldAuthURL, flow.FieldTokenURL} {
		for _, name := range repeated {
			if name == "prompt" && setting == flow.FieldTokenURL {
				continue // not sent there
			}
			for _, query := range spellings(name) {
				c := flow.Config{AuthURL: "https://as.example/authorize", TokenURL: "https://as.example/token", ClientID: clientID,
					Params: []flow.Pair{{Name: "prompt", Value: "login"}}}
				url := map[flow.Field]*string{flow.FieldAuthURL: &c.AuthURL, flow.FieldTokenURL: &c.TokenURL}[setting]
				*url += "?" + query
				_, err := flow.New(c)
				if err == nil {
					t.Errorf("%s ?%.60s: taken", setting, query)
					continue
				}
				if bad := unusable(t, err, setting); !slices.Equal(bad.Args, []string{name}) {
					t.Errorf("%s ?%.60s: %v", setting, query, bad)
				}
			}
		}
	}
}

// Azure AD B2C names its policy in the query of every endpoint.
func TestEveryParameterOfOursIsSentOnceBesideAnEndpointsOwn(t *testing.T) {
	const own = "?p=B2C_1_sign_in&api-version=2;x&client_idp=saml&statement="
	for _, pushed := range []bool{false, true} {
		for _, auth := range []flow.ClientAuth{flow.AuthBasic, flow.AuthPost} {
			as := newAuthServer(t)
			if pushed {
				pushing(as, says(201, `{"request_uri":"urn:x","expires_in":60}`))
				as.on("/authorize", as.afterPush)
			}
			for name, path := range endpoints {
				if _, there := as.metadata[name]; there {
					as.metadata[name] = as.URL + path + own
				}
			}
			w := as.walk(func(c *flow.Config) {
				c.ClientAuth = auth
				c.Params = []flow.Pair{{Name: "prompt", Value: "login"}, {Name: "resource", Value: "https://a.example"}}
			})
			ended(t, play(t, w, flow.StepRefresh), flow.GotTokens, flow.StepRefresh)
			ended(t, w.Revoke(t.Context()), flow.GoOn, flow.StepRefresh)
			for name, path := range endpoints {
				if path == "/par" && !pushed {
					continue
				}
				got := as.got(path)
				if len(got) == 0 {
					t.Errorf("nothing reached the %s", name)
				}
				for _, r := range got {
					sentOnce(t, r, own)
				}
			}
		}
	}
}

// sentOnce checks the raw query and the form of a request: the endpoint's own
// query first, as it was, and no parameter twice.
func sentOnce(t *testing.T, r request, own string) {
	t.Helper()
	rest, ok := strings.CutPrefix("?"+r.URL.RawQuery, own)
	if !ok {
		t.Errorf("%s: the endpoint's own query became %s", r.URL.Path, r.URL.RawQuery)
	}
	sent := map[string]int{}
	for _, pair := range strings.FieldsFunc(rest, func(r rune) bool { return r == '&' || r == ';' }) {
		name, _, _ := strings.Cut(pair, "=")
		sent[name]++
	}
	for name, values := range r.form {
		sent[name] += len(values)
	}
	for name, n := range sent {
		if n != 1 {
			t.Errorf("%s: %s is sent %d times", r.URL.Path, name, n)
		}
	}
}

// afterPush goes back to the redirect URI that was pushed.
func (as *authServer) afterPush(w http.ResponseWriter, r *http.Request) {
	pushed := as.got("/par")[0].form
	as.nonce = pushed.Get("nonce")
	back := url.Values{"code": {theCode}, "state": {pushed.Get("state")}, "iss": {as.URL}}
	http.Redirect(w, r, pushed.Get("redirect_uri")+"?"+back.Encode(), http.StatusSeeOther)
}

// Okta's metadata for one app names its keys so; nothing is sent there.
func TestAKeySetMayNameTheClientInItsQuery(t *testing.T) {
	as := newAuthServer(t)
	as.metadata["jwks_uri"] = as.URL + "/jwks?client_id=other"
	ended(t, play(t, as.walk(), flow.StepRefresh), flow.GotTokens, flow.StepRefresh)
}

func TestAParameterIsGivenOnce(t *testing.T) {
	for name, params := range map[string][]flow.Pair{
		"twice":                   {{Name: "prompt", Value: "login"}, {Name: "prompt", Value: "none"}},
		"twice, the same":         {{Name: "prompt", Value: "login"}, {Name: "prompt", Value: "login"}},
		"in another case":         {{Name: "prompt", Value: "login"}, {Name: "Prompt", Value: "none"}},
		"twice in a list":         {{Name: "ids[1]", Value: "a"}, {Name: "ids[1]", Value: "b"}},
		"the state, in capitals":  {{Name: "STATE", Value: "x"}},
		"the state, with a blank": {{Name: " state", Value: "x"}},
		"the client, as a list":   {{Name: "client_id[]", Value: "x"}},
		"a blank name":            {{Name: " ", Value: "x"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := flow.New(flow.Config{Issuer: "https://as.example", ClientID: clientID, Params: params})
			unusable(t, err, flow.FieldParam)
		})
	}
	for name, params := range map[string][]flow.Pair{
		"two resources":   {{Name: "resource", Value: "https://a.example"}, {Name: "resource", Value: "https://b.example"}}, // RFC 8707 §2
		"a list":          {{Name: "ids[]", Value: "a"}, {Name: "ids[]", Value: "b"}},
		"a numbered list": {{Name: "ids[0]", Value: "a"}, {Name: "ids[1]", Value: "b"}},
	} {
		if _, err := flow.New(flow.Config{Issuer: "https://as.example", ClientID: clientID, Params: params}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnIssuerHasNoQueryAndNoFragment(t *testing.T) {
	for _, end := range []string{"?p=policy", "/?p=policy", "?", "#", "#x", oidcAddress + "?p=policy"} {
		_, err := flow.New(flow.Config{Issuer: "https://as.example" + end, ClientID: clientID})
		if err == nil {
			t.Errorf("%s is taken", end)
			continue
		}
		if bad := unusable(t, err, flow.FieldIssuer); bad.Code != flow.CodeQueryOfIssuer {
			t.Errorf("%s: %v", end, bad)
		}
	}
}

// Behind an empty fragment every parameter would be lost.
func TestAnEndpointHasNoFragmentNotEvenAnEmptyOne(t *testing.T) {
	for _, end := range []string{"#", "#x", "?p=policy#"} {
		_, err := flow.New(flow.Config{AuthURL: "https://as.example/a" + end, TokenURL: "https://as.example/t", ClientID: clientID})
		if err == nil {
			t.Errorf("%s is taken", end)
			continue
		}
		unusable(t, err, flow.FieldAuthURL)
	}
}

func TestAProblemWithAURLDoesNotShowItsSecrets(t *testing.T) {
	const secret = "hunter2"
	for _, raw := range []string{
		"https://me:hunter2@as.example/a", "https://hunter2@as.example/a", "ftp://me:hunter2@as.example/a",
		"https://me:hunter2%zz@as.example/a", "https://me:hunter2/x@as.example/a", "https://as.example/%zz?sig=hunter2", "https://as.example/%zz#hunter2",
		"http://as.example/a?sig=hunter2", "https://as.example/a?client_secret=hunter2", "https://as.example/a?state=x&sig=hunter2",
		"ftp://as.example/a?sig=hunter2", "https://as.example/a?sig=hunter2#x", "https://as.example/a#access_token=hunter2",
		"https:///a?sig=hunter2", "mailto:hunter2@as.example",
	} {
		for setting, c := range map[flow.Field]flow.Config{
			flow.FieldIssuer:   {Issuer: raw, ClientID: clientID},
			flow.FieldAuthURL:  {AuthURL: raw, TokenURL: "https://as.example/t", ClientID: clientID},
			flow.FieldTokenURL: {AuthURL: "https://as.example/a", TokenURL: raw, ClientID: clientID},
		} {
			_, err := flow.New(c)
			if err == nil {
				t.Errorf("%s %s is taken", setting, raw)
				continue
			}
			if bad := unusable(t, err, setting); strings.Contains(bad.Error(), secret) {
				t.Errorf("the secret is in %q", bad)
			}
		}
		as := newAuthServer(t)
		as.metadata["token_endpoint"] = raw
		_, err := as.walk().Do(t.Context(), flow.StepSetUp)
		if err == nil {
			t.Errorf("token_endpoint %s is taken", raw)
			continue
		}
		if bad := unusable(t, err, flow.FieldIssuer); strings.Contains(bad.Error(), secret) {
			t.Errorf("the secret is in %q", bad)
		}
	}
}

// The walk's own transport, not one of the test's: RFC 9325 §3.1.1 wants TLS 1.2.
func TestAServerWithTLSBelow12GetsNothing(t *testing.T) {
	as := newAuthServer(t)
	old := httptest.NewUnstartedServer(as)
	old.TLS = &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}
	old.Config.ErrorLog = log.New(io.Discard, "", 0)
	old.StartTLS()
	t.Cleanup(old.Close)
	out := play(t, as.walk(func(c *flow.Config) { c.Issuer, c.Insecure = old.URL, true }), flow.StepSetUp)
	ended(t, out, flow.NoAnswer, flow.StepSetUp)
	if !strings.Contains(out.Why, "protocol version") {
		t.Errorf("why: %s", out.Why)
	}
}
