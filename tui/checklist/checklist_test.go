package checklist

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/tui/internal/golden"
	"example.com/grantwalk/tui/ui"
)

func paste(m *Model, text string) {
	m.Update(pasted(m, text)())
}

// pasted reads the text; nil where that is not tried.
func pasted(m *Model, text string) tea.Cmd {
	_, cmd := m.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(text), Paste: true})
	return cmd
}

// ranked is a state of the ranking, made by hand so that the pictures do not
// follow every change of the model.
var ranked = diagnose.Report{
	Grant: "authorization_code", ErrorResponse: diagnose.ErrorResponse{Error: "invalid_grant"},
	Causes: []diagnose.Cause{
		{ID: diagnose.CodeReused, Title: "the code had been redeemed before", Strength: diagnose.Likely, Score: 0.62,
			Says: []string{"you say no: was this code sent to the token endpoint only once?"}, Fix: []string{"start again for a new code, and send each code once"}},
		{ID: diagnose.RedirectURIMismatch, Title: "the redirect URIs differ", Strength: diagnose.Possible, Score: 0.21, Fix: []string{"send the same in both requests"}},
		{ID: diagnose.CodeExpired, Title: "the code was exchanged after its lifetime", Strength: diagnose.Possible, Score: 0.04, Fix: []string{"send it at once"}},
	},
}

var once = diagnose.Question{ID: "code_sent_once", Ask: "Was this code sent to the token endpoint only once?",
	How: "count the token requests with this code in the browser's network tab and in the logs of app and proxy", Where: "Google: the second answer says \"Bad Request\"."}

func askingOnce(c *ui.Common) *Model {
	m := New(c, Input{Evidence: diagnose.Evidence{Grant: "authorization_code", Provider: "google"}})
	m.state, m.question, m.report = asking, once, ranked
	m.before = map[diagnose.ID]float64{diagnose.CodeReused: 0.2}
	m.replies = []reply{{diagnose.Question{ID: "x", Ask: "Is redirect_uri in the token request, character by character, the one of the authorization request?"}, yes}, {diagnose.Question{ID: "y", Ask: "Did it ever work?"}, dontKnow}}
	return m
}

var states = map[string]func(*ui.Common) *Model{
	"start": func(c *ui.Common) *Model { return New(c, Input{}) },
	"start-not-recognised": func(c *ui.Common) *Model {
		m := New(c, Input{})
		paste(m, "good morning")
		return m
	},
	"naming": func(c *ui.Common) *Model {
		m := New(c, Input{})
		golden.Press(m, "p", "g", "o")
		return m
	},
	"naming-unknown": func(c *ui.Common) *Model {
		m := New(c, Input{})
		golden.Press(m, "p", "x", "x", "enter")
		return m
	},
	"reading": func(c *ui.Common) *Model {
		m := New(c, Input{})
		m.walkThrough(diagnose.ClientCredentials)
		return m
	},
	"asking": askingOnce,
	"concluded": func(c *ui.Common) *Model {
		m := askingOnce(c)
		golden.Press(m, "c")
		return m
	},
	"leaving": func(c *ui.Common) *Model {
		m := askingOnce(c)
		golden.Press(m, "c", "esc")
		return m
	},
	"saved": func(c *ui.Common) *Model {
		m := askingOnce(c)
		golden.Press(m, "c")
		m.Update(savedMsg{name: "grantwalk-report.md"})
		return m
	},
}

func TestEveryStateHasItsPicture(t *testing.T) {
	for name, make := range states {
		for _, size := range [][2]int{{80, 24}, {120, 40}, {60, 16}} {
			c := golden.Common(size[0], size[1])
			golden.Check(t, c, golden.Framed(c, make(c)), fmt.Sprintf("%s-%dx%d", name, size[0], size[1]))
		}
	}
}

func TestSmallTerminalsShowTheQuestion(t *testing.T) {
	for _, name := range []string{"asking", "start"} {
		c := golden.Common(40, 12)
		golden.Check(t, c, golden.Framed(c, states[name](c)), name+"-40x12")
	}
}

func TestAQuestionLongerThanItsRoomCanBeReadToItsEnd(t *testing.T) {
	for _, size := range [][2]int{{40, 12}, {60, 16}, {80, 12}} {
		m := askingOnce(golden.Common(size[0], size[1]))
		seen := m.View()
		if !strings.Contains(seen, "more lines: pgdn") {
			t.Errorf("%v: it is not said that there is more:\n%s", size, seen)
		}
		for range 6 {
			golden.Press(m, "pgdown")
			seen += m.View()
		}
		for _, want := range []string{"app and proxy.", "the second", "so far", "yes "} {
			if !strings.Contains(seen, want) {
				t.Errorf("%v: %q is not to be seen:\n%s", size, want, seen)
			}
		}
		if golden.Press(m, "y"); m.top != 0 {
			t.Errorf("%v: the next question begins at line %d", size, m.top)
		}
	}
}

func TestEveryStateFitsEveryTerminal(t *testing.T) {
	for name, make := range states {
		for _, width := range []int{40, 53, 72, 80, 160} {
			for _, height := range []int{12, 17, 24, 60} {
				c := golden.Common(width, height)
				c.Glyphs = ui.ASCII
				m := make(c)
				for range len(choices) { // the choice stays in sight wherever it is
					golden.Fits(t, c, golden.Framed(c, m), name)
					if m.state == starting && !strings.Contains(m.View(), choices[m.chosen].title) {
						t.Fatalf("%s at %dx%d: the choice %q is out of sight", name, width, height, choices[m.chosen].title)
					}
					golden.Press(m, "down")
				}
			}
		}
	}
}

func TestTheLastAnswerCanBeTakenBack(t *testing.T) {
	m := New(golden.Common(80, 24), Input{})
	golden.Press(m, "enter")
	first, ranking := m.question.ID, m.report.Causes[0]
	golden.Press(m, "y")
	if m.question.ID == first {
		t.Fatal("the same question again")
	}
	golden.Press(m, "left")
	if m.question.ID != first || m.report.Causes[0].ID != ranking.ID || m.report.Causes[0].Score != ranking.Score {
		t.Errorf("back at %s with %v", m.question.ID, m.report.Causes[0])
	}
	if golden.Press(m, "left"); m.state != starting {
		t.Error("before the first question stands the beginning")
	}
}

func TestEscGoesOneLevelBackAndAsksBeforeAnswersAreLost(t *testing.T) {
	m := New(golden.Common(80, 24), Input{})
	golden.Press(m, "enter")
	first := m.question.ID
	golden.Press(m, "y", "y")
	if cmd := golden.Press(m, "esc"); cmd != nil || len(m.replies) != 1 {
		t.Errorf("esc on a question leaves %d answers", len(m.replies))
	}
	golden.Press(m, "esc")
	if m.question.ID != first || m.state != asking {
		t.Errorf("at %s", m.question.ID)
	}
	if cmd := golden.Press(m, "esc"); cmd != nil || m.state != starting {
		t.Error("before the first question stands the beginning")
	}
	if cmd := golden.Press(m, "esc"); cmd == nil {
		t.Error("nothing would be lost at the beginning, and it is not left")
	}

	golden.Press(m, "enter", "n", "c")
	if cmd := golden.Press(m, "esc"); cmd != nil || !m.Asking() {
		t.Fatal("the conclusion is left at once")
	}
	if golden.Press(m, "left"); m.Asking() || m.state != concluded {
		t.Error("another key does more than stay")
	}
	golden.Press(m, "esc")
	if _, ok := golden.Press(m, "esc")().(BackMsg); !ok {
		t.Error("the second esc does not leave")
	}
}

func TestEscBeforeTheFirstAnswerLeadsBackToTheDiagnosis(t *testing.T) {
	m := New(golden.Common(80, 24), Input{Started: true, Evidence: diagnose.Evidence{Grant: diagnose.GrantCode}})
	cmd := golden.Press(m, "esc")
	if cmd == nil {
		t.Fatal("esc does not leave")
	}
	if _, ok := cmd().(BackMsg); !ok {
		t.Errorf("it leaves by %T", cmd())
	}
}

func TestDontKnowMovesNothingAndIsNotAskedAgain(t *testing.T) {
	m := New(golden.Common(80, 24), Input{})
	golden.Press(m, "enter")
	first, before := m.question.ID, shares(m.report)
	golden.Press(m, "space")
	if m.question.ID == first {
		t.Error("asked again")
	}
	for id, share := range shares(m.report) {
		if share != before[id] {
			t.Errorf("%s moved from %v to %v", id, before[id], share)
		}
	}
}

func TestEveryWayThroughTheQuestionsEndsInAConclusion(t *testing.T) {
	for i, c := range choices {
		for _, answer := range []string{"y", "n", "space"} {
			m := New(golden.Common(80, 24), Input{})
			m.chosen = i
			golden.Press(m, "enter")
			if c.about != "" {
				golden.Press(m, "enter")
			}
			for n := 0; m.state == asking; n++ {
				if n > 60 {
					t.Fatalf("%q, always %s: no end", c.title, answer)
				}
				golden.Press(m, answer)
			}
			if m.state != concluded || len(m.report.Causes) == 0 {
				t.Errorf("%q, always %s: state %d, %d causes", c.title, answer, m.state, len(m.report.Causes))
			}
		}
	}
}

// contradicts are the questions whose bad answer states a cause of the first page.
var contradicts = map[string]bool{
	"code_young": true, "same_redirect_uri": true, "redirect_uri_registered": true, "auth_method_right": true, "newest_token": true, "came_back_denied": true, "somebody_cancelled": true,
}

func TestAStatedContradictionConcludesTheWalkThroughACause(t *testing.T) {
	for i, c := range choices {
		if c.about == "" {
			continue
		}
		m := New(golden.Common(80, 24), Input{Evidence: diagnose.Evidence{Provider: "auth0"}})
		m.chosen = i
		golden.Press(m, "enter", "enter")
		for m.state == asking && !contradicts[m.question.ID] {
			golden.Press(m, "space")
		}
		if m.state != asking {
			t.Errorf("%s: no question is about a contradiction", c.about)
			continue
		}
		answer := "n"
		if m.question.Bad {
			answer = "y"
		}
		golden.Press(m, answer)
		if first := m.report.Causes[0]; m.state != concluded || first.ID != c.about || first.Score < sure {
			t.Errorf("%s, %s to %q: state %d, first is %s at %.2f", c.about, answer, m.question.Ask, m.state, first.ID, first.Score)
		}
	}
}

func TestWhatWasPastedNeedNotBeAsked(t *testing.T) {
	m := New(golden.Common(80, 24), Input{})
	paste(m, `{"error":"invalid_grant","error_description":"Session not active"}`)
	if m.state == starting || m.report.ErrorResponse.Description != "Session not active" {
		t.Errorf("state %d, refusal %v", m.state, m.report.ErrorResponse)
	}
}

func TestOnlyTheLastPasteIsTaken(t *testing.T) {
	m := New(golden.Common(80, 24), Input{})
	first := pasted(m, `{"error":"invalid_grant","error_description":"Session not active"}`)
	second := pasted(m, `{"error":"invalid_grant","error_description":"Code not valid"}`)
	m.Update(second())
	m.Update(first())
	if got := m.report.ErrorResponse.Description; got != "Code not valid" {
		t.Errorf("taken was %q", got)
	}
}

func TestAPasteThatIsTooLongIsNotRead(t *testing.T) {
	m := New(golden.Common(80, 24), Input{})
	if cmd := pasted(m, strings.Repeat("x", ui.MaxPaste+1)); cmd != nil || m.note != ui.TooLong {
		t.Errorf("note %q", m.note)
	}
}

func TestTheEvidenceOfAWalkIsTickedOff(t *testing.T) {
	verifier := diagnose.TokenRequest{}.Verifier + "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	m := New(golden.Common(120, 40), Input{Started: true, Evidence: diagnose.Evidence{
		Authorizations: []diagnose.Authorization{{ClientID: "a", RedirectURI: "http://127.0.0.1/cb", Challenge: diagnose.Challenge("S256", verifier), ChallengeMethod: "S256"}},
		TokenRequests: []diagnose.TokenRequest{{GrantType: "authorization_code", ClientID: "a", RedirectURI: "http://127.0.0.1/cb", Verifier: verifier,
			Response: diagnose.TokenResponse{ErrorResponse: diagnose.ErrorResponse{Error: "invalid_grant", Status: 400}}}},
	}})
	if view := m.View(); !strings.Contains(view, "known already") || !strings.Contains(view, "the verifier hashes to the challenge") {
		t.Errorf("nothing is ticked:\n%s", view)
	}
	ticked := map[string]bool{}
	for _, tick := range diagnose.Ticks(m.evidence) {
		ticked[tick.Question.ID] = true
	}
	for m.state == asking {
		if ticked[m.question.ID] {
			t.Errorf("%s is asked though the evidence answers it", m.question.ID)
		}
		golden.Press(m, "space")
	}
}

func TestTheReportHoldsWhatWasAnswered(t *testing.T) {
	t.Chdir(t.TempDir())
	m := askingOnce(golden.Common(80, 24))
	golden.Press(m, "c")
	msg := golden.Press(m, "s")()
	m.Update(msg)
	if saved, ok := msg.(savedMsg); !ok || saved.err != nil || !strings.Contains(m.note, "grantwalk-report.md") {
		t.Errorf("%v, note %q", msg, m.note)
	}
}

func TestTheReportIsOfTheMomentItWasAskedFor(t *testing.T) {
	t.Chdir(t.TempDir())
	m := askingOnce(golden.Common(80, 24))
	golden.Press(m, "c")
	cmd := golden.Press(m, "s")
	golden.Press(m, "a")
	cmd()
	if text, err := os.ReadFile("grantwalk-report.md"); err != nil || !strings.Contains(string(text), "Did it ever work?") {
		t.Errorf("%v, the report:\n%s", err, text)
	}
}

func TestEveryKeyOfTheKeyLineDoesSomething(t *testing.T) {
	for name, make := range states {
		m := make(golden.Common(80, 24))
		if m.state == naming {
			continue // letters are text there
		}
		for _, b := range m.bindings() {
			if !b.When || b.Key.Help().Key == "" {
				continue
			}
			if names := b.Key.Keys(); len(names) == 0 || !slices.ContainsFunc(names, func(k string) bool { return k != "" }) {
				t.Errorf("%s: %s has no key", name, b.Key.Help().Desc)
			}
		}
	}
}

func TestAPasteLeavesWhatWasAnswered(t *testing.T) {
	m := New(golden.Common(80, 24), Input{Evidence: diagnose.Evidence{Grant: diagnose.GrantCode}, Started: true})
	for range 20 {
		if m.state == concluded {
			break
		}
		if m.question.ID == "same_redirect_uri" {
			golden.Press(m, "n")
		} else {
			golden.Press(m, "y")
		}
	}
	answered := len(m.replies)
	paste(m, `{"error":"invalid_grant","error_description":"The code has expired."}`)
	if answered == 0 || len(m.replies) != answered {
		t.Errorf("%d answers are left of %d", len(m.replies), answered)
	}
	if first := m.report.Causes[0]; first.ID != diagnose.RedirectURIMismatch {
		t.Errorf("the redirect URIs differ, says the person, and the first cause is %s", first.ID)
	}
}
