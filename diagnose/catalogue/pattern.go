package catalogue

import (
	"regexp"
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
