package read

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"io"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"

	"example.com/grantwalk/diagnose/exchange"
)

const (
	sentForm     = "grant_type=authorization_code&code=abc&redirect_uri=https%3A%2F%2Fapp.example%2Fcallback"
	sentRequest  = "POST /token HTTP/1.1\r\nHost: as.example\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 88\r\n\r\n" + sentForm
	sentResponse = "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: 25\r\n\r\n{\"error\":\"invalid_grant\"}"
)

// packers are the content codings.
var packers = map[string]func(io.Writer) io.WriteCloser{
	"gzip":    func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) },
	"deflate": func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) },
	"br":      func(w io.Writer) io.WriteCloser { return brotli.NewWriter(w) },
	"zstd":    func(w io.Writer) io.WriteCloser { z, _ := zstd.NewWriter(w); return z },
}

func pack(coding, text string) string {
	var b bytes.Buffer
	w := packers[coding](&b)
	_, _ = io.WriteString(w, text)
	w.Close()
	return b.String()
}

// oneExchange fails unless there is one exchange, whose redirect URI and error are as sent.
func oneExchange(t *testing.T, all []exchange.Exchange) {
	t.Helper()
	if len(all) != 1 {
		t.Fatalf("%d exchanges", len(all))
	}
	said, _ := all[0].Response.Error()
	if uri := all[0].Request.Get("redirect_uri"); uri != "https://app.example/callback" || said.Error.Raw() != "invalid_grant" || all[0].Response.Status != 400 {
		t.Errorf("redirect_uri %q, error %q, status %d", uri, said.Error.Raw(), all[0].Response.Status)
	}
}

func TestMessagesEndWhereTheirLengthsSay(t *testing.T) {
	chunked := strings.Replace(sentResponse, "Content-Length: 25\r\n\r\n{", "Transfer-Encoding: chunked\r\n\r\n19;a=b\r\n{", 1) + "\r\n0\r\nTrailer: x\r\n\r\n"
	for name, text := range map[string]string{
		"as sent":               sentRequest + sentResponse,
		"with an interim":       sentRequest + "HTTP/1.1 100 Continue\r\n\r\n" + sentResponse,
		"in chunks":             sentRequest + chunked,
		"without a length":      sentRequest + strings.Replace(sentResponse, "Content-Length: 25\r\n", "", 1) + "\r\n\r\n",
		"chunks were joined":    sentRequest + strings.Replace(sentResponse, "Content-Length: 25", "Transfer-Encoding: chunked", 1),
		"pasted":                strings.ReplaceAll(sentRequest+"\r\n\r\n"+sentResponse+"\r\n", "\r\n", "\n"),
		"HTTP/2":                "POST /token HTTP/2\r\n:authority: as.example\r\n\r\n" + sentForm + "\r\n\r\nHTTP/2 400\r\n\r\n{\"error\":\"invalid_grant\"}",
		"line ends in the body": strings.ReplaceAll(sentRequest+strings.Replace(sentResponse, "25\r\n\r\n{", "29\r\n\r\n{\r\n\r\n", 1), "\r\n", "\n"),
	} {
		t.Run(name, func(t *testing.T) {
			all, ok := rawExchanges(text)
			if !ok {
				t.Fatal("not read")
			}
			oneExchange(t, all)
			if got := all[0].Request.URL.String(); got != "https://as.example/token" {
				t.Errorf("the URL is %s", got)
			}
		})
	}
}

func TestATextThatIsNotOnlyMessagesIsLeftToTheTextReader(t *testing.T) {
	for name, text := range map[string]string{
		"words behind":              sentRequest + sentResponse + "\nwhat is wrong?\n",
		"words behind a JSON body":  sentRequest + strings.Replace(sentResponse, "Content-Length: 25\r\n", "", 1) + "\nwhat is wrong?\n",
		"a line between":            sentRequest + "\n--------\n" + sentResponse,
		"a length that is too long": strings.Replace(sentRequest, "88", "99", 1) + sentResponse,
		"too short":                 strings.Replace(sentRequest, "88", "80", 1) + sentResponse,
		"no request":                sentResponse,
		"two responses":             sentRequest + sentResponse + sentResponse,
		"a head with other lines":   strings.Replace(sentRequest, "Host:", "see below\r\nHost:", 1) + sentResponse,
		"a form in lines":           "POST /token HTTP/1.1\nHost: as.example\n\ncode=a\n&grant_type=authorization_code\n\nHTTP/1.1 400 Bad Request\n\n{}",
		"nothing":                   "\r\n\r\n",
	} {
		if all, ok := rawExchanges(text); ok {
			t.Errorf("%s: read as %+v", name, all)
		}
	}
}

func TestTheResponseToHEADHasNoBody(t *testing.T) {
	all, ok := rawExchanges("HEAD /token HTTP/1.1\r\nHost: as.example\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 25\r\n\r\n" + sentRequest + sentResponse)
	if !ok || len(all) != 2 {
		t.Fatalf("%t, %+v", ok, all)
	}
	oneExchange(t, all[1:])
}

func TestARequestThatIsCutIsPartOfIt(t *testing.T) {
	for _, text := range []string{sentRequest[:len(sentRequest)-20], strings.Replace(sentRequest, "88", "999999999999999999", 1)} {
		r, ok := soleRequest(text)
		if !ok || r.Body != exchange.Partly && strings.Contains(text, " 88") {
			t.Errorf("%q: %t, %+v", text, ok, r)
		}
	}
	if r, _ := soleRequest(strings.TrimSuffix(sentRequest, sentForm)); r.Body != exchange.Missing {
		t.Errorf("without its body: %+v", r)
	}
}

func TestBodiesAreDecodedUpToABound(t *testing.T) {
	for coding := range packers {
		if got, ok := decode(coding, pack(coding, "{}")); got != "{}" || !ok {
			t.Errorf("%s: %q", coding, got)
		}
		if got, _ := decode(coding, pack(coding, strings.Repeat("x", maxZstd-10))); len(got) != maxContent {
			t.Errorf("%s: %d bytes", coding, len(got))
		}
		packed := pack(coding, strings.Repeat("x", 64<<20))
		if got, _ := decode(coding, packed); len(got) > maxContent {
			t.Errorf("%s: %d bytes", coding, len(got))
		}
		if got, _ := decode(coding+", gzip", pack("gzip", pack(coding, "{}"))); got != "{}" {
			t.Errorf("gzip of %s: %q", coding, got)
		}
		if got, ok := decode(coding, sentForm); got != sentForm || ok {
			t.Errorf("a body that is not in %s: %q", coding, got)
		}
	}
}

func TestDeflateWithoutItsHeaderIsRead(t *testing.T) {
	packed := pack("deflate", sentForm)
	if got, _ := decode("deflate", packed[2:len(packed)-4]); got != sentForm {
		t.Errorf("%q", got)
	}
}

func TestWhatIsNoMessageIsNone(t *testing.T) {
	for _, text := range []string{"", "\r\n", "GET", "GET /", "GET / HTTP/1.1 ", "get / HTTP/1.1", "HTTP/1.1 2", "HTTP/", "POST  HTTP/1.1", strings.Repeat("A", 1<<20), "GET /" + strings.Repeat("a", 1<<20) + " HTTP/1.1"} {
		if r, ok := soleRequest(text); ok {
			t.Errorf("%.40q is %+v", text, r)
		}
		if r := soleResponse(text); r.Status != 0 {
			t.Errorf("%.40q is %+v", text, r)
		}
	}
}

func TestAHeadIsBounded(t *testing.T) {
	m, _, ok := parseHead("GET / HTTP/1.1\r\n" + strings.Repeat("a: "+strings.Repeat("b", 2*maxContent)+"\r\n", 2) + strings.Repeat("a: b\r\n", 10_000))
	if !ok || len(m.fields) != maxParams || len(m.fields[0].value) != maxContent {
		t.Errorf("%t, %d fields", ok, len(m.fields))
	}
}

func TestMessagesThatACaptureHasTooAreReadOnce(t *testing.T) {
	messages := Input{Reader: strings.NewReader(sentRequest + sentResponse)}
	flow := Input{Reader: strings.NewReader(flowOf(sentForm, `{"error":"invalid_grant"}`))}
	res, err := Read([]Input{messages, flow}, Options{})
	if err != nil || len(res.Evidence.TokenRequests) != 1 || !res.Recognised {
		t.Errorf("%v, %+v", err, res)
	}
}
