package read

import (
	"cmp"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/grantwalk/diagnose/exchange"
)

// Wireshark prints a packet as fields, each with the name of its protocol in front:
// http.request.method, frame.time_epoch. The forms that tshark writes (json, ek, pdml)
// differ only in how they nest these fields, so each form passes its fields on to here.

// maxOpen bounds the requests that wait for their response. The response to an older
// request is not tied to it.
const maxOpen = 200

// packets makes exchanges of the fields of packets.
type packets struct {
	k      *keeper
	now    packet
	open   []*pending // oldest first
	hidden bool       // there are packets of TLS
}

// A packet is what the fields of one packet have told so far.
type packet struct {
	number, stream string
	at             time.Time
	messages       []*packetMessage
	streamID       string   // of HTTP/2
	headers        []string // names of HTTP/2 headers whose values come next
	keys, values   []string // of a form
	members        []string // of a JSON object
}

// A packetMessage is a request or a response in a packet.
type packetMessage struct {
	pending
	isResponse bool
	requestIn  string // the number of the request's packet
	requestURL string
	uri, host  string
	scheme     string
	body       string
	chunks     []byte
}

// A pending exchange may still get its response.
type pending struct {
	number, stream string // of the request's packet, and of the connection
	streamID       string // of HTTP/2
	answered       bool
	exchange.Exchange
}

// packetFields are the fields that are read. Their names have _ in place of the dot, which
// -T ek writes.
var packetFields = map[string]func(p *packet, value string){
	"frame_number":     func(p *packet, v string) { p.number = v },
	"frame_time_epoch": func(p *packet, v string) { p.at = epoch(v) },
	"tcp_stream":       func(p *packet, v string) { p.stream = v },

	"http_request_method":        func(p *packet, v string) { p.begin(false).Request.Method = strings.ToUpper(v) },
	"http_response_code":         func(p *packet, v string) { p.begin(true).Response.Status = number(v) },
	"http_request_uri":           func(p *packet, v string) { p.last().uri = v },
	"http_host":                  func(p *packet, v string) { p.last().host = v },
	"http_request_full_uri":      func(p *packet, v string) { p.last().Request.SetURL(v) },
	"http_request_in":            func(p *packet, v string) { p.last().requestIn = v },
	"http_response_for_uri":      func(p *packet, v string) { p.last().requestURL = v },
	"http_file_data":             func(p *packet, v string) { p.last().body = octets(v) },
	"http_chunk_data":            func(p *packet, v string) { p.last().chunk(v) },
	"http_authorization":         headerField("authorization"),
	"http_cookie":                headerField("cookie"),
	"http_content_type":          headerField("content-type"),
	"http_content_length_header": headerField("content-length"),
	"http_content_encoding":      headerField("content-encoding"),
	"http_location":              headerField("location"),
	"http_date":                  headerField("date"),

	"http2_streamid":              func(p *packet, v string) { p.streamID = v },
	"http2_header_name":           func(p *packet, v string) { p.headers = bounded(p.headers, v) },
	"http2_header_value":          func(p *packet, v string) { p.http2Header(v) },
	"http2_data_data":             func(p *packet, v string) { p.http2().chunk(v) },
	"http2_body_reassembled_data": func(p *packet, v string) { p.http2().body = octets(v) },

	"urlencoded-form_key":   func(p *packet, v string) { p.keys = bounded(p.keys, v) },
	"urlencoded-form_value": func(p *packet, v string) { p.values = bounded(p.values, v) },
	"json_path_with_value":  func(p *packet, v string) { p.members = bounded(p.members, v) },
}

func headerField(name string) func(*packet, string) {
	return func(p *packet, value string) { p.last().setHeader(name, value) }
}

// field takes a field of the current packet.
func (p *packets) field(name, value string) {
	if take := packetFields[name]; take != nil {
		take(&p.now, value)
	}
}

// isTLS reports whether a protocol hides what it carries. Where tshark had the keys, the
// packet has the layer http as well.
func isTLS(protocol string) bool { return protocol == "tls" || protocol == "ssl" || protocol == "quic" }

// begin is a new message of the packet. Of a packet with very many, the last is used again.
func (p *packet) begin(isResponse bool) *packetMessage {
	if len(p.messages) < maxParams {
		p.messages = append(p.messages, &packetMessage{})
	}
	m := p.messages[len(p.messages)-1]
	m.isResponse = isResponse
	return m
}

// last is the message that a field belongs to.
func (p *packet) last() *packetMessage {
	if len(p.messages) == 0 {
		return &packetMessage{} // a part of a message whose beginning is missing
	}
	return p.messages[len(p.messages)-1]
}

// http2 is the message of the HTTP/2 stream; one that holds only data has neither method
// nor status.
func (p *packet) http2() *packetMessage {
	for _, m := range slices.Backward(p.messages) {
		if m.streamID == p.streamID {
			return m
		}
	}
	m := p.begin(false)
	m.streamID = p.streamID
	return m
}

// http2Header takes the value of a header. -T ek writes the names of all headers first.
func (p *packet) http2Header(value string) {
	if len(p.headers) == 0 {
		return
	}
	name := p.headers[0]
	p.headers = p.headers[1:]
	m := p.http2()
	switch name {
	case ":method":
		m.Request.Method = strings.ToUpper(value)
	case ":status":
		m.isResponse, m.Response.Status = true, number(value)
	case ":path":
		m.uri = value
	case ":scheme":
		m.scheme = value
	case ":authority":
		m.host = value
	default:
		m.setHeader(name, value)
	}
}

func (m *packetMessage) setHeader(name, value string) {
	if m.isResponse {
		m.Response.SetHeader(name, value)
		return
	}
	m.Request.SetHeader(name, value)
}

func (m *packetMessage) chunk(data string) {
	if len(m.chunks) < maxContent {
		m.chunks = append(m.chunks, octets(data)...)
	}
}

// whole is the body, put together of its chunks where it was not printed as a whole.
func (m *packetMessage) whole() string {
	body := m.body
	if body == "" {
		body = string(m.chunks)
	}
	return body[:min(len(body), maxContent)]
}

// octets undoes how Wireshark prints bytes, 7b:22:…; text is left as it is.
func octets(value string) string {
	if len(value) < 5 && len(value) != 2 || len(value) > 2 && value[2] != ':' {
		return value
	}
	plain, err := hex.DecodeString(strings.ReplaceAll(value[:len(value)-(len(value)+1)%3], ":", ""))
	if err != nil {
		return value
	}
	return string(plain)
}

// epoch reads a time in seconds since 1970, or as RFC 3339, as newer versions write it.
func epoch(value string) time.Time {
	seconds, fraction, _ := strings.Cut(value, ".")
	s, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil || s < 0 || s > math.MaxInt32 {
		return readTime(value)
	}
	ns, _ := strconv.ParseInt((fraction + "000000000")[:9], 10, 64) // none: whole seconds
	return time.Unix(s, ns).UTC()
}

func number(text string) int {
	n, _ := strconv.Atoi(text)
	return n
}

// end ties the messages of the packet to those before.
func (p *packets) end() {
	now := p.now
	p.now = packet{}
	if len(now.messages) > 0 {
		now.last().complete(now.keys, now.values, now.members)
	}
	for _, m := range now.messages {
		m.number, m.stream = now.number, now.stream
		switch {
		case m.streamID != "":
			p.http2(m, now.at)
		case m.isResponse:
			p.response(m, now.at)
		default:
			p.request(m, now.at)
		}
	}
}

// complete makes a body of the dissected form or JSON object, where the body itself was not printed.
func (m *packetMessage) complete(keys, values, members []string) {
	if m.whole() != "" {
		return
	}
	form := url.Values{}
	for i := range min(len(keys), len(values)) {
		form.Add(keys[i], values[i])
	}
	m.body = form.Encode()
	object := map[string]string{}
	for _, member := range members {
		name, value, _ := strings.Cut(strings.TrimPrefix(member, "/"), ":")
		object[name] = value
	}
	if text, err := json.Marshal(object); err == nil && len(object) > 0 {
		m.body = string(text)
	}
}

func (p *packets) request(m *packetMessage, at time.Time) {
	m.setURL(cmp.Or(m.scheme, "http"))
	m.setRequestBody()
	m.SentAt = at
	p.push(&m.pending)
}

func (m *packetMessage) setURL(scheme string) {
	if m.Request.URL != nil || m.uri == "" {
		return
	}
	if strings.HasPrefix(m.uri, "/") {
		m.uri = scheme + "://" + m.host + m.uri
	}
	m.Request.SetURL(m.uri)
}

func (m *packetMessage) setRequestBody() {
	m.Request.SetBody(m.Request.Media, m.whole())
	if m.whole() == "" {
		m.Request.NoBody()
	}
}

// push keeps an exchange until its response comes.
func (p *packets) push(x *pending) {
	if len(p.open) == maxOpen {
		p.k.add(p.open[0].Exchange)
		p.open = slices.Delete(p.open, 0, 1)
	}
	p.open = append(p.open, x)
}

// response adds the exchange that the response completes.
func (p *packets) response(m *packetMessage, at time.Time) {
	m.Response.Body = m.whole()
	i := slices.IndexFunc(p.open, func(x *pending) bool { return m.requestIn != "" && x.number == m.requestIn })
	if i < 0 {
		i = slices.IndexFunc(p.open, func(x *pending) bool { return x.stream == m.stream && x.streamID == "" })
	}
	if i < 0 {
		x := m.Exchange
		x.ReceivedAt = at
		p.k.add(alone(x, m.requestURL))
		return
	}
	x := p.open[i].Exchange
	p.open = slices.Delete(p.open, i, i+1)
	x.Response, x.ReceivedAt = m.Response, at
	p.k.add(x)
}

// http2 adds what a packet has of an HTTP/2 stream to its exchange. Requests and responses
// have the same stream, and data follows the headers that it belongs to.
func (p *packets) http2(m *packetMessage, at time.Time) {
	i := slices.IndexFunc(p.open, func(x *pending) bool { return x.stream == m.stream && x.streamID == m.streamID })
	body := m.whole()
	switch {
	case i < 0 && m.Request.Method == "":
		return // SETTINGS and the like, or a stream that began before the capture
	case i < 0:
		m.setURL(cmp.Or(m.scheme, "https"))
		m.setRequestBody()
		m.SentAt = at
		p.push(&m.pending)
		return
	}
	x := p.open[i]
	if m.isResponse {
		x.answered, x.Response = true, m.Response
	}
	if x.answered {
		x.Response.Body, x.ReceivedAt = added(x.Response.Body, body), at
		return
	}
	if body != "" {
		x.Request.Body = exchange.Whole
		x.Request.SetBody(x.Request.Media, body)
	}
}

func added(body, more string) string {
	return body + more[:min(len(more), max(0, maxContent-len(body)))]
}

// finish adds the requests whose response did not come.
func (p *packets) finish() error {
	for _, x := range p.open {
		p.k.add(x.Exchange)
	}
	p.open = nil
	switch {
	case p.k.seen > 0:
		return nil
	case p.hidden:
		return &advised{errors.New("TLS hides the HTTP messages in it"), "Record the keys with SSLKEYLOGFILE, and export again with tshark -o tls.keylog_file:KEYS. Or save a HAR file in the browser instead."}
	}
	return &advised{errors.New("no HTTP message is in it"), "Export all layers of the HTTP packets: tshark -r FILE -Y http -T json. Or save a HAR file in the browser instead."}
}
