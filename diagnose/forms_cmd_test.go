package diagnose_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
)

// The requests as browsers copy them from the network tab, each with its response pasted
// below. The times are not in them.
var cmdForms = []form{
	{name: "copy as cURL (bash)", write: eachPasted(asCurlBash), lossy: true},
	{name: "copy as cURL (cmd)", write: eachPasted(asCurlCmd), lossy: true},
	{name: "copy as fetch", write: eachPasted(asFetch), lossy: true},
	{name: "copy as PowerShell", write: eachPasted(asPowerShell), lossy: true},
}

// eachPasted writes the entries as commands with their responses.
func eachPasted(command func(entry) string) func([]entry) []byte {
	return func(entries []entry) []byte {
		var b bytes.Buffer
		for _, e := range entries {
			b.WriteString(command(e) + "\n\n" + e.pasted() + "\n\n")
		}
		return b.Bytes()
	}
}

// pasted is the response as curl -i prints it.
func (e entry) pasted() string {
	if e.Status == 0 {
		return ""
	}
	head := fmt.Sprintf("HTTP/1.1 %d %s\n", e.Status, http.StatusText(e.Status))
	for _, h := range e.Response.Headers {
		head += h.Name + ": " + h.Value + "\n"
	}
	return head + "\n" + e.Response.Body
}

// sent are the headers that a browser copies.
func (e entry) sent() (all []header) {
	typed := false
	for _, h := range e.Headers {
		if h.Name == "Host" || strings.EqualFold(h.Name, "Content-Length") || strings.HasPrefix(h.Name, ":") {
			continue
		}
		typed = typed || strings.EqualFold(h.Name, "Content-Type")
		all = append(all, h)
	}
	if !typed && e.Media != "" {
		all = append(all, header{"Content-Type", e.Media})
	}
	return all
}

// usual is the method that curl sends without -X.
func (e entry) usual() string {
	if e.Body != "" {
		return "POST"
	}
	return "GET"
}

// asCurl is as in Chrome's DevTools (front_end/panels/network/NetworkLogView.ts).
func asCurl(e entry, escape func(string) string, next string) string {
	parts := []string{"curl " + escape(e.URL)}
	if e.Method != e.usual() {
		parts = append(parts, "-X "+escape(e.Method))
	}
	for _, h := range e.sent() {
		switch {
		case strings.EqualFold(h.Name, "cookie"):
			parts = append(parts, "-b "+escape(h.Value))
		case strings.TrimSpace(h.Value) == "":
			parts = append(parts, "-H "+escape(h.Name+";"))
		default:
			parts = append(parts, "-H "+escape(h.Name+": "+h.Value))
		}
	}
	if e.Body != "" {
		parts = append(parts, "--data-raw "+escape(e.Body))
	}
	return strings.Join(parts, next)
}

func asCurlBash(e entry) string { return asCurl(e, quotedForBash, " \\\n  ") }

var forDollar = regexp.MustCompile(`[\x00-\x1f\x7f-\x{ffff}!]|'`)

func quotedForBash(s string) string {
	if !forDollar.MatchString(s) {
		return "'" + s + "'"
	}
	s = strings.NewReplacer(`\`, `\\`, "'", `\'`, "\n", `\n`, "\r", `\r`).Replace(s)
	return "$'" + regexp.MustCompile(`[\x00-\x1f\x7f-\x{ffff}!]`).ReplaceAllStringFunc(s, func(r string) string {
		return fmt.Sprintf(`\u%04x`, []rune(r)[0])
	}) + "'"
}

func asCurlCmd(e entry) string { return asCurl(e, quotedForCmd, " ^\n  ") }

var (
	forCaret = regexp.MustCompile(`[^a-zA-Z0-9\s_\-:=+~'/.,?;()*` + "`" + `]`)
	percent  = regexp.MustCompile(`%([a-zA-Z0-9_])`)
)

func quotedForCmd(s string) string {
	s = strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s)
	s = percent.ReplaceAllString(forCaret.ReplaceAllString(s, "^$0"), "%^$1")
	return `^"` + strings.NewReplacer("\r\n", "^\n\n", "\n", "^\n\n").Replace(s) + `^"`
}

func asFetch(e entry) string {
	headers := map[string]string{}
	for _, h := range e.sent() {
		headers[strings.ToLower(h.Name)] = h.Value
	}
	options := map[string]any{"headers": headers, "body": nil, "method": e.Method, "mode": "cors", "credentials": "include"}
	if e.Body != "" {
		options["body"] = e.Body
	}
	text, err := json.MarshalIndent(options, "", "  ")
	if err != nil {
		panic(err) // of a test's own data
	}
	return "fetch(" + string(encoded(e.URL)) + ", " + string(text) + ");"
}

func asPowerShell(e entry) string {
	var b strings.Builder
	b.WriteString("$session = New-Object Microsoft.PowerShell.Commands.WebRequestSession\n$session.UserAgent = \"Mozilla/5.0\"\nInvoke-WebRequest -UseBasicParsing -Uri " + quotedForPowerShell(e.URL))
	if e.Method != "GET" {
		b.WriteString(" `\n-Method " + quotedForPowerShell(e.Method))
	}
	b.WriteString(" `\n-WebSession $session `\n-Headers @{\n")
	media := ""
	for _, h := range e.sent() {
		if strings.EqualFold(h.Name, "content-type") {
			media = h.Value
			continue
		}
		b.WriteString(quotedForPowerShell(h.Name) + "=" + quotedForPowerShell(h.Value) + "\n  ")
	}
	b.WriteString("}")
	if media != "" {
		b.WriteString(" `\n-ContentType " + quotedForPowerShell(media))
	}
	if e.Body != "" {
		b.WriteString(" `\n-Body " + quotedForPowerShell(e.Body))
	}
	return b.String()
}

func quotedForPowerShell(s string) string {
	s = strings.NewReplacer("`", "``", "$", "`$", `"`, "`\"").Replace(s)
	return `"` + regexp.MustCompile(`[^\x20-\x7e]`).ReplaceAllStringFunc(s, func(r string) string { return fmt.Sprintf("$([char]%d)", []rune(r)[0]) }) + `"`
}
