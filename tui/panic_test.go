//go:build !windows

// Windows has no pseudo-terminal that creack/pty could open.

package tui

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"

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

func TestAPanicRestoresTheTerminal(t *testing.T) {
	for _, inCommand := range []bool{true, false} {
		ours, tty, err := pty.Open()
		if err != nil {
			t.Skipf("no pseudo-terminal can be opened here: %v", err)
		}
		before, err := term.GetState(int(tty.Fd()))
		if err != nil {
			t.Fatal(err)
		}
		var shown bytes.Buffer
		read := make(chan struct{})
		go func() { defer close(read); _, _ = io.Copy(&shown, ours) }()

		_, err = newProgram(t.Context(), panicky{inCommand}, tea.WithInput(tty), tea.WithOutput(tty)).Run()
		if !errors.Is(err, tea.ErrProgramPanic) {
			t.Errorf("in a command %v: error %v", inCommand, err)
		}
		after, err := term.GetState(int(tty.Fd()))
		if err != nil || !reflect.DeepEqual(before, after) {
			t.Errorf("in a command %v: terminal mode %+v, before %+v, error %v", inCommand, after, before, err)
		}
		tty.Close()
		<-read // ends now that nobody can write any more
		ours.Close()
		if text := shown.String(); strings.LastIndex(text, "\x1b[?1049l") < strings.LastIndex(text, "\x1b[?1049h") || !strings.Contains(text, "\x1b[?25h") {
			t.Errorf("in a command %v: the screen is not left: %q", inCommand, text)
		}
	}
}
