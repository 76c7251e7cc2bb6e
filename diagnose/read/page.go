package read

import (
	"html"
	"strings"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/diagnose/wire"
)

// What is to be read out of web pages: a form that posts the authorization
// response (OAuth 2.0 Form Post Response Mode), and what an error page says.

var (
	formTag   = lazy(`(?is)<form\b[^>]*>`)
	inputTag  = lazy(`(?is)<input\b[^>]*>`)
	attribute = lazy(`(?is)\b(action|name|value)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))`)

	unseenStart = lazy(`(?i)<(?:!--|(?:script|style|head|svg|noscript)\b)`)
	unseenEnd   = lazy(`(?i)</(?:script|style|head|svg|noscript)\s*>`)

	anyTag = lazy(`(?s)<[^>]*>`)
	spaces = lazy(`\s+`)
)

// postedForm is the first form of the page that holds an authorization response.
func postedForm(page string) (action string, params []wire.Param) {
	starts := formTag().FindAllStringIndex(page, 20)
	for i, at := range starts {
		end := len(page)
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}
		params = nil
		for _, tag := range inputTag().FindAllString(page[at[1]:end], 50) {
			a := attributes(tag)
			if a["name"] != "" {
				params = append(params, wire.Param{Name: a["name"], Value: a["value"]})
			}
		}
		if action = attributes(page[at[0]:at[1]])["action"]; isAnswer(params) {
			return action, params
		}
	}
	return "", nil
}

func attributes(tag string) map[string]string {
	found := map[string]string{}
	for _, m := range attribute().FindAllStringSubmatch(tag, 20) {
		found[strings.ToLower(m[1])] = html.UnescapeString(m[2] + m[3] + m[4])
	}
	return found
}

// pageText is what a page shows.
func pageText(page string) string {
	if !strings.Contains(page, "<") {
		return strings.TrimSpace(page)
	}
	text := anyTag().ReplaceAllString(seen(page), " ")
	return strings.TrimSpace(spaces().ReplaceAllString(html.UnescapeString(text), " "))
}

// seen is the page without comments and without the elements that show no text. It is
// no regular expression, which would look for the end of each comment in all of the
// rest, where none of them ends.
func seen(page string) string {
	var b strings.Builder
	commentsEnd, elementsEnd := true, true // as far as is known
	for {
		at := unseenStart().FindStringIndex(page)
		if at == nil {
			b.WriteString(page)
			return b.String()
		}
		rest, end := page[at[1]:], -1
		switch comment := page[at[1]-1] == '-'; {
		case comment && commentsEnd:
			if end = strings.Index(rest, "-->"); end >= 0 {
				end += len("-->")
			}
			commentsEnd = end >= 0
		case !comment && elementsEnd:
			if tag := unseenEnd().FindStringIndex(rest); tag != nil {
				end = tag[1]
			}
			elementsEnd = end >= 0
		}
		if end < 0 { // it does not end: what follows is shown
			b.WriteString(page[:at[1]])
			page = rest
			continue
		}
		b.WriteString(page[:at[0]] + " ")
		page = rest[end:]
	}
}

// page takes what lies between the request and its answer: log-in, consent,
// errors.
func (a *assembler) page(m *message) {
	i := len(a.flows) - 1
	if i >= 0 && (a.flows[i].hosts[m.url.Host] || a.flows[i].expected == m.url.String()) {
		a.follow(i, m)
		return
	}
	if to, params := m.answers(); isAnswer(params) {
		in := arrival{to: to, params: params, at: m.answeredAt()}
		if i := a.waiting(in); i >= 0 {
			a.arrive(i, in)
		} else if has(params, "state") {
			a.stray = append(a.stray, in)
		}
	}
}

// follow reads what the server answered to a page of the flow.
func (a *assembler) follow(i int, m *message) {
	to, params := m.answers()
	if isAnswer(params) {
		in := arrival{to: to, params: params, at: m.answeredAt()}
		if j := a.waiting(in); j >= 0 {
			a.arrive(j, in)
			return
		}
	}
	f := &a.flows[i]
	if to != nil && m.location != "" {
		f.expected = to.String()
		if !a.at(i, to) {
			f.hosts[to.Host] = true
		}
		return
	}
	r := &a.e.Authorizations[i].Response
	if !m.document() || r.Code != "" || r.Error != "" && !r.Page {
		return
	}
	if said := pageRefusal(m); m.status >= 400 || said.Error != "" || refusing().MatchString(said.Description.Raw()) {
		*r = diagnose.AuthorizationResponse{Refusal: said, Page: true, At: m.answeredAt(), URI: safe.RedirectURI(endpoint(m.url)), Count: r.Count}
	} else if m.html() && r.Page {
		*r = diagnose.AuthorizationResponse{} // the server shows another page: the flow goes on
	}
}

// refusing: pages that are sent with status 200 say it in words alone.
var refusing = lazy(`(?i)\b(?:invalid|unknown|unauthorized|unregistered|mismatch\w*|not (?:been )?(?:registered|allowed|match\w*|found|valid|whitelisted))\b[^.]{0,60}\b(?:client|redirect|scope|response.?type|application)|\b(?:client|redirect.?ur[il]|scope|response.?type|application)\b[^.]{0,60}\b(?:invalid|unknown|unauthorized|mismatch\w*|not (?:been )?(?:registered|allowed|match\w*|found|valid|whitelisted)|does not (?:exist|match))\b`)

// html: a page, for a person.
func (m *message) html() bool {
	return m.status < 300 && strings.Contains(strings.ToLower(m.kind), "html")
}

// pageRefusal is what an error page says: in its address, to which some servers
// redirect with the error as a query, or in its text.
func pageRefusal(m *message) diagnose.Refusal {
	said := wire.Refusal{Code: value(m.query, "error"), Description: value(m.query, "error_description")}
	if said.Code == "" || m.status >= 400 && said.Description == "" {
		answer := wire.Read(wire.Head{Status: m.status, ContentType: m.kind}, []byte(m.body))
		said, _ = answer.Refusal()
		if len(answer.Params) == 0 {
			said.Description = pageText(m.body)
		}
	}
	r := refusal(said, m.status)
	if r.Error == "" {
		r.Error = safe.Foreign(codeIn(said.Description))
	}
	if r.Status < 400 {
		r.Status = 0
	}
	return r
}
