package read

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/internal/lazy"
	"example.com/grantwalk/diagnose/wire"
)

// Requests and answers as tools print them: curl -v, Python's http.client, raw
// HTTP, an address.

var (
	requestLine = lazy.Regexp(`^(GET|POST|PUT|HEAD|OPTIONS|DELETE|PATCH) (\S+) HTTP/[\d.]+$`)
	statusLine  = lazy.Regexp(`^HTTP/[\d.]+ (\d{3})\b`)
	headerLine  = lazy.Regexp(`^([A-Za-z][\w-]*):\s*(.*)$`)
)

// dumps reads whole messages out of the text.
func dumps(text string) []exchange.Exchange {
	if !strings.Contains(text, "HTTP/") {
		return nil
	}
	d := dump{}
	for line := range strings.SplitSeq(text, "\n") {
		d.line(line)
	}
	d.flush()
	return d.found
}

// spoken is the text without what a person did not say in it: the commands, and the
// messages, whose names and values read like words.
func spoken(text string) string {
	_, rest := messages(text)
	return rest
}

// withoutHeads is the text without the heads of messages and the forms in them.
func withoutHeads(text string) string {
	if !strings.Contains(text, "HTTP/") {
		return text
	}
	var said []string
	d := dump{verbose: curlVerbose().MatchString(text)}
	for line := range strings.SplitSeq(text, "\n") {
		if !d.line(line) {
			said = append(said, line)
		}
	}
	return strings.Join(said, "\n")
}

var (
	curlVerbose = lazy.Regexp(`(?m)^> [A-Z]+ \S+ HTTP/`)
	wrapped     = lazy.Regexp(`\s*\n\s*&\s*|\s*&\s*\n\s*`)
	formLine    = lazy.Regexp(`^\s*&?[\w.~%+-]+=[^\s<>{}]*\s*$`) // of a form, which may be wrapped before an &
)

// A dump is the state between the lines of one.
type dump struct {
	verbose bool // it is curl's: a line with a star is no item of a person's list
	found   []exchange.Exchange
	m       *exchange.Exchange
	part    part
	host    string
	secure  bool
	target  string
	typed   bool // the request's body stands in the dump
	body    strings.Builder
}

type part int

const (
	outside part = iota
	requestHead
	requestBody
	answerHead
	answerBody
)

// line takes a line, and reports whether it is the tool's or a message's own, and no
// answer's body or something between two messages.
func (d *dump) line(line string) bool {
	line = strings.TrimRight(line, "\r")
	switch {
	case strings.HasPrefix(line, "* "):
		d.secure = d.secure || strings.Contains(line, "SSL") || strings.Contains(line, "TLS")
		return d.verbose
	case strings.HasPrefix(line, "> ") || strings.HasPrefix(line, "< ") || line == ">" || line == "<":
		line = strings.TrimPrefix(line[1:], " ")
	case strings.HasPrefix(line, "send: ") || strings.HasPrefix(line, "reply: "):
		d.python(line)
		return true
	case strings.HasPrefix(line, "header: "):
		line = strings.TrimPrefix(line, "header: ")
	case strings.HasPrefix(line, "{ [") && strings.HasSuffix(line, "bytes data]"), strings.HasPrefix(line, "} [") && strings.HasSuffix(line, "bytes data]"):
		return true // curl's own
	}
	return d.raw(line)
}

// python takes a line of http.client's debug output, whose text is a literal.
func (d *dump) python(line string) {
	what, literal, _ := strings.Cut(line, ": ")
	literal = strings.Trim(strings.TrimPrefix(literal, "b"), `'"`)
	literal = strings.NewReplacer(`\r\n`, "\n", `\n`, "\n", `\'`, `'`, `\"`, `"`, `\\`, `\`).Replace(literal)
	if what == "send" && d.m != nil && !requestLine().MatchString(strings.SplitN(literal, "\n", 2)[0]) {
		d.part = requestBody
	}
	for l := range strings.SplitSeq(literal, "\n") {
		d.raw(l)
	}
	if what == "reply" && d.m != nil { // else the literal was no status line
		d.part = answerHead
	}
}

func (d *dump) raw(line string) bool {
	if r := requestLine().FindStringSubmatch(line); r != nil {
		d.flush()
		d.m, d.part, d.target = &exchange.Exchange{Request: exchange.Request{Method: r[1]}}, requestHead, r[2]
		return true
	}
	if r := statusLine().FindStringSubmatch(line); r != nil {
		if d.m == nil || d.m.Response.Status != 0 && d.m.Response.Status >= 200 {
			d.flush()
			d.m = &exchange.Exchange{Request: exchange.Request{Method: "POST"}}
		}
		d.endBody()
		d.m.Response.Status, _ = strconv.Atoi(r[1])
		d.part = answerHead
		return true
	}
	switch {
	case d.part == outside:
		return false
	case d.part == requestBody || d.part == answerBody:
		if d.body.Len() < maxContent {
			d.body.WriteString(line + "\n")
		}
		return d.part == requestBody && formLine().MatchString(line)
	case line == "":
		d.part++
	default:
		return d.header(line)
	}
	return true
}

func (d *dump) header(line string) bool {
	h := headerLine().FindStringSubmatch(line)
	if h == nil {
		return false
	}
	switch {
	case d.part == answerHead:
		d.m.Response.SetHeader(h[1], h[2])
	case strings.EqualFold(h[1], "host"):
		d.host = strings.TrimSpace(h[2])
	default:
		d.m.Request.SetHeader(h[1], h[2])
	}
	return true
}

// endBody gives the body that was read to the message.
func (d *dump) endBody() {
	if d.m != nil {
		text := document(strings.TrimSpace(d.body.String()))
		switch d.part {
		case requestBody:
			if n, err := strconv.Atoi(d.m.Request.Length); err == nil && text != "" && len(text)+len("\r\n") < n { // the end was not recorded
				text += "…"
				d.m.Request.Body = exchange.Partly
			}
			d.m.Request.SetBody(d.m.Request.Media, unwrap(text))
			d.typed = text != ""
		case answerBody:
			d.m.Response.Body = text
		}
	}
	d.body.Reset()
}

// unwrap undoes the line breaks and indents with which people print a form, and cuts
// off what they write behind it.
func unwrap(form string) string {
	if !strings.Contains(form, "\n") {
		return form
	}
	form = wrapped().ReplaceAllString(strings.TrimSpace(form), "&")
	lines := strings.Split(form, "\n")
	end := slices.IndexFunc(lines, func(l string) bool { return !formLine().MatchString(l) })
	if end <= 0 {
		return form
	}
	return strings.Join(lines[:end], "\n")
}

// document is the JSON document that the text begins with, without what a person or a
// tool wrote behind it; any other text is left alone.
func document(text string) string {
	var doc json.RawMessage
	if !strings.HasPrefix(text, "{") || json.NewDecoder(strings.NewReader(text)).Decode(&doc) != nil {
		return text
	}
	return string(doc)
}

func (d *dump) flush() {
	d.endBody()
	if d.m != nil {
		target := d.target
		if strings.HasPrefix(target, "/") && d.host != "" {
			scheme := "http://"
			if d.secure || !strings.Contains(d.host, ":") {
				scheme = "https://"
			}
			target = scheme + d.host + target
		}
		d.m.Request.SetURL(target)
		if len(d.m.Request.Form) == 0 && !d.typed {
			d.m.Request.NoBody()
		}
		d.found = append(d.found, *d.m)
	}
	d.m, d.part, d.host, d.target, d.typed = nil, outside, "", "", false
}

// addressed finds addresses that are authorization requests or answers.
var addressed = lazy.Regexp(`(?:https?://|[a-z][a-z0-9.+-]*://|/)[^\s"'<>\x60\\]*[?#&][^\s"'<>\x60\\]*(?:response_type|redirect_uri|code|error)=[^\s"'<>\x60\\]*`)

func addresses(text string) []exchange.Exchange {
	var found []exchange.Exchange
	for _, raw := range addressed().FindAllString(text, 20) {
		m := exchange.Exchange{} // the method is not in an address
		if strings.HasSuffix(raw, "..") {
			m.Request.Body = exchange.Partly
		}
		m.Request.SetURL(strings.TrimRight(raw, ".,;)]}"))
		fragment := wire.Form(m.Request.URL.EscapedFragment())
		if m.Classify() == exchange.Authorization || exchange.IsAuthorizationResponse(m.Request.Query) || exchange.IsAuthorizationResponse(fragment) {
			found = append(found, m)
		}
	}
	return found
}
