//go:build !windows

// Windows has no signals that one process could send another.

package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// A log is a program's output, which can be waited for.
type log struct {
	mu   sync.Mutex
	text bytes.Buffer
	grew chan struct{}
}

func (l *log) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case l.grew <- struct{}{}:
	default:
	}
	return l.text.Write(b)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// await waits for text that matches and returns its last group.
func (l *log) await(t *testing.T, pattern string) string {
	t.Helper()
	re, deadline := regexp.MustCompile(pattern), time.After(patience)
	for {
		if m := re.FindStringSubmatch(l.String()); m != nil {
			return m[len(m)-1]
		}
		select {
		case <-l.grew:
		case <-deadline:
			t.Fatalf("nothing matches %s in:\n%s", pattern, l)
		}
	}
}

// start runs the program without a terminal; stop sends it a signal and returns
// its exit code.
func start(t *testing.T, args ...string) (out, errors *log, stop func(os.Signal) int) {
	t.Helper()
	out, errors = &log{grew: make(chan struct{}, 1)}, &log{grew: make(chan struct{}, 1)}
	cmd := exec.Command(program(t, "."), args...)
	cmd.Stdout, cmd.Stderr, cmd.Env = out, errors, environment()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	return out, errors, func(s os.Signal) int {
		if err := cmd.Process.Signal(s); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // the exit code tells more
		return cmd.ProcessState.ExitCode()
	}
}

func TestASignalEndsAWalkInLinesWithItsDocument(t *testing.T) {
	for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		out, errors, stop := start(t, "walk", "--json", "--browser", "none")
		errors.await(t, `(?m)^http\S+/authorize\?\S+$`)
		if code := stop(s); code != 130 {
			t.Errorf("%v: exit code %d, want 130", s, code)
		}
		var doc map[string]any
		if err := json.Unmarshal([]byte(out.String()), &doc); err != nil || doc["outcome"] != "interrupted" || doc["step"] != "callback" {
			t.Errorf("%v: document %v, error %v", s, doc, err)
		}
	}
}

func TestThePracticeServerAloneSaysWhatToConfigureAndWhatItDecided(t *testing.T) {
	server, errors, stop := start(t, "practice")
	issuer := server.await(t, `(?m)^  issuer +(http://127\.0\.0\.1:\d+)$`)
	command := server.await(t, `(?m)^  grantwalk (walk --issuer .*)$`) // the example must work as it stands
	walk, walkErrors, end := start(t, append(strings.Fields(command), "--plain", "--browser", "none")...)
	address := walk.await(t, `(?m)^(`+regexp.QuoteMeta(issuer)+`/authorize\?\S+)$`)
	if err := approve(t, address); err != nil {
		t.Fatal(err)
	}
	walk.await(t, "Tokens received")
	if code := end(syscall.SIGCONT); code != 0 {
		t.Errorf("walk: exit code %d, want 0\n%s", code, walkErrors)
	}
	server.await(t, `\d\d:\d\d:\d\d\.\d{3}  200  POST /token +demo-public +code redeemed`)
	if code := stop(os.Interrupt); code != 130 {
		t.Errorf("practice: exit code %d, want 130", code)
	}
	if errors.String() != "" {
		t.Errorf("on standard error: %s", errors)
	}
}
