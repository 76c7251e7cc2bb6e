package read

import (
	"cmp"
	"encoding/base64"
	"regexp"
	"slices"
	"strings"

	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/internal/lazy"
)

// Requests as commands and code have them: copied from a browser's network tab, or
// written by hand.

// A command is a place in a text that sends requests.
type command struct {
	begin, end int
	sent       []exchange.Exchange
}

// A notation is a way to write a request.
type notation struct {
	begins func(text string) *regexp.Regexp // its first group is the name of the program or function

	// read reads what begins at begin, and whose name ends at named. It returns no
	// requests if the text only looks like this notation.
	read func(s *script, begin, named int) (sent []exchange.Exchange, end int)
}

var notations = []notation{
	{lazy.Where(`(?m)(?:^|[\s$>%#;(|&\x60])((?:curl|wget|https?|xhs?)(?:\.exe)?)[ \t]`, "curl", "wget", "http", "xh"), (*script).shell},
	{lazy.Where(`(?im)(?:^|[\s>;(=|])(Invoke-WebRequest|Invoke-RestMethod|iwr|irm)[ \t]`, "invoke-", "iwr", "irm"), (*script).powerShell},
	{lazy.Where(`(?:^|[^\w.$])(fetch)\(`, "fetch("), (*script).fetch},
	{lazy.Where(`(?:^|[^\w.$])((?:requests|httpx)\.(?:get|post|put|request))\(`, "requests.", "httpx."), (*script).python},
}

// Bounds, so that the time is linear in the length of the text.
const (
	maxCommands = 200             // places that are tried
	maxCommand  = exchange.MaxURL // bytes of one
	maxSpent    = 8               // times the text: what is read at all places
)

// commands are the commands of the text, in their order.
func commands(text string) []command {
	type place struct {
		begin, named int
		of           *notation
	}
	var places []place
	for i := range notations {
		for _, at := range notations[i].begins(text).FindAllStringSubmatchIndex(text, maxCommands) {
			places = append(places, place{at[2], at[3], &notations[i]})
		}
	}
	slices.SortFunc(places, func(a, b place) int { return cmp.Compare(a.begin, b.begin) })
	s := &script{text: text}
	var found []command
	end := 0
	for _, p := range places[:min(len(places), maxCommands)] {
		if p.begin < end || s.spent > maxSpent*len(text) {
			continue
		}
		sent, after := p.of.read(s, p.begin, p.named)
		s.spent += after - p.begin
		if len(sent) > 0 {
			found = append(found, command{prepared(text, end, p.begin), after, sent})
			end = after
		}
	}
	return found
}

// prepared is where the lines begin that browsers write above a PowerShell command. They
// make its $session.
func prepared(text string, from, begin int) int {
	for begin > from && text[begin-1] == '\n' {
		line := strings.LastIndexByte(text[from:begin-1], '\n') + 1 + from
		if !strings.HasPrefix(text[line:], "$session") {
			break
		}
		begin = line
	}
	return begin
}

// A script is a text with the values that it assigns to variables, while it is read.
type script struct {
	text     string
	spent    int              // bytes that were read
	assigned map[string][]int // where the values begin, by the variable; nil: not looked for yet
}

// assignment is one in a shell, JavaScript, Python or PowerShell.
var assignment = lazy.Regexp(`(?m)^[ \t]*(?:export[ \t]+|set[ \t]+|const[ \t]+|let[ \t]+|var[ \t]+|\$)?([A-Za-z_]\w*)[ \t]*=[ \t]*`)

const maxAssignments = 200

// value is where the value begins that a variable has at a place; -1: it was not
// recorded.
func (s *script) value(name string, at int) int {
	if s.assigned == nil {
		s.assigned = map[string][]int{}
		for _, m := range assignment().FindAllStringSubmatchIndex(s.text, maxAssignments) {
			name := s.text[m[2]:m[3]]
			s.assigned[name] = append(s.assigned[name], m[1])
		}
	}
	last := -1
	for _, begin := range s.assigned[name] {
		if begin < at {
			last = begin
		}
	}
	return last
}

// A draft is a request that is put together of what a command says.
type draft struct {
	request exchange.Request
	address string
	media   string
}

// unrecorded replaces a value that the text does not have. Package evidence takes it
// for a masked one.
const unrecorded = "…"

// isUnrecorded reports whether a value, or a part of it, is not in the text.
func isUnrecorded(value string) bool {
	return strings.Contains(value, unrecorded) || strings.Contains(value, "${")
}

func (d *draft) header(name, value string) {
	d.request.SetHeader(strings.TrimSpace(name), strings.TrimSpace(value))
	switch {
	case strings.EqualFold(name, "content-type"):
		d.media = value
	case strings.EqualFold(name, "authorization") && !strings.Contains(value, " ") && isUnrecorded(value):
		d.request.Body = exchange.Partly // it may be the client's authentication
	}
}

func (d *draft) basic(user, password string) {
	d.request.Authorization = basicOf(user + ":" + password)
}

func basicOf(user string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte(user)) }

// query adds to the query of the URL.
func (d *draft) query(query string) {
	switch {
	case query == "":
	case strings.Contains(d.address, "?"):
		d.address += "&" + query
	default:
		d.address += "?" + query
	}
}

// body takes the body. Without a method a request with a body is a POST, in most
// programs.
func (d *draft) body(v value) {
	if v.kind == nothing {
		return
	}
	d.request.Method = cmp.Or(d.request.Method, "POST")
	if v.cut || v.kind == scalar && (v.text == unrecorded || variable().MatchString(v.text)) {
		d.request.Body = exchange.Partly
	}
	if v.kind == scalar {
		d.request.SetBody(d.media, unwrap(v.text))
		return
	}
	d.request.SetBody(cmp.Or(d.media, v.media, "application/x-www-form-urlencoded"), "")
	d.request.Form = v.params()
}

// variable is a variable's name as a whole value.
var variable = lazy.Regexp(`^\$\{?\w+\}?$`)

// inBraces is a variable in a URL, where braces cannot be.
var inBraces = lazy.Regexp(`\$?\{(\w+)\}`)

// exchanges are the requests of the draft: one, or none without a URL.
func (d *draft) exchanges() []exchange.Exchange {
	if d.address == "" {
		return nil
	}
	d.request.Method = strings.ToUpper(cmp.Or(d.request.Method, "GET"))
	d.request.SetURL(inBraces().ReplaceAllString(d.address, "$$$1"))
	return []exchange.Exchange{{Request: d.request}}
}

// headers takes an object, or pairs, as headers.
func (d *draft) headers(v value) {
	for _, p := range v.params() {
		d.header(p.Name, p.Value)
	}
}
