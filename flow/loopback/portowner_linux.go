package loopback

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"example.com/grantwalk/diagnose/safe"
)

// portOwner names the program that listens on port, as far as this user may
// see: " by nginx (process 812)", or nothing. It reads what proc(5) describes.
func portOwner(port int) string {
	inodes := listeningInodes(port)
	if len(inodes) == 0 {
		return ""
	}
	links, _ := filepath.Glob("/proc/[0-9]*/fd/*")
	for _, link := range links {
		target, err := os.Readlink(link)
		if err != nil || !inodes[target] {
			continue
		}
		pid := strings.Split(link, "/")[2]
		name, _ := os.ReadFile("/proc/" + pid + "/comm")
		return fmt.Sprintf(" by %s (process %s)", safe.Text(strings.TrimSpace(string(name)), 40), pid)
	}
	return " by a program of another user"
}

// listeningInodes are the sockets that listen on port, as /proc/PID/fd names them.
func listeningInodes(port int) map[string]bool {
	const stateListen = "0A"
	inodes := map[string]bool{}
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		data, _ := os.ReadFile(table)
		for line := range strings.Lines(string(data)) {
			f := strings.Fields(line)
			if len(f) < 10 || f[3] != stateListen {
				continue
			}
			_, hex, _ := strings.Cut(f[1], ":")
			if p, err := strconv.ParseUint(hex, 16, 16); err == nil && int(p) == port {
				inodes["socket:["+f[9]+"]"] = true
			}
		}
	}
	return inodes
}

// portCommand is how to find the owner by hand.
func portCommand(port int) string { return fmt.Sprintf("ss -ltnp 'sport = :%d'", port) }
