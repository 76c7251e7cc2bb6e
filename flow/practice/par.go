package practice

import (
	"net/http"
	"time"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/safe"
)

const (
	requestURIPrefix   = "urn:ietf:params:oauth:request_uri:" // RFC 9126 §2.2
	requestURILifetime = 90 * time.Second
)

// A pushedRequest waits for its browser (RFC 9126).
type pushedRequest struct {
	request *request
	expires time.Time
}

// par takes an authorization request ahead of its browser (RFC 9126 §2).
func (s *Server) par(w *reply, r *http.Request) {
	q, no := s.push(w, r)
	if no != nil {
		w.refuse(no)
		return
	}
	w.decision = "request stored"
	w.json(http.StatusCreated, struct {
		RequestURI string `json:"request_uri"`
		ExpiresIn  int    `json:"expires_in"`
	}{s.store.push(q), int(requestURILifetime.Seconds())})
}

func (s *Server) push(w *reply, r *http.Request) (*request, *refusal) {
	form, no := readForm(r)
	if no != nil {
		return nil, no
	}
	c, no := authenticate(w, r, form)
	if no != nil {
		return nil, no
	}
	if form.Has("request_uri") { // RFC 9126 §2.1: "MUST NOT be provided"
		return nil, requestURIPushed.because("a request_uri cannot be pushed")
	}
	form.Set("client_id", c.id) // the Authorization header may have named it alone
	form.Del("client_secret")
	q, no := s.identify(form)
	if no != nil {
		return nil, no
	}
	return q, s.read(r.Context(), q, form)
}

func (s *store) push(q *request) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	q.pushed = s.random(requestURIPrefix)
	s.pushed.put(q.pushed, &pushedRequest{q, s.now().Add(requestURILifetime)})
	return q.pushed
}

// pull finds a pushed request. It stays until it is answered: people reload
// pages (RFC 9126 §4).
func (s *store) pull(requestURI, clientID string) (*request, *refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.pushed.get(requestURI)
	switch {
	case !ok:
		return nil, requestURIUnknown.because("no pushed request has the request_uri '%s', or it was answered already", safe.Foreign(requestURI))
	case p.request.client.id != clientID: // RFC 9126 §2.2: bound to the client that posted it
		return nil, requestURIUnknown.because("the pushed request is of another client, not of '%s'", safe.Identifier(clientID))
	case !s.now().Before(p.expires):
		return nil, requestURIExpired.because("the pushed request waited longer than %s", diagnose.Duration(requestURILifetime))
	}
	return p.request, nil
}

// spend uses a pushed request up: it is answered once, however many pages were
// shown for it (RFC 9126 §4, §7.3). The store is locked.
func (s *store) spend(q *request) *refusal {
	if _, ok := s.pushed.get(q.pushed); !ok && q.pushed != "" {
		return requestURIUnknown.because("the pushed request was answered already, and each is good for one answer")
	}
	s.pushed.remove(q.pushed)
	return nil
}
