package read

import (
	"encoding/hex"
	"strconv"
	"strings"

	"example.com/grantwalk/diagnose/internal/lazy"
)

// The output of curl --trace and --trace-ascii, with and without --trace-time.

var (
	blockStart = lazy.Regexp(`(?m)^(?:\d\d:\d\d:\d\d\.\d+ )?(?:\[\S+\] )?(=>|<=) (Send|Recv) (header|data|SSL data), (\d+) bytes \(0x[0-9a-f]+\)`)
	traceNote  = lazy.Regexp(`^(?:\d\d:\d\d:\d\d\.\d+ )?(?:\[\S+\] )?== Info: ?(.*)`)
)

func isTrace(text string) bool { return blockStart().MatchString(text) }

// A block is the bytes that curl sent or received at once.
type block struct {
	kind string // "Send header", "Recv data" …
	size int
	data strings.Builder
	row  string // in text: the last row, whose end only the next row's offset tells
}

// A trace is the state between the blocks.
type trace struct {
	c              *conversation
	sent, received half
	up, down       []byte // their bodies
	block          *block
}

func readTrace(text string, c *conversation) (rest string) {
	t := trace{c: c}
	var said strings.Builder
	for line := range strings.SplitSeq(text, "\n") {
		if !t.line(line) {
			said.WriteString(line + "\n")
		}
	}
	t.endBlock()
	t.flush()
	return said.String()
}

// line takes a line, and reports whether it is curl's.
func (t *trace) line(line string) bool {
	if strings.HasPrefix(line, "0") && len(line) > 4 && line[4] == ':' {
		return t.row(line)
	}
	if m := blockStart().FindStringSubmatch(line); m != nil {
		t.endBlock()
		t.block = &block{kind: m[2] + " " + m[3], size: atoi(m[4])}
		return true
	}
	if m := traceNote().FindStringSubmatch(line); m != nil {
		t.endBlock()
		t.c.secure = t.c.secure || strings.Contains(m[1], "SSL") || strings.Contains(m[1], "TLS")
		return true
	}
	return t.row(line)
}

// row takes a line of a block: where the row begins in it, and the bytes.
func (t *trace) row(line string) bool {
	offset, row, ok := strings.Cut(line, ":")
	at, err := strconv.ParseUint(offset, 16, 31)
	if !ok || err != nil || len(offset) < 4 || t.block == nil {
		return false
	}
	if int(at) <= t.block.size {
		t.block.add(int(at), strings.TrimPrefix(row, " "))
	}
	return true
}

// add takes a row of the block that begins at byte at.
func (b *block) add(at int, row string) {
	b.endRow(at)
	if digits := 3 * min(16, b.size-at); digits <= len(row) {
		if data, err := hex.DecodeString(strings.ReplaceAll(row[:digits], " ", "")); err == nil && len(data) == digits/3 {
			b.data.Write(data)
			return
		}
	}
	b.row = row
}

// endRow ends a row of text where the next one begins. curl breaks a row at a line end, and
// prints no line end.
func (b *block) endRow(next int) {
	if b.row == "" && b.data.Len() >= next {
		return
	}
	b.data.WriteString(b.row)
	switch missing := next - b.data.Len(); {
	case missing == 2:
		b.data.WriteString("\r\n")
	case missing > 0 && missing < 64: // spaces at the end of the row, which editors remove
		b.data.WriteString(strings.Repeat(" ", missing))
	}
	b.row = ""
}

func (t *trace) endBlock() {
	b := t.block
	if b == nil {
		return
	}
	t.block = nil
	if b.row != "" || b.size-b.data.Len() <= 2 {
		b.endRow(b.size)
	}
	data, cut := b.data.String(), b.data.Len() < b.size
	switch b.kind {
	case "Send header":
		if startsMessage(firstLine(data)) {
			t.flush()
			t.sent = parseHalf(data)
		}
	case "Send data":
		t.up = append(t.up, data...)
		t.sent.cut = t.sent.cut || cut
	case "Recv header":
		if startsMessage(firstLine(data)) {
			t.received = half{start: firstLine(data)}
			break
		}
		t.received.header(strings.TrimRight(data, "\r\n"))
	case "Recv data":
		t.down = append(t.down, data...)
	}
}

func (t *trace) flush() {
	t.sent.body += string(t.up)
	t.received.body = document(undot(string(t.down)))
	t.c.add(t.sent)
	t.c.add(t.received)
	t.sent, t.received, t.up, t.down = half{}, half{}, nil, nil
}

// undot gives a JSON document its line ends back: curl prints a dot for each. Outside of
// strings, JSON has dots in numbers only.
func undot(text string) string {
	if !strings.HasPrefix(text, "{.") {
		return text
	}
	out, quoted := []byte(text), false
	for i := 0; i < len(out); i++ {
		switch {
		case out[i] == '\\':
			i++
		case out[i] == '"':
			quoted = !quoted
		case out[i] == '.' && !quoted && (!digit(out[i-1]) || i+1 == len(out) || !digit(out[i+1])):
			out[i] = '\n'
		}
	}
	return string(out)
}
