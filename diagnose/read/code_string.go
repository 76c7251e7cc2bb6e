package read

import (
	"strconv"
	"strings"

	"example.com/grantwalk/diagnose/internal/lazy"
)

// The strings of JavaScript and Python, and what is put into them.

var (
	templateField = lazy.Regexp(`\$\{[^{}]*\}`)
	onlyWord      = lazy.Regexp(`^\w+$`)
)

// inText is an expression in a string. Only a variable has a value or a name.
func (c *coder) inText(expression string) string {
	if !onlyWord().MatchString(expression) {
		return unrecorded
	}
	v := c.variable(expression)
	if v.kind != scalar {
		return unrecorded
	}
	return v.text
}

// quoted reads a string. At the end of the text, or of the line, it ends without a quote.
func (c *coder) quoted() string {
	quote := c.s.text[c.at : c.at+1]
	if triple := strings.Repeat(quote, 3); quote != "`" && strings.HasPrefix(c.s.text[c.at:c.end], triple) {
		quote = triple
	}
	c.at += len(quote)
	var b strings.Builder
	for c.at < c.end {
		rest := c.s.text[c.at:c.end]
		switch {
		case strings.HasPrefix(rest, quote):
			c.at += len(quote)
			if quote == "`" {
				return templateField().ReplaceAllStringFunc(b.String(), func(m string) string { return c.inText(m[2 : len(m)-1]) })
			}
			return b.String()
		case rest[0] == '\\' && len(rest) > 1:
			c.at += c.escape(&b, rest)
		case rest[0] == '\n' && len(quote) == 1 && quote != "`":
			return b.String() + unrecorded
		default:
			b.WriteByte(rest[0])
			c.at++
		}
	}
	return b.String() + unrecorded
}

var simpleEscapes = map[byte]string{'n': "\n", 'r': "\r", 't': "\t", '\n': "", 'b': "\b", 'f': "\f", '0': "\x00"}

// escape undoes an escape, and returns its length.
func (c *coder) escape(b *strings.Builder, rest string) int {
	digits := map[byte]int{'u': 4, 'x': 2}[rest[1]]
	if digits > 0 && len(rest) >= 2+digits {
		if n, err := strconv.ParseUint(rest[2:2+digits], 16, 32); err == nil {
			b.WriteRune(rune(n))
			return 2 + digits
		}
	}
	if plain, ok := simpleEscapes[rest[1]]; ok {
		b.WriteString(plain)
		return 2
	}
	b.WriteByte(rest[1])
	return 2
}
