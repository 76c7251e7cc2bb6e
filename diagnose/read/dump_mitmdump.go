package read

import (
	"strings"

	"example.com/grantwalk/diagnose/internal/lazy"
	"example.com/grantwalk/diagnose/wire"
)

// What mitmdump prints with flow_detail 3: heads and bodies are indented, and a form is
// printed as a table of its decoded parameters.

var (
	mitmRequest  = lazy.Regexp(`(?m)^(?:\[[\d:.]+\] ?)?\[?[\w.%-]*[\w.:%-]*\]?:\d+: ([A-Z]+ [a-z]+://\S+)(?: HTTP/[\d.]+)?$`)
	mitmResponse = lazy.Regexp(`^ *<< (?:HTTP/[\d.]+ )?(\d{3})\b`)
	tableRow     = lazy.Regexp(`^([\w.\[\]~%-]+): *(.*)$`)
)

func isMitmdump(text string) bool { return mitmRequest().MatchString(text) }

// A mitmdump is the state between the lines of one.
type mitmdump struct {
	c    *conversation
	h    half
	part part
	body []string
}

func readMitmdump(text string, c *conversation) (rest string) {
	d := mitmdump{c: c}
	var said strings.Builder
	for line := range strings.SplitSeq(text, "\n") {
		if !d.line(line) {
			said.WriteString(line + "\n")
		}
	}
	d.flush()
	return said.String()
}

// line takes a line, and reports whether it is mitmdump's.
func (d *mitmdump) line(line string) bool {
	if m := mitmRequest().FindStringSubmatch(line); m != nil {
		d.flush()
		d.h, d.part = half{start: m[1]}, head
		return true
	}
	if m := mitmResponse().FindStringSubmatch(line); m != nil {
		d.flush()
		d.h, d.part = half{start: "HTTP/1.1 " + m[1]}, head
		return true
	}
	indented, ok := strings.CutPrefix(line, "    ")
	switch {
	case d.part == outside:
		return mitmEvent().MatchString(line)
	case d.part == head && line == "":
		d.part = body
	case d.part == head:
		d.h.header(strings.TrimSpace(line))
	case ok:
		d.body = append(d.body, indented)
	case line != "":
		d.flush()
		return mitmEvent().MatchString(line)
	}
	return true
}

// mitmEvent is a line about a connection.
var mitmEvent = lazy.Regexp(`(?:client|server) (?:dis)?connect\b|^Proxy server listening|^(?:HTTP\(S\) )?[Pp]roxy (?:server )?listening`)

func (d *mitmdump) flush() {
	if d.part == outside {
		return
	}
	if n := len(d.body); n > 0 && d.body[n-1] == "(cut off)" {
		d.body, d.h.cut = d.body[:n-1], true
	}
	d.h.body = strings.Join(d.body, "\n")
	if !d.h.isResponse() {
		d.h.form = table(d.body)
		if strings.HasPrefix(d.h.start, "GET ") {
			d.h.form, d.h.body = nil, "" // its query, printed once more
		}
	}
	d.c.add(d.h)
	d.h, d.part, d.body = half{}, outside, nil
}

// table reads lines of names and values. A value that has a line end goes on in the next
// line. nil: the lines are no table.
func table(lines []string) (params []wire.Param) {
	begin := 0 // of the value that is read last
	for i, line := range lines {
		m := tableRow().FindStringSubmatch(line)
		switch n := len(params); {
		case m == nil && n == 0 || n == maxParams:
			return params
		case m == nil:
			continue
		case n > 0:
			params[n-1].Value = strings.Join(append([]string{params[n-1].Value}, lines[begin+1:i]...), "\n")
		}
		params, begin = append(params, wire.Param{Name: m[1], Value: m[2]}), i
	}
	return params
}
