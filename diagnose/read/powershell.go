package read

import (
	"strconv"
	"strings"

	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/internal/lazy"
)

// powerShell reads Invoke-WebRequest and Invoke-RestMethod.
func (s *script) powerShell(_, named int) (sent []exchange.Exchange, end int) {
	steps := maxValues
	c := &psReader{coder{s: s, at: named, end: min(len(s.text), named+maxCommand), steps: &steps}}
	args := c.parameters()
	address := args.get("Uri")
	if address.kind == nothing {
		address = args.at(0)
	}
	d := &draft{address: address.text, media: args.get("ContentType").text}
	if !looksLikeURL(d.address) || address.kind != scalar {
		return nil, c.at
	}
	d.request.Method = args.get("Method").text
	d.headers(args.get("Headers"))
	if strings.EqualFold(d.request.Method, "get") && args.get("Body").kind == object {
		d.query(args.get("Body").encoded())
	} else {
		d.body(args.get("Body"))
	}
	if args.cut || args.get("Credential").kind != nothing || args.get("InFile").kind != nothing || args.get("Headers").kind == scalar {
		d.request.Body = exchange.Partly
	}
	return d.exchanges(), c.at
}

// A psReader reads the values of PowerShell.
type psReader struct{ coder }

// psSwitches are parameters without a value. Others that are unknown have one, or the
// next word begins with a hyphen.
var psSwitches = []string{"UseBasicParsing", "UseDefaultCredentials", "SkipCertificateCheck", "SkipHttpErrorCheck", "DisableKeepAlive", "Verbose", "PassThru"}

// parameters reads -Name value up to the end of the command.
func (c *psReader) parameters() value {
	args := value{kind: object}
	for *c.steps > 0 {
		switch next := c.sign(); {
		case next == 0 || next == '\n' || next == ';' || next == '|' || next == ')' || next == '}' || next == '>' || next == '`':
			return args
		case next == '-':
			c.at++
			name := c.word()
			if next := c.sign(); next == ':' {
				c.at++
			} else if next == '-' || next == '\n' || next == 0 || isSwitch(name) {
				continue
			}
			args.items = append(args.items, member{psName(name), c.value()})
		case next == '@' && c.at+1 < c.end && isWord(c.s.text[c.at+1]): // @params
			c.at++
			v := c.variable(c.word())
			args.cut = args.cut || v.kind != object || v.cut
			args.items = append(args.items, v.items...)
		default:
			args.items = append(args.items, member{"", c.value()})
		}
	}
	args.cut = true
	return args
}

func isSwitch(name string) bool {
	for _, s := range psSwitches {
		if strings.EqualFold(s, name) {
			return true
		}
	}
	return false
}

// psName is the whole name of a parameter, which people shorten.
func psName(name string) string {
	for _, whole := range []string{"Uri", "Method", "Headers", "ContentType", "Body", "Credential", "InFile"} {
		if len(name) >= 3 && len(name) <= len(whole) && strings.EqualFold(whole[:len(name)], name) {
			return whole
		}
	}
	return name
}

// sign is the next one that is not white space. A backtick at the end of a line goes on
// in the next.
func (c *psReader) sign() byte {
	for c.at < c.end {
		switch b := c.s.text[c.at]; {
		case b == ' ' || b == '\t':
			c.at++
		case b == '`' && c.at+1 < c.end && c.s.text[c.at+1] == '\n':
			c.at += 2
		default:
			return b
		}
	}
	return 0
}

// word reads a word without quotes.
func (c *psReader) word() string {
	begin := c.at
	for c.at < c.end && strings.IndexByte(" \t\n;|(){}=,\"'`", c.s.text[c.at]) < 0 && (c.s.text[c.at] != ':' || c.at > begin && begin > 0 && c.s.text[begin-1] != '-') {
		c.at++
	}
	return c.s.text[begin:c.at]
}

func (c *psReader) value() value {
	*c.steps--
	if *c.steps <= 0 || c.depth > maxNested {
		c.at = c.end
		return value{kind: scalar, text: unrecorded}
	}
	c.depth++
	defer func() { c.depth-- }()
	next := c.sign()
	rest := c.s.text[c.at:c.end]
	switch {
	case strings.HasPrefix(rest, "@\"\n"), strings.HasPrefix(rest, "@'\n"):
		return c.hereString()
	case strings.HasPrefix(rest, "@{"):
		c.at += len("@{")
		return c.table()
	case next == '"' || next == '\'':
		return value{kind: scalar, text: c.quoted()}
	case next == '$' && !strings.HasPrefix(rest, "$("):
		c.at++
		return c.reference()
	case next == '(' || next == '$':
		return c.inBrackets()
	}
	word := c.word()
	if word == "" && c.at < c.end {
		c.at++
	}
	return value{kind: scalar, text: word}
}

// table reads @{name = value; …}, behind its bracket.
func (c *psReader) table() value {
	v := value{kind: object}
	for *c.steps > 0 {
		switch next := c.sign(); next {
		case 0:
			v.cut = true
			return v
		case '}':
			c.at++
			return v
		case '\n', ';', ',':
			c.at++
		case '#':
			c.at += len(lineOf(c.s.text[c.at:c.end]))
		default:
			name := c.value().text
			if c.sign() != '=' {
				v.cut = true
				continue
			}
			c.at++
			v.items = append(v.items, member{name, c.value()})
		}
	}
	v.cut = true
	return v
}

// inBrackets reads ($body | ConvertTo-Json) and other expressions, of which nothing else
// is known.
func (c *psReader) inBrackets() value {
	if c.s.text[c.at] == '$' {
		c.at++
	}
	c.at++
	v := c.value()
	c.sign()
	rest := c.s.text[c.at:c.end]
	inside := rest[:max(0, strings.IndexAny(rest, ")\n"))]
	switch {
	case strings.HasPrefix(inside, "| ConvertTo-Json"):
		v.media = "application/json"
	case strings.TrimSpace(inside) != "":
		v = value{kind: scalar, text: unrecorded}
	}
	for open := 1; c.at < c.end && open > 0; c.at++ {
		switch c.s.text[c.at] {
		case '(':
			open++
		case ')':
			open--
		case '\n':
			return value{kind: scalar, text: unrecorded}
		}
	}
	return v
}

// reference reads a variable, behind its $. Of a member of one nothing is known.
func (c *psReader) reference() value {
	name := strings.Trim(c.word(), "{}")
	if strings.ContainsAny(name, ".:[") {
		return value{kind: scalar, text: unrecorded}
	}
	return c.variable(name)
}

func (c *psReader) variable(name string) value {
	if strings.EqualFold(name, "null") {
		return value{}
	}
	begin := c.s.value(name, c.at)
	if begin < 0 || c.depth > maxNested {
		return value{kind: scalar, text: "${" + name + "}"}
	}
	inner := &psReader{coder{s: c.s, at: begin, end: min(len(c.s.text), begin+maxCommand), depth: c.depth + maxNested/4, steps: c.steps}}
	v := inner.value()
	if next := inner.sign(); next == '|' && strings.HasPrefix(c.s.text[inner.at:], "| ConvertTo-Json") {
		v.media = "application/json"
	} else if next != '\n' && next != ';' && next != 0 {
		return value{kind: scalar, text: unrecorded}
	}
	return v
}

// hereString reads @"…"@ in lines of its own.
func (c *psReader) hereString() value {
	rest := c.s.text[c.at+len("@\"\n") : c.end]
	inner, _, closed := strings.Cut(rest, "\n"+c.s.text[c.at+1:c.at+2]+"@")
	c.at = min(c.end, c.at+len("@\"\n")+len(inner)+len("\n\"@"))
	if !closed {
		inner += unrecorded
	}
	return value{kind: scalar, text: inner}
}

var (
	// psInText is a variable or an expression in a string.
	psInText = lazy.Regexp(`\$\(\[char\]\d+\)|\$\([^()]*\)|\$\{?\w+\}?`)

	psEscapes = map[byte]string{'n': "\n", 'r': "\r", 't': "\t", '0': "\x00", '\n': ""}
)

// escapedDollar replaces a $ that has a backtick in front, until the variables are put in.
const escapedDollar = "\x01"

// quoted reads a string. Two quotes in it are one. A backtick escapes the next sign
// between double quotes.
func (c *psReader) quoted() string {
	quote := c.s.text[c.at]
	var b strings.Builder
	for c.at++; c.at < c.end; c.at++ {
		sign := c.s.text[c.at]
		following := byte(0)
		if c.at+1 < c.end {
			following = c.s.text[c.at+1]
		}
		switch {
		case sign == quote && following == quote:
			c.at++
			b.WriteByte(quote)
		case sign == quote:
			c.at++
			if quote == '\'' {
				return b.String()
			}
			return strings.ReplaceAll(psInText().ReplaceAllStringFunc(b.String(), c.inText), escapedDollar, "$")
		case sign == '`' && quote == '"' && following != 0:
			c.at++
			if plain, ok := psEscapes[following]; ok {
				b.WriteString(plain)
			} else if following == '$' {
				b.WriteString(escapedDollar)
			} else {
				b.WriteByte(following)
			}
		default:
			b.WriteByte(sign)
		}
	}
	return b.String() + unrecorded
}

// inText is what a variable or an expression in a string stands for.
func (c *psReader) inText(expression string) string {
	if number, isChar := strings.CutPrefix(expression, "$([char]"); isChar {
		n, _ := strconv.Atoi(strings.TrimSuffix(number, ")"))
		return string(rune(n))
	}
	if strings.HasPrefix(expression, "$(") {
		return unrecorded
	}
	v := c.variable(strings.Trim(expression, "${}"))
	if v.kind != scalar {
		return unrecorded
	}
	return v.text
}
