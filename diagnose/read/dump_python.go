package read

import (
	"strconv"
	"strings"

	"example.com/grantwalk/diagnose/internal/lazy"
)

// What Python's http.client prints with a debug level, and with it requests and urllib3.

var pythonLine = lazy.Regexp(`(?m)^(?:send: b?['"]|reply: ['"])`)

func isPython(text string) bool { return pythonLine().MatchString(text) }

func readPython(text string, c *conversation) (rest string) {
	var said strings.Builder
	var sent, received half
	var body []byte
	flush := func() {
		sent.body += string(body)
		body = nil
		c.add(sent)
		c.add(received)
		sent, received = half{}, half{}
	}
	for line := range strings.SplitSeq(text, "\n") {
		kind, value, _ := strings.Cut(line, ": ")
		switch literal := pythonLiteral(value); {
		case kind == "send" && startsMessage(firstLine(literal)):
			flush()
			sent = parseHalf(literal)
		case kind == "send":
			body = append(body, literal...)
		case kind == "reply":
			received = parseHalf(literal)
		case kind == "header" && received.start != "":
			received.header(value)
		case strings.HasPrefix(line, "{") && received.start != "" && received.body == "" && received.take(line) == len(line):
		default:
			said.WriteString(line + "\n")
		}
	}
	flush()
	return said.String()
}

// parseHalf reads a message of which the text is exact.
func parseHalf(text string) (h half) {
	head, body, _ := strings.Cut(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n")
	for i, line := range strings.Split(head, "\n") {
		if i == 0 {
			h.start = line
			continue
		}
		h.header(line)
	}
	h.body = body
	return h
}

// pythonLiteral is the text of a string or bytes literal.
func pythonLiteral(literal string) string {
	literal = strings.TrimPrefix(strings.TrimSpace(literal), "b")
	if len(literal) < 2 || literal[0] != '\'' && literal[0] != '"' {
		return literal
	}
	quote := literal[0]
	var b strings.Builder
	for rest := strings.TrimSuffix(literal[1:], literal[:1]); rest != ""; {
		c, multibyte, tail, err := strconv.UnquoteChar(rest, quote)
		switch {
		case err != nil: // Go does not know the escape
			b.WriteByte(rest[0])
			tail = rest[1:]
		case multibyte:
			b.WriteRune(c)
		default:
			b.WriteByte(byte(c))
		}
		rest = tail
	}
	return b.String()
}
