package explain

import (
	"fmt"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"grantwalk/tui/internal/golden"
	"grantwalk/tui/ui"
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

var states = map[string]func(*ui.Common) *Model{
	"empty": New,
	"pasted": func(c *ui.Common) *Model {
		return paste(New(c), "2026-03-04 05:06:07 ERROR token\n{\"error\":\"invalid_grant\",\n \"error_description\":\"Session not active\"}")
	},
	"not-recognised": func(c *ui.Common) *Model {
		m := paste(New(c), "good morning")
		explained(m)
		return m
	},
}

func TestEveryStateHasItsPicture(t *testing.T) {
	for name, make := range states {
		for _, size := range [][2]int{{80, 24}, {60, 16}} {
			c := golden.Common(size[0], size[1])
			golden.Check(t, c, golden.Framed(c, make(c)), fmt.Sprintf("%s-%dx%d", name, size[0], size[1]))
		}
	}
}

func TestAPastedErrorLeadsToItsDiagnosis(t *testing.T) {
	msg, ok := explained(states["pasted"](golden.Common(80, 24))).(DiagnoseMsg)
	if !ok || msg.Evidence.Refusal.Description != "Session not active" {
		t.Errorf("%+v", msg)
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
	paste(m, strings.Repeat("x", maxText))
	if m.text.String() != "kept" || m.problem == "" {
		t.Errorf("%d characters, problem %q", m.text.Len(), m.problem)
	}
}
