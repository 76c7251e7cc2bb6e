// Package loopback serves a redirect URI on this machine's loopback address (RFC 8252
// §7.3): sockets, bounds and pages. What a request means is for its user to judge.
package loopback

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"example.com/grantwalk/diagnose/safe"
)

// MaxRequest bounds the header of a request, in bytes, and its form should be bounded by
// it too. A callback with a long code and a signed response stays well below it.
const MaxRequest = 64 << 10

const readLimit = 10 * time.Second

// A Server shows a page for each request.
type Server struct {
	judge func(*http.Request, time.Time) Page
	odd   func(what string)
	now   func() time.Time

	http    *http.Server
	serving sync.WaitGroup
	pages   sync.RWMutex // held while a page is served; not a WaitGroup, for new ones may come while Close waits
}

// Serve serves on the sockets until Close. judge is given each request with the time at
// which it came; odd is told of what is odd, in a few words, also of connections that no
// request came on.
func Serve(sockets []net.Listener, judge func(*http.Request, time.Time) Page, odd func(what string), now func() time.Time) *Server {
	s := &Server{judge: judge, odd: odd, now: now}
	s.http = &http.Server{
		Handler:                      s,
		ReadHeaderTimeout:            readLimit,
		ReadTimeout:                  readLimit,
		WriteTimeout:                 readLimit,
		MaxHeaderBytes:               MaxRequest,
		DisableGeneralOptionsHandler: true,                       // it would respond without judge
		ErrorLog:                     log.New(io.Discard, "", 0), // it would write over the screen
		ConnContext:                  func(ctx context.Context, c net.Conn) context.Context { return context.WithValue(ctx, connKey{}, c) },
	}
	for _, socket := range sockets {
		s.serving.Go(func() { _ = s.http.Serve(tapped{socket, s}) }) // until Close
	}
	return s
}

// ServeHTTP shows the page for one request.
func (s *Server) ServeHTTP(rw http.ResponseWriter, req *http.Request) {
	at := s.now()
	s.pages.RLock()
	defer s.pages.RUnlock()
	if c, ok := req.Context().Value(connKey{}).(*tappedConn); ok {
		c.spoke.Store(true)
	}
	page := s.judge(req, at)
	if page.Unexpected != "" {
		s.odd(page.Unexpected)
	}
	page.write(rw)
}

// Close frees the port. Pages that are being served are finished first, within a second.
func (s *Server) Close() {
	served := make(chan struct{})
	go func() {
		s.pages.Lock()
		defer s.pages.Unlock()
		close(served)
	}()
	select {
	case <-served:
	case <-time.After(time.Second):
	}
	s.http.Close()
	s.serving.Wait()
	<-served // what was being read or written has broken off
}

// Bind listens on the same port of every address; 0 is any free one. The error is
// net.Listen's, see [PortProblem].
func Bind(addresses []netip.Addr, port int) ([]net.Listener, error) {
	var err error
	for range 20 { // a free port of one family may be taken in the other
		var sockets []net.Listener
		at := port
		for i, a := range addresses {
			var s net.Listener
			s, err = net.Listen("tcp", netip.AddrPortFrom(a, uint16(at)).String())
			if err != nil && i > 0 && !errors.Is(err, portTaken) {
				err = nil // a machine without IPv6
				continue
			}
			if err != nil {
				break
			}
			sockets = append(sockets, s)
			at = s.Addr().(*net.TCPAddr).Port
		}
		if err == nil {
			return sockets, nil
		}
		for _, s := range sockets {
			s.Close()
		}
		if port != 0 || len(sockets) == 0 {
			break
		}
	}
	return nil, err
}

// PortProblem says in words why nothing can listen on port, given net.Listen's
// error: who has it, as far as this user may see. The remedy is empty where none
// is known.
func PortProblem(port int, err error) (problem, remedy string) {
	n := strconv.Itoa(port)
	switch {
	case errors.Is(err, portTaken):
		return "port " + n + " is in use" + portOwner(port),
			"end that program (" + portCommand(port) + " shows it), or use another port, or 0 for any free one"
	case errors.Is(err, noRight):
		return "this user may not listen on port " + n, "use a port from 1024 up, or 0 for any free one"
	}
	return "cannot listen there: " + parseListenError(err), ""
}

func parseListenError(err error) string {
	if op := (*net.OpError)(nil); errors.As(err, &op) {
		err = op.Err
	}
	return safe.Text(err.Error(), 200)
}
