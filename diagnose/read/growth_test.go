package read

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/growth"
)

// explain reads the text as grantwalk explain does.
func explain(text string) { explainAll(text) }

func explainAll(texts ...string) {
	var inputs []Input
	for _, text := range texts {
		inputs = append(inputs, Input{Reader: strings.NewReader(text)})
	}
	if res, err := Read(inputs, Options{}); err == nil {
		fmt.Fprint(io.Discard, diagnose.Diagnose(res.Evidence))
	}
}

// paste reads a text as one that is short enough to be read as a whole. Because the
// limit is left out, growth shows that is too small to be seen below it.
func paste(text string) {
	c := collector{}
	c.take(readText(source{text: plain(text), line: 1}))
	res := c.result(Options{})
	fmt.Fprint(io.Discard, diagnose.Diagnose(res.Evidence))
}

func TestPastedTextTakesLinearTime(t *testing.T) {
	for _, shape := range growth.Texts {
		growth.Linear(t, shape, 4<<10, 512<<10, paste)
	}
}

// commandTexts are shapes of commands and code.
var commandTexts = []growth.Shape{
	growth.Repeated("commands with their responses", "curl https://as.example/token -d a=b\nHTTP/1.1 400 Bad Request\n\n{\"error\":\"invalid_grant\"}\n\n"),
	growth.Repeated("commands with documents", "curl https://as.example/token -d a=b\n{\"error\":\"invalid_grant\"}\n"),
	growth.Repeated("commands of cmd.exe", "curl ^\"https://as.example/t^\" ^\n -d ^\"a=b^\"\n"),
	growth.Between("carets", "curl ^\"https://as.example/t^\" ", "^\n", ""),
	growth.Repeated("substitutions that do not close", "curl $("),
	growth.Repeated("backticks", "curl `"),
	growth.Repeated("here-documents that do not end", "curl <<A\n"),
	growth.Repeated("pipes", "curl a|"),
	growth.Repeated("echo", "echo a | curl -d @- https://as.example/t "),
	growth.Repeated("braces", "curl https://as.example/{a,b}{1..9999999} "),
	growth.Between("a word of many variables", "curl https://as.example/", "$A", ""),
	growth.Between("a word of many expansions", "curl https://as.example/", "${A//a/b}", ""),
	growth.Numbered("assignments", "A%=$A\ncurl $A%/t -d a=b\n"),
	growth.Repeated("calls of fetch", "fetch('https://as.example/t', {method: 'POST', body: 'a=b'});\n"),
	growth.Repeated("calls of fetch that do not close", "fetch("),
	growth.Repeated("calls in calls", "fetch(f("),
	growth.Repeated("objects that do not close", "fetch({a:"),
	growth.Repeated("templates that do not close", "fetch(`${"),
	growth.Between("members", "fetch('https://as.example/t', {", "a: 'b',", "})"),
	growth.Between("sums", "fetch('https://as.example/t'", " + 'a'", ")"),
	growth.Repeated("a variable of itself", "const a = a + a;\nfetch(a, a)\n"),
	growth.Repeated("calls of requests", "requests.post('https://as.example/t', data={'a': 'b'}, auth=('a', 'b'))\n"),
	growth.Repeated("Invoke-RestMethod", "Invoke-RestMethod -Uri https://as.example/t -Body @{a='b'}\n"),
	growth.Repeated("tables that do not close", "irm @{a="),
	growth.Repeated("brackets of PowerShell", "irm $(("),
	growth.Between("lines of a session", "", "$session.A = 1\n", "irm https://as.example/t\n"),
	growth.Repeated("HTTPie", "http -f as.example/t a=b c==d e:f\n"),
	growth.Between("items of HTTPie", "http -f as.example/t", " a=b", ""),
	growth.Repeated("wget", "wget --post-data a=b https://as.example/t\n"),
}

func TestCommandsTakeLinearTime(t *testing.T) {
	for _, shape := range commandTexts {
		// Up to 64 KB some expressions are given to a faster engine.
		growth.Linear(t, shape, 4<<10, 8*maxCommand, paste)
	}
}

// The error in the first line makes a log of the rest, which is searched and not read.
func TestALogTakesLinearTime(t *testing.T) {
	for _, shape := range growth.Texts {
		growth.Linear(t, shape, 2*small, 16<<20, func(text string) {
			explain("2024-01-15 10:00:00 ERROR invalid_grant: no\n" + text)
		})
	}
}

// Each input is a file of its own, and together they are one case.
func TestManyFilesTakeLinearTime(t *testing.T) {
	const (
		file    = "\x00" // begins one
		request = "POST /token HTTP/1.1\nHost: as.example\n\ngrant_type=authorization_code&code=c%xyzabc0192&client_id=me\n\nHTTP/1.1 400 Bad Request\n\n{\"error\":\"invalid_grant\"}\n\n"
		login   = "https://as.example/authorize?response_type=code&client_id=me&state=s%xyz&redirect_uri=https://app.example/cb\n"
	)
	for _, shape := range []growth.Shape{
		growth.Numbered("requests", file+request),
		growth.Numbered("requests, ten each", file+strings.Repeat(request, 10)),
		growth.Numbered("logins", file+strings.Repeat(login, 10)),
		growth.Repeated("a word", file+"invalid_grant"),
		growth.Repeated("nothing", file+"x"),
		growth.Numbered("a login and its request", file+login+request),
	} {
		growth.Linear(t, shape, 32<<10, 2<<20, func(text string) {
			explainAll(strings.Split(text, file)...)
		})
	}
}

func TestUTF16TakesLinearTime(t *testing.T) {
	for _, shape := range []growth.Shape{
		growth.Between("letters", "\xff\xfe", "a\x00", ""),
		growth.Between("surrogates", "\xff\xfe", "\x3d\xd8\x42\xde", ""),
		growth.Between("halves of surrogates", "\xff\xfe", "\x3d\xd8", ""),
		growth.Between("byte order marks", "", "\xff\xfe", ""),
		growth.Between("lines", "\xfe\xff", "\x00a\x00\n", ""),
	} {
		growth.Linear(t, shape, 4*small, 8<<20, explain)
	}
}

// In a capture a text may be a body, a parameter, a URL or a header.
func TestTheTextsOfACaptureTakeLinearTime(t *testing.T) {
	for _, shape := range growth.Texts {
		growth.Linear(t, shape, 2<<10, maxContent-1000, func(text string) {
			quoted, _ := json.Marshal(text)
			explain(strings.ReplaceAll(`{"log":{"entries":[
				{"request":{"method":"GET","url":"https://as.example/authorize?response_type=code&client_id=me&state=st-1234567"},
				 "response":{"status":200,"headers":[{"name":"date","value":%}],"content":{"mimeType":"text/html","text":%}}},
				{"request":{"method":"GET","url":"https://app.example/cb?code=c0de&state=st-1234567"},
				 "response":{"status":500,"content":{"mimeType":"text/html","text":%}}},
				{"request":{"method":"GET","url":%}, "response":{"status":302,"headers":[{"name":"location","value":%}]}},
				{"request":{"method":"POST","url":"https://as.example/token","postData":{"text":%}}, "response":{"status":400}},
				{"request":{"method":"POST","url":"https://as.example/token",
				  "postData":{"params":[{"name":"grant_type","value":"authorization_code"},{"name":"code","value":%},{"name":"redirect_uri","value":%}]}},
				 "response":{"status":400,"content":{"mimeType":"application/json","text":%}}},
				{"request":{"method":"POST","url":"https://as.example/token","postData":{"text":"grant_type=refresh_token"}},
				 "response":{"status":400,"content":{"text":{"error":%,"error_description":%}}}}]}}`, "%", string(quoted)))
		})
	}
}

// captures are shapes of a HAR file. The number of the entry is in place of each %.
var captures = []growth.Shape{
	entries("empty entries", `{}`),
	entries("entries of images", `{"request":{"method":"GET","url":"https://app.example/%.png"},"response":{"status":200}}`),
	entries("authorization requests", `{"request":{"method":"GET","url":"https://as.example/authorize?response_type=code&client_id=me&redirect_uri=https://app.example/cb&state=state-%"},"response":{"status":200}}`),
	entries("authorization requests of many apps", `{"request":{"method":"GET","url":"https://as.example/authorize?response_type=code&client_id=me&redirect_uri=https://app%.example/cb&state=state-%"},"response":{"status":200}}`),
	entries("authorization requests without redirect URI", `{"request":{"method":"GET","url":"https://as.example/authorize?response_type=code&client_id=me&state=state-%"},"response":{"status":200}}`),
	entries("authorization requests of one state", `{"request":{"method":"GET","url":"https://as.example/authorize?response_type=code&client_id=me&redirect_uri=https://app.example/%&state=state"},"response":{"status":200}}`),
	entries("requests with their callbacks", `{"request":{"method":"GET","url":"https://as.example/authorize?response_type=code&client_id=me&redirect_uri=https://app.example/cb&state=state-%"},"response":{"status":302,"headers":[{"name":"location","value":"https://app.example/cb?code=code-%&state=state-%"}]}},
		{"request":{"method":"GET","url":"https://app.example/cb?code=code-%&state=state-%"},"response":{"status":200}}`),
	entries("whole flows", `{"startedDateTime":"2024-01-15T10:00:00Z","request":{"method":"GET","url":"https://as.example/authorize?response_type=code&client_id=me&redirect_uri=https://app.example/cb&state=state-%"},"response":{"status":302,"headers":[{"name":"location","value":"https://app.example/cb?code=code-%&state=state-%"}]}},
		{"request":{"method":"GET","url":"https://app.example/cb?code=code-%&state=state-%"},"response":{"status":200}},
		{"request":{"method":"POST","url":"https://as.example/token","postData":{"text":"grant_type=authorization_code&code=code-%&client_id=me"}},"response":{"status":400,"content":{"text":"{\"error\":\"invalid_grant\"}"}}}`),
	entries("stray callbacks", `{"request":{"method":"GET","url":"https://app%.example/cb?code=code-%&state=state-%"},"response":{"status":200}}`),
	entries("stray callbacks of one app", `{"request":{"method":"GET","url":"https://app.example/cb?code=code-%&state=state-%"},"response":{"status":200}}`),
	entries("stray errors", `{"request":{"method":"GET","url":"https://app%.example/cb?error=access_denied&state=state-%"},"response":{"status":200}}`),
	entries("stray callbacks whose codes are exchanged", `{"request":{"method":"GET","url":"https://app%.example/cb?code=code-%&state=state-%"},"response":{"status":200}},
		{"request":{"method":"POST","url":"https://as.example/token","postData":{"text":"grant_type=authorization_code&code=code-%"}},"response":{"status":400}}`),
	entries("stray redirects", `{"request":{"method":"GET","url":"https://as.example/a"},"response":{"status":302,"headers":[{"name":"location","value":"https://app%.example/cb?code=code-%&state=state-%"}]}}`),
	entriesAfter("one callback again and again", flowStart, `{"request":{"method":"GET","url":"https://app.example/cb?code=c0de&state=st-1234567"},"response":{"status":200}}`),
	entriesAfter("callbacks with new codes", flowStart, `{"request":{"method":"GET","url":"https://app.example/cb?code=code-%&state=st-1234567"},"response":{"status":200}}`),
	entriesAfter("callbacks that show an error", flowStart, `{"request":{"method":"GET","url":"https://app.example/cb?code=c0de&state=st-1234567"},"response":{"status":500,"content":{"mimeType":"text/html","text":"<p>invalid_grant</p>"}}}`),
	entriesAfter("posted codes", flowStart, `{"request":{"method":"POST","url":"https://api.example/login","postData":{"text":"code=c0de"}},"response":{"status":200}}`),
	entriesAfter("a chain of redirects", flowStart, `{"request":{"method":"GET","url":"https://h%.example/login"},"response":{"status":302,"headers":[{"name":"location","value":"https://h%.example/next"}]}}`),
	entriesAfter("pages of the server", flowStart, `{"request":{"method":"GET","url":"https://as.example/login"},"response":{"status":400,"content":{"mimeType":"text/html","text":"<p>invalid client %</p>"}}}`),
	entriesAfter("forms that post themselves", flowStart, `{"request":{"method":"GET","url":"https://as.example/login"},"response":{"status":200,"content":{"mimeType":"text/html","text":"<form action=https://app.example/%><input name=code value=c%><input name=state value=s%></form>"}}}`),
	entries("pushed requests", `{"request":{"method":"POST","url":"https://as.example/par","postData":{"text":"client_id=me&response_type=code&redirect_uri=https://app.example/cb&state=state-%"}},"response":{"status":201,"content":{"text":"{\"request_uri\":\"urn:%\"}"}}},
		{"request":{"method":"GET","url":"https://as.example/authorize?client_id=me&request_uri=urn:%"},"response":{"status":200}}`),
	entries("token requests", `{"request":{"method":"POST","url":"https://as.example/token","postData":{"text":"grant_type=authorization_code&code=code-%&client_id=me"}},"response":{"status":400,"content":{"text":"{\"error\":\"invalid_grant\",\"error_description\":\"code %\"}"}}}`),
	entries("one code again and again", `{"request":{"method":"POST","url":"https://as.example/token","postData":{"text":"grant_type=authorization_code&code=c0de-1234567890&client_id=me"}},"response":{"status":400,"content":{"text":"{\"error\":\"invalid_grant\"}"}}}`),
	entries("one code, rejected and accepted", `{"request":{"method":"POST","url":"https://as.example/token","headers":[{"name":"Authorization","value":"Basic bWU6eA=="}],"postData":{"text":"grant_type=authorization_code&code=c0de-%&client_id=me"}},"response":{"status":401,"content":{"text":"{\"error\":\"invalid_client\"}"}}},
		{"request":{"method":"POST","url":"https://as.example/token","postData":{"text":"grant_type=authorization_code&code=c0de-%&client_id=me"}},"response":{"status":200,"content":{"text":"{\"access_token\":\"at-%\"}"}}}`),
	entries("clients that are rejected", `{"request":{"method":"POST","url":"https://as.example/token","postData":{"text":"grant_type=authorization_code&code=c0de-1234567890&client_id=me"}},"response":{"status":401,"content":{"text":"{\"error\":\"invalid_client\"}"}}}`),
	entries("refresh tokens that rotate", `{"request":{"method":"POST","url":"https://as.example/token","postData":{"text":"grant_type=refresh_token&refresh_token=rt-%-1234567890&client_id=me"}},"response":{"status":200,"content":{"text":"{\"access_token\":\"at-%-1234567890\",\"refresh_token\":\"rt-1%-1234567890\"}"}}}`),
	entries("one refresh token", `{"request":{"method":"POST","url":"https://as.example/token","postData":{"text":"grant_type=refresh_token&refresh_token=rt-1234567890&client_id=me"}},"response":{"status":200,"content":{"text":"{\"access_token\":\"at-%-1234567890\",\"refresh_token\":\"rt-1234567890\"}"}}}`),
	entries("revocations", `{"request":{"method":"POST","url":"https://as.example/revoke","postData":{"text":"token=at-%-1234567890"}},"response":{"status":200}}`),
	entries("times in reverse", `{"startedDateTime":"2024-01-15T10:00:00.%Z","request":{"method":"GET","url":"https://app%.example/cb?code=code-%&state=state-%"},"response":{"status":200}}`),
	within("headers of one request", `{"request":{"method":"GET","url":"https://app.example/cb?code=c&state=s","headers":[`, `{"name":"x-%","value":"a"},`, `{}]}}`),
	within("cookies of one request", `{"request":{"method":"GET","url":"https://app.example/cb?code=c&state=s","cookies":[`, `{"name":"x-%","value":"a"},`, `{}]}}`),
	within("parameters of one query", `{"request":{"method":"GET","url":"https://app.example/cb?code=c&state=s&`, `a%=b&`, `"}}`),
	within("parameters of one form", `{"request":{"method":"POST","url":"https://as.example/token","postData":{"params":[{"name":"grant_type","value":"authorization_code"},`, `{"name":"a%","value":"b"},`, `{}]}},"response":{"status":400}}`),
	within("members of one response", `{"request":{"method":"POST","url":"https://as.example/token","postData":{"text":"grant_type=authorization_code"}},"response":{"status":400,"content":{"text":"{`, `\"a%\":1,`, `\"error\":\"invalid_grant\"}"}}}`),
	within("a body of escapes", `{"request":{"method":"POST","url":"https://as.example/token","postData":{"text":"grant_type=authorization_code"}},"response":{"status":400,"content":{"text":"`, `\\\"\u0022`, `"}}}`),
	within("a body of base64", `{"request":{"method":"POST","url":"https://as.example/token","postData":{"text":"grant_type=authorization_code"}},"response":{"status":400,"content":{"encoding":"base64","text":"`, `YWJj`, `"}}}`),
	within("a member that nobody reads", `{"_other":`, `[{"a":"b\\"},`, `1`),
	within("a number that does not end", `{"time":`, `9`, `}`),
	within("members of one entry", `{`, `"a%":1,`, `"time":1}`),
}

// flowStart is an authorization request with its callback.
const flowStart = `{"request":{"method":"GET","url":"https://as.example/authorize?response_type=code&client_id=me&redirect_uri=https://app.example/cb&state=st-1234567"},"response":{"status":302,"headers":[{"name":"location","value":"https://app.example/cb?code=c0de&state=st-1234567"}]}},`

func entries(name, entry string) growth.Shape { return entriesAfter(name, "", entry) }

func entriesAfter(name, first, entry string) growth.Shape {
	return growth.NumberedBetween(name, `{"log":{"entries":[`+first, entry+",", `{}]}}`)
}

func within(name, begin, text, end string) growth.Shape {
	return growth.NumberedBetween(name, `{"log":{"entries":[`+begin, text, end+`]}}`)
}

func TestACaptureTakesLinearTime(t *testing.T) {
	for _, shape := range captures {
		growth.Linear(t, shape, 64<<10, 2<<20, explain)
	}
}

// A backend's log may repeat each message of a capture.
func TestACaptureAndATextTakeLinearTime(t *testing.T) {
	text := growth.Numbered("requests", "POST /token HTTP/1.1\nHost: as.example\n\ngrant_type=authorization_code&code=c%\n")
	for _, shape := range []growth.Shape{
		entries("token requests", `{"request":{"method":"POST","url":"https://as.example/token","postData":{"text":"grant_type=authorization_code&code=c%"}},"response":{"status":400}}`),
		entries("stray callbacks", `{"request":{"method":"GET","url":"https://app%.example/cb?code=c%&state=s%"},"response":{"status":200}}`),
	} {
		growth.Linear(t, shape, 32<<10, 8*small-1000, func(capture string) { explainAll(capture, text.Make(len(capture)/8)) })
	}
}

// walks are shapes of a saved walk.
var walks = []growth.Shape{
	walk("authorization requests", `{"name":"authorization request","url":"https://as.example/a","params":[{"in":"query","name":"state","redacted":true,"secret":%}]}`),
	walk("callbacks", `{"name":"authorization request"},{"name":"callback","params":[{"in":"query","name":"code","redacted":true,"secret":%}]}`),
	walk("token requests", `{"name":"token request","params":[{"in":"form","name":"code","redacted":true,"secret":%}]},{"name":"token response","status":400,"params":[{"in":"json","name":"error","value":"invalid_grant"}]}`),
	walk("verifiers", `{"name":"token request","params":[{"in":"form","name":"code_verifier","redacted":true,"secret":%}]}`),
	walk("probes", `{"name":"probe request"},{"name":"probe response","status":400}`),
	walk("revocations", `{"name":"revocation request","params":[{"name":"token","redacted":true,"secret":%}]},{"name":"revocation response","status":200}`),
	growth.NumberedBetween("parameters of one message", walkStart+`{"name":"token request","params":[`, `{"in":"form","name":"a%","value":"b"},`, `{}]}]}`),
	growth.NumberedBetween("members of one response", walkStart+`{"name":"token request"},{"name":"token response","status":400,"params":[`, `{"in":"json","name":"a%","value":"b"},`, `{}]}]}`),
	growth.Between("one body", walkStart+`{"name":"token request"},{"name":"token response","status":400,"body":"`, `code. code: `, `"}]}`),
	growth.Nested("a member that nobody reads", walkStart+`],"other":`+"[", "", "]"),
}

const walkStart = `{"format":"grantwalk-transcript","messages":[`

func walk(name, message string) growth.Shape {
	return growth.NumberedBetween(name, walkStart, message+",", `{}]}`)
}

func TestASavedWalkTakesLinearTime(t *testing.T) {
	for _, shape := range walks {
		growth.Linear(t, shape, 64<<10, maxSaved, explain)
	}
}

// dumpShapes are shapes of what tools print. The number of the message is in place of each %.
var dumpShapes = []growth.Shape{
	growth.Numbered("raw messages", "POST /token HTTP/1.1\nHost: as.example\nContent-Length: 7\n\ncode=c%\n\nHTTP/1.1 400 Bad Request\n\n{\"error\":\"x\"}\n\n"),
	growth.Numbered("raw messages without line ends", "POST /token HTTP/1.1\nContent-Length: 3\n\na=bHTTP/1.1 400 Bad Request\nContent-Length: 2\n\n{}"),
	growth.Numbered("raw messages of unknown length", "POST /token HTTP/1.1\n\na=bHTTP/1.1 400 Bad Request\n\n{"),
	growth.Numbered("request lines", "GET /% HTTP/1.1\n"),
	growth.Numbered("responses alone", "HTTP/1.1 400 Bad Request\n\n{\"error\":\"x%\"}\n"),
	growth.Numbered("chunks", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n1\na\n"),
	growth.NumberedBetween("chunks of one body", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n", "1\na\n", "0\n\n"),
	growth.Numbered("curl's output", "> POST /token HTTP/1.1\n> Host: as.example\n> \n< HTTP/1.1 400 Bad Request\n< \n{\"error\":\"x%\"}\n* Connection #0 to host as.example left intact\n"),
	growth.NumberedBetween("curl's notes", "> POST /token HTTP/1.1\n> \n< HTTP/1.1 400 Bad Request\n< \n", "a* Closing connection %\n", ""),
	growth.NumberedBetween("curl's meter", "> POST /token HTTP/1.1\n> \n< HTTP/1.1 400 Bad Request\n< \n", "100   193  100    71  100   122  19361  33269 --:--:-- --:--:-- --:--:-- 64333\n", ""),
	growth.Numbered("blocks of a trace", "=> Send header, 22 bytes (0x16)\n0000: POST /token HTTP/1.1\n=> Send data, 4 bytes (0x4)\n0000: a=b%\n"),
	growth.NumberedBetween("rows of a trace", "=> Send header, 22 bytes (0x16)\n0000: POST /token HTTP/1.1\n=> Send data, 99999999 bytes (0x5f5e0ff)\n", "0000: a=b%\n", ""),
	growth.Numbered("streams", "=====\nFollow: tcp,ascii\n3\nGET\n\t4\nHTTP\n"),
	growth.NumberedBetween("blocks of a stream", "Follow: tcp,ascii\n", "9\nHTTP/1.1 200 OK\n\t9\nHTTP/1.1 200 OK\n", ""),
	growth.Numbered("mitmdump's messages", "127.0.0.1:1: POST https://as.example/token HTTP/2.0\n    a: b\n\n    code: c%\n\n << 400 Bad Request\n"),
	growth.NumberedBetween("rows of a form", "127.0.0.1:1: POST https://as.example/token HTTP/2.0\n\n    code: c\n", "    line %\n", ""),
	growth.Numbered("Postman's messages", "POST https://as.example/token: {\"Request Headers\":{},\"Request Body\":{\"code\":\"c%\"}}\n"),
	growth.Numbered("Postman's messages without end", "POST https://as.example/token: {\"Request Headers\":{\n"),
	growth.Numbered("the network tab", "Request URL: https://as.example/token\nRequest Method: POST\nForm Data\ncode: c%\n\n{\"error\":1}\n"),
	growth.Numbered("http.client's lines", "send: b'POST /token HTTP/1.1\\r\\n\\r\\n'\nsend: b'code=c%'\nreply: 'HTTP/1.1 400 Bad Request\\r\\n'\nheader: a: b\n"),
	growth.NumberedBetween("one body of http.client's", "send: b'POST /token HTTP/1.1\\r\\n\\r\\n'\n", "send: b'code=c%'\n", ""),
}

func TestADumpTakesLinearTime(t *testing.T) {
	for _, shape := range dumpShapes {
		growth.Linear(t, shape, 2*small, maxDump/4, explain)
	}
}
