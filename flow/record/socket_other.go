//go:build !windows

package record

import "syscall"

// What a socket's error is, by the number that this system gives it.
const (
	connRefused = syscall.ECONNREFUSED
	connBroken  = syscall.ECONNRESET
)
