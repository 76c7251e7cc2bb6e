package read

import (
	"strings"

	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/internal/lazy"
	"example.com/grantwalk/diagnose/wire"
)

// A conversation pairs the messages of a dump, in the order in which they were printed.
type conversation struct {
	found   []exchange.Exchange
	waiting bool // the last request has no response yet
	secure  bool // the connection is encrypted
}

// A half is a request or a response as a tool prints it.
type half struct {
	start   string // the request line or the status line
	headers []wire.Param
	body    string
	open    bool // the end of the body is not known: a person's text may follow in it
	cut     bool // the body's end was not recorded
	form    []wire.Param
}

var (
	requestLine = lazy.Regexp(`^(GET|POST|PUT|HEAD|OPTIONS|DELETE|PATCH) (?:(\S+)(?: HTTP/[\d.]+)?|(\S+\?.*) HTTP/[\d.]+)\s*$`) // a mask may have white space
	statusLine  = lazy.Regexp(`^HTTP/[\d.]+ (\d{3})\b`)
	headerLine  = lazy.Regexp(`^:?([A-Za-z][\w-]*):\s*(.*)$`)
)

// startsMessage reports whether the line is a request line or a status line.
func startsMessage(line string) bool {
	if strings.HasPrefix(line, "HTTP/") {
		return statusLine().MatchString(line)
	}
	return len(line) > 0 && line[0] >= 'A' && line[0] <= 'Z' && strings.Contains(line, " HTTP/") && requestLine().MatchString(line)
}

func (h *half) isResponse() bool { return strings.HasPrefix(h.start, "HTTP/") }

// header takes a line of the head; ok is false if it is no header.
func (h *half) header(line string) (ok bool) {
	m := headerLine().FindStringSubmatch(line)
	if m != nil && len(h.headers) < maxParams {
		h.headers = append(h.headers, wire.Param{Name: strings.ToLower(m[1]), Value: strings.TrimSpace(m[2])})
	}
	return m != nil
}

// add takes the next message.
func (c *conversation) add(h half) {
	if h.isResponse() {
		c.response(h)
		return
	}
	c.request(h)
}

func (c *conversation) request(h half) {
	m := requestLine().FindStringSubmatch(strings.TrimSpace(h.start))
	if m == nil {
		return
	}
	x := exchange.Exchange{Request: exchange.Request{Method: m[1]}}
	for _, p := range h.headers {
		x.Request.SetHeader(p.Name, p.Value)
	}
	host := exchange.Value(h.headers, "host")
	if host == "" {
		host = exchange.Value(h.headers, "authority")
	}
	x.Request.SetURL(c.url(m[2]+m[3], host))
	h.sendBody(&x.Request)
	c.found, c.waiting = append(c.found, x), true
}

// url is the URL of a request. A dump names the scheme only if the request line does.
func (c *conversation) url(target, host string) string {
	if !strings.HasPrefix(target, "/") || host == "" {
		return target
	}
	if c.secure || !strings.Contains(host, ":") {
		return "https://" + host + target
	}
	return "http://" + host + target
}

// response gives the response to the request that waits for one. A person may paste it
// far below the request.
func (c *conversation) response(h half) {
	m := statusLine().FindStringSubmatch(h.start)
	if m == nil || m[1][0] == '1' { // an interim response (RFC 9110 §15.2)
		return
	}
	if !c.waiting {
		x := exchange.Exchange{Request: exchange.Request{Method: "POST"}}
		x.Request.SetURL("")
		c.found = append(c.found, x)
	}
	c.waiting = false
	r := &c.found[len(c.found)-1].Response
	r.Status = atoi(m[1])
	for _, p := range h.headers {
		r.SetHeader(p.Name, p.Value)
	}
	r.Body = h.content()
	r.Body = r.Body[:min(len(r.Body), maxContent)]
	if h.open {
		r.Body = strings.TrimSpace(r.Body)
	}
}
