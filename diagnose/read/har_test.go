package read

import (
	"archive/zip"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/grantwalk/diagnose/evidence"
)

// A capture is a row of the corpus' index.
type capture struct {
	File   string `json:"file"`
	Fault  string `json:"fault"`
	Status int    `json:"status"`
	Grant  string `json:"grant_type"`
	Error  string `json:"error"`
}

func openCorpus(t *testing.T) (*zip.ReadCloser, []capture) {
	t.Helper()
	z, err := zip.OpenReader("../testdata/corpus/har.zip")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { z.Close() })
	f, err := z.Open("index.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var rows []capture
	for dec := json.NewDecoder(f); dec.More(); {
		var row capture
		if err := dec.Decode(&row); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
	return z, rows
}

func TestEveryCaptureOfTheCorpusGivesTheAnswerThatItsIndexNames(t *testing.T) {
	z, rows := openCorpus(t)
	if len(rows) < 200 {
		t.Fatalf("%d captures", len(rows))
	}
	for _, row := range rows {
		f, err := z.Open(row.File)
		if err != nil {
			t.Fatal(err)
		}
		e, err := HAR(f)
		if err != nil {
			t.Errorf("%s: %v", row.File, err)
			continue
		}
		status, said, grant := last(e)
		if row.Status/100 == 3 {
			row.Status = 0
		}
		if status != row.Status || said != row.Error && row.Error != "" || grant != row.Grant {
			t.Errorf("%s: %d %q %q, want %d %q %q", row.File, status, said, grant, row.Status, row.Error, row.Grant)
		}
	}
}

// last is what ended the capture; a refusal by redirect has no status of its own.
func last(e evidence.Evidence) (status int, said, grant string) {
	if n := len(e.TokenRequests); n > 0 {
		r := e.TokenRequests[n-1]
		return r.Response.Status, r.Response.Error.Raw(), r.GrantType.Raw()
	}
	r := e.Authorizations[len(e.Authorizations)-1].Response
	return r.Status, r.Error.Raw(), "authorization_code"
}

// session is a capture of one flow, put together by the parts that a test names.
func session(entries ...string) string {
	return `{"log":{"version":"1.2","creator":{"name":"x"},"pages":[{"id":"p"}],"entries":[` + strings.Join(entries, ",") + `]}}`
}

const (
	authorize = `{"startedDateTime":"2026-03-01T10:00:00.000Z","time":20,"request":{"method":"GET","url":"https://as.example/go?response_type=code&client_id=app&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=st-1234567&code_challenge=abc&code_challenge_method=S256","headers":[{"name":"cookie","value":"s=1"}]},"response":{"status":302,"headers":[{"name":"location","value":"/login?step=1"}],"content":{}}}`
	login     = `{"startedDateTime":"2026-03-01T10:00:09.000Z","time":30,"request":{"method":"POST","url":"https://as.example/login?step=1","headers":[]},"response":{"status":303,"redirectURL":"https://app.example/cb?code=the-code-of-it&state=st-1234567&iss=https%3A%2F%2Fas.example","headers":[]}}`
	callback  = `{"startedDateTime":"2026-03-01T10:00:09.100Z","request":{"method":"GET","url":"https://app.example/cb?code=the-code-of-it&state=st-1234567&iss=https%3A%2F%2Fas.example"},"response":{"status":200}}`
	favicon   = `{"startedDateTime":"2026-03-01T10:00:01.000Z","request":{"method":"GET","url":"https://as.example/favicon.ico"},"response":{"status":404,"content":{"mimeType":"text/html","text":"<h1>no</h1>"}}}`
	token     = `{"startedDateTime":"2026-03-01T10:00:09.500Z","time":50,"request":{"method":"POST","url":"https://as.example/t","headers":[{"name":"Content-Type","value":"application/x-www-form-urlencoded"}],"postData":{"mimeType":"application/x-www-form-urlencoded","text":"grant_type=authorization_code&client_id=app&code=the-code-of-it&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&code_verifier=ver"}},"response":{"status":400,"headers":[{"name":"date","value":"Sun, 01 Mar 2026 10:00:10 GMT"}],"content":{"mimeType":"application/json","encoding":"base64","text":"eyJlcnJvciI6ImludmFsaWRfZ3JhbnQiLCJlcnJvcl9kZXNjcmlwdGlvbiI6Im5vIn0="}}}`
)

func evidenceOf(t *testing.T, har string) evidence.Evidence {
	t.Helper()
	e, err := HAR(strings.NewReader(har))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestAWholeFlowIsTiedTogetherThroughItsLogInPages(t *testing.T) {
	e := evidenceOf(t, session(token, favicon, authorize, login, callback))
	if len(e.Authorizations) != 1 || len(e.TokenRequests) != 1 {
		t.Fatalf("%d authorization requests, %d token requests", len(e.Authorizations), len(e.TokenRequests))
	}
	a, r := e.Authorizations[0], e.TokenRequests[0]
	if a.Endpoint != "https://as.example/go" || a.ClientID != "app" || a.RedirectURI != "https://app.example/cb" || !a.Cookie || a.ChallengeMethod != "S256" {
		t.Errorf("authorization request: %+v", a)
	}
	back := a.Response
	if back.Code.Reveal() != "the-code-of-it" || back.URI != "https://app.example/cb" || back.Iss != "https://as.example" || back.Count != 1 || back.Refused() {
		t.Errorf("its answer: %+v", back)
	}
	if want := time.Date(2026, 3, 1, 10, 0, 9, 30e6, time.UTC); !back.At.Equal(want) {
		t.Errorf("the code came at %s, want %s: when the redirect had come", back.At, want)
	}
	if r.Code != back.Code || r.ClientAuth != "none" || r.Verifier.Reveal() != "ver" || r.ContentType != "" || len(r.Params) != 5 {
		t.Errorf("token request: %+v", r)
	}
	if got := r.Response; got.Status != 400 || got.Error != "invalid_grant" || got.Description != "no" || got.Date.IsZero() || !got.At.Equal(r.SentAt.Add(50*time.Millisecond)) {
		t.Errorf("token response: %+v", got)
	}
}

func TestACallbackThatIsRequestedAgainCountsTwice(t *testing.T) {
	e := evidenceOf(t, session(authorize, login, callback, strings.Replace(callback, "09.100", "11.000", 1)))
	if n := e.Authorizations[0].Response.Count; len(e.Authorizations) != 1 || n != 2 {
		t.Errorf("%d flows, counted %d times", len(e.Authorizations), n)
	}
}

func TestAPictureThatIsMissingIsNoErrorPage(t *testing.T) {
	e := evidenceOf(t, session(authorize, favicon))
	if e.Authorizations[0].Response.Page {
		t.Errorf("%+v", e.Authorizations[0].Response)
	}
}

func TestAnErrorPageIsTheAnswerAndSaysWhatItShows(t *testing.T) {
	page := strings.NewReplacer(`"status":302`, `"status":400`, `[{"name":"location","value":"/login?step=1"}]`, `[{"name":"Content-Type","value":"text/html"}]`,
		`"content":{}`, `"content":{"text":"<html><head><title>t</title><style>p{}</style></head><body><p>The client is <b>unknown</b> &amp; invalid_client</p></body></html>"}`).Replace(authorize)
	back := evidenceOf(t, session(page)).Authorizations[0].Response
	if !back.Page || back.Status != 400 || back.Error != "invalid_client" || back.Description != "The client is unknown & invalid_client" {
		t.Errorf("%+v", back)
	}
}

func TestAnErrorThatIsShownWithoutAnErrorsStatusIsTheAnswerToo(t *testing.T) {
	shown := func(url, text string) string {
		return `{"startedDateTime":"2026-03-01T10:00:01.000Z","request":{"method":"GET","url":"` + url + `"},"response":{"status":200,"content":{"mimeType":"text/html","text":"` + text + `"}}}`
	}
	for name, tc := range map[string]struct{ page, code string }{
		"in its address": {shown("https://as.example/fallback?error=invalid_client&error_description=No+such+client", "<p>Sorry</p>"), "invalid_client"},
		"in its text":    {shown("https://as.example/login?step=1", "<h1>Sorry</h1><p>The redirect_uri is not registered</p>"), ""},
		"Entra's":        {shown("https://as.example/login?step=1", "<p>AADSTS50011: The redirect URI does not match</p>"), ""},
	} {
		back := evidenceOf(t, session(authorize, tc.page)).Authorizations[0].Response
		if !back.Page || back.Error.Raw() != tc.code || back.Description == "" || back.Status != 0 {
			t.Errorf("%s: %+v", name, back)
		}
	}
	for _, text := range []string{"<h1>Sign in</h1><p>Forgot your password?</p><script>var messages={invalid_client:1}</script>", "<p>Application X wants access. Allow?</p>"} {
		if back := evidenceOf(t, session(authorize, shown("https://as.example/login?step=1", text))).Authorizations[0].Response; back.Refused() {
			t.Errorf("%s: %+v", text, back)
		}
	}
	e := evidenceOf(t, session(authorize, shown("https://as.example/login?step=1", "<p>invalid_request: client unknown</p>"), login, callback))
	if back := e.Authorizations[0].Response; back.Page || back.Code == "" {
		t.Errorf("the flow went on, and its answer is %+v", back)
	}
}

func TestWhatTheAppShowsAtItsCallbackIsRead(t *testing.T) {
	failing := strings.Replace(callback, `"response":{"status":200}`, `"response":{"status":500,"content":{"mimeType":"text/html","text":"<h1>Oops</h1><pre>oauth2: invalid_grant: Code not valid</pre>"}}`, 1)
	e := evidenceOf(t, session(authorize, login, failing))
	if e.ErrorResponse.Error != "invalid_grant" || e.ErrorResponse.Description != "Code not valid" || !strings.Contains(words(e), "Oops") {
		t.Errorf("%+v, %q", e.ErrorResponse, words(e))
	}
}

func TestAPageThatPostsTheAnswerIsTheAnswer(t *testing.T) {
	page := strings.NewReplacer(`"status":303`, `"status":200`, `"redirectURL":"https://app.example/cb?code=the-code-of-it&state=st-1234567&iss=https%3A%2F%2Fas.example",`, ``,
		`"headers":[]}}`, `"content":{"mimeType":"text/html","text":"<form method='post' action='https://app.example/cb'><input type=hidden name=state value='st-1234567'/><input name=\"code\" value=\"the-code&amp;of-it\"></form>"}}}`).Replace(login)
	posted := `{"startedDateTime":"2026-03-01T10:00:09.200Z","request":{"method":"POST","url":"https://app.example/cb","postData":{"params":[{"name":"code","value":"the-code&of-it"},{"name":"state","value":"st-1234567"}]}},"response":{"status":200}}`
	e := evidenceOf(t, session(authorize, page, posted))
	if back := e.Authorizations[0].Response; back.Code.Reveal() != "the-code&of-it" || back.Count != 1 || len(e.TokenRequests) != 0 {
		t.Errorf("%+v, %d token requests", back, len(e.TokenRequests))
	}
}

func TestParametersThatArePushedBelongToTheRequestThatNamesThem(t *testing.T) {
	pushed := `{"startedDateTime":"2026-03-01T09:59:59Z","request":{"method":"POST","url":"https://as.example/par","postData":{"text":"response_type=code&client_id=app&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=st-1234567"}},"response":{"status":201,"content":{"text":"{\"request_uri\":\"urn:x:1\",\"expires_in\":60}"}}}`
	short := `{"startedDateTime":"2026-03-01T10:00:00Z","request":{"method":"GET","url":"https://as.example/go?client_id=app&request_uri=urn:x:1"},"response":{"status":302,"redirectURL":"https://app.example/cb?error=access_denied&state=st-1234567"}}`
	e := evidenceOf(t, session(pushed, short))
	if len(e.Authorizations) != 1 || e.Authorizations[0].RedirectURI != "https://app.example/cb" || e.Authorizations[0].Pushed || e.Authorizations[0].Response.Error != "access_denied" {
		t.Errorf("%+v", e.Authorizations)
	}
	e = evidenceOf(t, session(short))
	if len(e.Authorizations) != 1 || !e.Authorizations[0].Pushed || e.Authorizations[0].Response.Error != "access_denied" {
		t.Errorf("without the push: %+v", e.Authorizations)
	}
}

func TestATokenRequestIsKnownByWhatItCarriesAndNotByItsPath(t *testing.T) {
	request := func(method, url, media, text, header string) string {
		return `{"startedDateTime":"2026-03-01T10:00:00Z","request":{"method":"` + method + `","url":"` + url + `","headers":[` + header + `],"postData":{"mimeType":"` + media + `","text":"` + text + `"}},"response":{"status":400,"content":{"text":"error=invalid_grant"}}}`
	}
	basic := `{"name":"authorization","value":"Basic YXBwOnMlMkJ0"}`
	for name, tc := range map[string]struct {
		har string
		is  bool
	}{
		"form":                          {request("POST", "https://as.example/x", "", "grant_type=refresh_token&refresh_token=r", ""), true},
		"JSON":                          {request("POST", "https://as.example/x", "application/json", `{\"grant_type\":\"refresh_token\"}`, ""), true},
		"FormData":                      {request("POST", "https://as.example/x", "multipart/form-data; boundary=b", `--b\r\nContent-Disposition: form-data; name=\"grant_type\"\r\n\r\nrefresh_token\r\n--b--\r\n`, ""), true},
		"GET":                           {request("GET", "https://as.example/x?grant_type=authorization_code&code=c", "", "", ""), true},
		"GitHub's, without grant_type":  {request("POST", "https://as.example/x", "", "client_id=a&client_secret=s&code=c", ""), true},
		"grant_type forgotten":          {request("POST", "https://as.example/x", "", "code=c", basic), true},
		"nothing but credentials":       {request("POST", "https://as.example/token", "", "", basic), true},
		"a page handing the code on":    {request("POST", "https://app.example/api/login", "application/json", `{\"code\":\"c\"}`, ""), false},
		"preflight":                     {request("OPTIONS", "https://as.example/token?grant_type=x", "", "", ""), false},
		"another API with an API token": {request("POST", "https://api.example/token", "application/json", `{\"username\":\"u\"}`, ""), false},
	} {
		e := evidenceOf(t, session(tc.har))
		if got := len(e.TokenRequests) == 1; got != tc.is {
			t.Errorf("%s: %+v", name, e.TokenRequests)
			continue
		}
		if tc.is && e.TokenRequests[0].Response.Error != "invalid_grant" {
			t.Errorf("%s: answer %+v", name, e.TokenRequests[0].Response)
		}
	}
}

func TestOfATruncatedCaptureIsReadWhatIsThere(t *testing.T) {
	whole := session(authorize, login, callback, token)
	for _, end := range []int{len(whole) - 3, len(whole) - 200, len(whole) - 300} {
		if e := evidenceOf(t, whole[:end]); len(e.TokenRequests) != 1 || e.TokenRequests[0].Code == "" {
			t.Errorf("cut at %d of %d: %+v", end, len(whole), e.TokenRequests)
		}
	}
}

func TestDepthAndLengthCostNothing(t *testing.T) {
	deep := `{"log":{"_x":` + strings.Repeat(`[{"a":`, 200_000) + `1` + strings.Repeat(`}]`, 200_000) + `,"entries":[` +
		strings.Replace(token, `"time":50`, `"_pad":"`+strings.Repeat(`x\"`, 1<<20)+`","time":50`, 1) + `]}}`
	if e := evidenceOf(t, deep); len(e.TokenRequests) != 1 {
		t.Errorf("%d token requests", len(e.TokenRequests))
	}
}

func TestWhatIsNoCaptureIsAnError(t *testing.T) {
	for _, text := range []string{"", "x", "{}", `{"log":{}}`, `[1,2]`, `{"log":`} {
		if _, err := HAR(strings.NewReader(text)); err == nil {
			t.Errorf("%q is taken for a HAR file", text)
		}
	}
}

func TestMessagesThatThereIsNoRoomForAreCounted(t *testing.T) {
	entry := `{"request":{"method":"GET","url":"https://app.example/cb?code=c&state=s"}},`
	text := `{"log":{"entries":[` + strings.Repeat(entry, maxMessages+3) + `{}]}}`
	res, err := Read([]Input{{Name: "big.har", Reader: strings.NewReader(text)}}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := "big.har: only the first 10000 messages that can be part of a login were read; 3 later ones were not"
	if !slices.Equal(res.Warnings, []string{want}) {
		t.Errorf("the warnings are %q, want %q", res.Warnings, want)
	}
}

func TestOfManyParametersSomeAreKept(t *testing.T) {
	pairs := strings.Repeat(`{"name":"a","value":"b"},`, 10*maxParams)
	e := evidenceOf(t, `{"log":{"entries":[{"request":{"method":"POST","url":"https://as.example/token","postData":{"params":[{"name":"grant_type","value":"refresh_token"},`+pairs+`{}]}}}]}}`)
	if n := len(e.TokenRequests[0].Params); n != maxParams {
		t.Errorf("%d parameters are kept, want %d", n, maxParams)
	}
}

// Some recorders list the parameters as they stood in the form.
func TestParametersThatWereRecordedEncodedAreDecodedOnce(t *testing.T) {
	params := func(list string) string {
		return session(`{"startedDateTime":"2026-03-01T10:00:02.000Z","time":50,"request":{"method":"POST","url":"https://as.example/token","headers":[],"postData":{"mimeType":"application/x-www-form-urlencoded","params":[` + list + `]}},"response":{"status":400,"headers":[],"content":{"mimeType":"application/json","text":"{\"error\":\"invalid_grant\"}"}}}`)
	}
	const grant = `{"name":"grant_type","value":"authorization_code"},`
	e := evidenceOf(t, params(grant+`{"name":"code","value":"4%2F0Ab"},{"name":"redirect_uri","value":"https%3A%2F%2Fapp.example%2Fcb"}`))
	if r := e.TokenRequests[0]; r.Code.Reveal() != "4/0Ab" || r.RedirectURI.Raw() != "https://app.example/cb" {
		t.Errorf("%q, %q", r.Code.Reveal(), r.RedirectURI.Raw())
	}
	e = evidenceOf(t, params(grant+`{"name":"code","value":"4/0Ab"},{"name":"redirect_uri","value":"https%3A%2F%2Fapp.example%2Fcb"}`))
	if r := e.TokenRequests[0]; r.RedirectURI.Raw() != "https%3A%2F%2Fapp.example%2Fcb" {
		t.Errorf("encoded twice by the client: %q", r.RedirectURI.Raw())
	}
}
