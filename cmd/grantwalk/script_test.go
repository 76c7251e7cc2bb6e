package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup:               takePort,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":     exits,
			"document":  document,
			"explained": explained,
		},
	})
}

// takePort listens on a port for the whole script, which finds it in $TAKEN.
func takePort(env *testscript.Env) error {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	env.Defer(func() { ln.Close() })
	env.Setenv("TAKEN", strconv.Itoa(ln.Addr().(*net.TCPAddr).Port))
	return nil
}

// exits runs a command that must end with the given code: exits 2 grantwalk walk …
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND [ARGUMENT…]")
	}
	err := ts.Exec(args[1], args[2:]...)
	code := 0
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		code = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("run %s: %v", args[1], err)
	}
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("exit code %d, want %s\n%s%s", code, args[0], ts.ReadFile("stdout"), ts.ReadFile("stderr"))
	}
}

// document wants standard output, or the file named first by file=, to be one
// JSON document with these members: document outcome=tokens error.error=x tokens!
// A name with ! must be absent.
func document(ts *testscript.TestScript, neg bool, args []string) {
	file := "stdout"
	if len(args) > 0 && strings.HasPrefix(args[0], "file=") {
		file, args = strings.TrimPrefix(args[0], "file="), args[1:]
	}
	if neg || len(args) == 0 {
		ts.Fatalf("usage: document [file=FILE] NAME=VALUE… NAME!…")
	}
	var doc any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(file)), &doc))
	for _, arg := range args {
		name, want, _ := strings.Cut(arg, "=")
		name, absent := strings.CutSuffix(name, "!")
		got, found := member(doc, name)
		if absent == found || !absent && fmt.Sprint(got) != want {
			ts.Fatalf("%s is %v (there: %v), want %s", name, got, found, arg)
		}
	}
}

func member(doc any, path string) (value any, found bool) {
	for name := range strings.SplitSeq(path, ".") {
		object, _ := doc.(map[string]any)
		if doc, found = object[name]; !found {
			return nil, false
		}
	}
	return doc, true
}
