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

// hostPattern turns a pattern of [Provider.Hosts] into one of RE2, and gives
// the literal that it needs.
func hostPattern(h string) (pattern, need string) {
	need = ""
	for part := range strings.SplitSeq(h, "*") {
		if len(part) > len(need) {
			need = part
		}
	}
	name, path, hasPath := strings.Cut(h, "/")
	if rest, ok := strings.CutPrefix(name, "*."); ok {
		name = `[a-z0-9-]+\.` + wild(rest)
	} else if name != "" {
		name = `(^|[^a-z0-9.-])` + wild(name)
	}
	switch {
	case name == "":
		return "/" + wild(path), strings.ToLower(need)
	case hasPath:
		return name + `(:[0-9]+)?/` + wild(path), strings.ToLower(need)
	}
	return name + `($|[^a-z0-9.-]|\.($|[^a-z0-9]))`, strings.ToLower(need)
}

func wild(s string) string {
	return strings.ReplaceAll(regexp.QuoteMeta(s), `\*`, `[^/\s"'<>]+`)
}
