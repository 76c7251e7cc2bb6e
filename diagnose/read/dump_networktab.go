package read

import (
	"net/url"
	"strings"

	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/internal/lazy"
	"example.com/grantwalk/diagnose/wire"
)

// The network tab of a browser, marked and copied as text: labels with their values on the
// same line or on the next.

var tabStart = lazy.Regexp(`(?m)^\s*Request URL:?\s`)

func isNetworkTab(text string) bool { return tabStart().MatchString(text + "\n") }

// tabSections are the headings, by what follows them.
var tabSections = map[string]string{
	"General": "", "Request Headers": "", "Response Headers": "response", "Response": "body", "Response Body": "body", "Preview": "body",
	"Form Data": "form", "Request Payload": "form", "Payload": "form", "Query String Parameters": "query", "Headers": "",
}

// A networkTab is the state between the lines.
type networkTab struct {
	c       *conversation
	said    strings.Builder
	x       *exchange.Exchange
	label   string // its value is on the next line
	section string
	payload []string
	body    strings.Builder
}

func readNetworkTab(text string, c *conversation) (rest string) {
	t := networkTab{c: c}
	for line := range strings.SplitSeq(text, "\n") {
		t.line(strings.TrimSpace(line))
	}
	t.flush()
	return t.said.String()
}

func (t *networkTab) line(line string) {
	name, value, _ := strings.Cut(line, ":")
	value = strings.TrimSpace(value)
	section, isSection := tabSections[strings.TrimSuffix(line, ":")]
	switch {
	case name == "Request URL":
		t.flush()
		t.x = &exchange.Exchange{Request: exchange.Request{Method: "GET"}}
		t.set(name, value)
	case t.x == nil:
		t.said.WriteString(line + "\n")
	case t.label != "":
		t.set(t.label, line)
	case isSection:
		t.section = section
	case tabLabels().MatchString(name):
		t.set(name, value)
	case line == "" || strings.HasPrefix(line, "view "):
		if len(t.payload) > 0 && line == "" {
			t.section = "body"
		}
	case strings.HasPrefix(line, "{") && t.section != "form", t.section == "body":
		t.section = "body"
		t.body.WriteString(line + "\n")
	case t.section == "form":
		t.payload = append(t.payload, line)
	case t.section == "response" && headerLine().MatchString(line):
		t.x.Response.SetHeader(name, value)
	case headerLine().MatchString(line):
		t.x.Request.SetHeader(name, value)
	case t.section != "query":
		t.said.WriteString(line + "\n")
	}
}

// tabLabels are those whose values matter, and those that would be read as words.
var tabLabels = lazy.Regexp(`^(?i:Request Method|Status Code|Status|Remote Address|Referrer Policy|Location|Date|Content-Type)$`)

// set takes the value of a label; an empty one is on the next line.
func (t *networkTab) set(label, value string) {
	t.label = ""
	if value == "" {
		t.label = label
		return
	}
	switch strings.ToLower(label) {
	case "request url":
		t.x.Request.SetURL(value)
	case "request method":
		t.x.Request.Method = value
	case "status code", "status":
		t.x.Response.Status = max(0, atoi(anyStatus().FindString(value)))
	case "content-type":
		if t.section == "response" {
			t.x.Response.Media = value
		}
	default:
		t.x.Response.SetHeader(label, value)
	}
}

var anyStatus = lazy.Regexp(`[1-5]\d\d\b`)

func (t *networkTab) flush() {
	if t.x == nil {
		return
	}
	t.sendPayload()
	body := t.body.String()
	if end, ok := documentEnd(body); ok {
		t.said.WriteString(body[end:])
		body = body[:end]
	} else {
		t.said.WriteString(body)
	}
	t.x.Response.Body = strings.TrimSpace(body)
	t.c.found, t.c.waiting = append(t.c.found, *t.x), t.x.Response.Status == 0
	t.x, t.label, t.section, t.payload = nil, "", "", nil
	t.body.Reset()
}

// sendPayload gives the form to the request. The tab shows it as a table, or as it was sent.
func (t *networkTab) sendPayload() {
	r := &t.x.Request
	text := strings.Join(t.payload, "\n")
	switch form := table(t.payload); {
	case len(t.payload) == 0:
		r.NoBody()
	case len(form) == 0 || strings.HasPrefix(text, "{"):
		r.SetBody(r.Media, unwrap(text))
	default:
		r.Form = decoded(form)
	}
}

// decoded undoes the encoding of a table that shows the values as they were sent.
func decoded(form []wire.Param) []wire.Param {
	encoded := false
	for _, p := range form {
		encoded = encoded || strings.HasPrefix(p.Name, "redirect_uri") && strings.Contains(p.Value, "%3A%2F%2F")
	}
	for i := range form {
		if value, err := url.QueryUnescape(form[i].Value); encoded && err == nil {
			form[i].Value = value
		}
	}
	return form
}
