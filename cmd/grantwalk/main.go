// Command grantwalk walks OAuth 2.0's authorization-code flow. This package has
// the flags, the wiring and the exit codes, and nothing else.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"reflect"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"golang.org/x/term"

	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/flow"
	"example.com/grantwalk/tui/usage"
)

func main() { os.Exit(run(os.Args[1:], takeVariables())) }

func run(args []string, variables map[string]string) int {
	noCoreDump()
	collectLater()
	ctx, stop := signal.NotifyContext(context.Background(), endings()...)
	defer stop()
	context.AfterFunc(ctx, stop) // so that a second one ends the program at once
	root := newRoot(variables)
	root.SetArgs(args)
	restore := terminalMode()
	_, err := interruptible(ctx, grace, func() (struct{}, error) { return struct{}{}, root.ExecuteContext(ctx) })
	restore()
	return exitCode(err)
}

// endings are the signals that end the program in order. nohup has it outlive its terminal.
func endings() []os.Signal {
	if signal.Ignored(syscall.SIGHUP) {
		return []os.Signal{os.Interrupt, syscall.SIGTERM}
	}
	return []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP}
}

// collectLater has the first garbage collection at 16 MB in place of 4, because most
// commands end before that. Later ones are as usual, so that memory stays bounded as usual.
func collectLater() {
	usual := debug.SetGCPercent(400)
	runtime.AddCleanup(new([16]byte), func(percent int) { debug.SetGCPercent(percent) }, usual)
}

// terminalMode remembers the terminal's mode; restore sets it again where it has been
// left changed: a screen that is held by a write cannot restore it.
func terminalMode() (restore func()) {
	in := int(os.Stdin.Fd())
	before, err := term.GetState(in)
	return func() {
		if now, failed := term.GetState(in); err == nil && failed == nil && !reflect.DeepEqual(before, now) {
			_ = term.Restore(in, before)
		}
	}
}

// grace is how long a command may take to end after an interruption: to restore
// the terminal, to print the result, to save the transcript. All of it takes a few
// milliseconds, unless the command is held by something that no context reaches,
// such as a write that nobody reads.
const grace = 100 * time.Millisecond

// interruptible runs f, which may wait for something that cannot be canceled: a
// read of a terminal or of a named pipe, a write that nobody reads. After an
// interruption f has the grace to end; a goroutine that is still held by then ends
// with the program.
func interruptible[T any](ctx context.Context, grace time.Duration, f func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		value, err := f()
		done <- result{value, err}
	}()
	var late <-chan time.Time
	for interrupted := ctx.Done(); ; {
		select {
		case r := <-done:
			return r.value, r.err
		case <-interrupted:
			interrupted, late = nil, time.After(grace)
		case <-late:
			var none T
			return none, ended{flow.Interrupted}
		}
	}
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
	err = usage.Worded(err)
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
