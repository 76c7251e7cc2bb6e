//go:build !windows

package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/lipgloss"
	"github.com/creack/pty"
	"github.com/muesli/termenv"

	"example.com/grantwalk/tui/ui"
	"example.com/grantwalk/tui/ui/background"
)

// A silent terminal shows what is written to it, and never responds.
type silent struct {
	pty    *os.File
	mu     sync.Mutex
	output bytes.Buffer
	grew   chan struct{}
	ended  chan struct{}
}

func onSilentTerminal(t *testing.T, environment []string, args ...string) *silent {
	t.Helper()
	cmd := exec.Command(program(t, "."), args...)
	cmd.Env = environment
	return silentTerminalOf(t, cmd)
}

func silentTerminalOf(t *testing.T, cmd *exec.Cmd) *silent {
	t.Helper()
	ours, tty, err := pty.Open()
	if err != nil {
		t.Skipf("no pseudo-terminal can be opened here: %v", err)
	}
	if err := pty.Setsize(ours, &pty.Winsize{Cols: 80, Rows: 24}); err != nil {
		t.Fatal(err)
	}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = tty, tty, tty
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = tty.Close()
	s := &silent{pty: ours, grew: make(chan struct{}, 1), ended: make(chan struct{})}
	go func() {
		defer close(s.ended)
		defer func() { _ = cmd.Wait() }()
		for part := make([]byte, 4096); ; {
			n, err := ours.Read(part) // fails once the program has ended
			s.mu.Lock()
			s.output.Write(part[:n])
			s.mu.Unlock()
			select {
			case s.grew <- struct{}{}:
			default:
			}
			if err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-s.ended
		_ = ours.Close()
	})
	return s
}

func (s *silent) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.output.String()
}

// await waits until the output contains the text and returns what came before it.
func (s *silent) await(t *testing.T, text string) (before string) {
	t.Helper()
	deadline := time.After(patience)
	for {
		if before, _, ok := strings.Cut(s.String(), text); ok {
			return before
		}
		select {
		case <-s.grew:
		case <-s.ended:
			t.Fatalf("the program ended without %q:\n%q", text, s)
		case <-deadline:
			t.Fatalf("no %q comes:\n%q", text, s)
		}
	}
}

// terminalQueries are what a terminal responds to: colors (OSC 4, 10 to 19 with a question
// mark), its kind (DA), its state and the cursor's position (DSR), modes (DECRQM), settings
// (DECRQSS, XTGETTCAP) and its name (XTVERSION).
var terminalQueries = regexp.MustCompile("\x1b\\](?:4|1\\d);[^\x07\x1b]*\\?|\x1b\\[[>=?]?\\d*[cn]|\x1b\\[\\??\\d+\\$p|\x1bP(?:\\$|\\+)q|\x1b\\[>\\d*q|\x1bZ")

func TestACommandThatPrintsAsksTheTerminalNothing(t *testing.T) {
	for _, query := range []string{background.Query, "\x1b]11;?\a", "\x1b[6n", "\x1b[c", "\x1b[>0c", "\x1b[?2026$p", "\x1b[>0q"} {
		if !terminalQueries.MatchString(query) {
			t.Errorf("%q does not count as a query", query)
		}
	}
	text := t.TempDir() + "/error.txt"
	if err := os.WriteFile(text, []byte("error: invalid_grant\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, term := range []string{"xterm-256color", "linux", "vt100"} {
		for _, args := range [][]string{
			{"version"}, {"--help"}, {"explain", "--plain", text}, {"walk", "--plain", "--browser", "approve"},
			{"providers"}, {"learn", "--list"},
		} {
			s := onSilentTerminal(t, append(environment(), "TERM="+term), args...)
			<-s.ended
			if out := s.String(); out == "" || strings.Contains(out, "hint:") || terminalQueries.MatchString(out) {
				t.Errorf("TERM=%s, %v: a query, an error or nothing in %q", term, args, out)
			}
		}
	}
}

func TestAScreenAppearsBeforeTheTerminalResponds(t *testing.T) {
	for term, asked := range map[string]bool{"xterm-256color": true, "linux": false, "vt100": false} {
		s := onSilentTerminal(t, append(environment(), "TERM="+term, "COLORTERM=truecolor"))
		s.await(t, "Walk")
		if asked {
			s.await(t, background.Query)
		}
		if _, err := s.pty.WriteString("q"); err != nil {
			t.Fatal(err)
		}
		<-s.ended
		if out := strings.Replace(s.String(), background.Query, "", 1); terminalQueries.MatchString(out) || !asked && strings.Contains(s.String(), background.Query) {
			t.Errorf("TERM=%s: a query too many in %q", term, s)
		}
	}
}

// hint is the control sequence that begins a hint on this background.
func hint(on background.Background) string {
	r := lipgloss.NewRenderer(io.Discard)
	r.SetColorProfile(termenv.TrueColor)
	begin, _, _ := strings.Cut(ui.NewStyles(r, on).Hint.Render("text"), "text")
	return begin
}

func TestTheTerminalsResponseChoosesTheColors(t *testing.T) {
	s := onSilentTerminal(t, append(environment(), "TERM=xterm-256color", "COLORTERM=truecolor"))
	light, both := hint(background.Light), hint(background.Unknown)
	s.await(t, both)
	s.await(t, background.Query)
	if strings.Contains(s.String(), light) {
		t.Errorf("the colors of a light background before the terminal said so:\n%q", s)
	}
	if _, err := s.pty.WriteString("\x1b]11;rgb:ffff/ffff/ffff\x1b\\"); err != nil {
		t.Fatal(err)
	}
	s.await(t, light)
	if strings.Contains(s.String(), "rgb:") {
		t.Errorf("the response is taken for keys:\n%q", s)
	}
	if _, err := s.pty.WriteString("q"); err != nil {
		t.Fatal(err)
	}
	<-s.ended
}
