package diagnose_test

import (
	"bytes"
	"encoding/binary"
	"slices"
	"time"
)

var packetForms = []form{
	{name: "packets, pcapng", write: func(e []entry) []byte { return writePcapng(framesOf(e, false)) }},
	{name: "packets, pcap", write: func(e []entry) []byte { return writePcap(framesOf(e, false)) }},
	{name: "packets, out of order and sent twice", write: func(e []entry) []byte { return writePcapng(framesOf(e, true)) }},
}

// A packet is a frame of Ethernet with when it was captured.
type packet struct {
	at    time.Time
	frame []byte
}

// framesOf are the packets of a connection for each entry. Shuffled, the segments of a
// message come in the opposite order, and each comes twice.
func framesOf(entries []entry, shuffled bool) []packet {
	const syn, ack, segment = 2, 16, 100
	var all []packet
	for i, e := range entries {
		client, server := uint16(40000+i), uint16(80)
		number := [2]uint32{0xfffffff0, 7} // the client's numbers begin again at 0 soon
		send := func(side int, flags byte, at time.Time, data string) {
			from, to := client, server
			if side == 1 {
				from, to = server, client
			}
			all = append(all, packet{at, frame(from, to, number[side], flags, data)})
		}
		message := func(side int, at time.Time, text string) {
			var segments []packet
			for len(text) > 0 {
				n := min(segment, len(text))
				send(side, ack, at, text[:n])
				number[side] += uint32(n)
				text = text[n:]
				segments, all = append(segments, all[len(all)-1]), all[:len(all)-1]
			}
			if shuffled {
				slices.Reverse(segments)
				segments = append(segments, segments...)
			}
			all = append(all, segments...)
		}
		send(0, syn, e.At, "")
		send(1, syn|ack, e.At, "")
		number[0], number[1] = number[0]+1, number[1]+1
		message(0, e.At, e.request(e.target()))
		if e.Status != 0 {
			message(1, e.At.Add(e.Took), e.response())
		}
	}
	return all
}

// frame is a segment of TCP in IPv4 in Ethernet.
func frame(from, to uint16, number uint32, flags byte, data string) []byte {
	var b bytes.Buffer
	b.Write(make([]byte, 12))
	b.Write([]byte{8, 0, 0x45, 0})
	write := func(values ...any) {
		for _, v := range values {
			_ = binary.Write(&b, binary.BigEndian, v) // to a buffer
		}
	}
	write(uint16(40+len(data)), uint32(0), []byte{64, 6}, uint16(0), []byte{127, 0, 0, 1, 127, 0, 0, 1})
	write(from, to, number, uint32(0), []byte{0x50, flags}, uint16(1024), uint32(0))
	b.WriteString(data)
	return b.Bytes()
}

func writePcapng(packets []packet) []byte {
	var b bytes.Buffer
	block := func(kind uint32, body []byte) {
		for len(body)%4 != 0 {
			body = append(body, 0)
		}
		length := uint32(len(body) + 12)
		for _, v := range []any{kind, length, body, length} {
			_ = binary.Write(&b, binary.LittleEndian, v) // to a buffer
		}
	}
	block(0x0a0d0d0a, []byte("\x4d\x3c\x2b\x1a\x01\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff"))
	block(1, []byte("\x01\x00\x00\x00\x00\x00\x04\x00\x09\x00\x01\x00\x09\x00\x00\x00\x00\x00\x00\x00")) // Ethernet, in nanoseconds
	for _, p := range packets {
		body := make([]byte, 20)
		ticks := uint64(p.at.UnixNano())
		binary.LittleEndian.PutUint32(body[4:], uint32(ticks>>32))
		binary.LittleEndian.PutUint32(body[8:], uint32(ticks))
		binary.LittleEndian.PutUint32(body[12:], uint32(len(p.frame)))
		binary.LittleEndian.PutUint32(body[16:], uint32(len(p.frame)))
		block(6, append(body, p.frame...))
	}
	return b.Bytes()
}

func writePcap(packets []packet) []byte {
	b := []byte("\xa1\xb2\xc3\xd4\x00\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x04\x00\x00\x00\x00\x00\x01")
	for _, p := range packets {
		for _, v := range []uint32{uint32(p.at.Unix()), uint32(p.at.Nanosecond() / 1000), uint32(len(p.frame)), uint32(len(p.frame))} {
			b = binary.BigEndian.AppendUint32(b, v)
		}
		b = append(b, p.frame...)
	}
	return b
}
