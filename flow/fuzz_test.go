package flow

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"

	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/flow/loopback"
)

// seeds are the files of a folder of testdata. None at all is a mistake: a
// folder that was moved must not go unnoticed.
func seeds(f *testing.F, folder string) []string {
	f.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", folder, "*"))
	if err != nil || len(files) == 0 {
		f.Fatalf("no seeds in testdata/%s: %v", folder, err)
	}
	var texts []string
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		texts = append(texts, string(text))
	}
	return texts
}

// The secrets of the fuzzed walks. In a seed STATE, CODE and SECRET stand for them.
const (
	fuzzState    = safe.Secret("St4te-of-the-fuzzed-walk-0123456789")
	fuzzCode     = safe.Secret("C0de/of+the%fuzzed=walk-0123456789")
	fuzzSecret   = safe.Secret("S3cret of&the+fuzzed/walk")
	fuzzVerifier = safe.Secret("V3rifier-of-the-fuzzed-walk-0123456789-0123456789")
)

// placed puts the secrets where their names stand, as encode has them.
func placed(text string, encode func(string) string) string {
	for name, secret := range map[string]safe.Secret{"STATE": fuzzState, "CODE": fuzzCode, "SECRET": fuzzSecret, "VERIFIER": fuzzVerifier} {
		text = strings.ReplaceAll(text, name, encode(secret.Reveal()))
	}
	return text
}

// fuzzedWalk stands before the Callback step, and has no sockets.
func fuzzedWalk(t testing.TB) *Walk {
	t.Helper()
	w, err := New(Config{AuthURL: "https://as.example/a", TokenURL: "https://as.example/t", ClientID: "me", ClientSecret: fuzzSecret, ClientAuth: AuthPost})
	if err != nil {
		t.Fatal(err)
	}
	w.Metadata = Metadata{AuthorizationEndpoint: w.Config.AuthURL, TokenEndpoint: w.Config.TokenURL}
	w.Request = &Request{URL: w.Config.AuthURL, RedirectURI: "http://127.0.0.1:4000/callback", State: fuzzState, Verifier: fuzzVerifier, Redirect: Redirect{Path: "/callback"}}
	w.Callback = &Callback{Code: fuzzCode, At: time.Now()}
	for _, s := range []safe.Secret{fuzzState, fuzzCode, fuzzVerifier} { // as if they had passed
		w.Transcript.TrackSecret(s)
	}
	return w
}

// fit checks that text can be printed and gives no secret away.
func fit(t *testing.T, text string) {
	t.Helper()
	for _, r := range text {
		if unicode.IsControl(r) && r != '\n' || unicode.Is(unicode.Bidi_Control, r) {
			t.Fatalf("%U in %q", r, text)
		}
	}
	for _, secret := range []safe.Secret{fuzzState, fuzzCode, fuzzSecret, fuzzVerifier} {
		for _, form := range []string{secret.Reveal(), url.QueryEscape(secret.Reveal()), url.PathEscape(secret.Reveal())} {
			if strings.Contains(text, form) {
				t.Fatalf("a secret can be read: %q", text)
			}
		}
	}
}

func fitWalk(t *testing.T, w *Walk) {
	t.Helper()
	var saved strings.Builder
	if err := w.Save(&saved, false); err != nil {
		t.Fatal(err)
	}
	fit(t, saved.String())
	fit(t, strings.ReplaceAll(fmt.Sprintf("%+v", w.Last), "\n", " "))
}

// Whatever the query: an answer is taken only with the state, alone and exact,
// and no page repeats a secret or lets anything through unescaped.
func FuzzTheListenerTakesOnlyTheRightState(f *testing.F) {
	for _, seed := range seeds(f, "callbacks") {
		f.Add(seed, false)
		f.Add(seed, true)
	}
	f.Fuzz(func(t *testing.T, query string, post bool) {
		query = placed(query, url.QueryEscape)
		w := fuzzedWalk(t)
		l := &listener{redirect: Redirect{Path: "/callback"}, state: fuzzState, transcript: w.Transcript, now: time.Now, port: 4000,
			arrived: make(chan Callback, 1), mismatched: make(chan struct{})}
		r := httptest.NewRequest(http.MethodGet, "http://127.0.0.1:4000/callback", nil)
		r.URL.RawQuery = query
		if post {
			r = httptest.NewRequest(http.MethodPost, "http://127.0.0.1:4000/callback", strings.NewReader(query))
		}
		rec := httptest.NewRecorder()
		served(l).ServeHTTP(rec, r)

		page := rec.Body.String()
		fit(t, page)
		if strings.Count(page, "<") != strings.Count(page, ">") || strings.Contains(page, "<script") {
			t.Fatalf("not escaped: %s", page)
		}
		if len(l.arrived) == 1 {
			cb := <-l.arrived
			values, _ := url.ParseQuery(query)
			// ParseQuery drops what it cannot read; what it can read must agree.
			if got, ok := values["state"]; ok && (len(got) != 1 || got[0] != fuzzState.Reveal()) {
				t.Fatalf("taken with the states %q", got)
			}
			if cb.text("state") != fuzzState.Reveal() {
				t.Fatalf("taken with the state %q", cb.text("state"))
			}
			w.Last = settle(t.Context(), StepCallback, w.take(cb))
			if w.Last.Kind == GoOn && w.Callback.Code == "" {
				t.Fatal("goes on without a code")
			}
		}
		fitWalk(t, w)
	})
}

// Whatever is pasted: the same holds, and the error says nothing that acts.
func FuzzAPastedTextIsTakenOnlyWithTheRightState(f *testing.F) {
	for _, folder := range []string{"pasted", "callbacks"} {
		for _, seed := range seeds(f, folder) {
			f.Add(seed)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = placed(text, url.QueryEscape)
		w := fuzzedWalk(t)
		if err := w.Paste(text); err != nil {
			fit(t, err.Error())
			return
		}
		cb := <-w.pasted
		if cb.text("state") != fuzzState.Reveal() || cb.count("state") != 1 {
			t.Fatalf("taken with the state %q", cb.text("state"))
		}
		w.Last = settle(t.Context(), StepCallback, w.take(cb))
		fitWalk(t, w)
	})
}

// answering is a server that always says the same.
type answering func() *http.Response

func (a answering) RoundTrip(*http.Request) (*http.Response, error) { return a(), nil }

// Whatever the token endpoint says: the walk goes on with an access token or is
// refused, and prints no secret that the server repeats.
func FuzzATokenAnswerIsAGrantOrARefusal(f *testing.F) {
	for _, seed := range seeds(f, "token-answers") {
		f.Add(seed, 200, "application/json")
		f.Add(seed, 400, "text/plain;charset=UTF-8")
		f.Add(seed, 302, "application/x-www-form-urlencoded")
	}
	f.Fuzz(func(t *testing.T, body string, status int, media string) {
		if status < 200 || status > 999 { // net/http lets nothing else through
			return
		}
		for _, encode := range []func(string) string{url.QueryEscape, func(s string) string { return s }} {
			w := fuzzedWalk(t)
			w.Transport = answering(func() *http.Response {
				h := http.Header{"Content-Type": {media}, "Location": {placed(body, encode)}}
				return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(placed(body, encode)))}
			})
			for _, step := range []Step{StepExchange, StepTokens, StepRefresh} {
				out, err := w.Do(context.Background(), step)
				if err != nil {
					t.Fatal(err)
				}
				switch {
				case out.Kind == Refused && out.Error == nil:
					t.Fatal("refused without an error")
				case out.Kind != Refused && out.Kind != GotTokens && out.Kind != GoOn:
					t.Fatalf("%+v", out)
				case out.Kind != Refused && w.Tokens.Access == "":
					t.Fatalf("%+v without a token", out)
				}
				fitWalk(t, w)
				if out.Kind != GoOn {
					break
				}
			}
		}
	})
}

// served is a listener without a socket.
func served(l *listener) http.Handler {
	return loopback.Serve(nil, l.judge, func(what string) { l.transcript.AddUnexpected(what, l.now()) }, l.now)
}
