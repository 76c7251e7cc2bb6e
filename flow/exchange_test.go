package flow_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.com/grantwalk/flow"
)

// reset breaks the connection off without a word.
func reset(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		conn.Close()
	}
}

func TestTheExchangeIsSentOnceHoweverItEnds(t *testing.T) {
	for name, h := range map[string]http.HandlerFunc{
		"refused with 401": says(401, `{"error":"invalid_client"}`),
		"refused with 400": says(400, `{"error":"invalid_grant"}`),
		"refused with 503": says(503, `{"error":"temporarily_unavailable"}`, "Retry-After", "0"),
		"refused with 429": says(429, "", "Retry-After", "0"),
		"refused in words": says(500, "Internal Server Error"),
		"redirected":       says(307, "", "Location", "/token"),
		"asked for Basic":  says(401, "", "WWW-Authenticate", `Basic realm="x"`),
		"broken off":       reset,
	} {
		t.Run(name, func(t *testing.T) {
			as := newAuthServer(t)
			as.on("/token", h)
			w := as.walk()
			out := play(t, w, flow.StepRefresh)
			want := flow.Refused
			if name == "broken off" {
				want = flow.NoAnswer
			}
			ended(t, out, want, flow.StepExchange)
			if n := len(as.got("/token")); n != 1 {
				t.Errorf("the code was sent %d times", n)
			}
		})
	}
}

func TestTheClientAuthenticatesAsConfigured(t *testing.T) {
	for _, auth := range []flow.ClientAuth{flow.AuthBasic, flow.AuthPost, flow.AuthNone} {
		t.Run(string(auth), func(t *testing.T) {
			as := newAuthServer(t)
			w := as.walk(func(c *flow.Config) {
				c.ClientAuth = auth
				if auth == flow.AuthNone {
					c.ClientSecret = ""
				}
			})
			ended(t, play(t, w, flow.StepRefresh), flow.GotTokens, flow.StepRefresh)
			requests := as.got("/token")
			if len(requests) != 2 {
				t.Fatalf("%d token requests", len(requests))
			}
			for _, r := range requests {
				authenticated(t, r, auth)
			}
			e := w.Evidence()
			for _, r := range e.TokenRequests {
				if r.ClientAuth != string(auth) || r.ClientID != clientID && auth != flow.AuthBasic {
					t.Errorf("evidence: %s as %q", r.ClientAuth, r.ClientID)
				}
			}
		})
	}
}

func TestACodeArrivesAtTheServerAsItCameFromIt(t *testing.T) {
	for _, code := range []string{theCode, "4/0Ab_5q-x", "a+b c", "100%", "%2F", "x==", "ä€𝄞", "a&b=c#d", "'\"<>\\"} {
		as := newAuthServer(t)
		as.answer = func(back url.Values) { back.Set("code", code) }
		w := as.walk()
		ended(t, play(t, w, flow.StepExchange), flow.GoOn, flow.StepExchange)
		if sent := as.got("/token")[0].form.Get("code"); sent != code {
			t.Errorf("came as %q, was sent as %q", code, sent)
		}
	}
}

func TestTheOddWaysOfTokenEndpointsAreUnderstood(t *testing.T) {
	form := "application/x-www-form-urlencoded"
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		want   flow.Tokens
	}{
		"a number of seconds":     {says(200, `{"access_token":"at","token_type":"bearer","expires_in":3599.5}`), flow.Tokens{Type: "bearer", ExpiresIn: 3599500 * time.Millisecond}},
		"seconds in a string":     {says(200, `{"access_token":"at","token_type":"Bearer","expires_in":"3600"}`), flow.Tokens{Type: "Bearer", ExpiresIn: time.Hour}},
		"seconds that are none":   {says(200, `{"access_token":"at","expires_in":"soon"}`), flow.Tokens{}},
		"seconds beyond all time": {says(200, `{"access_token":"at","expires_in":1e300}`), flow.Tokens{}},
		"an empty error":          {says(200, `{"access_token":"at","error":"","error_description":null}`), flow.Tokens{}},
		"no error":                {says(200, `{"access_token":"at","error":null}`), flow.Tokens{}},
		"no content type":         {says(200, `{"access_token":"at"}`, "Content-Type", ""), flow.Tokens{}},
		"JSON as text":            {says(200, `{"access_token":"at"}`, "Content-Type", "text/plain"), flow.Tokens{}},
		"JSON as HTML":            {says(200, `{"access_token":"at"}`, "Content-Type", "text/html"), flow.Tokens{}},
		"a byte order mark":       {says(200, "\ufeff\r\n{\"access_token\":\"at\"}\n"), flow.Tokens{}},
		"a form, GitHub's way":    {says(200, "access_token=at&scope=repo%2Cgist&token_type=bearer", "Content-Type", form+"; charset=utf-8"), flow.Tokens{Type: "bearer", Scope: "repo,gist"}},
		"a form as text":          {says(200, "access_token=at&expires=5184000", "Content-Type", "text/plain"), flow.Tokens{}},
		"a form with a last line": {says(200, "access_token=at&token_type=bearer\n", "Content-Type", form), flow.Tokens{Type: "bearer"}},
		"a form with bare spaces": {says(200, "access_token=at&scope=a b", "Content-Type", form), flow.Tokens{Scope: "a b"}},
		"a status of its own":     {says(201, `{"access_token":"at"}`), flow.Tokens{}},
	} {
		t.Run(name, func(t *testing.T) {
			as := newAuthServer(t)
			as.on("/token", c.answer)
			w := as.walk()
			ended(t, play(t, w, flow.StepExchange), flow.GoOn, flow.StepExchange)
			got := *w.Tokens
			if got.Access.Reveal() != "at" || got.Type != c.want.Type || got.Scope != c.want.Scope || got.ExpiresIn != c.want.ExpiresIn {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

func TestARefusalIsReadInWhateverShapeItComes(t *testing.T) {
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		want   flow.ErrorResponse
	}{
		"RFC 6749": {says(400, `{"error":"invalid_grant","error_description":"expired","error_uri":"https://as.example/e"}`),
			flow.ErrorResponse{Error: "invalid_grant", Description: "expired", URI: "https://as.example/e", Status: 400}},
		"GitHub, in a form with 200": {says(200, "error=bad_verification_code&error_description=The+code+is+incorrect&error_uri=https%3A%2F%2Fdocs.github.com", "Content-Type", "application/x-www-form-urlencoded"),
			flow.ErrorResponse{Error: "bad_verification_code", Description: "The code is incorrect", URI: "https://docs.github.com", Status: 200}},
		"GitHub, in JSON with 200": {says(200, `{"error":"bad_verification_code","error_description":"The code is incorrect"}`),
			flow.ErrorResponse{Error: "bad_verification_code", Description: "The code is incorrect", Status: 200}},
		"Slack": {says(200, `{"ok":false,"error":"invalid_code"}`), flow.ErrorResponse{Error: "invalid_code", Status: 200}},
		"Facebook": {says(400, `{"error":{"message":"This authorization code has been used.","type":"OAuthException","code":100,"fbtrace_id":"x"}}`),
			flow.ErrorResponse{Error: "OAuthException", Description: "This authorization code has been used.", Status: 400}},
		"Google's API errors": {says(400, `{"error":{"code":400,"message":"Bad","status":"INVALID_ARGUMENT"}}`),
			flow.ErrorResponse{Error: "INVALID_ARGUMENT", Description: "Bad", Status: 400}},
		"Twitch": {says(400, `{"status":400,"message":"Invalid authorization code"}`),
			flow.ErrorResponse{Description: "Invalid authorization code", Status: 400}},
		"nothing of ours": {says(500, `{"x":1}`), flow.ErrorResponse{Status: 500}},
		"an error beside a token": {says(200, `{"access_token":"at","error":"invalid_grant"}`),
			flow.ErrorResponse{Error: "invalid_grant", Status: 200}},
	} {
		t.Run(name, func(t *testing.T) {
			as := newAuthServer(t)
			as.on("/token", c.answer)
			out := play(t, as.walk(), flow.StepRefresh)
			ended(t, out, flow.Refused, flow.StepExchange)
			refusedWith(t, out, c.want)
		})
	}
}

func TestAnAnswerWithoutTokenIsRefusedAndSaysSo(t *testing.T) {
	as := newAuthServer(t)
	as.on("/token", says(200, `{"token_type":"Bearer"}`))
	out := play(t, as.walk(), flow.StepRefresh)
	ended(t, out, flow.Refused, flow.StepExchange)
	if out.Why != "the response has no access_token" {
		t.Errorf("why: %s", out.Why)
	}
}

func TestTheExchangeIsTimedFromTheCallbackOn(t *testing.T) {
	as := newAuthServer(t)
	w := as.walk()
	play(t, w, flow.StepExchange)
	x := w.Exchange
	if x == nil || x.CallbackToRequest <= 0 || x.CodeAge < x.CallbackToRequest || x.Wrote <= 0 || x.FirstByte < x.Wrote || x.Total < x.FirstByte {
		t.Errorf("timing %+v", x)
	}
	if r := w.Result(false).Timings; r.Exchange <= 0 || r.CodeAge <= 0 {
		t.Errorf("result %+v", r)
	}
}

func TestACodeThatWasNotAnsweredHasItsAgeToo(t *testing.T) {
	as := newAuthServer(t)
	as.on("/token", reset)
	w := as.walk()
	ended(t, play(t, w, flow.StepExchange), flow.NoAnswer, flow.StepExchange)
	if r := w.Result(false).Timings; r.CodeAge <= 0 || r.Exchange <= 0 || r.FirstByte != 0 {
		t.Errorf("timings %+v", r)
	}
}

func TestACodeThatNeverLeftHasNoAgeAtTheServer(t *testing.T) {
	as := newAuthServer(t)
	w := as.walk()
	play(t, w, flow.StepCallback)
	w.Metadata.TokenEndpoint = "http://127.0.0.1:1/token"
	out, err := w.Do(t.Context(), flow.StepExchange)
	if err != nil {
		t.Fatal(err)
	}
	ended(t, out, flow.NoAnswer, flow.StepExchange)
	if w.Exchange != nil {
		t.Errorf("timing %+v", w.Exchange)
	}
}

func TestAServerThatRepeatsSecretsIsNotQuoted(t *testing.T) {
	as := newAuthServer(t)
	as.on("/token", func(rw http.ResponseWriter, r *http.Request) {
		_, secret, _ := r.BasicAuth()
		req := as.got("/token")[0]
		rw.Header().Set("WWW-Authenticate", `Basic realm="`+secret+`"`)
		rw.Header().Set("Location", "/login?"+req.form.Encode())
		reply(rw, 400, map[string]string{
			"error":             "invalid_grant",
			"error_description": "the code " + req.form.Get("code") + " of " + theSecret + " (" + r.Header.Get("Authorization") + ") with " + req.form.Get("code_verifier"),
			"echo":              req.form.Encode(),
		})
	})
	w := as.walk()
	out := play(t, w, flow.StepExchange)
	ended(t, out, flow.Refused, flow.StepExchange)
	text := printed(t, w) + out.Error.Description.String()
	request := as.got("/token")[0]
	_, sent, _ := request.BasicAuth()
	for name, secret := range map[string]string{
		"code": theCode, "secret": theSecret, "secret as sent": sent, "verifier": w.Request.Verifier.Reveal(),
		"header": request.Header.Get("Authorization")[len("Basic "):], "code as sent": "c0de%2Fwith%2Bevery%25char%3Din%26it",
	} {
		if secret == "" || strings.Contains(text, secret) {
			t.Errorf("the %s can be read", name)
		}
	}
}

func TestASecretAtTheEndOfWhatIsShownIsHiddenWhole(t *testing.T) {
	as := newAuthServer(t)
	const shown = 4 << 10 // bytes of one value
	as.on("/token", func(rw http.ResponseWriter, _ *http.Request) {
		reply(rw, 400, map[string]string{"error": "invalid_grant", "echo": strings.Repeat("x", shown-10) + theCode})
	})
	w := as.walk()
	play(t, w, flow.StepExchange)
	if echo := param(t, w, "token response", "echo").Value; strings.Contains(echo, theCode[:8]) {
		t.Errorf("it ends in %q", echo[shown-20:])
	}
}
