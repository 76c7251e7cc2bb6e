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
	line := func(file string, from, to, words int, sources ...[]string) {
		fmt.Fprintf(&b, "%s\t%d\t%d\t%d", file, from, to, words)
		for _, source := range slices.Concat(sources...) {
			all := needed(expand(source))
			needs := strings.Join(all, "|")
			if strings.ContainsAny(needs, "\t\n") || all != nil && !slices.Equal(strings.Split(needs, "|"), all) {
				t.Fatalf("%q does not fit into the index", source)
			}
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
			var o Observation
			if err := dec.Decode(&o); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			to := int(dec.InputOffset())
			var raw json.RawMessage
			from := to
			for from = to - 1; json.Unmarshal(body[from:to], &raw) != nil; from-- {
			}
			line(name, from, to, len(o.When.Words), o.When.Words, o.When.Not, o.When.Unless.Words)
		}
	}
	for _, g := range mustRead[[]grantHint](grantsFile) {
		for _, h := range g.Hints {
			line(grantsFile, 0, 0, len(h.Words), h.Words)
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
