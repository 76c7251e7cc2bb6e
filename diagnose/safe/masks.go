package safe

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// mask replaces text that is not shown.
func mask(s string) string {
	return maskOf(utf8.RuneCountInString(s))
}

func maskOf(length int) string {
	if length == 1 {
		return maskBegin + "1 character)"
	}
	return fmt.Sprint(maskBegin, length, maskEnd)
}

const maskBegin, maskEnd = "… (", " characters)"

// masked is how many characters a mask replaces.
func masked(mask string) int {
	n, _ := strconv.Atoi(strings.Trim(mask, "… (acehrst)")) // digits, by maskAt
	return n
}

// maskAt is the length of the mask with which the text begins; 0: it begins with none.
func maskAt(s string) int {
	rest, ok := strings.CutPrefix(s, maskBegin)
	if !ok {
		return 0
	}
	if one := "1 character)"; strings.HasPrefix(rest, one) {
		return len(maskBegin) + len(one)
	}
	number := rest[:len(rest)-len(strings.TrimLeft(rest, "0123456789"))]
	if number == "" || len(number) > 7 || !strings.HasPrefix(rest[len(number):], maskEnd) {
		return 0
	}
	return len(maskBegin) + len(number) + len(maskEnd)
}

// format prints the shown form of a value, quoted where the verb asks for that.
func format(f fmt.State, verb rune, shown string) {
	if verb == 'v' && f.Flag('#') || verb == 'q' {
		shown = strconv.Quote(shown)
	}
	width, _ := f.Width()
	if f.Flag('-') {
		width = -width
	}
	_, _ = fmt.Fprintf(f, "%*s", width, shown)
}
