package read

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/grantwalk/diagnose/evidence"
	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/internal/lazy"
	"example.com/grantwalk/diagnose/wire"
)

var harStart = lazy.Regexp(`^\{\s*"(?:log"\s*:\s*\{|entries"\s*:\s*\[)`)

var harFormat = format{
	kind:  KindHAR,
	marks: []string{`"log"`, `"entries"`},
	is:    func(head []byte) bool { return harStart().Match(head) },
	read:  readHAR,
	name:  "a HAR file", instead: "Save the log of the network tab again, with content, and give the whole file.",
}

func readHAR(r *bufio.Reader, k *keeper) error {
	found, creator := false, ""
	s := newStream(r)
	entry := func() error {
		x, err := readEntry(s)
		k.add(x)
		return err
	}
	top := func(name string) (err error) {
		switch name {
		case "entries":
			found = true
			err = s.elements(entry)
		case "creator":
			creator, err = readName(s)
		default:
			err = s.skip()
		}
		return err
	}
	err := s.members(func(name string) error {
		if name == "log" {
			return s.members(top)
		}
		return top(name)
	})
	if creator == "WebInspector" {
		markStripped(k.kept)
	}
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("the HAR file ends in the middle of entry %d", k.seen)
	case err != nil:
		return fmt.Errorf("the HAR file is not JSON at entry %d: %w", k.seen, err)
	case !found:
		return errors.New("the JSON document is no HAR file: it has no log.entries")
	}
	return nil
}

func readName(s *stream) (text string, err error) {
	err = s.members(func(name string) (err error) {
		if name != "name" {
			return s.skip()
		}
		text, err = s.text(200)
		return err
	})
	return text, err
}

// markStripped marks what Chrome exports since version 130 unless it is asked for the
// sensitive data: it leaves out cookies and Authorization headers.
func markStripped(all []exchange.Exchange) {
	if slices.ContainsFunc(all, func(x exchange.Exchange) bool { return x.Request.Cookie || x.Request.Authorization != "" }) {
		return
	}
	for i := range all {
		all[i].Request.Stripped = true
	}
}

func readEntry(s *stream) (exchange.Exchange, error) {
	x := exchange.Exchange{Request: exchange.Request{Method: "GET"}}
	took := 0.0 // milliseconds until the response was complete
	err := s.members(func(name string) (err error) {
		var text string
		switch name {
		case "startedDateTime":
			text, err = s.text(60)
			x.SentAt = readTime(text)
		case "time":
			took, err = s.number()
		case "request":
			err = readRequest(s, &x.Request)
		case "response":
			err = readResponse(s, &x.Response)
		default:
			err = s.skip()
		}
		return err
	})
	x.ReceivedAt = x.SentAt
	if took > 0 && took < 1e9 && !x.SentAt.IsZero() {
		x.ReceivedAt = x.SentAt.Add(time.Duration(took * float64(time.Millisecond)))
	}
	return x, err
}

func readRequest(s *stream, r *exchange.Request) error {
	var media, body string
	var params, query []wire.Param
	size := -1.0 // not told
	err := s.members(func(name string) (err error) {
		var text string
		switch name {
		case "method":
			text, err = s.text(20)
			r.Method = strings.ToUpper(text)
		case "url":
			text, err = s.text(exchange.MaxURL)
			r.SetURL(text)
		case "headers":
			err = readPairs(s, r.SetHeader)
		case "cookies":
			err = readPairs(s, func(string, string) { r.Cookie = true })
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
	if r.URL != nil && r.URL.RawQuery == "" {
		r.Query = query
	}
	if media == "" {
		media = r.Media
	}
	r.SetBody(media, body)
	if len(r.Form) == 0 {
		r.Form = decodedOnce(params)
	}
	if r.Length == "" && size >= 0 {
		r.Length = strconv.Itoa(int(size))
	}
	if len(r.Form) == 0 && evidence.Masked(body) {
		body, r.Length = "", ""
	}
	if body == "" && len(params) == 0 {
		r.NoBody()
	}
	return err
}

// decodedOnce undoes the encoding of parameters that were recorded as they stood in the form:
// several of them hold percent signs, and none a character that a form cannot hold. A client
// that encodes twice does so with one of them.
func decodedOnce(params []wire.Param) []wire.Param {
	encoded := 0
	for _, p := range params {
		switch plain := wire.Unescape(p.Value); {
		case plain != p.Value:
			encoded++
		case url.QueryEscape(p.Value) != p.Value:
			return params
		}
	}
	if encoded < 2 {
		return params
	}
	out := slices.Clone(params)
	for i := range out {
		out[i].Value = wire.Unescape(out[i].Value)
	}
	return out
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

func readResponse(s *stream, r *exchange.Response) error {
	redirect, base64 := "", false
	err := s.members(func(name string) (err error) {
		switch name {
		case "status":
			var status float64
			status, err = s.number()
			r.Status = int(status)
		case "headers":
			err = readPairs(s, r.SetHeader)
		case "redirectURL":
			redirect, err = s.text(exchange.MaxURL)
		case "content":
			base64, err = readContent(s, r)
		default:
			err = s.skip()
		}
		return err
	})
	if r.Location == "" && r.Status >= 300 && r.Status < 400 {
		r.Location = redirect
	}
	if base64 {
		r.Body = decodeBase64(r.Body)
	}
	return err
}

func readContent(s *stream, r *exchange.Response) (base64 bool, err error) {
	err = s.members(func(name string) (err error) {
		var text string
		switch name {
		case "mimeType":
			text, err = s.text(200)
			if r.Media == "" {
				r.Media = text
			}
		case "text":
			r.Body, err = s.text(maxContent)
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
