package setup

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/grantwalk/flow"
	"example.com/grantwalk/tui/internal/golden"
	"example.com/grantwalk/tui/internal/shell"
	"example.com/grantwalk/tui/session"
)

// hostile is a form with the word in every value that a provider or a file of settings
// may have chosen.
func hostile(word string) session.Options {
	return session.Options{Twist: "code_reused", Config: flow.Config{
		Provider: word, Issuer: word, AuthURL: word, TokenURL: word, ClientID: word, ClientAuth: flow.ClientAuth(word), RedirectURI: word,
		Scopes: []string{word}, Params: []flow.Pair{{Name: word, Value: word}, {Name: "p", Value: word}}, OtherClientID: word,
	}}
}

func TestTheCommandReachesTheProgramFromEveryShell(t *testing.T) {
	dir := t.TempDir()
	script := "#!/bin/sh\nfor word do printf '[%s]\\n' \"$word\"; done\n"
	if err := os.WriteFile(filepath.Join(dir, "grantwalk"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	var want strings.Builder
	var lines []string
	for _, word := range shell.Hostile {
		o := hostile(word)
		oneLine := line(t, o)
		parts, _ := command(o)
		lines = append(lines, oneLine, strings.Join(shellLines(parts, 40), "\n")) // copied, and selected on the screen
		for range 2 {
			want.WriteString("[walk]\n")
			for _, flag := range []string{"provider", "issuer", "auth-url", "token-url", "client-id", "client-auth", "redirect-uri", "scope"} {
				if word != "" {
					want.WriteString("[--" + flag + "]\n[" + word + "]\n")
				}
			}
			want.WriteString("[--param]\n[" + word + "=" + word + "]\n[--param]\n[p=" + word + "]\n")
			if word != "" {
				want.WriteString("[--other-client-id]\n[" + word + "]\n")
			}
			want.WriteString("[--twist]\n[code_reused]\n")
		}
	}
	shell.Each(t, func(t *testing.T, sh shell.Shell) {
		got := sh.Paste(t, dir, strings.Join(lines, "\n"), nil)
		if got != want.String() {
			t.Errorf("got\n%.3000s\nwant\n%.3000s", got, &want)
		}
		shell.Unharmed(t, dir)
	})
}

func TestAValueThatNoCommandLineCanHaveIsNotCopied(t *testing.T) {
	for _, word := range []string{"a\nb", "\x03touch CANARY\r", "a\u202eb"} {
		c := golden.Common(80, 24)
		c.Env.Copy = func(s string) tea.Cmd { t.Errorf("copied %q", s); return nil }
		m := form(c, session.Options{Config: flow.Config{Issuer: issuer, ClientID: "a", Params: []flow.Pair{{Name: "p", Value: word}}}})
		golden.Press(m, "ctrl+y")
		if view := m.View(); !strings.Contains(view, "No command does the same: --param contains a control or invisible character") {
			t.Errorf("%q:\n%s", word, view)
		}
	}
}
