package plain

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/flow"
	"example.com/grantwalk/flow/practice"
	"example.com/grantwalk/tui/session"
	"example.com/grantwalk/tui/ui"
	"example.com/grantwalk/tui/usage"
)

var update = flag.Bool("update", false, "write the golden files")

// A screenful is a writer whose text can be waited for.
type screenful struct {
	mu   sync.Mutex
	text bytes.Buffer
	grew chan struct{}
}

func newScreenful() *screenful { return &screenful{grew: make(chan struct{}, 1)} }

func (s *screenful) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case s.grew <- struct{}{}:
	default:
	}
	return s.text.Write(b)
}

func (s *screenful) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// find waits for text that matches, and returns its first group.
func (s *screenful) find(t *testing.T, pattern string) string {
	t.Helper()
	re, deadline := regexp.MustCompile(pattern), time.After(10*time.Second)
	for {
		if m := re.FindStringSubmatch(s.String()); m != nil {
			return m[len(m)-1]
		}
		select {
		case <-s.grew:
		case <-deadline:
			t.Fatalf("nothing matches %s in:\n%s", pattern, s)
		}
	}
}

// A run is a walk in lines that goes on while the test looks at it.
type run struct {
	out, err *screenful
	in       *io.PipeWriter
	stop     context.CancelFunc
	ended    chan struct{}
	outcome  flow.Outcome
	failure  error
}

func begin(t *testing.T, o Options) *run {
	t.Helper()
	in, typed := io.Pipe()
	r := &run{out: newScreenful(), err: newScreenful(), in: typed, ended: make(chan struct{})}
	o.In, o.Out, o.Err = in, r.out, r.err
	if o.Glyphs == (ui.Glyphs{}) {
		o.Glyphs = ui.Unicode
	}
	var ctx context.Context
	ctx, r.stop = context.WithCancel(t.Context())
	go func() {
		defer close(r.ended)
		r.outcome, r.failure = Run(ctx, o)
	}()
	t.Cleanup(func() { r.stop(); typed.Close(); <-r.ended })
	return r
}

func (r *run) wait(t *testing.T) (flow.Outcome, error) {
	t.Helper()
	select {
	case <-r.ended:
	case <-time.After(10 * time.Second):
		t.Fatalf("the walk does not end:\n%s\n%s", r.out, r.err)
	}
	return r.outcome, r.failure
}

const addressLine = `(?m)^(http\S+/authorize\?\S+)$`

// scrub takes out what differs from run to run.
func scrub(s string) string {
	for _, r := range []struct{ old, new string }{
		{`127\.0\.0\.1(:|%3A)\d+`, "127.0.0.1${1}PORT"},
		{`[\d.]+ m?s of`, "TIME of"},
		{`(?:\d+ ms|\d+\.\d m?s)( \([^)]*\))?`, "TIME"},
		{`[\w-]{6}… \(`, "SECRET… ("},
		{`(state|nonce|code_challenge)=[\w-]{43}`, "$1=RANDOM"},
		{`(nonce|code_challenge|kid|at_hash|exp|iat|auth_time|keys)( +)\S{8,}`, "$1${2}RANDOM"},
		{`\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT`, "DATE"},
		{`\bin (\d+ (h|min|s)( |$))*\d+ (h|min|s)\b`, "in WHILE"},
		{`\d+ s ago`, "WHILE ago"},
		{`(\S)  +`, "$1  "},
		{`(?s)(\nDiagnosis\n).*(\nRound trips)`, "$1(package report's)\n$2"}, // its words have tests of their own
	} {
		s = regexp.MustCompile(r.old).ReplaceAllString(s, r.new)
	}
	return s
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got; -update writes it):\n%s", path, diff)
	}
}

func TestTheLinesOfAWalk(t *testing.T) {
	wrongSecret := flow.Config{ClientSecret: "not-the-secret-of-this-client"}
	for _, c := range []struct {
		name    string
		options session.Options
		glyphs  ui.Glyphs
		want    flow.Kind
	}{
		{"tokens", session.Options{Browser: session.Approve}, ui.Unicode, flow.GotTokens},
		{"no-openid", session.Options{Browser: session.Approve, Config: flow.Config{Scopes: []string{"email"}}}, ui.Unicode, flow.GotTokens},
		{"denied", session.Options{Browser: session.Deny}, ui.Unicode, flow.Denied},
		{"refused", session.Options{Browser: session.Approve, Config: wrongSecret}, ui.Unicode, flow.Refused},
		{"refused-ascii", session.Options{Browser: session.Approve, Config: wrongSecret}, ui.ASCII, flow.Refused},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.options.Practice = true
			r := begin(t, Options{Session: c.options, Glyphs: c.glyphs})
			outcome, err := r.wait(t)
			if err != nil || outcome.Kind != c.want {
				t.Fatalf("outcome %q, error %v", outcome.Kind, err)
			}
			if r.err.String() != "" {
				t.Errorf("on standard error: %s", r.err)
			}
			text := r.out.String()
			if c.glyphs == ui.ASCII && regexp.MustCompile(`[^\x00-\x7f]`).MatchString(text) {
				t.Errorf("not all ASCII:\n%s", text)
			}
			if c.glyphs == ui.ASCII {
				text = strings.ReplaceAll(text, "... (", "… (")
			}
			golden(t, c.name, scrub(text))
		})
	}
}

func TestARefusalIsDiagnosed(t *testing.T) {
	r := begin(t, Options{Session: session.Options{Practice: true, Browser: session.Approve, Twist: "code_reused"}})
	if outcome, err := r.wait(t); err != nil || outcome.Kind != flow.Refused {
		t.Fatalf("outcome %q, error %v", outcome.Kind, err)
	}
	r.out.find(t, `(?s)\nDiagnosis\n.* code_reused · certain\n.* fix `)
}

func TestTheLinesRevealSecretsOnlyIfAskedTo(t *testing.T) {
	for _, reveal := range []bool{false, true} {
		r := begin(t, Options{Reveal: reveal, Session: session.Options{Practice: true, Browser: session.Approve}})
		if _, err := r.wait(t); err != nil {
			t.Fatal(err)
		}
		text := r.out.String()
		for _, pattern := range []string{
			`authorize\?\S*state=[\w-]{43}`, `(?m)^ +state +[\w-]{43}\b`, `(?m)^ +code +pa_\S{20,}$|^ +code +\S{20,}\s`, `(?m)^ +code_verifier +[\w-]{43}`,
			`(?m)^ +access_token +\S{20,}`, `(?m)^ +refresh_token +\S{20,}`, `(?m)^ +Authorization +Basic \S{20,}`,
		} {
			if found := regexp.MustCompile(pattern).FindString(text); (found != "") != reveal {
				t.Errorf("reveal %t: %s finds %q in\n%s", reveal, pattern, found, text)
			}
		}
	}
}

func TestAURLThatIsPastedBeforeTheInputEndsIsTaken(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"access_token":"an-access-token-of-this-test","token_type":"Bearer"}`)
	}))
	t.Cleanup(server.Close)
	for range 5 { // the end of the input and the callback may be seen in any order
		r := begin(t, Options{Session: session.Options{Browser: session.None, Config: flow.Config{
			AuthURL: server.URL + "/authorize", TokenURL: server.URL + "/token", ClientID: "me", RedirectURI: elsewhere,
		}}})
		address, err := url.Parse(r.out.find(t, addressLine))
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(r.in, elsewhere+"?code=the-code-of-this-test&state="+address.Query().Get("state")+"\n")
		r.in.Close()
		if outcome, err := r.wait(t); err != nil || outcome.Kind != flow.GotTokens {
			t.Fatalf("outcome %q, error %v:\n%s", outcome.Kind, err, r.out)
		}
	}
}

func TestWithJSONTheLinesGoToStandardErrorAndOneDocumentToStandardOutput(t *testing.T) {
	r := begin(t, Options{JSON: true, Session: session.Options{Practice: true, Browser: session.Approve}})
	if _, err := r.wait(t); err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal([]byte(r.out.String()), &doc); err != nil { // fails for two documents, too
		t.Fatalf("%v in:\n%s", err, r.out)
	}
	if doc["outcome"] != "tokens" || doc["tokens"] != nil {
		t.Errorf("document %v", doc)
	}
	r.err.find(t, addressLine)
}

func TestTheTokensAreInTheDocumentWhenAskedFor(t *testing.T) {
	r := begin(t, Options{JSON: true, Reveal: true, Session: session.Options{Practice: true, Browser: session.Approve}})
	if _, err := r.wait(t); err != nil {
		t.Fatal(err)
	}
	var doc flow.Result
	if err := json.Unmarshal([]byte(r.out.String()), &doc); err != nil {
		t.Fatal(err)
	}
	if doc.Tokens == nil || len(doc.Tokens.Access) < 20 {
		t.Errorf("tokens %+v", doc.Tokens)
	}
	if doc.Tokens != nil && strings.Contains(r.err.String(), doc.Tokens.Access) {
		t.Error("the access token stands in the lines")
	}
}

// elsewhere is a redirect URI that no listener here can serve.
const elsewhere = "https://app.example/callback"

// approved is the address on which the user's browser ends when it is not here.
func approved(t *testing.T, authorizationURL string) string {
	t.Helper()
	var ended string
	agent := &http.Client{CheckRedirect: func(req *http.Request, _ []*http.Request) error {
		if req.URL.Host == "app.example" {
			ended = req.URL.String()
			return http.ErrUseLastResponse
		}
		return nil
	}}
	err := practice.User{Approve: true, Client: agent}.Open(t.Context(), authorizationURL)
	if ended == "" {
		t.Fatalf("the user did not come back: %v", err)
	}
	return ended
}

func TestAPastedAddressTakesTheCallbacksPlaceAndAWrongStateIsToldAndWaitedOut(t *testing.T) {
	r := begin(t, Options{Session: session.Options{Practice: true, Browser: session.None, Config: flow.Config{RedirectURI: elsewhere}}})
	address := approved(t, r.out.find(t, addressLine))
	wrong, _ := url.Parse(address)
	q := wrong.Query()
	q.Set("state", "another-log-ins-state")
	wrong.RawQuery = q.Encode()
	io.WriteString(r.in, "\n"+wrong.String()+"\n")
	r.out.find(t, `not taken: its state is not the one that grantwalk sent.*Still waiting`)
	io.WriteString(r.in, address+"\n")
	outcome, err := r.wait(t)
	if err != nil || outcome.Kind != flow.GotTokens {
		t.Errorf("outcome %q, error %v:\n%s", outcome.Kind, err, r.out)
	}
}

func TestAURLThatIsBrokenOverLinesIsJoined(t *testing.T) {
	r := begin(t, Options{Session: session.Options{Practice: true, Browser: session.None, Config: flow.Config{RedirectURI: elsewhere}}})
	address := approved(t, r.out.find(t, addressLine))
	first, rest := address[:len(elsewhere)+4], address[len(elsewhere)+4:]
	io.WriteString(r.in, first+"\n"+rest[:30]+"\n"+rest[30:]+"\n")
	if outcome, err := r.wait(t); err != nil || outcome.Kind != flow.GotTokens {
		t.Errorf("outcome %q, error %v:\n%s", outcome.Kind, err, r.out)
	}
}

func TestALineThatIsTooLongForAnAddressIsToldAndPassedOver(t *testing.T) {
	r := begin(t, Options{Session: session.Options{Practice: true, Browser: session.None, Config: flow.Config{RedirectURI: elsewhere}}})
	address := approved(t, r.out.find(t, addressLine))
	io.WriteString(r.in, strings.Repeat("x", 3*maxPaste)+"\n"+address+"\n")
	outcome, err := r.wait(t)
	if err != nil || outcome.Kind != flow.GotTokens || !strings.Contains(r.out.String(), "a line of more than 65536 bytes is not a URL") {
		t.Errorf("outcome %q, error %v:\n%s", outcome.Kind, err, r.out)
	}
}

func TestWhoSendsManyLinesThatAreNoAddressIsNotListenedToForEver(t *testing.T) {
	r := begin(t, Options{Session: session.Options{Practice: true, Browser: session.None, Config: flow.Config{RedirectURI: elsewhere}}})
	go func() { _, _ = io.WriteString(r.in, strings.Repeat("y\n", 1000)) }() // ends as the walk's pipe does
	_, err := r.wait(t)
	if err == nil || !strings.Contains(err.Error(), "20 lines of standard input were not a URL") || strings.Count(r.out.String(), "not taken") != maxRefused {
		t.Errorf("error %v:\n%s", err, r.out)
	}
}

func TestWhenNothingCanBePastedAndNothingCaughtTheWalkEndsAtOnce(t *testing.T) {
	r := begin(t, Options{Session: session.Options{Practice: true, Browser: session.None, Config: flow.Config{RedirectURI: elsewhere}}})
	r.in.Close()
	_, err := r.wait(t)
	var bad *flow.Problem
	if !errors.As(err, &bad) || bad.Field != flow.FieldRedirectURI || usage.Flags(bad).Remedy == "" {
		t.Errorf("error %v", err)
	}
}

func TestTheEndOfStandardInputDoesNotEndAWalkThatCanBeCaught(t *testing.T) {
	r := begin(t, Options{Session: session.Options{Practice: true, Browser: session.None}})
	address := r.out.find(t, addressLine)
	r.in.Close()
	if err := (practice.User{Approve: true}).Open(t.Context(), address); err != nil {
		t.Fatal(err)
	}
	if outcome, err := r.wait(t); err != nil || outcome.Kind != flow.GotTokens {
		t.Errorf("outcome %q, error %v", outcome.Kind, err)
	}
}

func TestAnInterruptedWalkStillPrintsItsDocument(t *testing.T) {
	r := begin(t, Options{JSON: true, Session: session.Options{Practice: true, Browser: session.None}})
	r.err.find(t, addressLine)
	r.stop()
	outcome, err := r.wait(t)
	if err != nil || outcome.Kind != flow.Interrupted {
		t.Errorf("outcome %q, error %v", outcome.Kind, err)
	}
	var doc flow.Result
	if err := json.Unmarshal([]byte(r.out.String()), &doc); err != nil || doc.Outcome != flow.Interrupted || doc.Step != "callback" {
		t.Errorf("document %+v, error %v", doc, err)
	}
}

func TestNothingThatAServerSaysCanActOnTheTerminal(t *testing.T) {
	const nasty = `\u001b]0;owned\u0007 \u202eevil\u200b \u009b31m`
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("WWW-Authenticate", "x\u202ey")
		w.WriteHeader(http.StatusBadRequest)
		io.WriteString(w, `{"error":"`+nasty+`","error_description":"`+nasty+`","error_uri":"`+nasty+`","`+nasty+`":"`+nasty+`"}`)
	}))
	t.Cleanup(server.Close)
	r := begin(t, Options{JSON: true, Session: session.Options{Browser: session.None, Config: flow.Config{
		AuthURL: server.URL + "/authorize", TokenURL: server.URL + "/token", ClientID: "me", RedirectURI: elsewhere,
	}}})
	address, err := url.Parse(r.err.find(t, addressLine))
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(r.in, elsewhere+"?code=the-code-of-this-test&state="+address.Query().Get("state")+"\n")
	if outcome, err := r.wait(t); err != nil || outcome.Kind != flow.Refused {
		t.Errorf("outcome %q, error %v", outcome.Kind, err)
	}
	for line := range strings.Lines(r.out.String() + r.err.String()) {
		if line = strings.TrimSuffix(line, "\n"); !safe.Clean(line) {
			t.Errorf("not fit for a terminal: %q", line)
		}
	}
	r.err.find(t, `owned`) // it did come
}

// A full device takes nothing.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestLinesThatCannotBeWrittenAreAnError(t *testing.T) {
	for _, asJSON := range []bool{false, true} {
		_, err := Run(t.Context(), Options{JSON: asJSON, Out: full{}, Err: io.Discard, Glyphs: ui.Unicode,
			Session: session.Options{Practice: true, Browser: session.Approve}})
		if err == nil || !strings.Contains(err.Error(), "no space left") {
			t.Errorf("JSON %v: error %v", asJSON, err)
		}
	}
}
