package flow_test

import (
	"context"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"grantwalk/flow"
	"grantwalk/flow/practice"
)

// chromium starts a headless browser with a profile of its own.
func chromium(t *testing.T) context.Context {
	t.Helper()
	var path string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		t.Skip("no chromium, chromium-browser or google-chrome in PATH: the callback page was not tried in a real browser")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.WSURLReadTimeout(time.Minute),
	)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(func() {
		_ = chromedp.Cancel(ctx) // waits for the browser, so that its profile can be removed
		cancel()
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start %s: %v", path, err)
	}
	return ctx
}

// From the consent page to the page that the walk's own listener serves.
func TestABrowserEndsOnThePageThatSaysWhatHappened(t *testing.T) {
	ctx := chromium(t)
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
		"wrong state": {"query", "approve", "This answer was not taken",
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
			w.Patience = time.Nanosecond
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
