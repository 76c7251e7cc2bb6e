package read

import (
	"fmt"
	"strings"
	"testing"
)

func TestAnswersFindTheRequestsTheyBelongTo(t *testing.T) {
	entry := func(at, method, url, body, response string) string {
		return `{"startedDateTime":"2026-03-01T10:00:` + at + `Z","request":{"method":"` + method + `","url":"` + url + `","postData":{"mimeType":"application/json","text":"` + body + `"}},"response":` + response + `}`
	}
	to := func(url string) string { return `{"status":302,"redirectURL":"` + url + `"}` }
	const page = `{"status":200,"content":{"mimeType":"text/html","text":"<p>Sign in</p>"}}`
	ask := func(at, more, response string) string {
		return entry(at, "GET", "https://as.example/go?response_type=code&client_id=app&redirect_uri=https%3A%2F%2Fapp.example%2Fcb"+more, "", response)
	}
	const cb = "https://app.example/cb"
	for name, tc := range map[string]struct {
		want    string // of each request: when, the code or error that came, how often the callback was seen
		entries []string
	}{
		"no state, twice":     {"00 code-1 0, 05 code-2 0", []string{ask("00", "", to(cb+"?code=code-1")), ask("05", "", to(cb+"?code=code-2"))}},
		"one state, twice":    {"00 code-1 0, 05 code-2 0", []string{ask("00", "&state=s", to(cb+"?code=code-1&state=s")), ask("05", "&state=s", to(cb+"?code=code-2&state=s"))}},
		"no redirect URI":     {"00 code-1 0", []string{entry("00", "GET", "https://as.example/go?response_type=code&client_id=app", "", to(cb+"?code=code-1"))}},
		"in the fragment":     {"00 code-1 0", []string{ask("00", "&state=s", to(cb+"#code=code-1&state=s"))}},
		"another state":       {"00 code-1 0", []string{ask("00", "&state=s", to(cb+"?code=code-1&state=t"))}},
		"the browser alone":   {"00 code-1 1", []string{ask("00", "&state=s", page), entry("03", "GET", cb+"?code=code-1&state=s", "", page)}},
		"parameters carried":  {"00 code-1 0", []string{ask("00", "&state=s", to("/go/account?x=1")), ask("02", "&state=s&x=1", to(cb+"?code=code-1&state=s"))}},
		"wrong password once": {"00 code-1 0", []string{ask("00", "&state=s", to("/login")), entry("01", "POST", "https://as.example/login", "", to("/login?error=bad_credentials")), entry("02", "GET", "https://as.example/login?error=bad_credentials", "", page), entry("03", "POST", "https://as.example/login", "", to(cb+"?code=code-1&state=s"))}},
		"two tabs": {"00 code-1 0, 01 code-2 0", []string{ask("00", "&state=s", page), ask("01", "&state=t", page),
			entry("03", "POST", "https://as.example/login", "", to(cb+"?code=code-1&state=s")), entry("04", "POST", "https://as.example/login", "", to(cb+"?code=code-2&state=t"))}},
		"handed on by the page, twice": {"00 code-1 2", []string{ask("00", "&state=s", to(cb+"?code=code-1&state=s")),
			entry("01", "POST", "https://app.example/api", `{\"code\":\"code-1\"}`, page), entry("02", "POST", "https://app.example/api", `{\"code\":\"code-1\"}`, page)}},
	} {
		e := evidenceOf(t, session(tc.entries...))
		var got []string
		for _, a := range e.Authorizations {
			got = append(got, fmt.Sprintf("%s %s %d", a.SentAt.Format("05"), a.Response.Code.Reveal()+a.Response.Error.Raw(), a.Response.Count))
		}
		if strings.Join(got, ", ") != tc.want || len(e.TokenRequests) > 0 {
			t.Errorf("%s: %s, want %s", name, strings.Join(got, ", "), tc.want)
		}
	}
}

func TestTheCallbackOfARequestThatWasNotSeenIsTiedToItsTokenRequest(t *testing.T) {
	e := evidenceOf(t, session(callback, token))
	if len(e.Authorizations) != 1 || e.Authorizations[0].Response.Code != e.TokenRequests[0].Code || e.Authorizations[0].Response.At.IsZero() {
		t.Errorf("%+v", e.Authorizations)
	}
}
