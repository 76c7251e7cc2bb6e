package read

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"time"
)

// Connections of TCP (RFC 9293) are put together from packets. Each direction is the bytes
// that one side sent, in the order of their numbers; connection.go makes messages of them.

const (
	maxConnections = 10_000
	maxStreams     = 32 << 20 // bytes of all connections
	maxSegments    = 200_000  // of all connections
)

// tcp collects what the packets of a capture carry.
type tcp struct {
	open     map[string]*connection // the latest by both addresses, the lesser first
	all      []*connection
	room     int // bytes that may still be kept
	segments int // how many were kept
	missed
}

// missed is what could not be read of the packets.
type missed struct {
	hidden    bool           // some bytes are TLS's, QUIC's or HTTP/2's
	left      int            // packets beyond the bounds
	cut       int            // packets that were not recorded whole
	gaps      int            // directions in which packets are missing
	oneSided  int            // connections of which one direction was recorded
	fragments int            // parts of IP packets
	links     map[uint32]int // packets of links that are not read
}

func newTCP() *tcp {
	return &tcp{open: map[string]*connection{}, room: maxStreams, missed: missed{links: map[uint32]int{}}}
}

// A connection has a direction for each side.
type connection struct {
	ends  [2]string // address and port
	sides [2]direction
}

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
	linkPPP      = 9
	linkRaw      = 101
	linkLoop     = 108
	linkSLL      = 113
	linkNFLOG    = 239
	linkPKTAP    = 258
	linkSLL2     = 276
)

// packet takes a packet, of which less may be recorded than was sent. It passes over those
// that are not TCP's.
func (t *tcp) packet(link uint32, at time.Time, p []byte, sent uint32) {
	if int64(sent) > int64(len(p)) {
		t.cut++
	}
	switch link {
	case linkNull, linkLoop:
		p = from(p, 4)
	case linkEthernet:
		p = inEthernet(p)
	case linkPPP:
		p = from(p, len("\xff\x03\x00\x21"))
	case linkSLL:
		p = from(p, 16)
	case linkSLL2:
		p = from(p, 20)
	case linkNFLOG:
		p = inNFLOG(p)
	case linkPKTAP: // its length, the type of what follows, and the link of the packet in it
		if len(p) < 12 || binary.LittleEndian.Uint32(p[8:]) == linkPKTAP {
			return
		}
		inner := from(p, int(binary.LittleEndian.Uint32(p)))
		t.packet(binary.LittleEndian.Uint32(p[8:]), at, inner, uint32(len(inner)))
		return
	case linkRaw, 12, 14, 228, 229:
	default:
		t.links[link]++
		return
	}
	t.ip(at, p)
}

// inEthernet is what a frame carries, behind the tags of VLANs.
func inEthernet(p []byte) []byte {
	n := 12
	for kind := word16(p, n); kind == 0x8100 || kind == 0x88a8; kind = word16(p, n) {
		n += 4
	}
	return from(p, n+2)
}

// inNFLOG is the payload among the attributes of a record of Linux's firewall.
func inNFLOG(p []byte) []byte {
	const payload = 9
	for p = from(p, 4); len(p) >= 4; {
		size, kind := int(binary.LittleEndian.Uint16(p)), binary.LittleEndian.Uint16(p[2:])
		if size < 4 || size > len(p) {
			break
		}
		if kind == payload {
			return p[4:size]
		}
		p = p[min(len(p), (size+3)&^3):]
	}
	return nil
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

const (
	isTCP = 6
	isUDP = 17
)

// ip reads the header of IPv4 (RFC 791) or IPv6 (RFC 8200). Of a packet that was sent in
// fragments nothing is read.
func (t *tcp) ip(at time.Time, p []byte) {
	if len(p) < 20 {
		return
	}
	switch p[0] >> 4 {
	case 4:
		t.ipv4(at, p)
	case 6:
		t.ipv6(at, p)
	}
}

func (t *tcp) ipv4(at time.Time, p []byte) {
	header, total := int(p[0]&0xf)*4, word16(p, 2)
	if header < 20 || header > len(p) {
		return
	}
	protocol, addresses := p[9], p[12:20]
	if word16(p, 6)&0x3fff != 0 {
		t.fragments++
		return
	}
	if total >= header && total < len(p) { // a frame may be longer than its packet
		p = p[:total]
	}
	p = p[header:]
	if total == 0 && len(p) >= 20 && len(bytes.Trim(p[20:], "\x00")) == 0 { // the network card was to fill the length in
		p = p[:20]
	}
	t.carried(protocol, at, addresses[:4], addresses[4:], p)
}

// ipv6 passes over the extension headers that are in front of the segment (RFC 8200 §4).
func (t *tcp) ipv6(at time.Time, p []byte) {
	const hops, routing, fragment, options = 0, 43, 44, 60
	if len(p) < 40 {
		return
	}
	next, addresses, size := p[6], p[8:40], word16(p, 4)
	p = p[40:]
	if size > 0 && size < len(p) {
		p = p[:size]
	}
	for len(p) >= 8 {
		length := (int(p[1]) + 1) * 8
		switch next {
		case hops, routing, options:
		case fragment:
			if word16(p, 2)&^6 != 0 {
				t.fragments++
				return
			}
			length = 8
		default:
			t.carried(next, at, addresses[:16], addresses[16:], p)
			return
		}
		next, p = p[0], from(p, length)
	}
}

// carried takes what an IP packet carries.
func (t *tcp) carried(protocol byte, at time.Time, source, destination, p []byte) {
	const https = 443
	switch {
	case protocol == isTCP:
		t.segment(at, source, destination, p)
	case protocol == isUDP && (word16(p, 0) == https || word16(p, 2) == https):
		t.hidden = true // QUIC (RFC 9000)
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
			t.left++
			return
		}
		c = &connection{ends: [2]string{a, b}}
		t.open[a+" "+b], t.all = c, append(t.all, c)
	}
	d, first := &c.sides[side], binary.BigEndian.Uint32(p[4:])
	if flags&syn != 0 {
		first++
		d.first, d.begun = first, true
	}
	data := p[header:]
	switch {
	case len(data) == 0:
		return
	case len(data) > t.room || t.segments == maxSegments:
		t.left++
		return
	}
	if !d.begun {
		d.first, d.begun = first, true
	}
	t.room, t.segments = t.room-len(data), t.segments+1
	d.segments = append(d.segments, segment{first, bytes.Clone(data), at})
}
