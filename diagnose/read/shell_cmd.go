package read

import (
	"strings"

	"example.com/grantwalk/diagnose/internal/lazy"
)

// cmdLine is a line for cmd.exe of Windows: a caret escapes the next sign.
var cmdLine = lazy.Regexp(`^[^\n]*(?:\^["%&\\]|\^[ \t]*\n)`)

// cmdWords splits a command of cmd.exe up to its end. cmd.exe itself takes out the
// carets; the quotes are for the program (Microsoft's "Parsing C command-line arguments").
func cmdWords(text string) (words []string, end int, whole bool) {
	line, end, whole := withoutCarets(text)
	return argv(line), end, whole
}

// withoutCarets is the command line that cmd.exe hands on. The command is whole unless
// the text ends within it.
func withoutCarets(text string) (line string, end int, whole bool) {
	var b strings.Builder
	quoted := false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '^' && !quoted && i+1 == len(text):
			return b.String(), len(text), false
		case c == '^' && !quoted:
			if i++; text[i] == '\n' { // the sign behind a line end is literal, also another line end
				if i+1 < len(text) && text[i+1] == '\n' && i+2 < len(text) && text[i+2] != '\n' {
					i++
					b.WriteByte('\n')
				}
				continue
			}
			b.WriteByte(text[i])
		case c == '"':
			quoted = !quoted
			b.WriteByte(c)
		case c == '\n', !quoted && (c == '&' || c == '|' || c == '>' || c == '<'):
			return b.String(), i, strings.Count(b.String(), `"`)%2 == 0
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), len(text), strings.Count(b.String(), `"`)%2 == 0
}

// argv splits a command line as Windows programs do: a backslash escapes only a quote, and
// two quotes within quotes are one.
func argv(line string) []string {
	var words []string
	var word strings.Builder
	in, quoted := false, false
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case c == '\\' && i+1 < len(line) && (line[i+1] == '"' || line[i+1] == '\\' && quoted):
			i++
			word.WriteByte(line[i])
			in = true
		case c == '"' && quoted && i+1 < len(line) && line[i+1] == '"':
			i++
			word.WriteByte('"')
		case c == '"':
			quoted, in = !quoted, true
		case (c == ' ' || c == '\t') && !quoted:
			if in {
				words = append(words, word.String())
			}
			word.Reset()
			in = false
		default:
			word.WriteByte(c)
			in = true
		}
	}
	if in {
		words = append(words, word.String())
	}
	return words
}
