package read

import (
	"cmp"
	"strconv"
	"strings"

	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/internal/lazy"
)

// messages are the requests that a text has as commands or whole, with their responses,
// in the order of the text. rest is the text without them: what a person wrote.
func messages(text string) (all []exchange.Exchange, rest string) {
	j := joiner{waiting: map[request][]int{}}
	from := 0
	for _, c := range commands(text) {
		j.prints(text[from:c.begin])
		for _, x := range c.sent {
			j.add(x)
		}
		from = c.end
	}
	j.prints(text[from:])
	return j.all, strings.Join(j.rest, "\n")
}

// A joiner makes one message of a command and what was printed or pasted below it.
type joiner struct {
	all     []exchange.Exchange
	waiting map[request][]int // those without a response
	rest    []string
}

// A request as what curl -v prints names it.
type request struct{ method, path string }

func requestOf(x exchange.Exchange) request {
	return request{x.Request.Method, x.Request.URL.Path}
}

// add takes a request that has no response yet.
func (j *joiner) add(x exchange.Exchange) {
	of := requestOf(x)
	j.waiting[of] = append(j.waiting[of], len(j.all))
	j.all = append(j.all, x)
}

// prints reads what is between two commands.
func (j *joiner) prints(text string) {
	found, rest := dumped(text)
	j.rest = append(j.rest, rest)
	last := len(j.all) - 1
	if len(found) == 0 && last >= 0 && j.waits(last) {
		if r, ok := documentBelow(text); ok {
			j.respond(last, r)
		}
	}
	for i, x := range found {
		switch {
		case i == 0 && last >= 0 && x.Request.URL.String() == "" && j.waits(last):
			j.respond(last, x.Response)
		default:
			j.message(x)
		}
	}
}

// waits reports whether the request has no response yet.
func (j *joiner) waits(i int) bool {
	r := &j.all[i].Response
	return r.Status == 0 && r.Body == ""
}

func (j *joiner) respond(i int, r exchange.Response) {
	j.all[i].Response = r
	of := requestOf(j.all[i])
	for n, at := range j.waiting[of] {
		if at == i {
			j.waiting[of] = append(j.waiting[of][:n:n], j.waiting[of][n+1:]...)
			return
		}
	}
}

// message takes a message that a tool printed. It has the command's request again.
func (j *joiner) message(x exchange.Exchange) {
	of := requestOf(x)
	if len(j.waiting[of]) == 0 || len(x.Request.Form) > 0 {
		if x.Response.Status == 0 {
			j.waiting[of] = append(j.waiting[of], len(j.all))
		}
		j.all = append(j.all, x)
		return
	}
	i := j.waiting[of][0]
	command := j.all[i].Request
	command.Authorization = cmp.Or(x.Request.Authorization, command.Authorization)
	command.Length = cmp.Or(x.Request.Length, command.Length)
	command.Cookie = command.Cookie || x.Request.Cookie
	x.Request = command
	j.all[i] = x
	if x.Response.Status != 0 {
		j.waiting[of] = j.waiting[of][1:]
	}
}

// pastedBody is a JSON document at the beginning of a line, as people paste a response,
// also as a comment and with its status.
var pastedBody = lazy.Regexp(`(?m)^[ \t]*(?:#|//|>>>|=>|->|→|<)?[ \t]*(?:(?:HTTP |status:? ?)?([1-5]\d\d)[ \t,:]*(?:[A-Z][A-Za-z ]*)?:?[ \t]*\n?)?(\{[ \t\n]*")`)

// documentBelow is a response of which only the JSON document was pasted.
func documentBelow(text string) (r exchange.Response, ok bool) {
	at := pastedBody().FindStringSubmatchIndex(text)
	if at == nil {
		return r, false
	}
	body := text[at[4]:min(len(text), at[4]+maxContent)]
	if r.Body = document(body); strings.HasPrefix(r.Body, "{") && len(r.Body) == len(body) && !strings.HasSuffix(strings.TrimSpace(body), "}") {
		return r, false // no document
	}
	if at[2] >= 0 {
		r.Status, _ = strconv.Atoi(text[at[2]:at[3]])
	}
	_, refused := r.Error()
	return r, refused || len(r.Read().Params) > 0
}
