package flow

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"github.com/pkg/browser"
)

// SystemBrowser opens the user's own browser.
type SystemBrowser struct{}

// Open starts the browser and gives it two seconds to fail: some stay in the
// foreground until they are closed, so no news is good news.
func (SystemBrowser) Open(ctx context.Context, address string) error {
	if err := graphical(runtime.GOOS, os.Getenv); err != nil {
		return err
	}
	// It would print into the screen otherwise.
	browser.Stdout, browser.Stderr = io.Discard, io.Discard
	failed := make(chan error, 1)
	go func() { failed <- browser.OpenURL(address) }() // owned by the browser: it may run for hours
	select {
	case err := <-failed:
		if err != nil {
			return fmt.Errorf("start the system's browser: %w", err)
		}
		return nil
	case <-time.After(2 * time.Second):
		return nil
	case <-ctx.Done():
		return nil
	}
}

// textBrowsers would take over the terminal.
var textBrowsers = []string{"lynx", "w3m", "links", "links2", "elinks", "www-browser", "browsh"}

// graphical tells why no browser can show a page here: without a display
// xdg-open falls back to a text browser inside this terminal.
func graphical(goos string, getenv func(string) string) error {
	if goos == "windows" || goos == "darwin" && getenv("SSH_CONNECTION") == "" {
		return nil
	}
	if b := getenv("BROWSER"); b != "" {
		if slices.Contains(textBrowsers, filepath.Base(b)) {
			return fmt.Errorf("BROWSER names %s, which would take over this terminal", filepath.Base(b))
		}
		return nil
	}
	for _, name := range []string{"DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"} {
		if getenv(name) != "" {
			return nil
		}
	}
	if getenv("SSH_CONNECTION") != "" {
		return errors.New("this is an SSH session without a display")
	}
	return errors.New("there is no display here")
}
