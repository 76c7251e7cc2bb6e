package read

import (
	"bufio"
	"fmt"
	"strings"
	"testing"

	"example.com/grantwalk/diagnose/growth"
)

// raws are shapes of a file that is nothing but messages.
var raws = []growth.Shape{
	growth.Repeated("requests with their responses", sentRequest+sentResponse),
	growth.Numbered("requests with new codes", "POST /token HTTP/1.1\nHost: as.example\n\ngrant_type=authorization_code&code=c%\n\nHTTP/1.1 400 Bad Request\n\n{\"error\":\"invalid_grant\"}\n\n"),
	growth.Repeated("requests", sentRequest),
	growth.Between("interim responses", sentRequest, "HTTP/1.1 100 Continue\r\n\r\n", sentResponse),
	growth.Between("lines of a head", "GET /a HTTP/1.1\r\n", "a: b\r\n", "\r\n"),
	growth.Between("lines that go on the line before", "GET /a HTTP/1.1\r\na: b\r\n", " c\r\n", "\r\n"),
	growth.Between("a target", "GET /", "a", " HTTP/1.1\r\n\r\n"),
	growth.Between("chunks", sentRequest+"HTTP/1.1 400 \r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\na\r\n", "0\r\n\r\n"),
	growth.Between("trailers", sentRequest+"HTTP/1.1 400 \r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "a: b\r\n", "\r\n"),
	growth.Between("lines that are nearly messages", sentRequest+"HTTP/1.1 400 \r\n\r\n", "HTTP/1.1 4\r\nGET /\r\n", ""),
	growth.Between("a body that is too long", strings.Replace(sentRequest, "88", "999999999", 1), "a\nb\r\n", ""),
	growth.Repeated("empty lines", sentRequest+"\r\n\r\n\r\n\r\n\n\n\n\n"+sentResponse),
	growth.Between("empty lines at the end", sentRequest+sentResponse, "\r\n", ""),
	growth.Repeated("short bodies in zstd", sentRequest+"HTTP/1.1 400 \r\nContent-Encoding: zstd\r\nContent-Length: "+fmt.Sprint(len(pack("zstd", "{}")))+"\r\n\r\n"+pack("zstd", "{}")),
}

func TestMessagesTakeLinearTime(t *testing.T) {
	for _, shape := range raws {
		growth.Linear(t, shape, 64<<10, 4<<20, func(text string) { rawExchanges(text) })
	}
}

func TestDecodingTakesLinearTime(t *testing.T) {
	for coding := range packers {
		shape := growth.Repeated(coding, pack(coding, "a"))
		growth.Linear(t, shape, 64<<10, 2<<20, func(text string) { decode(coding+","+coding, text) })
		shape = growth.Shape{Name: coding + " of zeros", Make: func(n int) string { return pack(coding, strings.Repeat("0", 50*n)) }}
		growth.Linear(t, shape, 16<<10, 256<<10, func(text string) { decode(coding, text) })
	}
}

func TestAFiddlerArchiveTakesLinearTime(t *testing.T) {
	growth.Linear(t, growth.Shape{Name: "sessions", Make: func(n int) string {
		var files []string
		for i := range n/len(sentRequest+sentResponse) + 1 {
			files = append(files, fmt.Sprintf("raw/%d_c.txt", i), sentRequest, fmt.Sprintf("raw/%d_s.txt", i), sentResponse)
		}
		return string(archiveOf(files...))
	}}, 64<<10, 1<<20, explain)
	for _, shape := range growth.Texts {
		growth.Linear(t, shape, 4<<10, maxTimes, func(text string) { sazTimes("<Session>" + text) })
	}
}

func TestFlowsOfMitmproxyTakeLinearTime(t *testing.T) {
	flow := flowOf(sentForm, `{"error":"invalid_grant"}`)
	element := netstring("~", "")
	for _, shape := range []growth.Shape{
		growth.Repeated("flows", flow),
		{Name: "members", Make: func(n int) string {
			return netdict("type", netstring(";", strings.Repeat("a", n/2)), "x", netstring("]", strings.Repeat(element, n/6)))
		}},
		{Name: "headers", Make: func(n int) string {
			pair := netstring("]", netstring(",", "a")+netstring(",", "b"))
			return netdict("type", netstring(";", "http"), "request", netdict("headers", netstring("]", strings.Repeat(pair, n/len(pair)+1))))
		}},
		{Name: "lists in lists", Make: func(n int) string {
			inner := ""
			for len(inner) < min(n, 4<<10) {
				inner = netstring("]", inner)
			}
			return strings.Repeat(netdict("type", netstring(";", "http"), "request", netdict("headers", inner)), n/(4<<10)+1)
		}},
		growth.Between("digits", "12:4:type;4:", "9", ""),
	} {
		growth.Linear(t, shape, 64<<10, 4<<20, func(text string) { _, _ = flowsIn(text) })
	}
}

func TestItemsOfBurpTakeLinearTime(t *testing.T) {
	item := burpItemOf("Sun Nov 29 21:09:17 UTC 2026", sentRequest, sentResponse)
	start := strings.TrimSuffix(burpOf(), "</items>")
	shapes := []growth.Shape{
		growth.Between("items", start, item, "</items>"),
		growth.Between("elements of one item", start+"<item>", "<url>a</url>", "</item></items>"),
		growth.Between("items in items", start, "<item>", "</items>"),
		growth.Between("sections of one element", start+"<item><request>", "<![CDATA[a]]>", "</request></item></items>"),
		growth.Between("one section", start+"<item><request><![CDATA[", "a]]b>", "]]></request></item></items>"),
		growth.Between("attributes", start+"<item ", "a='b' ", "></item></items>"),
		growth.Between("a comment", start+"<!--", "- <!--", "--></items>"),
		growth.Between("entities", start+"<item><url>", "&amp;&x;&", "</url></item></items>"),
	}
	for _, shape := range shapes {
		growth.Linear(t, shape, 64<<10, 4<<20, func(text string) {
			k := keeper{}
			_ = readBurp(bufio.NewReaderSize(strings.NewReader(text), buffer), &k)
		})
	}
}
