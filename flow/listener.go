package flow

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"example.com/grantwalk/diagnose/safe"
)

// Bounds of the listener. A callback with a long code and a signed response
// stays well below them.
const (
	maxCallback       = 64 << 10 // bytes of header or form
	callbackReadLimit = 10 * time.Second
)

// A listener waits on loopback for the browser to come back (RFC 8252 §7.3). The
// first answer with the right state is handed on; whatever else comes gets a
// page, is noted as an oddity, and has no further effect.
type listener struct {
	redirect   Redirect
	state      safe.Secret
	transcript *Transcript
	now        func() time.Time
	port       int

	arrived    chan Callback // one at most
	mismatched chan struct{} // closed when an answer with another state came

	taken      atomic.Pointer[Callback] // the first with our state
	unverified atomic.Pointer[string]   // the first error that came without our state
	mismatch   sync.Once
	closed     bool // by the walk, whose steps and end come one after the other
	server     *http.Server
	serving    sync.WaitGroup
	pages      sync.RWMutex // held while a page is served; not a WaitGroup, for new ones may come while close waits
}

func listen(r Redirect, state safe.Secret, t *Transcript, now func() time.Time) (*listener, error) {
	sockets, err := bind(r)
	if err != nil {
		return nil, err
	}
	l := &listener{
		redirect: r, state: state, transcript: t, now: now,
		port:    sockets[0].Addr().(*net.TCPAddr).Port,
		arrived: make(chan Callback, 1), mismatched: make(chan struct{}),
	}
	l.server = &http.Server{
		Handler:                      l,
		ReadHeaderTimeout:            callbackReadLimit,
		ReadTimeout:                  callbackReadLimit,
		WriteTimeout:                 callbackReadLimit,
		MaxHeaderBytes:               maxCallback,
		DisableGeneralOptionsHandler: true,                       // it would respond without the checks of judge
		ErrorLog:                     log.New(io.Discard, "", 0), // it would write over the screen
		ConnContext:                  func(ctx context.Context, c net.Conn) context.Context { return context.WithValue(ctx, connKey{}, c) },
	}
	received() // made now
	for _, s := range sockets {
		l.serving.Go(func() { _ = l.server.Serve(tapped{s, l}) }) // until close
	}
	return l, nil
}

// bind takes the same port on every address of the redirect URI.
func bind(r Redirect) ([]net.Listener, error) {
	addresses := r.addresses()
	var err error
	for range 20 { // a free port of one family may be taken in the other
		var sockets []net.Listener
		port := r.Port
		for i, a := range addresses {
			var s net.Listener
			s, err = net.Listen("tcp", netip.AddrPortFrom(a, uint16(port)).String())
			if err != nil && i > 0 && !errors.Is(err, portTaken) {
				err = nil // a machine without IPv6
				continue
			}
			if err != nil {
				break
			}
			sockets = append(sockets, s)
			port = s.Addr().(*net.TCPAddr).Port
		}
		if err == nil {
			return sockets, nil
		}
		for _, s := range sockets {
			s.Close()
		}
		if r.Port != 0 || len(sockets) == 0 {
			break
		}
	}
	return nil, bindProblem(r, err)
}

func bindProblem(r Redirect, err error) error {
	problem, remedy := PortProblem(r.Port, err)
	if remedy == "" {
		remedy = "use " + DefaultRedirectURI
	} else {
		remedy += ", if the provider allows that"
	}
	return &Problem{Field: FieldRedirectURI, Value: safe.RedirectURI(r.URI).String(), Code: CodePort, Args: []string{problem, remedy}}
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

// close frees the port. Pages that are being served are finished first, within a second.
func (l *listener) close() {
	if l.closed {
		return
	}
	l.closed = true
	served := make(chan struct{})
	go func() {
		l.pages.Lock()
		defer l.pages.Unlock()
		close(served)
	}()
	select {
	case <-served:
	case <-time.After(time.Second):
	}
	l.server.Close()
	l.serving.Wait()
	<-served // what was being read or written has broken off
}

func (l *listener) sawMismatch() bool {
	select {
	case <-l.mismatched:
		return true
	default:
		return false
	}
}

// ServeHTTP judges one request to the redirect URI.
func (l *listener) ServeHTTP(rw http.ResponseWriter, req *http.Request) {
	at := l.now()
	l.pages.RLock()
	defer l.pages.RUnlock()
	if c, ok := req.Context().Value(connKey{}).(*tappedConn); ok {
		c.spoke.Store(true)
	}
	page := l.judge(req, at)
	if page.odd != "" {
		l.transcript.odd(page.odd, at)
	}
	page.write(rw)
}

// judge decides what a request is, and hands the answer on if it is the one.
func (l *listener) judge(req *http.Request, at time.Time) page {
	switch {
	case !l.ourHost(req.Host):
		return refuse(http.StatusMisdirectedRequest, "a request for another host: "+safe.Quote(req.Host, 100))
	case req.URL.EscapedPath() == "/favicon.ico" && l.redirect.Path != "/favicon.ico":
		p := refuse(http.StatusNotFound, "")
		p.odd = "a request for /favicon.ico, as browsers make"
		return p
	case req.URL.EscapedPath() != l.redirect.Path:
		return refuse(http.StatusNotFound, "a request for another path: "+safe.Quote(req.URL.EscapedPath(), 100))
	case isPrefetch(req.Header):
		// Not now: the browser asks again when the user really goes there.
		return refuse(http.StatusServiceUnavailable, "a prefetch: the browser looked ahead")
	case req.Method != http.MethodGet && req.Method != http.MethodPost:
		return refuse(http.StatusMethodNotAllowed, "a "+safe.Quote(req.Method, 20)+" request")
	}
	cb := Callback{Params: pairs("query", req.URL.RawQuery), At: at, Method: req.Method, URI: "http://" + safe.Text(req.Host, 100) + l.redirect.Path}
	if req.Method == http.MethodPost { // OAuth 2.0 Form Post Response Mode
		body, err := io.ReadAll(http.MaxBytesReader(nil, req.Body, maxCallback))
		if err != nil {
			return refuse(http.StatusRequestEntityTooLarge, "a form that is too large or was not sent to its end")
		}
		cb.Params = pairs("form", string(body))
	}
	if name := l.redirect.differs(pairs("query", req.URL.RawQuery)); name != "" {
		return refuse(http.StatusBadRequest, "an answer whose "+safe.Quote(name, 100)+" is not that of the redirect URI")
	}
	return l.answerTo(cb)
}

func (l *listener) answerTo(cb Callback) page {
	err := cb.check(l.state)
	switch {
	case errors.Is(err, ErrNotAnAnswer):
		return refuse(http.StatusBadRequest, "a request without code and error")
	case errors.Is(err, ErrNoState):
		return l.mismatchedState(cb, "an answer without state")
	case errors.Is(err, ErrWrongState):
		return l.mismatchedState(cb, "an answer with a state that is not ours")
	case err != nil:
		return refuse(http.StatusBadRequest, "an answer in which "+err.Error())
	}
	if !l.taken.CompareAndSwap(nil, &cb) {
		return again(cb, *l.taken.Load())
	}
	l.arrived <- cb
	if e := cb.text("error"); e != "" {
		l.transcript.remember(cb.Code) // a page never repeats one
		return said(l.transcript.foreign(e, 100).String(), l.transcript.foreign(cb.text("error_description"), 500).String())
	}
	return received()
}

// mismatchedState is the page for a response that does not carry our state. Some
// servers leave the state out of an error response, although RFC 6749 §4.1.2.1
// requires it. Such an error ends nothing, because anybody could have sent it, but
// it may be all that the server says: it is shown, and said to be unverified.
func (l *listener) mismatchedState(cb Callback, odd string) page {
	l.mismatch.Do(func() { close(l.mismatched) })
	code, description := cb.text("error"), cb.text("error_description")
	if code == "" {
		return wrongState(odd)
	}
	l.transcript.remember(safe.Secret(cb.text("code")))
	code, description = l.transcript.foreign(code, 100).String(), l.transcript.foreign(description, 500).String()
	said := code
	if description != "" {
		said += ", “" + description + "”"
	}
	l.unverified.CompareAndSwap(nil, &said)
	return unverified(odd+"; it says "+said+" (not verified)", code, description)
}

// takeNoMore keeps what comes later from being taken, when the answer was pasted. An
// answer that came meanwhile becomes one that came once more.
func (l *listener) takeNoMore(pasted Callback) {
	if !l.taken.CompareAndSwap(nil, &pasted) {
		cb := <-l.arrived // on its way, or there
		l.transcript.odd(again(cb, pasted).odd, l.now())
	}
}

// ourHost keeps other sites from reaching the listener under a name of theirs
// (DNS rebinding).
func (l *listener) ourHost(host string) bool {
	name, port, err := net.SplitHostPort(host)
	if err != nil {
		name, port = strings.Trim(host, "[]"), "80"
	}
	return isLoopbackHost(name) && port == strconv.Itoa(l.port)
}

// isPrefetch knows the headers by which browsers say that nobody has clicked yet.
func isPrefetch(h http.Header) bool {
	for _, name := range []string{"Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"} {
		v := strings.ToLower(h.Get(name))
		if strings.Contains(v, "prefetch") || strings.Contains(v, "prerender") || strings.Contains(v, "preview") {
			return true
		}
	}
	return false
}
