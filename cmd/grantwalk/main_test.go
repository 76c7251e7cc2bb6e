package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"example.com/grantwalk/flow/practice"
)

func TestMain(m *testing.M) {
	testscript.Main(tidy{m}, map[string]func(){"grantwalk": main, "xdg-open": browse, "open": browse})
}

// browse is the system's browser in scripts: it writes down its environment, and logs
// in on the practice server.
func browse() {
	err := os.WriteFile("browser.env", []byte(strings.Join(os.Environ(), "\n")+"\n"), 0o600)
	if err == nil {
		err = practice.User{Approve: true}.Open(context.Background(), os.Args[1])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// tidy removes the programs that tests have built.
type tidy struct{ *testing.M }

func (t tidy) Run() int {
	defer func() { os.RemoveAll(built.dir) }()
	return t.M.Run()
}

// program builds a command once, as users do.
func program(tb testing.TB, pkg string) string {
	tb.Helper()
	built.Lock()
	defer built.Unlock()
	if path := built.paths[pkg]; path != "" {
		return path
	}
	if built.dir == "" {
		dir, err := os.MkdirTemp("", "grantwalk-test-")
		if err != nil {
			tb.Fatal(err)
		}
		built.dir, built.paths = dir, map[string]string{}
	}
	path := filepath.Join(built.dir, filepath.Base(pkg)+"-program")
	if out, err := exec.Command("go", "build", "-o", path, pkg).CombinedOutput(); err != nil {
		tb.Fatalf("build %s: %v\n%s", pkg, err, out)
	}
	built.paths[pkg] = path
	return path
}

var built struct {
	sync.Mutex
	dir   string
	paths map[string]string
}

func TestAMessageCannotActOnTheTerminal(t *testing.T) {
	if got := printable("open a\x1b[31m.har: no such file\nof two lines"); got != `open a\x1b[31m.har: no such file`+"\nof two lines" {
		t.Errorf("%q", got)
	}
}
