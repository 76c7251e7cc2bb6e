//go:build !linux

package loopback

import (
	"fmt"
	"runtime"
)

// portOwner would need a call of its own on each system; the command tells.
func portOwner(int) string { return "" }

// portCommand is how to find the owner by hand.
func portCommand(port int) string {
	if runtime.GOOS == "windows" {
		return fmt.Sprintf("netstat -ano | findstr :%d", port)
	}
	return fmt.Sprintf("lsof -iTCP:%d -sTCP:LISTEN", port)
}
