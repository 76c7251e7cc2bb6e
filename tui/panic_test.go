//go:build !windows

// Windows has no pseudo-terminal that creack/pty could open.

package tui

import (
	"errors"
	"io"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/creack/pty"
	"golang.org/x/term"
)

// panicky panics where the test wants it to.
type panicky struct{ inCommand bool }

func (p panicky) Init() tea.Cmd {
	return func() tea.Msg {
		if p.inCommand {
			panic("in a command")
		}
		return "go on"
	}
}

func (p panicky) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if msg == "go on" {
		panic("in Update")
	}
	return p, nil
}

func (panicky) View() string { return "about to panic" }

// A screenful is what was written to a terminal so far.
type screenful struct {
	mu   sync.Mutex
	text strings.Builder
	grew chan struct{}
}

func (s *screenful) Write(p []byte) (int, error) {
	s.mu.Lock()
	s.text.Write(p)
	s.mu.Unlock()
	select {
	case s.grew <- struct{}{}:
	default:
	}
	return len(p), nil
}

// left reports whether the alternate screen was left and the cursor shown.
func (s *screenful) left() (bool, string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := s.text.String()
	last := strings.LastIndex(text, "\x1b[?1049l")
	return last >= 0 && last > strings.LastIndex(text, "\x1b[?1049h") && strings.Contains(text, "\x1b[?25h"), text
}

func TestAPanicRestoresTheTerminal(t *testing.T) {
	if underRace {
		t.Skip("Bubble Tea's own shutdown after a panic closes what its reader still reads: the race detector would report that")
	}
	for _, inCommand := range []bool{true, false} {
		ours, tty, err := pty.Open() // tty stays open: after a panic Bubble Tea may still ask it for its size
		if err != nil {
			t.Skipf("no pseudo-terminal can be opened here: %v", err)
		}
		t.Cleanup(func() { ours.Close() })
		before, err := term.GetState(int(tty.Fd()))
		if err != nil {
			t.Fatal(err)
		}
		shown := &screenful{grew: make(chan struct{}, 1)}
		go func() { _, _ = io.Copy(shown, ours) }() // ends when ours is closed

		_, err = newProgram(t.Context(), panicky{inCommand}, tea.WithInput(tty), tea.WithOutput(tty)).Run()
		if !errors.Is(err, tea.ErrProgramPanic) {
			t.Errorf("in a command %v: error %v", inCommand, err)
		}
		after, err := term.GetState(int(tty.Fd()))
		if err != nil || !reflect.DeepEqual(before, after) {
			t.Errorf("in a command %v: terminal mode %+v, before %+v, error %v", inCommand, after, before, err)
		}
		for deadline := time.After(10 * time.Second); ; {
			left, text := shown.left()
			if left {
				break
			}
			select {
			case <-shown.grew:
			case <-deadline:
				t.Fatalf("in a command %v: the screen is not left: %q", inCommand, text)
			}
		}
	}
}
