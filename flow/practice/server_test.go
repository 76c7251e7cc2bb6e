package practice_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"example.com/grantwalk/flow/practice"
)

func TestTheServerStaysOnThisMachine(t *testing.T) {
	for _, address := range []string{"0.0.0.0:0", ":0", "[::]:0", "192.0.2.1:80", "example.com:80"} {
		if s, err := practice.Start(practice.Options{Listen: address, SigningAlg: "ES256"}); err == nil || !strings.Contains(err.Error(), "not a loopback address") {
			t.Errorf("%s: %v", address, err)
			if err == nil {
				s.Close()
			}
		}
	}
}

func TestBadOptionsAreErrors(t *testing.T) {
	b := start(t)
	for name, c := range map[string]struct {
		options practice.Options
		says    string
	}{
		"a port in use":        {practice.Options{SigningAlg: "ES256", Listen: strings.TrimPrefix(b.server.Issuer(), "http://")}, "in use"},
		"no port":              {practice.Options{Listen: "127.0.0.1"}, "missing port"},
		"an unknown algorithm": {practice.Options{SigningAlg: "none"}, `"none"`},
	} {
		if _, err := practice.Start(c.options); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOnlyLoopbackNamesReachTheServer(t *testing.T) {
	b := start(t)
	port := mustParse(t, b.server.Issuer()).Port()
	for host, want := range map[string]int{
		"127.0.0.1:" + port:         200,
		"localhost:" + port:         200,
		"[::1]:" + port:             200,
		"rebound.example:" + port:   421,
		"127.0.0.1":                 421,
		"127.0.0.1:1":               421,
		"127.0.0.1.example:" + port: 421,
	} {
		if a := b.get("/jwks", "Host", host); a.StatusCode != want {
			t.Errorf("%s: %s", host, a.Status)
		}
	}
}

func TestTheHandlerServesWithoutTheListener(t *testing.T) {
	b := start(t)
	rec := httptest.NewRecorder()
	b.server.Handler().ServeHTTP(rec, httptest.NewRequest(http.MethodGet, b.server.Issuer()+"/", nil))
	for _, want := range []string{b.server.Issuer(), practice.ConfidentialClient, practice.ClientSecret, practice.PublicClient} {
		if !strings.Contains(rec.Body.String(), want) {
			t.Errorf("the index page does not name %s", want)
		}
	}
}

func TestAnUnknownAddressGetsAPageThatSaysSo(t *testing.T) {
	b := start(t)
	if a := b.get("/oauth/token"); a.StatusCode != 404 || !strings.Contains(a.body, "nothing is at &#39;/oauth/token&#39;") {
		t.Errorf("%s %s", a.Status, a.body)
	}
}

func TestAnotherMethodIsToldEveryOneThatWorks(t *testing.T) {
	b := start(t)
	for path, want := range map[string]string{
		"/token": "POST, OPTIONS", // browser apps ask first
		"/par":   "POST",
		"/jwks":  "GET, HEAD, OPTIONS",
	} {
		a := b.do(http.MethodPut, path, "", "")
		if a.StatusCode != http.StatusMethodNotAllowed || a.Header.Get("Allow") != want {
			t.Errorf("%s: %s, Allow %q, want %q", path, a.Status, a.Header.Get("Allow"), want)
		}
	}
}

func TestTheDateIsTheServersClock(t *testing.T) {
	b := start(t)
	b.clock.pass(-26 * time.Hour)
	if got, want := b.get("/jwks").Header.Get("Date"), b.clock.Now().UTC().Format(http.TimeFormat); got != want {
		t.Errorf("Date %s, want %s", got, want)
	}
}

func TestValuesComeFromTheGivenRandomness(t *testing.T) {
	b := start(t, func(o *practice.Options) { o.Rand = bytes.NewReader(make([]byte, 1000)) })
	if got, want := b.code(), "pc_"+strings.Repeat("A", 40); got != want {
		t.Errorf("got %s", got)
	}
}

func TestTheLogTellsEachDecisionAndNoSecret(t *testing.T) {
	var mu sync.Mutex
	var got []practice.Event
	b := start(t, func(o *practice.Options) {
		o.Log = func(e practice.Event) {
			mu.Lock()
			defer mu.Unlock()
			got = append(got, e)
		}
	})
	code := b.code()
	a := b.post("/token", exchange(code))
	b.post("/token", exchange(code))
	b.get("/authorize?" + url.Values{"client_id": {"x\x1b[31m"}}.Encode())
	want := []practice.Event{
		{Method: "GET", Path: "/authorize", ClientID: "demo-app", Status: 200, Decision: "page shown"},
		{Method: "POST", Path: "/authorize", ClientID: "demo-app", Status: 303, Decision: "code issued"},
		{Method: "POST", Path: "/token", ClientID: "demo-app", Status: 200, Decision: "code redeemed"},
		{Method: "POST", Path: "/token", ClientID: "demo-app", Status: 400, Decision: "code_used",
			Detail: "the code was already used 0 s ago; the tokens it gave are revoked now (RFC 6749 section 4.1.2)"},
		{Method: "GET", Path: "/authorize", ClientID: "x\x1b[31m", Status: 400, Decision: "client_unknown",
			Detail: "no client is named '... (6 characters)': there are demo-app and demo-public"},
	}
	mu.Lock()
	defer mu.Unlock()
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(practice.Event{}, "Time", "Took")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for _, e := range got {
		for _, secret := range []string{code, verifier, practice.ClientSecret, a.text(t, "access_token")} {
			if strings.Contains(e.Detail.Raw()+e.Decision+e.Path.Raw()+e.ClientID.Raw(), secret) {
				t.Errorf("%+v holds a secret", e)
			}
		}
	}
}

func TestCloseLeavesNoGoroutineBehind(t *testing.T) {
	before := runtime.NumGoroutine()
	s, err := practice.Start(practice.Options{SigningAlg: "ES256"})
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	resp, err := (&http.Client{Transport: transport}).Get(s.Issuer() + "/jwks")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	transport.CloseIdleConnections()
	// The server's own are gone when Close returns; the client's need a moment.
	for deadline := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before; runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatalf("%d goroutines, %d before", runtime.NumGoroutine(), before)
		}
	}
}
