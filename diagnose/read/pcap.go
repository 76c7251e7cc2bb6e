package read

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"time"
)

// A packet capture in a file: the classic form, which libpcap's pcap-savefile(5) describes,
// or pcapng (draft-ietf-opsawg-pcapng). Only packets of TCP are looked at; tcp.go makes
// messages of them.

// packetAdvice is for captures of packets in which no message can be read.
const packetAdvice = "Print it with tshark -r FILE -Y http -T json | grantwalk explain. If TLS hides the messages, record the keys with SSLKEYLOGFILE, or save a HAR file in the browser instead."

var packetFormat = format{kind: KindHAR, read: readPackets, name: "a packet capture", instead: packetAdvice}

func (c *collector) packetFile(in Input, r *bufio.Reader) error {
	_, err := c.capture(in, packetFormat, r)
	return err
}

const (
	sectionHeader = 0x0a0d0d0a // the types of pcapng's blocks
	interfaceInfo = 1
	simplePacket  = 3
	enhanced      = 6

	maxBlock = 1 << 20 // bytes; a packet has 256 KB at most
)

func isPacketFile(head []byte) bool {
	if len(head) < 12 {
		return false
	}
	return binary.BigEndian.Uint32(head) == sectionHeader && pcapngOrder(head[8:12]) != nil || classicOrder(head) != nil
}

// pcapngOrder is the byte order of a section; nil: it is no section.
func pcapngOrder(magic []byte) binary.ByteOrder {
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		if order.Uint32(magic) == 0x1a2b3c4d {
			return order
		}
	}
	return nil
}

// classicOrder is the byte order of a file of the classic form; nil: it is none.
func classicOrder(head []byte) binary.ByteOrder {
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		if m := order.Uint32(head); m == 0xa1b2c3d4 || m == 0xa1b23c4d {
			return order
		}
	}
	return nil
}

// readPackets reads the messages of a packet capture.
func readPackets(r *bufio.Reader, k *keeper) error {
	head, err := r.Peek(4)
	if err != nil {
		return err
	}
	t := newTCP()
	if classicOrder(head) != nil {
		err = readClassic(r, t)
	} else {
		err = readPcapng(r, t)
	}
	for _, x := range t.exchanges() {
		k.add(x)
	}
	k.notes = append(k.notes, t.told()...)
	switch {
	case len(k.kept) > 0 && err != nil:
		return fmt.Errorf("the packet capture cannot be read to its end: %w", err)
	case len(k.kept) > 0:
		return nil
	case err != nil:
		return err
	}
	return t.unread()
}

// told says what is missing of the messages, and what to do about it.
func (m missed) told() (notes []string) {
	for _, note := range []struct {
		n    int
		what string
	}{
		{m.left, fmt.Sprintf("Packets left out, because no more than %d connections and %d MB are read: %%d. Take out those of the authorization server first, with tcpdump -r FILE -w OTHER host SERVER", maxConnections, maxStreams>>20)},
		{m.cut, "Packets that were not recorded whole: %d. Record again with tcpdump -s 0"},
		{m.gaps, "Directions of connections in which packets are missing: %d. Record again on the client or on the server itself"},
		{m.oneSided, "Connections of which one direction was recorded: %d. Record both"},
		{m.fragments, "Fragments of IP packets, which are not read: %d. Record where the packets are whole"},
	} {
		if note.n > 0 {
			notes = append(notes, fmt.Sprintf(note.what, note.n))
		}
	}
	return notes
}

// unread is why no message was read.
func (m missed) unread() error {
	why := "no message of HTTP is in it"
	m.oneSided = 0 // that alone is no reason
	switch notes := m.told(); {
	case m.hidden:
		why = "TLS, QUIC or HTTP/2 hides its messages"
	case len(m.links) > 0:
		why = fmt.Sprintf("its packets are of link type %d, which is not read", slices.Min(slices.Collect(maps.Keys(m.links))))
	case len(notes) > 0:
		return &advised{errors.New("no message could be read from it"), notes[0] + ". " + packetAdvice}
	}
	return &advised{errors.New(why), packetAdvice}
}

// readClassic reads a header of 24 bytes and packets with headers of 16 bytes.
func readClassic(r *bufio.Reader, t *tcp) error {
	head := make([]byte, 24)
	if _, err := io.ReadFull(r, head); err != nil {
		return errCut
	}
	order := classicOrder(head)
	unit := time.Microsecond
	if order.Uint32(head) == 0xa1b23c4d {
		unit = time.Nanosecond
	}
	link := order.Uint32(head[20:]) & 0xffff
	for {
		if _, err := io.ReadFull(r, head[:16]); err != nil {
			return endOfPackets(err)
		}
		packet, err := bytesOf(r, order.Uint32(head[8:]))
		if err != nil {
			return err
		}
		t.packet(link, time.Unix(int64(order.Uint32(head)), int64(order.Uint32(head[4:]))*int64(unit)), packet, order.Uint32(head[12:]))
	}
}

// An iface is where the packets of a pcapng file were captured.
type iface struct {
	link uint32
	tick float64 // seconds
}

func readPcapng(r *bufio.Reader, t *tcp) error {
	var order binary.ByteOrder
	var ifaces []iface
	head := make([]byte, 12)
	for {
		if _, err := io.ReadFull(r, head[:8]); err != nil {
			return endOfPackets(err)
		}
		if binary.BigEndian.Uint32(head) == sectionHeader {
			magic, err := r.Peek(4)
			if err != nil {
				return errCut
			}
			if order, ifaces = pcapngOrder(magic), nil; order == nil {
				return errors.New("a section of it has no byte order")
			}
		}
		if order == nil {
			return errors.New("it begins with no section")
		}
		length := order.Uint32(head[4:])
		if length < 12 || length%4 != 0 {
			return errors.New("a block of it has no length")
		}
		body, err := bytesOf(r, length-8) // its last four bytes are the length again
		if err != nil {
			return err
		}
		body = body[:len(body)-4]
		switch kind := order.Uint32(head); {
		case kind == interfaceInfo && len(body) >= 8:
			ifaces = append(ifaces, iface{uint32(order.Uint16(body)), resolution(order, body[8:])})
		case kind == enhanced && len(body) >= 20:
			i := order.Uint32(body)
			size := order.Uint32(body[12:])
			if int64(i) >= int64(len(ifaces)) || int64(size) > int64(len(body)-20) {
				return errors.New("a packet of it has no interface or no length")
			}
			ticks := uint64(order.Uint32(body[4:]))<<32 | uint64(order.Uint32(body[8:]))
			t.packet(ifaces[i].link, moment(ticks, ifaces[i].tick), body[20:20+size], order.Uint32(body[16:]))
		case kind == simplePacket && len(body) >= 4 && len(ifaces) > 0:
			t.packet(ifaces[0].link, time.Time{}, body[4:], order.Uint32(body))
		}
	}
}

// resolution is the length of a tick, in seconds, of an interface's options.
func resolution(order binary.ByteOrder, options []byte) float64 {
	const endOfOptions, tsresol = 0, 9
	for len(options) >= 4 {
		code, size := order.Uint16(options), int(order.Uint16(options[2:]))
		options = options[4:]
		if code == endOfOptions || size > len(options) {
			break
		}
		if code == tsresol && size == 1 {
			if n := options[0]; n&0x80 != 0 {
				return math.Pow(2, -float64(n&0x7f))
			}
			return math.Pow(10, -float64(options[0]))
		}
		options = options[min(len(options), (size+3)&^3):]
	}
	return 1e-6
}

func moment(ticks uint64, tick float64) time.Time {
	perSecond := math.Round(1 / tick)
	if perSecond < 1 || perSecond > 1e18 {
		return time.Time{}
	}
	per := uint64(perSecond)
	return time.Unix(int64(ticks/per), int64(float64(ticks%per)*tick*1e9))
}

// bytesOf reads n bytes.
func bytesOf(r io.Reader, n uint32) ([]byte, error) {
	if n > maxBlock {
		return nil, errors.New("a packet of it is longer than packets are")
	}
	var b bytes.Buffer
	if _, err := io.CopyN(&b, r, int64(n)); err != nil {
		return nil, errCut
	}
	return b.Bytes(), nil
}

var errCut = errors.New("it ends in the middle of a packet")

// endOfPackets is nil at the end of the file.
func endOfPackets(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return errCut
}
