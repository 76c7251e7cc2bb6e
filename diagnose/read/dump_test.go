package read

import (
	"fmt"
	"strings"
	"testing"

	"example.com/grantwalk/diagnose/exchange"
)

const rejected = `{"error":"invalid_grant","error_description":"no such code"}`

func dumps(text string) []exchange.Exchange {
	found, _ := dumped(text)
	return found
}

// one is the only message of the text.
func one(t *testing.T, text string) exchange.Exchange {
	t.Helper()
	found := dumps(plain(text))
	if len(found) != 1 {
		t.Fatalf("%d messages in %q", len(found), text)
	}
	return found[0]
}

func TestABodyIsAsLongAsItsContentLengthSays(t *testing.T) {
	form := "grant_type=authorization_code&code=c0de&redirect_uri=https://app.example/cb"
	head := "POST /token HTTP/1.1\r\nHost: as.example\r\nContent-Length: %d\r\n\r\n"
	for name, tc := range map[string]struct {
		text string
		part exchange.Extent
	}{
		"the response follows at once":     {fmt.Sprintf(head, len(form)) + form + "HTTP/1.1 400 Bad Request\r\nContent-Length: 60\r\n\r\n" + rejected, exchange.Whole},
		"the response follows a line end":  {fmt.Sprintf(head, len(form)) + form + "\n\nHTTP/1.1 400 Bad Request\n\n" + rejected, exchange.Whole},
		"no length":                        {"POST /token HTTP/1.1\nHost: as.example\n\n" + form + "HTTP/1.1 400 Bad Request\n\n" + rejected, exchange.Whole},
		"the form was decoded":             {fmt.Sprintf(head, len(form)-10) + form + "\nHTTP/1.1 400 Bad Request\n\n" + rejected, exchange.Whole},
		"the response is chunked":          {fmt.Sprintf(head, len(form)) + form + "HTTP/1.1 400 Bad Request\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n" + rejected[:16] + "\r\n2c\r\n" + rejected[16:] + "\r\n0\r\n\r\n", exchange.Whole},
		"the chunks were put together":     {fmt.Sprintf(head, len(form)) + form + "HTTP/1.1 400 Bad Request\r\nTransfer-Encoding: chunked\r\n\r\n" + rejected, exchange.Whole},
		"the end was not recorded":         {fmt.Sprintf(head, len(form)+40) + form + "\nHTTP/1.1 400 Bad Request\n\n" + rejected, exchange.Partly},
		"the line before the body is lost": {"POST /token HTTP/1.1\nHost: as.example\n" + form + "\nHTTP/1.1 400 Bad Request\n" + rejected, exchange.Whole},
	} {
		x := one(t, tc.text)
		uri := strings.TrimSuffix(x.Request.Get("redirect_uri"), "…")
		if uri != "https://app.example/cb" || x.Request.Body != tc.part || x.Response.Status != 400 || x.Response.Body != rejected {
			t.Errorf("%s: %+v", name, x)
		}
	}
}

func TestABodyThatCurlPrintsInBlocksIsPutTogether(t *testing.T) {
	page := strings.Repeat("<p>A line of a page.</p>\n", 400)
	head := "> GET /login HTTP/1.1\n> Host: as.example\n> \n< HTTP/1.1 200 OK\n< Content-Type: text/html\n"
	for name, text := range map[string]string{
		"a note":        head + "< \n" + page[:4096] + "* Connection #0 to host as.example left intact\n" + page[4096:],
		"two notes":     head + "< \n" + page[:1024] + "{ [2048 bytes data]\n" + page[1024:2048] + "* Closing connection 0\n" + page[2048:],
		"with a length": head + fmt.Sprintf("< Content-Length: %d\n< \n", len(page)) + page[:4096] + "* Connection #0 to host as.example left intact\n" + page[4096:] + "\nWhat is wrong?",
		"the meter":     head + "< \n{ [4096 bytes data]\n" + page[:4096] + "\r100  9600  100  9600    0     0  19361      0 --:--:-- --:--:-- --:--:-- 64333\n* Connection #0 to host as.example left intact\n" + page[4096:],
	} {
		if got := one(t, text).Response.Body; strings.TrimSpace(got) != strings.TrimSpace(page) {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestTheHeadThatCurlPrintsTwiceIsOneResponse(t *testing.T) {
	x := one(t, "> POST /token HTTP/1.1\n> Host: as.example\n>\n< HTTP/1.1 400 Bad Request\n< Content-Type: application/json\n<\nHTTP/1.1 400 Bad Request\nContent-Type: application/json\n\n"+rejected)
	if x.Response.Body != rejected || x.Response.Media != "application/json" {
		t.Errorf("%+v", x.Response)
	}
}

func TestARejectionPastedBelowIsTheLastRequestsResponse(t *testing.T) {
	for name, request := range map[string]string{
		"a command":       "curl https://as.example/token -d grant_type=authorization_code -d code=c0de -d client_id=app\n",
		"a raw request":   "POST /token HTTP/1.1\nHost: as.example\n\ngrant_type=authorization_code&code=c0de&client_id=app\n\nThe server says:\n",
		"curl's output":   "> POST /token?grant_type=authorization_code&code=c0de HTTP/2\n> Host: as.example\n> \n* We are completely uploaded and fine\n",
		"Insomnia":        "> POST /token HTTP/2\n> Host: as.example\n\n| grant_type=authorization_code&code=c0de\n\n",
		"mitmdump":        "127.0.0.1:4711: POST https://as.example/token HTTP/2.0\n    content-type: application/x-www-form-urlencoded\n\n    grant_type: authorization_code\n    code:       c0de\n\n",
		"the network tab": "Request URL: https://as.example/token\nRequest Method: POST\nForm Data\ngrant_type: authorization_code\ncode: c0de\n\n",
		"Postman":         "POST https://as.example/token: {\n\"Request Headers\": {},\n\"Request Body\": {\"grant_type\": \"authorization_code\", \"code\": \"c0de\"}\n}\n",
		"http.client":     "send: b'POST /token HTTP/1.1\\r\\nHost: as.example\\r\\n\\r\\ngrant_type=authorization_code&code=c0de'\n",
		"curl --trace":    "=> Send header, 42 bytes (0x2a)\n0000: POST /token HTTP/1.1\n0016: Host: as.example\n0028: \n=> Send data, 39 bytes (0x27)\n0000: grant_type=authorization_code&code=c0de\n",
		"an earlier dump": "GET /health HTTP/1.1\nHost: as.example\n\nHTTP/1.1 200 OK\n\nPOST /token HTTP/1.1\nHost: as.example\n\ngrant_type=authorization_code&code=c0de\n",
	} {
		e := read(t, request+"\nHTTP/1.1 400 Bad Request\nContent-Type: application/json\n\n"+rejected).Evidence
		if len(e.TokenRequests) != 1 || e.TokenRequests[0].Response.Error != "invalid_grant" || e.TokenRequests[0].Code.Reveal() != "c0de" {
			t.Errorf("%s: %+v", name, e)
		}
	}
}

func TestATraceInHexAndInTextIsTheSame(t *testing.T) {
	const text = `09:30:00.123456 == Info: SSL connection using TLSv1.3
09:30:00.123456 => Send header, 42 bytes (0x2a)
0000: POST /token HTTP/1.1
0016: Host: as.example
0028: 
09:30:00.123456 => Send data, 39 bytes (0x27)
0000: grant_type=authorization_code&code=c0de
09:30:00.123456 <= Recv header, 26 bytes (0x1a)
0000: HTTP/1.1 400 Bad Request
09:30:00.123456 <= Recv data, 29 bytes (0x1d)
0000: {.  "error": "invalid_grant".}
`
	const hex = `=> Send header, 42 bytes (0x2a)
0000: 50 4f 53 54 20 2f 74 6f 6b 65 6e 20 48 54 54 50 POST /token HTTP
0010: 2f 31 2e 31 0d 0a 48 6f 73 74 3a 20 61 73 2e 65 /1.1..Host: as.e
0020: 78 61 6d 70 6c 65 0d 0a 0d 0a                   xample....
=> Send data, 39 bytes (0x27)
0000: 67 72 61 6e 74 5f 74 79 70 65 3d 61 75 74 68 6f grant_type=autho
0010: 72 69 7a 61 74 69 6f 6e 5f 63 6f 64 65 26 63 6f rization_code&co
0020: 64 65 3d 63 30 64 65                            de=c0de
<= Recv header, 26 bytes (0x1a)
0000: 48 54 54 50 2f 31 2e 31 20 34 30 30 20 42 61 64 HTTP/1.1 400 Bad
0010: 20 52 65 71 75 65 73 74 0d 0a                    Request..
<= Recv data, 25 bytes (0x19)
0000: 7b 22 65 72 72 6f 72 22 3a 22 69 6e 76 61 6c 69 {"error":"invali
0010: 64 5f 67 72 61 6e 74 22 7d                      d_grant"}
`
	for name, text := range map[string]string{"text": text, "hex": hex} {
		x := one(t, text)
		if said, _ := x.Response.Error(); x.Request.Get("code") != "c0de" || x.Request.URL.String() != "https://as.example/token" || said.Error.Raw() != "invalid_grant" {
			t.Errorf("%s: %+v", name, x)
		}
	}
}

// A log may begin in any way, but not like a dump.
func TestALongDumpIsNoLog(t *testing.T) {
	page := "GET /page HTTP/1.1\r\nHost: as.example\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 100000\r\n\r\n" + strings.Repeat("invalid_grant <br/>\n", 5000)
	res := read(t, page+"POST /token HTTP/1.1\r\nHost: as.example\r\n\r\ngrant_type=authorization_code&code=c0de\r\n\r\nHTTP/1.1 400 Bad Request\r\n\r\n"+rejected)
	if res.Kind != KindCurl || len(res.Evidence.TokenRequests) != 1 || len(res.Groups) > 0 {
		t.Errorf("%s, %+v, %+v", res.Kind, res.Evidence.TokenRequests, res.Groups)
	}
	for _, line := range []string{"2024-01-15 10:00:00 INFO nothing\n", "127.0.0.1 - - [15/Jan/2024:10:00:00 +0000] \"GET / HTTP/1.1\" 200 2\n"} {
		log := "2024-01-15 10:00:00 ERROR invalid_grant: no such code\n" + strings.Repeat(line, 4000)
		if res := read(t, log+page); res.Kind != KindLog || len(res.Groups) == 0 {
			t.Errorf("%s, %+v", res.Kind, res.Groups)
		}
	}
}

func TestTheLinesOfAToolAreNoWordsOfAPerson(t *testing.T) {
	for name, text := range map[string]string{
		"Insomnia":        "* Preparing request to https://as.example/token\n> POST /token HTTP/2\n> Host: as.example\n\n| grant_type=authorization_code&code=c0de\n\n* We are completely uploaded and fine\n\n< HTTP/2 400 \n< x-policy: consent required\n\n\n* Received 60 B chunk\n" + rejected,
		"mitmdump":        "127.0.0.1:4711: client connect\n127.0.0.1:4711: POST https://as.example/token HTTP/2.0\n    X-Policy: consent required\n\n    grant_type: authorization_code\n\n << HTTP/2.0 400 Bad Request 60b\n    X-Policy: consent required\n\n    " + rejected + "\n\n127.0.0.1:4711: client disconnect",
		"the network tab": "Request URL: https://as.example/token\nRequest Method: POST\nStatus Code: 400\nReferrer Policy: strict-origin\nResponse Headers\nx-policy: consent required\nForm Data\ngrant_type: authorization_code\n\n" + rejected,
		"Postman":         "POST https://as.example/token: {\n\"Request Headers\": {\"x-policy\": \"consent required\"},\n\"Response Body\": " + fmt.Sprintf("%q", rejected) + "}",
		"curl --trace":    "== Info: consent required\n=> Send header, 42 bytes (0x2a)\n0000: POST /token HTTP/1.1\n0016: Host: as.example\n0028: \n<= Recv header, 28 bytes (0x1c)\n0000: X-Policy: consent required\n",
		"tshark":          "Follow: tcp,ascii\nFilter: tcp.stream eq 0\nNode 0: 127.0.0.1:1\nNode 1: 127.0.0.1:2\n70\nPOST /token HTTP/1.1\nHost: as.example\nX-Policy: consent required\n\n\n=====\n",
	} {
		words := words(read(t, "It fails since the deploy.\n\n"+text+"\n").Evidence)
		if !strings.Contains(words, "since the deploy") || strings.Contains(words, "consent") || strings.Contains(words, "strict-origin") || strings.Contains(words, "uploaded") || strings.Contains(words, "grant_type") {
			t.Errorf("%s: %q", name, words)
		}
	}
}
