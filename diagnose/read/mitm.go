package read

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/internal/lazy"
)

// mitmproxy saves each flow as a tnetstring: the length of a payload, a colon, the payload
// and a letter for its type. Because the letter comes last, the reader goes by the names
// of the members, and passes over all that it does not know. So depth costs nothing.

var mitmStart = lazy.Regexp(`^\d{2,12}:(\d{1,2}):([a-z_]{2,40})[;,]\d{1,12}:`)

var mitmFormat = format{
	kind: KindHAR, // a capture like any other
	is:   isMITM,
	read: readMITM,
	name: "a file of mitmproxy's flows", instead: "Save the flows again with mitmproxy -w, or export them as HAR.",
}

// isMITM: the name of the first member is as long as it says.
func isMITM(head []byte) bool {
	if len(head) == 0 || !digit(head[0]) {
		return false
	}
	m := mitmStart().FindSubmatch(head)
	return m != nil && string(m[1]) == strconv.Itoa(len(m[2]))
}

var errNetstring = errors.New("it is not made of tnetstrings")

func readMITM(r *bufio.Reader, k *keeper) error {
	for n := 1; ; n++ {
		if c, err := r.Peek(1); err != nil || c[0] < '0' || c[0] > '9' {
			return nil // another document may follow
		}
		s := &netstrings{r: r, left: 1 << 62}
		f := mitmFlow{}
		switch err := s.dict(f.member); {
		case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
			return fmt.Errorf("the file ends in the middle of flow %d", n)
		case err != nil:
			return fmt.Errorf("flow %d cannot be read: %w", n, err)
		}
		if x, ok := f.exchange(); ok {
			k.add(x)
		}
	}
}

// A mitmFlow is a flow as far as it is read.
type mitmFlow struct {
	kind              string // empty or http: others are no messages
	request, response mitmMessage
}

type mitmMessage struct {
	head          messageHead
	scheme, host  string
	port          string
	content       string
	recorded      bool // the content may be empty, but was kept
	start, finish time.Time
}

func (f *mitmFlow) member(s *netstrings, name string) (err error) {
	switch name {
	case "type":
		f.kind, err = s.text(20)
	case "request":
		err = s.dict(f.request.member)
	case "response":
		err = s.dict(f.response.member)
	default:
		err = s.skip()
	}
	return err
}

func (m *mitmMessage) member(s *netstrings, name string) (err error) {
	var text string
	switch name {
	case "method":
		text, err = s.text(20)
		m.head.method = strings.ToUpper(text)
	case "path":
		m.head.target, err = s.text(exchange.MaxURL)
	case "scheme":
		m.scheme, err = s.text(20)
	case "host":
		m.host, err = s.text(300)
	case "port":
		m.port, err = s.text(10)
	case "authority":
		if text, err = s.text(300); text != "" {
			m.head.fields = append(m.head.fields, field{":authority", text})
		}
	case "status_code", "code": // of old versions
		text, err = s.text(10)
		m.head.status, _ = strconv.Atoi(text)
	case "headers":
		err = s.list(m.header)
	case "content":
		m.content, err = s.text(maxMessage)
		m.recorded = s.kind == ',' || s.kind == ';'
	case "timestamp_start":
		text, err = s.text(40)
		m.start = readEpoch(text)
	case "timestamp_end":
		text, err = s.text(40)
		m.finish = readEpoch(text)
	default:
		err = s.skip()
	}
	return err
}

// header reads a list of a name and a value.
func (m *mitmMessage) header(s *netstrings) error {
	var pair []string
	err := s.list(func(s *netstrings) error {
		text, err := s.text(maxContent)
		if len(pair) < 2 {
			pair = append(pair, text)
		}
		return err
	})
	if len(pair) == 2 && len(m.head.fields) < maxParams {
		m.head.fields = append(m.head.fields, field{pair[0], pair[1]})
	}
	return err
}

// readEpoch reads seconds since 1970; it is zero for what is no time.
func readEpoch(text string) time.Time {
	seconds, fraction, _ := strings.Cut(text, ".")
	s, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil || s <= 0 || s > 1<<40 {
		return time.Time{}
	}
	nanos, _ := strconv.Atoi((fraction + "000000000")[:9])
	return time.Unix(s, int64(nanos)).UTC()
}

func (f *mitmFlow) exchange() (x exchange.Exchange, ok bool) {
	q, p := &f.request, &f.response
	if f.kind != "" && f.kind != "http" || q.head.method == "" || q.head.method == "CONNECT" {
		return x, false
	}
	x = exchange.Exchange{Request: q.head.request(q.content), SentAt: q.start, ReceivedAt: p.finish}
	x.Request.SetURL(q.url())
	if q.recorded && q.content == "" && x.Request.Length == "" {
		x.Request.Length, x.Request.Body = "0", exchange.Whole
	}
	if p.head.status != 0 {
		x.Response = p.head.response(p.content)
	}
	if x.ReceivedAt.Before(x.SentAt) {
		x.ReceivedAt = x.SentAt
	}
	return x, true
}

// defaultPorts are left out of a URL.
var defaultPorts = map[string]string{"http": "80", "https": "443"}

// url is the URL as the client wrote it: the Host header names the server, where a proxy
// in front of it knows only an address.
func (m *mitmMessage) url() string {
	if !strings.HasPrefix(m.head.target, "/") {
		return m.head.target
	}
	host := m.head.get("Host")
	if host == "" {
		host = m.head.get(":authority")
	}
	if host == "" {
		host = m.host + ":" + m.port
		if m.port == defaultPorts[m.scheme] {
			host = m.host
		}
	}
	return m.scheme + "://" + host + m.head.target
}

// netstrings pulls elements out of a stream. left is how much of the element that is
// being read is not read yet, in bytes.
type netstrings struct {
	r    *bufio.Reader
	left int64
	kind byte // of the element that was read last
}

// length reads the length of the next element's payload.
func (s *netstrings) length() (n int64, err error) {
	for digits := 0; ; digits++ {
		c, err := s.byte()
		switch {
		case err != nil:
			return 0, err
		case c == ':' && digits > 0 && n < s.left:
			return n, nil
		case c < '0' || c > '9' || digits == 12:
			return 0, errNetstring
		}
		n = n*10 + int64(c-'0')
	}
}

func (s *netstrings) byte() (byte, error) {
	if s.left <= 0 {
		return 0, errNetstring
	}
	s.left--
	return s.r.ReadByte()
}

// text is the next element's payload, cut at limit bytes.
func (s *netstrings) text(limit int64) (string, error) {
	n, err := s.length()
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(io.LimitReader(s.r, min(n, limit)))
	if err != nil {
		return "", err
	}
	if int64(len(text)) < min(n, limit) {
		return "", io.ErrUnexpectedEOF
	}
	return string(text), s.pass(n, n-int64(len(text)))
}

func (s *netstrings) skip() error {
	n, err := s.length()
	if err != nil {
		return err
	}
	return s.pass(n, n)
}

// pass passes over the rest of a payload of n bytes, and over its type.
func (s *netstrings) pass(n, rest int64) error {
	if _, err := io.CopyN(io.Discard, s.r, rest); err != nil {
		return err
	}
	s.left -= n
	kind, err := s.byte()
	s.kind = kind
	return err
}

// list reads the elements of the next element; each must read one.
func (s *netstrings) list(each func(*netstrings) error) error {
	n, err := s.length()
	if err != nil {
		return err
	}
	inner := &netstrings{r: s.r, left: n}
	for inner.left > 0 {
		if err := each(inner); err != nil {
			return err
		}
	}
	return s.pass(n, 0)
}

// dict reads the members of the next element; member must read the value, or skip it.
func (s *netstrings) dict(member func(s *netstrings, name string) error) error {
	return s.list(func(inner *netstrings) error {
		name, err := inner.text(100)
		if err != nil {
			return err
		}
		return member(inner, name)
	})
}
