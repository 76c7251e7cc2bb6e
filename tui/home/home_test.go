package home

import (
	"fmt"
	"testing"

	"example.com/grantwalk/tui/internal/golden"
	"example.com/grantwalk/tui/ui"
)

func TestEveryChoiceHasItsPicture(t *testing.T) {
	for _, size := range []struct{ w, h int }{{80, 24}, {120, 40}, {60, 16}, {40, 12}} {
		for i := range choices {
			c := golden.Common(size.w, size.h)
			if size.w < 80 {
				c.Glyphs = ui.ASCII
			}
			m := New(c)
			m.chosen = i
			name := fmt.Sprintf("choice-%d-%dx%d", i+1, size.w, size.h)
			got := golden.Framed(c, m)
			golden.Check(t, c, got, name)
			if size.w < 80 {
				golden.OnlyASCII(t, got, name)
			}
		}
	}
}

func TestHomeStaysWithinEverySize(t *testing.T) {
	c := golden.Common(80, 24)
	m := New(c)
	golden.EverySize(func(width, height int) {
		c.Width, c.Height = width, height
		golden.Fits(t, c, golden.Framed(c, m), "home")
	})
}

func TestEveryChoiceCanBeReachedAndTaken(t *testing.T) {
	m := New(golden.Common(80, 24))
	for i, want := range choices {
		for _, key := range []string{"enter", " ", "l"} {
			if got := golden.Press(m, key)(); got != want.leave {
				t.Errorf("%q on choice %d gives %T, want %T", key, i+1, got, want.leave)
			}
		}
		golden.Press(m, "down")
	}
	if m.chosen != 0 {
		t.Errorf("down leads past the last choice to %d", m.chosen)
	}
	golden.Press(m, "up")
	if m.chosen != len(choices)-1 {
		t.Errorf("up leads before the first choice to %d", m.chosen)
	}
	golden.Press(m, "1")
	if m.chosen != 0 {
		t.Errorf("1 leads to %d", m.chosen)
	}
}

func TestOtherKeysDoNothingAtHome(t *testing.T) {
	m := New(golden.Common(80, 24))
	for _, key := range []string{"x", "9", "0", "esc", "left", "backspace", "c"} {
		if cmd := golden.Press(m, key); cmd != nil || m.chosen != 0 {
			t.Errorf("%q does something", key)
		}
	}
}

func TestAChoiceThatMovesOnIsNotTheOneThatWasTaken(t *testing.T) {
	m := New(golden.Common(80, 24))
	cmd := golden.Press(m, "enter")
	golden.Press(m, "down")
	if got := cmd(); got != choices[0].leave {
		t.Errorf("%T was taken", got)
	}
}
