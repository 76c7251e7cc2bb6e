package flow_test

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"example.com/grantwalk/flow"
)

// asked is the query of the authorization request that the browser would carry.
func asked(t *testing.T, w *flow.Walk) url.Values {
	t.Helper()
	u, err := url.Parse(w.Request.URL)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query()
}

func TestTheAuthorizationRequestHasWhatTheRFCDemands(t *testing.T) {
	as := newAuthServer(t)
	w := as.walk(func(c *flow.Config) { c.Scopes = []string{"openid", "email"} })
	ended(t, play(t, w, flow.StepAuthorize), flow.GoOn, flow.StepAuthorize)
	q := asked(t, w)
	for name, want := range map[string]string{
		"response_type": "code", "client_id": clientID, "scope": "openid email",
		"redirect_uri": w.Request.RedirectURI, "state": w.Request.State.Reveal(), "nonce": w.Request.Nonce,
	} {
		if q.Get(name) != want || len(q[name]) != 1 {
			t.Errorf("%s is %q, want %q", name, q[name], want)
		}
	}
	if len(w.Request.State.Reveal()) < 43 || len(w.Request.Nonce) < 43 || w.Request.Nonce == w.Request.State.Reveal() {
		t.Errorf("state %d and nonce %d characters, or the same", len(w.Request.State.Reveal()), len(w.Request.Nonce))
	}
	if strings.Contains(w.Request.RedirectURI, ":0/") {
		t.Errorf("port 0 was not replaced: %s", w.Request.RedirectURI)
	}
}

func TestTwoWalksShareNoRandomValue(t *testing.T) {
	as := newAuthServer(t)
	a, b := as.walk(), as.walk()
	play(t, a, flow.StepAuthorize)
	play(t, b, flow.StepAuthorize)
	if a.Request.State == b.Request.State || a.Request.Nonce == b.Request.Nonce || a.Request.Verifier == b.Request.Verifier {
		t.Error("they do")
	}
}

func TestTheNonceIsLeftOutWithoutOpenid(t *testing.T) {
	w := newAuthServer(t).walk(func(c *flow.Config) { c.Scopes = []string{"email"} })
	play(t, w, flow.StepAuthorize)
	if asked(t, w).Has("nonce") {
		t.Error("there is one")
	}
}

func TestTheChallengeFitsTheVerifierThatTheExchangeSends(t *testing.T) {
	for _, method := range []flow.PKCE{"", flow.PKCES256, flow.PKCEPlain, flow.PKCENone} {
		t.Run("pkce "+string(method), func(t *testing.T) {
			as := newAuthServer(t)
			w := as.walk(func(c *flow.Config) { c.PKCE = method })
			ended(t, play(t, w, flow.StepExchange), flow.GoOn, flow.StepExchange)
			q, form := as.got("/authorize")[0].URL.Query(), as.got("/token")[0].form
			verifier := form.Get("code_verifier")
			switch method {
			case flow.PKCENone:
				if q.Has("code_challenge") || q.Has("code_challenge_method") || form.Has("code_verifier") {
					t.Errorf("asked %v, sent %v", q, form)
				}
			case flow.PKCEPlain:
				if q.Get("code_challenge_method") != "plain" || q.Get("code_challenge") != verifier || verifier == "" {
					t.Errorf("asked %v, sent %q", q, verifier)
				}
			default:
				sum := sha256.Sum256([]byte(verifier))
				if q.Get("code_challenge_method") != "S256" || q.Get("code_challenge") != base64.RawURLEncoding.EncodeToString(sum[:]) {
					t.Errorf("asked %v, sent %q", q, verifier)
				}
			}
			if verifier != "" && (len(verifier) < 43 || len(verifier) > 128) { // RFC 7636 §4.1
				t.Errorf("a verifier of %d characters", len(verifier))
			}
			if verifier != "" && strings.Contains(printed(t, w), verifier) {
				t.Error("the verifier can be read in the transcript")
			}
		})
	}
}

func TestFurtherParametersAreSentAsGivenAndInOrder(t *testing.T) {
	w := newAuthServer(t).walk(func(c *flow.Config) {
		c.Params = []flow.Pair{{Name: "prompt", Value: "select_account consent"}, {Name: "resource", Value: "https://a.example/?x=1&y"}, {Name: "resource", Value: "b"}}
	})
	play(t, w, flow.StepAuthorize)
	const want = "&prompt=select_account+consent&resource=https%3A%2F%2Fa.example%2F%3Fx%3D1%26y&resource=b"
	if !strings.HasSuffix(w.Request.URL, want) {
		t.Errorf("got %s\nwant …%s", w.Request.URL, want)
	}
}

func TestTheQueryThatAnEndpointHasIsKept(t *testing.T) {
	for query, want := range map[string]string{"?tenant=a%20b": "?tenant=a%20b&response_type=code&", "?": "?response_type=code&", "?x=1&": "?x=1&response_type=code&"} {
		as := newAuthServer(t)
		as.metadata["authorization_endpoint"] = as.URL + "/authorize" + query
		w := as.walk()
		ended(t, play(t, w, flow.StepRefresh), flow.GotTokens, flow.StepRefresh)
		if want = as.URL + "/authorize" + want; !strings.HasPrefix(w.Request.URL, want) {
			t.Errorf("got %s\nwant %s…", w.Request.URL, want)
		}
	}
}

// pushing makes the server demand pushed requests (RFC 9126 §5).
func pushing(as *authServer, par http.HandlerFunc) {
	as.metadata["require_pushed_authorization_requests"] = true
	as.metadata["pushed_authorization_request_endpoint"] = as.URL + "/par"
	as.on("/par", par)
}

func TestARequestThatMustBePushedLeavesOnlyItsReferenceToTheBrowser(t *testing.T) {
	for _, auth := range []flow.ClientAuth{flow.AuthBasic, flow.AuthPost, flow.AuthNone} {
		t.Run(string(auth), func(t *testing.T) {
			as := newAuthServer(t)
			pushing(as, says(201, `{"request_uri":"urn:ietf:params:oauth:request_uri:abc","expires_in":60}`))
			w := as.walk(func(c *flow.Config) {
				c.ClientAuth, c.PKCE = auth, flow.PKCEPlain
				if auth == flow.AuthNone {
					c.ClientSecret = ""
				}
			})
			ended(t, play(t, w, flow.StepAuthorize), flow.GoOn, flow.StepAuthorize)

			if got, want := asked(t, w).Encode(), "client_id=the+client&request_uri=urn%3Aietf%3Aparams%3Aoauth%3Arequest_uri%3Aabc"; got != want {
				t.Errorf("the browser carries %s", got)
			}
			pushed := as.got("/par")[0]
			authenticated(t, pushed, auth)
			if f := pushed.form; f.Get("redirect_uri") != w.Request.RedirectURI || f.Get("state") != w.Request.State.Reveal() || f.Get("code_challenge") != w.Request.Verifier.Reveal() {
				t.Errorf("pushed %v", f)
			}
			if text := printed(t, w); strings.Contains(text, w.Request.Verifier.Reveal()) || strings.Contains(text, w.Request.State.Reveal()) {
				t.Error("the verifier or the state can be read in the transcript")
			}
			seen := w.Evidence().Authorizations
			if len(seen) != 1 {
				t.Fatalf("evidence of %d requests: %+v", len(seen), seen)
			}
			if a := seen[0]; a.RedirectURI.Raw() != w.Request.RedirectURI || a.ClientID != clientID || a.Challenge != w.Request.Verifier || a.Endpoint.Raw() != as.URL+"/authorize" || a.Pushed {
				t.Errorf("evidence of the pushed request: %+v", a)
			}
		})
	}
}

func TestAPushedRequestThatIsRefusedEndsTheWalk(t *testing.T) {
	as := newAuthServer(t)
	pushing(as, says(400, `{"error":"invalid_request","error_description":"no such scope"}`))
	out := play(t, as.walk(), flow.StepRefresh)
	ended(t, out, flow.Refused, flow.StepAuthorize)
	refusedWith(t, out, flow.ErrorResponse{Error: "invalid_request", Description: "no such scope", Status: 400})
}

func TestAPushedRequestWithoutReferenceIsRefused(t *testing.T) {
	as := newAuthServer(t)
	pushing(as, says(201, `{"expires_in":60}`))
	out := play(t, as.walk(), flow.StepRefresh)
	ended(t, out, flow.Refused, flow.StepAuthorize)
	if !strings.Contains(out.Why, "no request_uri") {
		t.Errorf("why: %s", out.Why)
	}
}

func TestAPushedRequestToNobodyIsNoAnswer(t *testing.T) {
	as := newAuthServer(t)
	pushing(as, reset)
	ended(t, play(t, as.walk(), flow.StepRefresh), flow.NoAnswer, flow.StepAuthorize)
}

// authenticated checks how a request names the client (RFC 6749 §2.3.1).
func authenticated(t *testing.T, r request, auth flow.ClientAuth) {
	t.Helper()
	id, secret, basic := r.BasicAuth()
	id, _ = url.QueryUnescape(id)
	secret, _ = url.QueryUnescape(secret)
	inForm := r.form.Has("client_secret")
	switch auth {
	case flow.AuthBasic:
		if !basic || id != clientID || secret != theSecret || inForm {
			t.Errorf("basic: header %v as %q, form %v", basic, id, r.form)
		}
	case flow.AuthPost:
		if basic || r.form.Get("client_id") != clientID || r.form.Get("client_secret") != theSecret {
			t.Errorf("post: header %v, form %v", basic, r.form)
		}
	case flow.AuthNone:
		if basic || inForm || r.form.Get("client_id") != clientID {
			t.Errorf("none: header %v, form %v", basic, r.form)
		}
	}
}
