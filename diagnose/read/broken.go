package read

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"example.com/grantwalk/diagnose/internal/lazy"
)

// Terminals and mail break long lines within words. URLs and forms have no white space in them,
// so that what looks like more of one in the next line is more of it.

var (
	openEnd = lazy.Regexp(`[?&][\w.~%+-]+=[^\s"'<>]*$|\?[\w.~%+-]+$|^\s*[\w.~%+-]+=[^\s"'<>]*&[^\s"'<>]*$`) // of a line that ends in a query or a form
	goesOn  = lazy.Regexp(`^\S*&\S*(?: H[TP/\d.]*)?$|^\S* ?HTTP/[12](?:\.\d)?$`)
	oneWord = lazy.Regexp(`^[^\s"'{}<>]+$`)
	aWord   = lazy.Regexp(`^[A-Z]?[a-z_]+[.,:!?]*$`) // and no part of a value
	newPair = lazy.Regexp(`^[A-Za-z_]+=`)
)

// unbroken joins the lines over which a URL or a form is broken.
func unbroken(text string) string {
	if !strings.ContainsAny(text, "?&") || !strings.Contains(text, "\n") {
		return text
	}
	lines := strings.Split(text, "\n")
	width, open := brokenAt(lines), false
	var b strings.Builder
	for i, line := range lines {
		joins := open && isMore(lines[i-1], line, width)
		if i > 0 && !joins {
			b.WriteByte('\n')
		}
		b.WriteString(line)
		if open = !strings.Contains(line, " HTTP/"); !joins {
			open = strings.Contains(line, "=") && openEnd().MatchString(line)
		}
	}
	return b.String()
}

// isMore reports whether a line goes on with the URL or form in which the one before ends.
func isMore(before, line string, width int) bool {
	last := before[strings.LastIndexAny(before, "?&")+1:]
	switch {
	case strings.Contains(line[:min(len(line), 20)], "://"):
		return false
	case last != before && !strings.Contains(last, "=") && oneWord().MatchString(line): // the line ends within a name, or behind an &
		return true
	case newPair().MatchString(line):
		return false
	case goesOn().MatchString(line):
		return true
	}
	return utf8.RuneCountInString(before) == width && oneWord().MatchString(line) && !aWord().MatchString(line)
}

// brokenAt is the width at which a text was broken: that of its longest lines, of which there
// are several; 0: it was not.
func brokenAt(lines []string) int {
	const narrowest = 60
	width, times := 0, 0
	for _, line := range lines {
		switch n := utf8.RuneCountInString(line); {
		case n > width:
			width, times = n, 1
		case n == width:
			times++
		}
	}
	if width < narrowest || times < 2 {
		return 0
	}
	return width
}

// unbrokenString is a string of JSON as it was before it was broken over lines: there are no line
// ends in one (RFC 8259 §7). Those between words are left to separate the words.
func unbrokenString(raw []byte) []byte {
	if bytes.IndexByte(raw, '\n') < 0 || bytes.IndexByte(raw, ' ') >= 0 {
		return raw
	}
	return bytes.ReplaceAll(bytes.ReplaceAll(raw, []byte("\n"), nil), []byte("\r"), nil)
}
