//go:build !windows

package flow

import "syscall"

// What a socket's error is, by the number that this system gives it.
const (
	refusing   = syscall.ECONNREFUSED
	connBroken = syscall.ECONNRESET
)
