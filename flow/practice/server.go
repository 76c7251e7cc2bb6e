// Package practice is an authorization server to practise on: OAuth 2.0's
// authorization-code flow with what grew around it, on this machine only.
//
// It answers a right request as the RFCs say and a wrong one with the exact
// reason, which a server on the Internet would keep to itself. Its two clients
// and two users are public, so it guards nothing. It runs inside a walk, alone
// (grantwalk practice), or under the tests of an application.
//
// One file per endpoint; whatever is remembered between two requests is in
// grants.go, behind one lock, and every way to be refused is in refusal.go. What
// a refusal means to a client is package diagnose's to say.
package practice

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"example.com/grantwalk/diagnose/safe"
)

// Lifetimes, where [Options] names no other.
const (
	DefaultCodeLifetime    = 10 * time.Minute // the most that RFC 6749 §4.1.2 recommends
	DefaultAccessLifetime  = time.Hour
	DefaultRefreshLifetime = 30 * 24 * time.Hour // of each token: every rotation starts it again
	DefaultIDTokenLifetime = time.Hour
)

// Options may be left empty.
type Options struct {
	Listen string           // a loopback address; "127.0.0.1:0", any free port, if empty
	Now    func() time.Time // the server's clock, its Date header too; time.Now if nil
	Rand   io.Reader        // where codes and tokens come from, keys not; crypto/rand.Reader if nil

	CodeLifetime, AccessLifetime, RefreshLifetime, IDTokenLifetime time.Duration

	// SigningAlg signs the ID tokens: "RS256", which clients expect unless told
	// otherwise, or "ES256", whose key is made in microseconds.
	SigningAlg string

	// Faults are what the server is to get wrong with every grant, and Speak is
	// the provider of package catalogue in whose words it is to refuse; our own
	// if empty. Both can be changed at /practice/faults.
	Faults []Fault
	Speak  string

	// RedirectURIs are registered for both clients, besides every loopback one.
	RedirectURIs []string

	// Log is told of every request once it is decided, of one at a time. The
	// answer waits for it.
	Log func(Event)
}

// An Event is one request and what was decided. It holds no secret.
type Event struct {
	Time     time.Time
	Took     time.Duration
	Method   safe.Foreign
	Path     safe.Foreign
	ClientID safe.Identifier // as the client named itself; "" if it did not
	Status   int
	Decision string       // "code issued", "tokens issued", …; or the reason, as in "code_expired"
	Detail   safe.Foreign // a refusal's error_description, or which faults are on
	Said     safe.Foreign // what the client was told instead, where the server speaks in another's words
}

// A Server is a running practice server.
// It has many methods because each of its routes is one.
type Server struct {
	issuer       string
	port         string
	now          func() time.Time
	idLifetime   time.Duration
	redirectURIs []string
	keys         *keys
	store        *store
	handler      http.Handler
	http         *http.Server
	running      sync.WaitGroup // the accept loop and every connection

	log   func(Event)
	logMu sync.Mutex
}

// Start listens and serves until Close. Of a fault or dialect that there is not
// the error is a [*FaultError].
func Start(o Options) (*Server, error) {
	o = o.withDefaults()
	if err := loopbackOnly(o.Listen); err != nil {
		return nil, err
	}
	plan, err := newPlan(o.Faults, o.Speak)
	if err != nil {
		return nil, err
	}
	ln, err := net.Listen("tcp", o.Listen)
	if err != nil {
		return nil, err // it names the address
	}
	keys, err := newKeys(o.SigningAlg)
	if err != nil {
		_ = ln.Close()
		return nil, err
	}
	addr := ln.Addr().(*net.TCPAddr)
	s := &Server{
		issuer:       "http://" + addr.String(),
		port:         strconv.Itoa(addr.Port),
		now:          o.Now,
		idLifetime:   o.IDTokenLifetime,
		redirectURIs: o.RedirectURIs,
		keys:         keys,
		store:        newStore(o, plan),
		log:          o.Log,
	}
	s.handler = s.routes()
	s.serve(ln)
	return s, nil
}

func (o Options) withDefaults() Options {
	if o.Listen == "" {
		o.Listen = "127.0.0.1:0"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.SigningAlg == "" {
		o.SigningAlg = "RS256"
	}
	for _, l := range []struct {
		set *time.Duration
		to  time.Duration
	}{
		{&o.CodeLifetime, DefaultCodeLifetime},
		{&o.AccessLifetime, DefaultAccessLifetime},
		{&o.RefreshLifetime, DefaultRefreshLifetime},
		{&o.IDTokenLifetime, DefaultIDTokenLifetime},
	} {
		if *l.set == 0 {
			*l.set = l.to
		}
	}
	return o
}

// loopbackOnly keeps the server on this machine: who reaches it can be
// alice.
func loopbackOnly(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("listen on %q: %w", address, err)
	}
	if host == "localhost" || net.ParseIP(host).IsLoopback() {
		return nil
	}
	return fmt.Errorf("listen on %q: not a loopback address, and the practice server lets everybody in: use 127.0.0.1:PORT", address)
}

func (s *Server) serve(ln net.Listener) {
	ctx, cancel := context.WithCancel(context.Background())
	s.http = &http.Server{
		Handler:                      s.handler,
		DisableGeneralOptionsHandler: true, // it responds before the Host header is checked
		BaseContext:                  func(net.Listener) context.Context { return ctx },
		ReadHeaderTimeout:            10 * time.Second,
		ReadTimeout:                  30 * time.Second,
		WriteTimeout:                 time.Minute,
		IdleTimeout:                  2 * time.Minute,
		MaxHeaderBytes:               64 << 10,                   // browsers send 127.0.0.1 the cookies of every port
		ErrorLog:                     log.New(io.Discard, "", 0), // the terminal may be showing a screen
		ConnState: func(_ net.Conn, state http.ConnState) {
			switch state {
			case http.StateNew: // in the accept loop, so before Serve returns
				s.running.Add(1)
			case http.StateClosed:
				s.running.Done()
			}
		},
	}
	s.http.RegisterOnShutdown(cancel) // ends what waits for a key
	s.running.Go(func() { _ = s.http.Serve(ln) })
}

// Issuer is the server's issuer identifier (RFC 8414 §2), the address of its
// index page as well.
func (s *Server) Issuer() string { return s.issuer }

// Handler serves requests as the listener does, the check of the Host header
// included.
func (s *Server) Handler() http.Handler { return s.handler }

// Close lets replies under way finish for a moment, ends the server, and
// returns when all its goroutines have ended.
func (s *Server) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 250*time.Millisecond)
	defer cancel()
	err := s.http.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) { // a browser holds connections open ahead of need
		err = s.http.Close()
	}
	s.running.Wait()
	s.keys.close()
	return err
}
