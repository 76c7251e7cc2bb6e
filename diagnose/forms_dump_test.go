package diagnose_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// dumpForms are the ways in which tools print messages as text. None of them has the times
// of the messages, so that a cause which only times show is missing.
var dumpForms = []form{
	{name: "curl -v", write: writeCurl, lossy: true, least: 125}, // it prints no body of a request
	{name: "curl -v, progress meter", write: writeCurlWithMeter, lossy: true, least: 125},
	{name: "curl --trace-ascii", write: writeTraceASCII, lossy: true, least: 240},
	{name: "curl --trace", write: writeTrace, lossy: true, least: 240},
	{name: "raw HTTP/1.1", write: writeRaw, lossy: true, least: 240},
	{name: "Insomnia timeline", write: writeInsomnia, lossy: true, least: 240},
	{name: "tshark follow", write: writeFollow, lossy: true, least: 240},
	{name: "mitmdump", write: writeMitmdump, lossy: true, least: 240},
}

// sentHead and receivedHead are the heads of the messages, a line each.
func (e entry) sentHead() []string {
	lines := []string{e.Method + " " + e.target() + " HTTP/1.1", "Host: " + e.host()}
	for _, h := range e.Headers {
		if !slices.Contains([]string{"host", "content-length", "transfer-encoding"}, strings.ToLower(h.Name)) && !strings.HasPrefix(h.Name, ":") {
			lines = append(lines, h.Name+": "+h.Value)
		}
	}
	if e.Body != "" {
		lines = append(lines, fmt.Sprintf("Content-Length: %d", len(e.Body)))
	}
	return lines
}

func (e entry) receivedHead() []string {
	lines := []string{fmt.Sprintf("HTTP/1.1 %d %s", e.Status, http.StatusText(e.Status))}
	for _, h := range e.Response.Headers {
		if !slices.Contains([]string{"content-length", "transfer-encoding", "content-encoding"}, strings.ToLower(h.Name)) {
			lines = append(lines, h.Name+": "+h.Value)
		}
	}
	return append(lines, fmt.Sprintf("Content-Length: %d", len(e.Response.Body)))
}

func joined(mark string, lines []string) string {
	return mark + strings.Join(lines, "\r\n"+mark) + "\r\n" + mark + "\r\n"
}

// writeCurl is what a terminal shows.
func writeCurl(entries []entry) []byte {
	var b bytes.Buffer
	for _, e := range entries {
		fmt.Fprintf(&b, "*   Trying 192.0.2.1:443...\n* Connected to %s (192.0.2.1) port 443 (#0)\n", e.host())
		b.WriteString(tlsNote(e) + joined("> ", e.sentHead()) + joined("< ", e.receivedHead()) + e.Response.Body)
		fmt.Fprintf(&b, "* Connection #0 to host %s left intact\n", e.host())
	}
	return b.Bytes()
}

func tlsNote(e entry) string {
	if strings.HasPrefix(e.URL, "https:") {
		return "* SSL connection using TLSv1.3 / TLS_AES_256_GCM_SHA384\n"
	}
	return ""
}

// writeCurlWithMeter is what a file holds: the body comes in blocks, of which the last is
// written when curl ends.
func writeCurlWithMeter(entries []entry) []byte {
	const start, end = "  %%%% Total    %%%% Received %%%% Xferd  Average Speed   Time    Time     Time  Current\n                                 Dload  Upload   Total   Spent    Left  Speed\n\r  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0", "\r100  %4d  100  %4d  100  %4d  19361  33269 --:--:-- --:--:-- --:--:-- 64333\n"
	var b bytes.Buffer
	for _, e := range entries {
		body := e.Response.Body
		whole := len(body) / 4096 * 4096
		b.WriteString(strings.ReplaceAll(start, "%%%%", "%") + "*   Trying 192.0.2.1:443...\n" + tlsNote(e) + joined("> ", e.sentHead()))
		if e.Body != "" {
			fmt.Fprintf(&b, "} [%d bytes data]\n", len(e.Body))
		}
		b.WriteString(joined("< ", e.receivedHead()))
		if body != "" {
			fmt.Fprintf(&b, "{ [%d bytes data]\n", len(body))
		}
		b.WriteString(body[:whole])
		fmt.Fprintf(&b, end, len(e.Body)+len(body), len(body), len(e.Body))
		fmt.Fprintf(&b, "* Connection #0 to host %s left intact\n%s\n", e.host(), body[whole:])
	}
	return b.Bytes()
}

func writeRaw(entries []entry) []byte {
	var b bytes.Buffer
	for _, e := range entries {
		b.WriteString(joined("", e.sentHead()) + e.Body + joined("", e.receivedHead()) + e.Response.Body)
	}
	return b.Bytes()
}

func writeInsomnia(entries []entry) []byte {
	var b bytes.Buffer
	for _, e := range entries {
		fmt.Fprintf(&b, "* Preparing request to %s\n%s\n%s\n", e.URL, tlsNote(e), strings.TrimSuffix(joined("> ", e.sentHead()), "> \r\n"))
		if e.Body != "" {
			b.WriteString("| " + strings.ReplaceAll(e.Body, "\n", "\n| ") + "\n\n* We are completely uploaded and fine\n\n")
		}
		fmt.Fprintf(&b, "%s\n\n* Received %d B chunk\n* Connection #0 to host %s left intact\n%s\n", strings.TrimSuffix(joined("< ", e.receivedHead()), "< \r\n"), len(e.Response.Body), e.host(), e.Response.Body)
	}
	return b.Bytes()
}

func writeFollow(entries []entry) []byte {
	var b bytes.Buffer
	for i, e := range entries {
		frame := strings.Repeat("=", 67)
		fmt.Fprintf(&b, "\n%s\nFollow: tcp,ascii\nFilter: tcp.stream eq %d\nNode 0: 127.0.0.1:5000\nNode 1: 127.0.0.1:9396\n", frame, i)
		for side, text := range []string{joined("", e.sentHead()) + e.Body, joined("", e.receivedHead()) + e.Response.Body} {
			for block := range slices.Chunk([]byte(text), 4096) {
				fmt.Fprintf(&b, "%s%d\n%s\n", strings.Repeat("\t", side), len(block), printable(block))
			}
		}
		b.WriteString(frame + "\n")
	}
	return b.Bytes()
}

// printable has a dot for each byte that is not ASCII.
func printable(text []byte) []byte {
	out := bytes.Clone(text)
	for i, c := range out {
		if c >= 0x7f || c < ' ' && c != '\r' && c != '\n' && c != '\t' {
			out[i] = '.'
		}
	}
	return out
}

// writeTraceASCII breaks rows at line ends (RFC 9112 §2.2), as curl's lib does.
func writeTraceASCII(entries []entry) []byte {
	return traced(entries, func(b *bytes.Buffer, data []byte) {
		for at := 0; at < len(data); {
			row, next := data[at:min(len(data), at+64)], at+64
			if end := bytes.Index(data[at:min(len(data), at+65)], []byte("\r\n")); end >= 0 {
				row, next = row[:end], at+end+2
			}
			fmt.Fprintf(b, "%04x: %s\n", at, bytes.ReplaceAll(printable(row), []byte("\n"), []byte(".")))
			at = next
		}
	})
}

func writeTrace(entries []entry) []byte {
	return traced(entries, func(b *bytes.Buffer, data []byte) {
		for at := 0; at < len(data); at += 16 {
			row := data[at:min(len(data), at+16)]
			fmt.Fprintf(b, "%04x: %-48s%s\n", at, fmt.Sprintf("% x ", row), strings.NewReplacer("\r", ".", "\n", ".", "\t", ".").Replace(string(printable(row))))
		}
	})
}

func traced(entries []entry, write func(b *bytes.Buffer, data []byte)) []byte {
	var b bytes.Buffer
	block := func(kind, data string) {
		if data != "" {
			fmt.Fprintf(&b, "%s, %d bytes (0x%x)\n", kind, len(data), len(data))
			write(&b, []byte(data))
		}
	}
	for _, e := range entries {
		fmt.Fprintf(&b, "== Info:   Trying 192.0.2.1:443...\n%s", strings.Replace(tlsNote(e), "*", "== Info:", 1))
		block("=> Send header", joined("", e.sentHead()))
		block("=> Send data", e.Body)
		for _, line := range append(e.receivedHead(), "") {
			block("<= Recv header", line+"\r\n")
		}
		for part := range slices.Chunk([]byte(e.Response.Body), 16<<10) {
			block("<= Recv data", string(part))
		}
		fmt.Fprintf(&b, "== Info: Connection #0 to host %s left intact\n", e.host())
	}
	return b.Bytes()
}

// writeMitmdump has a form as a table.
func writeMitmdump(entries []entry) []byte {
	var b bytes.Buffer
	b.WriteString("Proxy server listening at 127.0.0.1:9397\n")
	indent := func(text string) {
		for line := range strings.Lines(text) {
			b.WriteString("    " + strings.TrimRight(line, "\r\n") + "\r\n")
		}
		b.WriteString("\n")
	}
	for _, e := range entries {
		fmt.Fprintf(&b, "127.0.0.1:56992: client connect\n127.0.0.1:56992: %s %s HTTP/2.0\n", e.Method, e.URL)
		indent(strings.Join(e.sentHead()[1:], "\n"))
		if values, err := url.ParseQuery(e.Body); err == nil && strings.HasPrefix(e.Media, "application/x-www-form-urlencoded") {
			var rows []string
			for name, all := range values {
				rows = append(rows, fmt.Sprintf("%-20s %s", name+":", all[0]))
			}
			slices.Sort(rows)
			indent(strings.Join(rows, "\n"))
		} else if e.Body != "" {
			indent(e.Body)
		}
		fmt.Fprintf(&b, " << HTTP/2.0 %d %s %db\n", e.Status, http.StatusText(e.Status), len(e.Response.Body))
		indent(strings.Join(e.receivedHead()[1:], "\n"))
		indent(e.Response.Body)
	}
	return b.Bytes()
}
