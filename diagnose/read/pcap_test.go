package read

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/growth"
)

const tokenRequest = "POST /token HTTP/1.1\r\nHost: as.example\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 36\r\n\r\ngrant_type=authorization_code&code=c"

// segmentOf is a segment of TCP; number counts from the first byte of its side.
func segmentOf(side int, number uint32, data string) []byte {
	ports := [2]uint16{40000, 80}
	b := binary.BigEndian.AppendUint16(nil, ports[side])
	b = binary.BigEndian.AppendUint16(b, ports[1-side])
	b = binary.BigEndian.AppendUint32(b, 1000+number)
	b = append(b, 0, 0, 0, 0, 0x50, 16, 4, 0, 0, 0, 0, 0)
	return append(b, data...)
}

func ipv4(side int, segment []byte) []byte {
	b := []byte{0x45, 0, 0, 0, 0, 0, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1 + byte(side), 10, 0, 0, 2 - byte(side)}
	binary.BigEndian.PutUint16(b[2:], uint16(len(b)+len(segment)))
	return append(b, segment...)
}

func ipv6(side int, segment []byte) []byte {
	b := make([]byte, 40)
	b[0], b[6], b[23], b[39] = 0x60, 6, 1+byte(side), 2-byte(side)
	binary.BigEndian.PutUint16(b[4:], uint16(len(segment)))
	return append(b, segment...)
}

// captureOf is a file of the classic form.
func captureOf(link uint32, packets ...[]byte) []byte {
	b := binary.LittleEndian.AppendUint32(nil, 0xa1b2c3d4)
	b = append(b, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0)
	b = binary.LittleEndian.AppendUint32(b, link)
	for i, p := range packets {
		b = binary.LittleEndian.AppendUint32(b, uint32(1772359200+i))
		b = append(b, 0, 0, 0, 0)
		b = binary.LittleEndian.AppendUint32(b, uint32(len(p)))
		b = binary.LittleEndian.AppendUint32(b, uint32(len(p)))
		b = append(b, p...)
	}
	return b
}

const rejection = "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: 25\r\n\r\n{\"error\":\"invalid_grant\"}"

func TestPacketsOfEveryLinkAreRead(t *testing.T) {
	ethernet := append(make([]byte, 12), 8, 0)
	for name, tc := range map[string]struct {
		link uint32
		head []byte
		ip   func(int, []byte) []byte
	}{
		"Ethernet":             {1, ethernet, ipv4},
		"Ethernet, IPv6":       {1, append(make([]byte, 12), 0x86, 0xdd), ipv6},
		"Ethernet, VLAN":       {1, append(make([]byte, 12), 0x81, 0, 0, 5, 8, 0), ipv4},
		"loopback of BSD":      {0, []byte{2, 0, 0, 0}, ipv4},
		"any interface":        {113, make([]byte, 16), ipv4},
		"any interface, later": {276, make([]byte, 20), ipv6},
		"no link":              {101, nil, ipv6},
	} {
		file := captureOf(tc.link, append(bytes.Clone(tc.head), tc.ip(0, segmentOf(0, 0, tokenRequest))...), append(bytes.Clone(tc.head), tc.ip(1, segmentOf(1, 0, rejection))...))
		all := packetsIn(t, file)
		if len(all) != 1 || all[0].Request.Get("code") != "c" || all[0].Response.Status != 400 || !all[0].ReceivedAt.After(all[0].SentAt) {
			t.Errorf("%s: %+v", name, all)
		}
	}
}

func packetsIn(t *testing.T, file []byte) []exchange.Exchange {
	t.Helper()
	c := &collector{}
	if err := c.input(Input{Name: "x.pcap", Reader: bytes.NewReader(file)}); err != nil {
		t.Fatal(err)
	}
	return c.captured
}

// What was sent behind a packet that is missing is not known to follow it.
func TestADirectionEndsWhereAPacketIsMissing(t *testing.T) {
	half := len(tokenRequest) / 2
	file := captureOf(101, ipv4(0, segmentOf(0, 0, tokenRequest[:half])), ipv4(0, segmentOf(0, uint32(half)+10, tokenRequest[half+10:])),
		ipv4(1, segmentOf(1, 0, rejection)))
	if all := packetsIn(t, file); len(all) > 0 && all[0].Request.Body == exchange.Whole && all[0].Request.Get("code") == "c" {
		t.Errorf("%+v", all)
	}
}

func TestSeveralRequestsOfOneConnectionHaveTheirOwnResponses(t *testing.T) {
	const good = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{\"access_token\":\"a\"}"
	file := captureOf(101, ipv4(0, segmentOf(0, 0, tokenRequest)), ipv4(1, segmentOf(1, 0, good)),
		ipv4(0, segmentOf(0, uint32(len(tokenRequest)), tokenRequest)), ipv4(1, segmentOf(1, uint32(len(good)), rejection)))
	all := packetsIn(t, file)
	if len(all) != 2 || all[0].Response.Status != 200 || all[1].Response.Status != 400 {
		t.Errorf("%+v", all)
	}
}

func TestACaptureWithoutAMessageSaysWhatHidesIt(t *testing.T) {
	for name, tc := range map[string]struct {
		data, says string
	}{"TLS": {"\x16\x03\x01\x02\x00\x01\x00", "TLS, QUIC or HTTP/2 hides"}, "HTTP/2": {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "TLS, QUIC or HTTP/2 hides"}, "another protocol": {"EHLO", "no message of HTTP"}} {
		var u *Unreadable
		err := (&collector{}).input(Input{Name: "x.pcap", Reader: bytes.NewReader(captureOf(101, ipv4(0, segmentOf(0, 0, tc.data))))})
		if !errors.As(err, &u) || !strings.Contains(u.What, tc.says) || u.Instead != packetAdvice {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOfACutCaptureIsUsedWhatComesBeforeTheCut(t *testing.T) {
	file := captureOf(101, ipv4(0, segmentOf(0, 0, tokenRequest)), ipv4(1, segmentOf(1, 0, rejection)), ipv4(1, segmentOf(1, uint32(len(rejection)), "HTTP/1.1")))
	c := &collector{}
	if err := c.input(Input{Name: "x.pcap", Reader: bytes.NewReader(file[:len(file)-5])}); err != nil || len(c.captured) != 1 || len(c.warnings) != 1 {
		t.Errorf("%v, %+v, %q", err, c.captured, c.warnings)
	}
}

// How the file comes in makes no difference, and nothing in it is worse than unreadable.
func FuzzAPacketCaptureIsReadInAnyPieces(f *testing.F) {
	f.Add(captureOf(101, ipv4(0, segmentOf(0, 0, tokenRequest)), ipv4(1, segmentOf(1, 0, rejection))))
	f.Add(captureOf(1, append(append(make([]byte, 12), 8, 0), ipv4(0, segmentOf(0, 0, tokenRequest))...)))
	f.Add([]byte("\n\r\r\n\x1c\x00\x00\x00\x4d\x3c\x2b\x1a\x01\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff\x1c\x00\x00\x00\x01\x00\x00\x00\x14\x00\x00\x00\x65\x00\x00\x00\x00\x00\x04\x00\x14\x00\x00\x00"))
	read := func(r io.Reader) ([]exchange.Exchange, error) {
		c := &collector{}
		err := c.input(Input{Name: "x.pcap", Reader: r})
		return c.captured, err
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		if !isPacketFile(file) {
			return
		}
		got, err := read(bytes.NewReader(file))
		slowly, errSlowly := read(iotest.OneByteReader(bytes.NewReader(file)))
		if !reflect.DeepEqual(got, slowly) || (err == nil) != (errSlowly == nil) {
			t.Errorf("byte by byte it reads %+v, %v, else %+v, %v", slowly, errSlowly, got, err)
		}
		for _, x := range got {
			if x.Request.Method == "" {
				t.Errorf("a request without a method: %+v", x)
			}
		}
	})
}

func TestPacketsTakeLinearTime(t *testing.T) {
	capture := func(n int, packet func(i int) []byte) string {
		var packets [][]byte
		for size := 0; size < n; size += len(packets[len(packets)-1]) + 16 {
			packets = append(packets, packet(len(packets)))
		}
		return string(captureOf(101, packets...))
	}
	for _, shape := range []growth.Shape{
		{Name: "bytes of one request", Make: func(n int) string {
			return capture(n, func(i int) []byte { return ipv4(0, segmentOf(0, uint32(i), tokenRequest[i%len(tokenRequest):][:1])) })
		}},
		{Name: "the same again", Make: func(n int) string {
			return capture(n, func(int) []byte { return ipv4(0, segmentOf(0, 0, tokenRequest)) })
		}},
		{Name: "requests of one connection", Make: func(n int) string {
			return capture(n, func(i int) []byte { return ipv4(0, segmentOf(0, uint32(i*len(tokenRequest)), tokenRequest)) })
		}},
	} {
		growth.Linear(t, shape, 64<<10, 1<<20, explain)
	}
}
