package ui_test

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/charmbracelet/lipgloss"

	"example.com/grantwalk/tui/internal/shell"
	"example.com/grantwalk/tui/ui"
)

// wordPrinter is a command that prints its arguments, a line for each, between brackets.
func wordPrinter(t *testing.T) (dir string) {
	dir = t.TempDir()
	script := "#!/bin/sh\nfor word do printf '[%s]\\n' \"$word\"; done\n"
	if err := os.WriteFile(filepath.Join(dir, "words"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestEveryShellReadsAQuotedWordAsItWas(t *testing.T) {
	dir := wordPrinter(t)
	var words, quoted []string
	for c := rune(' '); c < 0x7f; c++ { // at the beginning, in the middle, at the end, alone and twice
		s := string(c)
		words = append(words, s+"a", "a"+s+"a", "a"+s, s, s+s)
	}
	words = append(words, shell.Hostile...)
	for _, word := range words {
		q, err := ui.ShellQuote(word)
		if err != nil {
			t.Fatalf("%q: %v", word, err)
		}
		quoted = append(quoted, q)
	}
	want := "[" + strings.Join(words, "]\n[") + "]\n"
	shell.Each(t, func(t *testing.T, sh shell.Shell) {
		got := sh.Paste(t, dir, "words "+strings.Join(quoted, " "), nil)
		if got != want {
			g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
			for i := range min(len(g), len(w)) {
				if g[i] != w[i] {
					t.Fatalf("got %s, want %s, from %s", g[i], w[i], quoted[i])
				}
			}
			t.Fatalf("%d words, want %d", len(g), len(w))
		}
		shell.Unharmed(t, dir)
	})
}

func TestAWordIsQuotedOnlyWhereItMustBe(t *testing.T) {
	for word, want := range map[string]string{
		"": "''", "plain": "plain", "https://as.example/a?b=c&d": `'https://as.example/a?b=c&d'`, "two words": "'two words'",
		"it's": `'it'\''s'`, "$HOME": "'$HOME'", "a;b": "'a;b'", "`id`": "'`id`'", "http://127.0.0.1:0/cb": "http://127.0.0.1:0/cb",
		`a\`: `'a'\\`, "=ls": "'=ls'", "%self": "'%self'", "a=b%20c": "a=b%20c", "'": `\'`, "http://[::1]/": "'http://[::1]/'",
	} {
		if got, err := ui.ShellQuote(word); got != want || err != nil {
			t.Errorf("%q: %s, %v, want %s", word, got, err, want)
		}
	}
}

// A terminal acts on these as they are pasted, whatever the shell's quotes are:
// Ctrl+C ends the line, a line break runs it, Tab completes it.
func TestAWordThatATerminalActsOnIsNotQuoted(t *testing.T) {
	for _, word := range []string{"a\nb", "a\rb", "a\tb", "\x03touch CANARY", "\x1b[201~", "\x00", "\x7f", "a\u202eb", "a\u200bb", "\u2028", "\xff", "\xc3"} {
		if got, err := ui.ShellQuote(word); err == nil || got != "" {
			t.Errorf("%q: %s, %v, want an error", word, got, err)
		}
	}
}

func TestACommandThatIsSelectedOnTheScreenIsTheSameCommand(t *testing.T) {
	dir := wordPrinter(t)
	var command, want strings.Builder
	command.WriteString("words")
	for _, word := range append(shell.Hostile, strings.Repeat("a", 60)+"touch CANARY;reboot", strings.Repeat("b", 79)+"/usr/bin/touch", strings.Repeat("$A", 50)) {
		quoted, err := ui.ShellQuote(word)
		if err != nil {
			t.Fatal(err)
		}
		command.WriteString(" \\\n  " + quoted + ` "name=$LONG_NAME_OF_A_VARIABLE"`)
		want.WriteString("[" + word + "]\n[name=a 'b\"]\n")
	}
	for _, width := range []int{40, 41, 57, 80} {
		lines := ui.ShellLines(command.String(), width)
		for _, l := range lines {
			if lipgloss.Width(l) > width {
				t.Errorf("%d columns: %s", width, l)
			}
		}
		shell.Each(t, func(t *testing.T, sh shell.Shell) {
			if got := sh.Paste(t, dir, strings.Join(lines, "\n"), map[string]string{"LONG_NAME_OF_A_VARIABLE": `a 'b"`}); got != want.String() {
				t.Errorf("in %d columns: got\n%s\nwant\n%s\nfrom\n%s", width, got, &want, strings.Join(lines, "\n"))
			}
			shell.Unharmed(t, dir)
		})
	}
}

func TestNothingThatIsCopiedActsWhenItIsPasted(t *testing.T) {
	for text, want := range map[string]string{
		"https://as.example/a?b=c":    "https://as.example/a?b=c",
		"curl \\\n  -u \"a\" \\\n  b": "curl \\\n  -u \"a\" \\\n  b",
		"a\ntouch CANARY\n":           "a touch CANARY ",
		"a\r\ntouch CANARY\r":         "a  touch CANARY ",
		"a\\\nb":                      `a\ b`,
		"\x03touch CANARY\x1b[201~":   `\x03touch CANARY\x1b[201~`,
		"a\u202e\u200bb\xff":          `a\u202e\u200bb` + "\ufffd",
	} {
		if got := copied(t, text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// copied is what the terminal's clipboard receives (OSC 52).
func copied(t *testing.T, text string) string {
	t.Helper()
	out, err := os.Create(filepath.Join(t.TempDir(), "terminal"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	ui.Detect(func(string) string { return "" }, out).Copy(text)()
	written, err := os.ReadFile(out.Name())
	if err != nil {
		t.Fatal(err)
	}
	encoded, found := strings.CutPrefix(strings.TrimSuffix(string(written), "\a"), "\x1b]52;c;")
	got, err := base64.StdEncoding.DecodeString(encoded)
	if !found || err != nil {
		t.Fatalf("%q: %v", written, err)
	}
	return string(got)
}
