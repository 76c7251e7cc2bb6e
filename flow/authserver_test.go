package flow_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/flow"
	"example.com/grantwalk/flow/record"
)

// What the server of these tests gives out, unless its script says otherwise.
const (
	theCode    = "c0de/with+every%char=in&it"
	theAccess  = "access-token-of-these-tests"
	theRefresh = "refresh-token-of-these-tests"
	clientID   = "the client"
	theSecret  = "s3cret:with/+%&=äll"
)

// An authServer is an authorization server on a real socket. The test is its
// script: it replaces what single endpoints answer, and reads what reached them.
type authServer struct {
	*httptest.Server
	t   testing.TB
	key jose.JSONWebKey

	mu       sync.Mutex
	script   map[string]http.HandlerFunc
	answer   func(url.Values) // changes what the redirect carries back
	metadata map[string]any
	requests []request
	nonce    string // of the last authorization request
}

// A request is one that reached the server, its form read.
type request struct {
	*http.Request
	form url.Values
}

func newAuthServer(t testing.TB) *authServer {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	as := &authServer{t: t, script: map[string]http.HandlerFunc{}, answer: func(url.Values) {},
		key: jose.JSONWebKey{Key: private, KeyID: "k1", Algorithm: "ES256", Use: "sig"}}
	as.Server = httptest.NewServer(as)
	t.Cleanup(as.Close)
	as.metadata = map[string]any{
		"issuer":                                as.URL,
		"authorization_endpoint":                as.URL + "/authorize",
		"token_endpoint":                        as.URL + "/token",
		"jwks_uri":                              as.URL + "/jwks",
		"userinfo_endpoint":                     as.URL + "/userinfo",
		"revocation_endpoint":                   as.URL + "/revoke",
		"scopes_supported":                      []string{"openid"},
		"id_token_signing_alg_values_supported": []string{"ES256"},
		"authorization_response_iss_parameter_supported": true,
	}
	as.on("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) { reply(w, 200, as.metadata) })
	as.on("/authorize", as.authorize)
	as.on("/token", func(w http.ResponseWriter, _ *http.Request) { reply(w, 200, as.grant()) })
	as.on("/jwks", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, 200, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{as.key.Public()}})
	})
	as.on("/userinfo", func(w http.ResponseWriter, _ *http.Request) { reply(w, 200, map[string]any{"sub": "alice"}) })
	as.on("/revoke", func(http.ResponseWriter, *http.Request) {})
	return as
}

// on sets what answers at a path.
func (as *authServer) on(path string, h http.HandlerFunc) {
	as.mu.Lock()
	defer as.mu.Unlock()
	as.script[path] = h
}

func (as *authServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	form, _ := url.ParseQuery(string(body))
	as.mu.Lock()
	as.requests = append(as.requests, request{r, form})
	h := as.script[r.URL.Path]
	as.mu.Unlock()
	if h == nil {
		http.NotFound(w, r)
		return
	}
	h(w, r)
}

// got are the requests that reached a path.
func (as *authServer) got(path string) []request {
	as.mu.Lock()
	defer as.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(as.requests), func(r request) bool { return r.URL.Path != path })
}

// authorize asks nobody and goes straight back.
func (as *authServer) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	as.nonce = q.Get("nonce")
	back := url.Values{"code": {theCode}, "state": {q.Get("state")}, "iss": {as.URL}}
	as.answer(back)
	http.Redirect(w, r, q.Get("redirect_uri")+"?"+back.Encode(), http.StatusSeeOther)
}

func (as *authServer) grant() map[string]any {
	return map[string]any{
		"access_token": theAccess, "refresh_token": theRefresh, "token_type": "Bearer", "expires_in": 3600,
		"id_token": as.idToken(nil),
	}
}

// idToken is a right one with some claims changed.
func (as *authServer) idToken(change map[string]any) string {
	claims := map[string]any{
		"iss": as.URL, "sub": "alice", "aud": clientID, "nonce": as.nonce,
		"iat": time.Now().Unix(), "exp": time.Now().Add(time.Hour).Unix(),
	}
	maps.Copy(claims, change)
	return sign(as.t, jose.ES256, as.key, claims)
}

func sign(t testing.TB, alg jose.SignatureAlgorithm, key any, claims map[string]any) string {
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, nil)
	if err != nil {
		t.Error(err)
		return ""
	}
	payload, _ := json.Marshal(claims)
	jws, err := signer.Sign(payload)
	if err != nil {
		t.Error(err)
		return ""
	}
	token, _ := jws.CompactSerialize()
	return token
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

// says answers with these bytes and headers, given as names and values.
func says(status int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// An opener is somebody who does as the function says when the page is shown.
type opener func(ctx context.Context, address string) error

func (o opener) Open(ctx context.Context, address string) error { return o(ctx, address) }

// follow goes to the address and wherever it leads.
func follow(ctx context.Context, address string) error {
	_, err := visit(ctx, address)
	return err
}

// visit reads the page at which address ends.
func visit(ctx context.Context, address string, change ...func(*http.Request)) (*page, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	for _, f := range change {
		f(req)
	}
	return do(req)
}

// A page is what a browser got to see.
type page struct {
	status int
	header http.Header
	body   string
}

func do(req *http.Request) (*page, error) {
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return &page{resp.StatusCode, resp.Header, string(body)}, err
}

// walk is a walk with the server, by discovery, whose browser follows its redirects.
func (as *authServer) walk(change ...func(*flow.Config)) *flow.Walk {
	as.t.Helper()
	c := flow.Config{Issuer: as.URL, ClientID: clientID, ClientSecret: theSecret}
	for _, f := range change {
		f(&c)
	}
	w, err := flow.New(c)
	if err != nil {
		as.t.Fatal(err)
	}
	w.Browser = opener(follow)
	as.t.Cleanup(w.Close)
	return w
}

// explicit gives the two endpoints by hand.
func (as *authServer) explicit(c *flow.Config) {
	c.Issuer, c.AuthURL, c.TokenURL = "", as.URL+"/authorize", as.URL+"/token"
}

// play takes the steps up to and with last, or to the end that comes before it.
func play(t testing.TB, w *flow.Walk, last flow.Step) flow.Outcome {
	t.Helper()
	return resume(t, w, flow.StepSetUp, last)
}

// resume takes the steps from first to last.
func resume(t testing.TB, w *flow.Walk, first, last flow.Step) flow.Outcome {
	t.Helper()
	var out flow.Outcome
	for step := first; step <= last; step++ {
		var err error
		if out, err = w.Do(t.Context(), step); err != nil {
			t.Fatalf("%s: %v", step, err)
		}
		if out.Kind != flow.GoOn {
			break
		}
	}
	return out
}

// ended checks how a walk ended, and that its words are fit to print.
func ended(t testing.TB, out flow.Outcome, kind flow.Kind, step flow.Step) {
	t.Helper()
	if out.Kind != kind || out.Step != step {
		t.Fatalf("got %q at %s: %s %+v\nwant %q at %s", out.Kind, out.Step, out.Why, out.Error, kind, step)
	}
	if !safe.Clean(out.Why) || len(out.Why) > 1000 {
		t.Errorf("not fit to print: %.2000q", out.Why)
	}
}

// refusedWith checks the server's own words.
func refusedWith(t testing.TB, out flow.Outcome, want flow.ErrorResponse) {
	t.Helper()
	if out.Error == nil || *out.Error != want {
		t.Errorf("got %+v, want %+v", out.Error, want)
	}
}

// unusable checks that a step failed because of that setting.
func unusable(t testing.TB, err error, field flow.Field) *flow.Problem {
	t.Helper()
	var bad *flow.Problem
	if !errors.As(err, &bad) {
		t.Fatalf("got %v, want a Problem", err)
	}
	if bad.Field != field || bad.Code == "" {
		t.Errorf("got %+v, want one of %s with a code", bad, field)
	}
	if !safe.Clean(bad.Error()) || len(bad.Error()) > 1000 {
		t.Errorf("not fit to print: %.2000q", bad.Error())
	}
	return bad
}

// message is the last one of that name.
func message(t testing.TB, w *flow.Walk, name string) record.Message {
	t.Helper()
	for _, m := range slices.Backward(w.Transcript.Messages()) {
		if m.Name == name {
			return m
		}
	}
	t.Fatalf("no %s in the transcript", name)
	return record.Message{}
}

// param is one parameter of the last message of that name.
func param(t testing.TB, w *flow.Walk, messageName, name string) record.Param {
	t.Helper()
	p, ok := message(t, w, messageName).Param(name)
	if !ok {
		t.Fatalf("no %s in the %s", name, messageName)
	}
	return p
}

// printed is all that a walk would show of itself, secrets not revealed.
func printed(t testing.TB, w *flow.Walk) string {
	t.Helper()
	var b strings.Builder
	if err := w.Save(&b, false); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(&b, "%+v %+v %+v", w.Transcript.Messages(), w.Transcript.Unexpected(), w.Evidence())
	return b.String()
}
