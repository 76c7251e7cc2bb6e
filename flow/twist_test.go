package flow_test

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/flow"
	"example.com/grantwalk/flow/practice"
)

// twistedWalk walks on a practice server with one thing spoilt.
func twistedWalk(t *testing.T, twist flow.Twist) (*flow.Walk, flow.Outcome) {
	t.Helper()
	var passed atomic.Int64
	now := func() time.Time { return time.Now().Add(time.Duration(passed.Load())) }
	server, err := practice.Start(practice.Options{SigningAlg: "ES256", Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	w, err := flow.New(flow.Config{
		Provider: "practice", Issuer: server.Issuer(), ClientID: practice.ConfidentialClient, ClientSecret: practice.ClientSecret,
		OtherClientID: practice.PublicClient, Scopes: []string{"openid", "offline_access"}, CodeLifetime: practice.DefaultCodeLifetime,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	w.Browser = practice.User{Approve: twist.Cause != diagnose.UserDenied}
	w.Twist, w.Now = &twist, now
	var out flow.Outcome
	for _, step := range flow.Steps {
		if twist.Cause == diagnose.CodeExpired && step == flow.StepExchange {
			passed.Store(int64(practice.DefaultCodeLifetime) + int64(time.Minute)) // so that the hold is over at once
		}
		if out, err = w.Do(t.Context(), step); err != nil {
			t.Fatal(err)
		}
		if out.Kind != flow.GoOn {
			break
		}
	}
	return w, out
}

func TestEveryTwistIsRefusedAndFoundFromTheEvidenceAlone(t *testing.T) {
	for _, twist := range flow.Twists() {
		t.Run(string(twist.Cause), func(t *testing.T) {
			w, out := twistedWalk(t, twist)
			if out.Kind == flow.GotTokens || out.Kind == flow.NoAnswer || out.Step != twist.Step {
				t.Fatalf("ended at %s with %s: %s", out.Step, out.Kind, out.Why)
			}
			e := w.Evidence()
			body, err := json.Marshal(e)
			if err != nil {
				t.Fatal(err)
			}
			if text := string(body); strings.Contains(text, string(twist.Cause)) || strings.Contains(text, "twist") {
				t.Errorf("the evidence names the twist: %s", text)
			}
			d := diagnose.Diagnose(e)
			if len(d.Causes) == 0 || d.Causes[0].ID != twist.Cause {
				t.Errorf("the first cause is not it: %+v", d.Causes[:min(3, len(d.Causes))])
			}
		})
	}
}

func TestATwistThatTheServerRejectsSaysSo(t *testing.T) {
	for _, twist := range flow.Twists() {
		w, _ := twistedWalk(t, twist)
		if r := w.TwistResult(); r == nil || r.Result != flow.TwistRejected || r.Cause != twist.Cause || r.Means == "" {
			t.Errorf("%s: %+v", twist.Cause, r)
		}
	}
}

// acceptingAll is a server that gives tokens for every request.
func acceptingAll(t *testing.T) *authServer {
	as := newAuthServer(t)
	as.on("/revoke", says(200, ""))
	return as
}

func TestARejectionForAnotherReasonDoesNotShowThatTheServerChecks(t *testing.T) {
	as := newAuthServer(t)
	as.on("/token", says(500, `{"error":"server_error"}`))
	w := as.walk()
	twist, _ := flow.TwistFor(diagnose.RedirectURIMismatch)
	w.Twist = &twist
	ended(t, play(t, w, flow.StepExchange), flow.Refused, flow.StepExchange)
	if r := w.TwistResult(); r.Result != flow.TwistRejected || !strings.Contains(r.Means, "does not show") {
		t.Errorf("%+v", r)
	}
}

func TestABrokenRequestWithoutAResponseIsNotToldAsUnbroken(t *testing.T) {
	for _, cause := range []diagnose.ID{diagnose.PKCEMismatch, diagnose.WrongToken} {
		twist, _ := flow.TwistFor(cause)
		as := newAuthServer(t)
		w := as.walk()
		w.Twist = &twist
		ended(t, play(t, w, twist.Step-1), flow.GoOn, twist.Step-1)
		as.on("/token", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }) // breaks the connection off
		ended(t, resume(t, w, twist.Step, twist.Step), flow.NoAnswer, twist.Step)
		if r := w.TwistResult(); r.Result != flow.TwistNotPlayed || !r.Unknown() || !strings.HasPrefix(r.Means, "The broken request was sent and no response came, ") {
			t.Errorf("%+v", r)
		}
	}
}

func TestABrokenRequestThatCouldNotBeSentBrokeNothing(t *testing.T) {
	twist, _ := flow.TwistFor(diagnose.PKCEMismatch)
	as := newAuthServer(t)
	w := as.walk()
	w.Twist = &twist
	ended(t, play(t, w, flow.StepCallback), flow.GoOn, flow.StepCallback)
	w.Metadata.TokenEndpoint = "http://" + nobody(t) + "/token"
	ended(t, resume(t, w, flow.StepExchange, flow.StepExchange), flow.NoAnswer, flow.StepExchange)
	if r := w.TwistResult(); r.Result != flow.TwistNotPlayed || r.Means != "Nothing was broken: the broken request could not be sent." {
		t.Errorf("%+v", r)
	}
}

func TestAUserWhoDoesNotReturnHasNotDenied(t *testing.T) {
	twist, _ := flow.TwistFor(diagnose.UserDenied)
	as := newAuthServer(t)
	w := as.walk(func(c *flow.Config) { c.Timeout = 50 * time.Millisecond })
	w.Twist, w.Browser = &twist, nil
	ended(t, play(t, w, flow.StepCallback), flow.NoAnswer, flow.StepCallback)
	if r := w.TwistResult(); r.Result != flow.TwistNotPlayed || !strings.HasPrefix(r.Means, "No response came from the browser, ") {
		t.Errorf("%+v", r)
	}
}

func TestAnInterruptedHoldBrokeNothing(t *testing.T) {
	twist, _ := flow.TwistFor(diagnose.CodeExpired)
	w := newAuthServer(t).walk()
	w.Twist = &twist
	ended(t, play(t, w, flow.StepCallback), flow.GoOn, flow.StepCallback)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.Do(ctx, flow.StepExchange); err != nil {
		t.Fatal(err)
	}
	if r := w.TwistResult(); r.Means != "Nothing was broken: the walk ended while the code was held." {
		t.Errorf("%+v", r)
	}
}

func TestATwistThatTheServerAcceptsIsAFinding(t *testing.T) {
	for _, twist := range flow.Twists() {
		if twist.Cause == diagnose.UserDenied {
			continue // the user decides, and not the server
		}
		t.Run(string(twist.Cause), func(t *testing.T) {
			as := acceptingAll(t)
			w := as.walk(func(c *flow.Config) {
				as.explicit(c)
				c.ClientSecret, c.ClientAuth, c.OtherClientID = "a-secret-of-the-client", flow.AuthBasic, "other"
				c.CodeLifetime = time.Nanosecond
			})
			w.Twist = &twist
			if out := play(t, w, flow.StepAuthorize); out.Kind != flow.GoOn {
				t.Fatalf("%+v", out)
			}
			w.Metadata.RevocationEndpoint = as.URL + "/revoke"
			start := w.Now()
			w.Now = func() time.Time { start = start.Add(2 * time.Second); return start } // a held code is soon too old
			resume(t, w, flow.StepCallback, flow.StepRefresh)
			r := w.TwistResult()
			means := twist.Accepted
			switch twist.Cause {
			case diagnose.CodeExpired: // at an age that no rule forbids
				means = "The server still accepted the code after "
			case diagnose.RefreshReused: // by a confidential client
				means = "The same refresh token worked twice, so the server does not notice a stolen one. RFC 9700 §2.2.2 requires more than that of public clients only"
			}
			if r == nil || r.Result != flow.TwistAccepted || !strings.HasPrefix(r.Means, means) {
				t.Errorf("%+v, outcome %+v", r, w.Last)
			}
			if doc := w.Result(false); doc.Outcome != flow.GotTokens || doc.Twist == nil || doc.Twist.Result != "accepted" {
				t.Errorf("document: %+v", doc)
			}
		})
	}
}

func TestATwistThatCannotBePlayedLeavesTheWalkWhole(t *testing.T) {
	for name, c := range map[string]struct {
		cause   diagnose.ID
		prepare func(*authServer)
		revoke  bool
		want    string
	}{
		"no refresh token": {diagnose.RefreshReused, func(as *authServer) {
			as.grants(func(g map[string]any) { delete(g, "refresh_token") })
		}, false, "no refresh token"},
		"no revocation endpoint": {diagnose.RefreshRevoked, func(*authServer) {}, false, "no revocation endpoint"},
		"a rejected revocation": {diagnose.RefreshRevoked, func(as *authServer) {
			as.on("/revoke", says(400, `{"error":"unsupported_token_type"}`))
		}, true, "did not confirm the revocation"},
	} {
		t.Run(name, func(t *testing.T) {
			as := newAuthServer(t)
			c.prepare(as)
			w := as.walk(as.explicit)
			twist, _ := flow.TwistFor(c.cause)
			w.Twist = &twist
			play(t, w, flow.StepAuthorize)
			if c.revoke {
				w.Metadata.RevocationEndpoint = as.URL + "/revoke"
			}
			ended(t, resume(t, w, flow.StepCallback, flow.StepRefresh), flow.GotTokens, flow.StepRefresh)
			if r := w.TwistResult(); r.Result != flow.TwistNotPlayed || r.Unknown() || !strings.Contains(r.Means, c.want) {
				t.Errorf("%+v", r)
			}
		})
	}
}

func TestWithoutMetadataNoTokenCanBeRevoked(t *testing.T) {
	as := newAuthServer(t)
	twist, _ := flow.TwistFor(diagnose.RefreshRevoked)
	if err := twist.Possible(as.walk(as.explicit)); err == nil || !strings.Contains(err.Error(), "no revocation endpoint of this provider is known") {
		t.Errorf("with two endpoints: %v", err)
	}
	if err := twist.Possible(as.walk()); err != nil {
		t.Errorf("with an issuer: %v", err)
	}
}

func TestTheOtherClientAuthenticatesWithItsSecret(t *testing.T) {
	as := acceptingAll(t)
	w := as.walk(func(c *flow.Config) {
		c.ClientSecret, c.ClientAuth = "a-secret-of-the-client", flow.AuthPost
		c.OtherClientID, c.OtherClientSecret = "other", "a-secret-of-the-other"
	})
	twist, _ := flow.TwistFor(diagnose.ClientMismatch)
	w.Twist = &twist
	play(t, w, flow.StepExchange)
	sent := as.got("/token")[0].form
	if sent.Get("client_id") != "other" || sent.Get("client_secret") != "a-secret-of-the-other" {
		t.Errorf("sent %v", sent)
	}
	if strings.Contains(printed(t, w), "a-secret-of-the") {
		t.Error("a secret can be read in the transcript")
	}
}

func TestARejectedSecondClientDoesNotShowThatTheServerComparesClients(t *testing.T) {
	for secret, want := range map[safe.Secret]string{"": "give that too", "a-secret-of-the-other": "or its secret"} {
		as := newAuthServer(t)
		as.on("/token", says(401, `{"error":"invalid_client"}`))
		w := as.walk(func(c *flow.Config) { c.OtherClientID, c.OtherClientSecret = "other", secret })
		twist, _ := flow.TwistFor(diagnose.ClientMismatch)
		w.Twist = &twist
		play(t, w, flow.StepExchange)
		if r := w.TwistResult(); r.Result != flow.TwistRejected || !strings.Contains(r.Means, "does not show") || !strings.Contains(r.Means, want) {
			t.Errorf("%q: %+v", secret, r)
		}
	}
}

func TestTheSameClientIsNoSecondClient(t *testing.T) {
	as := newAuthServer(t)
	w := as.walk(func(c *flow.Config) { c.OtherClientID = c.ClientID })
	twist, _ := flow.TwistFor(diagnose.ClientMismatch)
	if err := twist.Possible(w); err == nil || !strings.Contains(err.Error(), "the one that the code was issued to") {
		t.Errorf("%v", err)
	}
}

func TestAHeldCodeIsSentWhenTheHoldIsLeft(t *testing.T) {
	twist, _ := flow.TwistFor(diagnose.CodeExpired)
	server, err := practice.Start(practice.Options{SigningAlg: "ES256"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	w, err := flow.New(flow.Config{Issuer: server.Issuer(), ClientID: practice.ConfidentialClient, ClientSecret: practice.ClientSecret})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	w.Browser, w.Twist = practice.User{Approve: true}, &twist
	for _, step := range flow.Steps[:flow.StepExchange] {
		if out, err := w.Do(t.Context(), step); err != nil || out.Kind != flow.GoOn {
			t.Fatal(step, out, err)
		}
	}
	w.Release() // ten minutes early
	if out, err := w.Do(t.Context(), flow.StepExchange); err != nil || out.Kind != flow.GoOn || w.Tokens == nil {
		t.Errorf("%+v %v", out, err)
	}
	if r := w.TwistResult(); r.Result != flow.TwistNotPlayed {
		t.Errorf("a code that was not held counts as too old: %+v", r)
	}
}

func TestATwistShowsWhatItChangesBesideWhatIsRight(t *testing.T) {
	for _, cause := range []diagnose.ID{diagnose.CodeMalformed, diagnose.RedirectURIMismatch, diagnose.ClientCredentials, diagnose.PKCEMismatch} {
		twist, ok := flow.TwistFor(cause)
		if !ok {
			t.Fatalf("no twist for %s", cause)
		}
		w, _ := twistedWalk(t, twist)
		changes := w.Changes(flow.StepExchange)
		if len(changes) != 1 || changes[0].Right.Show(true) == changes[0].Sent.Show(true) {
			t.Errorf("%s: %+v", cause, changes)
		}
	}
}

func TestOnlyWhatLiesAheadCanBeSpoilt(t *testing.T) {
	w, out := twistedWalk(t, flow.Twist{Step: flow.StepSetUp}) // spoils nothing
	if out.Kind != flow.GotTokens {
		t.Fatalf("%+v", out)
	}
	for _, twist := range flow.Twists() {
		if twist.Possible(w) == nil {
			t.Errorf("%s is possible after the end", twist.Cause)
		}
	}
}

func TestASavedTwistThatWasNotPlayedStillSaysWhy(t *testing.T) {
	w, _ := twistedWalk(t, flow.Twist{Step: flow.StepSetUp}) // breaks nothing
	for cause, reached := range map[diagnose.ID]flow.Step{diagnose.RefreshRevoked: flow.StepExchange, diagnose.UserDenied: flow.StepRefresh} {
		twist, _ := flow.TwistFor(cause)
		w.Twist, w.Reached = &twist, reached
		r := w.TwistResult()
		if r.Result != flow.TwistNotPlayed || !strings.HasPrefix(r.Means, "Nothing was broken: ") {
			t.Fatalf("%+v", r)
		}
		if told := twist.Told(r.Result, r.Means); told.Means != r.Means {
			t.Errorf("%q is told as %q", r.Means, told.Means)
		}
		if told := twist.Told(r.Result, "Nothing was broken: pay at evil.example."); told.Means != "The file does not say why." {
			t.Errorf("a file can say what it likes: %q", told.Means)
		}
	}
}

func TestTheChangedParameterOfTheRequestIsKnownAndNoOther(t *testing.T) {
	for cause, want := range map[diagnose.ID]string{
		diagnose.CodeMalformed: "code", diagnose.RedirectURIMismatch: "redirect_uri", diagnose.ClientCredentials: "Authorization",
		diagnose.ClientMismatch: "client_id", diagnose.PKCEMismatch: "code_verifier", diagnose.CodeReused: "",
	} {
		twist, _ := flow.TwistFor(cause)
		w, _ := twistedWalk(t, twist)
		changes, got := w.Changes(twist.Step), []string(nil)
		for _, m := range w.Transcript.Messages() {
			for _, p := range m.Params {
				if _, ok := flow.ChangeIn(changes, m, p); ok {
					got = append(got, p.Name)
				}
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: changed %q, want %q", cause, got, want)
		}
	}
}

// nobody is an address on this machine at which nobody listens.
func nobody(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
