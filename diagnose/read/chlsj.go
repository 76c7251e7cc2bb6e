package read

import (
	"bufio"
	"bytes"
	"strconv"
	"strings"

	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/internal/lazy"
)

// Charles saves a session as a JSON array of transactions (.chlsj). A transaction has the
// parts of its URL, and header lists under request.header and response.header.
var (
	charlesStart = lazy.Regexp(`^\[\s*\{\s*"\w+"\s*:`)
	charlesHost  = lazy.Regexp(`"host"\s*:\s*"`)
	charlesOwn   = lazy.Regexp(`"(?:actualPort|keptAlive|tunnel|clientPort)"\s*:`)
)

var charlesFormat = format{
	kind: KindHAR,
	is: func(head []byte) bool {
		return bytes.HasPrefix(bytes.TrimSpace(head), []byte("[")) && charlesStart().Match(head) && charlesHost().Match(head) && charlesOwn().Match(head)
	},
	read: readCharles,
	name: "a Charles session", instead: "Export the session again as JSON or as HAR, and give the whole file.",
}

func readCharles(r *bufio.Reader, k *keeper) error {
	s := newStream(r)
	err := s.elements(func() error {
		x, err := readTransaction(s)
		k.add(x)
		return err
	})
	return faultOf("the Charles session", k.seen, err)
}

// A transactionURL has the parts of a URL as Charles writes them. The port is null where
// it is the scheme's own.
type transactionURL struct {
	scheme, host, port, path, query string
}

// member is where the value of a member belongs; nil: it is no part of the URL.
func (u *transactionURL) member(name string) *string {
	return map[string]*string{"scheme": &u.scheme, "host": &u.host, "port": &u.port, "path": &u.path, "query": &u.query}[name]
}

func (u *transactionURL) String() string {
	host := u.host
	if strings.Contains(host, ":") { // IPv6
		host = "[" + strings.Trim(host, "[]") + "]"
	}
	if u.port != "" {
		host += ":" + u.port
	}
	url := u.scheme + "://" + host + u.path
	if u.query != "" {
		url += "?" + u.query
	}
	return url
}

func readTransaction(s *stream) (exchange.Exchange, error) {
	x := exchange.Exchange{Request: exchange.Request{Method: "GET"}}
	var url transactionURL
	var request, response charlesMessage
	err := s.members(func(name string) (err error) {
		if part := url.member(name); part != nil {
			*part, err = s.text(exchange.MaxURL)
			return err
		}
		switch name {
		case "method":
			x.Request.Method, err = s.text(20)
		case "times":
			err = readTimes(s, &x)
		case "request":
			err = request.read(s, x.Request.SetHeader)
		case "response":
			err = response.read(s, x.Response.SetHeader)
		default:
			err = s.skip()
		}
		return err
	})
	x.Request.Method = strings.ToUpper(x.Request.Method)
	if url.host != "" {
		x.Request.SetURL(url.String())
	}
	if request.media == "" {
		request.media = x.Request.Media
	}
	x.Request.SetBody(request.media, request.body)
	if request.body == "" {
		x.Request.NoBody()
	}
	x.Response.Status, x.Response.Body = response.status, response.body
	if x.Response.Media == "" {
		x.Response.Media = response.media
	}
	return x, err
}

func readTimes(s *stream, x *exchange.Exchange) error {
	return s.members(func(name string) error {
		text, err := s.text(60)
		switch name {
		case "requestBegin", "start":
			if at := readTime(text); x.SentAt.IsZero() || name == "requestBegin" && !at.IsZero() {
				x.SentAt = at
			}
		case "end":
			x.ReceivedAt = readTime(text)
		}
		return err
	})
}

// A charlesMessage is a request or a response.
type charlesMessage struct {
	status      int
	media, body string
}

func (m *charlesMessage) read(s *stream, header func(name, value string)) error {
	return s.members(func(name string) (err error) {
		switch name {
		case "status":
			var text string
			text, err = s.text(20)
			m.status, _ = strconv.Atoi(text) // a transaction that failed has none
		case "mimeType":
			m.media, err = s.text(200)
		case "header":
			err = s.members(func(name string) error {
				if name == "headers" {
					return readPairs(s, header)
				}
				return s.skip()
			})
		case "body":
			m.body, err = readCharlesBody(s)
		default:
			err = s.skip()
		}
		return err
	})
}

// readCharlesBody reads a body, which is text, or base64 under "encoded".
func readCharlesBody(s *stream) (body string, err error) {
	encoded := ""
	err = s.members(func(name string) (err error) {
		switch name {
		case "text":
			body, err = s.text(maxContent)
		case "encoded":
			encoded, err = s.text(maxContent)
		default:
			err = s.skip()
		}
		return err
	})
	if body == "" {
		body = decodeBase64(encoded)
	}
	return body, err
}
