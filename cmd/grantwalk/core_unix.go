//go:build unix

package main

import "golang.org/x/sys/unix"

// noCoreDump keeps the system from writing this process's memory, which holds
// client secrets and tokens, to a file when it crashes. Only the soft limit is
// changed, so a program that is started from here can raise it again. See
// docs/decisions/core-dumps.md.
func noCoreDump() {
	var limit unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_CORE, &limit) == nil {
		limit.Cur = 0
		_ = unix.Setrlimit(unix.RLIMIT_CORE, &limit) // lowering one's own limit is always allowed
	}
}
