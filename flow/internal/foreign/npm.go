package foreign

import (
	"context"
	"os"
	"os/exec"
	"testing"
	"time"
)

// NPM installs what a folder of testdata names into a folder of the test's own,
// for programs that end with the context. It must be asked for by GRANTWALK_NPM=1:
// it takes a while, and the network.
func NPM(t *testing.T, folder string) (ctx context.Context, dir string) {
	t.Helper()
	if os.Getenv("GRANTWALK_NPM") != "1" {
		t.Skipf("%s was not tried: set GRANTWALK_NPM=1 to install it from npm and run it", folder)
	}
	dir = t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/"+folder)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	t.Cleanup(cancel)
	Run(ctx, t, dir, "npm", "ci", "--no-audit", "--no-fund")
	return ctx, dir
}

// Run runs a program in dir and returns what it printed. It must end well.
func Run(ctx context.Context, t *testing.T, dir, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Stderr = t.Output()
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v: %s", cmd, err, out)
	}
	return out
}
