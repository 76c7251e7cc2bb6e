package flow_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"example.com/grantwalk/flow"
	"example.com/grantwalk/flow/internal/foreign"
	"example.com/grantwalk/flow/practice"
)

// From the consent page to the page that the walk's own listener serves.
func TestABrowserEndsOnThePageThatSaysWhatHappened(t *testing.T) {
	ctx := foreign.Chromium(t)
	server, err := practice.Start(practice.Options{SigningAlg: "ES256"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	for name, c := range map[string]struct {
		mode, click, title string
		spoil              func(address, state string) string
		kind               flow.Kind
	}{
		"approve":              {"query", "approve", "Code received", nil, flow.GotTokens},
		"approve by form_post": {"form_post", "approve", "Code received", nil, flow.GotTokens},
		"deny":                 {"query", "deny", "Access was denied", nil, flow.Denied},
		"wrong state": {"query", "approve", "This response was not accepted",
			func(address, state string) string { return strings.Replace(address, state, "of-another-log-in", 1) }, flow.StateMismatch},
	} {
		t.Run(name, func(t *testing.T) {
			config := practiceConfig(server)
			config.Params = []flow.Pair{{Name: "response_mode", Value: c.mode}}
			w, err := flow.New(config)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(w.Close)
			w.MismatchTimeout = time.Nanosecond
			shown := make(chan string, 1)
			w.Browser = opener(func(_ context.Context, address string) error {
				if c.spoil != nil {
					address = c.spoil(address, w.Request.State.Reveal())
				}
				err := chromedp.Do(ctx, chromedp.Navigate(address), chromedp.Click(chromedp.CSS("button[value="+c.click+"]")), chromedp.WaitVisible(chromedp.CSS(".mark")))
				if err != nil {
					t.Error(err)
				}
				heading, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.querySelector("h1").innerText`))
				if err != nil {
					t.Error(err)
				}
				rounded, err := chromedp.Run(ctx, chromedp.Evaluate[string](`getComputedStyle(document.querySelector(".mark")).borderRadius`))
				if err != nil || rounded != "50%" {
					t.Errorf("corners of %q, %v: was the style blocked?", rounded, err)
				}
				shown <- heading
				return nil
			})
			out := play(t, w, flow.StepRefresh)
			if out.Kind != c.kind {
				t.Errorf("got %+v, want %s", out, c.kind)
			}
			if got := <-shown; got != c.title {
				t.Errorf("the page says %q, want %q", got, c.title)
			}
		})
	}
}
