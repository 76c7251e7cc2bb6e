// Package lazy compiles regular expressions when they are first needed. A program that
// reads and judges nothing does not pay for the expressions of these packages.
package lazy

import (
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Pattern is an expression that is compiled when it is first asked for.
type Pattern func() *regexp.Regexp

// Regexp is the expression of the source, in the syntax of package regexp. It panics
// when it is first asked for, if the source is no expression.
func Regexp(source string) Pattern {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(source) })
}

// Where is the expression of the source for a text that holds one of the words, which are
// in lower case, whatever their case in the text. Every match must hold one. For another
// text it is an expression that finds nothing, so that the one of the source is neither
// compiled nor searched for.
func Where(source string, words ...string) func(text string) *regexp.Regexp {
	compiled := Regexp(source)
	return func(text string) *regexp.Regexp {
		low := strings.ToLower(text)
		if slices.ContainsFunc(words, func(w string) bool { return strings.Contains(low, w) }) {
			return compiled()
		}
		return nothing()
	}
}

// nothing is in no text: a word begins or ends neither before nor behind an empty one.
var nothing = Regexp(`^\b$`)
