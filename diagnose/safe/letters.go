package safe

import (
	"strings"
	"unicode"
)

func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

func blank(s string) bool { return strings.TrimSpace(s) == "" }

func upper(c byte) bool { return c >= 'A' && c <= 'Z' }

func digit(c byte) bool { return c >= '0' && c <= '9' }

func letter(c byte) bool { return upper(c) || c >= 'a' && c <= 'z' }

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// tails are what may follow an apostrophe: user's, can't, we'll.
var tails = []string{"s", "t", "re", "ve", "ll", "d", "m"}

func cutApostrophe(s string) (before, tail string, found bool) {
	if before, tail, found = strings.Cut(s, "'"); found {
		return before, tail, true
	}
	return strings.Cut(s, "’")
}
