package walk

import (
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/flow"
	"example.com/grantwalk/tui/internal/golden"
)

func typed(m *Model, keys ...tea.KeyMsg) {
	for _, k := range keys {
		m.Update(k)
	}
}

var (
	keyX     = tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("x")}
	keyDown  = tea.KeyMsg{Type: tea.KeyDown}
	keyEnter = tea.KeyMsg{Type: tea.KeyEnter}
	keyEsc   = tea.KeyMsg{Type: tea.KeyEsc}
)

func TestATwistIsChosenByKeysAndTheWalkIsTold(t *testing.T) {
	m := at(golden.Common(80, 24), flow.StepExchange)
	typed(m, keyX, keyDown, keyDown, keyDown, keyDown)
	if view := m.View(); !strings.Contains(view, "http://localhost:41234/callback") || !strings.Contains(view, "http://127.0.0.1:41234/callback") {
		t.Errorf("what is changed does not stand beside what is right:\n%s", view)
	}
	typed(m, keyEnter)
	if got := m.session.Walk.Twist; got == nil || got.Cause != diagnose.RedirectURIMismatch || m.covered() {
		t.Errorf("twist %v, covered %v", got, m.covered())
	}
}

func TestEscSpoilsNothing(t *testing.T) {
	m := at(golden.Common(80, 24), flow.StepExchange)
	typed(m, keyX, keyDown, keyDown, keyEsc)
	if m.session.Walk.Twist != nil || m.twist != nil || m.covered() {
		t.Errorf("twist %v", m.session.Walk.Twist)
	}
}

func TestTheDiagnosisIsNotToldWhatWasSpoilt(t *testing.T) {
	m := refusedAt(golden.Common(80, 24))
	twist, _ := flow.TwistFor(diagnose.PKCEMismatch)
	m.twist = &twist
	msg := m.diagnose()().(DiagnoseMsg)
	if msg.Options.Twist != diagnose.PKCEMismatch {
		t.Errorf("the next walk would be broken by %q", msg.Options.Twist)
	}
	for _, c := range diagnose.Diagnose(msg.Evidence).Causes {
		if c.ID == diagnose.PKCEMismatch {
			t.Error("the diagnosis follows the twist and not the evidence")
		}
	}
}

func TestTheChosenLineOfTheListIsInSightInASmallWindow(t *testing.T) {
	for _, size := range [][2]int{{40, 12}, {60, 16}, {80, 24}, {120, 40}} {
		m := at(golden.Common(size[0], size[1]), flow.StepExchange)
		golden.Press(m, "x")
		for _, twist := range m.breakable() {
			golden.Press(m, "down")
			here, name := "▸ ", string(twist.Cause)[:8]
			if view := m.View(); !strings.Contains(view, here+name) {
				t.Fatalf("%v: %s is out of sight:\n%s", size, twist.Cause, view)
			}
		}
	}
}

func TestAllThatATwistChangesCanBeReadInASmallWindow(t *testing.T) {
	m := at(golden.Common(40, 12), flow.StepExchange)
	golden.Press(m, "x", "down", "down", "down", "down")
	seen := ""
	for range 4 {
		lines := strings.Split(m.View(), "\n")
		seen += strings.Join(lines[5:len(lines)-1], "\n") + "\n"
		golden.Press(m, "pgdown")
	}
	for _, want := range []string{"right  http://127.0.0.1:41234/callbac\n          k\n", "sent   http://localhost:41234/callbac\n          k\n"} {
		if !strings.Contains(seen, want) {
			t.Errorf("%q is not to be seen:\n%s", want, seen)
		}
	}
}
