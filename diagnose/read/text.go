package read

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"example.com/grantwalk/diagnose/catalogue"
	"example.com/grantwalk/diagnose/evidence"
	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/internal/lazy"
	"example.com/grantwalk/diagnose/safe"
)

// A reading is what one text says.
type reading struct {
	from       source
	text       string // what of it may be said in words
	kind       string
	messages   []exchange.Exchange
	found      finding
	grant      string
	provider   string
	recognised bool
	stamped    int // lines with a time
}

// readText reads a text that a person pasted. It is plain already.
func readText(from source) reading {
	text := unbroken(from.text)
	printed, rest := messages(text)
	if len(printed) == 0 {
		rest = text
	}
	r := readPrinted(from, printed, rest)
	r.text = withoutMarks(from.text)
	return r
}

// readPrinted reads the text that is left beside the messages that a tool printed.
func readPrinted(from source, printed []exchange.Exchange, rest string) reading {
	r := reading{from: from}
	r.kind, r.stamped = kindOf(rest)
	r.messages = pasted(printed)
	if len(r.messages) > 0 {
		r.kind = KindCurl
	}
	for _, m := range addresses(rest) {
		at := m.Request.URL.String()
		// An address that is there twice was printed twice; a line of an access log is a request.
		if m.Request.Method != "" || !slices.ContainsFunc(r.messages, func(o exchange.Exchange) bool { return o.Request.URL.String() == at || o.Response.Location == at }) {
			r.messages = append(r.messages, m)
		}
	}
	r.messages = placed(from, r.messages)
	text := heard(printed, rest)
	r.text = text
	r.found = find(text)
	r.found.status = cmp.Or(r.found.status, lastRejected(printed))
	if r.found.code == "" && r.found.description == "" {
		r.found.description = r.unnamed(text)
	}
	r.provider, _ = catalogue.Identify(safe.Conceal(text + endpoints(printed)))
	if number := catalogue.ErrorNumber(r.provider, text); number != "" && !numberedError().MatchString(text) {
		r.found.description = strings.TrimSuffix(number+": "+r.found.description, ": ")
	}
	r.recognised = r.found.code != "" && errorWord(r.found.code) || r.found.shaped || r.speaks(text)
	r.grant = cmp.Or(eventGrant(r.provider, text), grantIn(text, r.found.description))
	return r
}

// endpoints are the URLs of the requests, a line each. They tell the provider.
func endpoints(printed []exchange.Exchange) string {
	var b strings.Builder
	for _, x := range printed {
		if x.CanMatter() {
			b.WriteString("\n" + string(exchange.Endpoint(x.Request.URL)))
		}
	}
	return b.String()
}

// lastRejected is the status of the last response that rejects a request; 0: there is none.
func lastRejected(printed []exchange.Exchange) (status int) {
	for _, x := range printed {
		if x.Response.Status >= 400 {
			status = x.Response.Status
		}
	}
	return status
}

// errorWord: the code is known, or at least no word that is everywhere.
func errorWord(code string) bool {
	return exchange.HasErrorCode(code) || numberedError().MatchString(code) || strings.Contains(code, "OAuth")
}

// speaks: a text without a known code counts if a server is known to say
// it, or if it is about grants.
func (r *reading) speaks(text string) bool {
	_, complaint := complains(text)
	return numberedError().MatchString(r.found.description) || complaint || worded(r.found, text)
}

// unnamed looks for an error that has no code: a sentence that a server is known
// for, or one that complains of a token, a code or a client.
func (r *reading) unnamed(text string) string {
	if line, _ := complains(text); line != "" {
		return messageOf(line)
	}
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSpace(line)
		if len(line) < 8 || len(line) > 500 || quiet().MatchString(line) {
			continue
		}
		hits := catalogue.Match(catalogue.Query{Description: messageOf(line)})
		if len(hits) > 0 && hits[0].Exact {
			return messageOf(line)
		}
	}
	return ""
}

var (
	jsonList  = lazy.Regexp(`^\[\s*["{\[]`)
	formStart = lazy.Regexp(`^[\w.]+=[^\s<>{}]*(?:&[\w.]+=[^\s<>{}]*)*\s*$`)
	urlStart  = lazy.Where(`^(?:[a-z][a-z0-9+.-]*://\S+|/\S*\?\S+)\s*$`, "://", "?")
	timestamp = lazy.Regexp(`\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?|\b\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d(?: [+-]\d{4})?|\b[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\b\d\d:\d\d:\d\d(?:[.,]\d+)?`)
)

func kindOf(text string) (kind string, stamped int) {
	trimmed := strings.TrimSpace(text)
	switch {
	case trimmed == "":
		return KindNothing, 0
	case urlStart(trimmed).MatchString(trimmed):
		return KindRedirect, 0
	case trimmed[0] == '{' || jsonList().MatchString(trimmed) || strings.HasPrefix(trimmed, `"error`):
		return KindJSON, 0
	case formStart().MatchString(trimmed):
		return KindForm, 0
	}
	for line := range strings.SplitSeq(trimmed, "\n") {
		if at := timestamp().FindStringIndex(line[:min(len(line), 60)]); at != nil {
			stamped++
		}
	}
	if stamped > 0 {
		return KindLog, stamped
	}
	return KindText, 0
}

// notAtRedirect are errors that no authorization endpoint sends: in an address
// they are an app's report on its token request.
var notAtRedirect = []string{"invalid_grant", "invalid_client", "unsupported_grant_type"}

// complete fills evidence from what texts say in words; each reading is of one text.
func complete(e *evidence.Evidence, readings []reading) {
	recognised := slices.ContainsFunc(readings, func(r reading) bool { return r.recognised })
	refused := recognised && len(e.TokenRequests) == 0 && refusedAtRedirect(e.Authorizations)
	room := small
	for _, r := range readings {
		text := safe.Cut(wordsAround(r.text, r.found.description), room)
		room -= len(text)
		e.Statements = append(e.Statements, statements(r.from, text, exchange.Statement{})...)
		said := r.found.refusal()
		switch n := len(e.TokenRequests); {
		case !r.recognised:
		case n > 0:
			last := &e.TokenRequests[n-1].Response
			if last.Status == 0 && last.Error == "" && !last.Granted() {
				last.ErrorResponse = said // the request, and then its answer
			}
		case !refused:
			e.ErrorResponse, e.ErrorAt = said, r.errorAt()
		}
		if e.Grant == "" {
			e.Grant = r.grant
		}
		if e.Provider == "" {
			e.Provider = safe.Foreign(r.provider)
		}
	}
	evidence.Scrub(e, named(readings)...)
}

// errorAt is where the error is in the text.
func (r *reading) errorAt() exchange.Place {
	for _, part := range []string{r.found.description, r.found.code} {
		f := finder{source: r.from}
		if p := f.place(part); p.Line > 0 {
			return p
		}
	}
	return exchange.Place{File: r.from.file}
}

// refusedAtRedirect reports whether an authorization request was refused. Errors that no
// authorization endpoint sends are taken out.
func refusedAtRedirect(all []evidence.Authorization) (refused bool) {
	for i := range all {
		back := &all[i].Response
		if slices.Contains(notAtRedirect, back.Error.Raw()) {
			back.ErrorResponse = evidence.ErrorResponse{}
		}
		refused = refused || back.Error != ""
	}
	return refused
}

// worded reports whether the catalogue knows a server that says this.
func worded(f finding, text string) bool {
	hits := catalogue.Match(catalogue.Query{Error: f.code, Description: f.description, Words: text})
	return len(hits) > 0 && hits[0].Wording != nil && !catalogue.Vague(text)
}

// assemble makes evidence of exchanges, with what they say in words.
func assemble(exchanges []exchange.Exchange) evidence.Evidence {
	e := evidence.Assemble(exchanges)
	if f := find(exchange.Text(e.Statements, nil)); exchange.HasErrorCode(f.code) {
		f.status = 0 // the page's, not the token endpoint's
		e.ErrorResponse = f.refusal()
	}
	evidence.Scrub(&e)
	return e
}

// named are the values that texts call a secret, and the same with other capitals: a
// person repeats a word so.
func named(readings []reading) []string {
	var values []string
	for _, r := range readings {
		for _, v := range safe.Named(r.text[:min(len(r.text), small)]) {
			low := strings.ToLower(v)
			_, first := utf8.DecodeRuneInString(low)
			values = append(values, v, low, strings.ToUpper(v), strings.ToUpper(low[:first])+low[first:])
		}
	}
	return values
}
