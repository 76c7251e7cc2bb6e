package read

import (
	"encoding/json"
	"slices"
	"strings"

	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/internal/lazy"
)

// Where the body of a message ends in a text. Its length tells, if the text still has the
// line ends and the values that were sent. Otherwise the form of the body tells.

var (
	wrapped    = lazy.Regexp(`\s*\n\s*&\s*|\s*&\s*\n\s*`)
	formLine   = lazy.Regexp(`^\s*&?[\w.~%+-]+=[^\s<>{}]*\s*$`)     // of a form, which may be wrapped before an &
	gluedStart = lazy.Regexp(`[^\n]HTTP/[12](?:\.\d)? [1-5]\d\d\b`) // a response behind a body that ends in no line end
	pageStart  = lazy.Regexp(`(?i)^\s*<(?:!doctype html|html)\b`)
	pageEnd    = lazy.Regexp(`(?i)</html>`)
)

func (h *half) isChunked() bool {
	return strings.Contains(strings.ToLower(exchange.Value(h.headers, "transfer-encoding")), "chunked")
}

// content is the body without the chunked coding, which some tools take away themselves.
func (h *half) content() string {
	if h.isChunked() {
		if content, _, err := unchunk(h.body); err == nil {
			return content
		}
	}
	return h.body
}

// take takes the body from the beginning of the text, and returns where the body ends.
func (h *half) take(text string) (end int) {
	if h.isChunked() {
		if body, rest, err := unchunk(text); err == nil {
			h.body = body
			return len(text) - len(rest)
		}
	}
	blank := len(text) - len(strings.TrimLeft(text, "\n")) // some tools set a body off
	for _, skip := range []int{0, blank} {
		if end, ok := counted(text[skip:], atoi(exchange.Value(h.headers, "content-length"))); ok {
			h.body = text[skip : skip+end]
			return skip + end
		}
	}
	if at := gluedStart().FindStringIndex(text); at != nil && !h.isResponse() {
		text = text[:at[0]+1]
	}
	if end, ok := documentEnd(text); ok {
		h.body = strings.TrimSpace(text[:end])
		return end
	}
	h.body, h.open = text, true
	return len(text)
}

// documentEnd is where the JSON document or the page ends that the text begins with. What a
// person or a tool wrote behind it is no part of it.
func documentEnd(text string) (end int, ok bool) {
	trimmed := strings.TrimLeft(text, " \t\r\n")
	before := len(text) - len(trimmed)
	if strings.HasPrefix(trimmed, "{") {
		var doc json.RawMessage
		d := json.NewDecoder(strings.NewReader(trimmed))
		err := d.Decode(&doc)
		return before + int(d.InputOffset()), err == nil
	}
	if pageStart().MatchString(trimmed) {
		if at := pageEnd().FindStringIndex(trimmed); at != nil {
			return before + at[1], true
		}
	}
	return 0, false
}

// document is the JSON document that the text begins with; any other text is left alone.
func document(text string) string {
	if end, ok := documentEnd(text); ok && strings.HasPrefix(text, "{") {
		return text[:end]
	}
	return text
}

// unclaimed is what of a body without a known end may be a person's: all of a response, and
// of a request what is no form.
func (h *half) unclaimed() string {
	if !h.open || h.isResponse() {
		return h.body
	}
	var said []string
	for line := range strings.SplitSeq(h.body, "\n") {
		if !formLine().MatchString(line) {
			said = append(said, line)
		}
	}
	return strings.Join(said, "\n")
}

// sendBody gives the body to the request.
func (h *half) sendBody(r *exchange.Request) {
	text := h.body
	if h.open {
		text = document(strings.TrimSpace(text))
		n := atoi(r.Length)
		h.cut = text != "" && len(text)+strings.Count(text, "\n")+len("\r\n") < n && !strings.HasPrefix(text, "{")
		if !h.cut {
			text = unwrap(text)
		}
	}
	if len(text) > maxContent {
		text, h.cut = text[:maxContent], true
	}
	if h.cut && text != "" {
		text = unwrap(text + "…")
		r.Body = exchange.Partly
	}
	r.SetBody(r.Media, text)
	if len(h.form) > 0 {
		r.Form = h.form
	}
	if len(r.Form) == 0 && text == "" {
		r.NoBody()
	}
}

// unwrap undoes the line breaks and indents with which people print a form, and cuts
// off what they write behind it.
func unwrap(form string) string {
	if !strings.Contains(form, "\n") {
		return form
	}
	form = wrapped().ReplaceAllString(strings.TrimSpace(form), "&")
	lines := strings.Split(form, "\n")
	end := slices.IndexFunc(lines, func(l string) bool { return !formLine().MatchString(l) })
	if end <= 0 {
		return form
	}
	return strings.Join(lines[:end], "\n")
}
