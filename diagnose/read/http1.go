package read

import (
	"errors"
	"io"
	"strings"

	"example.com/grantwalk/diagnose/exchange"
)

// Proxies keep messages as they were sent (RFC 9112). Tools show HTTP/2 in the same form.

// maxMessage is how much of a message is read, in bytes. The content of most bodies that
// are longer is no text.
const maxMessage = 1 << 20

// request is the request with this body, from which the transfer coding was taken.
func (m messageHead) request(body string) exchange.Request { return m.requestOf(body, false) }

// requestOf is the request with this body, of which a part may be missing.
func (m messageHead) requestOf(body string, cut bool) exchange.Request {
	r := exchange.Request{Method: m.method}
	for _, f := range m.fields {
		r.SetHeader(f.name, f.value)
	}
	raw := m.url()
	r.SetURL(raw[:min(len(raw), exchange.MaxURL)])
	switch {
	case body == "" && (cut || m.length() > 0):
		r.Body = exchange.Missing
		return r
	case body == "":
		r.NoBody()
		return r
	}
	short := cut || len(body)+len("\r\n") < m.length() || len(body) > maxContent
	content, _ := decode(m.get("Content-Encoding"), body)
	if short { // the end was not recorded, so that the last value is cut
		content += "…"
		r.Body = exchange.Partly
	}
	r.SetBody(r.Media, content)
	return r
}

// response is the response with this body, from which the transfer coding was taken.
func (m messageHead) response(body string) exchange.Response {
	r := exchange.Response{Status: m.status}
	for _, f := range m.fields {
		r.SetHeader(f.name, f.value)
	}
	content, decoded := decode(r.Encoding, body)
	if decoded {
		r.Encoding = ""
	}
	r.Body = strings.ToValidUTF8(content, "\ufffd")
	return r
}

// soleRequest reads a text that is one request: all that follows the head is its body.
func soleRequest(text string) (r exchange.Request, ok bool) {
	m, rest, ok := parseHead(text)
	if !ok || m.method == "" {
		return r, false
	}
	return m.request(m.unchunked(rest)), true
}

// soleResponse reads a text that is one response, with the interim responses before it
// (RFC 9110 §15.2). It is empty if the text is no response.
func soleResponse(text string) exchange.Response {
	m, rest, ok := parseHead(text)
	for ok && m.status/100 == 1 && starts(rest) {
		m, rest, ok = parseHead(rest)
	}
	if !ok || m.status == 0 {
		return exchange.Response{}
	}
	return m.response(m.unchunked(rest))
}

// unchunked is a body without the chunked coding. Some tools take the coding away and
// leave the header field.
func (m messageHead) unchunked(body string) string {
	if !m.chunked() {
		return body
	}
	content, _, err := unchunk(body)
	if err != nil && (!errors.Is(err, io.ErrUnexpectedEOF) || content == "") {
		return body
	}
	return content
}
