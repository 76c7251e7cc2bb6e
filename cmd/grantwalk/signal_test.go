//go:build !windows

// Windows has no signals that one process could send another.

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
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
	return startWith(t, nil, nil, args...)
}

// startWith runs it with this standard input and output; nil: none, and a log.
func startWith(t *testing.T, stdin io.Reader, stdout io.Writer, args ...string) (out, errors *log, stop func(os.Signal) int) {
	t.Helper()
	out, errors = &log{grew: make(chan struct{}, 1)}, &log{grew: make(chan struct{}, 1)}
	cmd := exec.Command(program(t, "."), args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr, cmd.Env = stdin, out, errors, environment()
	if stdout != nil {
		cmd.Stdout = stdout
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	return out, errors, func(s os.Signal) int {
		start := time.Now()
		if err := cmd.Process.Signal(s); err != nil {
			t.Fatal(err)
		}
		late := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() })
		defer late.Stop()
		_ = cmd.Wait() // the exit code tells more
		if s != syscall.SIGCONT {
			endedAtOnce(t, start)
		}
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

func TestAnInterruptedLoginReplacesNoTranscriptOfAnEarlierRun(t *testing.T) {
	file := filepath.Join(t.TempDir(), "walk.json")
	if err := os.WriteFile(file, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, errors, stop := start(t, "walk", "--json", "--browser", "none", "--save", file)
	errors.await(t, `(?m)^http\S+/authorize\?\S+$`)
	if code := stop(os.Interrupt); code != 130 {
		t.Errorf("exit code %d, want 130", code)
	}
	if text, err := os.ReadFile(file); err != nil || string(text) != "precious" {
		t.Errorf("the file holds %.30q, %v", text, err)
	}
	errors.await(t, `is unchanged: the walk was left before its token request\.`)
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

// endedAtOnce wants a program to end at the interruption and not at the end of the
// wait that was interrupted. A program ends within 0.2 s, and the waits of these tests
// last 5 s and longer, so a busy machine does not fail the test. This is the only place
// in which a test asserts a time.
func endedAtOnce(t *testing.T, interrupted time.Time) {
	t.Helper()
	if took := time.Since(interrupted); took > 4*time.Second {
		t.Errorf("it ended %s after the interruption, want 0.2s", took.Round(time.Millisecond))
	}
}

// A stuckServer is an authorization server that does not respond at one path. At
// the others it grants everything.
type stuckServer struct {
	*httptest.Server
	path    string
	reached chan struct{} // a request for that path has arrived
}

func newStuckServer(t *testing.T, path string) *stuckServer {
	s := &stuckServer{path: path, reached: make(chan struct{}, 1)}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *stuckServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := r.URL.Path
	if path == "/token" && r.FormValue("grant_type") == "refresh_token" {
		path = "/refresh"
	}
	if path == s.path {
		s.reached <- struct{}{}
		<-r.Context().Done()
		return
	}
	w.Header().Set("Content-Type", "application/json")
	switch path {
	case "/.well-known/openid-configuration":
		fmt.Fprintf(w, `{"issuer":%[1]q,"authorization_endpoint":"%[1]s/authorize","token_endpoint":"%[1]s/token","jwks_uri":"%[1]s/jwks","userinfo_endpoint":"%[1]s/userinfo","scopes_supported":["openid"]}`, "http://"+r.Host)
	case "/authorize":
		q := r.URL.Query()
		http.Redirect(w, r, q.Get("redirect_uri")+"?code=c&state="+q.Get("state"), http.StatusSeeOther)
	case "/token":
		fmt.Fprint(w, `{"access_token":"a","token_type":"Bearer","refresh_token":"r","id_token":"eyJhbGciOiJSUzI1NiJ9.e30.AA"}`)
	case "/jwks":
		fmt.Fprint(w, `{"keys":[]}`)
	default:
		http.NotFound(w, r)
	}
}

func TestTheFirstCtrlCEndsAWalkThatWaitsForAServer(t *testing.T) {
	for _, path := range []string{"/.well-known/openid-configuration", "/token", "/jwks", "/userinfo", "/refresh"} {
		t.Run(strings.TrimPrefix(path, "/"), func(t *testing.T) {
			s := newStuckServer(t, path)
			_, errors, stop := start(t, "walk", "--json", "--browser", "none", "--issuer", s.URL, "--client-id", "c", "--client-auth", "none")
			if path != "/.well-known/openid-configuration" {
				if resp, err := http.Get(errors.await(t, `(?m)^(http\S+/authorize\?\S+)$`)); err != nil {
					t.Fatal(err)
				} else {
					resp.Body.Close()
				}
			}
			<-s.reached
			if code := stop(os.Interrupt); code != 130 {
				t.Errorf("exit code %d, want 130", code)
			}
		})
	}
	for _, scheme := range []string{"http", "https"} { // in a TLS handshake, the second time
		t.Run("a port that is silent, "+scheme, func(t *testing.T) {
			silent, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { silent.Close() })
			_, _, stop := start(t, "walk", "--plain", "--issuer", scheme+"://"+silent.Addr().String(), "--client-id", "c", "--client-auth", "none")
			conn, err := silent.Accept()
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if code := stop(os.Interrupt); code != 130 {
				t.Errorf("exit code %d, want 130", code)
			}
		})
	}
}

// endless is an input without an end.
type endless struct {
	chunks  int
	reached chan struct{} // closed once explain must have read of it
}

func (e *endless) Read(p []byte) (int, error) {
	if e.chunks++; e.chunks == 20 { // a pipe holds two or three of them
		close(e.reached)
	}
	return copy(p, strings.Repeat("2030-01-02 03:04:05 ERROR invalid_grant: the code is expired\n", 1000)), nil
}

func TestTheFirstCtrlCEndsExplainWhateverItReads(t *testing.T) {
	t.Run("an input without an end", func(t *testing.T) {
		in := &endless{reached: make(chan struct{})}
		_, _, stop := startWith(t, in, nil, "explain")
		<-in.reached
		if code := stop(os.Interrupt); code != 130 {
			t.Errorf("exit code %d, want 130", code)
		}
	})
	t.Run("an input that is silent", func(t *testing.T) {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		_, _, stop := startWith(t, r, nil, "explain")
		if _, err := w.WriteString(strings.Repeat("all is well\n", 20_000)); err != nil { // more than a pipe holds, so explain has read of it
			t.Fatal(err)
		}
		if code := stop(os.Interrupt); code != 130 {
			t.Errorf("exit code %d, want 130", code)
		}
	})
	t.Run("a named pipe", func(t *testing.T) {
		fifo := filepath.Join(t.TempDir(), "fifo")
		if err := syscall.Mkfifo(fifo, 0o600); err != nil {
			t.Skipf("no named pipe can be made here: %v", err)
		}
		_, _, stop := start(t, "explain", fifo)
		w, err := os.OpenFile(fifo, os.O_WRONLY, 0) // waits until explain has opened it
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		if code := stop(os.Interrupt); code != 130 {
			t.Errorf("exit code %d, want 130", code)
		}
	})
}

func TestTheFirstCtrlCEndsAWalkThatReadsASecretFromANamedPipe(t *testing.T) {
	fifo := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Skipf("no named pipe can be made here: %v", err)
	}
	_, _, stop := start(t, "walk", "--plain", "--client-secret-file", fifo)
	w, err := os.OpenFile(fifo, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if code := stop(os.Interrupt); code != 130 {
		t.Errorf("exit code %d, want 130", code)
	}
}

// A reader that has stopped reading, such as a pager, leaves a command in a write
// that nothing can interrupt.
func TestTheFirstCtrlCEndsACommandWhoseOutputNobodyReads(t *testing.T) {
	ends, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	r, w := os.NewFile(uintptr(ends[0]), "reader"), os.NewFile(uintptr(ends[1]), "writer")
	defer r.Close()
	defer w.Close()
	// A pipe would hold all that a lesson has.
	if err := syscall.SetsockoptInt(ends[1], syscall.SOL_SOCKET, syscall.SO_SNDBUF, 4096); err != nil {
		t.Fatal(err)
	}
	_, _, stop := startWith(t, nil, w, "learn", "--plain")
	if _, err := r.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	if code := stop(os.Interrupt); code != 130 {
		t.Errorf("exit code %d, want 130", code)
	}
}
