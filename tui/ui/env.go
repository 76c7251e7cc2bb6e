package ui

import (
	"os"
	"runtime"
	"strings"

	"github.com/aymanbagabas/go-osc52/v2"
	tea "github.com/charmbracelet/bubbletea"

	"example.com/grantwalk/diagnose/safe"
)

// Detect reads the session's environment. The terminal that copies is out.
func Detect(getenv func(string) string, out *os.File) Env {
	host, _ := os.Hostname()
	return Env{
		SSH:       getenv("SSH_CONNECTION") != "",
		Host:      host,
		Hyperlink: getenv("TERM") != "dumb" && getenv("TERM") != "linux",
		Copy:      func(s string) tea.Cmd { return copyTo(s, getenv, out) },
	}
}

// copyTo hands s to the terminal's clipboard (OSC 52), which works over SSH too.
func copyTo(s string, getenv func(string) string, out *os.File) tea.Cmd {
	return func() tea.Msg {
		seq := osc52.New(pasteable(s))
		switch {
		case getenv("TMUX") != "":
			seq = seq.Tmux()
		case strings.HasPrefix(getenv("TERM"), "screen"):
			seq = seq.Screen()
		}
		_, _ = seq.WriteTo(out)
		return nil
	}
}

// pasteable is s without anything that acts as it is pasted: control characters, and
// line breaks, which run a command, but for those behind a backslash. What is copied
// has none: this keeps it so.
func pasteable(s string) string {
	var b strings.Builder
	for line := range strings.Lines(s) {
		text, broken := strings.CutSuffix(line, "\n")
		b.WriteString(safe.Text(text, len(text)))
		switch {
		case broken && strings.HasSuffix(text, ` \`):
			b.WriteByte('\n')
		case broken:
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// ChooseGlyphs takes ASCII where the locale says that it has nothing else. A
// locale that says nothing, as in most containers, is taken for UTF-8.
func ChooseGlyphs(getenv func(string) string) Glyphs {
	if getenv("TERM") == "linux" || getenv("TERM") == "dumb" {
		return ASCII
	}
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		v := strings.ToLower(getenv(name))
		if v == "" {
			continue
		}
		if strings.Contains(v, "utf-8") || strings.Contains(v, "utf8") || runtime.GOOS == "windows" {
			return Unicode
		}
		return ASCII
	}
	return Unicode
}
