package practice_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"example.com/grantwalk/flow/practice"
)

const controlPage = "/practice/faults"

func (b *bench) tell(body string, header ...string) answer {
	b.t.Helper()
	return b.do(http.MethodPost, controlPage, "application/json", body, header...)
}

// on is what the control page says is on, as flags have it, and the dialect.
func (b *bench) on() string {
	b.t.Helper()
	a := b.get(controlPage)
	var state struct {
		Faults []practice.Fault
		Speak  string
	}
	if err := json.Unmarshal([]byte(a.body), &state); err != nil || a.StatusCode != http.StatusOK {
		b.t.Fatalf("%s: %v: %s", a.Status, err, a.body)
	}
	parts := []string{}
	for _, f := range state.Faults {
		parts = append(parts, f.String())
	}
	return strings.Join(append(parts, state.Speak), " ")
}

func TestTheControlPageSwitchesFaultsAndTellsThem(t *testing.T) {
	b := start(t, func(o *practice.Options) { o.Faults = []practice.Fault{{Name: "slow", Value: "2s"}} })
	for _, step := range []struct{ method, body, on string }{
		{http.MethodGet, "", "slow=2s "},
		{http.MethodPost, `{"fault":"code_lifetime","value":"30s"}`, "slow=2s code_lifetime=30s "},
		{http.MethodPost, `{"fault":"slow"}`, "code_lifetime=30s slow "}, // another value takes the place of the first
		{http.MethodPost, `{"speak":"Entra ID"}`, "code_lifetime=30s slow microsoft-entra"},
		{http.MethodPost, `{"fault":"policy","speak":"okta"}`, "code_lifetime=30s slow policy okta"},
		{http.MethodDelete, "", ""},
		{http.MethodDelete, "", ""},
	} {
		if a := b.do(step.method, controlPage, "application/json", step.body); a.StatusCode != http.StatusOK {
			t.Errorf("%s %s: %s %s", step.method, step.body, a.Status, a.body)
		}
		if on := b.on(); on != step.on {
			t.Errorf("after %s %s: %q, want %q", step.method, step.body, on, step.on)
		}
	}
}

func TestTheControlPageTakesNothingFromPagesOfOtherSites(t *testing.T) {
	b := start(t)
	for _, header := range [][]string{
		{"Origin", "https://evil.example"},
		{"Origin", "null"},
		{"Origin", "http://127.0.0.1:1"},
		{"Sec-Fetch-Site", "cross-site"},
		{"Sec-Fetch-Site", "same-site"}, // another port of this machine
		{"Host", "evil.example"},
	} {
		for _, method := range []string{http.MethodPost, http.MethodDelete} {
			a := b.do(method, controlPage, "application/json", `{"fault":"policy"}`, header...)
			status := http.StatusForbidden
			if header[0] == "Host" {
				status = http.StatusMisdirectedRequest
			}
			if a.StatusCode != status || a.text(t, "error_description") == "" {
				t.Errorf("%s %v: %s %s", method, header, a.Status, a.body)
			}
		}
	}
	// What a browser sends without asking first (a preflight): none of it is JSON
	// that says so.
	for _, kind := range []string{"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain; application/json"} {
		if a := b.do(http.MethodPost, controlPage, kind, `{"fault":"policy"}`); a.StatusCode != http.StatusUnsupportedMediaType || !strings.Contains(a.body, "application/json") {
			t.Errorf("%s: %s %s", kind, a.Status, a.body)
		}
	}
	if a := b.do(http.MethodOptions, controlPage, "", "", "Origin", "https://evil.example", "Access-Control-Request-Method", "DELETE"); a.Header.Get("Access-Control-Allow-Origin") != "" || a.StatusCode < 400 {
		t.Errorf("preflight: %s %v", a.Status, a.Header)
	}
	if a := b.get(controlPage, "Origin", "https://evil.example"); a.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Error("a script of another site may read it")
	}
	if on := b.on(); on != "" {
		t.Errorf("now on: %q", on)
	}
	if a := b.tell(`{"fault":"policy"}`, "Origin", b.server.Issuer(), "Sec-Fetch-Site", "same-origin"); a.StatusCode != http.StatusOK {
		t.Errorf("the server's own page: %s %s", a.Status, a.body)
	}
}

func TestTheControlPageSaysWhatIsWrongAndWhatToDo(t *testing.T) {
	b := start(t)
	for body, wants := range map[string]string{
		`{"fault":"code_lifetme"}`:                  "code_lifetime, code_used", // the list
		`{"fault":"code_lifetime","value":"1"}`:     "not a duration",
		`{"fault":"code_lifetime","value":"900ms"}`: "shorter than a second",
		`{"fault":"slow","value":"1h"}`:             "longer than 45s",
		`{"fault":"policy","value":"tuesdays"}`:     "exchange or refresh",
		`{"fault":"code_used","value":"x"}`:         "takes no value",
		`{"value":"1s"}`:                            "there is a value, and no fault",
		`{"speak":"klingon"}`:                       "there is no provider of that name",
		`{}`:                                        "neither a fault nor a provider",
		`[]`:                                        "not what is expected",
		`{"fault":7}`:                               "not what is expected",
		`{"fault":"policy","until":"noon"}`:         "unknown field",
		`{"fault":"policy"} {"fault":"x"}`:          "more than one document",
		`{"fault":"policy"}}garbage`:                "more than one document",
		``:                                          "EOF",
		`{"fault":"` + strings.Repeat("x", 20000) + `"`: "longer than",
	} {
		a := b.tell(body)
		if a.StatusCode < 400 || !strings.Contains(a.text(t, "error_description"), wants) {
			t.Errorf("%.60s: %s %s", body, a.Status, a.body)
		}
	}
	if a := b.do(http.MethodPut, controlPage, "application/json", `{}`); a.StatusCode != http.StatusMethodNotAllowed {
		t.Error(a.Status)
	}
	if on := b.on(); on != "" {
		t.Errorf("now on: %q", on)
	}
}

func TestAFaultBefallsTheGrantsThatBeginWhileItIsOnAndNoOthers(t *testing.T) {
	b := start(t)
	before := b.code()
	b.tell(`{"fault":"policy","speak":"keycloak"}`)
	during := b.code()
	b.do(http.MethodDelete, controlPage, "", "")
	after := b.code()
	for range 2 { // it stays with the code, and is not spent
		refused(t, b.post("/token", exchange(during)), http.StatusBadRequest, "invalid_grant", "")
	}
	for _, code := range []string{after, before} {
		if a := b.post("/token", exchange(code)); a.StatusCode != http.StatusOK {
			t.Errorf("%s %s", a.Status, a.body)
		}
	}
}

// Many clients at once, each with a fault of its own switched on just before it
// begins: none gets another's. The clients take turns at the authorization
// endpoint, and all come to the token endpoint together.
func TestTwoClientsAtOnceDoNotTakeEachOthersFault(t *testing.T) {
	b := start(t)
	wants := map[string]string{"policy": "policy", "user_locked": "locked", "other_tenant": "tenant", "lost_grants": "no such grant", "code_used": "already used"}
	var running sync.WaitGroup
	for round := range 4 {
		for fault, words := range wants {
			b.do(http.MethodDelete, controlPage, "", "")
			b.tell(fmt.Sprintf(`{"fault":%q}`, fault))
			code := b.code("state", fmt.Sprint(fault, round))
			running.Go(func() {
				body := postForm(t, b.server.Issuer()+"/token", exchange(code))
				if !strings.Contains(body, words) {
					t.Errorf("%s: %s", fault, body)
				}
			})
			running.Go(func() { // somebody plays with the switches meanwhile
				r := httptest.NewRequest(http.MethodGet, b.server.Issuer()+controlPage, nil)
				b.server.Handler().ServeHTTP(httptest.NewRecorder(), r)
			})
		}
	}
	running.Wait()
}

func postForm(t *testing.T, address string, form url.Values) string {
	req := httptest.NewRequest(http.MethodPost, address, strings.NewReader(form.Encode()))
	req.RequestURI = ""
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Error(err)
		return ""
	}
	defer resp.Body.Close()
	var b strings.Builder
	_ = resp.Write(&b)
	return b.String()
}

// Whatever is sent to the control page: it answers with JSON, and what it then
// says is on is what it took.
func FuzzTheControlPageAnswersEverything(f *testing.F) {
	for _, body := range []string{
		`{"fault":"policy"}`, `{"fault":"code_lifetime","value":"1s"}`, `{"fault":"slow","value":"-1s","speak":"github"}`, `{"speak":""}`,
		`{"fault":"date_skew","value":"-9999h"}`, `null`, `[{}]`, `{"fault":null}`, "\xff", `{"FAULT":"policy"}`, `{"fault":"refresh_lifetime","value":"1e9h"}`,
	} {
		f.Add(body)
	}
	f.Add(`{"faults":[{"fault":"policy","value":"exchange"},{"fault":"slow","value":"1s"}],"speak":"okta"}`)
	f.Add(`{"faults":[]}`)
	f.Add(`{"faults":[{"fault":"nonsense"}],"fault":"policy"}`)
	server, err := practice.Start(practice.Options{SigningAlg: "ES256"})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = server.Close() })
	send := func(method, body string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, server.Issuer()+controlPage, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		server.Handler().ServeHTTP(w, r)
		return w
	}
	f.Fuzz(func(t *testing.T, body string) {
		send(http.MethodDelete, "")
		w := send(http.MethodPost, body)
		var state struct {
			Faults []practice.Fault `json:"faults"`
			Speak  *string          `json:"speak"`
			Error  string           `json:"error"`
		}
		if err := json.Unmarshal(w.Body.Bytes(), &state); err != nil {
			t.Fatalf("not JSON: %v: %q", err, w.Body)
		}
		if w.Code == http.StatusOK != (state.Error == "") || w.Code >= 500 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		for _, fault := range state.Faults {
			if again, err := practice.ParseFault(fault.String()); err != nil || again != fault {
				t.Fatalf("%q is on, and read again %q: %v", fault, again, err)
			}
		}
		if now := send(http.MethodGet, ""); state.Error == "" && now.Body.String() != w.Body.String() {
			t.Fatalf("said %s, then %s", w.Body, now.Body)
		}
		if said := w.Body.String(); state.Error == "" {
			send(http.MethodDelete, "")
			if again := send(http.MethodPost, said); again.Code != http.StatusOK || again.Body.String() != said {
				t.Fatalf("%s is not taken back: %d %s", said, again.Code, again.Body)
			}
		}
	})
}
