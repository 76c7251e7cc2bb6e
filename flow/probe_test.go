package flow_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/grantwalk/flow"
)

func TestAProbeSendsACodeThatNobodyIssuedAndAllElseAsBefore(t *testing.T) {
	as := newAuthServer(t)
	as.on("/token", says(400, `{"error":"invalid_grant"}`))
	w := as.walk()
	ended(t, play(t, w, flow.StepExchange), flow.Refused, flow.StepExchange)
	w.Probe(t.Context())
	sent := as.got("/token")
	if len(sent) != 2 {
		t.Fatalf("%d token requests", len(sent))
	}
	first, probe := sent[0].form, sent[1].form
	if code := probe.Get("code"); code == "" || code == first.Get("code") || len(code) != len(first.Get("code")) {
		t.Errorf("the probe's code is %q, the real one %q", code, first.Get("code"))
	}
	for _, name := range []string{"grant_type", "redirect_uri", "code_verifier", "client_id"} {
		if first.Get(name) != probe.Get(name) {
			t.Errorf("%s is %q, and was %q", name, probe.Get(name), first.Get(name))
		}
	}
}

func TestAProblemWithAnEndpointInTheMetadataSaysWhatIsWrongWithIt(t *testing.T) {
	as := newAuthServer(t)
	as.metadata["token_endpoint"] = "http://as.example/token"
	_, err := as.walk().Do(t.Context(), flow.StepSetUp)
	const want = `bad endpoint (token_endpoint, http://as.example/token): clear text`
	if err == nil || len(err.Error()) < len(want) || err.Error()[len(err.Error())-len(want):] != want {
		t.Errorf("%v does not end in %q", err, want)
	}
}

func TestADiscoveryWaitsNoLongerThanItIsTold(t *testing.T) {
	as := newAuthServer(t)
	as.on(oidcAddress, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	_, out, err := flow.Discover(t.Context(), flow.Config{Issuer: as.URL, Timeout: 50 * time.Millisecond})
	if err != nil || out.Kind != flow.NoAnswer || !strings.Contains(out.Why, "within 50 ms") {
		t.Errorf("%+v, %v", out, err)
	}
}

func TestAProbesErrorIsItsOwn(t *testing.T) {
	as := newAuthServer(t)
	says := []string{`{"error":"invalid_grant","error_description":"PKCE verification failed"}`, `{"error":"invalid_grant","error_description":"Code not found"}`}
	as.on("/token", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(says[0]))
		says = says[1:]
	})
	w := as.walk()
	ended(t, play(t, w, flow.StepExchange), flow.Refused, flow.StepExchange)
	w.Probe(t.Context())
	e := w.Evidence()
	if got := e.TokenRequests[0].Response.Description; got != "PKCE verification failed" {
		t.Errorf("the request's error is %q", got.Raw())
	}
	if got := e.Probes[0].Response.Description; got != "Code not found" {
		t.Errorf("the probe's error is %q", got.Raw())
	}
}
