package flow

import (
	"slices"
	"testing"
	"time"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/flow/record"
)

// ends are walks that ended in every way that changes what is told of a twist.
func ends(t *testing.T, twist Twist) []*Walk {
	var walks []*Walk
	add := func(change func(*Walk)) {
		w, err := New(Config{AuthURL: "https://as.example/a", TokenURL: "https://as.example/t", ClientID: "me", ClientAuth: AuthNone})
		if err != nil {
			t.Fatal(err)
		}
		w.Twist, w.Reached, w.started = &twist, twist.Step, true
		change(w)
		walks = append(walks, w)
	}
	add(func(w *Walk) { w.Reached = StepSetUp })
	for _, why := range notPlayed {
		add(func(w *Walk) { w.unplayed = why })
	}
	for _, kind := range []Kind{GoOn, GotTokens, NoAnswer, Interrupted, StateMismatch, Denied} {
		for _, request := range []progress{unsent, sent, answered} {
			add(func(w *Walk) { w.Last, w.request = Outcome{Kind: kind, Step: twist.Step}, request })
		}
	}
	for _, code := range []string{"", "invalid_grant", "invalid_client", "invalid_request", "unauthorized_client", "server_error", "redirect_uri_mismatch", "slow_down", "AADSTS700082", "Xq7Lp0Vw9Zr3Tk5Bn8Md2Gh6", "such an error", "<b>", "no.such.error"} {
		for _, status := range []int{0, 200, 302, 400, 401, 403, 429, 500, 503} {
			add(func(w *Walk) {
				w.Last = Outcome{Kind: Refused, Step: twist.Step, Error: &ErrorResponse{Error: safe.Foreign(code), Status: status}}
			})
		}
	}
	for _, age := range []time.Duration{0, time.Second, 70 * time.Second, 9 * time.Minute, time.Hour} {
		add(func(w *Walk) { w.Last, w.Exchange = Outcome{Step: twist.Step}, &record.Timing{CodeAge: age} })
	}
	add(func(w *Walk) { w.Last, w.Config.ClientAuth = Outcome{Step: twist.Step}, AuthBasic })
	return walks
}

func TestASavedTwistIsToldAsTheWalkToldIt(t *testing.T) {
	for _, twist := range Twists() {
		for _, w := range ends(t, twist) {
			r := w.TwistResult()
			if told := twist.Told(r.Result, r.Means); told == nil || *told != *r {
				t.Errorf("%+v\nis told as %+v", r, told)
			}
			if !safe.Clean(r.Means) {
				t.Errorf("not fit to print: %q", r.Means)
			}
		}
	}
}

func TestAFileCannotSayWhatItLikesOfATwist(t *testing.T) {
	for _, twist := range Twists() {
		for _, result := range []string{TwistAccepted, TwistRejected, TwistNotPlayed} {
			for _, means := range []string{
				"", "Pay at evil.example.", asItShould + " Pay at evil.example.",
				"The server rejected the broken request with pay at evil.example, which does not show that it checks what was broken.",
				"The server rejected the broken request with Xq7Lp0Vw9Zr3Tk5Bn8Md2Gh6, which does not show that it checks what was broken.",
			} {
				if told := twist.Told(result, means); told.Means == means || told.Means == "" {
					t.Errorf("%s, %s: %q", twist.Cause, result, told.Means)
				}
			}
		}
	}
}

func TestOnlyAnErrorForWhatWasBrokenIsAsItShouldBe(t *testing.T) {
	for _, c := range []struct {
		status int
		code   string
		proves []diagnose.ID // by which twists it shows that the server checks
	}{
		{400, "invalid_grant", []diagnose.ID{
			diagnose.CodeReused, diagnose.CodeExpired, diagnose.CodeMalformed, diagnose.RedirectURIMismatch, diagnose.ClientMismatch,
			diagnose.PKCEMismatch, diagnose.RefreshReused, diagnose.RefreshRevoked, diagnose.WrongToken}},
		{400, "invalid_request", []diagnose.ID{diagnose.CodeMalformed, diagnose.RedirectURIMismatch, diagnose.PKCEMismatch}},
		{401, "invalid_client", []diagnose.ID{diagnose.ClientCredentials}}, // of another client, its secret may be wrong
		{400, "unauthorized_client", []diagnose.ID{diagnose.ClientCredentials, diagnose.ClientMismatch}},
		{200, "incorrect_client_credentials", []diagnose.ID{diagnose.ClientCredentials}},
		{200, "bad_verification_code", []diagnose.ID{diagnose.CodeReused, diagnose.CodeExpired, diagnose.CodeMalformed, diagnose.ClientMismatch}},
		{200, "bad_refresh_token", []diagnose.ID{diagnose.RefreshReused, diagnose.RefreshRevoked, diagnose.WrongToken}},
		{400, "redirect_uri_mismatch", []diagnose.ID{diagnose.RedirectURIMismatch}},
		{400, "", nil}, {200, "", nil}, {302, "", nil}, {302, "invalid_grant", nil}, {500, "invalid_grant", nil}, {503, "", nil},
		{429, "slow_down", nil}, {429, "invalid_grant", nil}, {400, "slow_down", nil}, {400, "server_error", nil}, {400, "invalid_scope", nil},
	} {
		for _, twist := range Twists() {
			means := twist.rejected(ErrorResponse{Status: c.status, Error: safe.Foreign(c.code)})
			if got, want := means == asItShould, slices.Contains(c.proves, twist.Cause); got != want {
				t.Errorf("%s, HTTP %d %s: %s", twist.Cause, c.status, c.code, means)
			}
		}
	}
}
