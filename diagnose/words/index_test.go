package words

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"regexp/syntax"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write model/index.txt anew")

// tables are the files with observations, in their order.
func tables(t *testing.T) []string {
	t.Helper()
	names, err := fs.Glob(modelFiles, "model/seen/*.json")
	if err != nil || len(names) == 0 {
		t.Fatalf("%d tables, %v", len(names), err)
	}
	return names
}

// written is the index of the observations as they are in their files.
func written(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	line := func(file string, from, to int, o *Observation, sources ...[]string) {
		w := &o.When
		var needs []string // of each phrase
		for _, source := range slices.Concat(sources...) {
			var lists []string
			for _, list := range needed(expand(source)) {
				lists = append(lists, strings.Join(list, "|"))
			}
			needs = append(needs, strings.Join(lists, "&"))
		}
		fmt.Fprintf(&b, "%s\t%d\t%d\t%s\t%s\t%d\t%s\n", file, from, to, strings.Join(w.Error, ","), strings.Join(w.Provider, ","), len(w.Words), strings.Join(needs, "\t"))
	}
	for _, name := range tables(t) {
		body, err := modelFiles.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		dec := json.NewDecoder(bytes.NewReader(body))
		if _, err := dec.Token(); err != nil {
			t.Fatal(err)
		}
		for dec.More() {
			var raw json.RawMessage
			var o Observation
			if err := dec.Decode(&raw); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if err := json.Unmarshal(raw, &o); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			to := int(dec.InputOffset())
			from := to - len(raw)
			line(name, from, to, &o, o.When.Words, o.When.Not, o.When.Unless.Words)
		}
	}
	for _, g := range mustRead[[]grantHint](grantsFile) {
		for _, h := range g.Hints {
			line(grantsFile, 0, 0, &Observation{}, h.Words)
		}
	}
	return b.String()
}

func TestTheIndexIsOfTheseObservations(t *testing.T) {
	want := written(t)
	if *update {
		if err := os.WriteFile(indexFile, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if indexText != want {
		t.Error(indexFile + " is not of these observations: go generate ./diagnose/...")
	}
}

// observations are all, decoded.
func observations() []*Observation {
	var all []*Observation
	for _, s := range index().observations {
		all = append(all, s.decode())
	}
	return all
}

func TestWhatAPhraseNeedsIsInEveryMatch(t *testing.T) {
	for pattern, want := range map[string][][]string{
		"refresh tokens?":                 {{"refresh token"}},
		"(?:two|three) tabs":              {{"three tabs", "two tabs"}},
		"f5|reload\\w*":                   {{"f5", "reload"}},
		"\\d+":                            nil,
		"(?:abc)?x{2,3}|(?:yy)":           {{"x", "yy"}},
		"code\\W(?:eyj|ya29)":             {{"code"}, {"eyj", "ya29"}},
		"(?:old code|new) [0-9] (?:a|of)": {{"new ", "old code "}},
		"un(?:known|fit)[ -]?codes?":      {{"unfit code", "unfit-code", "unfitcode", "unknown code", "unknown-code", "unknowncode"}},
	} {
		if got := needed(pattern); !slices.EqualFunc(got, want, slices.Equal) {
			t.Errorf("%s needs %q, not %q", pattern, got, want)
		}
	}
}

// Bounds on what is needed of one pattern: beyond that, looking for all is no cheaper
// than the pattern.
const (
	mostLists    = 3
	mostLiterals = 64
	mostRange    = 4  // characters of a range such as [a-d]
	mostTexts    = 12 // of a part of the pattern that is looked for as a whole
	leastLiteral = 3  // characters of a text in the second and the third list
)

// needed are lists of texts of which every match of the pattern holds one of each, in
// lower case, the longest texts first; nil: there are no such texts.
func needed(pattern string) [][]string {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return nil
	}
	all := literalsOf(re)
	slices.SortStableFunc(all, func(a, b []string) int { return shortest(b) - shortest(a) })
	n := 0
	for n < len(all) && n < mostLists && (n == 0 || shortest(all[n]) >= leastLiteral) {
		n++
	}
	return all[:n]
}

func literalsOf(re *syntax.Regexp) [][]string {
	if all := textsOf(re); all != nil {
		return useful(all)
	}
	switch re.Op {
	case syntax.OpCapture, syntax.OpPlus:
		return literalsOf(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return literalsOf(re.Sub[0])
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
				all, run = append(all, literalsOf(sub)...), []string{""}
			}
		}
		return append(all, useful(run)...)
	case syntax.OpAlternate:
		var all []string
		for _, sub := range re.Sub {
			l := best(literalsOf(sub))
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

// best is the list whose shortest text is the longest: it lets the fewest lines through.
func best(all [][]string) (list []string) {
	for _, l := range all {
		if list == nil || shortest(l) > shortest(list) {
			list = l
		}
	}
	return list
}

func shortest(texts []string) int {
	n := len(texts[0])
	for _, t := range texts[1:] {
		n = min(n, len(t))
	}
	return n
}
