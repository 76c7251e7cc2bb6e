package diagnose

import (
	"regexp/syntax"
	"strings"
)

// Compiling a pattern costs more than a whole report may, so none is compiled
// unless the text holds a literal that the pattern cannot do without.

// mostLiterals bounds how many literals stand for one pattern: beyond that
// looking for all of them is no cheaper than the pattern.
const mostLiterals = 40

// needed are texts of which every match of the pattern holds at least one, in
// lower case; nil: there are no such texts.
func needed(pattern string) []string {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return nil
	}
	return literals(re)
}

func literals(re *syntax.Regexp) []string {
	switch re.Op {
	case syntax.OpLiteral:
		return []string{strings.ToLower(string(re.Rune))}
	case syntax.OpCapture, syntax.OpPlus:
		return literals(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return literals(re.Sub[0])
		}
	case syntax.OpConcat:
		var best []string
		for _, sub := range re.Sub {
			if l := literals(sub); better(l, best) {
				best = l
			}
		}
		return best
	case syntax.OpAlternate:
		var all []string
		for _, sub := range re.Sub {
			l := literals(sub)
			if l == nil || len(all)+len(l) > mostLiterals {
				return nil
			}
			all = append(all, l...)
		}
		return all
	}
	return nil
}

// better prefers the set whose shortest text is longer: it lets fewer lines
// through.
func better(a, b []string) bool { return a != nil && (b == nil || shortest(a) > shortest(b)) }

func shortest(texts []string) int {
	n := len(texts[0])
	for _, t := range texts[1:] {
		n = min(n, len(t))
	}
	return n
}
