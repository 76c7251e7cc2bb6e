package diagnose_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// jsonForms are the forms that are JSON or XML documents.
var jsonForms = []form{
	{name: "HAR of Firefox", write: func(e []entry) []byte { return encoded(firefox(e)) }},
	{name: "HAR of Charles", write: func(e []entry) []byte { return encoded(charlesHAR(e)) }},
	{name: "HAR of Fiddler", write: func(e []entry) []byte { return encoded(fiddlerHAR(e)) }},
	{name: "HAR entries, one a line", write: writeEntries},
	{name: "HAR entries, an array", write: func(e []entry) []byte { return encoded(harOf(e)["log"].(map[string]any)["entries"]) }},
	{name: "Charles session", write: writeCharles},
	{name: "tshark json", write: func(e []entry) []byte { return encoded(tsharkJSON(e)) }},
	{name: "tshark json, HTTP/2", write: func(e []entry) []byte { return encoded(tsharkHTTP2(e)) }},
	{name: "tshark ek", write: writeEK},
	{name: "tshark pdml", write: writePDML},
	{name: "tshark -V", write: writeTsharkText, lossy: true}, // long values are cut

	// A collection has no times, so that nothing shows how old a code was.
	{name: "Postman collection", write: writePostman, lossy: true},

	{name: "sanitized, one constant", write: sanitized(allSecrets, constant("SANITIZED")), lossy: true},
	{name: "sanitized, one random constant", write: sanitized(allSecrets, constant("k3Jq9ZxV0aB7")), lossy: true},
	{name: "sanitized, one word", write: sanitized(allSecrets, constant("fakevalue")), lossy: true},
	{name: "sanitized, [REDACTED]", write: sanitized(allSecrets, constant("[REDACTED]")), lossy: true},
	{name: "sanitized, xxx", write: sanitized(allSecrets, constant("xxx")), lossy: true},
	{name: "sanitized, bullets", write: sanitized(allSecrets, constant("••••••")), lossy: true},
	{name: "sanitized, named", write: sanitized(allSecrets, func(name, _ string) string { return "your_" + name + "_here" }), lossy: true},
	{name: "sanitized, first3…last3", write: sanitized(allSecrets, firstLast), lossy: true},
	{name: "sanitized, hashes", write: sanitized(allSecrets, func(_, v string) string { return "hash:" + hashed(v) }), lossy: true},
	{name: "sanitized, bare hashes", write: sanitized(allSecrets, func(_, v string) string { return hashed(v) }), lossy: true},
	{name: "sanitized, without state and challenge", write: sanitized(allSecrets[2:], constant("[REDACTED]")), lossy: true},
	{name: "sanitized, one constant, without state and challenge", write: sanitized(allSecrets[2:], constant("k3Jq9ZxV0aB7")), lossy: true},
	{name: "sanitized by Chrome", write: writeChromeSanitized, lossy: true},
}

// object is the HAR as any program sees it, to change it as a tool does.
func object(v any) map[string]any {
	var m map[string]any
	if err := json.Unmarshal(encoded(v), &m); err != nil {
		panic(err) // of a test's own data
	}
	return m
}

// eachEntry changes the entries of a HAR.
func eachEntry(entries []entry, change func(e, request, response map[string]any)) map[string]any {
	har := object(harOf(entries))
	for _, v := range har["log"].(map[string]any)["entries"].([]any) {
		e := v.(map[string]any)
		change(e, e["request"].(map[string]any), e["response"].(map[string]any))
	}
	return har
}

func formParams(body string) []map[string]string {
	var params []map[string]string
	for _, part := range strings.Split(body, "&") {
		name, value, _ := strings.Cut(part, "=")
		name, _ = url.QueryUnescape(name)
		value, _ = url.QueryUnescape(value)
		params = append(params, map[string]string{"name": name, "value": value})
	}
	return params
}

func isForm(e entry) bool { return strings.Contains(e.Media, "urlencoded") && e.Body != "" }

func firefox(entries []entry) map[string]any {
	i := -1
	return eachEntry(entries, func(e, request, _ map[string]any) {
		i++
		e["startedDateTime"] = entries[i].At.In(time.FixedZone("", 3600)).Format("2006-01-02T15:04:05.000-07:00")
		if isForm(entries[i]) {
			request["postData"].(map[string]any)["params"] = formParams(entries[i].Body)
		}
		if u, err := url.Parse(entries[i].URL); err == nil && u.RawQuery != "" {
			request["queryString"] = formParams(u.RawQuery)
		}
	})
}

func charlesHAR(entries []entry) map[string]any {
	return eachEntry(entries, func(_, _, response map[string]any) {
		content := response["content"].(map[string]any)
		content["text"] = base64.StdEncoding.EncodeToString([]byte(content["text"].(string)))
		content["encoding"] = "base64"
	})
}

func fiddlerHAR(entries []entry) map[string]any {
	i := -1
	return eachEntry(entries, func(e, request, _ map[string]any) {
		i++
		e["startedDateTime"] = entries[i].At.Format("2006-01-02T15:04:05.0000000-07:00")
		if isForm(entries[i]) {
			data := request["postData"].(map[string]any)
			delete(data, "text")
			data["params"] = formParams(entries[i].Body)
		}
	})
}

func writeEntries(entries []entry) []byte {
	var lines [][]byte
	for _, e := range entries {
		lines = append(lines, encoded(e.har()))
	}
	return bytes.Join(lines, []byte("\n"))
}

func writeCharles(entries []entry) []byte {
	all := []any{}
	for _, e := range entries {
		u, _ := url.Parse(e.URL)
		var port any
		if p, err := strconv.Atoi(u.Port()); err == nil {
			port = p
		}
		request := map[string]any{"mimeType": e.Media, "header": map[string]any{"firstLine": e.Method + " " + e.target() + " HTTP/1.1", "headers": e.Headers}}
		if e.Body != "" {
			request["body"] = map[string]any{"text": e.Body}
		}
		all = append(all, struct {
			Status   string         `json:"status"`
			Method   string         `json:"method"`
			Protocol string         `json:"protocolVersion"`
			Scheme   string         `json:"scheme"`
			Host     string         `json:"host"`
			Port     any            `json:"port"`
			Actual   int            `json:"actualPort"`
			Path     string         `json:"path"`
			Query    string         `json:"query,omitempty"`
			Times    map[string]any `json:"times"`
			Request  map[string]any `json:"request"`
			Response map[string]any `json:"response"`
		}{"COMPLETE", e.Method, "HTTP/1.1", u.Scheme, u.Hostname(), port, 443, u.EscapedPath(), u.RawQuery, map[string]any{"start": e.At, "end": e.At.Add(e.Took)}, request, map[string]any{
			"status": e.Status, "mimeType": e.Response.Media, "header": map[string]any{"headers": e.Response.Headers},
			"body": map[string]any{"encoded": base64.StdEncoding.EncodeToString([]byte(e.Response.Body))},
		}})
	}
	return encoded(all)
}

// A field is one of a packet, as tshark prints it.
type field struct{ Name, Value string }

// A layer is a protocol of a packet with its fields, in the order of the packet.
type layer struct {
	name   string
	fields []field
}

// httpFields are the headers that Wireshark knows by a name.
var httpFields = map[string]string{
	"authorization": "http.authorization", "cookie": "http.cookie", "content-type": "http.content_type", "content-length": "http.content_length_header",
	"content-encoding": "http.content_encoding", "location": "http.location", "date": "http.date", "host": "http.host",
}

func fieldsOf(line string, headers []header) []field {
	var fields []field
	for _, h := range headers {
		if name := httpFields[strings.ToLower(h.Name)]; name != "" {
			fields = append(fields, field{name, h.Value})
		}
		fields = append(fields, field{line, h.Name + ": " + h.Value + "\r\n"})
	}
	return fields
}

// packetsOf are the packets of a request and of its response.
func packetsOf(i int, e entry) [][]layer {
	frame := func(n int, at time.Time) layer {
		return layer{"frame", []field{{"frame.time_epoch", fmt.Sprintf("%d.%09d", at.Unix(), at.Nanosecond())}, {"frame.number", strconv.Itoa(n)}}}
	}
	tcp := layer{"tcp", []field{{"tcp.stream", strconv.Itoa(i)}}}
	request := []field{{"http.request.method", e.Method}, {"http.request.uri", e.target()}}
	request = append(request, fieldsOf("http.request.line", e.Headers)...)
	request = append(request, field{"http.request.full_uri", e.URL})
	packets := [][]layer{{frame(10*i+1, e.At), tcp, {"http", request}}}
	if e.Body != "" {
		if get(e.Headers, "Content-Type") == "" {
			request = append(request, field{"http.content_type", e.Media})
		}
		packets[0][2].fields = append(request, field{"http.file_data", e.Body})
	}
	if isForm(e) {
		form := layer{name: "urlencoded-form"}
		for _, p := range formParams(e.Body) {
			form.fields = append(form.fields, field{"urlencoded-form.key", p["name"]}, field{"urlencoded-form.value", p["value"]})
		}
		packets[0] = append(packets[0], form)
	}
	if e.Status == 0 {
		return packets
	}
	response := append([]field{{"http.response.code", strconv.Itoa(e.Status)}}, fieldsOf("http.response.line", e.Response.Headers)...)
	if get(e.Response.Headers, "Content-Type") == "" && e.Response.Media != "" {
		response = append(response, field{"http.content_type", e.Response.Media})
	}
	response = append(response, field{"http.request_in", strconv.Itoa(10*i + 1)})
	if e.Response.Body != "" {
		response = append(response, field{"http.file_data", printedBytes(e.Response.Body)})
	}
	return append(packets, []layer{frame(10*i+2, e.At.Add(e.Took)), tcp, {"http", response}})
}

// printedBytes is how newer versions of Wireshark print a body.
func printedBytes(body string) string {
	var parts []string
	for _, c := range []byte(body) {
		parts = append(parts, hex.EncodeToString([]byte{c}))
	}
	return strings.Join(parts, ":")
}

// ekFields are the fields as -T ek writes them: those of one name together.
func ekFields(l layer) orderedObject {
	var fields orderedObject
	for _, f := range l.fields {
		name := l.name + "_" + strings.ReplaceAll(f.Name, ".", "_")
		i := slices.IndexFunc(fields, func(f member) bool { return f.Name == name })
		if i < 0 {
			fields = append(fields, member{name, f.Value})
			continue
		}
		if list, ok := fields[i].Value.([]any); ok {
			fields[i].Value = append(list, f.Value)
			continue
		}
		fields[i].Value = []any{fields[i].Value, f.Value}
	}
	return fields
}

// An orderedObject is a JSON object whose members keep their order, and may have one name.
type orderedObject []member

type member struct {
	Name  string
	Value any
}

func objectOf(fields []field) orderedObject {
	var o orderedObject
	for _, f := range fields {
		o = append(o, member{f.Name, f.Value})
	}
	return o
}

func (o orderedObject) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	for i, f := range o {
		b.WriteString(map[bool]string{true: "{", false: ","}[i == 0])
		b.Write(encoded(f.Name))
		b.WriteString(":")
		b.Write(encoded(f.Value))
	}
	return append(b.Bytes(), '}'), nil
}

func tsharkJSON(entries []entry) any {
	all := []any{}
	for i, e := range entries {
		for _, p := range packetsOf(i, e) {
			layers := map[string]any{}
			for _, l := range p {
				layers[l.name] = map[string]any{"a part of it": objectOf(l.fields)}
			}
			all = append(all, packetDocument(layers))
		}
	}
	return all
}

func packetDocument(layers any) any {
	return struct {
		Index  string `json:"_index"`
		Source any    `json:"_source"`
	}{"packets-2026-11-29", map[string]any{"layers": layers}}
}

// tsharkHTTP2 has all exchanges in one connection, and bodies in packets of their own.
func tsharkHTTP2(entries []entry) any {
	all := []any{}
	packet := func(at time.Time, stream int, fields ...field) {
		fields = append([]field{{"http2.streamid", "0"}, {"http2.streamid", strconv.Itoa(stream)}}, fields...)
		all = append(all, packetDocument(map[string]any{
			"frame": map[string]any{"frame.time_epoch": at.Format(time.RFC3339Nano)}, "tcp": map[string]any{"tcp.stream": "0"}, "http2": objectOf(fields),
		}))
	}
	header := func(name, value string) []field {
		return []field{{"http2.header.name", name}, {"http2.header.value", value}}
	}
	for i, e := range entries {
		u, _ := url.Parse(e.URL)
		fields := slices.Concat(header(":method", e.Method), header(":scheme", u.Scheme), header(":authority", e.host()), header(":path", e.target()))
		for _, h := range e.Headers {
			fields = append(fields, header(strings.ToLower(h.Name), h.Value)...)
		}
		if e.Body != "" && get(e.Headers, "Content-Type") == "" {
			fields = append(fields, header("content-type", e.Media)...)
		}
		packet(e.At, 2*i+1, fields...)
		if e.Body != "" {
			packet(e.At, 2*i+1, field{"http2.data.data", printedBytes(e.Body)})
		}
		if e.Status == 0 {
			continue
		}
		fields = header(":status", strconv.Itoa(e.Status))
		for _, h := range e.Response.Headers {
			fields = append(fields, header(strings.ToLower(h.Name), h.Value)...)
		}
		if e.Response.Media != "" && get(e.Response.Headers, "Content-Type") == "" {
			fields = append(fields, header("content-type", e.Response.Media)...)
		}
		packet(e.At.Add(e.Took), 2*i+1, fields...)
		for body := e.Response.Body; body != ""; body = body[min(len(body), 100):] {
			packet(e.At.Add(e.Took), 2*i+1, field{"http2.data.data", printedBytes(body[:min(len(body), 100)])})
		}
	}
	return all
}

func writeEK(entries []entry) []byte {
	var b bytes.Buffer
	for i, e := range entries {
		for _, p := range packetsOf(i, e) {
			layers := map[string]any{}
			for _, l := range p {
				layers[l.name] = ekFields(l)
			}
			b.WriteString(`{"index":{"_index":"packets-2026-11-29","_type":"doc"}}` + "\n" + `{"timestamp":"1795986585119","layers":`)
			b.Write(encoded(layers))
			b.WriteString("}\n")
		}
	}
	return b.Bytes()
}

func writePDML(entries []entry) []byte {
	var b bytes.Buffer
	b.WriteString("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<?xml-stylesheet type=\"text/xsl\" href=\"pdml2html.xsl\"?>\n<pdml version=\"0\" creator=\"wireshark/4.0.17\">\n")
	escaped := func(s string) string {
		var e bytes.Buffer
		if err := xml.EscapeText(&e, []byte(s)); err != nil {
			panic(err)
		}
		return e.String()
	}
	for i, e := range entries {
		for _, p := range packetsOf(i, e) {
			b.WriteString("<packet>\n")
			for _, l := range p {
				fmt.Fprintf(&b, "<proto name=\"%s\">\n", l.name)
				for _, f := range l.fields {
					fmt.Fprintf(&b, "<field name=\"%s\" showname=\"%s\" show=\"%s\"/>\n", f.Name, escaped(f.Name+": "+f.Value), escaped(f.Value))
				}
				b.WriteString("</proto>\n")
			}
			b.WriteString("</packet>\n")
		}
	}
	b.WriteString("</pdml>\n")
	return b.Bytes()
}

// labels are those of fields in tshark's text.
var labels = map[string]string{
	"frame.time_epoch": "    Epoch Time: %s seconds", "frame.number": "    Frame Number: %s", "tcp.stream": "    [Stream index: %s]",
	"http.request.method": "        Request Method: %s", "http.request.full_uri": "    [Full request URI: %s]", "http.response.code": "        Status Code: %s", "http.request_in": "    [Request in frame: %s]",
	"http.request.line": "    %s\\r\\n", "http.response.line": "    %s\\r\\n", "urlencoded-form.key": "        Key: %s", "urlencoded-form.value": "        Value: %s",
}

func writeTsharkText(entries []entry) []byte {
	var b bytes.Buffer
	line := func(format, value string) {
		text := fmt.Sprintf(format, value)
		if len(text) > 240 {
			name, rest, _ := strings.Cut(text, ": ")
			text = name + " [truncated]: " + rest[:min(len(rest), max(0, 240-len(name)))]
		}
		b.WriteString(text + "\n")
	}
	for i, e := range entries {
		for _, p := range packetsOf(i, e) {
			for _, l := range p {
				b.WriteString(map[string]string{"frame": "Frame 1: 10 bytes on wire (80 bits)", "tcp": "Transmission Control Protocol, Src Port: 1", "http": "Hypertext Transfer Protocol", "urlencoded-form": "HTML Form URL Encoded: application/x-www-form-urlencoded"}[l.name] + "\n")
				for _, f := range l.fields {
					switch label := labels[f.Name]; {
					case f.Name == "http.request.uri":
						path, query, _ := strings.Cut(f.Value, "?")
						line("        Request URI: %s", f.Value)
						line("            Request URI Path: %s", path)
						for _, parameter := range strings.Split(query, "&") {
							line("                Request URI Query Parameter: %s", parameter)
						}
					case label != "":
						line(label, strings.TrimSpace(f.Value))
					}
				}
			}
			if response := p[2].fields[0].Name == "http.response.code"; response && e.Response.Body != "" {
				writeTextBody(&b, e.Response.Body)
			}
			b.WriteString("\n")
		}
	}
	return b.Bytes()
}

// writeTextBody is a body as its dissector prints it: the members of a JSON object, or lines.
func writeTextBody(b *bytes.Buffer, body string) {
	var members map[string]any
	if json.Unmarshal([]byte(body), &members) == nil {
		b.WriteString("JavaScript Object Notation: application/json\n    Object\n")
		for name, value := range members {
			fmt.Fprintf(b, "        Member: %s\n            [Path with value: /%s:%v]\n", name, name, value)
		}
		return
	}
	b.WriteString("Line-based text data: text/html (1 lines)\n")
	for _, line := range strings.Split(body, "\n") {
		fmt.Fprintf(b, "    %s\\n\n", line[:min(len(line), 240)])
	}
}

func writePostman(entries []entry) []byte {
	items := []any{}
	keyed := func(headers []header) []map[string]string {
		all := []map[string]string{}
		for _, h := range headers {
			all = append(all, map[string]string{"key": h.Name, "value": h.Value})
		}
		return all
	}
	for _, e := range entries {
		request := map[string]any{"method": e.Method, "header": keyed(e.Headers), "url": map[string]any{"raw": e.URL}}
		if isForm(e) {
			params := []map[string]string{}
			for _, p := range formParams(e.Body) {
				params = append(params, map[string]string{"key": p["name"], "value": p["value"]})
			}
			request["body"] = map[string]any{"mode": "urlencoded", "urlencoded": params}
		} else if e.Body != "" {
			request["body"] = map[string]any{"mode": "raw", "raw": e.Body}
		}
		response := map[string]any{"code": e.Status, "header": keyed(e.Response.Headers), "body": e.Response.Body, "originalRequest": request}
		items = append(items, map[string]any{"name": "a folder", "item": []any{map[string]any{"name": "a request", "request": request, "response": []any{response}}}})
	}
	return encoded(struct {
		Info any `json:"info"`
		Item any `json:"item"`
	}{map[string]any{"name": "login", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"}, items})
}

// allSecrets are the parameters and headers that sanitizers replace. Some leave the first two.
var allSecrets = []string{"state", "code_challenge", "code", "code_verifier", "client_secret", "refresh_token", "access_token", "id_token", "assertion", "client_assertion", "password", "token"}

func constant(mask string) func(name, value string) string {
	return func(string, string) string { return mask }
}

func firstLast(_, v string) string { return v[:min(3, len(v))] + "…" + v[max(0, len(v)-3):] }

func hashed(v string) string {
	sum := sha256.Sum256([]byte(v))
	return hex.EncodeToString(sum[:8])
}

// sanitized replaces the values of the named parameters wherever they are, and those of
// the headers that carry secrets.
func sanitized(names []string, mask func(name, value string) string) func([]entry) []byte {
	group := `(` + strings.Join(names, "|") + `)`
	inForm := regexp.MustCompile(`(^|[?&#])` + group + `=([^&#"\s]+)`)
	inJSON := regexp.MustCompile(`("` + group + `"\s*:\s*)"([^"]+)"`)
	inPage := regexp.MustCompile(`(name="?` + group + `"?\s+value=)"([^"]+)"`)
	clean := func(text string) string {
		text = inForm.ReplaceAllStringFunc(text, func(found string) string {
			m := inForm.FindStringSubmatch(found)
			return m[1] + m[2] + "=" + mask(m[2], m[3])
		})
		for _, quoted := range []*regexp.Regexp{inJSON, inPage} {
			text = quoted.ReplaceAllStringFunc(text, func(found string) string {
				m := quoted.FindStringSubmatch(found)
				return m[1] + `"` + mask(m[2], m[3]) + `"`
			})
		}
		return text
	}
	headers := func(from []header) []header {
		all := slices.Clone(from)
		for i, h := range all {
			switch strings.ToLower(h.Name) {
			case "authorization":
				scheme, rest, _ := strings.Cut(h.Value, " ")
				all[i].Value = scheme + " " + mask("authorization", rest)
			case "cookie", "set-cookie":
				all[i].Value = mask("cookie", h.Value)
			case "location", "referer":
				all[i].Value = clean(h.Value)
			}
		}
		return all
	}
	return func(entries []entry) []byte {
		out := slices.Clone(entries)
		for i := range out {
			e := &out[i]
			e.URL, e.Body, e.Response.Body = clean(e.URL), clean(e.Body), clean(e.Response.Body)
			e.Headers, e.Response.Headers = headers(e.Headers), headers(e.Response.Headers)
		}
		return writeHAR(out)
	}
}

// writeChromeSanitized leaves out the headers that Chrome's export leaves out.
func writeChromeSanitized(entries []entry) []byte {
	without := func(headers []header) []header {
		return slices.DeleteFunc(slices.Clone(headers), func(h header) bool {
			return slices.Contains([]string{"authorization", "cookie", "set-cookie"}, strings.ToLower(h.Name))
		})
	}
	out := slices.Clone(entries)
	for i := range out {
		out[i].Headers, out[i].Response.Headers = without(out[i].Headers), without(out[i].Response.Headers)
	}
	har := harOf(out)
	har["log"].(map[string]any)["creator"] = map[string]any{"name": "WebInspector", "version": "537.36"}
	return encoded(har)
}
