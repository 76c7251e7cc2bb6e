package read

import (
	"bufio"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/internal/lazy"
	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/diagnose/wire"
)

// Requests and responses as tools print them, often with sentences of a person in between.

// A tool is a way of printing messages as text.
type tool struct {
	mark string                 // every text that the tool prints holds it
	is   func(text string) bool // asked of texts with the mark

	// read takes the messages that the tool printed out of the text. rest is the text without
	// them: the next tool reads it, and in the end it is what a person wrote.
	read func(text string, c *conversation) (rest string)
}

// tools are in this order because some print within their own lines what others print
// alone. Raw HTTP comes last.
var tools = []tool{
	{" bytes (0x", isTrace, readTrace},
	{"Follow: ", isFollow, readFollow},
	{"HTTP/", isVerbose, readVerbose},
	{": ", isPython, readPython},
	{"://", isMitmdump, readMitmdump},
	{`"Request Headers"`, isPostmanConsole, readPostmanConsole},
	{"Request URL", isNetworkTab, readNetworkTab},
	{"HTTP/", isRaw, readRaw},
}

// dumped reads whole messages out of the text.
func dumped(text string) (found []exchange.Exchange, rest string) {
	c := conversation{}
	for _, t := range tools {
		if t.printed(text) {
			text = t.read(text, &c)
		}
	}
	return c.found, text
}

// isDump reports whether a text that begins like this is a dump, and not a log.
func isDump(head string) bool {
	return slices.ContainsFunc(tools, func(t tool) bool { return t.printed(head) })
}

// printed reports whether the tool printed something in the text. Most expressions need
// not even be compiled then.
func (t tool) printed(text string) bool { return strings.Contains(text, t.mark) && t.is(text) }

// maxDump bounds what is read of a dump, in bytes.
const maxDump = 4 << 20

// dump reads a dump that is longer than a text that is read as a whole: its messages, and
// the beginning of what a person wrote between them.
func (c *collector) dump(in Input, r *bufio.Reader) error {
	body, err := io.ReadAll(io.LimitReader(r, maxDump+1))
	if err != nil {
		return in.problem(err)
	}
	if len(body) > maxDump {
		body = body[:maxDump]
		c.warn(in, fmt.Sprintf("only the first %d MB were read", maxDump>>20))
	}
	from := in.source(plain(string(body)))
	printed, rest := dumped(from.text)
	c.take(readPrinted(from, printed, safe.Cut(strings.TrimSpace(rest), small)))
	return nil
}

// spoken is the text without what a person did not say in it: the commands, the
// heads of messages and the forms in them, whose names and values read like words.
// What a server said when it rejected a request is kept.
func spoken(text string) string { return heard(messages(text)) }

// heard is the text beside the messages, with what the server said when it rejected a
// request.
func heard(printed []exchange.Exchange, rest string) string {
	said := []string{rest}
	for _, x := range printed {
		if e, _ := x.Response.Error(); x.Response.Status >= 400 || exchange.HasErrorCode(e.Error.Raw()) {
			said = append(said, x.Response.Body)
		}
	}
	return strings.Join(said, "\n")
}

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
	requestLine = lazy.Regexp(`^(GET|POST|PUT|HEAD|OPTIONS|DELETE|PATCH) (\S+)(?: HTTP/[\d.]+)?\s*$`)
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
	x.Request.SetURL(c.url(m[2], host))
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
	r.Body = h.body
	if body, _, ok := unchunkText(h.body); ok && h.isChunked() {
		r.Body = body
	}
	r.Body = r.Body[:min(len(r.Body), maxContent)]
	if h.open {
		r.Body = strings.TrimSpace(r.Body)
	}
}

// pasted gives a response that was printed alone to the last request before it that has
// none.
func pasted(all []exchange.Exchange) (out []exchange.Exchange) {
	waiting := -1
	for _, x := range all {
		alone := x.Request.URL != nil && *x.Request.URL == (url.URL{}) && x.Response.Status != 0
		switch {
		case alone && waiting >= 0:
			out[waiting].Response, waiting = x.Response, -1
			continue
		case x.Response.Status == 0 && x.Response.Body == "":
			waiting = len(out)
		}
		out = append(out, x)
	}
	return out
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
