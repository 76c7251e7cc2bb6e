package catalogue

import (
	"regexp"
	"regexp/syntax"
	"strings"
	"sync"
)

// compiled keeps the patterns that were needed so far.
var compiled sync.Map // string: *regexp.Regexp

// find searches pattern in text without regard to case, and returns where it
// matches, or nil.
func find(pattern, text string) []int {
	re, ok := compiled.Load(pattern)
	if !ok {
		re, _ = compiled.LoadOrStore(pattern, regexp.MustCompile("(?i)"+pattern))
	}
	return re.(*regexp.Regexp).FindStringIndex(text)
}

// literal returns the longest text, in lower case, that every match of pattern
// holds. To look for it first is much cheaper than to compile the pattern.
func literal(pattern string) (string, error) {
	tree, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return "", err
	}
	return strings.ToLower(longest(tree.Simplify())), nil
}

func longest(re *syntax.Regexp) string {
	best := ""
	switch re.Op {
	case syntax.OpLiteral:
		best = string(re.Rune)
	case syntax.OpConcat, syntax.OpCapture, syntax.OpPlus:
		for _, sub := range re.Sub {
			if s := longest(sub); len(s) > len(best) {
				best = s
			}
		}
	}
	return best
}
