package flow

import "golang.org/x/sys/windows"

// What a socket's error is: Winsock has numbers of its own, and package syscall's
// ECONNREFUSED is none of them.
const (
	refusing   = windows.WSAECONNREFUSED
	connBroken = windows.WSAECONNRESET
)
