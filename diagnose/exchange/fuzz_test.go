package exchange

import (
	"html"
	"strings"
	"testing"
)

// A page that posts a response gives it as a browser would.
func FuzzAPostedFormIsReadAsABrowserReadsIt(f *testing.F) {
	f.Add("4/0AbC", "s", "<p>Please wait</p>")
	f.Add(`a"b'c<d>e&f;g`, "a=b", "<!-- <form> -->")
	f.Add("&amp;", "\n", "<script>'<form action=x>'</script><input name=code")
	f.Fuzz(func(t *testing.T, code, state, before string) {
		if strings.ContainsAny(before, "<") { // may be a form, or hide one
			PageText(before)
			postedForm(before)
			return
		}
		page := before + `<form method="post" action="https://app.example/cb"><input type="hidden" name="code" value="` + html.EscapeString(code) +
			`"/><input type='hidden' value='` + html.EscapeString(state) + `' name='state'></form>` + before
		action, params := postedForm(page)
		if action != "https://app.example/cb" || Value(params, "code") != html.UnescapeString(html.EscapeString(code)) || Value(params, "state") != state {
			t.Errorf("%q reads %q, %q", page, action, params)
		}
	})
}
