package diagnose

import (
	"strings"
	"testing"
	"time"

	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/diagnose/score"
	"example.com/grantwalk/diagnose/view"
)

// A clock that is right now does not take back that the assertion is from the future.
func TestAFactThatFitsDoesNotExcludeACauseThatAnotherFactSettles(t *testing.T) {
	e := Evidence{TokenRequests: []TokenRequest{{
		GrantType: "urn:ietf:params:oauth:grant-type:jwt-bearer", Assertion: signed(t, map[string]any{"iss": "robot", "sub": "alice", "aud": "https://as.example/token", "iat": at(600).Unix(), "exp": at(900).Unix()}),
		SentAt: at(0), Response: TokenResponse{ErrorResponse: ErrorResponse{Error: "invalid_grant", Status: 400}, Date: at(0), At: at(0.1)},
	}}}
	r := Diagnose(e)
	for _, out := range r.RuledOut {
		if out.ID == ClockSkew {
			t.Errorf("it is ruled out: %s", out.Why)
		}
	}
	if c := r.Causes[0]; c.ID != ClockSkew || c.Strength != Certain || c.Score < 0.9 {
		t.Errorf("%+v", r.Causes)
	}
}

func TestARevocationThatTheServerRejectedRevokedNothing(t *testing.T) {
	for status, revoked := range map[int]bool{200: true, 400: false, 503: false} {
		e := Evidence{
			TokenRequests: []TokenRequest{exchanged(5.4, first), refresh(60, first.RefreshToken, refused("invalid_grant", 400))},
			Revocations:   []Revocation{{Token: first.RefreshToken, Status: status, SentAt: at(30)}},
		}
		if c := Diagnose(e).Causes[0]; (c.ID == RefreshRevoked && c.Strength == Certain) != revoked {
			t.Errorf("status %d: %s %s", status, c.ID, c.Strength)
		}
	}
}

func TestACauseIsLikelyFromTwoFifthsOnAndNotBefore(t *testing.T) {
	for _, said := range []string{"", "Code not valid", "Token is not active", "the code was used", "invalid code", "The refresh token is expired or invalid", "client mismatch", "bad secret", "Session not active", "expired"} {
		for _, grant := range []string{GrantCode, GrantRefresh, ""} {
			for _, c := range Diagnose(Evidence{Grant: grant, ErrorResponse: ErrorResponse{Error: "invalid_grant", Description: safe.Foreign(said)}}).Causes {
				if c.Strength == Likely && c.Score < 0.4 {
					t.Errorf("%q of %q: %s is likely at %.2f", said, grant, c.ID, c.Score)
				}
			}
		}
	}
}

func TestACodeIsOldPastTenMinutesWhateverTheServer(t *testing.T) {
	for age, state := range map[time.Duration]string{9 * time.Minute: "past_a_minute", 11 * time.Minute: "past_ten_minutes"} {
		e := one(refused("invalid_grant", 400), func(_ *Authorization, r *TokenRequest) { r.SentAt = at(5 + age.Seconds()) })
		if f, ok := view.Of(e).Fact("code_age_measured"); !ok || f.State != state {
			t.Errorf("after %s: %q, want %q", age, f.State, state)
		}
	}
}

func TestNoQuestionIsAskedWhoseAnswerWouldTellNothing(t *testing.T) {
	e := one(refused("invalid_grant", 400), func(_ *Authorization, r *TokenRequest) { r.RedirectURI += "/" }) // it is settled
	if q, gain := score.Next(view.Of(e), nil); q != nil {
		t.Errorf("%s is asked, for %.3f bits", q.ID, gain)
	}
}

// A cause that the evidence excludes is not stated by an answer either.
func TestAnAnswerDoesNotStateACauseThatTheEvidenceExcludes(t *testing.T) {
	e := one(refused("invalid_grant", 400), nil)
	before := Diagnose(e)
	e.Answers = []Answer{{Question: "same_redirect_uri", Yes: false}}
	after := Diagnose(e)
	if len(after.Causes) == 0 || after.Causes[0].ID != before.Causes[0].ID {
		t.Fatalf("%v, before the answer %v", after.Causes, before.Causes)
	}
	if a, b := after.Causes[0].Score, before.Causes[0].Score; a < b/2 {
		t.Errorf("%s falls from %.2f to %.2f", after.Causes[0].ID, b, a)
	}
}

// A server may give tokens for a code twice. The first time counts as the code's use.
func TestTheFirstRequestThatGotTokensUsedTheCode(t *testing.T) {
	e := Evidence{Authorizations: []Authorization{authorization()}, TokenRequests: []TokenRequest{exchanged(5.4, first), exchanged(6.4, second), exchanged(7.4, refused("invalid_grant", 400))}}
	c := Diagnose(e).Causes[0]
	if c.ID != CodeReused || c.Strength != Certain {
		t.Fatalf("%s %s", c.ID, c.Strength)
	}
	var lines []string
	for _, v := range c.Values {
		lines = append(lines, v.Label+" "+v.Text)
	}
	if all := strings.Join(lines, "\n"); !strings.Contains(all, "12:00:05") {
		t.Errorf("the first use is not told:\n%s", all)
	}
}

// What is refused after the code was taken is a second use, however often it is tried.
func TestAnErrorBehindATakenCodeIsASecondUse(t *testing.T) {
	e := Evidence{Authorizations: []Authorization{authorization()}, TokenRequests: []TokenRequest{
		exchanged(5.4, refused("invalid_client", 401)), exchanged(6.4, first), exchanged(7.4, refused("invalid_grant", 400)), exchanged(8.4, refused("invalid_grant", 400)),
	}}
	if c := Diagnose(e).Causes[0]; c.ID != CodeReused || c.Strength != Certain {
		t.Errorf("%s %s %q", c.ID, c.Strength, c.Says)
	}
}

func TestTheNameOfAnErrorIsReadWhateverItsCase(t *testing.T) {
	small := Diagnose(Evidence{ErrorResponse: ErrorResponse{Error: "invalid_client"}})
	large := Diagnose(Evidence{ErrorResponse: ErrorResponse{Error: "Invalid_Client"}})
	if small.Causes[0].ID != ClientCredentials || small.Causes[0].ID != large.Causes[0].ID || small.Causes[0].Score != large.Causes[0].Score {
		t.Errorf("%s %.2f, with capitals %s %.2f", small.Causes[0].ID, small.Causes[0].Score, large.Causes[0].ID, large.Causes[0].Score)
	}
}

// Diagnose reads the evidence, and changes nothing in it.
func TestDiagnosingLeavesTheEvidenceAsItIs(t *testing.T) {
	e := one(refused("invalid_grant", 400), func(a *Authorization, r *TokenRequest) { a.ClientID, r.ClientID, r.Code = "REDACTED", "xxx", "***" })
	Diagnose(e)
	if a, r := e.Authorizations[0], e.TokenRequests[0]; a.ClientID != "REDACTED" || r.ClientID != "xxx" || r.Code != "***" || r.Masked != "" {
		t.Errorf("%+v\n%+v", a, r)
	}
}
