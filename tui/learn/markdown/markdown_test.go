package markdown

import (
	"io"
	"strings"
	"testing"

	"github.com/charmbracelet/lipgloss"
	"github.com/google/go-cmp/cmp"
	"github.com/muesli/termenv"

	"example.com/grantwalk/tui/ui"
	"example.com/grantwalk/tui/ui/background"
)

func setter(profile termenv.Profile) Setter {
	r := lipgloss.NewRenderer(io.Discard)
	r.SetColorProfile(profile)
	return Setter{Styles: ui.NewStyles(r, background.Unknown), Glyphs: ui.Unicode, Width: 30, Value: func(name string) string { return "<" + name + "_1*2*>" }}
}

func TestBlocksAreSetInLines(t *testing.T) {
	const source = `Some *words* that are **longer** than one ` + "`line`" + `
of the screen is [wide](https://as.example).

- one
- two, which goes on
  below itself and on

1. first
2. second

> said by somebody

    code   stays {{code}}

` + "```\nfenced  too\n```" + `

Text \*as it is\* &amp; more.`
	want := [][]string{
		{"Some words that are longer", "than one line of the screen is", "wide."},
		{"· one", "· two, which goes on below", "  itself and on"},
		{"1. first", "2. second"},
		{"│ said by somebody"},
		{"  code   stays <code_1*2*>"},
		{"  fenced  too"},
		{"Text *as it is* & more."},
	}
	if diff := cmp.Diff(want, setter(termenv.Ascii).Blocks(source)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// A value may hold anything: it is no markup, and wrapped as it will look.
func TestAValueIsNoMarkup(t *testing.T) {
	got := setter(termenv.Ascii).Blocks("The *code* is `{{code}}`, **{{state}}** and {{code}}.")
	want := [][]string{{"The code is <code_1*2*>,", "<state_1*2*> and <code_1*2*>."}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestASectionIsNotTornFromItsDocument(t *testing.T) {
	for _, l := range setter(termenv.Ascii).Blocks("It is so in many servers (RFC 6749 §4.1.2), and in others (RFC 9700 §4.14.2, §2.1).")[0] {
		if strings.HasSuffix(l, "RFC") || strings.HasPrefix(l, "§") || strings.HasSuffix(l, "6749") {
			t.Errorf("torn: %q", l)
		}
	}
}

func TestWithoutColoursThereIsNoEscape(t *testing.T) {
	const source = "**bold** `code` {{code}} (RFC 6749 §1.1)"
	for profile, escapes := range map[termenv.Profile]bool{termenv.Ascii: false, termenv.TrueColor: true} {
		got := strings.Join(setter(profile).Blocks(source)[0], "\n")
		if strings.Contains(got, "\x1b") != escapes {
			t.Errorf("profile %v: %q", profile, got)
		}
	}
}

func TestACodeSpanOfTwoLinesIsOneLine(t *testing.T) {
	if got := (Setter{Width: 40}).Blocks("Send `grant_type\ncode`."); len(got) != 1 || len(got[0]) != 1 || got[0][0] != "Send grant_type code." {
		t.Errorf("%q", got)
	}
}
