package safe

import (
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// plainSigns are the signs that people and languages write between words: what closes,
// what separates, what opens.
var plainSigns = pattern(`^(?:/>)?(?:(?:\\*["']|[»”)\]}>])*(?:(?:[,;:=.?!&|]|[,;:=!]=|[=-]>|\.{2,3}|[;:]:|::|;&|;:&|://|-->)(?:\\*["']|[“«(\[{<])*)?|(?:\\*["']|[“«(\[{<])*)(?:</|<!--)?$`)

// pattern is an expression that is compiled when it is first needed, because most
// commands quote nothing.
func pattern(source string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(source) })
}

// usual reports whether a run of signs says nothing: it is short, one sign again and
// again, or usual between words.
func usual(run string) bool {
	const few = 2
	first, _ := utf8.DecodeRuneInString(run)
	return utf8.RuneCountInString(run) <= few || strings.Trim(run, string(first)) == "" || plainSigns().MatchString(run)
}

func leadingSpace(s string) int { return len(s) - len(strings.TrimLeftFunc(s, unicode.IsSpace)) }

// assigned is the length of what of a run of signs assigns, as in name=, "name":".
func assigned(run string) int {
	n := strings.IndexAny(run, "=:")
	if n < 0 || strings.Trim(run[:n], `\"'])}`) != "" {
		return 0
	}
	return n + 1
}

// address is an IPv4 address with a port.
var address = pattern(`^\d{1,3}(?:\.\d{1,3}){3}:\d{1,5}$`)

// moment is a date, a time, or both (RFC 3339), as logs write them.
var moment = pattern(`^(?:(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))?(?:(?:^|T)(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?$`)
