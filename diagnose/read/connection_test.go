package read

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"

	"example.com/grantwalk/diagnose/exchange"
)

// read of a capture gives what was kept and what was said of it.
func capturedIn(t *testing.T, file []byte) ([]exchange.Exchange, string, error) {
	t.Helper()
	c := &collector{}
	err := c.input(Input{Name: "x.pcap", Reader: bytes.NewReader(file)})
	return c.captured, strings.Join(c.warnings, "\n"), err
}

// Each is what was recorded of one rejected token request.
func TestWhatIsMissingInACaptureIsSaidAndGuessedByNobody(t *testing.T) {
	half := len(tokenRequest) - 20
	request, response := ipv4(0, segmentOf(0, 0, tokenRequest)), ipv4(1, segmentOf(1, 0, rejection))
	short := captureOf(101, request, response)
	binary.LittleEndian.PutUint32(short[24+12:], uint32(len(request))+100)
	for name, tc := range map[string]struct {
		file []byte
		body exchange.Extent
		says string
	}{
		"all":                           {captureOf(101, request, response), exchange.Whole, ""},
		"the end of the body":           {captureOf(101, ipv4(0, segmentOf(0, 0, tokenRequest[:half])), response), exchange.Partly, ""},
		"the middle of the head":        {captureOf(101, ipv4(0, segmentOf(0, 0, tokenRequest[:50])), ipv4(0, segmentOf(0, 60, tokenRequest[60:])), response), exchange.Missing, "packets are missing: 1. Record again"},
		"the request":                   {captureOf(101, response), exchange.Missing, "one direction was recorded: 1"},
		"bytes of a packet":             {short, exchange.Whole, "not recorded whole: 1. Record again with tcpdump -s 0"},
		"the beginning of the response": {captureOf(101, request, ipv4(1, segmentOf(1, 0, "HTTP/1.1 100")), ipv4(1, segmentOf(1, 40, "ue\r\n\r\n"+rejection))), exchange.Whole, "packets are missing: 1"},
	} {
		all, said, err := capturedIn(t, tc.file)
		if err != nil || len(all) != 1 || all[0].Response.Status != 400 || all[0].Request.Body != tc.body || !strings.Contains(said, tc.says) || tc.says == "" && said != "" {
			t.Errorf("%s: %v, %+v, %q", name, err, all, said)
		}
	}
}

func TestConnectionsBeyondTheBoundAreCounted(t *testing.T) {
	var packets [][]byte
	for i := range maxConnections + 3 {
		s := segmentOf(0, 0, "x")
		binary.BigEndian.PutUint16(s, uint16(i))
		p := ipv4(0, s)
		p[13] = byte(i >> 16)
		packets = append(packets, p)
	}
	var u *Unreadable
	if _, _, err := capturedIn(t, captureOf(101, packets...)); !errors.As(err, &u) || !strings.Contains(u.Instead, "are read: 3. Take out") {
		t.Errorf("%v, %+v", err, u)
	}
}

// A proxy's host records each exchange twice, one within the time of the other. A page that
// loads twice sends a code twice on connections of the same ends.
func TestAnExchangeOnBothSidesOfAProxyIsOne(t *testing.T) {
	leg := func(client byte, port uint16, p []byte, side int) []byte {
		q := bytes.Clone(p)
		q[15+4*side], q[19-4*side] = client, client+1 // the addresses
		binary.BigEndian.PutUint16(q[20+2*side:], port)
		return q
	}
	request, response := ipv4(0, segmentOf(0, 0, tokenRequest)), ipv4(1, segmentOf(1, 0, rejection))
	for name, tc := range map[string]struct {
		packets [][]byte
		want    int
	}{
		"a proxy":     {[][]byte{leg(1, 4000, request, 0), leg(7, 4001, request, 0), leg(7, 4001, response, 1), leg(1, 4000, response, 1)}, 1},
		"a page":      {[][]byte{leg(1, 4000, request, 0), leg(1, 4001, request, 0), leg(1, 4001, response, 1), leg(1, 4000, response, 1)}, 2},
		"a later try": {[][]byte{leg(1, 4000, request, 0), leg(1, 4000, response, 1), leg(7, 4001, request, 0), leg(7, 4001, response, 1)}, 2},
	} {
		if all, _, err := capturedIn(t, captureOf(101, tc.packets...)); err != nil || len(all) != tc.want {
			t.Errorf("%s: %v, %d exchanges", name, err, len(all))
		}
	}
}

func TestPacketsInOtherPacketsAreRead(t *testing.T) {
	pktap := binary.LittleEndian.AppendUint32(nil, 16)
	pktap = append(pktap, 1, 0, 0, 0, 101, 0, 0, 0, 0, 0, 0, 0)
	options := func(p []byte) []byte { // an extension header in front of the segment
		p = bytes.Clone(p)
		next := p[6]
		p[6] = 60
		binary.BigEndian.PutUint16(p[4:], binary.BigEndian.Uint16(p[4:])+8)
		return append(append(bytes.Clone(p[:40]), next, 0, 1, 4, 0, 0, 0, 0), p[40:]...)
	}
	nflog := func(p []byte) []byte {
		b := binary.LittleEndian.AppendUint16([]byte{2, 0, 0, 0, 8, 0, 1, 0, 0, 0, 0, 0}, uint16(4+len(p)))
		return append(binary.LittleEndian.AppendUint16(b, 9), p...)
	}
	for name, tc := range map[string]struct {
		link uint32
		wrap func([]byte) []byte
		ip   func(int, []byte) []byte
	}{
		"PKTAP":             {258, func(p []byte) []byte { return append(bytes.Clone(pktap), p...) }, ipv4},
		"PPP":               {9, func(p []byte) []byte { return append([]byte{0xff, 3, 0, 0x21}, p...) }, ipv4},
		"NFLOG":             {239, nflog, ipv4},
		"extension headers": {101, options, ipv6},
	} {
		file := captureOf(tc.link, tc.wrap(tc.ip(0, segmentOf(0, 0, tokenRequest))), tc.wrap(tc.ip(1, segmentOf(1, 0, rejection))))
		if all, said, err := capturedIn(t, file); err != nil || len(all) != 1 || all[0].Response.Status != 400 || said != "" {
			t.Errorf("%s: %v, %+v, %q", name, err, all, said)
		}
	}
}

func TestACaptureOfWhichNothingIsReadSaysWhy(t *testing.T) {
	udp := func(p []byte) []byte { p[9] = 17; return p }
	fragment := func(p []byte) []byte { p[6] = 0x20; return p }
	connect := "CONNECT as.example:443 HTTP/1.1\r\nHost: as.example\r\n\r\n"
	quic := segmentOf(0, 0, "\xc0")
	binary.BigEndian.PutUint16(quic[2:], 443)
	for name, tc := range map[string]struct {
		file []byte
		says string
	}{
		"TLS from its middle": {captureOf(101, ipv4(0, segmentOf(0, 0, "\x17\x03\x03\x00\x05hello"))), "TLS, QUIC or HTTP/2 hides"},
		"a tunnel":            {captureOf(101, ipv4(0, segmentOf(0, 0, connect)), ipv4(1, segmentOf(1, 0, "HTTP/1.1 200 OK\r\n\r\n\x16\x03\x01"))), "TLS, QUIC or HTTP/2 hides"},
		"QUIC":                {captureOf(101, udp(ipv4(0, quic))), "TLS, QUIC or HTTP/2 hides"},
		"a wireless network":  {captureOf(105, ipv4(0, segmentOf(0, 0, tokenRequest))), "link type 105, which is not read"},
		"fragments":           {captureOf(101, fragment(ipv4(0, segmentOf(0, 0, tokenRequest)))), "no message could be read"},
		"half a header":       {captureOf(101)[:20], "ends in the middle of a packet"},
	} {
		var u *Unreadable
		if _, _, err := capturedIn(t, tc.file); !errors.As(err, &u) || !strings.Contains(fmt.Sprint(err), tc.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
