package read

import (
	"slices"
	"strings"

	"grantwalk/diagnose"
	"grantwalk/diagnose/catalogue"
	"grantwalk/diagnose/safe"
)

// The kinds of input.
const (
	KindHAR        = "har"
	KindTranscript = "transcript" // a walk that was saved
	KindJSON       = "json"       // an answer, whole or in part
	KindForm       = "form"       // an answer as a form
	KindRedirect   = "redirect"   // an address with an error or a code in it
	KindCurl       = "curl"       // requests and answers, as curl -v or others print them
	KindLog        = "log"
	KindText       = "text"
	KindNothing    = "nothing"
)

// A reading is what one text says.
type reading struct {
	kind       string
	messages   []message
	found      finding
	grant      string
	provider   string
	recognised bool
	stamped    int // lines with a time
}

// readText reads a text that somebody pasted. It is plain already.
func readText(text string) reading {
	r := reading{}
	r.kind, r.stamped = kindOf(text)
	r.messages = joinMessages(commands(text), dumps(text))
	if len(r.messages) > 0 {
		r.kind = KindCurl
	}
	for _, m := range addresses(text) {
		if !slices.ContainsFunc(r.messages, func(o message) bool { return o.url.String() == m.url.String() }) {
			r.messages = append(r.messages, m)
		}
	}
	r.found = find(text)
	if r.found.code == "" && r.found.description == "" {
		r.found.description = r.unnamed(text)
	}
	r.recognised = r.found.code != "" && errorWord(r.found.code) || r.found.shaped || r.speaks(text)
	r.provider, _ = catalogue.Identify(safe.Conceal(text))
	r.grant = grantIn(text, r.found.description)
	return r
}

// errorWord: the code is known, or at least no word that is everywhere.
func errorWord(code string) bool {
	return errorCodes().MatchString(code) || directoryError().MatchString(code) || strings.Contains(code, "OAuth")
}

// speaks: a text without a known code counts if a server is known to say
// it, or if it is about grants.
func (r *reading) speaks(text string) bool {
	_, complaint := complains(text)
	return directoryError().MatchString(r.found.description) || complaint || worded(r.found, text)
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
	jsonList  = lazy(`^\[\s*["{\[]`)
	formStart = lazy(`^[\w.]+=[^\s<>{}]*(?:&[\w.]+=[^\s<>{}]*)*\s*$`)
	urlStart  = lazy(`^(?:[a-z][a-z0-9+.-]*://\S+|/\S*\?\S+)\s*$`)
	timestamp = lazy(`\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?|\b\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d(?: [+-]\d{4})?|\b[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\b\d\d:\d\d:\d\d(?:[.,]\d+)?`)
)

func kindOf(text string) (kind string, stamped int) {
	trimmed := strings.TrimSpace(text)
	switch {
	case trimmed == "":
		return KindNothing, 0
	case urlStart().MatchString(trimmed):
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

// joinMessages makes one message of a curl command and what curl then printed.
func joinMessages(typed, printed []message) []message {
	type request struct{ method, path string }
	waiting := map[request][]int{} // those without a response
	for i, m := range typed {
		waiting[request{m.method, m.url.Path}] = append(waiting[request{m.method, m.url.Path}], i)
	}
	for _, m := range printed {
		of := request{m.method, m.url.Path}
		if len(waiting[of]) == 0 || len(m.form) > 0 {
			if m.status == 0 {
				waiting[of] = append(waiting[of], len(typed))
			}
			typed = append(typed, m)
			continue
		}
		i := waiting[of][0]
		if m.status != 0 {
			waiting[of] = waiting[of][1:]
		}
		m.url, m.query, m.form, m.media, m.unread = typed[i].url, typed[i].query, typed[i].form, typed[i].media, false
		if m.auth == "" {
			m.auth = typed[i].auth
		}
		typed[i] = m
	}
	return typed
}

// notAtRedirect are errors that no authorization endpoint sends: in an address
// they are an app's report of what its token request came to.
var notAtRedirect = []string{"invalid_grant", "invalid_client", "unsupported_grant_type"}

// complete fills evidence from what texts say in words; each reading is of one text.
func complete(e *diagnose.Evidence, readings []reading, texts []string) {
	recognised := slices.ContainsFunc(readings, func(r reading) bool { return r.recognised })
	refused := recognised && len(e.TokenRequests) == 0 && refusedAtRedirect(e.Authorizations)
	words := []string{e.Words.Raw()}
	for i, r := range readings {
		words = append(words, wordsAround(texts[i], r.found.description).Raw())
		said := r.found.refusal()
		switch n := len(e.TokenRequests); {
		case !r.recognised:
		case n > 0:
			last := &e.TokenRequests[n-1].Response
			if last.Status == 0 && last.Error == "" && !last.Granted() {
				last.Refusal = said // the request, and then its answer
			}
		case !refused:
			e.Refusal = said
		}
		if e.Grant == "" {
			e.Grant = r.grant
		}
		if e.Provider == "" {
			e.Provider = safe.Foreign(r.provider)
		}
	}
	words = slices.DeleteFunc(words, func(w string) bool { return w == "" })
	e.Words = safe.Foreign(bounded(strings.Join(words, "\n"), small))
	scrub(e, named(texts))
}

// refusedAtRedirect reports whether an authorization request was refused. Errors that no
// authorization endpoint sends are taken out.
func refusedAtRedirect(all []diagnose.Authorization) (refused bool) {
	for i := range all {
		back := &all[i].Response
		if slices.Contains(notAtRedirect, back.Error.Raw()) {
			back.Refusal = diagnose.Refusal{}
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
