package flow_test

import (
	"encoding/json"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/grantwalk/diagnose"
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
