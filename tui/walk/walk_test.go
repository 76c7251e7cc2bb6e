package walk

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/flow"
	"example.com/grantwalk/flow/record"
	"example.com/grantwalk/tui/internal/golden"
	"example.com/grantwalk/tui/session"
	"example.com/grantwalk/tui/ui"
)

var start, common = golden.Start, golden.Common

func secret(in, name, value string) record.Param {
	p := record.Param{In: in, Name: name, Secret: safe.Secret(value)}
	if in == "query" || in == "form" {
		p.Encoded = url.QueryEscape(name) + "="
	}
	return p
}

func public(in, name, value string) record.Param {
	p := record.Param{In: in, Name: name, Value: value}
	if in == "query" || in == "form" {
		p.Encoded = url.QueryEscape(name) + "=" + url.QueryEscape(value)
	}
	return p
}

const (
	issuer = "http://127.0.0.1:9096"
	code   = "pc_7QkExampleExampleExampleExampleExampleEx"
	stateV = "b1f09ExampleExampleExampleExampleExampleExa"
)

// script is a whole walk as the transcript tells it.
func script() []record.Message {
	callback := []record.Param{
		secret("query", "code", code),
		{In: "query", Name: "state", Secret: stateV, Mark: record.Good, Note: "ours"},
		{In: "query", Name: "iss", Value: issuer, Mark: record.Good, Note: "the issuer we asked"},
	}
	clock := func(s int) time.Time { return start.Add(time.Duration(s) * time.Second) }
	cost := func(d time.Duration) *record.Timing {
		return &record.Timing{ConnStart: d / 50, Conn: d / 10, Wrote: d / 8, FirstByte: d * 9 / 10, Total: d}
	}
	exchanged := &record.Timing{Reused: true, Wrote: 200 * time.Microsecond, FirstByte: 7 * time.Millisecond, Total: 8300 * time.Microsecond,
		CallbackToRequest: 6500 * time.Millisecond, CodeAge: 6500200 * time.Microsecond}
	messages := []record.Message{
		{Step: flow.StepSetUp, From: record.App, To: record.Server, Name: "metadata request", Label: "GET /openid-configuration", Seen: true,
			Method: "GET", URL: issuer + "/.well-known/openid-configuration", Params: []record.Param{public("header", "Accept", "application/json")}, At: clock(0)},
		{Step: flow.StepSetUp, From: record.Server, To: record.App, Name: "metadata response", Label: "200 ok", Seen: true, Status: 200, At: clock(0), Timing: cost(3 * time.Millisecond),
			Params: []record.Param{
				public("json", "issuer", issuer), public("json", "authorization_endpoint", issuer+"/authorize"), public("json", "token_endpoint", issuer+"/token"),
				public("json", "jwks_uri", issuer+"/jwks"), public("json", "userinfo_endpoint", issuer+"/userinfo"),
				public("json", "scopes_supported", `["openid","profile","email","offline_access"]`),
				public("json", "code_challenge_methods_supported", `["S256","plain"]`), public("json", "their_own", "something"),
				public("header", "Content-Type", "application/json"),
			}},
		{Step: flow.StepAuthorize, From: record.App, To: record.Browser, Kind: exchange.Authorization, Name: "authorization request", Label: "open /authorize", Seen: true,
			Method: "GET", URL: issuer + "/authorize", At: clock(2), Params: []record.Param{
				public("query", "response_type", "code"), public("query", "client_id", "demo-app"), public("query", "redirect_uri", "http://127.0.0.1:41234/callback"),
				public("query", "scope", "openid profile email offline_access"), secret("query", "state", stateV), public("query", "nonce", "n0nceExampleExampleExampleExampleExampleEx"),
				public("query", "code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"), public("query", "code_challenge_method", "S256"),
			}},
		{Step: flow.StepCallback, From: record.Browser, To: record.Server, Name: "authorization request, by the browser", Label: "GET /authorize", Method: "GET", URL: issuer + "/authorize",
			At: clock(4), Note: "Between the browser and the server: not seen from here."},
		{Step: flow.StepCallback, From: record.User, To: record.Server, Name: "the user decides", Label: "log in, allow", At: clock(13)},
		{Step: flow.StepCallback, From: record.Server, To: record.Browser, Name: "authorization response", Label: "302 code, state", Params: callback, At: clock(13)},
		{Step: flow.StepCallback, From: record.Browser, To: record.App, Kind: exchange.Callback, Name: "callback", Label: "GET /callback", Seen: true, Method: "GET", URL: "http://127.0.0.1:41234/callback", Params: callback, At: clock(13)},
		{Step: flow.StepExchange, From: record.App, To: record.Server, Kind: exchange.Token, Name: "token request", Label: "POST /token", Seen: true, Method: "POST", URL: issuer + "/token", At: clock(20), Params: []record.Param{
			secret("header", "Authorization", "Basic ZGVtby1hcHA6ZGVtby1zZWNyZXQ="), public("header", "Content-Type", "application/x-www-form-urlencoded"),
			secret("form", "code", code), secret("form", "code_verifier", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"), public("form", "grant_type", "authorization_code"),
			public("form", "redirect_uri", "http://127.0.0.1:41234/callback"),
		}},
		{Step: flow.StepExchange, From: record.Server, To: record.App, Kind: exchange.Token, Name: "token response", Label: "200 ok", Seen: true, Status: 200, At: clock(20), Timing: exchanged, Params: []record.Param{
			secret("json", "access_token", "pa_ExampleExampleExampleExampleExampleExamp"), public("json", "token_type", "Bearer"), public("json", "expires_in", "3600"),
			secret("json", "refresh_token", "pr_ExampleExampleExampleExampleExampleExamp"), secret("json", "id_token", "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2ln"),
			public("json", "scope", "openid profile email offline_access"), public("header", "Cache-Control", "no-store"),
		}},
		{Step: flow.StepTokens, From: record.App, To: record.Server, Name: "key set request", Label: "GET /jwks", Seen: true, Method: "GET", URL: issuer + "/jwks", At: clock(21)},
		{Step: flow.StepTokens, From: record.Server, To: record.App, Name: "key set response", Label: "200 ok", Seen: true, Status: 200, Timing: cost(900 * time.Microsecond), At: clock(21),
			Params: []record.Param{public("json", "keys", `[{"kty":"EC","kid":"k1"}]`)}},
		{Step: flow.StepTokens, From: record.App, To: record.App, Name: "ID token", Label: "verify ID token", Seen: true, At: clock(21), Note: "verified: signature, issuer, audience, time and nonce are right", Params: []record.Param{
			public("header", "alg", "ES256"), public("header", "kid", "k1"),
			{In: "claim", Name: "iss", Value: issuer, Mark: record.Good, Note: "the issuer we asked"}, public("claim", "sub", "alice"),
			{In: "claim", Name: "aud", Value: "demo-app", Mark: record.Good, Note: "us"}, {In: "claim", Name: "exp", Value: "1772604427", Mark: record.Good, Note: "in 1h0m0s"},
		}},
		{Step: flow.StepTokens, From: record.App, To: record.Server, Name: "userinfo request", Label: "GET /userinfo", Seen: true, Method: "GET", URL: issuer + "/userinfo", At: clock(21),
			Params: []record.Param{secret("header", "Authorization", "Bearer pa_ExampleExampleExample")}},
		{Step: flow.StepTokens, From: record.Server, To: record.App, Name: "userinfo response", Label: "200 ok", Seen: true, Status: 200, Timing: cost(1100 * time.Microsecond), At: clock(21),
			Params: []record.Param{{In: "json", Name: "sub", Value: "alice", Mark: record.Good, Note: "the ID token's"}, public("json", "email", "alice@practice.example")}},
		{Step: flow.StepRefresh, From: record.App, To: record.Server, Kind: exchange.Token, Name: "refresh request", Label: "POST /token", Seen: true, Method: "POST", URL: issuer + "/token", At: clock(30),
			Params: []record.Param{public("form", "grant_type", "refresh_token"), secret("form", "refresh_token", "pr_ExampleExampleExampleExampleExampleExamp")}},
		{Step: flow.StepRefresh, From: record.Server, To: record.App, Kind: exchange.Token, Name: "refresh response", Label: "200 ok", Seen: true, Status: 200, Timing: cost(2 * time.Millisecond), At: clock(30),
			Params: []record.Param{secret("json", "access_token", "pa_AnotherAnotherAnotherAnotherAnotherAnot")}, Note: "A new refresh token came (rotation)."},
	}
	for i := range messages {
		messages[i].N, messages[i].Endpoint = i+1, safe.Endpoint(messages[i].URL)
	}
	return messages
}

// zeros is the randomness of these walks.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// at is a walk that stands before the given step, with all that passed so far.
func at(c *ui.Common, next flow.Step) *Model {
	m := New(c, Input{Options: session.Options{Practice: true, Config: flow.Config{ClientID: "demo-app", Provider: "practice"}}})
	m.session = &session.Session{Walk: &flow.Walk{Findings: flow.Findings{Metadata: flow.Metadata{RevocationEndpoint: issuer + "/revoke"}}, Surroundings: flow.Surroundings{Rand: zeros{}}}}
	m.config = flow.Config{ClientID: "demo-app", Provider: "practice", CodeLifetime: 10 * time.Minute}
	m.state, m.step = ready, next
	for _, msg := range script() {
		if msg.Step < next {
			m.messages = append(m.messages, msg)
		}
	}
	if next > flow.StepAuthorize {
		m.request = &flow.Request{URL: issuer + "/authorize?response_type=code&client_id=demo-app&redirect_uri=http%3A%2F%2F127.0.0.1%3A41234%2Fcallback&scope=openid+profile+email+offline_access&state=" +
			stateV + "&nonce=n0nceExampleExampleExampleExampleExampleEx&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256",
			RedirectURI: "http://127.0.0.1:41234/callback"}
	}
	if next > flow.StepCallback {
		m.codeAt = start.Add(13 * time.Second)
		w := m.session.Walk
		w.Config, w.Request = m.config, m.request
		w.Callback = &flow.Callback{Code: code, At: m.codeAt}
	}
	if next > flow.StepTokens {
		m.idToken = &flow.IDToken{Verified: true, Subject: "alice"}
	}
	if next > flow.StepExchange {
		m.exchange = m.messages[8].Timing
	}
	m.land(len(m.messages) - 1)
	return m
}

// waitingAt is a walk that waits for the browser.
func waitingAt(c *ui.Common) *Model {
	m := at(c, flow.StepCallback)
	m.messages = script()[:4]
	m.state, m.since = running, start.Add(4*time.Second)
	m.show(3)
	return m
}

func endedAt(c *ui.Common, next flow.Step, o flow.Outcome) *Model {
	m := at(c, next)
	m.step = next - 1
	o.Step = m.step
	m.state, m.outcome, m.causes = ended, o, o.Kind.HasCauses()
	m.land(len(m.messages))
	return m
}

// refusedAt is a walk whose exchange was refused.
func refusedAt(c *ui.Common) *Model {
	m := endedAt(c, flow.StepTokens, flow.Outcome{Kind: flow.Refused,
		Error: &flow.ErrorResponse{Error: "invalid_grant", Description: "the authorization code was used before", Status: 400}})
	answer := &m.messages[8]
	answer.Status, answer.Label = 400, "400 bad request"
	answer.Params = []record.Param{public("json", "error", "invalid_grant"), public("json", "error_description", "the authorization code was used before")}
	m.oddities = []record.Unexpected{{What: "the same response once more: a reload, a second tab or a prefetch", Count: 2}}
	sent := diagnose.TokenRequest{GrantType: "authorization_code", ClientID: "demo-app", ClientAuth: "basic", RedirectURI: "http://localhost:41234/callback",
		Code: code, Verifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", SentAt: start.Add(6500 * time.Millisecond),
		Response: diagnose.TokenResponse{Date: start.Add(time.Hour), ErrorResponse: diagnose.ErrorResponse{Error: "invalid_grant", Status: 400}}}
	m.evidence = diagnose.Evidence{CodeLifetime: 600, TokenRequests: []diagnose.TokenRequest{sent, sent}, Authorizations: []diagnose.Authorization{{
		ClientID: "demo-app", RedirectURI: "http://127.0.0.1:41234/callback", Challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", ChallengeMethod: "S256",
		Response: diagnose.AuthorizationResponse{Code: code, At: start}}}}
	return m
}

func gotTokens(c *ui.Common) *Model {
	m := endedAt(c, flow.StepRefresh+1, flow.Outcome{Kind: flow.GotTokens})
	m.tokens = &flow.Tokens{Type: "Bearer", ExpiresIn: time.Hour, Scope: "openid profile email offline_access", Access: "pa_Example", Refresh: "pr_Example"}
	return m
}

// states are all that the screen can show.
var states = map[string]func(*ui.Common) *Model{
	"opening": func(c *ui.Common) *Model {
		return New(c, Input{Options: session.Options{Practice: true}})
	},
	"after-setup":     func(c *ui.Common) *Model { return at(c, flow.StepAuthorize) },
	"after-authorize": func(c *ui.Common) *Model { return at(c, flow.StepCallback) },
	"waiting":         waitingAt,
	"waiting-over-ssh": func(c *ui.Common) *Model {
		c.Env.SSH = true
		return waitingAt(c)
	},
	"waiting-for-a-paste": func(c *ui.Common) *Model {
		m := waitingAt(c)
		m.request.Redirect.Paste = "https needs a certificate for app.example, which a listener here does not have"
		return m
	},
	"pasting": func(c *ui.Common) *Model {
		m := waitingAt(c)
		m.startPaste()
		return m
	},
	"paste-not-taken": func(c *ui.Common) *Model {
		m := waitingAt(c)
		m.pasted = flow.ErrWrongState
		return m
	},
	"paste-refused": func(c *ui.Common) *Model {
		m := waitingAt(c)
		golden.Press(m, "p")
		m.View() // the field learns its width
		m.paste.SetValue("http://127.0.0.1:41234/callback?code=another")
		m.Update(pastedMsg{flow.ErrWrongState})
		return m
	},
	"waiting-with-oddity": func(c *ui.Common) *Model {
		m := waitingAt(c)
		m.oddities = []record.Unexpected{{What: "a response with a state that is not ours", Count: 1}}
		return m
	},
	"after-callback": func(c *ui.Common) *Model { return at(c, flow.StepExchange) },
	"code-too-old": func(c *ui.Common) *Model {
		c.Now = start.Add(12 * time.Minute)
		return at(c, flow.StepExchange)
	},
	"after-exchange": func(c *ui.Common) *Model {
		m := at(c, flow.StepTokens)
		m.timing = true
		return m
	},
	"after-exchange-parameters": func(c *ui.Common) *Model { return at(c, flow.StepTokens) },
	"id-token": func(c *ui.Common) *Model {
		m := at(c, flow.StepRefresh)
		m.land(11)
		return m
	},
	"focused-parameter": func(c *ui.Common) *Model {
		m := at(c, flow.StepExchange)
		m.focus(1)
		return m
	},
	"revealed": func(c *ui.Common) *Model {
		m := at(c, flow.StepExchange)
		m.reveal = true
		m.focus(0)
		return m
	},
	"re-reading": func(c *ui.Common) *Model {
		m := at(c, flow.StepExchange)
		m.goToStep(2)
		return m
	},
	"as-curl": func(c *ui.Common) *Model {
		m := at(c, flow.StepTokens)
		m.copyCurl()
		return m
	},
	"twist-none": func(c *ui.Common) *Model {
		m := at(c, flow.StepAuthorize)
		m.startTwist()
		return m
	},
	"twist-chosen": func(c *ui.Common) *Model {
		m := at(c, flow.StepExchange)
		m.startTwist()
		m.chooseTwist(4)
		return m
	},
	"twist-armed": func(c *ui.Common) *Model {
		m := at(c, flow.StepExchange)
		m.startTwist()
		m.chooseTwist(4)
		m.over = noOverlay
		return m
	},
	"holding": func(c *ui.Common) *Model {
		m := at(c, flow.StepExchange)
		m.startTwist()
		m.chooseTwist(2)
		m.over, m.state, m.heldUntil = noOverlay, running, c.Now.Add(7*time.Second)
		return m
	},
	"what-else-arrived": func(c *ui.Common) *Model {
		m := waitingAt(c)
		m.oddities = []record.Unexpected{{What: "a request for /favicon.ico, as browsers make", Count: 1}, {What: "a TLS handshake: something tried https on this http address", Count: 12}}
		m.over = oddOverlay
		return m
	},
	"leaving": func(c *ui.Common) *Model {
		m := at(c, flow.StepExchange)
		golden.Press(m, "esc")
		return m
	},
	"tokens": gotTokens,
	"twist-accepted-at-exchange": func(c *ui.Common) *Model {
		m := at(c, flow.StepTokens)
		t, _ := flow.TwistFor(diagnose.RedirectURIMismatch)
		m.twist, m.twisted = &t, &flow.TwistResult{Cause: t.Cause, Result: flow.TwistAccepted, Means: t.Accepted}
		return m
	},
	"twist-not-played-at-exchange": func(c *ui.Common) *Model {
		m := at(c, flow.StepTokens)
		t, _ := flow.TwistFor(diagnose.CodeExpired)
		m.twist, m.twisted = &t, &flow.TwistResult{Cause: t.Cause, Result: flow.TwistNotPlayed, Means: "Nothing was broken: the code was sent before its lifetime was over."}
		return m
	},
	"twist-changed": func(c *ui.Common) *Model {
		m := at(c, flow.StepTokens)
		m.messages[7].Params[5] = public("form", "redirect_uri", "http://localhost:41234/callback")
		m.changesTo = []flow.Change{{Step: flow.StepExchange, Name: "redirect_uri", Right: public("form", "redirect_uri", "http://127.0.0.1:41234/callback"), Sent: m.messages[7].Params[5]}}
		m.show(7)
		m.focus(5)
		return m
	},
	"twist-accepted": func(c *ui.Common) *Model {
		m := gotTokens(c)
		t, _ := flow.TwistFor(diagnose.RedirectURIMismatch)
		m.twist, m.twisted = &t, &flow.TwistResult{Cause: t.Cause, Result: flow.TwistAccepted, Means: t.Accepted}
		return m
	},
	"twist-rejected": func(c *ui.Common) *Model {
		m := refusedAt(c)
		t, _ := flow.TwistFor(diagnose.RedirectURIMismatch)
		m.twist, m.twisted = &t, &flow.TwistResult{Cause: t.Cause, Result: flow.TwistRejected, Means: "The server rejected the broken request, as it should."}
		return m
	},
	"twist-not-played": func(c *ui.Common) *Model {
		m := gotTokens(c)
		t, _ := flow.TwistFor(diagnose.RefreshRevoked)
		m.twist, m.twisted = &t, &flow.TwistResult{Cause: t.Cause, Result: flow.TwistNotPlayed, Means: "Nothing was broken: the provider's metadata names no revocation endpoint."}
		return m
	},
	"revoke-asked": func(c *ui.Common) *Model {
		m := gotTokens(c)
		golden.Press(m, "v")
		return m
	},
	"revoked": func(c *ui.Common) *Model {
		m := gotTokens(c)
		m.revoked, m.revokeTo = true, "The server accepted the revocation (RFC 7009 §2.2)."
		return m
	},
	"tokens-without-refresh": func(c *ui.Common) *Model {
		m := gotTokens(c)
		m.tokens.Refresh, m.idToken = "", &flow.IDToken{Why: "without discovery the server's keys are unknown"}
		return m
	},
	"refused": refusedAt,
	"denied": func(c *ui.Common) *Model {
		return endedAt(c, flow.StepExchange, flow.Outcome{Kind: flow.Denied, Error: &flow.ErrorResponse{Error: "access_denied", Description: "alice said no"}})
	},
	"no-answer": func(c *ui.Common) *Model {
		return endedAt(c, flow.StepExchange, flow.Outcome{Kind: flow.NoAnswer, Why: "no answer came from the browser within 5m0s"})
	},
	"state-mismatch": func(c *ui.Common) *Model {
		return endedAt(c, flow.StepExchange, flow.Outcome{Kind: flow.StateMismatch, Why: "the answer names another issuer"})
	},
	"failed": func(c *ui.Common) *Model {
		m := at(c, flow.StepAuthorize)
		m.state = failed
		m.err = &flow.Problem{Field: flow.FieldRedirectURI, Value: "http://127.0.0.1:8080/callback", Code: flow.CodePort, Args: []string{"port 8080 is in use by nginx (process 812)", "end that program, or use port 0"}}
		return m
	},
}

func TestEveryStateHasItsPicture(t *testing.T) {
	for name, make := range states {
		t.Run(name, func(t *testing.T) {
			for _, size := range []struct{ w, h int }{{80, 24}, {120, 40}} {
				c := common(size.w, size.h)
				golden.Check(t, c, golden.Framed(c, make(c)), fmt.Sprintf("%s-%dx%d", name, size.w, size.h))
			}
		})
	}
}

func TestANarrowTerminalAndAnOldLocaleAreUsable(t *testing.T) {
	for _, name := range []string{"after-callback", "waiting", "after-exchange", "refused"} {
		c := common(60, 16)
		c.Glyphs = ui.ASCII
		m := states[name](c)
		golden.Check(t, c, golden.Framed(c, m), name+"-60x16-ascii")
		golden.OnlyASCII(t, golden.Framed(c, m), name)
	}
}

func TestSmallTerminalsShowWhatMatters(t *testing.T) {
	for _, name := range []string{"twist-chosen", "paste-refused", "leaving", "no-answer", "after-setup", "focused-parameter", "twist-armed", "holding", "after-exchange"} {
		for _, size := range [][2]int{{60, 16}, {40, 12}} {
			c := common(size[0], size[1])
			golden.Check(t, c, golden.Framed(c, states[name](c)), fmt.Sprintf("%s-%dx%d", name, size[0], size[1]))
		}
	}
}

func TestNoSecretIsOnAnyScreenUntilItIsRevealed(t *testing.T) {
	for name, make := range states {
		if name == "revealed" {
			continue
		}
		for page := range script() {
			c := common(120, 40)
			m := make(c)
			m.reveal = false // as it begins at a provider of the user's own
			m.show(page)
			for param := range 9 {
				m.focus(param)
				view := m.View()
				for _, s := range []string{code, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "pa_Example"} {
					if strings.Contains(view, s) {
						t.Fatalf("%s, message %d: %s is shown", name, page+1, s)
					}
				}
			}
		}
	}
}

func TestRevealingShowsTheSecretAndHidesItAgain(t *testing.T) {
	m := at(common(120, 40), flow.StepExchange)
	m.reveal = false
	golden.Press(m, "down", "r")
	if !strings.Contains(m.View(), code) {
		t.Error("r does not show the code")
	}
	golden.Press(m, "r")
	if strings.Contains(m.View(), code) {
		t.Error("the second r does not hide the code")
	}
}

// The practice server's values are worth nothing, and a learner compares them.
func TestOnlyValuesOfThePracticeServerAreShownFromTheStart(t *testing.T) {
	for _, practice := range []bool{true, false} {
		var in Input
		in.Options.Practice = practice
		if m := New(common(80, 24), in); m.reveal != practice {
			t.Errorf("practice %t: secrets shown %t", practice, m.reveal)
		}
	}
}

func TestEnterFirstReturnsToTheNewestMessageAndThenGoesOn(t *testing.T) {
	m := at(common(80, 24), flow.StepExchange)
	golden.Press(m, "left", "left", "enter")
	if m.state != ready || m.page != m.landed {
		t.Fatalf("state %d, page %d: Enter did not just return", m.state, m.page)
	}
	if cmd := golden.Press(m, "enter"); cmd == nil || m.state != running {
		t.Error("the second Enter does not take the step")
	}
}

func TestTheDigitsLeadToTheSteps(t *testing.T) {
	m := at(common(80, 24), flow.StepRefresh)
	for n, want := range map[string]flow.Step{"1": flow.StepSetUp, "2": flow.StepAuthorize, "3": flow.StepCallback, "4": flow.StepExchange, "5": flow.StepTokens} {
		golden.Press(m, n)
		if msg, _ := m.message(); msg.Step != want {
			t.Errorf("%s leads to %v", n, msg.Step)
		}
	}
	before := m.page
	golden.Press(m, "6")
	if m.page != before {
		t.Error("6 leads somewhere before there is a sixth step")
	}
}

func TestNoKeyLeavesTheMessagesThatThereAre(t *testing.T) {
	m := at(common(80, 24), flow.StepExchange)
	for range 30 {
		golden.Press(m, "left", "up")
	}
	if m.page != 0 || m.param != -1 {
		t.Errorf("page %d, parameter %d", m.page, m.param)
	}
	for range 30 {
		golden.Press(m, "right", "down")
	}
	if m.page != len(m.messages)-1 {
		t.Errorf("page %d of %d", m.page, len(m.messages))
	}
	m.View()
}

func TestTextPastedWhileWaitingIsTakenAsTheAddress(t *testing.T) {
	m := waitingAt(common(80, 24))
	w, err := flow.New(flow.Config{Issuer: issuer, ClientID: "demo-app"})
	if err != nil {
		t.Fatal(err)
	}
	w.Request = &flow.Request{State: "something else", RedirectURI: "http://127.0.0.1/"}
	m.session.Walk = w
	_, cmd := m.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("http://127.0.0.1/?code=a&state=b"), Paste: true})
	if cmd == nil {
		t.Fatal("nothing was done with it")
	}
	m.Update(cmd())
	if !errors.Is(m.pasted, flow.ErrWrongState) {
		t.Errorf("got %v, want that its state was checked", m.pasted)
	}
}

func TestThePasteFieldHidesTheCodeUntilSecretsAreShown(t *testing.T) {
	const pasted = "http://127.0.0.1/cb?code=Rv6u2XqZ0p"
	for _, reveal := range []bool{false, true} {
		m := waitingAt(common(80, 24))
		m.reveal = reveal
		golden.Press(m, "p")
		m.paste.SetValue(pasted)
		if got := strings.Contains(m.View(), "Rv6u2XqZ0p"); got != reveal {
			t.Errorf("reveal %t: the code is seen: %t", reveal, got)
		}
	}
}

func TestLettersInThePasteFieldAreNoCommands(t *testing.T) {
	m := waitingAt(common(80, 24))
	golden.Press(m, "p", "c", "r", "o")
	if !m.Typing() || m.paste.Value() != "cro" {
		t.Errorf("typing %v, field %q", m.Typing(), m.paste.Value())
	}
	golden.Press(m, "esc")
	if m.Typing() {
		t.Error("esc does not leave the field")
	}
}

func TestAPasteThatIsRefusedStaysInItsField(t *testing.T) {
	m := states["paste-refused"](common(80, 24))
	if !m.Typing() || m.paste.Value() == "" || !strings.Contains(m.View(), "Not taken") {
		t.Errorf("typing %v, field %q:\n%s", m.Typing(), m.paste.Value(), m.View())
	}
	if golden.Press(m, "x"); m.pasted != nil {
		t.Error("what was refused before is said of what is typed now")
	}
	if golden.Press(m, "esc"); m.Typing() || !m.waiting() {
		t.Error("esc does not close the field, and no more")
	}
}

func TestTheRestIsReachedFromThePasteField(t *testing.T) {
	m := states["paste-refused"](common(40, 12))
	if m.View(); !m.scrolls() {
		t.Fatal("it all fits: this tests nothing")
	}
	for range 5 {
		golden.Press(m, "pgdown")
		m.View()
	}
	if view := m.View(); !strings.Contains(view, "challenge_method=S256") {
		t.Errorf("the end of the address is not reached:\n%s", view)
	}
}

func TestAPasteThatIsTakenClosesItsField(t *testing.T) {
	m := states["paste-refused"](common(80, 24))
	m.Update(pastedMsg{})
	if m.Typing() || m.paste.Value() != "" || m.pasted != nil {
		t.Errorf("typing %v, field %q, %v", m.Typing(), m.paste.Value(), m.pasted)
	}
}

func TestAWalkThatIsLeftBeforeItsEndWasInterrupted(t *testing.T) {
	if got := at(common(80, 24), flow.StepExchange).Outcome().Kind; got != flow.Interrupted {
		t.Errorf("got %q", got)
	}
	if got := refusedAt(common(80, 24)).Outcome().Kind; got != flow.Refused {
		t.Errorf("got %q", got)
	}
}

func TestChangingTheSettingsTakesAlongWhatWasWrongWithThem(t *testing.T) {
	msg, ok := golden.Press(states["failed"](common(80, 24)), "enter")().(EditMsg)
	if !ok || msg.Problem == nil || msg.Problem.Field != flow.FieldRedirectURI {
		t.Errorf("%+v", msg)
	}
	msg, ok = golden.Press(refusedAt(common(80, 24)), "e")().(EditMsg)
	if !ok || msg.Problem != nil {
		t.Errorf("%+v", msg)
	}
}

func TestTheSettingsAreOfferedFirstWhereNoAnswerCame(t *testing.T) {
	c := common(60, 16)
	view := golden.Framed(c, states["no-answer"](c))
	if last := view[strings.LastIndexByte(view, '\n'):]; !strings.Contains(last, "w walk again  e change the settings") {
		t.Errorf("the keys are %q", last)
	}
}

func TestTheWordsGoBeforeTheBarOfTheCodesAge(t *testing.T) {
	for width, want := range map[int]string{
		80: " breaking: name another redirect URI           the code is 7 s old, of 10 min ",
		60: " breaking: name another redirect URI         code 7 s of 10 min ",
		40: " breaking: name ano… code 7 s of 10 min ",
	} {
		m := states["twist-armed"](common(width, 16))
		if got := m.ageLine(); strings.Join(strings.Fields(got), " ") != strings.Join(strings.Fields(want), " ") {
			t.Errorf("%d columns: %q", width, got)
		}
	}
}

func TestTheCodesAgeIsTheSameInBothPlaces(t *testing.T) {
	m := states["after-exchange"](common(80, 24))
	m.exchange.CallbackToRequest, m.exchange.CodeAge = 904900*time.Microsecond, 905*time.Millisecond
	if view := m.View(); strings.Count(view, "905 ms") != 2 {
		t.Errorf("two ages:\n%s", view)
	}
}

func TestWithoutADisplayNoBrowserIsPromised(t *testing.T) {
	m := waitingAt(common(80, 24))
	m.oddities = []record.Unexpected{{What: "the browser was not opened: there is no display here", Count: 1}}
	if view := m.View(); strings.Contains(view, "opens by itself") || !strings.Contains(view, "no display") {
		t.Errorf("it is promised:\n%s", view)
	}
}

func TestAWalkThatIsLeftWhileItOpensIsClosed(t *testing.T) {
	done := 0
	m := New(common(80, 24), Input{Options: session.Options{Practice: true, Browser: session.None, Done: func(*flow.Walk) { done++ }}})
	if _, ok := m.open().(openedMsg); !ok { // which another screen gets
		t.Fatal("it was not opened")
	}
	if m.Close(); done != 1 {
		t.Errorf("told %d times that the walk is over", done)
	}
}

func TestAWalkThatIsLeftBeforeItOpensIsNotOpened(t *testing.T) {
	m := New(common(80, 24), Input{Options: session.Options{Practice: true, Browser: session.None}})
	m.Close()
	if msg := m.open(); msg != nil {
		t.Errorf("it was opened: %T", msg)
	}
}

func TestLeavingWaitsForAWalkThatIsBeingOpened(t *testing.T) {
	done := false
	m := New(common(80, 24), Input{Options: session.Options{Practice: true, Browser: session.None, Done: func(*flow.Walk) { done = true }}})
	msgs := make(chan tea.Msg)
	go func() { msgs <- m.open() }()
	m.Close()
	_, opened := (<-msgs).(openedMsg)
	if opened != done { // either may come first
		t.Errorf("opened %v, closed %v", opened, done)
	}
}

func TestTheStepIsNamedWholeAtEveryWidth(t *testing.T) {
	for width := 40; width <= 120; width++ {
		for _, glyphs := range []ui.Glyphs{ui.Unicode, ui.ASCII} {
			c := common(width, 24)
			c.Glyphs = glyphs
			m := at(c, flow.StepTokens)
			for _, step := range flow.Steps {
				m.step = step + 1
				if line := m.stepsLine(); !strings.Contains(line, glyphs.Here+step.Title()+" "+glyphs.Done) || ansi.StringWidth(line) > width {
					t.Errorf("%d columns: the step %s is cut: %q", width, step.Title(), line)
				}
			}
		}
	}
}

func TestTheErrorAndItsHTTPCodeAreSeenInTheSmallestWindow(t *testing.T) {
	view := refusedAt(common(40, 12)).View()
	for _, want := range []string{"invalid_grant", "(HTTP 400)"} {
		if !strings.Contains(view, want) {
			t.Errorf("%q is cut:\n%s", want, view)
		}
	}
}

func TestAParameterIsDescribedBesideALongValue(t *testing.T) {
	m := at(common(80, 24), flow.StepAuthorize)
	view := m.View()
	for name, want := range map[string]string{"issuer": "the server's name", "token_endpoint": "exchange", "authorization_endpoint": "the browser goes", "jwks_uri": "public keys"} {
		if !regexp.MustCompile(`(?m)^ +` + name + ` .*` + want).MatchString(view) {
			t.Errorf("%s has no description:\n%s", name, view)
		}
	}
}

func TestAMismatchThatNoCauseExplainsLeadsToNoDiagnosis(t *testing.T) {
	m := at(common(80, 24), flow.StepCallback)
	m.session.Walk.Transcript = record.NewTranscript()
	m.session.Walk.Transcript.Request(script()[2], func() []record.Param { return script()[2].Params })
	m.state = running
	m.stepped(steppedMsg{step: flow.StepCallback, outcome: flow.Outcome{Kind: flow.StateMismatch, Step: flow.StepCallback}})
	if cmd := golden.Press(m, "enter"); cmd != nil {
		t.Errorf("enter leads to %T", cmd())
	}
	if keys := golden.Framed(m.ui, m); strings.Contains(keys, "see why") || !strings.Contains(keys, "w walk again") {
		t.Errorf("the keys are:\n%s", keys)
	}
}

func TestWhatIsUnexpectedIsNotCutInTheSummary(t *testing.T) {
	for _, size := range [][2]int{{60, 60}, {80, 24}, {120, 40}} {
		m := refusedAt(common(size[0], size[1]))
		if view := strings.Join(m.evidenceLines(min(size[0], 55)), " "); !strings.Contains(strings.Join(strings.Fields(view), " "), "a reload, a second tab or a prefetch") {
			t.Errorf("%v: it is cut:\n%s", size, view)
		}
	}
}

func TestACountdownCountsOnce(t *testing.T) {
	if line := states["holding"](common(80, 24)).doing(); strings.Contains(line, "0 s") && !strings.HasSuffix(ansi.Strip(line), "to go") {
		t.Errorf("%q", line)
	}
}

func TestWithTwoEndpointsNothingIsSaidToBeAsked(t *testing.T) {
	for _, size := range [][2]int{{40, 12}, {80, 24}} {
		m := at(golden.Common(size[0], size[1]), flow.StepAuthorize)
		m.messages, m.config.AuthURL, m.config.TokenURL = nil, "https://as.example/authorize", "https://as.example/token"
		view := m.View()
		if strings.Contains(view, "asking") || !strings.Contains(view, "https://as.example/token") {
			t.Errorf("%v:\n%s", size, view)
		}
	}
}

func TestARefreshThatWasNotSentIsNotDone(t *testing.T) {
	m := gotTokens(golden.Common(80, 24))
	if view := m.View(); !strings.Contains(view, "Refresh ✓") {
		t.Errorf("one was sent:\n%s", view)
	}
	m.messages = m.messages[:14]
	m.land(len(m.messages))
	if view := m.View(); strings.Contains(view, "Refresh ✓") {
		t.Errorf("none was sent:\n%s", view)
	}
}

func TestAMissingIDTokenIsNamed(t *testing.T) {
	m := at(golden.Common(80, 24), flow.StepRefresh)
	m.messages, m.idToken, m.tokens = m.messages[:9], nil, &flow.Tokens{Access: "pa_Example"}
	m.land(8)
	if view := m.View(); !strings.Contains(view, "The response has no ID token") {
		t.Errorf("after the check:\n%s", view)
	}
	m = gotTokens(golden.Common(80, 24))
	m.idToken = nil
	if view := m.View(); !strings.Contains(view, "ID token       none") {
		t.Errorf("at the end:\n%s", view)
	}
}

func TestTheNotesOfAllRowsBeginAtOnePlace(t *testing.T) {
	m := states["twist-changed"](golden.Common(80, 24))
	m.focus(-1)
	columns := map[int]bool{}
	for _, row := range m.params(m.marked(m.messages[7]), 80, 8) {
		row = ansi.Strip(row)
		columns[ansi.StringWidth(row[:strings.LastIndex(row, "  ")])] = true
	}
	if len(columns) != 1 {
		t.Errorf("notes begin at %v:\n%s", columns, m.View())
	}
}

func TestWhatWasSeenKeepsItsWordsInTheSmallestWindow(t *testing.T) {
	m := refusedAt(golden.Common(40, 12))
	m.evidence.TokenRequests[0].Response.Date = m.evidence.TokenRequests[0].SentAt
	for _, line := range m.evidenceLines(40) {
		if ansi.StringWidth(line) > 40 {
			t.Errorf("%q is cut", line)
		}
	}
}
