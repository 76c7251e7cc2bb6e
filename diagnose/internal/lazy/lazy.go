// Package lazy compiles regular expressions when they are first needed. A program that
// reads and judges nothing does not pay for the expressions of these packages.
package lazy

import (
	"regexp"
	"sync"
)

// Pattern is an expression that is compiled when it is first asked for.
type Pattern func() *regexp.Regexp

// Regexp is the expression of the source, in the syntax of package regexp. It panics
// when it is first asked for, if the source is no expression.
func Regexp(source string) Pattern {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(source) })
}
