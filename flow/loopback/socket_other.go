//go:build !windows

package loopback

import "syscall"

// What a socket's error is, by the number that this system gives it.
const (
	portTaken = syscall.EADDRINUSE
	noRight   = syscall.EACCES
)
