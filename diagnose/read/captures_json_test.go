package read

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"example.com/grantwalk/diagnose/exchange"
)

// capturedAs is how one token request with its response is written in a form that is JSON or XML.
type capturedAs struct {
	name  string
	write func(form, response string) string
}

var written = []capturedAs{
	{"HAR entry", func(form, response string) string {
		return `{"startedDateTime":"2026-03-01T10:00:00Z","request":{"method":"POST","url":"https://as.example/token","postData":{"mimeType":"application/x-www-form-urlencoded","text":` + form + `}},"response":{"status":400,"content":{"mimeType":"application/json","text":` + response + `}}}`
	}},
	{"Charles session", func(form, response string) string {
		return `[{"status":"COMPLETE","method":"POST","protocolVersion":"HTTP/1.1","scheme":"https","host":"as.example","port":null,"actualPort":443,"path":"/token","query":null,"times":{"start":"2026-03-01T10:00:00Z","end":"2026-03-01T10:00:01Z"},"request":{"mimeType":"application/x-www-form-urlencoded","body":{"text":` + form + `}},"response":{"status":400,"mimeType":"application/json","body":{"text":` + response + `}}}]`
	}},
	{"Postman collection", func(form, response string) string {
		return `{"info":{"schema":"https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},"item":[{"item":[{"request":{"method":"POST","url":"https://as.example/token","body":{"mode":"raw","raw":` + form + `}},"response":[{"code":400,"body":` + response + `}]}]}]}`
	}},
	{"tshark json", func(form, response string) string {
		return `[{"_index":"packets-2026-03-01","_source":{"layers":{"frame":{"frame.number":"4"},"http":{"http.request.method":"POST","http.request.full_uri":"https://as.example/token","http.file_data":` + form + `}}}},
			{"_index":"packets-2026-03-01","_source":{"layers":{"frame":{"frame.number":"5"},"http":{"http.response.code":"400","http.request_in":"4","http.file_data":` + response + `}}}}]`
	}},
	{"tshark ek", func(form, response string) string {
		return `{"index":{"_index":"packets-2026-03-01"}}
			{"timestamp":"1","layers":{"tcp":{"tcp_tcp_stream":"0"},"http":{"http_http_request_method":"POST","http_http_request_full_uri":"https://as.example/token","http_http_file_data":` + form + `}}}
			{"index":{"_index":"packets-2026-03-01"}}
			{"timestamp":"1","layers":{"tcp":{"tcp_tcp_stream":"0"},"http":{"http_http_response_code":"400","http_http_file_data":` + response + `}}}`
	}},
	{"tshark pdml", func(form, response string) string {
		quoted := func(js string) string {
			var text string
			var b strings.Builder
			_ = json.Unmarshal([]byte(js), &text) // it was marshalled
			_ = xml.EscapeText(&b, []byte(text))  // a builder takes everything
			return b.String()
		}
		return `<?xml version="1.0"?><pdml><packet><proto name="tcp"><field name="tcp.stream" show="0"/></proto><proto name="http"><field name="http.request.method" show="POST"/><field name="http.request.full_uri" show="https://as.example/token"/><field name="http.file_data" show="` + quoted(form) + `"/></proto></packet>
			<packet><proto name="tcp"><field name="tcp.stream" show="0"/></proto><proto name="http"><field name="http.response.code" show="400"/><field name="http.file_data" show="` + quoted(response) + `"/></proto></packet></pdml>`
	}},
}

func (d capturedAs) of(form, response string) string {
	quote := func(text string) string {
		quoted, err := json.Marshal(text)
		if err != nil {
			panic(err) // a string can always be written
		}
		return string(quoted)
	}
	return d.write(quote(form), quote(response))
}

// exchangesOf reads a document as one of an input.
func exchangesOf(text string) ([]exchange.Exchange, error) {
	c := collector{room: maxUnpacked}
	err := c.input(Input{Reader: strings.NewReader(text)})
	return c.captured, err
}

func TestEachFormTiesTheResponseToItsRequest(t *testing.T) {
	for _, d := range written {
		found, err := exchangesOf(d.of("grant_type=authorization_code&code=the+code", `{"error":"invalid_grant"}`))
		if err != nil || len(found) != 1 {
			t.Errorf("%s: %d exchanges, %v", d.name, len(found), err)
			continue
		}
		x := found[0]
		said, _ := x.Response.Error()
		if x.Request.Get("code") != "the code" || x.Response.Status != 400 || said.Error.Raw() != "invalid_grant" || x.Request.URL.String() != "https://as.example/token" {
			t.Errorf("%s: %+v", d.name, x)
		}
	}
}

func TestADocumentBehindAnotherIsReadToo(t *testing.T) {
	for _, d := range written {
		text := d.of("grant_type=authorization_code&code=c1", "{}")
		if found, err := exchangesOf(text + "\n" + text); err != nil || len(found) != 2 {
			t.Errorf("%s: %d exchanges, %v", d.name, len(found), err)
		}
	}
}

func TestADocumentThatIsCutIsReadAsFarAsItGoes(t *testing.T) {
	for _, d := range written {
		text := d.of("grant_type=authorization_code&code="+marked, `{"error":"invalid_grant"}`)
		for n := range len(text) {
			found, err := exchangesOf(text[:n])
			if len(found) > 1 {
				t.Fatalf("%s, cut at %d: %d exchanges", d.name, n, len(found))
			}
			if err != nil && strings.Contains(err.Error(), marked) {
				t.Errorf("%s, cut at %d: the error shows a secret: %v", d.name, n, err)
			}
		}
	}
}

func TestADocumentReadsTheSameByteByByte(t *testing.T) {
	for _, d := range written {
		text := d.of("grant_type=authorization_code&code=c1", `{"error":"invalid_grant"}`)
		c := collector{room: maxUnpacked}
		if err := c.input(Input{Reader: iotest.OneByteReader(strings.NewReader(text))}); err != nil || len(c.captured) != 1 {
			t.Errorf("%s: %d exchanges, %v", d.name, len(c.captured), err)
		}
	}
}

func TestAHugeBodyIsCut(t *testing.T) {
	for _, d := range written {
		found, err := exchangesOf(d.of("grant_type=authorization_code&code=c1", strings.Repeat("x", 4<<20)))
		if err != nil || len(found) != 1 || len(found[0].Response.Body) > maxContent {
			t.Errorf("%s: %d exchanges, %v", d.name, len(found), err)
		}
	}
}

func TestDepthCostsNothing(t *testing.T) {
	const deep = 1 << 20
	for name, text := range map[string]string{
		"Charles session":    `[{"host":"as.example","actualPort":443,"request":` + strings.Repeat(`{"a":`, deep),
		"Postman folders":    `{"info":{"_postman_id":"1"},` + strings.Repeat(`"item":[{`, deep),
		"tshark layers":      `[{"_index":"packets-1","_source":{"layers":{"http":` + strings.Repeat(`{"a":`, deep),
		"tshark arrays":      `[{"_index":"packets-1","_source":{"layers":{"http":{"http.host":` + strings.Repeat(`[`, deep),
		"sources in sources": `[{"_index":"packets-1",` + strings.Repeat(`"_source":{`, deep),
		"PDML":               `<pdml>` + strings.Repeat(`<packet><field name="http.host">`, deep),
	} {
		if _, err := exchangesOf(text); err == nil {
			t.Errorf("%s: it has no end, and was read", name)
		}
	}
}

func TestATagWithoutEndIsNotKept(t *testing.T) {
	_, err := exchangesOf(`<pdml><field show="` + strings.Repeat("x", maxTag+1))
	if err == nil || !strings.Contains(err.Error(), "too long") {
		t.Errorf("%v", err)
	}
}

func TestTLSWithoutKeysIsExplained(t *testing.T) {
	for name, text := range map[string]string{
		"json": `[{"_index":"packets-1","_source":{"layers":{"frame":{"frame.number":"1"},"tls":{"tls.record":{"tls.record.version":"0x0303"}}}}}]`,
		"ek":   `{"timestamp":"1","layers":{"frame":{},"tls":{}}}`,
		"pdml": `<pdml><packet><proto name="tls"/></packet></pdml>`,
		"text": "Frame 1: 9 bytes on wire (72 bits)\nTransport Layer Security\n",
	} {
		_, err := exchangesOf(text)
		var u *Unreadable
		if !errors.As(err, &u) || !strings.Contains(u.What, "TLS hides") || !strings.Contains(u.Instead, "SSLKEYLOGFILE") {
			t.Errorf("%s: %v, %+v", name, err, u)
		}
	}
}

func TestAResponseWhoseRequestWasFilteredOutIsRead(t *testing.T) {
	found, err := exchangesOf(`[{"_index":"packets-1","_source":{"layers":{"http":{"http.response.code":"400","http.request_in":"4","http.response_for.uri":"https://as.example/token"},"json":{"json.path_with_value":"/error:invalid_grant"}}}}]`)
	if err != nil || len(found) != 1 {
		t.Fatalf("%d exchanges, %v", len(found), err)
	}
	if said, _ := found[0].Response.Error(); said.Error.Raw() != "invalid_grant" || found[0].Request.Body != exchange.Missing {
		t.Errorf("%+v", found[0])
	}
}

func TestAPacketWithoutFileDataHasItsDissectedForm(t *testing.T) {
	found, err := exchangesOf(`{"timestamp":"1","layers":{"http":{"http_http_request_method":"POST","http_http_request_full_uri":"https://as.example/token"},"urlencoded-form":{"urlencoded-form_urlencoded-form_key":["grant_type","code"],"urlencoded-form_urlencoded-form_value":["authorization_code","a b"]}}}`)
	if err != nil || len(found) != 1 || found[0].Request.Get("code") != "a b" {
		t.Errorf("%+v, %v", found, err)
	}
}

func TestFieldsThatTsharkWasToldToPrintAreRead(t *testing.T) {
	found, err := exchangesOf(`[{"_index":"packets-1","_source":{"layers":{"frame.number":["4"],"http.request.method":["GET"],"http.request.full_uri":["https://app.example/cb?code=c1&state=s1"]}}}]`)
	if err != nil || len(found) != 1 || found[0].Request.Get("code") != "c1" {
		t.Errorf("%+v, %v", found, err)
	}
}

func TestARequestOfAFolderHasTheAuthenticationOfTheFolder(t *testing.T) {
	found, err := exchangesOf(`{"info":{"_postman_id":"1"},"item":[{"item":[
		{"request":{"method":"POST","url":{"protocol":"https","host":["as","example"],"path":["token"]},"body":{"mode":"urlencoded","urlencoded":[{"key":"grant_type","value":"authorization_code"},{"key":"code","value":"old","disabled":true},{"key":"code","value":"c1"}]}}},
		{"request":{"method":"POST","url":"https://as.example/token","auth":{"type":"noauth"},"body":{"mode":"raw","raw":"grant_type=password"}}}],
		"auth":{"type":"basic","basic":[{"key":"password","value":"pw"},{"key":"username","value":"app"}]}}]}`)
	if err != nil || len(found) != 2 {
		t.Fatalf("%d exchanges, %v", len(found), err)
	}
	if r := found[0].Request; r.Authorization != "Basic YXBwOnB3" || r.Get("code") != "c1" || r.URL.String() != "https://as.example/token" {
		t.Errorf("%+v", r)
	}
	if r := found[1].Request; r.Authorization != "" || r.Get("grant_type") != "password" {
		t.Errorf("%+v", r)
	}
}

func TestAValueThatTsharkCutIsUnknown(t *testing.T) {
	found, err := exchangesOf("Frame 1: 9 bytes on wire (72 bits)\n    Frame Number: 1\nHypertext Transfer Protocol\n        Request Method: POST\n    Authorization [truncated]: Basic abc\n    [Full request URI: https://as.example/token]\n" +
		"HTML Form URL Encoded: application/x-www-form-urlencoded\n        Key: grant_type\n        Value: authorization_code\n        Key: code\n        Value […]: abc\n        Key: client_id\n        Value: app\n\n" +
		"Frame 2: 9 bytes on wire (72 bits)\nHypertext Transfer Protocol\n        Status Code: 400\n    [Request in frame: 1]\nLine-based text data: application/json (1 lines)\n    {\"error\":\"invalid_grant\"}\\n\n")
	if err != nil || len(found) != 1 {
		t.Fatalf("%d exchanges, %v", len(found), err)
	}
	x := found[0]
	said, _ := x.Response.Error()
	if x.Request.Get("code") != "…" || x.Request.Get("client_id") != "app" || x.Request.Authorization != "Basic …" || said.Error.Raw() != "invalid_grant" {
		t.Errorf("%+v", x)
	}
}

func TestALogThatIsNoCaptureIsReadAsText(t *testing.T) {
	for _, text := range []string{
		`{"timestamp":"2026-03-01","level":"error","request":{"url":"/token"},"error":"invalid_grant"}`,
		`[{"host":"as.example","message":"invalid_grant"}]`,
		`{"info":{"title":"an API"},"error":"invalid_grant"}`,
		`{"index":{"_index":"logs-2026"}}` + "\n" + `{"message":"invalid_grant"}`,
		`<html><body>invalid_grant</body></html>`,
	} {
		res, err := Read([]Input{{Reader: strings.NewReader(text)}}, Options{})
		if err != nil || !res.Recognised || res.Kind == KindHAR {
			t.Errorf("%s: %q, %v", text, res.Kind, err)
		}
	}
}

func TestAHARWithoutCookiesOfChromeTellsNothingOfAuthentication(t *testing.T) {
	body := `"entries":[{"request":{"method":"POST","url":"https://as.example/token","postData":{"text":"grant_type=authorization_code&code=c1"}},"response":{"status":400,"content":{"text":"{\"error\":\"invalid_grant\"}"}}}]}}`
	for creator, want := range map[string]string{"WebInspector": "", "Firefox": "none"} {
		e := evidenceOf(t, `{"log":{"creator":{"name":"`+creator+`"},`+body)
		if got := e.TokenRequests[0].ClientAuth; got != want {
			t.Errorf("%s: %q, want %q", creator, got, want)
		}
	}
}

// fuzzForm checks that a form has what was sent, whatever the values are.
func fuzzForm(f *testing.F, name string) {
	d := written[slices.IndexFunc(written, func(d capturedAs) bool { return d.name == name })]
	f.Add("4/0AbC", "code was used", 20)
	f.Add("a&b=c%41\"", "\n</pdml>\"}]", 200)
	f.Add("", "é\u2028\\", 0)
	f.Fuzz(func(t *testing.T, code, description string, cut int) {
		if len(code)+len(description) > 10_000 || !utf8.ValidString(description) || name == "tshark pdml" && strings.ContainsFunc(description, func(r rune) bool { return r == '\ufffd' || r < ' ' }) {
			return
		}
		response, err := json.Marshal(map[string]string{"error": "invalid_grant", "error_description": description})
		if err != nil {
			t.Skip(err)
		}
		text := d.of("grant_type=authorization_code&code="+escapedQuery(code), string(response))
		found, err := exchangesOf(text)
		if err != nil || len(found) != 1 || found[0].Request.Get("code") != code {
			t.Fatalf("%q reads %+v, %v", text, found, err)
		}
		if said, _ := found[0].Response.Error(); said.Error.Raw() != "invalid_grant" || found[0].Response.Body != string(response) {
			t.Errorf("%q reads %q", text, found[0].Response.Body)
		}
		if found, _ := exchangesOf(text[:min(len(text), max(cut, 0))]); len(found) > 1 {
			t.Errorf("cut at %d: %+v", cut, found)
		}
	})
}

// escapedQuery escapes every byte, so that any value is one of a form.
func escapedQuery(value string) string {
	var b strings.Builder
	for _, c := range []byte(value) {
		fmt.Fprintf(&b, "%%%02X", c)
	}
	return b.String()
}

func FuzzAHAREntryIsReadAsItWasSent(f *testing.F)          { fuzzForm(f, "HAR entry") }
func FuzzACharlesSessionIsReadAsItWasSent(f *testing.F)    { fuzzForm(f, "Charles session") }
func FuzzAPostmanCollectionIsReadAsItWasSent(f *testing.F) { fuzzForm(f, "Postman collection") }
func FuzzTsharksJSONIsReadAsItWasSent(f *testing.F)        { fuzzForm(f, "tshark json") }
func FuzzTsharksLinesAreReadAsTheyWereSent(f *testing.F)   { fuzzForm(f, "tshark ek") }
func FuzzPDMLIsReadAsItWasSent(f *testing.F)               { fuzzForm(f, "tshark pdml") }
