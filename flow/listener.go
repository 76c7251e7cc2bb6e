package flow

import (
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/diagnose/wire"
	"example.com/grantwalk/flow/loopback"
	"example.com/grantwalk/flow/record"
)

// A listener waits on loopback for the browser to come back (RFC 8252 §7.3). The
// first response with the right state is handed on; whatever else comes gets a
// page, is noted as unexpected, and has no further effect.
type listener struct {
	redirect   Redirect
	state      safe.Secret
	transcript *record.Transcript
	now        func() time.Time
	port       int

	arrived    chan Callback // one at most
	mismatched chan struct{} // closed when a response with another state came

	taken      atomic.Pointer[Callback] // the first with our state
	unverified atomic.Pointer[string]   // the first error that came without our state
	mismatch   sync.Once
	closed     bool // by the walk, whose steps and end come one after the other
	server     *loopback.Server
}

func listen(r Redirect, state safe.Secret, t *record.Transcript, now func() time.Time) (*listener, error) {
	sockets, err := loopback.Bind(r.addresses(), r.Port)
	if err != nil {
		return nil, bindProblem(r, err)
	}
	l := &listener{
		redirect: r, state: state, transcript: t, now: now,
		port:    sockets[0].Addr().(*net.TCPAddr).Port,
		arrived: make(chan Callback, 1), mismatched: make(chan struct{}),
	}
	received() // made now
	l.server = loopback.Serve(sockets, l.judge, func(what string) { t.AddUnexpected(what, now()) }, now)
	return l, nil
}

func bindProblem(r Redirect, err error) error {
	problem, remedy := loopback.PortProblem(r.Port, err)
	if remedy == "" {
		remedy = "use " + DefaultRedirectURI
	} else {
		remedy += ", if the provider allows that"
	}
	return &Problem{Field: FieldRedirectURI, Value: safe.RedirectURI(r.URI).String(), Code: CodePort, Args: []string{problem, remedy}}
}

// close frees the port. Pages that are being served are finished first.
func (l *listener) close() {
	if !l.closed {
		l.closed = true
		l.server.Close()
	}
}

func (l *listener) sawMismatch() bool {
	select {
	case <-l.mismatched:
		return true
	default:
		return false
	}
}

// judge decides what a request is, and hands the response on if it is the one.
func (l *listener) judge(req *http.Request, at time.Time) loopback.Page {
	switch {
	case !l.ourHost(req.Host):
		return refuse(http.StatusMisdirectedRequest, "a request for another host: "+safe.Quote(req.Host, 100))
	case req.URL.EscapedPath() == "/favicon.ico" && l.redirect.Path != "/favicon.ico":
		p := refuse(http.StatusNotFound, "")
		p.Unexpected = "a request for /favicon.ico, as browsers make"
		return p
	case req.URL.EscapedPath() != l.redirect.Path:
		return refuse(http.StatusNotFound, "a request for another path: "+safe.Quote(req.URL.EscapedPath(), 100))
	case isPrefetch(req.Header):
		// Not now: the browser asks again when the user really goes there.
		return refuse(http.StatusServiceUnavailable, "a prefetch: the browser looked ahead")
	case req.Method != http.MethodGet && req.Method != http.MethodPost:
		return refuse(http.StatusMethodNotAllowed, "a "+safe.Quote(req.Method, 20)+" request")
	}
	cb := Callback{Params: record.ParamsOf("query", wire.Form(req.URL.RawQuery)), At: at, Method: req.Method, URI: "http://" + safe.Text(req.Host, 100) + l.redirect.Path}
	if req.Method == http.MethodPost { // OAuth 2.0 Form Post Response Mode
		body, err := io.ReadAll(http.MaxBytesReader(nil, req.Body, loopback.MaxRequest))
		if err != nil {
			return refuse(http.StatusRequestEntityTooLarge, "a form that is too large or was not sent to its end")
		}
		cb.Params = record.ParamsOf("form", wire.Form(string(body)))
	}
	if name := l.redirect.differs(record.ParamsOf("query", wire.Form(req.URL.RawQuery))); name != "" {
		return refuse(http.StatusBadRequest, "a response whose "+safe.Quote(name, 100)+" is not that of the redirect URI")
	}
	return l.judgeResponse(cb)
}

func (l *listener) judgeResponse(cb Callback) loopback.Page {
	err := cb.check(l.state)
	switch {
	case errors.Is(err, ErrNotAResponse):
		return refuse(http.StatusBadRequest, "a request without code and error")
	case errors.Is(err, ErrNoState):
		return l.mismatchedState(cb, withoutState)
	case errors.Is(err, ErrWrongState):
		return l.mismatchedState(cb, withOtherState)
	case err != nil:
		return refuse(http.StatusBadRequest, "a response in which "+err.Error())
	}
	if !l.taken.CompareAndSwap(nil, &cb) {
		return again(cb, *l.taken.Load())
	}
	l.arrived <- cb
	time.Sleep(pageCanWait)
	if e := cb.text("error"); e != "" {
		l.transcript.TrackSecret(cb.Code) // a page never repeats one
		return errorPage(l.transcript.WithoutSecrets(e, 100).String(), l.transcript.WithoutSecrets(cb.text("error_description"), 500).String())
	}
	return received()
}

// How unexpected responses without our state are noted.
const (
	withoutState   = "a response without state"
	withOtherState = "a response with a state that is not ours"
)

// pageCanWait is a time that nobody notices, and in which the token request is sent:
// otherwise both would want the processor.
const pageCanWait = time.Millisecond

// mismatchedState is the page for a response that does not carry our state. Some
// servers leave the state out of an error response, although RFC 6749 §4.1.2.1
// requires it. Such an error ends nothing, because anybody could have sent it, but
// it may be all that the server says: it is shown, and said to be unverified.
func (l *listener) mismatchedState(cb Callback, what string) loopback.Page {
	defer l.mismatch.Do(func() { close(l.mismatched) }) // when it is known what the response says
	if cb.text("error") == "" {
		return wrongState(what)
	}
	code, description, said := cb.unverified(l.transcript)
	l.unverified.CompareAndSwap(nil, &said)
	return unverified(what+saysUnverified(said), code, description)
}

// unverified is the error of a response that does not carry our state, and what it says
// in one. Nobody knows where its code is from, so that is kept secret too.
func (cb *Callback) unverified(t *record.Transcript) (code, description, said string) {
	t.TrackSecret(safe.Secret(cb.text("code")))
	code, description = t.WithoutSecrets(cb.text("error"), 100).String(), t.WithoutSecrets(cb.text("error_description"), 500).String()
	said = code
	if description != "" {
		said += ", “" + description + "”"
	}
	return code, description, said
}

func saysUnverified(said string) string { return "; it says " + said + " (not verified)" }

// stopAccepting keeps what comes later from being taken, when the response was pasted. A
// response that came meanwhile becomes one that came once more.
func (l *listener) stopAccepting(pasted Callback) {
	if !l.taken.CompareAndSwap(nil, &pasted) {
		cb := <-l.arrived // on its way, or there
		l.transcript.AddUnexpected(again(cb, pasted).Unexpected, l.now())
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
