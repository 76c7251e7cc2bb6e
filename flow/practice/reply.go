package practice

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// A reply is written here first and sent when all of it is decided, so that the
// log comes before the client's next request, and what goes out can be changed
// or held back in one place.
type reply struct {
	to     http.ResponseWriter
	status int
	body   bytes.Buffer

	challenge string        // WWW-Authenticate of a 401
	delay     time.Duration // before it is sent
	drop      bool          // the connection breaks instead

	// For the log.
	clientID string
	decision string
	detail   string
	said     string
}

func (w *reply) Header() http.Header         { return w.to.Header() }
func (w *reply) WriteHeader(status int)      { w.status = status }
func (w *reply) Write(b []byte) (int, error) { return w.body.Write(b) }

// send waits as long as it is to, or until ctx ends.
func (w *reply) send(ctx context.Context) {
	if w.delay > 0 {
		late := time.NewTimer(w.delay)
		defer late.Stop()
		select {
		case <-late.C:
		case <-ctx.Done():
			w.drop = true
		}
	}
	if w.drop {
		panic(http.ErrAbortHandler) // closes the connection, without a word in the log
	}
	w.to.WriteHeader(w.status)
	_, _ = w.to.Write(w.body.Bytes()) // the client went away
}

func (w *reply) json(status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(encode(v))
}

// encode writes what is always possible to write: structs and maps of our own.
func encode(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v)
	return b.Bytes()
}

// noted records a refusal for the log, however it is sent.
func (w *reply) noted(no *refusal) {
	w.decision, w.detail = no.reason.id, no.description
}

// refuse sends a refusal as RFC 6749 §5.2 has it. Every endpoint that answers
// programs refuses here, and only here.
func (w *reply) refuse(no *refusal) {
	w.noted(no)
	if no.reason.status == http.StatusUnauthorized && w.challenge != "" {
		w.Header().Set("WWW-Authenticate", w.challenge)
	}
	w.json(no.reason.status, struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}{no.reason.code, no.description})
}

// refuseAs refuses as a grant's plan has it, in another server's words if it is
// to be those.
func (w *reply) refuseAs(p *plan, grantType string, no *refusal) {
	no = p.worded(no)
	said, ok := w.saying(p, grantType, no)
	w.refuse(no)
	if ok {
		w.body.Reset()
		w.WriteHeader(said.status)
		_, _ = w.Write(said.body)
	}
}

// saying finds another server's words for a refusal, and notes for the log what
// was found.
func (w *reply) saying(p *plan, grantType string, no *refusal) (said, bool) {
	if p.speak == nil {
		return said{}, false
	}
	words := wordsOf(p.speak, grantType, no.reason)
	if words == nil {
		w.said = "no words of " + p.speak.Name + " for it are known"
		return said{}, false
	}
	s := say(words, no)
	w.said = "as " + p.speak.Name + ": " + strings.TrimSpace(s.code+" "+s.text)
	return s, true
}
