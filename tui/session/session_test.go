package session

import (
	"bufio"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"

	"example.com/grantwalk/flow"
	"example.com/grantwalk/flow/record"
)

func TestWhatTheListenerHadStillOpenIsToldToo(t *testing.T) {
	var told []record.Unexpected
	s, err := Open(Options{Practice: true, Browser: None, Done: func(w *flow.Walk) { told = w.Transcript.Unexpected() }})
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []flow.Step{flow.StepSetUp, flow.StepAuthorize} {
		if out, err := s.Do(t.Context(), step); err != nil || out.Kind != flow.GoOn {
			t.Fatalf("%s: %+v, %v", step, out, err)
		}
	}
	address := strings.TrimSuffix(strings.TrimPrefix(s.Walk.Request.RedirectURI, "http://"), "/callback")
	half, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer half.Close()
	if _, err := half.Write([]byte("GET /callback")); err != nil {
		t.Fatal(err)
	}
	// Connections are accepted in order: after this answer the first one is known.
	whole, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer whole.Close()
	if _, err := whole.Write([]byte("GET /favicon.ico HTTP/1.1\r\nHost: " + address + "\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	answer, err := http.ReadResponse(bufio.NewReader(whole), nil)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()

	s.Close()
	if !slices.ContainsFunc(told, func(o record.Unexpected) bool { return strings.HasPrefix(o.What, "a connection that sent") }) {
		t.Errorf("told of %+v", told)
	}
}

func TestAStepThatBeginsAfterTheEndSendsNothing(t *testing.T) {
	s, err := Open(Options{Practice: true, Browser: Approve})
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	for _, step := range flow.Steps {
		if out, err := s.Do(t.Context(), step); out.Kind != flow.Interrupted || err != nil {
			t.Errorf("%v: %+v, %v", step, out, err)
		}
	}
	if out := s.Probe(t.Context()); out.Kind != flow.Interrupted {
		t.Errorf("the probe: %+v", out)
	}
	if out := s.Revoke(t.Context()); out.Kind != flow.Interrupted {
		t.Errorf("the revocation: %+v", out)
	}
	if n := len(s.Walk.Transcript.Messages()); n != 0 {
		t.Errorf("%d messages were sent", n)
	}
}
