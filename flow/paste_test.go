package flow_test

import (
	"net/url"
	"strings"
	"testing"

	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/flow"
)

// pasting is a walk that waits for the callback; its response, with everything in it.
func pasting(t *testing.T, redirectURI string, change ...func(*authServer)) (w *flow.Walk, response string, end func() flow.Outcome) {
	t.Helper()
	as := newAuthServer(t)
	for _, f := range change {
		f(as)
	}
	w = as.walk(func(c *flow.Config) { c.RedirectURI = redirectURI })
	_, stop, end := waiting(t, w)
	t.Cleanup(stop)
	return w, url.Values{"code": {theCode}, "state": {w.Request.State.Reveal()}, "iss": {as.URL}}.Encode(), end
}

// A response with the right state that arrived at another URL was sent to a
// redirect URI that the walk did not ask for (RFC 9700 §4.4.2.2).
func TestAPastedURLIsTheRedirectURI(t *testing.T) {
	const hosted, loopback = "https://app.example/cb", "http://127.0.0.1:0/callback"
	for _, c := range []struct {
		redirectURI, pasted string // PORT is the listener's
		taken               bool
	}{
		{hosted, "https://app.example/cb", true},
		{hosted, "HTTPS://App.Example/cb", true},
		{hosted, "https://app.example:443/cb", true},
		{hosted, "https://app.example/%63b", true},
		{hosted, "app.example/cb", true}, // browsers hide the scheme
		{hosted, "/cb", true},
		{hosted, "", true},
		{hosted, "https://bob:hunter2@app.example/cb", true}, // without bob
		{hosted, "http://app.example/cb", false},
		{hosted, "https://app.example:8443/cb", false},
		{hosted, "https://app.example/cb/", false},
		{hosted, "https://app.example/CB", false},
		{hosted, "https://app.example/", false},
		{hosted, "https://app.example", false},
		{hosted, "https://evil.example/cb", false},
		{hosted, "https://app.example.evil.example/cb", false},
		{hosted, "https://app.example@evil.example/cb", false},
		{hosted, "https://app.example:hunter2@evil.example/cb", false},
		{hosted, "https://app.example%2Fcb@evil.example/cb", false},
		{hosted, `https://evil.example\@app.example/cb`, false},
		{hosted, "//evil.example/cb", false},
		{hosted, "evil.example/cb", false},
		{hosted, "javascript://app.example/cb", false},
		{hosted, "https:/cb", false},
		{hosted, "https://bob:hunter2/x@app.example/cb", false},
		{hosted, "https://bob:hunter2%zz@app.example/cb", false},
		{hosted, "/other", false},
		{"https://app.example", "https://app.example/", true},
		{"https://app.example/", "https://app.example", true},
		{"https://app.example/cb?tenant=a", "https://app.example/cb", true},
		{"https://app.example:8443/cb", "https://app.example:8443/cb", true},
		{"https://app.example:8443/cb", "https://app.example/cb", false},
		{loopback, "http://127.0.0.1:PORT/callback", true},
		{loopback, "127.0.0.1:PORT/callback", true},
		{loopback, "http://localhost:PORT/callback", true}, // as the listener takes it (RFC 8252 §8.3)
		{loopback, "http://[::1]:PORT/callback", true},
		{loopback + ";v=1", "http://127.0.0.1:PORT/callback;v=1", true},
		{loopback, "http://127.0.0.1:PORT/callback;v=1", false},
		{loopback, "http://127.0.0.1:1/callback", false},
		{loopback, "http://127.0.0.1/callback", false},
		{loopback, "https://127.0.0.1:PORT/callback", false},
		{loopback, "http://127.0.0.1:PORT/other", false},
		{loopback, "http://127.0.0.1.evil.example:PORT/callback", false},
		{loopback, "http://192.0.2.1:PORT/callback", false},
		{"http://intranet.example/cb", "http://intranet.example:80/cb", true},
		{"http://intranet.example/cb", "http://127.0.0.1/cb", false},
		{"com.example.app:/callback", "com.example.app:/callback", true},
		{"com.example.app:/callback", "com.example.app:/other", false},
		{"com.example.app:/callback", "org.example.app:/callback", false},
		{"com.example.app:/callback", "https://evil.example/callback", false},
		// It names no place: the page on which the server shows the code is the server's.
		{"urn:ietf:wg:oauth:2.0:oob", "https://as.example/approval", true},
	} {
		for _, mark := range []string{"?", "#"} {
			t.Run(c.redirectURI+" and "+c.pasted+mark, func(t *testing.T) {
				w, response, end := pasting(t, c.redirectURI)
				port := parse(t, w.Request.RedirectURI).Port()
				before := len(w.Transcript.Messages())
				err := w.Paste(strings.ReplaceAll(c.pasted, "PORT", port) + mark + response)
				if (err == nil) != c.taken {
					t.Fatalf("got %v, taken: %t", err, c.taken)
				}
				if err != nil {
					sayable(t, w, err)
					bare, _, _ := strings.Cut(w.Request.RedirectURI, "?")
					if !strings.Contains(err.Error(), bare) {
						t.Errorf("the redirect URI is not in %q", err)
					}
					if n := len(w.Transcript.Messages()); n != before {
						t.Errorf("%d messages, %d before", n, before)
					}
					if err := w.Paste("?" + response); err != nil { // the walk is still waiting
						t.Fatal(err)
					}
				}
				ended(t, end(), flow.GoOn, flow.StepCallback)
				hidden(t, w, "hunter2")
				hidden(t, w, "bob")
				ended(t, resume(t, w, flow.StepExchange, flow.StepExchange), flow.GoOn, flow.StepExchange)
			})
		}
	}
}

// sayable checks that an error is fit to print and holds none of what was pasted.
func sayable(t *testing.T, w *flow.Walk, err error) {
	t.Helper()
	if text := err.Error(); !safe.Clean(text) || len(text) > 1500 {
		t.Errorf("not fit to print: %.2000q", text)
	}
	for _, secret := range []string{"hunter2", theCode, url.QueryEscape(theCode), w.Request.State.Reveal()} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("%q is in %q", secret, err)
		}
	}
}

func TestNoWrongPasteEndsTheWalk(t *testing.T) {
	for name, c := range map[string]struct {
		paste func(response url.Values, w *flow.Walk) string
		says  string
	}{
		"nothing":             {func(url.Values, *flow.Walk) string { return "" }, "no code and no error"},
		"the code alone":      {func(url.Values, *flow.Walk) string { return theCode }, "whole URL"},
		"the login page":      {func(_ url.Values, w *flow.Walk) string { return w.Request.URL }, "authorization URL"},
		"the page without it": {func(_ url.Values, w *flow.Walk) string { return w.Request.RedirectURI }, "no code and no error"},
		"without iss":         {func(q url.Values, _ *flow.Walk) string { q.Del("iss"); return "?" + q.Encode() }, "RFC 9207 §2.4"},
		"with an empty iss":   {func(q url.Values, _ *flow.Walk) string { q.Set("iss", ""); return "?" + q.Encode() }, "RFC 9207 §2.4"},
		"with another iss":    {func(q url.Values, _ *flow.Walk) string { q.Set("iss", "https://evil.example"); return "?" + q.Encode() }, "https://evil.example"},
		"a secret for iss":    {func(q url.Values, _ *flow.Walk) string { q.Set("iss", theCode); return "?" + q.Encode() }, "RFC 9207 §2.4"},
		"escapes for iss":     {func(q url.Values, _ *flow.Walk) string { q.Set("iss", "\x1b[2J"); return "?" + q.Encode() }, "RFC 9207 §2.4"},
		"an error without iss": {func(q url.Values, _ *flow.Walk) string {
			q.Del("iss")
			q.Del("code")
			q.Set("error", "access_denied")
			return "?" + q.Encode()
		}, "RFC 9207 §2.4"},
		"without state":       {func(q url.Values, _ *flow.Walk) string { q.Del("state"); return "?" + q.Encode() }, "no state"},
		"with a cut state":    {func(q url.Values, _ *flow.Walk) string { q.Set("state", q.Get("state")[:20]); return "?" + q.Encode() }, "state"},
		"of another login":    {func(q url.Values, _ *flow.Walk) string { q.Set("state", "x"); return "?" + q.Encode() }, "state"},
		"with an empty code":  {func(q url.Values, _ *flow.Walk) string { q.Set("code", ""); return "?" + q.Encode() }, "is empty"},
		"with an empty error": {func(q url.Values, _ *flow.Walk) string { q.Del("code"); q.Set("error", ""); return "?" + q.Encode() }, "is empty"},
		"with two codes":      {func(q url.Values, _ *flow.Walk) string { q.Add("code", "x"); return "?" + q.Encode() }, "2 times"},
		"with a token":        {func(q url.Values, _ *flow.Walk) string { return "#access_token=hunter2&state=" + q.Get("state") }, "no code and no error"},
	} {
		t.Run(name, func(t *testing.T) {
			w, response, end := pasting(t, "")
			query, _ := url.ParseQuery(response)
			before := len(w.Transcript.Messages())
			err := w.Paste(c.paste(query, w))
			if err == nil {
				t.Fatalf("it was taken: %+v", end())
			}
			sayable(t, w, err)
			if !strings.Contains(err.Error(), c.says) {
				t.Errorf("%q does not say %q", err, c.says)
			}
			if n := len(w.Transcript.Messages()); n != before {
				t.Errorf("%d messages, %d before", n, before)
			}
			if err := w.Paste("?" + response); err != nil {
				t.Fatal(err)
			}
			ended(t, end(), flow.GoOn, flow.StepCallback)
			hidden(t, w, "hunter2")
		})
	}
}

func TestWithoutAPromiseAPasteNeedsNoIss(t *testing.T) {
	w, response, end := pasting(t, "", func(as *authServer) { delete(as.metadata, "authorization_response_iss_parameter_supported") })
	query, _ := url.ParseQuery(response)
	query.Del("iss")
	if err := w.Paste("?" + query.Encode()); err != nil {
		t.Fatal(err)
	}
	ended(t, end(), flow.GoOn, flow.StepCallback)
}

func TestARedirectURIHasNoPassword(t *testing.T) {
	for _, uri := range []string{"https://bob:hunter2@app.example/cb", "http://hunter2@127.0.0.1:0/cb", "https://bob:hunter2/x@app.example/cb", "https://bob:hunter2%zz@app.example/"} {
		_, err := flow.ParseRedirect(uri)
		if err == nil {
			t.Errorf("%s is taken", uri)
			continue
		}
		if bad := unusable(t, err, flow.FieldRedirectURI); strings.Contains(bad.Error(), "hunter2") {
			t.Errorf("the password is in %q", bad)
		}
	}
}
