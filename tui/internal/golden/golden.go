// Package golden compares screens with pictures of them, for tests.
package golden

import (
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"github.com/google/go-cmp/cmp"
	"github.com/muesli/termenv"

	"example.com/grantwalk/tui/ui"
	"example.com/grantwalk/tui/ui/background"
)

var update = flag.Bool("update", false, "write the golden files")

// Start is when every test begins.
var Start = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

// Common is a terminal without colours, 20 seconds after Start.
func Common(width, height int) *ui.Common {
	r := lipgloss.NewRenderer(io.Discard)
	r.SetColorProfile(termenv.Ascii)
	return &ui.Common{
		Width: width, Height: height, Now: Start.Add(20 * time.Second), Styles: ui.NewStyles(r, background.Unknown), Glyphs: ui.Unicode,
		Env: ui.Env{Host: "build-box", Copy: func(string) tea.Cmd { return nil }},
	}
}

// Framed is the screen as the root shows it.
func Framed(c *ui.Common, s ui.Screen) string {
	subject, place := s.Head()
	return c.Frame(subject, place, s.View(), append(s.Keys(), ui.CommonKeys(s)...))
}

// Fits checks that got fills the terminal and stays within it.
func Fits(t *testing.T, c *ui.Common, got, name string) {
	t.Helper()
	lines := strings.Split(got, "\n")
	if len(lines) != c.Height {
		t.Errorf("%s: %d lines in a terminal of %d", name, len(lines), c.Height)
	}
	for i, l := range lines {
		if w := lipgloss.Width(l); w > c.Width {
			t.Errorf("%s: line %d is %d columns wide in a terminal of %d: %q", name, i+1, w, c.Width, l)
		}
	}
}

// EverySize calls f with the sizes at which something changes in a screen, and
// those beside them: all from 40x12 to 160x60 take minutes with -race.
func EverySize(f func(width, height int)) {
	for _, width := range []int{40, 41, 59, 60, 76, 80, 109, 110, 120, 160} {
		for _, height := range []int{12, 16, 19, 24, 32, 60} {
			f(width, height)
		}
	}
}

// Check compares got with testdata/NAME.golden, and its lines with the terminal's size.
func Check(t *testing.T, c *ui.Common, got, name string) {
	t.Helper()
	Fits(t, c, got, name)
	lines := strings.Split(got, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	got = strings.Join(lines, "\n") + "\n"
	file := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got), -update writes it again:\n%s", name, diff)
	}
}

// OnlyASCII checks what an old locale must be able to show.
func OnlyASCII(t *testing.T, got, name string) {
	t.Helper()
	for _, r := range got {
		if r > 0x7e {
			t.Errorf("%s: %q is not ASCII", name, r)
			return
		}
	}
}

// Press plays keys at the screen, by their names, and returns the last one's command.
func Press(s ui.Screen, keys ...string) tea.Cmd {
	var cmd tea.Cmd
	for _, k := range keys {
		_, cmd = s.Update(Key(k))
	}
	return cmd
}

// Key is the message of a key by its name: "enter", "ctrl+s", "space", "q".
func Key(name string) tea.KeyMsg {
	if name == "space" {
		return tea.KeyMsg{Type: tea.KeySpace, Runes: []rune{' '}}
	}
	for t := tea.KeyF20; t <= tea.KeyBackspace; t++ {
		if (tea.Key{Type: t}).String() == name && t != tea.KeyRunes {
			return tea.KeyMsg{Type: t}
		}
	}
	return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(name)}
}
