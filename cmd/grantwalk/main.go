// Command grantwalk walks OAuth 2.0's authorization-code flow. This package has
// the flags, the wiring and the exit codes, and nothing else.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"grantwalk/diagnose/safe"
	"grantwalk/flow"
)

func main() { os.Exit(run(os.Args[1:], takeVariables())) }

func run(args []string, variables map[string]string) int {
	noCoreDump()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // so that a second one ends the program at once
	root := newRoot(variables)
	root.SetArgs(args)
	return exitCode(root.ExecuteContext(ctx))
}

// An ended walk has an outcome that is not what was asked for. It has been
// printed; only the exit code is left to be set.
type ended struct{ kind flow.Kind }

func (e ended) Error() string { return "the walk ended: " + string(e.kind) }

// end is the outcome as an error; nil where all is well.
func end(o flow.Outcome, err error) error {
	if err != nil || o.Kind == flow.GotTokens || o.Kind == flow.GoOn {
		return err
	}
	return ended{o.Kind}
}

// Exit codes; docs/json.md has them for users. A wrong state is an answer, and
// not the one that was asked for: it counts as a refusal.
var exitCodes = map[flow.Kind]int{
	flow.Refused:       1,
	flow.StateMismatch: 1,
	flow.NoAnswer:      3,
	flow.Denied:        4,
	flow.Interrupted:   130,
}

const (
	exitUsage        = 2
	exitUnrecognised = 5
)

// exitCode prints the error with what to do about it.
func exitCode(err error) int {
	var e ended
	switch {
	case err == nil:
		return 0
	case errors.As(err, &e):
		return exitCodes[e.kind]
	}
	fmt.Fprintln(os.Stderr, "grantwalk:", printable(err.Error()))
	var h interface{ Hint() string }
	if errors.As(err, &h) && h.Hint() != "" {
		fmt.Fprintln(os.Stderr, "hint:", h.Hint())
	}
	if errors.As(err, new(unrecognised)) {
		return exitUnrecognised
	}
	return exitUsage
}

// printable is a message fit for a terminal: the names of files and flags in it are
// foreign words.
func printable(message string) string {
	lines := strings.Split(message, "\n")
	for i, line := range lines {
		lines[i] = safe.Text(line, 4<<10)
	}
	return strings.Join(lines, "\n")
}

// A problem is an error with what to do about it.
type problem struct{ what, remedy string }

func (p problem) Error() string { return p.what }

// Hint is what to do about it.
func (p problem) Hint() string { return p.remedy }
