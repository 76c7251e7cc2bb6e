package read

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"example.com/grantwalk/diagnose/exchange"
)

// Connections of TCP (RFC 9293) are put together from packets. Each direction is the bytes
// that one side sent, in the order of their numbers; it ends where a packet is missing.

const (
	maxConnections = 10_000
	maxStreams     = 32 << 20 // bytes of all connections
	maxSegments    = 200_000  // of all connections
)

// tcp collects what the packets of a capture carry.
type tcp struct {
	open     map[string]*connection // the latest by both addresses, the lesser first
	all      []*connection
	room     int  // bytes that may still be kept
	segments int  // how many were kept
	hidden   bool // some bytes are TLS's or HTTP/2's
}

func newTCP() *tcp { return &tcp{open: map[string]*connection{}, room: maxStreams} }

// A connection has a direction for each side.
type connection struct{ sides [2]direction }

// A direction is what one side sent.
type direction struct {
	segments []segment
	first    uint32 // the number of the first byte
	begun    bool   // first is known
}

type segment struct {
	number uint32
	data   []byte
	at     time.Time
}

// The link layers, as tcpdump.org/linktypes.html numbers them.
const (
	linkNull     = 0
	linkEthernet = 1
	linkRaw      = 101
	linkLoop     = 108
	linkSLL      = 113
	linkSLL2     = 276
)

// packet takes a packet. It passes over those that are not TCP's.
func (t *tcp) packet(link uint32, at time.Time, p []byte) {
	switch link {
	case linkNull, linkLoop:
		p = from(p, 4)
	case linkEthernet:
		for n := 12; ; n += 4 { // VLAN tags
			if kind := word16(p, n); kind == 0x8100 || kind == 0x88a8 {
				continue
			}
			p = from(p, n+2)
			break
		}
	case linkSLL:
		p = from(p, 16)
	case linkSLL2:
		p = from(p, 20)
	case linkRaw, 12, 14, 228, 229:
	default:
		return
	}
	t.ip(at, p)
}

// from is what follows n bytes; nil if there is nothing.
func from(p []byte, n int) []byte {
	if n > len(p) {
		return nil
	}
	return p[n:]
}

// word16 is two bytes as a number; 0 if they are not there.
func word16(p []byte, at int) int {
	if at+2 > len(p) {
		return 0
	}
	return int(binary.BigEndian.Uint16(p[at:]))
}

// ip reads the header of IPv4 (RFC 791) or IPv6 (RFC 8200). Of a packet that was sent in
// fragments nothing is read.
func (t *tcp) ip(at time.Time, p []byte) {
	const isTCP = 6
	if len(p) < 20 {
		return
	}
	switch p[0] >> 4 {
	case 4:
		header, total := int(p[0]&0xf)*4, word16(p, 2)
		if p[9] != isTCP || word16(p, 6)&0x3fff != 0 || header < 20 || header > len(p) {
			return
		}
		addresses := p[12:20]
		if total >= header && total < len(p) { // a frame may be longer than its packet
			p = p[:total]
		}
		t.segment(at, addresses[:4], addresses[4:], p[header:])
	case 6:
		if len(p) < 40 || p[6] != isTCP {
			return
		}
		addresses, size := p[8:40], word16(p, 4)
		p = p[40:]
		if size > 0 && size < len(p) {
			p = p[:size]
		}
		t.segment(at, addresses[:16], addresses[16:], p)
	}
}

// segment takes a segment with its header (RFC 9293 §3.1).
func (t *tcp) segment(at time.Time, source, destination, p []byte) {
	const syn, ack = 2, 16
	if len(p) < 20 {
		return
	}
	header, flags := int(p[12]>>4)*4, p[13]
	if header < 20 || header > len(p) {
		return
	}
	a := fmt.Sprintf("%x:%d", source, word16(p, 0))
	b := fmt.Sprintf("%x:%d", destination, word16(p, 2))
	side := 0
	if b < a {
		a, b, side = b, a, 1
	}
	c := t.open[a+" "+b]
	if c == nil || flags&(syn|ack) == syn && c.sides[side].begun && len(c.sides[side].segments) > 0 {
		if len(t.all) == maxConnections {
			return
		}
		c = &connection{}
		t.open[a+" "+b], t.all = c, append(t.all, c)
	}
	d, first := &c.sides[side], binary.BigEndian.Uint32(p[4:])
	if flags&syn != 0 {
		first++
		d.first, d.begun = first, true
	}
	data := p[header:]
	if len(data) == 0 || len(data) > t.room || t.segments == maxSegments {
		return
	}
	if !d.begun {
		d.first, d.begun = first, true
	}
	t.room, t.segments = t.room-len(data), t.segments+1
	d.segments = append(d.segments, segment{first, bytes.Clone(data), at})
}

// A stretch is a part of the text of one direction, and when it was sent.
type stretch struct {
	end int // where in the text the part ends, in bytes
	at  time.Time
}

// text is what the side sent, without what was sent again.
func (d *direction) text() (string, []stretch) {
	slices.SortStableFunc(d.segments, func(a, b segment) int { return int(int32(a.number-d.first)) - int(int32(b.number-d.first)) })
	var text strings.Builder
	var parts []stretch
	for _, s := range d.segments {
		skip := text.Len() - int(int32(s.number-d.first))
		switch {
		case skip < 0: // a packet is missing
			return text.String(), parts
		case skip < len(s.data):
			text.Write(s.data[skip:])
			parts = append(parts, stretch{text.Len(), s.at})
		}
	}
	return text.String(), parts
}

// timeOf is when the byte was sent.
func timeOf(parts []stretch, at int) time.Time {
	i := sort.Search(len(parts), func(i int) bool { return at < parts[i].end })
	if i == len(parts) {
		return time.Time{}
	}
	return parts[i].at
}

// exchanges are those of all connections, in the order in which these were opened.
func (t *tcp) exchanges() []exchange.Exchange {
	var all []exchange.Exchange
	for _, c := range t.all {
		first, firstTimes := c.sides[0].text()
		second, secondTimes := c.sides[1].text()
		if !isRequest(first) {
			first, firstTimes, second, secondTimes = second, secondTimes, first, firstTimes
		}
		t.hidden = t.hidden || isHidden(first) || isHidden(second)
		all = append(all, inConnection(first, firstTimes, second, secondTimes)...)
	}
	return all
}

func isRequest(text string) bool {
	m, ok := startLine(text)
	return ok && m.method != ""
}

// isHidden reports whether the text begins with a handshake of TLS (RFC 8446 §5.1) or with
// the preface of HTTP/2 (RFC 9113 §3.4).
func isHidden(text string) bool {
	return strings.HasPrefix(text, "\x16\x03") || strings.HasPrefix(text, "PRI * HTTP/2.0")
}

// inConnection reads the requests of one side and the responses of the other, which come in
// the same order (RFC 9112 §9.3.2).
func inConnection(requests string, sent []stretch, responses string, received []stretch) []exchange.Exchange {
	var all []exchange.Exchange
	rest := responses
	for text := trimLines(requests); text != ""; text = trimLines(text) {
		m, behind, ok := parseHead(text)
		if !ok || m.method == "" {
			break
		}
		body, behind, ok := m.framed(behind, false)
		if !ok {
			break
		}
		x := exchange.Exchange{Request: m.request(body), SentAt: timeOf(sent, len(requests)-len(text))}
		text = behind
		if x.Response, rest, ok = nextResponse(rest, m.method == "HEAD"); ok {
			x.ReceivedAt = timeOf(received, len(responses)-len(rest)-1)
		}
		all = append(all, x)
	}
	return all
}

// nextResponse is the first response of a text, past those that are interim; ok is false if
// there is none.
func nextResponse(text string, toHead bool) (r exchange.Response, rest string, ok bool) {
	for {
		text = trimLines(text)
		m, behind, ok := parseHead(text)
		if !ok || m.status == 0 {
			return r, "", false
		}
		body, behind, ok := m.framed(behind, toHead)
		if !ok {
			return r, "", false
		}
		if text = behind; m.status/100 != 1 {
			return m.response(body), text, true
		}
	}
}
