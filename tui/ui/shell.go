package ui

import (
	"errors"
	"regexp"
	"strings"

	"github.com/charmbracelet/lipgloss"

	"example.com/grantwalk/diagnose/safe"
)

// ErrControl is why a word cannot be part of a command that is copied. Quotes do not
// help: a terminal acts on such a character before the shell reads it.
var ErrControl = errors.New("contains a control or invisible character")

// bare are the characters that mean nothing to a shell, but for = and % at the
// beginning of a word: zsh reads =ls as a path, and fish reads %self as its process id.
const bare = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=+:,./@%"

// ShellQuote is s as one word of bash, zsh, fish and any POSIX shell. A quote and a
// backslash stay outside of the single quotes, in which fish reads a backslash as an
// escape and the other shells do not.
func ShellQuote(s string) (string, error) {
	switch {
	case !safe.Clean(s):
		return "", ErrControl
	case s == "":
		return "''", nil
	case strings.Trim(s, bare) == "" && s[0] != '=' && s[0] != '%':
		return s, nil
	}
	var b strings.Builder
	for s != "" {
		end := strings.IndexAny(s, `'\`)
		switch {
		case end < 0:
			end = len(s)
			b.WriteString("'" + s + "'")
		case end == 0:
			end = 1
			b.WriteString(`\` + s[:1])
		default:
			b.WriteString("'" + s[:end] + "'")
		}
		s = s[end:]
	}
	return b.String(), nil
}

// unbroken is what has to stay on one line: an escaped character, a variable.
var unbroken = regexp.MustCompile(`\\.|\$[A-Z0-9_]{1,30}|.`)

// ShellLines breaks a command into lines of at most width columns. What is selected on
// the screen is then still the same command: each line goes on behind a backslash, and
// no part of a provider's word begins a command of its own.
func ShellLines(command string, width int) []string {
	const closing = 2 // a quote and a backslash
	var lines []string
	for line := range strings.SplitSeq(command, "\n") {
		if lipgloss.Width(line) <= width {
			lines = append(lines, line)
			continue
		}
		row, quote, columns := "", "", 0
		for _, part := range unbroken.FindAllString(line, -1) {
			if columns += lipgloss.Width(part); row != quote && columns > width-closing {
				lines = append(lines, row+quote+`\`)
				row, columns = quote, len(quote)+lipgloss.Width(part)
			}
			row += part
			switch {
			case part == quote:
				quote = ""
			case quote == "" && (part == `'` || part == `"`):
				quote = part
			}
		}
		lines = append(lines, row)
	}
	return lines
}
