package flow_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/flow"
	"example.com/grantwalk/flow/record"
)

func TestAForgedIDTokenIsNotVerifiedAndSaysWhichRuleItBreaks(t *testing.T) {
	for _, c := range forgeries {
		t.Run(c.forged, func(t *testing.T) {
			f := newForgery()
			c.forge(f)
			got := f.verdict(t)
			switch {
			case c.why == "" && (!got.Verified || got.Why != "" || got.Subject == ""):
				t.Errorf("got %+v, want it verified", got)
			case c.why != "" && (got.Verified || got.Subject != "" || !strings.Contains(got.Why, c.why)):
				t.Errorf("got %+v, want it not verified because of %q", got, c.why)
			}
			if !safe.Clean(got.Why) || len(got.Why) > 600 {
				t.Errorf("not fit to print: %q", got.Why)
			}
		})
	}
}

// Four thousand keys with the right kid cost what ten cost. The count is read from
// the verdict, so that no clock is needed.
func TestOfAKeySetWithThousandsOfKeysTenAreTried(t *testing.T) {
	f := newForgery()
	f.sign("ES512", "k", idKeys().mallory)
	var keys []any
	for range 4000 {
		keys = append(keys, publicJWK("k", &idKeys().es512.PublicKey, "ES512"))
	}
	f.keySet = map[string]any{"keys": keys}
	f.key = nil
	parts := strings.Split(f.compact(), ".")
	f.token = parts[0] + "." + parts[1] + "." + b64(strings.Repeat("\x01", 132))
	if got := f.verdict(t); got.Verified || !strings.Contains(got.Why, "none of 10 keys") || !strings.Contains(got.Why, "4000") {
		t.Errorf("got %+v", got)
	}
}

func TestTheRightKeyIsFoundAmongThousandsByItsKid(t *testing.T) {
	f := newForgery()
	var keys []any
	for i := range 4000 {
		keys = append(keys, publicJWK(fmt.Sprint("k", i), &idKeys().mallory.PublicKey, ""))
	}
	f.keySet = map[string]any{"keys": append(keys, f.keys()...)}
	if got := f.verdict(t); !got.Verified {
		t.Errorf("got %+v", got)
	}
}

func TestAnInterruptedWalkChecksNoSignature(t *testing.T) {
	f := newForgery()
	w := f.walk(t)
	ctx, interrupt := context.WithCancel(t.Context())
	keySet := w.Transport
	w.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
		interrupt() // once the keys are there
		return keySet.RoundTrip(r)
	})
	out, err := w.Do(ctx, flow.StepTokens)
	if err != nil || out.Kind != flow.Interrupted {
		t.Errorf("got %+v, %v", out, err)
	}
	if w.IDToken.Verified || !strings.Contains(w.IDToken.Why, "interrupted") {
		t.Errorf("got %+v", w.IDToken)
	}
}

// The result document says of every ID token whether it is verified, and why not.
func TestTheResultSaysWhetherTheIDTokenIsVerified(t *testing.T) {
	document := func(w *flow.Walk) map[string]any {
		var b bytes.Buffer
		if err := w.Result(false).WriteJSON(&b); err != nil {
			t.Fatal(err)
		}
		id, _ := object(b.Bytes())["id_token"].(map[string]any)
		return id
	}
	genuine, forged := newForgery(), newForgery()
	forged.claims["aud"] = []string{clientID, "evil-client"}
	for f, want := range map[*forgery]map[string]any{
		genuine: {"verified": true, "why": ""},
		forged:  {"verified": false, "why": `its aud names "evil-client" too, an audience that this client has no reason to trust (OpenID Connect Core §3.1.3.7, rule 3)`},
	} {
		w := f.walk(t)
		unchecked := map[string]any{"verified": false, "why": "the walk ended before the ID token was checked"}
		if got := document(w); !maps.Equal(got, unchecked) {
			t.Errorf("before the check: got %v, want %v", got, unchecked)
		}
		if _, err := w.Do(t.Context(), flow.StepTokens); err != nil {
			t.Fatal(err)
		}
		if got := document(w); !maps.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	}
	w := genuine.walk(t)
	w.Tokens.ID = ""
	if got := document(w); got != nil {
		t.Errorf("without an ID token: got %v, want no member", got)
	}
}

func TestAClaimThatIsTwiceInTheIDTokenIsMarkedBothTimes(t *testing.T) {
	f := newForgery()
	f.claimsJSON = twice(f.claims, `"azp":"evil-client","azp":"`+clientID+`",`, "")
	w := f.walk(t)
	if _, err := w.Do(t.Context(), flow.StepTokens); err != nil {
		t.Fatal(err)
	}
	marks := map[string][]record.Mark{}
	for _, p := range message(t, w, "ID token").Params {
		marks[p.Name] = append(marks[p.Name], p.Mark)
	}
	if want := []record.Mark{record.Bad, record.Bad}; !slices.Equal(marks["azp"], want) || !slices.Equal(marks["aud"], []record.Mark{record.Good}) {
		t.Errorf("azp %v, aud %v", marks["azp"], marks["aud"])
	}
}
