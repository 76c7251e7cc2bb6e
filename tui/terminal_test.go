package tui

import (
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/grantwalk/tui/ui/background"
)

func runes(text string, alt bool) tea.KeyMsg {
	return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(text), Alt: alt}
}

func TestTheTerminalsResponseIsTakenOutOfTheKeys(t *testing.T) {
	for _, end := range []tea.KeyMsg{runes(`\`, true), {Type: tea.KeyCtrlG}} {
		var r backgroundResponse
		for i, k := range []tea.KeyMsg{runes("]", true), runes("11;rgb:ff", false), runes("ff/ffff/ffff", false), end} {
			taken, is := r.key(k)
			if !taken {
				t.Errorf("%q is a key", k)
			}
			if want := map[bool]background.Background{true: background.Light}[i == 3]; is != want {
				t.Errorf("%q: background %v, want %v", k, is, want)
			}
		}
		if taken, _ := r.key(end); taken {
			t.Errorf("%q after the response is no key", end)
		}
	}
}

func TestAKeyThatIsNoResponseIsAKey(t *testing.T) {
	paste := tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("11;rgb:ffff/ffff/ffff"), Paste: true}
	for _, k := range []tea.KeyMsg{{Type: tea.KeyEnter}, {Type: tea.KeyEsc}, runes("a", true), paste, runes("more than the longest response has, by one or two letters", false)} {
		for _, begun := range []bool{false, true} {
			r := backgroundResponse{begun: begun}
			if taken, is := r.key(k); taken || is != background.Unknown {
				t.Errorf("begun %v: %q is taken", begun, k)
			}
			if taken, _ := r.key(runes("x", false)); taken {
				t.Errorf("begun %v: the key after %q is taken", begun, k)
			}
		}
	}
}
