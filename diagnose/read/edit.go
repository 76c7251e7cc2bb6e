package read

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"errors"
	"html"

	"example.com/grantwalk/diagnose/internal/lazy"
)

// Mail, chat, terminals, containers and web pages change the lines of what people copy from
// them. An edit undoes that, line by line.
type edit func(line []byte) []byte

// mostEdits is how many edits one input needs at most: a quoted mail of an indented text that
// a page escaped.
const mostEdits = 4

// undoing is the edit that an input needs, by its beginning; nil: it needs none.
func undoing(head []byte) edit {
	switch {
	case bytes.Contains(head, []byte("uoted-")) && quotedPrintable().Match(head):
		return mailed()
	case isQuoted(head):
		return unprefixed
	case bytes.Contains(head, []byte("HTTP/")) || bytes.Contains(head, []byte("=> Send header")):
		if e := withoutMargin(head); e != nil {
			return e
		}
	}
	if isEscaped(head) {
		return asShown
	}
	return nil
}

// isQuoted reports whether e-mail and Markdown quote a document with the sign >. The requests
// of curl -v have the same sign, but not its responses.
func isQuoted(head []byte) bool {
	if !bytes.HasPrefix(head, []byte(">")) && !bytes.Contains(head, []byte("\n>")) {
		return false
	}
	if quotedMessage().Match(head) {
		return true
	}
	if begins := bytes.TrimSpace(head); !bytes.Contains(head, []byte("\n>")) || formatOf(begins) != nil || isSaved(begins) {
		return false
	}
	return isDocument(unprefixed(head))
}

var (
	quoteMarks    = lazy.Regexp(`(?m)^(?:> ?)+`)
	quotedMessage = lazy.Regexp(`(?m)^(?:> ?)+(?:(?:< )?HTTP/\d|=> Send header)`)
)

func unprefixed(text []byte) []byte { return quoteMarks().ReplaceAll(text, nil) }

var (
	// printedStart is how messages begin that a tool printed.
	printedStart   = lazy.Regexp(`\b[A-Z]{3,7} \S+ HTTP/\d|\bHTTP/\d(?:\.\d)? \d{3}\b|== Info: |=> Send header`)
	printedNext    = lazy.Regexp(`^(?:[A-Za-z][A-Za-z-]*: |=> |== |[<>] |\s*$)`) // how they go on
	indentedHeader = lazy.Regexp(`^([ \t]+)[A-Za-z][A-Za-z-]*: `)
)

// withoutMargin takes off what is in front of every line of printed messages: white space,
// a container's name, the time and logger of a log, line numbers. Digits in it may differ from
// line to line. nil: there is nothing.
func withoutMargin(head []byte) edit {
	begun, before := false, margin(nil)
	for line := range bytes.Lines(head) {
		if m := indentedHeader().FindSubmatch(line); begun && m != nil {
			return margin(bytes.Clone(m[1])).takeOff // the first line's is gone already
		}
		if len(before) > 0 && before.begins(line) && printedNext().Match(line[len(before):]) {
			return margin(bytes.Clone(before)).takeOff
		}
		begun, before = false, nil
		switch at := printedStart().FindIndex(line); {
		case at == nil:
		case at[0] == 0 && line[0] == '=':
			return nil // of a trace, whose own rows look like that
		case at[0] == 0:
			begun = true
		default:
			before = bytes.TrimSuffix(bytes.TrimSuffix(line[:at[0]], []byte("> ")), []byte("< ")) // curl -v's own
		}
	}
	return nil
}

// A margin is what is in front of a line.
type margin []byte

func (m margin) takeOff(line []byte) []byte {
	switch blank := bytes.TrimRight(line, " \t\r\n"); {
	case m.begins(line):
		return line[len(m):]
	case len(blank) < len(m) && m[:len(blank)].begins(blank): // an editor took the blanks at its end
		return line[len(blank):]
	}
	return line
}

// begins reports whether the line begins like the margin, but for numbers.
func (m margin) begins(line []byte) bool {
	number := func(c byte) bool { return digit(c) || c == ' ' }
	if len(line) < len(m) {
		return false
	}
	for i, c := range m {
		if same := c == line[i] || number(c) && number(line[i]); !same {
			return false
		}
	}
	return true
}

// isEscaped reports whether the text was copied from the source of a web page. In a request
// that was sent so, only some of the signs are escaped.
func isEscaped(head []byte) bool {
	return bytes.Contains(head, []byte("&amp;")) && escapedAmpersand().Match(head) && !bareAmpersand().Match(head) && !isDocument(head)
}

var (
	bareAmpersand    = lazy.Regexp(`&[A-Za-z_]+=`)
	escapedAmpersand = lazy.Regexp(`&amp;[A-Za-z_]+=`)
	styleTags        = lazy.Regexp(`</?(?:pre|code|span)\b[^<>]*>`)
)

// asShown is a line of a page's source as the page shows it.
func asShown(line []byte) []byte {
	return []byte(html.UnescapeString(string(styleTags().ReplaceAll(line, nil))))
}

var (
	quotedPrintable = lazy.Regexp(`(?mi)^Content-Transfer-Encoding: *quoted-printable\s*$`)
	encodedByte     = lazy.Regexp(`=[0-9A-F]{2}`)
)

// mailed undoes quoted-printable (RFC 2045 §6.7): = at the end of a line continues it. The mail's
// own head, which would read like that of a message of HTTP, is left out.
func mailed() edit {
	head := true
	return func(line []byte) []byte {
		if head {
			head = len(bytes.TrimSpace(line)) > 0
			return nil
		}
		if quotedPrintable().Match(line) { // of another part
			return nil
		}
		return printable(line)
	}
}

func printable(line []byte) []byte {
	line = encodedByte().ReplaceAllFunc(line, func(code []byte) []byte {
		b, _ := hex.DecodeString(string(code[1:]))
		return b
	})
	if continued := bytes.TrimRight(line, "\r\n"); bytes.HasSuffix(continued, []byte("=")) {
		return bytes.TrimSuffix(continued, []byte("="))
	}
	return line
}

// A lineEditor reads the lines of an input as they were before. Of a line that is longer than
// its buffer it edits the beginning.
type lineEditor struct {
	lines  *bufio.Reader
	edit   edit
	rest   []byte
	within bool // a line that is longer than the buffer
}

func (u *lineEditor) Read(p []byte) (int, error) {
	for len(u.rest) == 0 {
		line, err := u.lines.ReadSlice('\n')
		if len(line) == 0 {
			return 0, err
		}
		u.rest = line
		if !u.within {
			u.rest = u.edit(line)
		}
		u.within = errors.Is(err, bufio.ErrBufferFull)
	}
	n := copy(p, u.rest)
	u.rest = u.rest[n:]
	return n, nil
}
