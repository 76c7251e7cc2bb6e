//go:build !windows

// The real program on an emulated terminal. Windows has no pseudo-terminal that
// creack/pty could open; there the View goldens of the screens have to do.

package main

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/hinshun/vt10x"
	"golang.org/x/term"
)

// patience is how long a screen may take to come; the tests wait no longer than it does.
const patience = 20 * time.Second

// A screen is an emulated terminal with a program on it.
type screen struct {
	vt10x.Terminal
	cmd    *exec.Cmd
	pty    *os.File // ours
	tty    *os.File // the program's; kept open to look at its mode
	before *term.State
	drawn  chan struct{} // something was drawn
	ended  chan struct{}
	err    error // of the program
}

// environment is a terminal's in which no browser can be opened, of a user who has
// done nothing yet: the lessons keep their progress at home.
func environment() []string {
	drop := []string{"HOME", "XDG_STATE_HOME", "DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME", "BROWSER", "NO_COLOR", "TMUX", "LC_ALL", "LC_CTYPE", "CI"}
	env := slices.DeleteFunc(os.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return slices.Contains(drop, name)
	})
	return append(env, "HOME="+filepath.Join(built.dir, "home"), "TERM=xterm-256color", "LANG=C.UTF-8", "SSH_CONNECTION=192.0.2.1 1 192.0.2.2 22")
}

func open(tb testing.TB, cols, rows int, path string, args ...string) *screen {
	tb.Helper()
	ours, tty, err := pty.Open()
	if err != nil {
		tb.Skipf("no pseudo-terminal can be opened here: %v", err)
	}
	if err := pty.Setsize(ours, &pty.Winsize{Cols: uint16(cols), Rows: uint16(rows)}); err != nil {
		tb.Fatal(err)
	}
	s := &screen{pty: ours, tty: tty, drawn: make(chan struct{}, 1), ended: make(chan struct{})}
	s.Terminal = vt10x.New(vt10x.WithSize(cols, rows), vt10x.WithWriter(ours))
	if s.before, err = term.GetState(int(tty.Fd())); err != nil {
		tb.Fatal(err)
	}
	s.cmd = exec.Command(path, args...)
	s.cmd.Stdin, s.cmd.Stdout, s.cmd.Stderr = tty, tty, tty
	s.cmd.Env = environment()
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := s.cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	var reading sync.WaitGroup
	reading.Go(s.draw)
	go func() { s.err = s.cmd.Wait(); close(s.ended) }()
	tb.Cleanup(func() {
		_ = s.cmd.Process.Kill()
		<-s.ended
		tty.Close()
		reading.Wait() // the last writer is gone, so the read ends
		ours.Close()
	})
	return s
}

// draw shows what the program writes, and answers what it asks the terminal.
func (s *screen) draw() {
	in := bufio.NewReader(s.pty)
	for s.Parse(in) == nil {
		select {
		case s.drawn <- struct{}{}:
		default:
		}
	}
}

// await waits until the screen shows all the texts, and returns it.
func (s *screen) await(tb testing.TB, texts ...string) string {
	tb.Helper()
	return s.awaitThat(tb, strings.Join(texts, " and "), func(shown string) bool {
		for _, t := range texts {
			if !strings.Contains(shown, t) {
				return false
			}
		}
		return true
	})
}

func (s *screen) awaitThat(tb testing.TB, what string, good func(shown string) bool) string {
	tb.Helper()
	deadline, ended := time.After(patience), s.ended
	for {
		shown := s.String()
		if good(shown) {
			return shown
		}
		select {
		case <-s.drawn:
		case <-ended:
			ended, deadline = nil, time.After(time.Second) // what it wrote last is still to be drawn
		case <-deadline:
			tb.Fatalf("the screen has not %s (program: %v):\n%s", what, s.cmd.ProcessState, shown)
		}
	}
}

// awaitSilence waits until the program has changed the terminal's mode. A question
// for a secret is on the screen a moment before what is typed stays unseen.
func (s *screen) awaitSilence(tb testing.TB) {
	tb.Helper()
	deadline, again := time.After(patience), time.NewTicker(time.Millisecond)
	defer again.Stop()
	for {
		if now, err := term.GetState(int(s.tty.Fd())); err == nil && !reflect.DeepEqual(now, s.before) {
			return
		}
		select {
		case <-again.C:
		case <-deadline:
			tb.Fatalf("the terminal still shows what is typed:\n%s", s)
		}
	}
}

func (s *screen) press(tb testing.TB, keys string) {
	tb.Helper()
	if _, err := s.pty.WriteString(keys); err != nil {
		tb.Fatal(err)
	}
}

// exit waits for the end and returns the exit code. The terminal must be left as
// it was found: main screen, cursor shown, echo and line mode on.
func (s *screen) exit(tb testing.TB) int {
	tb.Helper()
	select {
	case <-s.ended:
	case <-time.After(patience):
		tb.Fatalf("the program does not end:\n%s", s)
	}
	s.awaitThat(tb, "the main screen and a cursor again", func(string) bool {
		s.Lock() // Mode and CursorVisible, unlike String, do not
		defer s.Unlock()
		return s.Mode()&vt10x.ModeAltScreen == 0 && s.CursorVisible()
	})
	after, err := term.GetState(int(s.tty.Fd()))
	if err != nil {
		tb.Fatal(err)
	}
	if !reflect.DeepEqual(s.before, after) {
		tb.Errorf("terminal mode %+v, before %+v", after, s.before)
	}
	exit := (*exec.ExitError)(nil)
	if s.err != nil && !errors.As(s.err, &exit) {
		tb.Fatal(s.err)
	}
	return s.cmd.ProcessState.ExitCode()
}

func resize(tb testing.TB, s *screen, cols, rows int) {
	tb.Helper()
	s.Resize(cols, rows)
	if err := pty.Setsize(s.pty, &pty.Winsize{Cols: uint16(cols), Rows: uint16(rows)}); err != nil {
		tb.Fatal(err)
	}
}
