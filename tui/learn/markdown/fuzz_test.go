package markdown

import (
	"strings"
	"testing"
	"unicode"

	"github.com/charmbracelet/x/ansi"

	"example.com/grantwalk/diagnose/safe"
)

// Whatever the source says, a line of it is one line. Whatever the value is, it is
// shown as it is.
func FuzzALineIsOneLineAndAValueIsNoMarkup(f *testing.F) {
	for _, source := range []string{
		"# Title\n\nSome *words* and `code`.\n\n- a\n- b\n  1. c\n\n> quoted\n\n```\ncode\n```\n", "{{a}} **{{a}}** `{{a}}`",
		"[link](https://as.example) (RFC 6749 §5.2)", "<b>HTML</b> &amp; &#x1b;", "a\\\nb  \nc", "- - - > > 1. x", "| a |\n|---|\n| b |",
	} {
		f.Add(source, "4/0*b*_c_`d`", 40)
	}
	f.Fuzz(func(t *testing.T, source, value string, width int) {
		if width < 20 || width > 200 || value == "" || len(value) > 15 || !safe.Clean(value) || strings.ContainsFunc(value, unicode.IsSpace) {
			return
		}
		s := Setter{Width: width, Value: func(string) string { return value }}
		for _, block := range s.Blocks(source) {
			for _, line := range block {
				if strings.Contains(line, "\n") {
					t.Errorf("%q is several lines", line)
				}
			}
		}
		if got := ansi.Strip(strings.Join(s.Blocks("x {{a}} y")[0], " ")); got != "x "+value+" y" {
			t.Errorf("%q is shown as %q", value, got)
		}
	})
}
