package flow_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode"

	"example.com/grantwalk/flow"
)

// short is the time that a server gets where it will not use it: long enough
// for a connection on a busy machine, though nothing depends on that.
const short = 250 * time.Millisecond

// A badAnswer is one that nobody can use, and the words in which that is told.
type badAnswer struct {
	answer http.HandlerFunc
	kind   flow.Kind
	words  string
}

var badAnswers = map[string]badAnswer{
	"none, for ever":            {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, flow.NoAnswer, "did not respond within 250 ms"},
	"byte after byte, for ever": {drip, flow.NoAnswer, "began to respond"},
	"a header line, for ever":   {headerForEver, flow.NoAnswer, "did not respond within 250 ms"},
	"closed at once":            {reset, flow.NoAnswer, "broke off after 0 bytes"},
	"reset":                     {hardReset, flow.NoAnswer, "broke off after 0 bytes"},
	"cut short":                 {cutShort, flow.NoAnswer, "broke off after 16 bytes"},
	"not HTTP":                  {raw("SSH-2.0-OpenSSH_9.6\r\n"), flow.NoAnswer, "malformed HTTP"},
	"a header of 1 MB":          {says(200, "{}", "X-Big", strings.Repeat("x", 1<<20)), flow.NoAnswer, "headers exceeded"},

	"nothing":                        {says(200, ""), flow.Refused, "has no content"},
	"nothing, said so":               {says(204, ""), flow.Refused, "has no content"},
	"white space":                    {says(200, " \r\n\t "), flow.Refused, "has no content"},
	"HTML":                           {says(200, "<!doctype html><title>Sign\x1b[31m in\u202e</title>", "Content-Type", "text/html"), flow.Refused, `a web page with the title “Sign` + "\ufffd[31m in\ufffd”"},
	"HTML, said to be JSON":          {says(502, "<html><head><title>502 Bad Gateway</title>", "Content-Type", "application/json"), flow.Refused, "not JSON"},
	"a proxy's page":                 {says(502, "<html><head><TITLE>502 Bad Gateway</TITLE>"), flow.Refused, "“502 Bad Gateway”"},
	"words":                          {says(500, "Internal Server Error", "Content-Type", "text/plain"), flow.Refused, "neither JSON nor a form, but 21 bytes of text/plain"},
	"bad UTF-8":                      {says(200, "\xff\xfe\xfd", "Content-Type", "text/plain"), flow.Refused, "3 bytes that are no text"},
	"bad UTF-8 in JSON":              {says(400, "{\"error\":\"inv\xff\xfe\",\"error_description\":\"\xc3\x28\"}"), flow.Refused, ""},
	"half a document":                {says(200, `{"access_token":"at"`), flow.Refused, "ends too early"},
	"two documents":                  {says(200, `{"access_token":"at"}{"access_token":"other"}`), flow.Refused, "something behind its JSON document"},
	"a list":                         {says(200, `[{"access_token":"at"}]`), flow.Refused, "not an object"},
	"a string":                       {says(200, `"at"`, "Content-Type", "application/json"), flow.Refused, "not an object"},
	"null":                           {says(200, `null`, "Content-Type", "application/json"), flow.Refused, "not an object"},
	"no JSON":                        {says(200, `{access_token: 'at'}`), flow.Refused, "not JSON: invalid character 'a'"},
	"objects, 50,000 deep":           {says(200, strings.Repeat(`{"a":`, 50_000)), flow.Refused, "exceeded max depth"},
	"lists, 50,000 deep":             {says(200, `{"access_token":`+strings.Repeat("[", 50_000)+strings.Repeat("]", 50_000)+"}"), flow.Refused, "exceeded max depth"},
	"a redirect":                     {says(302, "", "Location", "/steal"), flow.Refused, "a redirect; it is not followed"},
	"a redirect that keeps the form": {says(307, "", "Location", "/steal"), flow.Refused, "a redirect; it is not followed"},
	"a redirect for ever":            {says(308, "", "Location", "/token"), flow.Refused, "a redirect; it is not followed"},
	"a redirect to no URL":           {says(302, "", "Location", "http://%zz"), flow.Refused, "a redirect; it is not followed"},
	"an encoding not asked for":      {says(200, "\x1b\x0f\x00\xf8", "Content-Encoding", "br"), flow.Refused, "encoded as br, which was not asked for"},
	"gzip that is none":              {says(200, "this is no gzip", "Content-Encoding", "gzip"), flow.NoAnswer, "gzip"},
	"a token that is empty":          {says(200, `{"access_token":""}`), flow.Refused, "is empty or not a string"},
	"a token that is no text":        {says(200, `{"access_token":false}`), flow.Refused, "is empty or not a string"},
	"a token that is blank":          {says(200, `{"access_token":" "}`), flow.Refused, "is empty or not a string"},
	"another protocol, for ever":     {upgrade, flow.Refused, "101 Switching Protocols"},
	"a status of no meaning":         {says(799, `{"access_token":7}`), flow.Refused, ""},
	"words of a megabyte":            {says(400, `{"error":"`+strings.Repeat("\u202ex", 200_000)+`"}`), flow.Refused, ""},
	"words that act":                 {says(400, `{"error":"\u001b]8;;http://evil\u0007","error_description":"\u202e\u2066\u200b","error_uri":"\u009b31m"}`), flow.Refused, ""},
	"200,000 members":                {says(400, "{"+strings.Repeat(`"a":1,`, 100_000)+`"b":1}`), flow.Refused, ""},
}

func TestAnAnswerThatNobodyCanUseIsToldInWords(t *testing.T) {
	for name, bad := range badAnswers {
		t.Run(name, func(t *testing.T) {
			as := newAuthServer(t)
			as.on("/token", bad.answer)
			w := as.walk()
			ended(t, play(t, w, flow.StepCallback), flow.GoOn, flow.StepCallback)
			w.Config.Timeout = time.Minute
			if strings.HasSuffix(name, "for ever") && bad.kind == flow.NoAnswer {
				w.Config.Timeout = short
			}
			out := resume(t, w, flow.StepExchange, flow.StepRefresh)
			ended(t, out, bad.kind, flow.StepExchange)
			if !strings.Contains(out.Why, bad.words) {
				t.Errorf("why: %q\nwant a word about %q", out.Why, bad.words)
			}
			if n := len(as.got("/steal")); n != 0 {
				t.Error("the redirect was followed")
			}
			if n := len(as.got("/token")); n != 1 {
				t.Errorf("the code was sent %d times", n)
			}
			fitToPrint(t, w)
		})
	}
}

// upgrade changes to another protocol, and says nothing in it.
func upgrade(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	_, _ = io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n")
	_, _ = io.Copy(io.Discard, conn) // until the client hangs up
}

// A server that cannot spell still grants, and what it granted stays a secret.
func TestATokenInAnAnswerThatCannotBeReadIsNotShown(t *testing.T) {
	const token = "xoxp-4Ke9QmTz7WbXc2RdVn8LsYh3"
	for name, answer := range map[string]string{
		"two documents":       `{"access_token":"` + token + `"} {"a":1}`,
		"half a document":     `{"token_type":"Bearer","access_token":"` + token,
		"a warning before it": "<br />\n<b>Warning</b>: x\n" + `{"access_token":"` + token + `"}`,
		"a list":              `[{"access_token":"` + token + `"}]`,
		"the token alone":     token,
		"inside of a member":  `{"ok":true,"authed_user":{"id":"U1","access_token":"` + token + `"}}`,
		"under another name":  `{"accessToken":"` + token + `","bot_access_token":"` + token + `"}`,
	} {
		t.Run(name, func(t *testing.T) {
			as := newAuthServer(t)
			as.on("/token", says(200, answer))
			w := as.walk()
			ended(t, play(t, w, flow.StepExchange), flow.Refused, flow.StepExchange)
			hidden(t, w, token)
		})
	}
}

// A code such as Google's has characters that JSON and HTML escape.
func TestACodeThatTheServerRepeatsEscapedIsNotShown(t *testing.T) {
	const slashed = "4/0AdQt8qh7rT2&x<y"
	for name, answer := range map[string]string{
		"JSON":            `{"error":{"message":"bad 4\/0AdQt8qh7rT2&x<y","type":"OAuthException"}}`,
		"JSON, cut short": `{"error":"invalid_grant","debug":{"code":"4\/0AdQt8qh7rT2&x<y"`,
		"HTML":            `<title>bad code 4&#x2F;0AdQt8qh7rT2&amp;x&lt;y</title>`,
	} {
		t.Run(name, func(t *testing.T) {
			as := newAuthServer(t)
			as.answer = func(back url.Values) { back.Set("code", slashed) }
			as.on("/token", says(400, answer))
			w := as.walk()
			ended(t, play(t, w, flow.StepExchange), flow.Refused, flow.StepExchange)
			hidden(t, w, "0AdQt8qh7rT2")
		})
	}
}

// Many servers number their errors under the name of the thing itself.
func TestAnErrorsOwnCodeIsShown(t *testing.T) {
	as := newAuthServer(t)
	as.on("/token", says(401, `{"code":"invalid_code","message":"no"}`))
	w := as.walk()
	ended(t, play(t, w, flow.StepExchange), flow.Refused, flow.StepExchange)
	if p := param(t, w, "token response", "code"); p.Value != "invalid_code" {
		t.Errorf("got %+v", p)
	}
	as.on("/token", says(401, `{"code":"`+theCode+`","message":"no"}`))
	w = as.walk()
	play(t, w, flow.StepExchange)
	hidden(t, w, theCode)
}

// hidden checks that the secret is in nothing that is printed or kept.
func hidden(t *testing.T, w *flow.Walk, secret string) {
	t.Helper()
	var saved bytes.Buffer
	if err := w.Save(&saved, false); err != nil {
		t.Fatal(err)
	}
	result, _ := json.Marshal(w.Result(false))
	for _, text := range []string{saved.String(), string(result), printed(t, w)} {
		if strings.Contains(text, secret) {
			t.Fatalf("%s stands in\n%s", secret, text)
		}
	}
}

// fitToPrint checks that nothing of a server's gets out as it is: not into the
// transcript, the documents or the evidence.
func fitToPrint(t *testing.T, w *flow.Walk) {
	t.Helper()
	var saved bytes.Buffer
	if err := w.Save(&saved, true); err != nil {
		t.Fatal(err)
	}
	result, err := json.Marshal(w.Result(true))
	if err != nil {
		t.Fatal(err)
	}
	for what, text := range map[string]string{"transcript": saved.String(), "result": string(result), "all of it": printed(t, w)} {
		if len(text) > 512<<10 {
			t.Errorf("%s: %d bytes", what, len(text))
		}
		for _, r := range text {
			if unicode.IsControl(r) && r != '\n' || unicode.Is(unicode.Bidi_Control, r) {
				t.Fatalf("%s: %U in it", what, r)
			}
		}
	}
}

// drip keeps its client waiting with a byte now and then.
func drip(w http.ResponseWriter, r *http.Request) {
	for tick := time.NewTicker(time.Millisecond); ; {
		select {
		case <-r.Context().Done():
			tick.Stop()
			return
		case <-tick.C:
			_, _ = io.WriteString(w, " ")
			_ = http.NewResponseController(w).Flush()
		}
	}
}

// raw says something without HTTP.
func raw(said string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		_, _ = io.WriteString(conn, said)
		conn.Close()
	}
}

// headerForEver begins a response whose header does not end.
func headerForEver(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\n")
	for tick := time.NewTicker(time.Millisecond); ; <-tick.C {
		if _, err := io.WriteString(conn, "X: y\r\n"); err != nil {
			tick.Stop()
			return
		}
	}
}

// cutShort promises more than it sends.
func cutShort(w http.ResponseWriter, r *http.Request) {
	raw("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"access_token\":")(w, r)
}

// hardReset makes the client see a reset instead of an end.
func hardReset(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	_ = conn.(*net.TCPConn).SetLinger(0)
	conn.Close()
}

const hugeAnswer = 300 << 20

func TestOfAHugeAnswerOnlyTheBeginningIsRead(t *testing.T) {
	as := newAuthServer(t)
	wrote := make(chan int, 1)
	as.on("/token", func(w http.ResponseWriter, _ *http.Request) {
		n, _ := io.WriteString(w, `{"access_token":"`)
		chunk := strings.Repeat("x", 64<<10)
		for n < hugeAnswer {
			m, err := io.WriteString(w, chunk)
			n += m
			if err != nil {
				break
			}
		}
		wrote <- n
	})
	w := as.walk()
	out := play(t, w, flow.StepRefresh)
	ended(t, out, flow.Refused, flow.StepExchange)
	if !strings.Contains(out.Why, "larger than 1048576 bytes") {
		t.Errorf("why: %s", out.Why)
	}
	// What was not read is in the two sockets' buffers, some megabytes at most.
	if n := <-wrote; n > 32<<20 {
		t.Errorf("the server could write %d bytes", n)
	}
	fitToPrint(t, w)
}

func TestACompressedBombIsNotUnpacked(t *testing.T) {
	const mega = 1 << 20
	var packed bytes.Buffer
	packer := gzip.NewWriter(&packed)
	_, _ = packer.Write(make([]byte, mega))
	packer.Close()
	bomb := strings.Repeat(packed.String(), hugeAnswer/mega) // members of one file (RFC 1952 §2.2)
	as := newAuthServer(t)
	as.on("/token", says(200, bomb, "Content-Encoding", "gzip", "Content-Type", "application/json"))
	w := as.walk()
	play(t, w, flow.StepCallback)

	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	out := resume(t, w, flow.StepExchange, flow.StepExchange)
	runtime.ReadMemStats(&after)
	ended(t, out, flow.Refused, flow.StepExchange)
	if !strings.Contains(out.Why, "larger than 1048576 bytes") {
		t.Errorf("why: %s", out.Why)
	}
	if n := after.TotalAlloc - before.TotalAlloc; n > 32<<20 {
		t.Errorf("%d bytes were allocated for it", n)
	}
	fitToPrint(t, w)
}

func TestWhatEveryOtherEndpointSaysIsFitToPrintToo(t *testing.T) {
	const nasty = "\x1b]0;x\x07\u202e\u2066\u200b"
	long := nasty + strings.Repeat("y", 300_000)
	body, err := json.Marshal(map[string]any{"sub": nasty, nasty: nasty, "name": long, "nested": map[string]string{nasty: nasty}})
	if err != nil {
		t.Fatal(err)
	}
	as := newAuthServer(t)
	as.metadata[nasty], as.metadata["service_documentation"] = nasty, long
	as.answer = func(back url.Values) {
		back[nasty], back["session_state"] = []string{nasty}, []string{nasty}
	}
	as.on("/userinfo", says(200, string(body), "Content-Type", "application/json"))
	as.grants(func(g map[string]any) {
		g["scope"], g["token_type"], g[nasty] = nasty, nasty, long
		g["id_token"] = as.idToken(map[string]any{nasty: nasty, "name": long})
	})
	w := as.walk()
	ended(t, play(t, w, flow.StepRefresh), flow.GotTokens, flow.StepRefresh)
	fitToPrint(t, w)
}
