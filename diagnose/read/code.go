package read

import (
	"encoding/base64"
	"net/url"
	"strconv"
	"strings"

	"example.com/grantwalk/diagnose/internal/lazy"
)

// A coder reads the values of JavaScript and Python that are written out in the text:
// strings, objects, lists, calls and names of variables. It takes both languages for one,
// because what differs does not clash.
type coder struct {
	s     *script
	at    int // where it reads
	end   int // up to where it may read
	depth int
	steps *int // values that may still be read
}

// Bounds on what is read of one call.
const (
	maxValues = 500
	maxNested = 20
)

// arguments reads the arguments of a call, behind its bracket, and the semicolon behind
// the call.
func (s *script) arguments(begin int) (args value, end int) {
	steps := maxValues
	c := &coder{s: s, at: begin, end: min(len(s.text), begin+maxCommand), steps: &steps}
	args = c.members(')')
	if strings.HasPrefix(s.text[c.at:], ";") {
		c.at++
	}
	return args, c.at
}

// peek is the next sign that is not white space or of a comment; 0 at the end.
func (c *coder) peek() byte {
	for c.at < c.end {
		rest := c.s.text[c.at:c.end]
		switch {
		case strings.IndexByte(" \t\r\n", rest[0]) >= 0:
			c.at++
		case strings.HasPrefix(rest, "//"), rest[0] == '#':
			c.at += len(lineOf(rest))
		case strings.HasPrefix(rest, "/*"):
			n := strings.Index(rest, "*/")
			if n < 0 {
				n = len(rest) - len("*/")
			}
			c.at += n + len("*/")
		default:
			return rest[0]
		}
	}
	return 0
}

func lineOf(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// members reads members up to a closing bracket, and that too.
func (c *coder) members(closing byte) value {
	v := value{kind: object}
	if closing == ']' {
		v.kind = list
	}
	for {
		switch next := c.peek(); {
		case next == 0 || *c.steps <= 0:
			v.cut = true
			return v
		case next == closing:
			c.at++
			return v
		case next == ',' || next == ';':
			c.at++
		case next == '.' || next == '*':
			c.at += len(spread().FindString(c.s.text[c.at:min(c.end, c.at+len("..."))]))
			others := c.value()
			v.items, v.cut = append(v.items, others.items...), v.cut || others.kind != object || others.cut
		case next == ')' || next == ']' || next == '}':
			v.cut = true
			c.at++
			return v
		default:
			v.items = append(v.items, c.member(closing))
		}
	}
}

// spread is in front of an object whose members are put in: ...others, **others.
var spread = lazy.Regexp(`^[.*]+`)

// member reads name: value, name=value, a value, or a name that is that of the variable
// with the value.
func (c *coder) member(closing byte) member {
	begin := c.at
	name := c.name()
	if name == "" && closing == '}' && c.at < c.end && strings.IndexByte("'\"", c.s.text[c.at]) >= 0 {
		name = c.quoted()
	}
	next := c.peek()
	isKey := closing == '}' && next == ':' || closing == ')' && next == '=' && c.at+1 < c.end && strings.IndexByte("=>", c.s.text[c.at+1]) < 0
	if name != "" && isKey {
		c.at++
		return member{name, c.value()}
	}
	c.at = begin
	v := c.value()
	if closing == '}' { // {code}
		return member{name, v}
	}
	return member{"", v}
}

// value reads an expression. What is not written out is unrecorded.
func (c *coder) value() value {
	v := c.operand()
	for {
		switch next := c.peek(); next {
		case '+':
			c.at++
			v = value{kind: scalar, text: v.text + c.operand().text}
		case 0, ',', ';', ')', ']', '}', ':':
			return v
		default:
			before := c.at
			other := c.operand() // "a" "b", or an operator with what follows
			if c.at == before {
				c.at++
			}
			if next == '"' || next == '\'' {
				v = value{kind: scalar, text: v.text + other.text}
			} else {
				v = value{kind: scalar, text: unrecorded}
			}
		}
		if *c.steps <= 0 {
			return value{kind: scalar, text: unrecorded}
		}
	}
}

func (c *coder) operand() value {
	*c.steps--
	if c.depth > maxNested || *c.steps <= 0 {
		c.at = c.end
		return value{kind: scalar, text: unrecorded}
	}
	c.depth++
	defer func() { c.depth-- }()
	switch c.peek() {
	case '{':
		c.at++
		return c.called(c.members('}'))
	case '[':
		c.at++
		return c.called(c.members(']'))
	case '(':
		c.at++
		inner := c.members(')')
		if len(inner.items) == 1 {
			return c.called(inner.items[0].value)
		}
		inner.kind = list
		return inner
	case '"', '\'', '`':
		return c.called(value{kind: scalar, text: c.quoted()})
	}
	return c.named()
}

// name reads a name or a number; empty if there is none.
func (c *coder) name() string {
	begin := c.at
	for c.at < c.end && (isWord(c.s.text[c.at])) {
		c.at++
	}
	return c.s.text[begin:c.at]
}

func isWord(b byte) bool {
	return b == '_' || b == '$' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}

// named reads what begins with a name: a number, null, a variable or a call.
func (c *coder) named() value {
	name := c.name()
	switch name {
	case "new", "await":
		return c.operand()
	case "null", "None", "undefined":
		return value{}
	case "":
		return value{kind: scalar, text: unrecorded}
	}
	if _, err := strconv.Atoi(name); err == nil {
		return value{kind: scalar, text: name}
	}
	if c.at < c.end && (c.s.text[c.at] == '"' || c.s.text[c.at] == '\'') && len(name) <= 2 { // Python: f"…", b'…'
		quoted := c.quoted()
		if strings.ContainsAny(name, "fF") {
			quoted = pythonField().ReplaceAllStringFunc(quoted, func(m string) string { return c.inText(strings.Trim(m, "{}")) })
		}
		return c.called(value{kind: scalar, text: quoted})
	}
	path := name
	for c.at+1 < c.end && c.s.text[c.at] == '.' && isWord(c.s.text[c.at+1]) {
		c.at++
		path += "." + c.name()
	}
	if c.at < c.end && c.s.text[c.at] == '(' {
		c.at++
		return c.called(function(path, c.members(')')))
	}
	if c.at < c.end && c.s.text[c.at] == '[' {
		c.at++
		c.members(']')
		return c.called(value{kind: scalar, text: unrecorded})
	}
	if object, method, isMethod := strings.Cut(path, "."); isMethod {
		if keeps(method) {
			path = object
		} else {
			return value{kind: scalar, text: unrecorded}
		}
	}
	return c.variable(path)
}

// variable is the value of a variable, or its name where that is not in the text.
func (c *coder) variable(name string) value {
	begin := c.s.value(name, c.at)
	if begin < 0 || c.depth > maxNested {
		return value{kind: scalar, text: "${" + name + "}"}
	}
	inner := &coder{s: c.s, at: begin, end: min(len(c.s.text), begin+maxCommand), depth: c.depth + maxNested/4, steps: c.steps}
	v := inner.operand()
	if after := strings.TrimLeft(c.s.text[inner.at:min(len(c.s.text), inner.at+2)], " "); v.kind == scalar && after != "" && strings.IndexByte("\n;,\r", after[0]) < 0 {
		return value{kind: scalar, text: unrecorded} // it goes on
	}
	return v
}

// called reads the calls of methods behind a value. Those that keep its text are passed
// over.
func (c *coder) called(v value) value {
	for c.peek() == '.' {
		c.at++
		method := c.name()
		if c.peek() == '(' {
			c.at++
			c.members(')')
		}
		if !keeps(method) {
			v = value{kind: scalar, text: unrecorded}
		}
	}
	return v
}

func keeps(method string) bool {
	switch method {
	case "toString", "encode", "decode", "trim", "strip":
		return true
	}
	return false
}

// function is what a call returns, if that is known.
func function(path string, args value) value {
	first := args.at(0)
	switch path {
	case "URLSearchParams", "qs.stringify", "querystring.stringify", "urlencode", "urllib.parse.urlencode":
		first.media = "application/x-www-form-urlencoded"
		return first
	case "JSON.stringify", "json.dumps":
		first.media = "application/json"
		return first
	case "Headers", "URL", "String", "str":
		return first
	case "dict":
		return args
	case "HTTPBasicAuth", "requests.auth.HTTPBasicAuth", "httpx.BasicAuth":
		args.kind = list
		return args
	case "encodeURIComponent", "quote", "quote_plus", "urllib.parse.quote":
		if first.kind == scalar && !isUnrecorded(first.text) {
			return value{kind: scalar, text: url.QueryEscape(first.text)}
		}
	case "btoa":
		if first.kind == scalar && !isUnrecorded(first.text) {
			return value{kind: scalar, text: base64.StdEncoding.EncodeToString([]byte(first.text))}
		}
	}
	return value{kind: scalar, text: unrecorded, cut: true}
}

// pythonField is an expression in a Python string.
var pythonField = lazy.Regexp(`\{[^{}]*\}`)
