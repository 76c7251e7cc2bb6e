package read

import (
	"io"
	"mime/multipart"
	"net/url"
	"path"
	"strings"
	"time"

	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/diagnose/wire"
)

// A message is one HTTP request with what came back, from whatever it was read.
// Zero values mean "not seen".
type message struct {
	at     time.Time     // when the request left
	took   time.Duration // until the answer was complete
	method string
	url    *url.URL
	query  []wire.Param // of the URL
	form   []wire.Param // of the body
	media  string       // media type of the body
	length string       // Content-Length of the body
	unread bool         // it had a body, or may have had one, that was not recorded
	cut    bool         // not all of the request is there, so what is missing may have been sent
	auth   string       // the Authorization header
	cookie bool         // the request carried one

	status   int
	location string
	date     string // the Date header
	kind     string // content type of the answer
	encoding string // its Content-Encoding
	body     string // of the answer, cut
}

// params are the query's and the body's, in this order.
func (m *message) params() []wire.Param {
	if len(m.query) == 0 {
		return m.form
	}
	return append(m.query[:len(m.query):len(m.query)], m.form...)
}

func (m *message) get(name string) string { return value(m.params(), name) }

func (m *message) has(name string) bool { return has(m.params(), name) }

func value(params []wire.Param, name string) string {
	for _, p := range params {
		if p.Name == name {
			return p.Value
		}
	}
	return ""
}

func has(params []wire.Param, name string) bool {
	for _, p := range params {
		if p.Name == name {
			return true
		}
	}
	return false
}

// endpoint is the URL without query, fragment and user.
func endpoint(u *url.URL) safe.Endpoint {
	bare := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawPath: u.RawPath}
	return safe.Endpoint(bounded(bare.String(), maxURL))
}

// setURL takes the address of the request; an unreadable one is kept as a path.
func (m *message) setURL(raw string) {
	u, err := url.Parse(raw)
	if err != nil {
		before, after, _ := strings.Cut(raw, "?")
		u = &url.URL{Path: before, RawQuery: after}
	}
	m.url, m.query = u, wire.Form(u.RawQuery)
}

// setBody reads the body of the request: a form or JSON, whatever it is called.
func (m *message) setBody(media, text string) {
	m.media, _, _ = strings.Cut(strings.ToLower(media), ";")
	m.media = strings.TrimSpace(m.media)
	trimmed := strings.TrimSpace(text)
	if strings.HasPrefix(trimmed, "{") {
		m.form = wire.Read(wire.Head{}, []byte(trimmed)).Params
		if m.media == "" {
			m.media = "application/json"
		}
		return
	}
	if m.media == "multipart/form-data" && strings.HasPrefix(trimmed, "--") {
		m.form = multipartForm(trimmed)
		return
	}
	if strings.Contains(text, "=") && !strings.HasPrefix(trimmed, "<") && !strings.HasPrefix(trimmed, "--") {
		m.form = wire.Form(strings.Trim(text, "\r\n"))
	}
}

// noBody is for a message of which no body was recorded. Only a request that says so
// had none: curl -v never prints it, and captures leave it out.
func (m *message) noBody() {
	m.unread = (m.method == "POST" || m.method == "PUT") && m.length != "0"
}

// multipartForm reads what JavaScript's FormData is sent as (RFC 7578), which no
// token endpoint need take.
func multipartForm(body string) []wire.Param {
	boundary, _, _ := strings.Cut(body[2:], "\n")
	r := multipart.NewReader(strings.NewReader(body), strings.TrimSpace(boundary))
	var form []wire.Param
	for len(form) < 100 {
		part, err := r.NextRawPart()
		if err != nil {
			break
		}
		value, _ := io.ReadAll(part) // what there is of it
		form = append(form, wire.Param{Name: part.FormName(), Value: string(value)})
	}
	return form
}

// isTokenRequest: it asks for tokens by a grant, or carries what only the token
// endpoint is to see. GitHub and Facebook leave grant_type out, and so do people
// by mistake.
func (m *message) isTokenRequest() bool {
	if m.method == "OPTIONS" || m.method == "HEAD" || m.has("response_type") {
		return false
	}
	basic := strings.HasPrefix(strings.ToLower(m.auth), "basic ")
	posted := m.method == "POST" || m.method == "PUT"
	switch {
	case m.has("grant_type"):
		return true
	case m.has("code") && (m.has("client_secret") || m.has("code_verifier") || m.has("client_assertion") || basic):
		return true
	case posted && m.has("refresh_token") && (m.has("client_id") || basic || tokenPath(m.url.Path)):
		return true
	case posted && tokenPath(m.url.Path):
		return m.has("code") && (m.has("client_id") || m.has("redirect_uri")) || basic && (len(m.form) == 0 || m.has("client_id"))
	}
	return false
}

func tokenPath(p string) bool {
	last := strings.ToLower(path.Base(p))
	return last == "token" || last == "access_token" || last == "oauth2token" || last == "tokens" || last == "token.php"
}

// isRevocation: RFC 7009 §2.1. Introspection (RFC 7662) looks alike, and is told
// by its answer.
func (m *message) isRevocation() bool {
	lower := strings.ToLower(m.url.Path)
	if !m.has("token") || m.has("grant_type") || m.method == "OPTIONS" || strings.Contains(lower, "introspect") || strings.Contains(m.body, `"active"`) {
		return false
	}
	return strings.Contains(lower, "revo") || m.method == "POST" && m.has("token_type_hint")
}

// isPushed: the parameters of an authorization request, sent ahead (RFC 9126 §2.1).
func (m *message) isPushed() bool {
	return m.method == "POST" && has(m.form, "client_id") && (has(m.form, "response_type") || has(m.form, "request")) && strings.Contains(m.body, "request_uri")
}

// isAuthorization: RFC 6749 §4.1.1, RFC 9101 and RFC 9126 §4. Some servers do
// without response_type.
func (m *message) isAuthorization() bool {
	if m.method == "OPTIONS" || m.method == "HEAD" || m.has("grant_type") || m.has("client_secret") {
		return false
	}
	if m.method != "GET" && m.media == "application/json" {
		return false // a page of the server's own asking it something
	}
	if m.has("response_type") {
		return m.has("client_id") || m.has("redirect_uri") || m.has("request") || m.has("scope")
	}
	return m.has("client_id") && !m.has("code") && (m.has("redirect_uri") || m.has("request_uri") || m.has("request"))
}

// answers are the parameters of an authorization response that the message
// carries away from the server, and where they go to: by a redirect, or by a
// page that posts itself.
func (m *message) answers() (to *url.URL, params []wire.Param) {
	if m.location != "" {
		u, err := m.url.Parse(strings.TrimSpace(m.location))
		if err != nil {
			return nil, nil
		}
		params = append(wire.Form(u.RawQuery), wire.Form(u.EscapedFragment())...)
		return u, params
	}
	if m.status < 300 && strings.Contains(m.body, "<form") {
		action, params := postedForm(m.body)
		if u, err := m.url.Parse(action); err == nil && action != "" {
			return u, params
		}
	}
	return nil, nil
}

// isAnswer: an authorization response holds a code or an error.
func isAnswer(params []wire.Param) bool { return has(params, "code") || has(params, "error") }

// matters reports whether the message can be part of a flow; most of a capture is
// dropped as it comes.
func (m *message) matters() bool {
	return m.location != "" || isAnswer(m.params()) || isAnswer(wire.Form(m.url.EscapedFragment())) ||
		m.isTokenRequest() || m.isRevocation() || m.isPushed() || m.isAuthorization() || strings.Contains(m.body, "<form") && strings.Contains(m.body, "state")
}

// isPage reports whether the message may be an error page of the server's, and
// leaves of its body what a page shows.
func (m *message) isPage() bool {
	if !m.document() || m.status < 400 && !m.html() {
		return false
	}
	if m.html() || strings.HasPrefix(m.body, "<") {
		m.body = pageText(m.body)
	}
	m.body = m.body[:min(len(m.body), maxPage)]
	return true
}

// document: what a browser shows as a page, as against its pictures and scripts.
func (m *message) document() bool {
	switch strings.ToLower(path.Ext(m.url.Path)) {
	case ".ico", ".png", ".svg", ".jpg", ".gif", ".css", ".js", ".map", ".woff", ".woff2", ".webmanifest":
		return false
	}
	kind := strings.ToLower(m.kind)
	return kind == "" || strings.HasPrefix(kind, "text/html") || strings.HasPrefix(kind, "text/plain") || strings.Contains(kind, "json") || strings.HasPrefix(kind, "application/xhtml")
}

// httpDate is the form of the Date header (RFC 9110 §5.6.7).
const httpDate = "Mon, 02 Jan 2006 15:04:05 GMT"
