package walk

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/google/go-cmp/cmp"

	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/diagnose/wire"
	"example.com/grantwalk/flow"
	"example.com/grantwalk/flow/record"
	"example.com/grantwalk/tui/internal/golden"
	"example.com/grantwalk/tui/internal/shell"
)

func TestTheCurlCommandNamesSecretsAndDoesNotHoldThem(t *testing.T) {
	want := strings.Join([]string{
		`curl`, `  -u "demo-app:$CLIENT_SECRET_ENCODED"`, `  http://127.0.0.1:9096/token`, `  --data-urlencode "code=$CODE"`,
		`  --data-urlencode "code_verifier=$CODE_VERIFIER"`, `  --data-urlencode grant_type=authorization_code`,
		`  --data-urlencode redirect_uri=http://127.0.0.1:41234/callback`,
	}, " \\\n")
	m := script()[7]
	m.Params[0] = secret("header", "Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte("demo-app:not+a+word%21")))
	c, err := curlOf(m)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, c.String()); diff != "" {
		t.Error(diff)
	}
}

// sent is a request as a server received it.
type sent struct {
	method, uri, body                  string
	contentType, authorization, accept string
}

// params are its parameters as they were encoded.
func (s sent) params(in string) []string {
	_, encoded, _ := strings.Cut(s.uri, "?")
	if in == "form" {
		encoded = s.body
	}
	return slices.DeleteFunc(strings.Split(encoded, "&"), func(p string) bool { return p == "" })
}

// An echo is an authorization server that writes down what it receives. Everything
// else that it says is the test's.
type echo struct {
	*httptest.Server
	mu       sync.Mutex
	received []sent

	metadata map[string]any
	code     string
	tokens   map[string]any
}

// newEcho starts one for commands that need curl's --url-query.
func newEcho(t *testing.T) *echo {
	if help, err := exec.Command("curl", "--help", "all").Output(); err != nil || !strings.Contains(string(help), "--url-query") {
		t.Skip("no curl from 7.87 on is installed: copied commands were not run")
	}
	e := &echo{}
	e.Server = httptest.NewServer(e)
	t.Cleanup(e.Close)
	return e
}

func (e *echo) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	e.mu.Lock()
	e.received = append(e.received, sent{r.Method, r.RequestURI, string(body),
		r.Header.Get("Content-Type"), r.Header.Get("Authorization"), r.Header.Get("Accept")})
	e.mu.Unlock()
	answer := map[string]any{"sub": "alice", "keys": []any{}}
	switch {
	case strings.Contains(r.URL.Path, "/.well-known/"):
		answer = e.metadata
	case strings.Contains(r.URL.Path, "/token"):
		answer = e.tokens
	case strings.Contains(r.URL.Path, "/par"):
		w.WriteHeader(http.StatusCreated)
		answer = map[string]any{"request_uri": "urn:" + e.code}
	}
	_ = json.NewEncoder(w).Encode(answer)
}

// take returns what was received since the last time.
func (e *echo) take() []sent {
	e.mu.Lock()
	defer e.mu.Unlock()
	taken := e.received
	e.received = nil
	return taken
}

// Open is the browser.
func (e *echo) Open(ctx context.Context, address string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err == nil {
		resp.Body.Close()
	}
	return err
}

// walkThrough takes the whole walk.
func (e *echo) walkThrough(t *testing.T, c flow.Config) *flow.Walk {
	t.Helper()
	w, err := flow.New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	for _, step := range flow.Steps {
		if step == flow.StepCallback {
			if err := e.Open(t.Context(), w.Request.URL); err != nil {
				t.Fatal(err)
			}
			answer := url.Values{"code": {e.code}, "state": {w.Request.State.Reveal()}}
			if err := w.Paste("?" + answer.Encode()); err != nil {
				t.Fatal(err)
			}
		}
		if out, err := w.Do(t.Context(), step); err != nil || out.Kind != flow.GoOn && out.Kind != flow.GotTokens {
			t.Fatalf("%s: %+v, %v", step, out, err)
		}
	}
	return w
}

// valuesOf are what a person sets the variables to: the secrets of the request, in its order.
func valuesOf(t *testing.T, c *curl, m record.Message, s sent) map[string]string {
	t.Helper()
	var values []string
	at := map[string]int{}
	for _, p := range m.Params {
		switch {
		case p.In == "header" && p.Secret != "":
			scheme, credentials, _ := strings.Cut(s.authorization, " ")
			if scheme == "Basic" {
				both, _ := base64.StdEncoding.DecodeString(credentials)
				_, credentials, _ = strings.Cut(string(both), ":")
			}
			values = append(values, credentials)
		case p.In == "query" || p.In == "form":
			_, value, _ := strings.Cut(s.params(p.In)[at[p.In]], "=")
			if at[p.In]++; hides(p) {
				values = append(values, wire.Unescape(value))
			}
		}
	}
	if len(values) != len(c.variables) {
		t.Fatalf("%d variables for %d secrets:\n%s", len(c.variables), len(values), c)
	}
	set := map[string]string{}
	for i, v := range c.variables {
		if !regexp.MustCompile(`^[A-Z][A-Z0-9_]*$`).MatchString(v.name) {
			t.Errorf("%q is no name for a variable", v.name)
		}
		if _, twice := set[v.name]; twice {
			t.Errorf("%s replaces two secrets:\n%s", v.name, c)
		}
		set[v.name] = values[i]
	}
	return set
}

var escape = regexp.MustCompile(`%[0-9a-fA-F]{2}`)

// spelled is one of the spellings that RFC 3986 §6.2.2 takes for the same URL.
func spelled(encoded string) string {
	return escape.ReplaceAllStringFunc(encoded, func(e string) string {
		if plain := wire.Unescape(e); isEncoded(plain) {
			return plain
		}
		return strings.ToUpper(e)
	})
}

// same is what has to be equal in the walk's request and in curl's: everything but the
// spelling, and but for a header that the walk does not send.
func (s sent) same(walk sent) sent {
	if walk.accept == "" {
		s.accept = ""
	}
	s.uri, s.body = spelled(s.uri), spelled(s.body)
	return s
}

// batches are the hostile words, as many at a time as a request may have parameters, and
// every byte.
func batches() [][]string {
	words := slices.Clone(shell.Hostile)
	for b := range 256 {
		words = append(words, string([]byte{byte(b)}))
	}
	return slices.Collect(slices.Chunk(words, 45))
}

// withoutNUL is s as a shell variable can hold it.
func withoutNUL(s string) string { return strings.ReplaceAll(s, "\x00", "") }

// endpointQuery has the words as names and values, some of them under names of secrets.
func endpointQuery(words []string) string {
	var pairs []string
	for _, w := range words {
		name, value := "x"+url.QueryEscape(w), url.QueryEscape(withoutNUL(w))
		secret := url.QueryEscape(withoutNUL(w)) + "-secret" // longer than any name, so that it is in none
		pairs = append(pairs, name+"="+value, name+"_token="+secret)
	}
	return strings.Join(pairs, "&")
}

func TestACopiedCommandSendsWhatTheWalkSentFromEveryShell(t *testing.T) {
	e := newEcho(t)
	shell.Each(t, func(t *testing.T, sh shell.Shell) {
		for i, words := range batches() {
			all := strings.Join(words, "")
			text := strings.ToValidUTF8(withoutNUL(all), "")
			printable := strings.Map(func(r rune) rune {
				if r < ' ' || r == 0x7f {
					return -1
				}
				return r
			}, text)
			query := endpointQuery(words)
			e.code = "code" + text
			e.tokens = map[string]any{"token_type": "Bearer", "access_token": strings.TrimSpace(printable) + "access", "refresh_token": text + "refresh", "id_token": "a.b.c"}
			e.metadata = map[string]any{
				"issuer": e.URL, "authorization_endpoint": e.URL + "/(a)/'/$(touch%20CANARY)/{a,b}/[1-3]/authorize?" + query,
				"token_endpoint": e.URL + "/a;b/%7Bx%7D/token?" + query, "jwks_uri": e.URL + "/keys?" + query, "userinfo_endpoint": e.URL + "/userinfo?" + query,
			}
			c := flow.Config{Issuer: e.URL, ClientID: "client" + withoutNUL(all), ClientAuth: flow.AuthNone, Scopes: []string{"openid", "a'b", `\`}, RedirectURI: "https://app.example/$(touch CANARY)/cb"}
			for j, w := range words { // the numbers, because no parameter may be given twice
				c.Params = append(c.Params, flow.Pair{Name: fmt.Sprint("own", j) + w, Value: withoutNUL(w)},
					flow.Pair{Name: fmt.Sprint("secret", j) + w + "token", Value: withoutNUL(w) + "-secret"})
			}
			switch i % 4 {
			case 0:
				c.ClientAuth, c.ClientSecret = flow.AuthBasic, safe.Secret("secret"+withoutNUL(all))
			case 1:
				c.ClientAuth, c.ClientSecret = flow.AuthPost, safe.Secret("secret"+withoutNUL(all))
			case 2:
				c.PKCE = flow.PKCEPlain
			case 3:
				e.metadata["require_pushed_authorization_requests"], e.metadata["pushed_authorization_request_endpoint"] = true, e.URL+"/par?"+query
			}
			e.sendsAgain(t, sh, c)
		}
	})
}

// sendsAgain pastes every request of a walk into the shell and compares what arrives.
func (e *echo) sendsAgain(t *testing.T, sh shell.Shell, config flow.Config) {
	t.Helper()
	var requests []record.Message
	for _, m := range e.walkThrough(t, config).Transcript.Messages() {
		if m.Method != "" && m.From == record.App {
			requests = append(requests, m)
		}
	}
	received := e.take()
	if len(requests) != len(received) {
		t.Fatalf("%d requests in the transcript, %d received", len(requests), len(received))
	}
	for i, m := range requests {
		c, err := curlOf(m)
		if err != nil {
			t.Errorf("%s: %v", m.Name, err)
			continue
		}
		if !isASCII(strings.ReplaceAll(c.String(), " \\\n  ", "")) {
			t.Errorf("%s: not printable ASCII:\n%q", m.Name, c)
		}
		dir := t.TempDir()
		sh.Paste(t, dir, strings.Replace(c.String(), "curl", "curl --silent --show-error --max-time 20", 1), valuesOf(t, c, m, received[i]))
		shell.Unharmed(t, dir)
		again := e.take()
		if len(again) != 1 {
			t.Fatalf("%s: %d requests arrived:\n%s", m.Name, len(again), c)
		}
		if got, want := again[0].same(received[i]), received[i].same(received[i]); got != want {
			t.Fatalf("%s: got\n%+q\nwant\n%+q\nfrom\n%s", m.Name, got, want, c)
		}
	}
}

// What an endpoint's own query may look like without any encoding of ours.
func TestACopiedCommandKeepsAnEndpointsOwnSpelling(t *testing.T) {
	e := newEcho(t)
	e.code, e.tokens = "code", map[string]any{"access_token": "access"}
	shell.Each(t, func(t *testing.T, sh shell.Shell) {
		for _, query := range []string{
			"a=%7e%2f~/", "a&b=&=c&=", "&&a=b&&&c=d", "a=b&", "a=(1)*&b='!&c=;:&d=@,&e=$", "a=[1-3]&b={x,y}&c=|", "a=%zz&b=%", "a+b=c+d&a%20b=c%20d",
			"@a=b&a@b", "-o=x&+a=b", "a=1&a=2&a=1", "x$(touch%20CANARY)token=1&y_token=A7~", "'_token=a&a'b=c",
		} {
			e.sendsAgain(t, sh, flow.Config{AuthURL: e.URL + "/authorize?" + query, TokenURL: e.URL + "/token?" + query, ClientID: "app"})
		}
		for _, path := range []string{"/a/../b/./", "/'/$(touch%20CANARY)/[1-3]/(x)/"} {
			e.sendsAgain(t, sh, flow.Config{AuthURL: e.URL + "/authorize", TokenURL: e.URL + path + "token", ClientID: "app"})
		}
	})
}

func TestAProvidersNamesRunNothing(t *testing.T) {
	var commands []string
	for _, word := range shell.Hostile {
		m := record.Message{Method: "GET", Endpoint: safe.Endpoint(issuer + "/authorize"), Params: []record.Param{secret("query", word+"token", "s"), public("query", word, word)}}
		c, err := curlOf(m)
		if err != nil {
			t.Fatal(err)
		}
		commands = append(commands, strings.Replace(c.String(), "curl", "true", 1))
	}
	shell.Each(t, func(t *testing.T, sh shell.Shell) {
		dir := t.TempDir()
		sh.Paste(t, dir, strings.Join(commands, "\n"), nil)
		shell.Unharmed(t, dir)
	})
}

// Otherwise an endpoint like /authorize?github_token=x gets what the user keeps in GITHUB_TOKEN.
func TestAProviderDoesNotNameTheVariables(t *testing.T) {
	m := record.Message{Method: "POST", Endpoint: safe.Endpoint(issuer + "/token"), Params: []record.Param{
		secret("query", "github_token", "1"), secret("query", "client_secret", "2"), secret("query", "path_secret", "3"),
		secret("form", "code", "4"), secret("form", "client_secret", "5"), secret("form", "code", "6"),
	}}
	c, err := curlOf(m)
	if err != nil {
		t.Fatal(err)
	}
	want := []variable{
		{"SECRET_1", "github_token"}, {"SECRET_2", "client_secret"}, {"SECRET_3", "path_secret"},
		{"CODE", "code"}, {"CLIENT_SECRET", "client_secret"}, {"SECRET_4", "code"},
	}
	if !slices.Equal(c.variables, want) {
		t.Errorf("%q", c.variables)
	}
	const says = " Secrets are replaced by shell variables: set SECRET_1, SECRET_2, SECRET_3, CODE, CLIENT_SECRET and SECRET_4 first."
	if got := c.setFirst(); !strings.HasPrefix(got, says) || !strings.Contains(got, "SECRET_1 is the value of github_token.") {
		t.Errorf("%s", got)
	}
}

func TestARequestThatNoCommandCanSendIsNotCopied(t *testing.T) {
	request := func(method, address string, params ...record.Param) record.Message {
		return record.Message{Method: method, From: record.App, Endpoint: safe.Endpoint(address), Params: params}
	}
	unkept := public("query", "a", "b")
	unkept.Encoded = ""
	for name, m := range map[string]record.Message{
		"a parameter that was not kept":       request("GET", issuer, unkept),
		"a URL that was cut":                  request("GET", issuer+"/a… (900 bytes in all)"),
		"a host that is not ASCII":            request("GET", "https://b%C3%BCcher.example/"),
		"a header that is not ASCII":          request("GET", issuer, public("header", "Accept", "é")),
		"a header with a line break":          request("GET", issuer, public("header", "Accept", "a\r\nb: c")),
		"credentials that are not Basic":      request("POST", issuer, secret("header", "Authorization", "Basic c3ByYW5n")),
		"credentials that are not encoded":    request("POST", issuer, secret("header", "Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte("$(id):x")))),
		"an unknown scheme":                   request("POST", issuer, secret("header", "Authorization", "DPoP x")),
		"a secret without a name":             request("GET", issuer, secret("query", "", "x")),
		"a secret whose name begins with +":   request("POST", issuer, secret("query", " _token", "x")),
		"dots in the path, and a secret":      request("GET", issuer+"/a/../b", secret("query", "a_token", "x")),
		"a very long query":                   request("GET", issuer, public("query", "a", strings.Repeat("b", maxCurl))),
		"a raw query that is not ASCII":       request("POST", issuer, record.Param{In: "query", Name: "a", Value: "é", Encoded: "a=é"}),
		"the name of a secret in other signs": request("GET", issuer, record.Param{In: "query", Name: "é_token", Secret: "x", Encoded: "é_token="}),
	} {
		c := common(80, 24)
		c.Env.Copy = func(s string) tea.Cmd { t.Errorf("%s: copied %s", name, s); return nil }
		walk := at(c, flow.StepAuthorize)
		walk.messages = []record.Message{m}
		walk.show(0)
		golden.Press(walk, "c")
		if view := walk.View(); !strings.Contains(view, "No curl command can send this request: ") {
			t.Errorf("%s:\n%s", name, view)
		}
	}
}

func TestAPostWithoutParametersStaysAPost(t *testing.T) {
	c, err := curlOf(record.Message{Method: "POST", Endpoint: safe.Endpoint(issuer + "/token")})
	if want := "curl \\\n  " + issuer + "/token \\\n  --data-raw ''"; err != nil || c.String() != want {
		t.Errorf("%s, %v", c, err)
	}
}

func TestTheSSHCommandQuotesThisMachinesName(t *testing.T) {
	for host, want := range map[string]string{"build-box": " build-box ", "$(touch CANARY)": " '$(touch CANARY)' ", "a\x03b\n": " HOST "} {
		c := common(120, 40)
		c.Env.SSH, c.Env.Host = true, host
		if view := waitingAt(c).View(); !strings.Contains(view, "ssh -L 9096:127.0.0.1:9096 -L 41234:127.0.0.1:41234"+want) {
			t.Errorf("%q:\n%s", host, view)
		}
	}
}

func TestNothingThatAProviderSendsActsOnTheScreens(t *testing.T) {
	const acts = "\x1b]0;owned\a\x1b[2J\u009b31m\u202e\u2066\u200b\u2028\r\n\t\x00\x7fevil"
	e := newEcho(t)
	const inURL = "\u009b31m\u202e\u2066\u200b\u2028evil" // the others are no part of any URL
	q := "?" + inURL + "_token=" + inURL + "&" + url.QueryEscape(acts) + "=" + url.QueryEscape(acts)
	e.code, e.tokens = acts, map[string]any{"access_token": "access", "refresh_token": acts, "token_type": acts, "scope": acts, "id_token": acts, acts: acts}
	e.metadata = map[string]any{"issuer": e.URL, "authorization_endpoint": e.URL + "/" + inURL + "/authorize" + q, "token_endpoint": e.URL + "/token?" + url.QueryEscape(acts),
		"userinfo_endpoint": e.URL + "/info", "scopes_supported": []string{acts}, acts: []any{acts}}
	w := e.walkThrough(t, flow.Config{Issuer: e.URL, ClientID: "app", Scopes: []string{"openid"}})
	c := common(120, 40)
	var copied string
	c.Env.Copy = func(s string) tea.Cmd { copied = s; return nil }
	waiting := waitingAt(c)
	waiting.request = w.Request
	ended := gotTokens(c)
	ended.messages, ended.tokens = w.Transcript.Messages(), w.Tokens
	check := func(m *Model) {
		t.Helper()
		for line := range strings.SplitSeq(m.View(), "\n") {
			if !safe.Clean(line) {
				t.Errorf("acts on a terminal: %q", line)
			}
		}
		if !safe.Clean(strings.ReplaceAll(copied, " \\\n", "")) {
			t.Errorf("acts when it is pasted: %q", copied)
		}
	}
	golden.Press(waiting, "y")
	check(waiting)
	for page := range len(ended.messages) + 1 {
		for _, reveal := range []bool{false, true} {
			ended.show(page)
			ended.reveal = reveal
			check(ended)
			for range ended.lastPage() {
				golden.Press(ended, "down")
				check(ended)
			}
		}
		if _, ok := ended.requestOf(); ok {
			golden.Press(ended, "c")
			check(ended)
			golden.Press(ended, "esc")
		}
	}
}
