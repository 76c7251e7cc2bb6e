package practice_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"example.com/grantwalk/flow/internal/foreign"
)

const clientsPage = chromedp.CSS("#client")

// What the header tests cannot tell: that a browser which obeys the policy shows
// the page as it should look, takes the click, and gets back to the client.
func TestABrowserGetsFromThePageToTheClient(t *testing.T) {
	ctx := foreign.Chromium(t)
	b := start(t)
	for name, c := range map[string]struct {
		mode, click, param string
	}{
		"approve":              {"query", `button[value=approve]`, "code"},
		"deny":                 {"query", `button[value=deny]`, "error"},
		"approve by form_post": {"form_post", `button[value=approve]`, "code"},
		"deny by form_post":    {"form_post", `button[value=deny]`, "error"},
	} {
		t.Run(name, func(t *testing.T) {
			l := listen(t)
			address := b.server.Issuer() + "/authorize?" + request("redirect_uri", l.uri, "response_mode", c.mode).Encode()
			if err := chromedp.Do(ctx, chromedp.Navigate(address)); err != nil {
				t.Fatal(err)
			}
			title, err := chromedp.Run(ctx, chromedp.Title())
			if err != nil || title != "Demo App asks for access · practice server" {
				t.Errorf("title %q, %v", title, err)
			}
			corners, err := chromedp.Run(ctx, chromedp.Evaluate[string](`getComputedStyle(document.querySelector("main")).borderRadius`))
			if err != nil || corners == "0px" {
				t.Errorf("corners of %q, %v: was the style blocked?", corners, err)
			}
			err = chromedp.Do(ctx,
				chromedp.Click(chromedp.CSS(`input[value=bob]`)),
				chromedp.Click(chromedp.CSS(c.click)),
				chromedp.WaitVisible(clientsPage),
			)
			if err != nil {
				t.Fatal(err)
			}
			if got := l.one(t); !got.params.Has(c.param) || got.params.Get("state") != "the-state" || got.cookie != "" {
				t.Errorf("the client got %+v", got)
			}
		})
	}
}

// The keyboard alone: Tab to the people, an arrow to Bob, Enter to approve.
func TestThePageNeedsNoMouse(t *testing.T) {
	ctx := foreign.Chromium(t)
	b := start(t)
	l := listen(t)
	err := chromedp.Do(ctx,
		chromedp.Navigate(b.server.Issuer()+"/authorize?"+request("redirect_uri", l.uri).Encode()),
		chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent(kb.ArrowRight),
		chromedp.KeyEvent(kb.Enter),
		chromedp.WaitVisible(clientsPage),
	)
	if err != nil {
		t.Fatal(err)
	}
	code := l.one(t).params.Get("code")
	a := b.post("/token", exchange(code, "redirect_uri", l.uri))
	if a := b.get("/userinfo", "Authorization", "Bearer "+a.text(t, "access_token")); a.text(t, "sub") != "bob" {
		t.Errorf("logged in as %s", a.body)
	}
}
