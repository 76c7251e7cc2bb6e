package read

import (
	"bufio"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"example.com/grantwalk/diagnose/exchange"
)

func burpOf(items ...string) string {
	return "<?xml version=\"1.1\"?>\n<!DOCTYPE items [\n<!ELEMENT items (item*)>\n]>\n<items burpVersion=\"1\">" + strings.Join(items, "") + "</items>"
}

func burpItemOf(time, request, response string) string {
	return "<item><time>" + time + "</time><url><![CDATA[https://as.example/token]]></url><request base64=\"true\"><![CDATA[" + base64.StdEncoding.EncodeToString([]byte(request)) + "]]></request><response base64=\"false\"><![CDATA[" + response + "]]></response></item>"
}

func itemsIn(text string) ([]exchange.Exchange, error) {
	k := keeper{}
	err := readBurp(bufio.NewReaderSize(strings.NewReader(text), buffer), &k)
	return k.kept, err
}

func TestItemsOfBurpAreRead(t *testing.T) {
	all, err := itemsIn(burpOf(burpItemOf("Sun Nov 29 21:09:17 UTC 2026", sentRequest, sentResponse)))
	if err != nil {
		t.Fatal(err)
	}
	oneExchange(t, all)
}

// The zone's letters do not tell the offset: IST is three zones.
func TestLocalTimesOfBurpAreSetByTheFirstDate(t *testing.T) {
	dated := strings.Replace(sentResponse, "\r\n", "\r\nDate: Sun, 29 Nov 2026 20:10:02 GMT\r\n", 1)
	all, err := itemsIn(burpOf(burpItemOf("Mon Nov 30 01:39:17 IST 2026", sentRequest, sentResponse), burpItemOf("Mon Nov 30 01:40:17 IST 2026", sentRequest, dated)))
	if err != nil || len(all) != 2 {
		t.Fatalf("%v, %+v", err, all)
	}
	for i, want := range []string{"20:09:17", "20:10:17"} {
		if got := all[i].SentAt.UTC().Format(time.TimeOnly); got != want {
			t.Errorf("item %d was sent at %s, want %s", i, got, want)
		}
	}
}

func TestAnItemOfAnySizeIsReadInPart(t *testing.T) {
	huge := strings.Replace(sentResponse, "25", "99999999", 1) + strings.Repeat("x]]", 4<<20)
	all, err := itemsIn(burpOf(burpItemOf("", sentRequest, huge), burpItemOf("", sentRequest, sentResponse)))
	if err != nil || len(all) != 2 || len(all[0].Response.Body) > maxContent {
		t.Fatalf("%v, %d items", err, len(all))
	}
	oneExchange(t, all[1:])
}

func TestXMLThatIsBrokenGivesWhatComesBefore(t *testing.T) {
	item := burpItemOf("Sun Nov 29 21:09:17 UTC 2026", sentRequest, sentResponse)
	for name, more := range map[string]string{
		"cut in an item":        item[:len(item)/2],
		"cut before the end":    "",
		"a tag without end":     "<item " + strings.Repeat("a", 4<<20),
		"a comment":             "<!--" + strings.Repeat("<", 4<<20),
		"a directive":           "<!X " + strings.Repeat("<", 4<<20),
		"text without end":      strings.Repeat("a", 4<<20),
		"a section":             "<a><![CDATA[" + strings.Repeat("a", 4<<20),
		"tags without ends":     strings.Repeat("<item>", 1<<18),
		"bytes that are no XML": item[:len(item)/2] + "\x00\xff</item>",
	} {
		text := strings.TrimSuffix(burpOf(item), "</items>") + more
		all, err := itemsIn(text)
		if err == nil || len(all) < 1 {
			t.Errorf("%s: %v, %d items", name, err, len(all))
			continue
		}
		oneExchange(t, all[:1])
	}
}
