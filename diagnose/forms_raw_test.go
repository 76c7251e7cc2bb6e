package diagnose_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

// rawForms keep the messages as they were sent. Where there are only messages, there are no
// times, so that the age of a code or token is not known.
var rawForms = []form{
	{name: "HTTP messages", lossy: true, write: func(e []entry) []byte { return writeMessages(e, "") }},
	{name: "HTTP messages, pasted", lossy: true, write: func(e []entry) []byte {
		return bytes.ReplaceAll(writeMessages(e, "\n\n"), []byte("\r\n"), []byte("\n"))
	}},
	{name: "HTTP messages, without a length of the response", lossy: true, write: writeUnsized},
	{name: "HTTP messages, compressed and in chunks", lossy: true, write: writeCompressed},
	{name: "Fiddler archive", write: writeSAZ},
	{name: "mitmproxy flows", write: writeFlows},
	{name: "Burp items, base64", write: func(e []entry) []byte { return writeBurp(e, true) }},
	{name: "Burp items, text", write: func(e []entry) []byte { return writeBurp(e, false) }},
}

// messageOf is a message with these headers, and a Content-Length if they have none.
func messageOf(start string, headers []header, body string) string {
	var b strings.Builder
	b.WriteString(start + "\r\n")
	for _, h := range headers {
		fmt.Fprintf(&b, "%s: %s\r\n", h.Name, h.Value)
	}
	if body != "" && get(headers, "Content-Length") == "" && get(headers, "Transfer-Encoding") == "" {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(body))
	}
	return b.String() + "\r\n" + body
}

func (e entry) request(target string) string {
	return messageOf(e.Method+" "+target+" HTTP/1.1", e.Headers, e.Body)
}

func (e entry) response() string {
	return messageOf(fmt.Sprintf("HTTP/1.1 %d Status", e.Status), e.Response.Headers, e.Response.Body)
}

func writeMessages(entries []entry, between string) []byte {
	var b strings.Builder
	for _, e := range entries {
		b.WriteString(e.request(e.target()) + between + e.response() + between)
	}
	return []byte(b.String())
}

// without are the headers but those of these names.
func without(headers []header, names ...string) []header {
	var left []header
	for _, h := range headers {
		if get([]header{h}, names[0]) == "" && get([]header{h}, names[len(names)-1]) == "" {
			left = append(left, h)
		}
	}
	return left
}

// writeUnsized is what curl -i and others show of a response that was sent in chunks.
func writeUnsized(entries []entry) []byte {
	var b strings.Builder
	for _, e := range entries {
		head := append(without(e.Response.Headers, "Content-Length"), header{"Transfer-Encoding", "chunked"})
		b.WriteString(e.request(e.target()) + "\r\n" + messageOf(fmt.Sprintf("HTTP/2 %d ", e.Status), head, e.Response.Body) + "\r\n\r\n")
	}
	return []byte(b.String())
}

// A coder writes in a content coding.
type coder struct {
	name string
	open func(io.Writer) io.WriteCloser
}

var coders = []coder{
	{"gzip", func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }},
	{"deflate", func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) }},
	{"br", func(w io.Writer) io.WriteCloser { return brotli.NewWriter(w) }},
	{"zstd", func(w io.Writer) io.WriteCloser { z, _ := zstd.NewWriter(w); return z }},
}

func (c coder) encode(body string) string {
	var b bytes.Buffer
	w := c.open(&b)
	_, _ = io.WriteString(w, body) // a buffer takes everything
	_ = w.Close()
	return b.String()
}

func chunked(body string) string {
	var b strings.Builder
	for body != "" {
		n := min(len(body), 100)
		fmt.Fprintf(&b, "%x\r\n%s\r\n", n, body[:n])
		body = body[n:]
	}
	return b.String() + "0\r\n\r\n"
}

func writeCompressed(entries []entry) []byte {
	var b strings.Builder
	for i, e := range entries {
		c := coders[i%len(coders)]
		e.Response.Headers = append(without(e.Response.Headers, "Content-Length"), header{"Transfer-Encoding", "chunked"}, header{"Content-Encoding", c.name})
		e.Response.Body = chunked(c.encode(e.Response.Body))
		b.WriteString(e.request(e.target()) + e.response())
	}
	return []byte(b.String())
}

func writeSAZ(entries []entry) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	add := func(name, text string) {
		w, err := z.Create(name)
		if err != nil {
			panic(err) // a buffer takes everything
		}
		_, _ = io.WriteString(w, text)
	}
	add("[Content_Types].xml", `<?xml version="1.0" encoding="utf-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`)
	add("_index.htm", "<html><table><tr><td>a session</td></tr></table></html>")
	for i, e := range entries {
		const layout = "2006-01-02T15:04:05.0000000-07:00"
		add(fmt.Sprintf("raw/%d_c.txt", i+1), e.request(e.URL))
		add(fmt.Sprintf("raw/%d_m.xml", i+1), fmt.Sprintf(`<?xml version="1.0" encoding="utf-8"?><Session SID="%d" BitFlags="59"><SessionTimers ClientConnected="%[2]s" ClientBeginRequest="%[2]s" GatewayDeterminationTime="0" FiddlerBeginRequest="0001-01-01T00:00:00" ServerDoneResponse="%[3]s" /><SessionFlags><SessionFlag N="x-clientport" V="1" /></SessionFlags></Session>`,
			i+1, e.At.Format(layout), e.At.Add(e.Took).Format(layout)))
		add(fmt.Sprintf("raw/%d_s.txt", i+1), e.response())
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func netstring(kind, payload string) string {
	return fmt.Sprintf("%d:%s%s", len(payload), payload, kind)
}

// netdict is a dictionary of the names and elements.
func netdict(pairs ...string) string {
	var b strings.Builder
	for i := 0; i < len(pairs); i += 2 {
		b.WriteString(netstring(";", pairs[i]) + pairs[i+1])
	}
	return netstring("}", b.String())
}

func netheaders(headers []header) string {
	var b strings.Builder
	for _, h := range headers {
		b.WriteString(netstring("]", netstring(",", h.Name)+netstring(",", h.Value)))
	}
	return netstring("]", b.String())
}

func netseconds(t time.Time) string {
	return netstring("^", strconv.FormatFloat(float64(t.UnixMicro())/1e6, 'f', 6, 64))
}

func writeFlows(entries []entry) []byte {
	var b strings.Builder
	for _, e := range entries {
		done := e.At.Add(e.Took)
		request := netdict("headers", netheaders(e.Headers), "content", netstring(",", e.Body), "timestamp_start", netseconds(e.At), "timestamp_end", netseconds(e.At),
			"host", netstring(";", "192.0.2.1"), "port", netstring("#", "443"), "method", netstring(",", e.Method), "scheme", netstring(",", e.URL[:strings.Index(e.URL, ":")]),
			"authority", netstring(",", ""), "path", netstring(",", e.target()))
		response := netdict("status_code", netstring("#", fmt.Sprint(e.Status)), "headers", netheaders(e.Response.Headers), "content", netstring(",", e.Response.Body),
			"timestamp_start", netseconds(done), "timestamp_end", netseconds(done))
		b.WriteString(netdict("type", netstring(";", "http"), "version", netstring("#", "17"), "response", response, "request", request,
			"client_conn", netdict("id", netstring(";", "1"), "tls", netstring("!", "false")), "error", netstring("~", "")))
	}
	return []byte(b.String())
}

func writeBurp(entries []entry, encode bool) []byte {
	var b strings.Builder
	b.WriteString("<?xml version=\"1.1\"?>\n<!DOCTYPE items [\n<!ELEMENT items (item*)>\n<!ATTLIST items burpVersion CDATA \"\">\n]>\n<items burpVersion=\"2026.9\" exportTime=\"Sun Nov 29 21:20:00 CET 2026\">\n")
	cet := time.FixedZone("CET", 3600)
	message := func(name, text string) {
		if encode {
			text = base64.StdEncoding.EncodeToString([]byte(text))
		}
		fmt.Fprintf(&b, "    <%s base64=\"%t\"><![CDATA[%s]]></%[1]s>\n", name, encode, text)
	}
	for _, e := range entries {
		fmt.Fprintf(&b, "  <item>\n    <time>%s</time>\n    <url><![CDATA[%s]]></url>\n    <host ip=\"192.0.2.10\">%s</host>\n    <method><![CDATA[%s]]></method>\n", e.At.In(cet).Format(time.UnixDate), e.URL, e.host(), e.Method)
		message("request", e.request(e.target()))
		fmt.Fprintf(&b, "    <status>%d</status>\n", e.Status)
		message("response", e.response())
		b.WriteString("    <comment></comment>\n  </item>\n")
	}
	b.WriteString("</items>\n")
	return []byte(b.String())
}
