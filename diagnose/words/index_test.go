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

	"example.com/grantwalk/diagnose/internal/literal"
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
		"code\\W(?:eyj|ya29)":             {{"eyj", "ya29"}},
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
	leastLiteral = 3 // rarity of the second and the third list
)

// needed are lists of texts of which every match of the pattern holds one of each, in
// lower case, the rarest texts first; nil: there are no such texts.
func needed(pattern string) [][]string {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return nil
	}
	all := literal.Needed(re)
	slices.SortStableFunc(all, func(a, b []string) int { return literal.Rarity(b) - literal.Rarity(a) })
	n := 0
	for n < len(all) && n < mostLists && (n == 0 || literal.Rarity(all[n]) >= leastLiteral) {
		n++
	}
	return all[:n]
}
