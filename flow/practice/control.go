package practice

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"

	"example.com/grantwalk/diagnose/safe"
)

// A change is what the control page is asked for: a fault, a dialect, or both. With
// Faults it is a state as the control page says it: whatever else is on ends.
type change struct {
	Fault
	Faults *[]Fault `json:"faults"`
	Speak  string   `json:"speak"`
}

// A state is what the control page says: what is on.
type state struct {
	Faults []Fault `json:"faults"`
	Speak  string  `json:"speak"`
}

// control is the control page, for people's own test suites: GET tells which
// faults are on, POST switches one on or takes what GET returned, DELETE switches
// all off. It is for programs on
// this machine and not for pages of other sites, which can have a browser send
// what they like.
func (s *Server) control(w *reply, r *http.Request) {
	if err := http.NewCrossOriginProtection().Check(r); err != nil {
		w.refuse(crossSite.because("a page of another site asks for this: use curl, or a program of your own"))
		return
	}
	var no *refusal
	switch r.Method {
	case http.MethodPost:
		w.decision = "faults changed"
		no = s.switchOn(r)
	case http.MethodDelete:
		w.decision = "faults cleared"
		no = asRefusal(s.store.set(func(*plan) (*plan, error) { return newPlan(nil, "") }))
	default:
		w.decision = "faults told"
	}
	if no != nil {
		w.refuse(no)
		return
	}
	now := s.store.current()
	w.detail = now.String()
	w.json(http.StatusOK, state{append([]Fault{}, now.faults...), now.spoken()})
}

func (s *Server) switchOn(r *http.Request) *refusal {
	c, no := readChange(r)
	if no != nil {
		return no
	}
	return asRefusal(s.store.set(func(p *plan) (*plan, error) {
		if c.Faults != nil {
			return newPlan(*c.Faults, c.Speak)
		}
		faults, speak := p.faults, p.spoken()
		if c.Name != "" {
			faults = p.with(c.Fault)
		}
		if c.Speak != "" {
			speak = c.Speak
		}
		return newPlan(faults, speak)
	}))
}

// readChange wants JSON that says so: a form on a page of another site cannot
// send that.
func readChange(r *http.Request) (c change, no *refusal) {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return c, notJSON.because("the Content-Type is '%s': send JSON, as application/json", safe.Foreign(r.Header.Get("Content-Type")))
	}
	body, err := io.ReadAll(r.Body)
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
		return c, bodyTooLarge.because("the body is longer than %d bytes", tooLarge.Limit)
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.DisallowUnknownFields()
	if err == nil {
		err = dec.Decode(&c)
	}
	if err == nil {
		if _, end := dec.Token(); !errors.Is(end, io.EOF) {
			err = errors.New("there is more than one document")
		}
	}
	switch {
	case err != nil:
		return c, unreadable.because("the body is not what is expected (%s): send {'fault': NAME, 'value': VALUE, 'speak': PROVIDER}, each if you like, or what GET returns", safe.Text(err.Error(), 200))
	case c == change{}:
		return c, unreadable.because("the body names neither a fault nor a provider to speak as: send {'fault': NAME} or {'speak': PROVIDER}")
	case c.Faults != nil && c.Name != "":
		return c, unreadable.because("the body names both a fault to add and all faults: send {'fault': NAME} or {'faults': [{'fault': NAME}, …]}")
	case c.Name == "" && c.Value != "":
		return c, unreadable.because("there is a value, and no fault: send {'fault': NAME, 'value': VALUE}")
	}
	return c, nil
}

// asRefusal tells what is wrong with a fault, and what to do.
func asRefusal(err error) *refusal {
	e := new(FaultError)
	if !errors.As(err, &e) {
		return nil // there is no other error
	}
	return faultUnknown.because("%s '%s': %s; %s", e.Setting, safe.Foreign(e.Value), e.Problem, e.Remedy)
}
