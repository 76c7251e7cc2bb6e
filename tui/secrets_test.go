package tui

import (
	"math/rand/v2"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/grantwalk/diagnose/safe/safetest"
	"example.com/grantwalk/tui/diagnosis"
	"example.com/grantwalk/tui/explain"
	"example.com/grantwalk/tui/internal/golden"
	"example.com/grantwalk/tui/ui"
)

// TestNoScreenShowsASecretOfAPaste pastes secrets of every kind and looks at the paste
// and at what comes of it, all lines of both.
func TestNoScreenShowsASecretOfAPaste(t *testing.T) {
	r := rand.New(rand.NewPCG(2026, 15))
	n := 0
	for i, kind := range safetest.Kinds {
		for j, around := range safetest.Surroundings {
			if (i+j)%8 != 0 {
				continue
			}
			n++
			place := safetest.Places[n%len(safetest.Places)]
			see := func(secret string) string {
				input, note := place.Put(around.Around(secret))
				return screensOf(input + "\n" + note)
			}
			secret := kind.Make(r)
			template, note := place.Put(string(around))
			if part := safetest.Leak(see(secret), template+note, secret); part != "" && !strings.Contains(see(kind.Make(r)), part) {
				t.Errorf("%q of %s %q, %s, %s:\n%s", part, kind.Name, secret, place.Name, around, see(secret))
			}
		}
	}
	t.Logf("%d pastes", n)
}

// screensOf are the explain screen with the paste, and the screen to which it leads.
func screensOf(paste string) string {
	c := golden.Common(400, 200)
	screen := explain.New(c)
	screen.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(paste), Paste: true})
	seen := screen.View()
	_, cmd := screen.Update(tea.KeyMsg{Type: tea.KeyCtrlD})
	if cmd != nil {
		_, cmd = screen.Update(cmd())
	}
	seen += screen.View()
	if cmd == nil {
		return seen
	}
	if msg, ok := cmd().(explain.DiagnoseMsg); ok {
		var d ui.Screen = diagnosis.New(c, diagnosis.Input{Evidence: msg.Evidence})
		seen += d.View()
		for _, key := range []string{"a", "o", "down", "enter"} {
			golden.Press(d, key)
			seen += d.View()
		}
	}
	return seen
}
