package read

import (
	"errors"
	"io"
	"strconv"
	"strings"
)

var errNotChunked = errors.New("the body is not chunked")

// unchunk undoes the chunked coding (RFC 9112 §7.1), as it was sent or as a tool printed
// it. The rest is what follows the body. Of a body that is cut, the content is what there
// is.
func unchunk(body string) (content, rest string, err error) {
	var b strings.Builder
	for rest = body; ; {
		line, after := cutLine(rest)
		digits, _, _ := strings.Cut(line, ";") // extensions
		size, err := strconv.ParseUint(strings.TrimSpace(digits), 16, 31)
		switch {
		case rest == "":
			return b.String(), "", io.ErrUnexpectedEOF
		case err != nil:
			return b.String(), rest, errNotChunked
		case size == 0:
			return b.String(), afterTrailers(after), nil
		}
		n, fits := counted(after, int(size))
		if n = min(n, len(after)); !fits && n < len(after) {
			return b.String() + after[:n], after[n:], errNotChunked
		}
		b.WriteString(after[:n])
		if n == len(after) {
			return b.String(), "", io.ErrUnexpectedEOF
		}
		if line, rest = cutLine(after[n:]); line != "" {
			return b.String(), after[n:], errNotChunked
		}
	}
}

// afterTrailers passes over the trailer fields and the empty line behind them.
func afterTrailers(text string) string {
	for text != "" && !starts(text) {
		line, rest := cutLine(text)
		if line == "" {
			return rest
		}
		if !fieldLine().MatchString(line) {
			break
		}
		text = rest
	}
	return text
}

// counted is where a body of n bytes ends. A message or a line must end there, or else the
// text is not what was sent. One line end may be two bytes of n.
func counted(text string, n int) (end int, ok bool) {
	if n < 0 {
		return 0, false
	}
	if n <= len(text) && bodyMayEnd(text, n) {
		return n, true
	}
	for end < len(text) && n > 0 {
		if text[end] == '\n' {
			n--
		}
		n--
		end++
	}
	return end, n == 0 && bodyMayEnd(text, end)
}

func bodyMayEnd(text string, end int) bool {
	rest := text[end:]
	return rest == "" || rest[0] == '\n' || rest[0] == '\r' || end > 0 && text[end-1] == '\n' || startsMessage(firstLine(rest))
}
