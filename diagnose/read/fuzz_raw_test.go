package read

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/safe"
)

// sent is a token request and its response as messages, with these values in them.
func sent(code, description, coding string) (request, response string) {
	form := url.Values{"grant_type": {"authorization_code"}, "code": {code}}.Encode()
	said, _ := json.Marshal(map[string]string{"error": "invalid_grant", "error_description": description})
	body, head := string(said), ""
	if packers[coding] != nil {
		body, head = pack(coding, body), "Content-Encoding: "+coding+"\r\n"
	}
	return fmt.Sprintf("POST /token HTTP/1.1\r\nHost: as.example\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s", len(form), form),
		fmt.Sprintf("HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\n%sContent-Length: %d\r\n\r\n%s", head, len(body), body)
}

// asSent fails unless the exchanges are that request with its response, n times.
func asSent(t *testing.T, all []exchange.Exchange, n int, code, description string) {
	t.Helper()
	if len(all) != n {
		t.Fatalf("%d exchanges, want %d", len(all), n)
	}
	for _, x := range all {
		said, _ := x.Response.Error()
		if x.Request.Get("code") != code || x.Request.URL.Path != "/token" || said.Error.Raw() != "invalid_grant" || x.Response.Status != 400 {
			t.Errorf("%+v", x)
		}
		if len(description) < 500 && utf8.ValidString(description) && said.Description.Raw() != description {
			t.Errorf("the description %q is read as %q", description, said.Description)
		}
	}
}

// addSent adds values that look like parts of messages and of files.
func addSent(f *testing.F) {
	f.Add("4/0AbC", "code was used", "gzip")
	f.Add("a&b=c%41", "HTTP/1.1 200 OK\r\n\r\n", "br")
	f.Add("", "]]></response>\n<item>", "")
	f.Add("12:4:type;", "é\xff\u2028\"}\n\n", "zstd")
	f.Add("POST /x HTTP/1.1\r\n", "0\r\n\r\n", "deflate")
}

// Each parser reads what was written, whatever is in the values.
func FuzzMessagesAreReadAsTheyWereSent(f *testing.F) {
	addSent(f)
	f.Fuzz(func(t *testing.T, code, description, coding string) {
		request, response := sent(code, description, coding)
		all, ok := rawExchanges(strings.Repeat(request+response, 3))
		if !ok {
			t.Fatalf("not read: %q", request+response)
		}
		asSent(t, all, 3, code, description)
	})
}

func FuzzASessionOfFiddlerIsReadAsItWasSaved(f *testing.F) {
	addSent(f)
	f.Fuzz(func(t *testing.T, code, description, coding string) {
		request, response := sent(code, description, coding)
		c, err := collected(t, archiveOf("raw/1_c.txt", request, "raw/1_s.txt", response, "raw/1_m.xml", description))
		if err != nil {
			t.Fatal(err)
		}
		asSent(t, c.captured, 1, code, description)
	})
}

func FuzzFlowsOfMitmproxyAreReadAsTheyWereSaved(f *testing.F) {
	addSent(f)
	f.Fuzz(func(t *testing.T, code, description, _ string) {
		form := url.Values{"grant_type": {"authorization_code"}, "code": {code}}.Encode()
		said, _ := json.Marshal(map[string]string{"error": "invalid_grant", "error_description": description})
		flow := flowOf(form, string(said))
		all, err := flowsIn(flow + flow)
		if err != nil {
			t.Fatal(err)
		}
		asSent(t, all, 2, code, description)
	})
}

func FuzzItemsOfBurpAreReadAsTheyWereSaved(f *testing.F) {
	addSent(f)
	f.Fuzz(func(t *testing.T, code, description, coding string) {
		request, response := sent(code, description, coding)
		item := strings.Replace(burpItemOf("", request, "%"), `"false"><![CDATA[%`, `"true"><![CDATA[`+base64.StdEncoding.EncodeToString([]byte(response)), 1)
		all, err := itemsIn(burpOf(item, item))
		if err != nil {
			t.Fatal(err)
		}
		asSent(t, all, 2, code, description)
	})
}

func FuzzChunksAreReadAsTheyWereSent(f *testing.F) {
	f.Add("a body", "rest", uint8(3))
	f.Add("0\r\n\r\n", "HTTP/1.1 200 OK\r\n", uint8(1))
	f.Fuzz(func(t *testing.T, body, rest string, size uint8) {
		var b strings.Builder
		for part := range slices.Chunk([]byte(body), int(size)+1) {
			fmt.Fprintf(&b, "%X;x=y\r\n%s\r\n", len(part), part)
		}
		content, left, err := unchunk(b.String() + "0\r\nT: x\r\n\r\n" + rest)
		if content != body || left != rest || err != nil {
			t.Errorf("%q reads %q, %q, %v", b.String(), content, left, err)
		}
		if content, _ := decode("gzip, deflate, br, zstd", body); len(content) > maxContent {
			t.Errorf("%d bytes", len(content))
		}
	})
}

// Whatever is in a file: it is read the same twice, and no error of a reader acts on a
// terminal or holds what may be a secret.
func FuzzBrokenCapturesGiveTheSameTwice(f *testing.F) {
	request, response := sent("abc", "no", "")
	item := burpItemOf("Sun Nov 29 21:09:17 UTC 2026", request, response)
	for _, text := range []string{request + response, flowOf(sentForm, "{}"), burpOf(item, item), sazSent} {
		f.Add(text)
		f.Add(text[:len(text)*3/4])
	}
	f.Fuzz(func(t *testing.T, text string) {
		once := func() string {
			raw, ok := rawExchanges(text)
			flows, errFlow := flowsIn(text)
			items, errItem := itemsIn(text)
			from, to := sazTimes(text)
			for _, err := range []error{errFlow, errItem} {
				if err != nil && !safe.Clean(safe.Quote(err.Error(), 300)) {
					t.Errorf("%q", err)
				}
			}
			return fmt.Sprint(len(raw), ok, raw, flows, errFlow, items, errItem, from.Format(time.RFC3339Nano), to.Format(time.RFC3339Nano))
		}
		if first := once(); first != once() {
			t.Error("read twice, it differs")
		}
	})
}

// What package xml is given has the length of its longest token as a bound.
func FuzzATamedDocumentIsTheDocumentWhereItIsShort(f *testing.F) {
	f.Add("<a><![CDATA[b]]></a>")
	f.Add("<![CDATA[]]]]]>x\x00\xff")
	f.Fuzz(func(t *testing.T, text string) {
		var got []byte
		tame := &tamed{r: bufio.NewReader(strings.NewReader(text))}
		for {
			c, err := tame.ReadByte()
			if err != nil {
				break
			}
			got = append(got, c)
		}
		var want strings.Builder
		for _, c := range text {
			want.WriteRune(allowed(c))
		}
		if string(got) != want.String() {
			t.Errorf("%q is %q", text, got)
		}
	})
}
