package record

import (
	"crypto/tls"
	"net/http/httptrace"
	"sync"
	"time"
)

// Timing is how long each part of a round trip took. A start counts from the beginning of
// the round trip. Parts that a reused connection did not need are zero.
type Timing struct {
	Reused            bool
	DNSStart, DNS     time.Duration
	ConnStart, Conn   time.Duration
	TLSStart, TLS     time.Duration
	Wrote, FirstByte  time.Duration // the request was sent; the response began
	Total             time.Duration // the response was complete
	CodeAge           time.Duration // of a code exchange: the code's age when the request was sent
	CallbackToRequest time.Duration // of a code exchange: from the callback to the request's beginning
}

// A stopwatch takes the times of one round trip. The transport calls its hooks
// from goroutines of its own, some of them after the round trip is over.
type stopwatch struct {
	now   func() time.Time
	start time.Time

	mu     sync.Mutex
	timing Timing
}

func (s *stopwatch) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GotConn:              func(c httptrace.GotConnInfo) { s.do(func(t *Timing, _ time.Duration) { t.Reused = c.Reused }) },
		DNSStart:             func(httptrace.DNSStartInfo) { s.do(func(t *Timing, d time.Duration) { t.DNSStart = d }) },
		DNSDone:              func(httptrace.DNSDoneInfo) { s.do(func(t *Timing, d time.Duration) { t.DNS = d - t.DNSStart }) },
		ConnectStart:         func(_, _ string) { s.do((*Timing).connecting) },
		ConnectDone:          func(_, _ string, err error) { s.do(func(t *Timing, d time.Duration) { t.connected(d, err) }) },
		TLSHandshakeStart:    func() { s.do(func(t *Timing, d time.Duration) { t.TLSStart = d }) },
		TLSHandshakeDone:     func(tls.ConnectionState, error) { s.do(func(t *Timing, d time.Duration) { t.TLS = d - t.TLSStart }) },
		WroteRequest:         func(httptrace.WroteRequestInfo) { s.do(func(t *Timing, d time.Duration) { t.Wrote = d }) },
		GotFirstResponseByte: func() { s.do(func(t *Timing, d time.Duration) { t.FirstByte = d }) },
	}
}

// connecting and connected take the attempts of both address families as one.
func (t *Timing) connecting(d time.Duration) {
	if t.ConnStart == 0 {
		t.ConnStart = d
	}
}

func (t *Timing) connected(d time.Duration, err error) {
	if err == nil && t.Conn == 0 {
		t.Conn = d - t.ConnStart
	}
}

func (s *stopwatch) do(set func(*Timing, time.Duration)) {
	d := s.now().Sub(s.start)
	s.mu.Lock()
	defer s.mu.Unlock()
	set(&s.timing, d)
}

func (s *stopwatch) stop() Timing {
	s.do(func(t *Timing, d time.Duration) { t.Total = d })
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.timing
}
