// Package literal finds texts that every match of a regular expression holds, in lower
// case. It is for tests, and for the indexes that they write: to look for a text is much
// cheaper than to compile an expression.
package literal

import (
	"regexp/syntax"
	"slices"
	"strings"
)

// Bounds: beyond them, looking for all texts is no cheaper than the expression.
const (
	mostLiterals = 64 // of an alternation
	mostRange    = 4  // characters of a range such as [a-d]
	mostTexts    = 12 // of a part of the expression that is looked for as a whole
)

// Needed are lists of texts of which every match holds one of each.
func Needed(re *syntax.Regexp) [][]string {
	if all := textsOf(re); all != nil {
		return useful(all)
	}
	switch re.Op {
	case syntax.OpCapture, syntax.OpPlus:
		return Needed(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return Needed(re.Sub[0])
		}
	case syntax.OpConcat:
		var all [][]string
		run := []string{""} // what the parts since the last that has no few texts match
		for _, sub := range re.Sub {
			texts := textsOf(sub)
			if joined := product(run, texts); joined != nil {
				run = joined
				continue
			}
			all = append(all, useful(run)...)
			if run = texts; texts == nil {
				all, run = append(all, Needed(sub)...), []string{""}
			}
		}
		return append(all, useful(run)...)
	case syntax.OpAlternate:
		var all []string
		for _, sub := range re.Sub {
			l := best(Needed(sub))
			if l == nil || len(all)+len(l) > mostLiterals {
				return nil
			}
			all = append(all, l...)
		}
		return [][]string{all}
	}
	return nil
}

// useful is the list without texts that hold another one; nothing where one is empty, and
// so in every line.
func useful(list []string) [][]string {
	if slices.Contains(list, "") {
		return nil
	}
	return [][]string{slices.DeleteFunc(slices.Clone(list), func(s string) bool {
		return slices.ContainsFunc(list, func(t string) bool { return s != t && strings.Contains(s, t) })
	})}
}

// textsOf are all texts that match, in lower case; nil: there are too many, or it depends
// on more than the text.
func textsOf(re *syntax.Regexp) []string {
	switch re.Op {
	case syntax.OpEmptyMatch, syntax.OpWordBoundary, syntax.OpBeginText, syntax.OpEndText, syntax.OpBeginLine, syntax.OpEndLine:
		return []string{""}
	case syntax.OpLiteral:
		return few([]string{strings.ToLower(string(re.Rune))})
	case syntax.OpCharClass:
		var all []string
		for i := 0; i < len(re.Rune); i += 2 {
			if re.Rune[i+1]-re.Rune[i] >= mostRange {
				return nil
			}
			for r := re.Rune[i]; r <= re.Rune[i+1]; r++ {
				all = append(all, strings.ToLower(string(r)))
			}
		}
		return few(all)
	case syntax.OpCapture:
		return textsOf(re.Sub[0])
	case syntax.OpQuest:
		if all := textsOf(re.Sub[0]); all != nil {
			return few(append([]string{""}, all...))
		}
	case syntax.OpConcat:
		all := []string{""}
		for _, sub := range re.Sub {
			all = product(all, textsOf(sub))
		}
		return all
	case syntax.OpAlternate:
		var all []string
		for _, sub := range re.Sub {
			texts := textsOf(sub)
			if texts == nil {
				return nil
			}
			all = append(all, texts...)
		}
		return few(all)
	}
	return nil
}

// product are the texts of which each begins with one of the first and ends with one of
// the second; nil: there are too many, or one of the two is nil.
func product(first, second []string) []string {
	var all []string
	for _, a := range first {
		for _, b := range second {
			all = append(all, a+b)
		}
	}
	return few(all)
}

// few is the list without what is in it twice; nil: it is too long, or does not fit into
// the index.
func few(list []string) []string {
	slices.Sort(list)
	list = slices.Compact(list)
	if len(list) > mostTexts || strings.ContainsAny(strings.Join(list, ""), "\t\n|&") {
		return nil
	}
	return list
}

// HoldsOneOf reports whether every match holds one of the words, as far as it can tell.
func HoldsOneOf(re *syntax.Regexp, words []string) bool {
	holds := func(text string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
	}
	if slices.ContainsFunc(Needed(re), func(list []string) bool { return !slices.ContainsFunc(list, func(s string) bool { return !holds(s) }) }) {
		return true
	}
	part := func(sub *syntax.Regexp) bool { return HoldsOneOf(sub, words) }
	switch re.Op {
	case syntax.OpCapture, syntax.OpPlus:
		return part(re.Sub[0])
	case syntax.OpConcat:
		return slices.ContainsFunc(re.Sub, part)
	case syntax.OpAlternate:
		return !slices.ContainsFunc(re.Sub, func(sub *syntax.Regexp) bool { return !part(sub) })
	}
	return false
}

// best is the list that lets the fewest texts through.
func best(all [][]string) (list []string) {
	for _, l := range all {
		if list == nil || Rarity(l) > Rarity(list) {
			list = l
		}
	}
	return list
}

// Rarity compares lists: the longer the shortest of its texts, the fewer texts hold one.
// Words of which every report speaks count as the shortest there are.
func Rarity(list []string) int {
	least := len(list[0])
	for _, s := range list {
		n := len(s)
		if slices.Contains(everywhere, strings.TrimSpace(s)) {
			n = 1
		}
		least = min(least, n)
	}
	return least
}

var everywhere = []string{"code", "token", "error", "invalid", "grant"}
