package main

import (
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A shell that suspends a program gives the terminal its echo back.
func TestASecretIsNotShownAfterCtrlZ(t *testing.T) {
	shell, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("no shell with job control is here")
	}
	cmd := exec.Command(shell, "--norc", "--noprofile", "-i")
	cmd.Env = append(environment(), "TERM=dumb")
	s := silentTerminalOf(t, cmd)
	const secret = "Rv6u2XqZ0p"
	enter := func(keys, until string) {
		if _, err := s.pty.WriteString(keys); err != nil {
			t.Fatal(err)
		}
		s.await(t, until)
	}
	enter(program(t, ".")+" walk --plain --auth-url http://127.0.0.1:9/a --token-url http://127.0.0.1:9/t --client-id app --client-auth basic --browser none\n", "(not shown): ")
	for deadline := time.Now().Add(patience); s.echoes(t); {
		if time.Now().After(deadline) {
			t.Fatal("the echo stays on")
		}
		runtime.Gosched()
	}
	enter("\x1a"+secret+"\n", "2 of 6")
	if strings.Contains(s.String(), secret) {
		t.Errorf("the secret is on the terminal:\n%s", s)
	}
}

// echoes reports whether the terminal shows what is typed.
func (s *silent) echoes(t *testing.T) bool {
	t.Helper()
	state, err := unix.IoctlGetTermios(int(s.pty.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	return state.Lflag&unix.ECHO != 0
}
