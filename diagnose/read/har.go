package read

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/wire"
)

// Bounds on what is kept of a capture.
const (
	maxURL      = 32 << 10
	maxContent  = 64 << 10 // bytes of one body
	maxPage     = 4 << 10  // bytes of the text of a page
	maxMessages = 10_000
	maxPages    = 2_000
	maxParams   = 200 // of one message, as package wire keeps of a form
)

// HAR reads the flow out of an HTTP archive (HAR 1.2), as browsers and proxies
// write them, in the order of startedDateTime. Of a capture that ends in the
// middle it reads what is there.
func HAR(r io.Reader) (diagnose.Evidence, error) {
	messages, _, err := readHAR(r)
	if err != nil && len(messages) == 0 {
		return diagnose.Evidence{}, err
	}
	return assemble(messages), nil
}

// readHAR returns the messages that can matter, and how many of them there were no room
// for; with an error the messages in front of it.
func readHAR(r io.Reader) (kept []message, dropped int, err error) {
	count, pages, found, begun := 0, 0, false, false
	s := newStream(r)
	entry := func() error {
		m, err := readEntry(s)
		count++
		switch {
		case m.url == nil:
		case len(kept) == maxMessages:
			if m.matters() {
				dropped++
			}
		case m.matters():
			begun = begun || m.isAuthorization()
			kept = append(kept, m)
		case begun && pages < maxPages && m.isPage():
			pages++
			kept = append(kept, m)
		}
		return err
	}
	top := func(name string) error {
		if name != "entries" {
			return s.skip()
		}
		found = true
		return s.elements(entry)
	}
	err = s.members(func(name string) error {
		if name == "log" {
			return s.members(top)
		}
		return top(name)
	})
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		err = fmt.Errorf("the HAR file ends in the middle of entry %d", count)
	case err != nil:
		err = fmt.Errorf("the HAR file is not JSON at entry %d: %w", count, err)
	case !found:
		err = errors.New("the JSON document is no HAR file: it has no log.entries")
	}
	return kept, dropped, err
}

func readEntry(s *stream) (message, error) {
	m := message{method: "GET"}
	err := s.members(func(name string) (err error) {
		var text string
		switch name {
		case "startedDateTime":
			text, err = s.text(60)
			m.at = readTime(text)
		case "time":
			var ms float64
			ms, err = s.number()
			if ms > 0 && ms < 1e9 {
				m.took = time.Duration(ms * float64(time.Millisecond))
			}
		case "request":
			err = readRequest(s, &m)
		case "response":
			err = readResponse(s, &m)
		default:
			err = s.skip()
		}
		return err
	})
	return m, err
}

// timeLayouts are those of HAR writers and of logs; a time without a zone is
// taken as UTC, for only differences matter.
var timeLayouts = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04:05.999999999",
	"2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999",
}

// readTime is zero for what is no time.
func readTime(text string) time.Time {
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, strings.TrimSpace(text)); err == nil {
			return t
		}
	}
	return time.Time{}
}

func readRequest(s *stream, m *message) error {
	var media, body string
	var params, query []wire.Param
	size := -1.0 // not told
	err := s.members(func(name string) (err error) {
		var text string
		switch name {
		case "method":
			text, err = s.text(20)
			m.method = strings.ToUpper(text)
		case "url":
			text, err = s.text(maxURL)
			m.setURL(text)
		case "headers":
			err = readPairs(s, m.requestHeader)
		case "cookies":
			err = readPairs(s, func(string, string) { m.cookie = true })
		case "queryString":
			query, err = readParams(s)
		case "postData":
			media, body, params, err = readPostData(s)
		case "bodySize":
			size, err = s.number()
		default:
			err = s.skip()
		}
		return err
	})
	if m.url != nil && m.url.RawQuery == "" {
		m.query = query
	}
	if media == "" {
		media = m.media
	}
	m.setBody(media, body)
	if len(m.form) == 0 {
		m.form = params
	}
	if m.length == "" && size == 0 {
		m.length = "0"
	}
	if body == "" && len(params) == 0 {
		m.noBody()
	}
	return err
}

func (m *message) requestHeader(name, value string) {
	switch strings.ToLower(name) {
	case "authorization":
		m.auth = value
	case "cookie":
		m.cookie = true
	case "content-type":
		m.media = value
	case "content-length":
		m.length = strings.TrimSpace(value)
	}
}

func readPostData(s *stream) (media, body string, params []wire.Param, err error) {
	base64 := false
	err = s.members(func(name string) (err error) {
		switch name {
		case "mimeType":
			media, err = s.text(200)
		case "text":
			body, err = s.text(maxContent)
		case "encoding", "_encoding":
			var encoding string
			encoding, err = s.text(20)
			base64 = strings.EqualFold(encoding, "base64")
		case "params":
			params, err = readParams(s)
		default:
			err = s.skip()
		}
		return err
	})
	if base64 {
		body = decodeBase64(body)
	}
	return media, body, params, err
}

func readResponse(s *stream, m *message) error {
	redirect, base64 := "", false
	err := s.members(func(name string) (err error) {
		switch name {
		case "status":
			var status float64
			status, err = s.number()
			m.status = int(status)
		case "headers":
			err = readPairs(s, m.responseHeader)
		case "redirectURL":
			redirect, err = s.text(maxURL)
		case "content":
			base64, err = readContent(s, m)
		default:
			err = s.skip()
		}
		return err
	})
	if m.location == "" && m.status >= 300 && m.status < 400 {
		m.location = redirect
	}
	if base64 {
		m.body = decodeBase64(m.body)
	}
	return err
}

func (m *message) responseHeader(name, value string) {
	switch strings.ToLower(name) {
	case "location":
		m.location = value
	case "date":
		m.date = value
	case "content-type":
		m.kind = value
	case "content-encoding":
		m.encoding = value
	}
}

func readContent(s *stream, m *message) (base64 bool, err error) {
	err = s.members(func(name string) (err error) {
		var text string
		switch name {
		case "mimeType":
			text, err = s.text(200)
			if m.kind == "" {
				m.kind = text
			}
		case "text":
			m.body, err = s.text(maxContent)
		case "encoding":
			text, err = s.text(20)
			base64 = strings.EqualFold(text, "base64")
		default:
			err = s.skip()
		}
		return err
	})
	return base64, err
}

// decodeBase64 undoes the encoding as far as it goes: the text may be cut.
func decodeBase64(text string) string {
	text = strings.NewReplacer("\n", "", "\r", "", " ", "").Replace(text)
	plain, _ := io.ReadAll(base64.NewDecoder(base64.StdEncoding, strings.NewReader(text)))
	return string(plain)
}

func readParams(s *stream) (params []wire.Param, err error) {
	err = readPairs(s, func(name, value string) {
		if len(params) < maxParams {
			params = append(params, wire.Param{Name: name, Value: value})
		}
	})
	return params, err
}

// readPairs reads a list of objects with name and value, or, as some write it,
// one object.
func readPairs(s *stream, each func(name, value string)) error {
	c, err := s.next()
	if err != nil {
		return err
	}
	if c == '{' {
		return s.members(func(name string) error {
			value, err := s.text(maxContent)
			each(name, value)
			return err
		})
	}
	return s.elements(func() error {
		var name, value string
		err := s.members(func(member string) (err error) {
			switch member {
			case "name":
				name, err = s.text(200)
			case "value":
				value, err = s.text(maxContent)
			default:
				err = s.skip()
			}
			return err
		})
		if name != "" {
			each(name, value)
		}
		return err
	})
}
