package loopback

import (
	"net"
	"sync"
	"sync/atomic"
)

// connKey is under which a request finds its connection.
type connKey struct{}

// tapped notices connections that never sent an HTTP request.
type tapped struct {
	net.Listener
	s *Server
}

func (t tapped) Accept() (net.Conn, error) {
	c, err := t.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &tappedConn{TCPConn: c.(*net.TCPConn), s: t.s}, nil
}

type tappedConn struct {
	*net.TCPConn
	s     *Server
	spoke atomic.Bool
	first atomic.Uint32 // the first byte, plus one
	got   atomic.Int64
	once  sync.Once
}

func (c *tappedConn) Read(b []byte) (int, error) {
	n, err := c.TCPConn.Read(b)
	if n > 0 {
		c.first.CompareAndSwap(0, uint32(b[0])+1)
		c.got.Add(int64(n))
	}
	return n, err
}

func (c *tappedConn) Close() error {
	c.once.Do(c.tell)
	return c.TCPConn.Close()
}

func (c *tappedConn) tell() {
	const tlsHandshake = 0x16 // RFC 8446 §5.1
	got := c.got.Load()
	var what string
	switch {
	case c.spoke.Load():
		return
	case got == 0:
		what = "a connection that sent nothing, as browsers open ahead"
	case c.first.Load() == tlsHandshake+1:
		what = "a TLS handshake: something tried https on this http address"
	case got >= MaxRequest:
		what = "a request with too large a header"
	default:
		what = "a connection that sent no whole request"
	}
	c.s.odd(what)
}
