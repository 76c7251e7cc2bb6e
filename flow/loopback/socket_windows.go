package loopback

import "golang.org/x/sys/windows"

// What a socket's error is: Winsock has numbers of its own, and package syscall's
// EADDRINUSE is none of them.
const (
	portTaken = windows.WSAEADDRINUSE
	noRight   = windows.WSAEACCES
)
