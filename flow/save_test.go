package flow_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"example.com/grantwalk/diagnose/read"
	"example.com/grantwalk/flow"
)

// savedFile is the document as somebody else would read it.
type savedFile struct {
	Format   string      `json:"format"`
	Version  int         `json:"version"`
	Result   flow.Result `json:"result"`
	Messages []struct {
		Step, From, To, Name, Method, URL string
		Params                            []savedParam
		Timing                            *struct {
			Total float64 `json:"total_ms"`
		}
	}
	Oddities []struct {
		What  string
		Count int
	}
}

type savedParam struct {
	In, Name, Value string
	Redacted        bool
	Secret          int
	Check           string
}

func save(t *testing.T, w *flow.Walk, reveal bool) (savedFile, string) {
	t.Helper()
	var b bytes.Buffer
	if err := w.Save(&b, reveal); err != nil {
		t.Fatal(err)
	}
	var f savedFile
	if err := json.Unmarshal(b.Bytes(), &f); err != nil {
		t.Fatal(err)
	}
	return f, b.String()
}

func (f savedFile) param(t *testing.T, messageName, name string) savedParam {
	t.Helper()
	for _, m := range f.Messages {
		for _, p := range m.Params {
			if m.Name == messageName && p.Name == name {
				return p
			}
		}
	}
	t.Fatalf("no %s in a %s", name, messageName)
	return savedParam{}
}

func TestASavedTranscriptHoldsEveryMessageAndNoSecret(t *testing.T) {
	as := newAuthServer(t)
	w := as.walk(func(c *flow.Config) { c.ClientAuth = flow.AuthPost })
	ended(t, play(t, w, flow.StepRefresh), flow.GotTokens, flow.StepRefresh)

	f, text := save(t, w, false)
	if f.Format != "grantwalk-transcript" || f.Version != 1 || f.Result.Outcome != flow.GotTokens {
		t.Errorf("%s %d %+v", f.Format, f.Version, f.Result)
	}
	if got, want := len(f.Messages), len(w.Transcript.Messages()); got != want {
		t.Errorf("%d messages of %d", got, want)
	}
	for i, m := range w.Transcript.Messages() {
		if got := f.Messages[i]; got.Name != m.Name || got.Step != m.Step.String() || len(got.Params) != len(m.Params) || (got.Timing == nil) != (m.Timing == nil) {
			t.Errorf("message %d: %+v", i+1, got)
		}
	}
	for _, secret := range []string{theCode, theAccess, theRefresh, theSecret, w.Request.State.Reveal(), w.Request.Verifier.Reveal(), w.Tokens.ID.Reveal()} {
		if strings.Contains(text, secret) {
			t.Errorf("%s stands in it", secret)
		}
	}
	if _, revealed := save(t, w, true); !strings.Contains(revealed, theCode) || !strings.Contains(revealed, theRefresh) {
		t.Error("reveal does not reveal")
	}
}

func TestTheSameSecretHasTheSameNumberInASavedTranscript(t *testing.T) {
	as := newAuthServer(t)
	w := as.walk()
	play(t, w, flow.StepExchange)
	f, _ := save(t, w, false)

	arrived, sent := f.param(t, "callback", "code"), f.param(t, "token request", "code")
	if arrived.Secret == 0 || arrived.Secret != sent.Secret || !sent.Redacted {
		t.Errorf("arrived %+v, sent %+v", arrived, sent)
	}
	if verifier := f.param(t, "token request", "code_verifier"); verifier.Secret == sent.Secret {
		t.Errorf("the verifier %+v has the code's number", verifier)
	}
	if state := f.param(t, "callback", "state"); state.Check != "good" {
		t.Errorf("state %+v", state)
	}
}

func TestASavedWalkThatCameToNoEndWasInterrupted(t *testing.T) {
	as := newAuthServer(t)
	w := as.walk()
	play(t, w, flow.StepExchange)
	if f, _ := save(t, w, false); f.Result.Outcome != flow.Interrupted || f.Result.Step != "exchange" {
		t.Errorf("%+v", f.Result)
	}

	as.on("/.well-known/openid-configuration", nil)
	w = as.walk()
	if _, err := w.Do(t.Context(), flow.StepSetUp); err == nil {
		t.Fatal("metadata were found")
	}
	if f, _ := save(t, w, false); f.Result.Outcome != flow.Interrupted || !strings.Contains(f.Result.Reason, "no metadata") {
		t.Errorf("%+v", f.Result)
	}
}

type full struct{}

var errFull = errors.New("no space left")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestATranscriptThatCannotBeWrittenIsAnError(t *testing.T) {
	if err := newAuthServer(t).walk().Save(full{}, false); !errors.Is(err, errFull) {
		t.Errorf("got %v", err)
	}
}

// What explain reads out of a revealed file is what the walk knew. Times are
// compared as instants: the file has them in UTC.
func TestASavedWalkIsTheSameEvidenceWhenItIsReadBack(t *testing.T) {
	refusing := func(as *authServer) { as.on("/token", says(400, `{"error":"invalid_grant","hint":"Code expired"}`)) }
	for name, prepare := range map[string]func(*authServer){
		"with tokens": func(*authServer) {},
		"refused":     refusing,
		"refused with a page": func(as *authServer) {
			as.on("/token", says(502, "<html><title>Bad gateway</title></html>"))
		},
		"pushed and refused": func(as *authServer) {
			pushing(as, says(201, `{"request_uri":"urn:ietf:params:oauth:request_uri:abc","expires_in":60}`))
			refusing(as)
		},
	} {
		t.Run(name, func(t *testing.T) {
			as := newAuthServer(t)
			prepare(as)
			w := as.walk()
			w.Browser = opener(func(context.Context, string) error {
				return w.Paste("?" + url.Values{"code": {theCode}, "state": {w.Request.State.Reveal()}, "iss": {as.URL}}.Encode())
			})
			if out := play(t, w, flow.StepRefresh); out.Kind == flow.Refused {
				w.Probe(t.Context())
			}
			_, text := save(t, w, true)
			got, err := read.Read([]read.Input{{Reader: strings.NewReader(text)}}, read.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(w.Evidence(), got.Evidence, cmpopts.EquateApproxTime(time.Microsecond)); diff != "" {
				t.Errorf("the walk's and the file's (-walk +file):\n%s", diff)
			}
		})
	}
}
