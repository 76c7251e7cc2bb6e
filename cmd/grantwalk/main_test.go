package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(tidy{m}, map[string]func(){"grantwalk": main})
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
