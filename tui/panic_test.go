//go:build !windows

// Windows has no pseudo-terminal that creack/pty could open.

package tui

import (
	"context"
	"errors"
	"io"
	"os"
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

// openTerminal is a pseudo-terminal. restored checks that it is left as it was found.
func openTerminal(t *testing.T) (tty *os.File, restored func()) {
	t.Helper()
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
	return tty, func() {
		t.Helper()
		after, err := term.GetState(int(tty.Fd()))
		if err != nil || !reflect.DeepEqual(before, after) {
			t.Errorf("terminal mode %+v, before %+v, error %v", after, before, err)
		}
		for deadline := time.After(10 * time.Second); ; {
			left, text := shown.left()
			if left {
				break
			}
			select {
			case <-shown.grew:
			case <-deadline:
				t.Fatalf("the screen is not left: %q", text)
			}
		}
	}
}

func TestAPanicRestoresTheTerminal(t *testing.T) {
	if underRace {
		t.Skip("Bubble Tea's own shutdown after a panic closes what its reader still reads: the race detector would report that")
	}
	for name, inCommand := range map[string]bool{"in a command": true, "in Update": false} {
		t.Run(name, func(t *testing.T) {
			tty, restored := openTerminal(t)
			_, err := newProgram(t.Context(), panicky{inCommand}, tea.WithInput(tty), tea.WithOutput(tty)).Run()
			if !errors.Is(err, tea.ErrProgramPanic) {
				t.Errorf("error %v", err)
			}
			restored()
		})
	}
}

// busy is held in Update until the test ends.
type busy struct{ held, release chan struct{} }

func (b busy) Init() tea.Cmd { return func() tea.Msg { return "be busy" } }

func (b busy) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if msg == "be busy" {
		close(b.held)
		<-b.release
	}
	return b, nil
}

func (busy) View() string { return "about to be busy" }

func TestAnInterruptionRestoresTheTerminalThoughTheEventLoopIsBusy(t *testing.T) {
	tty, restored := openTerminal(t)
	ctx, interrupt := context.WithCancel(t.Context())
	b := busy{make(chan struct{}), make(chan struct{})}
	defer close(b.release)
	ended := make(chan error, 1)
	go func() { ended <- runProgram(ctx, newProgram(ctx, b, tea.WithInput(tty), tea.WithOutput(tty))) }()
	<-b.held
	interrupt()
	if err := <-ended; !errors.Is(err, errBusy) {
		t.Errorf("error %v", err)
	}
	restored()
}
