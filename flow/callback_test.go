package flow_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/flow"
	"example.com/grantwalk/flow/record"
)

// ipv6 tells whether this machine has an IPv6 loopback.
func ipv6(t *testing.T) bool {
	l, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		return false
	}
	t.Cleanup(func() { l.Close() })
	return true
}

// freePort is one that nobody listens on now.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func TestTheListenerIsWhereTheRedirectURIPoints(t *testing.T) {
	for _, uri := range []string{
		"http://127.0.0.1:0/callback", "http://127.0.0.1:0", "http://[::1]:0/cb", "http://localhost:0/cb",
		"http://127.0.0.1:0/cb?own=1", "http://127.0.0.1:0/a%2Fb/",
		fmt.Sprintf("http://127.0.0.1:%d/callback", freePort(t)),
	} {
		t.Run(uri, func(t *testing.T) {
			if strings.Contains(uri, "::1") && !ipv6(t) {
				t.Skip("this machine has no IPv6")
			}
			as := newAuthServer(t)
			as.on("/authorize", func(w http.ResponseWriter, r *http.Request) {
				q := r.URL.Query()
				back, _ := url.Parse(q.Get("redirect_uri"))
				answer := back.Query()
				answer.Set("code", theCode)
				answer.Set("state", q.Get("state"))
				answer.Set("iss", as.URL)
				back.RawQuery = answer.Encode()
				http.Redirect(w, r, back.String(), http.StatusFound)
			})
			w := as.walk(func(c *flow.Config) { c.RedirectURI = uri })
			ended(t, play(t, w, flow.StepExchange), flow.GoOn, flow.StepExchange)
			if sent := as.got("/token")[0].form.Get("redirect_uri"); sent != w.Request.RedirectURI {
				t.Errorf("redeemed with %s, asked with %s", sent, w.Request.RedirectURI)
			}
			u, err := url.Parse(w.Request.RedirectURI)
			if err != nil || u.Port() == "0" || strings.Replace(w.Request.RedirectURI, ":"+u.Port(), ":0", 1) != uri && w.Request.RedirectURI != uri {
				t.Errorf("%s became %s", uri, w.Request.RedirectURI)
			}
		})
	}
}

func TestLocalhostListensOnBothFamilies(t *testing.T) {
	if !ipv6(t) {
		t.Skip("this machine has no IPv6")
	}
	w := newAuthServer(t).walk(func(c *flow.Config) { c.RedirectURI = "http://localhost:0/cb" })
	play(t, w, flow.StepAuthorize)
	u, _ := url.Parse(w.Request.RedirectURI)
	for _, host := range []string{"127.0.0.1", "::1"} {
		c, err := net.Dial("tcp", net.JoinHostPort(host, u.Port()))
		if err != nil {
			t.Errorf("%s: %v", host, err)
			continue
		}
		c.Close()
	}
}

func TestAPortInUseSaysSoAndWhatToDo(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	w := newAuthServer(t).walk(func(c *flow.Config) { c.RedirectURI = fmt.Sprintf("http://%s/callback", l.Addr()) })
	play(t, w, flow.StepSetUp)
	_, err = w.Do(t.Context(), flow.StepAuthorize)
	if bad := unusable(t, err, flow.FieldRedirectURI); bad.Code != flow.CodePort || !strings.Contains(bad.Args[0], "in use") || !strings.Contains(bad.Args[1], "0 for any free one") {
		t.Error(bad)
	}
}

func TestTheAnswerMayComeAsAPostedForm(t *testing.T) {
	as := newAuthServer(t)
	w := as.walk(func(c *flow.Config) { c.Params = []flow.Pair{{Name: "response_mode", Value: "form_post"}} })
	w.Browser = opener(func(ctx context.Context, address string) error {
		u, _ := url.Parse(address)
		form := url.Values{"code": {theCode}, "state": {u.Query().Get("state")}, "iss": {as.URL}}
		req, err := http.NewRequestWithContext(ctx, "POST", u.Query().Get("redirect_uri"), strings.NewReader(form.Encode()))
		if err != nil {
			return err
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		_, err = do(req)
		return err
	})
	ended(t, play(t, w, flow.StepExchange), flow.GoOn, flow.StepExchange)
	if w.Callback.Method != "POST" || w.Callback.Code.Reveal() != theCode {
		t.Errorf("by %s: %s", w.Callback.Method, w.Callback.Code)
	}
	if sent := as.got("/token")[0].form.Get("code"); sent != theCode {
		t.Errorf("sent %q", sent)
	}
}

// waiting starts the Callback step of a walk whose browser shows nothing.
func waiting(t *testing.T, w *flow.Walk) (ctx context.Context, stop func(), end func() flow.Outcome) {
	t.Helper()
	opened := make(chan struct{})
	w.Browser = opener(func(context.Context, string) error { close(opened); return nil })
	ended(t, play(t, w, flow.StepAuthorize), flow.GoOn, flow.StepAuthorize)
	ctx, stop = context.WithCancel(t.Context())
	out := make(chan flow.Outcome, 1)
	go func() {
		o, err := w.Do(ctx, flow.StepCallback)
		if err != nil {
			t.Error(err)
		}
		out <- o
	}()
	<-opened
	return ctx, stop, func() flow.Outcome { return <-out }
}

func TestAPastedAddressTakesTheCallbacksPlace(t *testing.T) {
	for name, format := range map[string]string{
		"the whole address":    "%s?code=%s&state=%s&iss=%s",
		"broken by a terminal": "  %s?\r\n\tcode=%s\n&state=%s&iss=%s \n",
		"in brackets":          "<%s?code=%s&state=%s&iss=%s>",
		"in quotes":            `"%s?code=%s&state=%s&iss=%s"`,
		"in a fragment":        "%s#code=%s&state=%s&iss=%s",
		"with a fragment":      "%s?code=%s&state=%s&iss=%s#_=_", // Facebook's way
		"the query alone":      "x=%.0s&code=%s&state=%s&iss=%s",
		"Facebook's query":     "x=%.0s&code=%s&state=%s&iss=%s#_=_",
		"as HTML writes it":    "%s?code=%s&amp;state=%s&amp;iss=%s",
		"with marks of code":   "`%s?code=%s&state=%s&iss=%s`",
		"with hidden space":    "\ufeff%s?code=%s&state=%s\u200b&iss=%s\u200b",
		"marked as pasted":     "\x1b[200~%s?code=%s&state=%s&iss=%s\x1b[201~",
	} {
		t.Run(name, func(t *testing.T) {
			as := newAuthServer(t)
			w := as.walk()
			_, stop, end := waiting(t, w)
			defer stop()
			text := fmt.Sprintf(format, w.Request.RedirectURI, url.QueryEscape(theCode), w.Request.State.Reveal(), url.QueryEscape(as.URL))
			if err := w.Paste(text); err != nil {
				t.Fatal(err)
			}
			ended(t, end(), flow.GoOn, flow.StepCallback)
			if !w.Callback.Pasted || w.Callback.Code.Reveal() != theCode {
				t.Errorf("got %q", w.Callback.Code.Reveal())
			}
			ended(t, resume(t, w, flow.StepExchange, flow.StepExchange), flow.GoOn, flow.StepExchange)
		})
	}
}

// Somebody pastes, and then the browser finds the way after all.
func TestTheCallbackAfterAPasteIsNotedAndHasNoEffect(t *testing.T) {
	as := newAuthServer(t)
	w := as.walk()
	_, stop, end := waiting(t, w)
	defer stop()
	answer := "?" + url.Values{"code": {theCode}, "state": {w.Request.State.Reveal()}, "iss": {as.URL}}.Encode()
	if err := w.Paste(answer); err != nil {
		t.Fatal(err)
	}
	ended(t, end(), flow.GoOn, flow.StepCallback)
	p, err := visit(t.Context(), w.Request.RedirectURI+answer)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(p.body, "Already received") {
		t.Errorf("the page says\n%s", p.body)
	}
	if what := oddities(w); !slices.Contains(what, "the same response once more: a reload, a second tab or a prefetch") {
		t.Errorf("oddities: %q", what)
	}
}

func TestASecretThatArrivesInAnotherPlaceIsNotShown(t *testing.T) {
	for name, answer := range map[string]func(as *authServer, back url.Values){
		"in the description": func(_ *authServer, back url.Values) {
			back.Set("error", "x")
			back.Set("error_description", "bad "+theCode)
		},
		"as the issuer": func(_ *authServer, back url.Values) { back.Set("iss", theCode) },
	} {
		t.Run(name, func(t *testing.T) {
			as := newAuthServer(t)
			as.answer = func(back url.Values) { answer(as, back) }
			w := as.walk()
			play(t, w, flow.StepCallback)
			if w.Last.Kind == flow.GoOn {
				t.Fatal("the answer was taken")
			}
			hidden(t, w, theCode)
		})
	}
	t.Run("in the path", func(t *testing.T) {
		as := newAuthServer(t)
		w := as.walk()
		w.Browser = opener(func(ctx context.Context, address string) error {
			return errors.Join(follow(ctx, w.Request.RedirectURI+"/"+theCode), follow(ctx, address))
		})
		ended(t, play(t, w, flow.StepCallback), flow.GoOn, flow.StepCallback)
		hidden(t, w, theCode)
	})
}

func TestAWalkWhoseOnlyUserFailsDoesNotWaitForAnother(t *testing.T) {
	w := newAuthServer(t).walk()
	w.Unattended = true
	w.Browser = opener(func(context.Context, string) error { return errors.New("no such \x1bclient") })
	out := play(t, w, flow.StepCallback)
	ended(t, out, flow.NoAnswer, flow.StepCallback)
	if !strings.Contains(out.Why, "the login did not finish: no such") {
		t.Errorf("why: %s", out.Why)
	}
}

func TestAPastedAddressIsCheckedLikeTheCallback(t *testing.T) {
	as := newAuthServer(t)
	w := as.walk()
	_, stop, end := waiting(t, w)
	defer stop()
	state := w.Request.State.Reveal()
	for text, want := range map[string]error{
		"":                              flow.ErrNotAResponse,
		"http://127.0.0.1/callback":     flow.ErrNotAResponse,
		"?state=" + state:               flow.ErrNotAResponse,
		theCode:                         flow.ErrNotAResponse,
		"?code=x":                       flow.ErrNoState,
		"?code=x&state=":                flow.ErrNoState,
		"?code=x&state=y":               flow.ErrWrongState,
		"?code=x&state=" + state + "y":  flow.ErrWrongState,
		"?code=x&state=" + state[1:]:    flow.ErrWrongState,
		"?error=access_denied&state=no": flow.ErrWrongState,
	} {
		if err := w.Paste(text); !errors.Is(err, want) {
			t.Errorf("Paste(%q): %v, want %v", text, err, want)
		}
	}
	for _, text := range []string{"?code=x&code=y&state=" + state, "?code=x&state=" + state + "&state=y", "?code=x#code=y&state=" + state} {
		if err := w.Paste(text); err == nil || !strings.Contains(err.Error(), "2 times") {
			t.Errorf("Paste(%q): %v", text, err)
		}
	}
	if err := w.Paste("?error=access_denied&iss=" + url.QueryEscape(as.URL) + "&state=" + state); err != nil {
		t.Fatal(err)
	}
	ended(t, end(), flow.Denied, flow.StepCallback)
}

func TestARedirectURIOfSomebodyElseIsWalkedByPasting(t *testing.T) {
	as := newAuthServer(t)
	w := as.walk(func(c *flow.Config) { c.RedirectURI = "https://app.example/cb" })
	_, stop, end := waiting(t, w)
	defer stop()
	if w.Request.RedirectURI != "https://app.example/cb" {
		t.Errorf("asked with %s", w.Request.RedirectURI)
	}
	if err := w.Paste("https://app.example/cb?code=abc&state=" + w.Request.State.Reveal() + "&iss=" + url.QueryEscape(as.URL)); err != nil {
		t.Fatal(err)
	}
	ended(t, end(), flow.GoOn, flow.StepCallback)
}

func TestTheIssuerOfTheAnswerIsChecked(t *testing.T) {
	for name, c := range map[string]struct {
		promised bool
		iss      string
		want     flow.Kind
	}{
		"right":                {true, "ours", flow.GoOn},
		"missing, as promised": {true, "", flow.StateMismatch}, // RFC 9207 §2.4
		"missing":              {false, "", flow.GoOn},
		"another":              {false, "https://evil.example", flow.StateMismatch},
		"another with escapes": {true, "\x1b[2J\u202ehttps://evil.example", flow.StateMismatch},
		"with a slash":         {true, "ours/", flow.StateMismatch}, // character by character
	} {
		t.Run(name, func(t *testing.T) {
			as := newAuthServer(t)
			as.metadata["authorization_response_iss_parameter_supported"] = c.promised
			for _, denied := range []bool{false, true} {
				as.answer = func(back url.Values) {
					back.Del("iss")
					if c.iss != "" {
						back.Set("iss", strings.Replace(c.iss, "ours", as.URL, 1))
					}
					if denied {
						back.Del("code")
						back.Set("error", "access_denied")
					}
				}
				want := c.want
				if denied && want == flow.GoOn {
					want = flow.Denied
				}
				ended(t, play(t, as.walk(), flow.StepCallback), want, flow.StepCallback)
			}
			if n := len(as.got("/token")); n != 0 {
				t.Errorf("%d token requests", n)
			}
		})
	}
}

// Entra's shared metadata has a template in place of the tenant.
func TestTheIssuerOfTheAnswerIsATenantOfTheTemplate(t *testing.T) {
	for iss, want := range map[string]flow.Kind{
		"ours/72f9/v2.0":                flow.GoOn,
		"ours/v2.0":                     flow.StateMismatch,
		"ours//v2.0":                    flow.StateMismatch,
		"ours/a/b/v2.0":                 flow.StateMismatch,
		"ours/72f9/v2.0/":               flow.StateMismatch,
		"http://evil.example":           flow.StateMismatch,
		"http://evil.example/72f9/v2.0": flow.StateMismatch,
	} {
		t.Run(iss, func(t *testing.T) {
			as := newAuthServer(t)
			const path = "/{tenantid}/v2.0"
			as.metadata["issuer"] = as.URL + path
			as.on(path+oidcAddress, func(w http.ResponseWriter, _ *http.Request) { reply(w, 200, as.metadata) })
			as.answer = func(back url.Values) { back.Set("iss", strings.Replace(iss, "ours", as.URL, 1)) }
			w := as.walk(func(c *flow.Config) { c.Issuer = as.URL + path })
			ended(t, play(t, w, flow.StepCallback), want, flow.StepCallback)
			mark := record.Bad
			if want == flow.GoOn {
				mark = record.Good
			}
			if p := param(t, w, "callback", "iss"); p.Mark != mark {
				t.Errorf("iss: %+v", p)
			}
		})
	}
}

// The redirect URI's own query is part of it: servers of several tenants differ there only.
func TestAResponseHasTheQueryOfTheRedirectURI(t *testing.T) {
	for query, taken := range map[string]bool{
		"tenant=a&tenant=b&x=":   true,
		"x=&tenant=b&tenant=a":   true,
		"":                       true, // the server dropped it
		"tenant=a":               true,
		"tenant=c":               false,
		"tenant=a&tenant=c":      false,
		"tenant=a&tenant=a":      false,
		"tenant=a&tenant=b&x=&x": false,
		"x=1":                    false,
	} {
		t.Run(query+", pasted", func(t *testing.T) {
			w, response, end := pasting(t, "https://app.example/cb?tenant=a&tenant=b&x=")
			err := w.Paste("https://app.example/cb?" + query + "&" + response)
			if (err == nil) != taken {
				t.Fatalf("got %v, taken: %t", err, taken)
			}
			if err != nil {
				sayable(t, w, err)
				if err := w.Paste("https://app.example/cb?" + response); err != nil {
					t.Fatal(err)
				}
			}
			ended(t, end(), flow.GoOn, flow.StepCallback)
		})
		t.Run(query+", at the listener", func(t *testing.T) {
			as := newAuthServer(t)
			w := as.walk(func(c *flow.Config) { c.RedirectURI = "http://127.0.0.1:0/callback?tenant=a&tenant=b&x=" })
			left := make(chan struct{})
			w.Browser = opener(func(_ context.Context, address string) error {
				defer close(left)
				q := parse(t, address).Query()
				uri, _, _ := strings.Cut(q.Get("redirect_uri"), "?")
				back := url.Values{"code": {theCode}, "state": {q.Get("state")}, "iss": {as.URL}}
				p, err := visit(t.Context(), uri+"?"+query+"&"+back.Encode())
				if err != nil || (p.status == http.StatusOK) != taken {
					t.Errorf("got %+v, %v, taken: %t", p, err, taken)
				}
				_, err = visit(t.Context(), uri+"?"+back.Encode())
				return err
			})
			ended(t, play(t, w, flow.StepCallback), flow.GoOn, flow.StepCallback)
			<-left
		})
	}
}

func TestAnErrorOnTheRedirectIsARefusalInTheServersWords(t *testing.T) {
	for code, want := range map[string]flow.Kind{
		"access_denied": flow.Denied, "user_cancelled_login": flow.Denied,
		"invalid_scope": flow.Refused, "login_required": flow.Refused, "temporarily_unavailable": flow.Refused,
	} {
		as := newAuthServer(t)
		as.answer = func(back url.Values) {
			back.Del("code")
			back.Set("error", code)
			back.Set("error_description", "it said \x1b[31mno\u202e to "+back.Get("state"))
		}
		w := as.walk()
		out := play(t, w, flow.StepRefresh)
		ended(t, out, want, flow.StepCallback)
		refusedWith(t, out, flow.ErrorResponse{Error: safe.Foreign(code), Description: safe.Foreign("it said \x1b[31mno\u202e to " + w.Request.State.String())})
		if strings.Contains(printed(t, w), w.Request.State.Reveal()) {
			t.Errorf("%s: the state is repeated in the transcript", code)
		}
		if n := len(as.got("/token")); n != 0 {
			t.Errorf("%s: %d token requests", code, n)
		}
	}
}

func TestAnEmptyCodeIsRefused(t *testing.T) {
	as := newAuthServer(t)
	as.answer = func(back url.Values) { back.Set("code", "") }
	ended(t, play(t, as.walk(), flow.StepRefresh), flow.Refused, flow.StepCallback)
	if n := len(as.got("/token")); n != 0 {
		t.Errorf("%d token requests", n)
	}
}

func TestABrowserThatDoesNotComeBackIsNoAnswer(t *testing.T) {
	w := newAuthServer(t).walk()
	w.Browser = nil
	play(t, w, flow.StepAuthorize)
	w.Config.Timeout = time.Millisecond
	out := resume(t, w, flow.StepCallback, flow.StepCallback)
	ended(t, out, flow.NoAnswer, flow.StepCallback)
	if !strings.Contains(out.Why, "within 1 ms") {
		t.Errorf("why: %s", out.Why)
	}
}

// forged sends an answer with a state that is not the walk's.
func forged(ctx context.Context, address string) error {
	u, err := url.Parse(address)
	if err != nil {
		return err
	}
	return follow(ctx, u.Query().Get("redirect_uri")+"?code=forged&state=forged")
}

func TestAnswersWithAForeignStateAloneAreAStateMismatch(t *testing.T) {
	w := newAuthServer(t).walk()
	w.Browser = opener(forged)
	w.MismatchTimeout = time.Millisecond
	ended(t, play(t, w, flow.StepRefresh), flow.StateMismatch, flow.StepCallback)
}

func TestAnErrorWithoutOurStateIsShownAsUnverified(t *testing.T) {
	for _, state := range []string{"", "&state=", "&state=other"} {
		for _, more := range []string{"", "&code=c0de-that-is-not-printed"} {
			w := newAuthServer(t).walk()
			w.Browser = opener(func(ctx context.Context, address string) error {
				uri := parse(t, address).Query().Get("redirect_uri")
				return errors.Join(follow(ctx, uri+"?error=invalid_scope&error_description=c0de-that-is-not-printed%1b[31m+is+no+scope"+state+more), follow(ctx, uri+"?error=second"))
			})
			w.MismatchTimeout = time.Millisecond
			out := play(t, w, flow.StepRefresh)
			ended(t, out, flow.StateMismatch, flow.StepCallback)
			if !strings.Contains(out.Why, "It says invalid_scope, “") || !strings.Contains(out.Why, "not verified") || strings.ContainsAny(out.Why, "\x1b") {
				t.Errorf("%q: %q", state, out.Why)
			}
			if more != "" && strings.Contains(out.Why+strings.Join(oddities(w), "\n"), "c0de-that") {
				t.Errorf("%q: the code is printed: %q, %q", state, out.Why, oddities(w))
			}
		}
	}
}

func TestAPastedErrorWithoutOurStateIsToldAndNotTaken(t *testing.T) {
	w := newAuthServer(t).walk()
	w.Browser = nil
	play(t, w, flow.StepAuthorize)
	for _, query := range []string{"?error=invalid_scope", "?error=invalid_scope&state=other"} {
		if err := w.Paste(query); err == nil || !strings.Contains(err.Error(), "It says invalid_scope, which is not verified") || w.Callback != nil {
			t.Errorf("%s: %v", query, err)
		}
	}
}

func TestAPastedErrorWithoutOurStateIsKept(t *testing.T) {
	for query, what := range map[string]string{
		"?error=access_denied&error_description=denied":             "pasted: a response without state; it says access_denied, “denied” (not verified)",
		"?error=access_denied&error_description=denied&state=other": "pasted: a response with a state that is not ours; it says access_denied, “denied” (not verified)",
	} {
		w := newAuthServer(t).walk(func(c *flow.Config) { c.Timeout = 100 * time.Millisecond })
		w.Browser = nil
		play(t, w, flow.StepAuthorize)
		err := w.Paste(query)
		if err == nil || !strings.Contains(err.Error(), "anybody could have sent it") || strings.Contains(err.Error(), "paste the whole URL") {
			t.Errorf("%s: %v", query, err)
		}
		sayable(t, w, err)
		out := resume(t, w, flow.StepCallback, flow.StepCallback)
		ended(t, out, flow.StateMismatch, flow.StepCallback)
		if !strings.Contains(out.Why, "It says access_denied, “denied”, which is not verified: anybody could have sent it") {
			t.Error(out.Why)
		}
		if got := oddities(w); !slices.Contains(got, what) {
			t.Errorf("oddities: %q", got)
		}
	}
}

func TestAForgedAnswerDoesNotEndTheWalk(t *testing.T) {
	as := newAuthServer(t)
	w := as.walk()
	w.Browser = opener(func(ctx context.Context, address string) error {
		return errors.Join(forged(ctx, address), follow(ctx, address))
	})
	ended(t, play(t, w, flow.StepRefresh), flow.GotTokens, flow.StepRefresh)
	if sent := as.got("/token")[0].form.Get("code"); sent != theCode {
		t.Errorf("sent %q", sent)
	}
	if what := oddities(w); !slices.Contains(what, "a response with a state that is not ours") {
		t.Errorf("oddities: %q", what)
	}
}

func TestABrowserThatCannotBeOpenedLeavesTheWalkToTheUser(t *testing.T) {
	as := newAuthServer(t)
	w := as.walk()
	w.Browser = opener(func(ctx context.Context, address string) error {
		go func() { _ = follow(ctx, address) }() // by hand, from another window
		return errors.New("no \x1b[31mdisplay")
	})
	ended(t, play(t, w, flow.StepExchange), flow.GoOn, flow.StepExchange)
}

func TestInterruptingAStepIsNeitherNoAnswerNorARefusal(t *testing.T) {
	as := newAuthServer(t)
	ctx, cancel := context.WithCancel(t.Context())
	for _, c := range []struct {
		step flow.Step
		path string
	}{{flow.StepSetUp, oidcAddress}, {flow.StepExchange, "/token"}, {flow.StepTokens, "/jwks"}, {flow.StepRefresh, "/token"}} {
		t.Run(c.step.String(), func(t *testing.T) {
			ctx, cancel := context.WithCancel(ctx)
			as := newAuthServer(t)
			w := as.walk()
			if c.step > flow.StepSetUp {
				ended(t, play(t, w, c.step-1), flow.GoOn, c.step-1)
			}
			as.on(c.path, func(_ http.ResponseWriter, r *http.Request) { cancel(); <-r.Context().Done() })
			out, err := w.Do(ctx, c.step)
			if err != nil {
				t.Fatal(err)
			}
			ended(t, out, flow.Interrupted, c.step)
		})
	}
	t.Run("callback", func(t *testing.T) {
		_, stop, end := waiting(t, as.walk())
		stop()
		ended(t, end(), flow.Interrupted, flow.StepCallback)
	})
	cancel()
}

func oddities(w *flow.Walk) []string {
	var what []string
	for _, o := range w.Transcript.Unexpected() {
		what = append(what, o.What)
	}
	return what
}
