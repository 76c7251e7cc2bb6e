package practice

import (
	"bytes"
	"encoding/json"
	"net/http"
)

// A reply is written here first and sent when all of it is decided, so that the
// log comes before the client's next request, and what goes out can be changed
// or held back in one place.
type reply struct {
	to     http.ResponseWriter
	status int
	body   bytes.Buffer

	// For the log.
	clientID string
	decision string
	detail   string
}

func (w *reply) Header() http.Header         { return w.to.Header() }
func (w *reply) WriteHeader(status int)      { w.status = status }
func (w *reply) Write(b []byte) (int, error) { return w.body.Write(b) }

func (w *reply) send() {
	w.to.WriteHeader(w.status)
	_, _ = w.to.Write(w.body.Bytes()) // the client went away
}

func (w *reply) json(status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v) // of our own structs, into memory
}

// noted records a refusal for the log, however it is sent.
func (w *reply) noted(no *refusal) {
	w.decision, w.detail = no.fault.id, no.description
}

// refuse sends a refusal as RFC 6749 §5.2 has it. Every endpoint that answers
// programs refuses here, and only here.
func (w *reply) refuse(no *refusal) {
	w.noted(no)
	if no.challenge != "" {
		w.Header().Set("WWW-Authenticate", no.challenge)
	}
	w.json(no.fault.status, struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}{no.fault.code, no.description})
}
