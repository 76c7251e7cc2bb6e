package read

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"example.com/grantwalk/diagnose/exchange"
)

// A file may be nothing but HTTP messages, one behind the other, as a proxy or a packet
// capture's window shows them. They are read by their lengths, so that no message runs
// into the next. A text with anything else in it is left to the reader of texts.

// maxRaw is how long such a file may be, in bytes.
const maxRaw = 16 << 20

// messages reads the rest of the input as HTTP messages. If it is not only that, text is
// all of it, to be read as a text.
func (c *collector) messages(in Input, r *bufio.Reader) (text *bufio.Reader, err error) {
	body, err := io.ReadAll(io.LimitReader(r, maxRaw+1))
	if err != nil {
		return nil, in.problem(err)
	}
	k := keeper{}
	all, ok := rawExchanges(string(body))
	for _, x := range all {
		k.add(x)
	}
	if !ok || len(body) > maxRaw || !tells(k.kept) {
		if u := unreadable(body[:min(len(body), peeked)]); u != nil {
			u.Name = in.Name
			return nil, u
		}
		return bufio.NewReaderSize(io.MultiReader(bytes.NewReader(body), r), buffer), nil
	}
	// As a text's messages, those that a capture has too are left out.
	from := in.source(string(body))
	c.readings = append(c.readings, reading{from: from, kind: KindCurl, messages: placed(from, k.kept)})
	if c.kind == "" || c.kind == KindNothing {
		c.kind = KindCurl
	}
	return nil, nil
}

// tells reports whether there is part of a login in the exchanges. If not, what an error
// says in words may tell more.
func tells(all []exchange.Exchange) bool {
	for i := range all {
		if all[i].Classify() != exchange.Page {
			return true
		}
	}
	return false
}

// rawExchanges reads requests with their responses; ok: the text is nothing else. Because
// a response may be missing, each belongs to the request in front of it.
func rawExchanges(text string) (all []exchange.Exchange, ok bool) {
	answered := true
	for text = trimLines(text); text != ""; text = trimLines(text) {
		m, rest, ok := parseHead(text)
		if !ok || m.odd {
			return nil, false
		}
		if m.status != 0 && answered {
			return nil, false // its request is not in the text
		}
		toHead := m.status != 0 && all[len(all)-1].Request.Method == "HEAD"
		body, rest, ok := m.framed(rest, toHead)
		if !ok {
			return nil, false
		}
		text = rest
		switch {
		case m.method != "":
			all = append(all, exchange.Exchange{Request: m.request(body)})
			answered = false
		case m.status/100 != 1: // interim (RFC 9110 §15.2)
			all[len(all)-1].Response = m.response(body)
			answered = true
		}
	}
	return all, len(all) > 0
}

func trimLines(text string) string { return strings.TrimLeft(text, "\r\n") }

// framed splits what follows a head into the body and what follows that (RFC 9112 §6.3).
// ok is false if the two do not fit each other.
func (m messageHead) framed(text string, toHead bool) (body, rest string, ok bool) {
	if toHead || m.status == 204 || m.status == 304 || m.status/100 == 1 {
		return "", text, follows(text)
	}
	if n := m.length(); n >= 0 {
		return byLength(text, n)
	}
	if m.chunked() {
		if body, rest, err := unchunk(text); err == nil && follows(rest) || errors.Is(err, io.ErrUnexpectedEOF) && body != "" {
			return body, rest, true
		}
	}
	body, rest = untilStart(text)
	return body, rest, body == "" || oneThing(body)
}

// follows reports whether the text may follow a message.
func follows(text string) bool {
	text = trimLines(text)
	return text == "" || starts(text)
}

// byLength splits off a body of n bytes. If its line ends were changed, as by pasting, it
// is shorter.
func byLength(text string, n int) (body, rest string, ok bool) {
	if n <= len(text) && follows(text[n:]) {
		return text[:n], text[n:], true
	}
	sent := 0 // bytes, with CR LF for each line end
	for i := 0; i < len(text); i++ {
		if sent == n && follows(text[i:]) {
			return text[:i], text[i:], true
		}
		if sent++; text[i] == '\n' && (i == 0 || text[i-1] != '\r') {
			sent++
		}
		if sent > n {
			return "", text, false
		}
	}
	body, rest = untilStart(text) // the text is cut, or its last line end is
	return body, rest, rest == ""
}

// untilStart splits off a body that ends where the next message begins.
func untilStart(text string) (body, rest string) {
	if starts(text) {
		return "", text
	}
	for at := 0; ; {
		n := strings.IndexByte(text[at:], '\n')
		if n < 0 {
			return text, ""
		}
		if at += n + 1; starts(text[at:]) {
			return strings.TrimRight(text[:at], "\r\n"), text[at:]
		}
	}
}

// oneThing reports whether a body of unknown length is one thing: a page, one line, or a
// JSON document. Text behind it would belong to the body otherwise.
func oneThing(body string) bool {
	body = strings.TrimSpace(body)
	return strings.HasPrefix(body, "<") || !strings.Contains(body, "\n") || json.Valid([]byte(body))
}
