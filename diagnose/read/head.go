package read

import (
	"strconv"
	"strings"

	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/internal/lazy"
)

// A messageHead is the head of a request or of a response.
type messageHead struct {
	method, target string // of a request
	status         int    // of a response
	fields         []field
	odd            bool // a line of the head is no header field
}

type field struct{ name, value string }

var (
	requestStart = lazy.Regexp(`^([A-Z]{3,20}) (\S+|\S+\?.*) HTTP/\d(?:\.\d)?$`)
	statusStart  = lazy.Regexp(`^HTTP/\d(?:\.\d)? (\d{3})(?: .*)?$`)
	fieldLine    = lazy.Regexp(`^(:?[\w!#$%&'*+.^|~-]+):[ \t]*(.*?)[ \t]*$`) // HTTP/2 has :authority
)

// cutLine is the first line without its end, and what follows it.
func cutLine(text string) (line, rest string) {
	line, rest, _ = strings.Cut(text, "\n")
	return strings.TrimSuffix(line, "\r"), rest
}

// starts reports whether the text begins with a request line or a status line.
func starts(text string) bool {
	_, ok := startLine(text)
	return ok
}

func startLine(text string) (m messageHead, ok bool) {
	line, _ := cutLine(text[:min(len(text), exchange.MaxURL)])
	if !strings.Contains(line, "HTTP/") {
		return m, false
	}
	if s := statusStart().FindStringSubmatch(line); s != nil {
		m.status, _ = strconv.Atoi(s[1])
		return m, true
	}
	if s := requestStart().FindStringSubmatch(line); s != nil {
		m.method, m.target = s[1], s[2]
		return m, true
	}
	return m, false
}

// parseHead reads a head, which may be cut. The rest is what follows the empty line.
func parseHead(text string) (m messageHead, rest string, ok bool) {
	if m, ok = startLine(text); !ok {
		return m, text, false
	}
	_, rest = cutLine(text)
	for rest != "" {
		var line string
		if line, rest = cutLine(rest); line == "" {
			break
		}
		f := fieldLine().FindStringSubmatch(line)
		switch {
		case f == nil:
			m.odd = true
		case len(m.fields) < maxParams:
			m.fields = append(m.fields, field{f[1], f[2][:min(len(f[2]), maxContent)]})
		}
	}
	return m, rest, true
}

// get is the value of the first header field of that name; empty if there is none.
func (m messageHead) get(name string) string {
	for _, f := range m.fields {
		if strings.EqualFold(f.name, name) {
			return f.value
		}
	}
	return ""
}

// length is the Content-Length; -1 if there is none that can be read.
func (m messageHead) length() int {
	n, err := strconv.Atoi(m.get("Content-Length"))
	if err != nil || n < 0 {
		return -1
	}
	return n
}

func (m messageHead) chunked() bool {
	return strings.HasSuffix(strings.ToLower(m.get("Transfer-Encoding")), "chunked")
}

// url is the URL of a request. The scheme is not in a message: a host with a port of its
// own, or this machine, is taken for one without TLS.
func (m messageHead) url() string {
	host := m.get("Host")
	if host == "" {
		host = m.get(":authority")
	}
	if host == "" || !strings.HasPrefix(m.target, "/") {
		return m.target
	}
	host = strings.TrimSuffix(host, ":443")
	if strings.Contains(host, ":") || host == "localhost" || host == "127.0.0.1" {
		return "http://" + host + m.target
	}
	return "https://" + host + m.target
}
