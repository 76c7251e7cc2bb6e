package explain

import (
	"fmt"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/read"
	"example.com/grantwalk/flow"
	"example.com/grantwalk/tui/internal/golden"
	"example.com/grantwalk/tui/report"
	"example.com/grantwalk/tui/ui"
)

func paste(m *Model, text string) *Model {
	m.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(text), Paste: true})
	return m
}

// explained is what ctrl+d comes to.
func explained(m *Model) tea.Msg {
	_, cmd := m.Update(tea.KeyMsg{Type: tea.KeyCtrlD})
	if _, cmd = m.Update(cmd()); cmd == nil {
		return nil
	}
	return cmd()
}

// lines is a log of n lines.
func lines(n int) string {
	var text []string
	for i := range n {
		text = append(text, fmt.Sprintf("line %d of the log", i+1))
	}
	return strings.Join(text, "\n")
}

// severalErrors is a log of five failures, of which the most frequent tells least.
const severalErrors = `2026-03-04 20:13:05 ERROR token exchange failed: {"error":"invalid_grant","error_description":"Code not valid"}
2026-03-04 20:14:11 ERROR token exchange failed: {"error":"invalid_grant","error_description":"PKCE verification failed: Code mismatch"}
2026-03-04 20:15:30 ERROR refresh failed: {"error":"invalid_grant","error_description":"Token is not active"}
2026-03-04 20:16:42 ERROR token exchange failed: {"error":"invalid_grant","error_description":"Incorrect redirect_uri"}
2026-03-04 20:17:02 ERROR token exchange failed: {"error":"invalid_grant","error_description":"Code not valid"}
`

var states = map[string]func(*ui.Common) *Model{
	"empty": New,
	"pasted": func(c *ui.Common) *Model {
		return paste(New(c), "2026-03-04 05:06:07 ERROR token\n{\"error\":\"invalid_grant\",\n \"error_description\":\"Session not active\"}")
	},
	"long": func(c *ui.Common) *Model {
		m := paste(New(c), lines(60))
		m.View()
		golden.Press(m, "pgup")
		return m
	},
	"nothing-yet": func(c *ui.Common) *Model {
		m := New(c)
		golden.Press(m, "enter", "ctrl+d")
		return m
	},
	"several": func(c *ui.Common) *Model {
		m := paste(New(c), severalErrors)
		explained(m)
		golden.Press(m, "down")
		return m
	},
	"not-recognised": func(c *ui.Common) *Model {
		m := paste(New(c), "good morning")
		explained(m)
		return m
	},
}

func TestEveryStateHasItsPicture(t *testing.T) {
	for name, make := range states {
		for _, size := range [][2]int{{80, 24}, {60, 16}, {40, 12}} {
			c := golden.Common(size[0], size[1])
			golden.Check(t, c, golden.Framed(c, make(c)), fmt.Sprintf("%s-%dx%d", name, size[0], size[1]))
		}
	}
}

func TestAPastedErrorLeadsToItsDiagnosis(t *testing.T) {
	msg, ok := explained(states["pasted"](golden.Common(80, 24))).(DiagnoseMsg)
	if !ok || msg.Evidence.ErrorResponse.Description != "Session not active" {
		t.Errorf("%+v", msg)
	}
}

func TestALogOfSeveralFailuresIsListedAsExplainPrintsIt(t *testing.T) {
	c := golden.Common(80, 40)
	m := states["several"](c)
	result, err := read.Read([]read.Input{{Reader: strings.NewReader(severalErrors)}}, read.Options{})
	if err != nil {
		t.Fatal(err)
	}
	cases := report.Cases(result)
	if len(cases) != 4 || len(m.cases) != len(cases) {
		t.Fatalf("%d cases, %d are listed", len(cases), len(m.cases))
	}
	view := m.View()
	golden.Press(m, "home")
	for i, want := range cases {
		first := want.Report.Causes[0]
		row := fmt.Sprintf("%s, %.0f %%", first.Strength, first.Score*100)
		at := strings.Index(view, row)
		if at < 0 || !strings.Contains(view[:at], ui.Capital(first.Title)) {
			t.Fatalf("%s, %s, is not listed behind those before it:\n%s", first.ID, row, view)
		}
		view = view[at+len(row):]
		cmd := golden.Press(m, "enter")
		if cmd == nil {
			t.Fatalf("enter does not open %s", first.ID)
		}
		msg, _ := cmd().(DiagnoseMsg)
		if d := diagnose.Diagnose(msg.Evidence); d.Causes[0].ID != first.ID || d.Causes[0].Score != first.Score || d.ErrorResponse != want.Report.ErrorResponse {
			t.Errorf("enter on %s leads to %s %.2f", first.ID, d.Causes[0].ID, d.Causes[0].Score)
		}
		if i > 0 && first.Score > cases[i-1].Report.Causes[0].Score {
			t.Errorf("%s with %.2f stands behind %.2f", first.ID, first.Score, cases[i-1].Report.Causes[0].Score)
		}
		golden.Press(m, "down")
	}
	if golden.Press(m, "esc"); m.cases != nil || m.text.String() != severalErrors || !m.Typing() {
		t.Error("esc does not lead back to the text")
	}
}

func TestEveryGroupComesIntoSightWhenItIsChosen(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {60, 16}, {40, 12}} {
		c := golden.Common(size[0], size[1])
		m := states["several"](c)
		for _, keys := range [][]string{{"home"}, {"down"}, {"down"}, {"down"}, {"up"}, {"end"}, {"up"}, {"up"}, {"up"}} {
			golden.Press(m, keys...)
			golden.Fits(t, c, golden.Framed(c, m), "several")
			chosen := m.cases[m.chosen]
			view := m.View()
			if !strings.Contains(view, c.Glyphs.Here) || !strings.Contains(view, string(chosen.Report.ErrorResponse.Description)[:12]) {
				t.Errorf("%v: group %d is out of sight:\n%s", size, m.chosen, view)
			}
		}
	}
}

func TestTextThatSaysNothingStaysWithAWordOnWhatToPaste(t *testing.T) {
	m := paste(New(golden.Common(80, 24)), "good morning")
	if msg := explained(m); msg != nil || m.problem == "" || m.text.String() != "good morning" {
		t.Errorf("left by %v, problem %q, text %q", msg, m.problem, m.text.String())
	}
}

func TestControlCharactersOfThePasteAreNotPrinted(t *testing.T) {
	m := paste(New(golden.Common(80, 24)), "a\x1b[2Jb\u202ec")
	if view := m.View(); strings.ContainsAny(view, "\x1b\u202e") {
		t.Errorf("%q", view)
	}
}

func TestMoreThanFitsIsRefusedAndNothingIsLost(t *testing.T) {
	m := paste(New(golden.Common(80, 24)), "kept")
	paste(m, strings.Repeat("x", ui.MaxPaste))
	if m.text.String() != "kept" || m.problem == "" {
		t.Errorf("%d characters, problem %q", m.text.Len(), m.problem)
	}
}

func TestAPasteCanBeReadFromItsFirstLineToItsLast(t *testing.T) {
	m := paste(New(golden.Common(40, 12)), lines(20))
	seen := ""
	for range 20 {
		seen = m.View() + "\n" + seen
		golden.Press(m, "pgup")
	}
	for i := range 20 {
		if !strings.Contains(seen, fmt.Sprintf(" line %d of the log\n", i+1)) {
			t.Errorf("line %d is not to be seen:\n%s", i+1, seen)
		}
	}
	for range 20 {
		golden.Press(m, "pgdown")
	}
	if view := m.View(); !strings.Contains(view, "line 20 of") {
		t.Errorf("pgdn does not lead back:\n%s", view)
	}
}

func TestEnterBeforeAnyTextIsNoText(t *testing.T) {
	m := states["nothing-yet"](golden.Common(80, 24))
	if m.text.Len() != 0 || strings.Count(m.View(), "Paste the answer") != 1 {
		t.Errorf("%q\n%s", m.text.String(), m.View())
	}
	if golden.Press(m, "x"); !strings.Contains(m.View(), "1 character\n") && !strings.HasSuffix(m.View(), "1 character") {
		t.Errorf("one is counted as several:\n%s", m.View())
	}
}

func TestATextIsReadOnceHoweverOftenItIsAskedFor(t *testing.T) {
	m := states["pasted"](golden.Common(80, 24))
	first := golden.Press(m, "ctrl+d")
	if second := golden.Press(m, "ctrl+d"); first == nil || second != nil {
		t.Fatal("it is read twice at a time")
	}
	if _, cmd := m.Update(first()); cmd == nil {
		t.Error("the first is not taken")
	}
	if again := golden.Press(m, "ctrl+d"); again == nil {
		t.Error("it cannot be explained again")
	}
}

func TestWhatWasFoundInATextThatHasChangedIsDropped(t *testing.T) {
	m := states["pasted"](golden.Common(80, 24))
	cmd := golden.Press(m, "ctrl+d")
	golden.Press(m, "x")
	if _, leave := m.Update(cmd()); leave != nil || m.problem != "" {
		t.Errorf("it leaves, or says %q", m.problem)
	}
	if cmd := golden.Press(m, "ctrl+d"); cmd == nil {
		t.Error("the new text cannot be explained")
	}
}

func TestTheTwistOfAPastedWalkGoesAlongToTheDiagnosis(t *testing.T) {
	twist := &flow.TwistResult{Cause: "code_reused", Result: flow.TwistRejected}
	if msg := diagnosed(report.Case{Walk: &report.Walk{Twist: twist}})().(DiagnoseMsg); msg.Twist != twist {
		t.Errorf("%+v", msg)
	}
	if msg := diagnosed(report.Case{})().(DiagnoseMsg); msg.Twist != nil {
		t.Errorf("%+v", msg)
	}
}
