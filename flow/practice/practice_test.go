package practice_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/grantwalk/flow/practice"
)

// A bench is a running server, a clock to turn, and a browser.
type bench struct {
	t      *testing.T
	server *practice.Server
	clock  *clock
	http   *http.Client // keeps cookies, follows no redirect
}

type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// start runs a server with an ES256 key, unless told otherwise.
func start(t *testing.T, change ...func(*practice.Options)) *bench {
	t.Helper()
	c := &clock{now: time.Now()}
	o := practice.Options{Now: c.Now, SigningAlg: "ES256"}
	for _, f := range change {
		f(&o)
	}
	server, err := practice.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return &bench{t: t, server: server, clock: c, http: newBrowser(t)}
}

func newBrowser(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Jar: jar, Transport: transport, Timeout: 20 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// An answer is a response whose body was read.
type answer struct {
	*http.Response
	body string
}

func (a answer) json(t *testing.T) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal([]byte(a.body), &m); err != nil {
		t.Fatalf("%s: not JSON: %v: %s", a.Status, err, a.body)
	}
	return m
}

func (a answer) text(t *testing.T, name string) string {
	t.Helper()
	s, _ := a.json(t)[name].(string)
	return s
}

func (b *bench) do(method, path, contentType, body string, header ...string) answer {
	b.t.Helper()
	address := path
	if strings.HasPrefix(path, "/") {
		address = b.server.Issuer() + path
	}
	req, err := http.NewRequestWithContext(b.t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	for i := 0; i+1 < len(header); i += 2 {
		if header[i] == "Host" {
			req.Host = header[i+1]
		}
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := b.http.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	read, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return answer{resp, string(read)}
}

func (b *bench) get(path string, header ...string) answer {
	b.t.Helper()
	return b.do(http.MethodGet, path, "", "", header...)
}

func (b *bench) post(path string, form url.Values, header ...string) answer {
	b.t.Helper()
	return b.do(http.MethodPost, path, "application/x-www-form-urlencoded", form.Encode(), header...)
}

const (
	callback = "http://127.0.0.1:49152/callback"
	verifier = "the-verifier-of-these-tests-0123456789-ABCDEFG"
)

func s256(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// with copies a form and changes it: pairs of name and value, "" to leave out.
func with(form url.Values, pairs ...string) url.Values {
	out := url.Values{}
	for name, values := range form {
		out[name] = append([]string(nil), values...)
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		out.Del(pairs[i])
		if pairs[i+1] != "" {
			out.Set(pairs[i], pairs[i+1])
		}
	}
	return out
}

// request is a right authorization request of the confidential client.
func request(pairs ...string) url.Values {
	return with(url.Values{
		"response_type": {"code"}, "client_id": {practice.ConfidentialClient}, "redirect_uri": {callback},
		"scope": {"openid profile email"}, "state": {"the-state"}, "nonce": {"the-nonce"},
		"code_challenge": {s256(verifier)}, "code_challenge_method": {"S256"},
	}, pairs...)
}

// exchange is the right token request for it.
func exchange(code string, pairs ...string) url.Values {
	return with(url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {callback}, "code_verifier": {verifier},
		"client_id": {practice.ConfidentialClient}, "client_secret": {practice.ClientSecret},
	}, pairs...)
}

// refresh is the right token request for a refresh token.
func refresh(token string, pairs ...string) url.Values {
	return with(url.Values{
		"grant_type": {"refresh_token"}, "refresh_token": {token},
		"client_id": {practice.ConfidentialClient}, "client_secret": {practice.ClientSecret},
	}, pairs...)
}

var consentID = regexp.MustCompile(`name="consent" value="([^"]+)"`)

// page asks for the page and returns its consent id.
func (b *bench) page(req url.Values) string {
	b.t.Helper()
	a := b.get("/authorize?" + req.Encode())
	found := consentID.FindStringSubmatch(a.body)
	if a.StatusCode != http.StatusOK || found == nil {
		b.t.Fatalf("no page but %s %s %s", a.Status, a.Header.Get("Location"), a.body)
	}
	return found[1]
}

func (b *bench) decide(consent, user, decision string) answer {
	b.t.Helper()
	return b.post("/authorize", url.Values{"consent": {consent}, "user": {user}, "decision": {decision}})
}

// approve plays the browser's part and returns the parameters that the client
// gets.
func (b *bench) approve(req url.Values) url.Values {
	b.t.Helper()
	return b.redirected(b.decide(b.page(req), "alice", "approve"))
}

func (b *bench) redirected(a answer) url.Values {
	b.t.Helper()
	u, err := url.Parse(a.Header.Get("Location"))
	if err != nil || a.StatusCode != http.StatusSeeOther {
		b.t.Fatalf("no redirect but %s: %v: %s", a.Status, err, a.body)
	}
	if got := u.Scheme + "://" + u.Host + u.Path; got != callback {
		b.t.Fatalf("redirected to %s", got)
	}
	return u.Query()
}

// code goes as far as a code.
func (b *bench) code(pairs ...string) string {
	b.t.Helper()
	return b.approve(request(pairs...)).Get("code")
}

// tokens goes as far as tokens.
func (b *bench) tokens() (access, refresh string) {
	b.t.Helper()
	a := b.post("/token", exchange(b.code()))
	if a.StatusCode != http.StatusOK {
		b.t.Fatalf("no tokens but %s %s", a.Status, a.body)
	}
	return a.text(b.t, "access_token"), a.text(b.t, "refresh_token")
}

func (b *bench) active(token string) bool {
	b.t.Helper()
	a := b.post("/introspect", url.Values{"token": {token},
		"client_id": {practice.ConfidentialClient}, "client_secret": {practice.ClientSecret}})
	active, ok := a.json(b.t)["active"].(bool)
	if !ok {
		b.t.Fatalf("introspect: %s %s", a.Status, a.body)
	}
	return active
}

// refused checks a refusal in the words of RFC 6749 §5.2.
func refused(t *testing.T, a answer, status int, code, description string) {
	t.Helper()
	if a.StatusCode != status || a.text(t, "error") != code || !strings.Contains(a.text(t, "error_description"), description) {
		t.Errorf("got %d %s\nwant %d %s …%s…", a.StatusCode, a.body, status, code, description)
	}
	for _, r := range a.text(t, "error_description") {
		if r < ' ' || r > '~' || r == '"' || r == '\\' {
			t.Errorf("%q is not allowed in an error_description (RFC 6749 §5.2): %s", r, a.body)
		}
	}
	if a.Header.Get("Cache-Control") != "no-store" || a.Header.Get("Content-Type") != "application/json" {
		t.Errorf("headers: %v", a.Header)
	}
}

func mustParse(t *testing.T, raw string) *url.URL {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
