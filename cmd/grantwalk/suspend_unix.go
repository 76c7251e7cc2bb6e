//go:build unix

package main

import (
	"os/signal"

	"golang.org/x/sys/unix"
)

// unsuspended keeps Ctrl+Z from suspending the program while a secret is typed: the shell
// gives the terminal its echo back then, and leaves the echo on when the program goes on.
func unsuspended() (release func()) {
	signal.Ignore(unix.SIGTSTP)
	return func() { signal.Reset(unix.SIGTSTP) }
}
