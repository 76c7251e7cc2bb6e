package exchange

import (
	"html"
	"path"
	"strings"

	"example.com/grantwalk/diagnose/internal/lazy"
	"example.com/grantwalk/diagnose/wire"
)

// What is to be read out of web pages: a form that posts the authorization
// response (OAuth 2.0 Form Post Response Mode), and what an error page says.

var (
	formTag   = lazy.Regexp(`(?is)<form\b[^>]*>`)
	inputTag  = lazy.Regexp(`(?is)<input\b[^>]*>`)
	attribute = lazy.Regexp(`(?is)\b(action|name|value)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))`)

	unseenStart = lazy.Regexp(`(?i)<(?:!--|(?:script|style|head|svg|noscript)\b)`)
	unseenEnd   = lazy.Regexp(`(?i)</(?:script|style|head|svg|noscript)\s*>`)

	anyTag = lazy.Regexp(`(?s)<[^>]*>`)
	spaces = lazy.Regexp(`\s+`)
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
		if action = attributes(page[at[0]:at[1]])["action"]; IsAuthorizationResponse(params) {
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

// PageText is what a page shows. Text that is no page is left as it is.
func PageText(page string) string {
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

// Document reports whether a browser shows the response as a page, and not as a picture or
// a script.
func (x *Exchange) Document() bool {
	switch strings.ToLower(path.Ext(x.Request.URL.Path)) {
	case ".ico", ".png", ".svg", ".jpg", ".gif", ".css", ".js", ".map", ".woff", ".woff2", ".webmanifest":
		return false
	}
	media := strings.ToLower(x.Response.Media)
	return media == "" || strings.HasPrefix(media, "text/html") || strings.HasPrefix(media, "text/plain") || strings.Contains(media, "json") || strings.HasPrefix(media, "application/xhtml")
}

// HTML reports whether the response is a page for a person and no error.
func (x *Exchange) HTML() bool {
	return x.Response.Status < 300 && strings.Contains(strings.ToLower(x.Response.Media), "html")
}

// KeepPage reports whether the response may be an error page of the server's, and leaves
// of its body what a page shows.
func (x *Exchange) KeepPage() bool {
	if !x.Document() || x.Response.Status < 400 && !x.HTML() {
		return false
	}
	if x.HTML() || strings.HasPrefix(x.Response.Body, "<") {
		x.Response.Body = PageText(x.Response.Body)
	}
	x.Response.Body = x.Response.Body[:min(len(x.Response.Body), maxPage)]
	return true
}

// maxPage bounds what is kept of the text of a page, in bytes.
const maxPage = 4 << 10
