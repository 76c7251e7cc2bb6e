package read

import (
	"strings"

	"example.com/grantwalk/diagnose/internal/lazy"
)

// What tshark prints with -z follow: the bytes of each side in blocks, which begin with
// their length. That of the second side is indented.

var (
	followStart = lazy.Regexp(`(?m)^Follow: (?:tcp|http|http2|tls|ssl),ascii$`)
	blockLength = lazy.Regexp(`^(\t?)(\d+)$`)
)

func isFollow(text string) bool { return followStart().MatchString(text) }

// A follower is the state between the lines of one stream.
type follower struct {
	c     *conversation
	run   strings.Builder // what one side sent before the other side did
	side  string
	block []string // lines of the block that is being read
	open  bool     // a block is being read
	left  int      // bytes of the block that are still to come; a line end may have been two
}

func readFollow(text string, c *conversation) (rest string) {
	f := follower{c: c}
	inside := false
	var said strings.Builder
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		next := ""
		if i+1 < len(lines) {
			next = lines[i+1]
		}
		switch frame := strings.HasPrefix(line, "====") && strings.Trim(line, "=") == ""; {
		case frame:
			f.endRun()
			inside = false
		case followStart().MatchString(line):
			inside = true
		case !inside:
			said.WriteString(line + "\n")
		default:
			f.line(line, next)
		}
	}
	f.endRun()
	return said.String()
}

func (f *follower) line(line, next string) {
	if side, n, ok := f.begins(line, next); ok {
		f.endBlock()
		if side != f.side {
			f.endRun()
		}
		f.side, f.left, f.open = side, n, true
		return
	}
	if f.open {
		f.block = append(f.block, line)
		f.left -= len(line) + 1
	}
}

// begins reports whether a block begins with the line. The sizes of chunks look the same:
// but they are not indented, and no message follows them.
func (f *follower) begins(line, next string) (side string, n int, ok bool) {
	m := blockLength().FindStringSubmatch(line)
	if m == nil || f.left > len(f.block) {
		return "", 0, false
	}
	return m[1], atoi(m[2]), m[1] == f.side || startsMessage(next)
}

func (f *follower) endBlock() {
	f.run.WriteString(strings.Join(f.block, "\n"))
	f.block, f.open, f.left = nil, false, 0
}

func (f *follower) endRun() {
	f.endBlock()
	if f.run.Len() > 0 {
		readRaw(f.run.String(), f.c)
	}
	f.run.Reset()
	f.side = ""
}
