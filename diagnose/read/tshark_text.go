package read

import (
	"bufio"
	"errors"
	"io"
	"strings"

	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/internal/lazy"
	"example.com/grantwalk/diagnose/safe"
)

// tshark -V, and Wireshark's export as plain text, print a field a line, by its label and
// indented below its protocol. A label with its value is cut at 240 bytes and marked so.
var tsharkTextStart = lazy.Regexp(`^(?:No\.\s+Time\s+Source[^\n]*\n[^\n]*\n\s*)?Frame \d+: \d+ bytes on wire`)

var tsharkTextFormat = format{
	kind:  KindHAR,
	marks: []string{"bytes on wire"},
	is:    func(head []byte) bool { return tsharkTextStart().Match(head) },
	read:  readTsharkText,
	name:  "a packet capture that tshark printed", instead: tsharkFormat.instead,
}

// labelFields are the fields by their labels, and httpHeaders those of headers.
var (
	labelFields = map[string]string{
		"Epoch Time": "frame_time_epoch", "Epoch Arrival Time": "frame_time_epoch", "Frame Number": "frame_number", "Stream index": "tcp_stream",
		"Request Method": "http_request_method", "Status Code": "http_response_code", "Request URI": "http_request_uri", "Request URI Path": "path", "Request URI Query Parameter": "query",
		"Full request URI": "http_request_full_uri", "Request in frame": "http_request_in", "[Request URI": "http_response_for_uri",
		"Key": "urlencoded-form_key", "Value": "urlencoded-form_value", "Path with value": "json_path_with_value",
	}
	httpHeaders = map[string]string{
		"authorization": "http_authorization", "cookie": "http_cookie", "content-type": "http_content_type", "content-length": "http_content_length_header",
		"content-encoding": "http_content_encoding", "location": "http_location", "date": "http_date", "host": "http_host",
	}
	truncated = lazy.Regexp(`\s?\[(?:truncated|…|\.\.\.)\]\s?`)
)

// layerLabels are the protocols that fields are read of.
var layerLabels = map[string]bool{"Frame": true, "Transmission Control Protocol": true, "Hypertext Transfer Protocol": true, "HTML Form URL Encoded": true, "JavaScript Object Notation": true}

func readTsharkText(r *bufio.Reader, k *keeper) error {
	p := packets{k: k}
	layer := ""
	for {
		line, err := nextLine(r)
		if err != nil {
			p.end()
			if errors.Is(err, io.EOF) {
				return p.finish()
			}
			_ = p.finish() // what came before the fault is used
			return faultOf("packets", k.seen, err)
		}
		switch {
		case line == "":
		case line[0] == ' ':
			p.line(layer, line)
		default:
			layer, _, _ = strings.Cut(line, ":")
			layer, _, _ = strings.Cut(layer, ",")
			if strings.HasPrefix(line, "Frame ") {
				layer = "Frame"
				p.end()
			}
			p.hidden = p.hidden || layer == "Transport Layer Security" || layer == "Secure Sockets Layer"
		}
	}
}

// nextLine is the next line, of which no more is kept than fits the buffer.
func nextLine(r *bufio.Reader) (string, error) {
	line, err := r.ReadSlice('\n')
	text := strings.TrimRight(safe.Cut(string(line), maxPrinted), "\r\n")
	for errors.Is(err, bufio.ErrBufferFull) {
		_, err = r.ReadSlice('\n')
	}
	if text != "" && errors.Is(err, io.EOF) {
		err = nil
	}
	return text, err
}

// line takes a line below the line of its protocol.
func (p *packets) line(layer, line string) {
	if layer == "Line-based text data" {
		p.now.last().chunk(strings.TrimSuffix(strings.TrimSpace(line), `\n`) + "\n")
		return
	}
	if !layerLabels[layer] {
		return
	}
	label, value, ok := strings.Cut(strings.TrimSpace(line)+" ", ": ") // a value may be empty
	if !ok {
		return
	}
	value = strings.TrimSpace(value)
	cut := truncated().MatchString(label)
	if cut {
		label = strings.TrimSpace(truncated().ReplaceAllString(label, ""))
	} else if truncated().MatchString(value) && strings.HasPrefix(value, "[") { // as in "Value: […]"
		cut = true
	}
	field := labelFields[label]
	if plain, bracketed := strings.CutPrefix(label, "["); field == "" && bracketed {
		field, value = labelFields[plain], strings.TrimSuffix(value, "]")
	}
	value = strings.TrimSuffix(strings.TrimSuffix(value, `\r\n`), " seconds")
	if header := httpHeaders[strings.ToLower(label)]; header != "" && layer == "Hypertext Transfer Protocol" {
		field = header
	}
	p.labelled(field, value, cut)
}

// labelled takes a field. What is left of a value that was cut is not the value.
func (p *packets) labelled(field, value string, cut bool) {
	m := p.now.last()
	switch {
	case field == "path":
		m.uri = value
	case field == "query" && len(m.uri) > exchange.MaxURL: // it is cut there
	case field == "query":
		if name, _, _ := strings.Cut(value, "="); cut {
			value = name + "=…"
		}
		m.uri += map[bool]string{true: "&", false: "?"}[strings.Contains(m.uri, "?")] + value
	case field == "http_response_for_uri":
		m.requestURL = strings.TrimSuffix(value, "]")
	case field == "http_request_full_uri" && cut:
		m.scheme, _, _ = strings.Cut(value, ":")
	case field == "http_request_uri" && cut: // its path and parameters follow
	case field == "http_location" && cut:
		if last := strings.LastIndexByte(value, '&'); last >= 0 { // the parameters before the last are whole
			p.field(field, value[:last])
		}
	case field == "http_authorization" && cut:
		scheme, _, _ := strings.Cut(value, " ")
		p.field(field, scheme+" …")
	case cut && field != "json_path_with_value":
		p.field(field, "…")
	default:
		p.field(field, value)
	}
}
