package read

import (
	"bufio"
	"fmt"
	"strings"
	"testing"

	"example.com/grantwalk/diagnose/exchange"
)

func netstring(kind, payload string) string {
	return fmt.Sprintf("%d:%s%s", len(payload), payload, kind)
}

func netdict(pairs ...string) string {
	var b strings.Builder
	for i := 0; i < len(pairs); i += 2 {
		b.WriteString(netstring(";", pairs[i]) + pairs[i+1])
	}
	return netstring("}", b.String())
}

// flowOf is a flow as mitmproxy saves it.
func flowOf(form, response string) string {
	headers := netstring("]", netstring("]", netstring(",", "Host")+netstring(",", "as.example"))+netstring("]", netstring(",", "Cookie")+netstring(",", "session="+marked)))
	return netdict("type", netstring(";", "http"), "version", netstring("#", "17"), "client_conn", netdict("id", netstring(";", "x")),
		"request", netdict("method", netstring(",", "POST"), "scheme", netstring(",", "https"), "path", netstring(",", "/token"), "port", netstring("#", "443"), "headers", headers, "content", netstring(",", form), "timestamp_start", netstring("^", "1795986557.3288531")),
		"response", netdict("status_code", netstring("#", "400"), "headers", netstring("]", ""), "content", netstring(",", response), "timestamp_end", netstring("^", "1795986558")))
}

func flowsIn(text string) ([]exchange.Exchange, error) {
	k := keeper{}
	err := readMITM(bufio.NewReaderSize(strings.NewReader(text), buffer), &k)
	return k.kept, err
}

func TestFlowsOfMitmproxyAreReadWithTheirTimes(t *testing.T) {
	text := netdict("type", netstring(";", "tcp"), "messages", netstring("]", netstring(",", "x"))) + flowOf(sentForm, `{"error":"invalid_grant"}`)
	all, err := flowsIn(text)
	if err != nil {
		t.Fatal(err)
	}
	oneExchange(t, all)
	if x := all[0]; x.SentAt.UnixNano() != 1795986557328853100 || x.ReceivedAt.Unix() != 1795986558 || !x.Request.Cookie {
		t.Errorf("%+v", x)
	}
	if res, err := Read([]Input{{Reader: strings.NewReader(text)}}, Options{}); err != nil || strings.Contains(printed(t, res), marked) {
		t.Errorf("%v, %+v", err, res)
	}
}

func TestAFlowFileThatIsCutGivesWhatComesBefore(t *testing.T) {
	text := flowOf(sentForm, `{"error":"invalid_grant"}`)
	for n := range len(text) - 1 {
		all, err := flowsIn(text + text[:n+1])
		if err == nil || !strings.Contains(err.Error(), "flow 2") {
			t.Fatalf("cut at %d: %v", n, err)
		}
		oneExchange(t, all)
	}
}

func TestLengthsThatDoNotFitEachOtherAreAnError(t *testing.T) {
	flow := flowOf(sentForm, "{}")
	for name, text := range map[string]string{
		"an element that is longer than its list": "20:4:type;99:http;}",
		"more digits than any file has":           "9999999999999999999:4:type;4:http;}",
		"a length of no digits":                   "12::4:type;4:http;}",
		"a request that is a text":                netdict("type", netstring(";", "http"), "request", netstring(",", "none")),
		"letters":                                 strings.Replace(flow, ":POST", "x:POST", 1),
		"headers that are one text":               strings.Replace(flow, netstring(",", "as.example"), netstring(",", "as.exampl"), 1),
	} {
		if all, err := flowsIn(text); err == nil {
			t.Errorf("%s: %+v", name, all)
		}
	}
}

func TestLengthsOfMitmproxyTakeNoMemory(t *testing.T) {
	if all, err := flowsIn("999999999999:4:type;4:http;7:request;999999999000:7:content;999999998000:x"); err == nil || len(all) > 0 {
		t.Errorf("%v, %+v", err, all)
	}
}
