package catalogue

import (
	"regexp/syntax"
	"slices"
	"strings"
	"testing"
)

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

// literals are texts, in lower case, of which every match of pattern holds one.
func literals(pattern string) ([]string, error) {
	tree, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return nil, err
	}
	all := oneOf(tree.Simplify())
	for i := range all {
		all[i] = strings.ToLower(all[i])
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

func oneOf(re *syntax.Regexp) (best []string) {
	shortest := func(all []string) int {
		n := 0
		for i, s := range all {
			if i == 0 || len(s) < n {
				n = len(s)
			}
		}
		return n
	}
	switch re.Op {
	case syntax.OpLiteral:
		return []string{string(re.Rune)}
	case syntax.OpAlternate:
		for _, sub := range re.Sub {
			some := oneOf(sub)
			if len(some) == 0 {
				return nil
			}
			best = append(best, some...)
		}
	case syntax.OpConcat, syntax.OpCapture, syntax.OpPlus:
		for _, sub := range re.Sub {
			if some := oneOf(sub); shortest(some) > shortest(best) {
				best = some
			}
		}
	}
	return best
}

func TestAFingerprintIsSearchedForOnlyWhereItsLiteralsAre(t *testing.T) {
	for _, f := range table[printed](t, "fingerprints.json") {
		needs, err := literals(f.Pattern)
		if err != nil {
			t.Fatalf("%s: %v", f.Pattern, err)
		}
		if !slices.Equal(f.Needs, needs) {
			t.Errorf("%s: needs is %q, want %q", f.Pattern, f.Needs, needs)
		}
	}
}
