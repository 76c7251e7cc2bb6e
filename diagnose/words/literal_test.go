package words

import (
	"bytes"
	"encoding/json"
	"flag"
	"maps"
	"os"
	"regexp/syntax"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write model/literals.json anew")

func TestTheLiteralsAreThoseOfThePhrases(t *testing.T) {
	want := map[string][]string{}
	note := func(sources []string) {
		for _, s := range sources {
			if l := needed(expand(s)); l != nil {
				want[s] = l
			}
		}
	}
	for _, o := range observations() {
		note(o.When.Words)
		note(o.When.Not)
		note(o.When.Unless.Words)
	}
	for _, g := range grantHints() {
		for _, h := range g.Hints {
			note(h.Words)
		}
	}
	body := onePerLine(t, want)
	if *update {
		if err := os.WriteFile("model/literals.json", body, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if have, _ := modelFiles.ReadFile("model/literals.json"); !bytes.Equal(have, body) {
		t.Error("model/literals.json is not of these phrases: go generate ./diagnose/...")
	}
}

// onePerLine is the JSON form of a map, a line for each key, sorted.
func onePerLine(t *testing.T, m map[string][]string) []byte {
	t.Helper()
	var lines [][]byte
	for _, key := range slices.Sorted(maps.Keys(m)) {
		line, err := json.Marshal(map[string][]string{key: m[key]})
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, line[1:len(line)-1])
	}
	return slices.Concat([]byte("{\n"), bytes.Join(lines, []byte(",\n")), []byte("\n}\n"))
}

func TestALiteralIsInEveryMatch(t *testing.T) {
	for pattern, want := range map[string][]string{
		"refresh tokens?":       {"refresh token"},
		"(?:two|three) tabs":    {" tabs"},
		"f5|reload\\w*":         {"f5", "reload"},
		"\\d+":                  nil,
		"(?:abc)?x{2,3}|(?:yy)": {"x", "yy"},
	} {
		if got := needed(pattern); !slices.Equal(got, want) {
			t.Errorf("%s needs %q, not %q", pattern, got, want)
		}
	}
}

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
	return literalsOf(re)
}

func literalsOf(re *syntax.Regexp) []string {
	switch re.Op {
	case syntax.OpLiteral:
		return []string{strings.ToLower(string(re.Rune))}
	case syntax.OpCapture, syntax.OpPlus:
		return literalsOf(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return literalsOf(re.Sub[0])
		}
	case syntax.OpConcat:
		var best []string
		for _, sub := range re.Sub {
			if l := literalsOf(sub); better(l, best) {
				best = l
			}
		}
		return best
	case syntax.OpAlternate:
		var all []string
		for _, sub := range re.Sub {
			l := literalsOf(sub)
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
