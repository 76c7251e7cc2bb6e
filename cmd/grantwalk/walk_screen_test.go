//go:build !windows

package main

import (
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/grantwalk/flow/practice"
)

const (
	enter = "\r"
	ctrlC = "\x03"
)

// steps are what the key line offers after each Enter of a walk, from its
// beginning to its end. There Enter does nothing, because a new walk discards this one.
var steps = []string{
	"enter build the request",
	"enter open the browser",
	"enter exchange the code",
	"enter check the tokens",
	"enter refresh tokens",
	"w walk again",
}

var sizes = []struct{ cols, rows int }{{80, 24}, {120, 40}}

func TestAWalkByKeysOnAnEmulatedScreen(t *testing.T) {
	for _, size := range sizes {
		t.Run(fmt.Sprintf("%dx%d", size.cols, size.rows), func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "walk.json")
			s := open(t, size.cols, size.rows, program(t, "."), "walk", "--browser", "approve", "--save", file)
			for i, offered := range steps {
				s.await(t, offered, fmt.Sprintf("step %d of 6", i+1))
				if i < len(steps)-1 {
					s.press(t, enter)
				}
			}
			s.await(t, "Tokens received: the flow works.")
			s.press(t, "\x1b[D") // back to the last message
			s.await(t, "POST")
			s.press(t, "?")
			s.await(t, "Keys", "quit")
			s.press(t, "?")
			s.awaitThat(t, "no help any more", func(shown string) bool { return !strings.Contains(shown, "Keys") })
			s.press(t, "q")
			if code := s.exit(t); code != 0 {
				t.Errorf("exit code %d, want 0", code)
			}
			s.await(t, "Tokens received: the flow works.", "The transcript is in")
			if saved, err := os.ReadFile(file); err != nil || !strings.Contains(string(saved), `"outcome": "tokens"`) {
				t.Errorf("--save kept %q, error %v", saved, err)
			}
		})
	}
}

func TestARejectedWalkStaysInItsFileWhenTheNextOneIsLeft(t *testing.T) {
	file := filepath.Join(t.TempDir(), "walk.json")
	s := open(t, 80, 24, program(t, "."), "walk", "--browser", "approve", "--twist", "code_reused", "--save", file)
	for _, offered := range steps[:3] {
		s.await(t, offered)
		s.press(t, enter)
	}
	s.await(t, "Twist rejected: code_reused", "w walk again")
	s.press(t, "w")
	s.await(t, steps[0])
	s.press(t, "q")
	if code := s.exit(t); code != 130 {
		t.Errorf("exit code %d, want 130", code)
	}
	s.await(t, "is of the walk before")
	if saved, err := os.ReadFile(file); err != nil || !strings.Contains(string(saved), `"outcome": "refused"`) {
		t.Errorf("--save kept %q, error %v", saved, err)
	}
}

// shownAddress is the authorization address, put together from its lines.
func shownAddress(t *testing.T, shown string) string {
	t.Helper()
	start := strings.Index(shown, "http://127.0.0.1")
	for start >= 0 && !strings.HasPrefix(shown[start:], "\n") {
		var address strings.Builder
		for line := range strings.SplitSeq(shown[start:], "\n") {
			line = strings.TrimSpace(strings.TrimRight(line, " "))
			if line == "" {
				break
			}
			address.WriteString(line)
		}
		if regexp.MustCompile(`^http://127\.0\.0\.1:\d+/authorize\?\S+code_challenge_method=S256$`).MatchString(address.String()) {
			return address.String()
		}
		next := strings.Index(shown[start+1:], "http://127.0.0.1")
		if next < 0 {
			break
		}
		start += 1 + next
	}
	t.Fatalf("no address on the screen:\n%s", shown)
	return ""
}

// approve logs in at the practice server, as somebody with a browser would.
func approve(t *testing.T, address string) error {
	return practice.User{Approve: true}.Open(t.Context(), address)
}

func TestFromHomeToTokensWithABrowserThatTheUserOpens(t *testing.T) {
	s := open(t, 80, 24, program(t, "."))
	s.await(t, "Walk the flow", "enter begin")
	s.press(t, enter)
	s.await(t, steps[0])
	s.press(t, enter)
	s.await(t, steps[1])
	s.press(t, enter)
	address := shownAddress(t, s.await(t, "Log in at this URL", "code_challenge_method=S256"))
	if err := approve(t, address); err != nil {
		t.Fatal(err)
	}
	for i, offered := range steps[2:] {
		s.await(t, offered)
		if i < len(steps[2:])-1 {
			s.press(t, enter)
		}
	}
	s.press(t, "w")
	s.await(t, steps[0])
	s.press(t, "q")
	if code := s.exit(t); code != 130 { // which was left before its end
		t.Errorf("exit code %d, want 130", code)
	}
}

// Each w at the end of a walk begins another one, while commands of the one
// before may still run.
func TestABurstOfKeysBreaksNoWalk(t *testing.T) {
	s := open(t, 80, 24, program(t, "."), "walk", "--browser", "approve")
	s.await(t, steps[0])
	s.press(t, strings.Repeat("w"+enter, 1000)+"?")
	s.await(t, "Keys", "of 6") // the help is open, so every key before it was read
	interrupt(t, s)
}

func TestAWindowTooSmallForTheHelpSurvivesItsKeys(t *testing.T) {
	s := open(t, 80, 24, program(t, "."))
	s.await(t, "enter begin")
	s.press(t, "?")
	s.await(t, "Keys")
	for _, size := range []struct{ cols, rows int }{{80, 6}, {80, 4}, {20, 4}, {1, 1}, {80, 6}} {
		resize(t, s, size.cols, size.rows)
		if size.cols == 80 {
			s.await(t, "needs a larger window")
		}
		s.press(t, "?\x1b[6~\x1b[5~\x1b[B\x1b[A")
	}
	resize(t, s, 80, 24)
	s.awaitThat(t, "home or its help", func(shown string) bool { // a key may still be on its way
		return strings.Contains(shown, "Keys") || strings.Contains(shown, "enter begin")
	})
	interrupt(t, s)
}

func TestCtrlCInEachStepLeavesACleanTerminal(t *testing.T) {
	for i, offered := range steps {
		t.Run(offered, func(t *testing.T) {
			s := open(t, 80, 24, program(t, "."), "walk", "--browser", "approve")
			for _, before := range steps[:i] {
				s.await(t, before)
				s.press(t, enter)
			}
			s.await(t, offered)
			interrupt(t, s)
		})
	}
	for _, c := range []struct{ shows, args string }{
		{"What was rejected?", "checklist"}, {"each lesson is played", "learn"}, {"page 1 of", "learn pkce"}, {"then Ctrl+D", "explain"},
	} {
		t.Run(c.args, func(t *testing.T) {
			s := open(t, 80, 24, program(t, "."), strings.Fields(c.args)...)
			s.await(t, c.shows)
			interrupt(t, s)
		})
	}
	for name, keys := range map[string]string{"waiting for the browser": "", "pasting": "p"} {
		t.Run(name, func(t *testing.T) {
			s := open(t, 80, 24, program(t, "."), "walk", "--browser", "none")
			for _, before := range steps[:2] {
				s.await(t, before)
				s.press(t, enter)
			}
			s.await(t, "Log in at this URL")
			if keys != "" {
				s.press(t, keys)
				s.await(t, "enter use this URL")
			}
			interrupt(t, s)
		})
	}
	t.Run("home", func(t *testing.T) {
		s := open(t, 80, 24, program(t, "."))
		s.await(t, "enter begin")
		interrupt(t, s)
	})
	t.Run("lines", func(t *testing.T) {
		s := open(t, 80, 24, program(t, "."), "walk", "--plain", "--browser", "none")
		s.await(t, "waiting for the browser, ")
		interrupt(t, s)
		s.await(t, "The walk was ended")
	})
	t.Run("the question for the secret", func(t *testing.T) {
		s := open(t, 80, 24, program(t, "."), "walk", "--issuer", "https://as.example", "--client-id", "me", "--client-auth", "basic")
		s.await(t, "Client secret of me (not shown):")
		s.awaitSilence(t)
		s.press(t, "half-a-secret")
		interrupt(t, s)
		if strings.Contains(s.String(), "half") {
			t.Errorf("the secret is shown:\n%s", s)
		}
	})
}

func interrupt(t *testing.T, s *screen) {
	t.Helper()
	start := time.Now()
	s.press(t, ctrlC)
	select {
	case <-s.ended:
	case <-time.After(patience): // exit will say so
	}
	endedAtOnce(t, start)
	if code := s.exit(t); code != 130 {
		t.Errorf("exit code %d, want 130", code)
	}
}

func TestTermLeavesACleanTerminalToo(t *testing.T) {
	for _, args := range [][]string{nil, {"walk", "--browser", "none"}} {
		s := open(t, 80, 24, program(t, "."), args...)
		s.await(t, "grantwalk", "enter")
		if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		if code := s.exit(t); code != 130 {
			t.Errorf("%v: exit code %d, want 130", args, code)
		}
	}
}

func TestAClosedTerminalLosesNoWalk(t *testing.T) {
	caught := make(chan os.Signal, 1) // what these tests catch, a program that they start has the default for
	signal.Notify(caught, syscall.SIGHUP)
	defer signal.Stop(caught)
	file := filepath.Join(t.TempDir(), "walk.json")
	s := open(t, 80, 24, program(t, "."), "walk", "--browser", "approve", "--save", file)
	for i, offered := range steps {
		s.await(t, offered)
		if i < len(steps)-1 {
			s.press(t, enter)
		}
	}
	s.await(t, "Tokens received: the flow works.")
	if err := s.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	if code := s.exit(t); code != 130 {
		t.Errorf("exit code %d, want 130", code)
	}
	if saved, err := os.ReadFile(file); err != nil || !strings.Contains(string(saved), `"outcome": "tokens"`) {
		t.Errorf("--save kept %q, error %v", saved, err)
	}
}

func TestAWindowThatIsMadeSmallerAndLargerIsDrawnAnew(t *testing.T) {
	s := open(t, 120, 40, program(t, "."))
	s.await(t, "enter begin")
	s.press(t, "?") // Bubble Tea draws its first frame before it listens for a new size
	s.await(t, "esc")
	s.press(t, "?")
	s.await(t, "enter begin")
	resize(t, s, 38, 10)
	s.await(t, "needs a larger window")
	resize(t, s, 80, 24)
	s.await(t, "enter begin")
	interrupt(t, s)
}
