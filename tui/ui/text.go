package ui

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"
)

// Wrap breaks text at blanks to the width, not at hyphens; words longer than
// that are broken too.
func Wrap(text string, width int) []string {
	const unbroken = "\u2011" // a hyphen at which no line ends
	wrapped := ansi.Wrap(strings.ReplaceAll(text, "-", unbroken), max(1, width), "")
	return wholeStyles(strings.Split(strings.ReplaceAll(wrapped, unbroken, "-"), "\n"))
}

var sgr = regexp.MustCompile("\x1b\\[[0-9;]*m")

// wholeStyles ends a style that runs over several lines at the end of each, and
// begins it again on the next: what is set beside a line must not take it over.
func wholeStyles(lines []string) []string {
	active := ""
	for i, line := range lines {
		lines[i] = active + line
		for _, seq := range sgr.FindAllString(line, -1) {
			if active += seq; seq == "\x1b[0m" || seq == "\x1b[m" {
				active = ""
			}
		}
		if active != "" {
			lines[i] += "\x1b[0m"
		}
	}
	return lines
}

// Indent puts n columns before every line.
func Indent(lines []string, n int) []string {
	pad := strings.Repeat(" ", n)
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = pad + l
	}
	return out
}

// Pad fills s with blanks to width columns, or cuts it.
func Pad(s string, width int, ellipsis string) string {
	s = ansi.Truncate(s, width, ellipsis)
	return s + strings.Repeat(" ", max(0, width-lipgloss.Width(s)))
}

// SpreadIn sets left and right at the two ends of a line of that width; left gives way.
func SpreadIn(width int, left, right, ellipsis string) string {
	room := width - lipgloss.Width(right)
	if room < 1 {
		return ansi.Truncate(left, width, ellipsis)
	}
	left = ansi.Truncate(left, max(0, room-1), ellipsis)
	return left + strings.Repeat(" ", max(0, room-lipgloss.Width(left))) + right
}

// Fit makes lines exactly n: cut at the end, or filled with empty ones.
func Fit(lines []string, n int) []string {
	n = max(0, n)
	if len(lines) > n {
		return lines[:n]
	}
	for len(lines) < n {
		lines = append(lines, "")
	}
	return lines
}

// Sentence begins s with a capital and ends it with a full stop, unless it ends
// as a sentence already.
func Sentence(s string) string {
	if s == "" {
		return s
	}
	s = Capital(s)
	if strings.HasSuffix(s, ".") || strings.HasSuffix(s, "?") || strings.HasSuffix(s, "!") {
		return s
	}
	return s + "."
}

// Capital begins s with a capital.
func Capital(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	if size == 0 || first == utf8.RuneError {
		return s
	}
	return string(unicode.ToUpper(first)) + s[size:]
}

// Hang sets text behind lead and wraps it, the further lines below its beginning;
// where that leaves too little room, all of it below lead.
func Hang(lead, text string, width int) []string {
	const least, step = 20, 6
	indent := lipgloss.Width(lead)
	if width-indent < least {
		return append([]string{strings.TrimRight(lead, " ")}, Indent(Wrap(text, width-step), step)...)
	}
	lines := Wrap(text, width-indent)
	first := lead + lines[0]
	return append([]string{first}, Indent(lines[1:], indent)...)
}
