package read

import (
	"html"
	"strings"

	"grantwalk/diagnose/wire"
)

// What is to be read out of web pages: a form that posts the authorization
// response (OAuth 2.0 Form Post Response Mode), and what an error page says.

var (
	formTag   = lazy(`(?is)<form\b[^>]*>`)
	inputTag  = lazy(`(?is)<input\b[^>]*>`)
	attribute = lazy(`(?is)\b(action|name|value)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))`)

	unseen = lazy(`(?is)<!--.*?-->|<(script|style|head|svg|noscript)\b.*?</(script|style|head|svg|noscript)\s*>`)
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
	text := anyTag().ReplaceAllString(unseen().ReplaceAllString(page, " "), " ")
	return strings.TrimSpace(spaces().ReplaceAllString(html.UnescapeString(text), " "))
}
