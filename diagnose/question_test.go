package diagnose

import (
	"math"
	"slices"
	"testing"

	"example.com/grantwalk/diagnose/causes"
	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/diagnose/score"
	"example.com/grantwalk/diagnose/view"
)

func TestEveryQuestionCanBeAnsweredByLooking(t *testing.T) {
	seen, places := map[string]bool{}, map[int]string{}
	for _, q := range causes.Questions() {
		for _, name := range q.Facts {
			if view.Checks()[name] == nil {
				t.Errorf("%s is answered by %s, which no check finds", q.ID, name)
			}
		}
		if q.ID == "" || seen[q.ID] || q.How == "" || q.Ask == "" || q.Ask[len(q.Ask)-1] != '?' {
			t.Errorf("question %q is not whole, or is there twice", q.ID)
		}
		if other, taken := places[q.Place]; taken {
			t.Errorf("the questions %s and %s have the same place, %d", other, q.ID, q.Place)
		}
		places[q.Place] = q.ID
		seen[q.ID] = true
		if len(toldBy(q)) == 0 || q.Yes <= 0 || q.Yes >= 1 {
			t.Errorf("%s tells no cause from the others", q.ID)
		}
	}
	for _, c := range causes.All() {
		for id, p := range c.Answers() {
			if !seen[id] {
				t.Errorf("%s answers %s, and there is no such question", c.ID, id)
			}
			if p <= 0 || p >= 1 {
				t.Errorf("%s: yes to %s is %g, which must be between 0 and 1", c.ID, id, p)
			}
		}
		for _, s := range c.StatedBy() {
			if !seen[s.Question] {
				t.Errorf("%s is stated by %s, which there is not", c.ID, s.Question)
			}
		}
	}
}

// toldBy are the causes that have an answer of their own to the question.
func toldBy(q *causes.Question) (ids []ID) {
	for _, c := range causes.All() {
		if _, ok := c.Answers()[q.ID]; ok {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

// answerOf is how likely yes is if that cause is the true one.
func answerOf(id ID, question string) float64 {
	if p, ok := causes.Find(id).Answers()[question]; ok {
		return p
	}
	i := slices.IndexFunc(causes.Questions(), func(q *causes.Question) bool { return q.ID == question })
	return causes.Questions()[i].Yes
}

// grantsOf are the grants in which a cause is at home.
var grantsOf = map[ID]string{
	RefreshExpired: GrantRefresh, RefreshRevoked: GrantRefresh, RefreshReused: GrantRefresh, WrongToken: GrantRefresh,
	ClockSkew: GrantJWT, AssertionInvalid: GrantJWT, UserCredentials: GrantPassword,
}

func TestAnExpertWhoAnswersReachesTheCause(t *testing.T) {
	const most = 8
	reached := 0
	for _, truth := range IDs() {
		grant := grantsOf[truth]
		if grant == "" {
			grant = GrantCode
		}
		e := Evidence{Grant: grant, ErrorResponse: ErrorResponse{Error: "invalid_grant"}}
		asked := 0
		for range most {
			q, gain, ok := Next(e)
			if !ok {
				break
			}
			if gain <= 0 {
				t.Errorf("%s: asking %s gains nothing", truth, q.ID)
			}
			e.Answers = append(e.Answers, Answer{Question: q.ID, Yes: answerOf(truth, q.ID) >= 0.5})
			asked++
			if first := Diagnose(e).Causes[0]; first.ID == truth && first.Score >= 0.8 {
				break
			}
		}
		first := Diagnose(e).Causes[0]
		if first.ID == truth {
			reached++
		}
		t.Logf("%-22s %d questions, then %s at %.2f", truth, asked, first.ID, first.Score)
	}
	if reached < 15 {
		t.Errorf("%d of %d causes reached within %d questions", reached, len(IDs()), most)
	}
}

// entropyOf is the uncertainty of the evidence in bits.
func entropyOf(e Evidence) float64 {
	h := 0.0
	for _, p := range score.Weigh(view.Of(e)).Shares() {
		if p > 0 {
			h -= p * math.Log2(p)
		}
	}
	return h
}

func TestAnAnswerThatIsExpectedLowersTheEntropy(t *testing.T) {
	e := Evidence{Grant: GrantCode, ErrorResponse: ErrorResponse{Error: "invalid_grant"}}
	before := entropyOf(e)
	q, gain, ok := Next(e)
	if !ok {
		t.Fatal("nothing to ask about a bare refusal")
	}
	expected := 0.0
	for _, yes := range []bool{true, false} {
		now := score.Weigh(view.Of(e)).Shares()
		p := 0.0
		for _, id := range IDs() {
			if pYes := answerOf(id, q.ID); yes {
				p += now[id] * pYes
			} else {
				p += now[id] * (1 - pYes)
			}
		}
		answered := e
		answered.Answers = []Answer{{Question: q.ID, Yes: yes}}
		expected += p * entropyOf(answered)
	}
	if drop := before - expected; drop < gain-1e-9 || drop > gain+1e-9 {
		t.Errorf("%s was said to gain %.4f bits, and gains %.4f", q.ID, gain, drop)
	}
}

func TestWhatIsAnsweredOrSkippedIsNotAskedAgain(t *testing.T) {
	e := Evidence{Grant: GrantRefresh, ErrorResponse: ErrorResponse{Error: "invalid_grant"}}
	first, _, _ := Next(e)
	second, _, _ := Next(e, first.ID)
	if second.ID == first.ID {
		t.Errorf("%s was skipped and is asked", first.ID)
	}
	e.Answers = []Answer{{Question: first.ID, Yes: true}}
	if third, _, _ := Next(e); third.ID == first.ID {
		t.Errorf("%s was answered and is asked", first.ID)
	}
}

func TestTheWireAnswersWhatItShows(t *testing.T) {
	e := Evidence{
		Authorizations: []Authorization{{ResponseType: "code", ClientID: "app", RedirectURI: "http://localhost/cb", Response: AuthorizationResponse{Code: "c"}}},
		TokenRequests: []TokenRequest{{GrantType: GrantCode, ClientID: "app", Code: "c", RedirectURI: "http://127.0.0.1/cb",
			Response: TokenResponse{ErrorResponse: ErrorResponse{Error: "invalid_grant", Status: 400}}}},
	}
	i := slices.IndexFunc(Ticks(e), func(tick Tick) bool { return tick.Question.ID == "same_redirect_uri" })
	if i < 0 {
		t.Fatal("two different redirect URIs leave the question open")
	}
	if tick := Ticks(e)[i]; tick.Yes || len(tick.Values) != 2 {
		t.Errorf("ticked %v with %v", tick.Yes, tick.Values)
	}
	if q, _, ok := Next(e); ok && q.ID == "same_redirect_uri" {
		t.Error("the question is asked all the same")
	}
}

func TestEachClassicCauseHasItsOwnQuestions(t *testing.T) {
	first := map[ID]string{
		CodeExpired: "code_young", RedirectURIMismatch: "same_redirect_uri", ClientCredentials: "made_up_code_refused_as_grant",
		RefreshReused: "newest_token", UserDenied: "came_back_denied",
	}
	for id, want := range first {
		about := About(id)
		if len(about) == 0 || about[0].ID != want {
			t.Errorf("%s begins with %v, not with %s", id, about, want)
		}
	}
}

func TestAKnownProviderSaysWhereToLook(t *testing.T) {
	for _, q := range Questions(Evidence{Provider: "keycloak", Grant: GrantCode}) {
		if q.ID == "code_young" && q.Where == "" {
			t.Error("nothing is said of how long Keycloak's codes live")
		}
	}
}

// statedBy are the causes of which the bad answer to a question is the contradiction itself,
// with a grant in which it is one.
func statedBy(q *causes.Question) (ids []ID, grant string) {
	for _, c := range causes.All() {
		for _, s := range c.StatedBy() {
			if s.Question == q.ID {
				ids, grant = append(ids, c.ID), slices.Concat(s.Grants, q.Grants, []string{GrantCode})[0]
			}
		}
	}
	return ids, grant
}

func TestAStatedContradictionIsNotOutvoted(t *testing.T) {
	n := 0
	defer func() {
		if n < 20 {
			t.Errorf("%d questions with a contradiction", n)
		}
	}()
	for _, q := range causes.Questions() {
		stated, grant := statedBy(q)
		if len(stated) == 0 {
			continue
		}
		n++
		providers := []safe.Foreign{"", "google", "keycloak"}
		if q.ID == "newest_token" {
			providers[1] = "auth0" // at Google an older token is as good
		}
		for _, provider := range providers {
			for _, refusal := range []ErrorResponse{{}, {Error: "invalid_grant", Description: "Code not valid"}, {Error: "invalid_grant", Description: "Code was already redeemed."}, {Error: "invalid_client"}} {
				e := Evidence{Provider: provider, Grant: grant, ErrorResponse: refusal, Statements: []Statement{{Text: "it works sometimes, and the code is sent twice", Source: Person}}, Answers: []Answer{{Question: q.ID, Yes: q.Bad}}}
				for _, other := range causes.Questions() { // every other answer speaks against it
					if other == q || !score.Fits(other, grant) {
						continue
					}
					yes := answerOf(stated[0], other.ID) < other.Yes
					if ids, _ := statedBy(other); len(ids) > 0 {
						yes = !other.Bad
					}
					e.Answers = append(e.Answers, Answer{Question: other.ID, Yes: yes})
				}
				r := Diagnose(e)
				share := 0.0
				for _, c := range r.Causes {
					if slices.Contains(stated, c.ID) {
						share += c.Score
					}
				}
				if c := r.Causes[0]; !slices.Contains(stated, c.ID) || c.Strength != Likely || share < 0.9 {
					t.Errorf("%s, %q at %q: first is %s, %s, with the others %.2f", q.ID, refusal.Description, provider, c.ID, c.Strength, share)
				}
			}
		}
	}
}

func TestAnOlderRefreshTokenIsNoContradictionWhereItStaysValid(t *testing.T) {
	for provider, contradicts := range map[safe.Foreign]bool{"": true, "auth0": true, "google": false, "microsoft-entra": false} {
		first := Diagnose(Evidence{Provider: provider, Grant: GrantRefresh, ErrorResponse: ErrorResponse{Error: "invalid_grant"}, Answers: []Answer{{Question: "newest_token", Yes: false}}}).Causes[0]
		if got := first.ID == RefreshReused && first.Strength == Likely && first.Score > 0.9; got != contradicts {
			t.Errorf("%s: first is %s, %s, %.2f", provider, first.ID, first.Strength, first.Score)
		}
	}
}

func TestAStatedContradictionCountsWhicheverComesFirst(t *testing.T) {
	answers := []Answer{{Question: "same_redirect_uri", Yes: false}, {Question: "works_sometimes", Yes: true}, {Question: "ever_worked", Yes: true}, {Question: "fresh_code_works", Yes: true}}
	for range answers {
		answers = append(answers[1:], answers[0])
		r := Diagnose(Evidence{Provider: "google", Grant: GrantCode, Answers: answers})
		if c := r.Causes[0]; c.ID != RedirectURIMismatch || c.Score < 0.9 {
			t.Errorf("%v: %s %.2f", answers, c.ID, c.Score)
		}
	}
}

func TestWhatWasSeenGoesBeforeWhatIsSaid(t *testing.T) {
	e := one(refused("invalid_grant", 400), func(_ *Authorization, r *TokenRequest) { r.RedirectURI += "/" })
	e.Answers = []Answer{{Question: "code_young", Yes: false}, {Question: "same_environment", Yes: false}}
	if c := Diagnose(e).Causes[0]; c.ID != RedirectURIMismatch || c.Strength != Certain {
		t.Errorf("%s %s", c.ID, c.Strength)
	}
	e = one(refused("invalid_grant", 400), nil)
	e.Answers = []Answer{{Question: "same_redirect_uri", Yes: false}} // the evidence shows that they are the same
	if c := Diagnose(e).Causes[0]; c.ID == RedirectURIMismatch {
		t.Errorf("%s %s %q", c.ID, c.Strength, c.Says)
	}
}

func TestAClockThatIsOffDoesNotDecideOnACode(t *testing.T) {
	for grant, decides := range map[string]bool{GrantCode: false, GrantJWT: true} {
		c := Diagnose(Evidence{Grant: grant, ErrorResponse: ErrorResponse{Error: "invalid_grant"}, Answers: []Answer{{Question: "clock_right", Yes: false}}}).Causes[0]
		if (c.ID == ClockSkew && c.Score > 0.9) != decides {
			t.Errorf("%s: %s %.2f", grant, c.ID, c.Score)
		}
	}
}
