package record

import "golang.org/x/sys/windows"

// What a socket's error is: Winsock has numbers of its own, and package syscall's
// ECONNREFUSED is none of them.
const (
	connRefused = windows.WSAECONNREFUSED
	connBroken  = windows.WSAECONNRESET
)
