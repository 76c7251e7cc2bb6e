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
		fmt.Fprintf(&b, "%s\t%d\t%d\t%s\t%s\t%d", file, from, to, strings.Join(w.Error, ","), strings.Join(w.Provider, ","), len(w.Words))
		for _, source := range slices.Concat(sources...) {
			var lists []string
			for _, list := range needed(expand(source)) {
				if strings.ContainsAny(strings.Join(list, ""), "\t\n|&") {
					t.Fatalf("%q does not fit into the index", source)
				}
				lists = append(lists, strings.Join(list, "|"))
			}
			needs := strings.Join(lists, "&")
			b.WriteString("\t" + needs)
		}
		b.WriteString("\n")
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
	if have, _ := modelFiles.ReadFile(indexFile); string(have) != want {
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
	for pattern, want := range map[string]need{
		"refresh tokens?":                 {{"refresh token"}},
		"(?:two|three) tabs":              {{" tabs"}},
		"f5|reload\\w*":                   {{"f5", "reload"}},
		"\\d+":                            nil,
		"(?:abc)?x{2,3}|(?:yy)":           {{"x", "yy"}},
		"code\\W(?:eyj|ya29)":             {{"code"}, {"eyj", "ya29"}},
		"(?:old code|new) [0-9] (?:a|of)": {{"old code", "new"}},
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
	mostLiterals = 40
	leastLiteral = 3 // characters of a text in the second and the third list
)

// needed are lists of texts of which every match of the pattern holds one of each, in
// lower case, the longest texts first; nil: there are no such texts.
func needed(pattern string) need {
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

func literalsOf(re *syntax.Regexp) need {
	switch re.Op {
	case syntax.OpLiteral:
		return need{{strings.ToLower(string(re.Rune))}}
	case syntax.OpCapture, syntax.OpPlus:
		return literalsOf(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return literalsOf(re.Sub[0])
		}
	case syntax.OpConcat:
		var all need
		for _, sub := range re.Sub {
			all = append(all, literalsOf(sub)...)
		}
		return all
	case syntax.OpAlternate:
		var all []string
		for _, sub := range re.Sub {
			l := best(literalsOf(sub))
			if l == nil || len(all)+len(l) > mostLiterals {
				return nil
			}
			all = append(all, l...)
		}
		return need{all}
	}
	return nil
}

// best is the list whose shortest text is the longest: it lets the fewest lines through.
func best(all need) (list []string) {
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
