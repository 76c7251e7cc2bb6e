package main

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/read"
	"example.com/grantwalk/diagnose/safe/safetest"
	"example.com/grantwalk/tui/plain"
	"example.com/grantwalk/tui/report"
	"example.com/grantwalk/tui/ui"
)

// ourNumbers are the scores in JSON and the weights in lines. A secret may have the same
// digits, and they say nothing of it.
var ourNumbers = regexp.MustCompile(`(?m)"score": [0-9.e-]+|^ +[-+][0-9]+\.[0-9] `)

// surfaces are what explain prints of an input, each by its name, without our numbers.
func surfaces(t *testing.T, input, note string) map[string]string {
	t.Helper()
	result, err := read.Read([]read.Input{{Reader: strings.NewReader(input)}}, read.Options{Note: note})
	if err != nil {
		return map[string]string{"error": err.Error()}
	}
	d := diagnose.Diagnose(result.Evidence)
	layout := report.Layout{Glyphs: ui.ChooseGlyphs(func(string) string { return "" }), Styles: styles(), Width: 10_000}
	out := map[string]string{"warnings": strings.Join(result.Warnings, "\n"), "report for a ticket": report.Markdown(d, nil, nil)}
	for _, why := range []bool{false, true} {
		var b bytes.Buffer
		printed := plain.Diagnosis{Out: &b, Layout: layout, Why: why}
		for _, cases := range [][]report.Case{{{Count: 2, Evidence: result.Evidence, Report: d}}, report.Cases(result), report.Groups(result)} {
			if len(cases) == 0 {
				continue
			}
			if err := printed.Cases(cases); err != nil {
				t.Fatal(err)
			}
		}
		out[fmt.Sprintf("lines, why=%t", why)] = b.String()
	}
	doc := diagnose.DocumentOf(d)
	for _, g := range report.Groups(result) {
		doc.AddGroup(g.Count, g.First, g.Last, g.Report)
	}
	var b bytes.Buffer
	if err := diagnose.WriteJSON(&b, doc); err != nil {
		t.Fatal(err)
	}
	out["JSON"] = b.String()
	for name, shown := range out {
		out[name] = ourNumbers.ReplaceAllString(shown, "")
	}
	out["evidence, printed"] = fmt.Sprintf("%v %+v %#v", result.Evidence, result.Evidence, result.Evidence)
	return out
}

// TestNoSurfaceShowsASecret puts secrets of every kind into every surrounding, at
// every place of an input. GRANTWALK_SECRETS=all tries all combinations; without it
// each kind meets each surrounding at one place, and each place in turn. Another seed
// is GRANTWALK_SEED.
func TestNoSurfaceShowsASecret(t *testing.T) {
	all := os.Getenv("GRANTWALK_SECRETS") == "all"
	seed, err := strconv.ParseUint(cmp.Or(os.Getenv("GRANTWALK_SEED"), "11"), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(2026, seed))
	combinations, leaks, turn := 0, 0, 0
	for _, kind := range safetest.Kinds {
		for _, around := range safetest.Surroundings {
			for i, place := range safetest.Places {
				if turn++; !all && i != turn/len(safetest.Places)%len(safetest.Places) || underRace && turn%10 != 0 {
					continue
				}
				secret := kind.Make(r)
				input, note := place.Put(around.Around(secret))
				template, _ := place.Put(string(around))
				all := surfaces(t, input, note)
				for _, name := range slices.Sorted(maps.Keys(all)) { // in one order, so that a seed gives the same secrets again
					shown := all[name]
					combinations++
					part := safetest.Leak(shown, template, secret)
					if part == "" {
						continue
					}
					// Our own words may have the same four characters: then they are there with
					// another secret too.
					other, note := place.Put(around.Around(kind.Make(r)))
					if strings.Contains(surfaces(t, other, note)[name], part) {
						continue
					}
					if leaks++; leaks <= 20 {
						t.Errorf("%s shows %q of %s %q, %s:\n%s", name, part, kind.Name, secret, place.Name, input)
					}
				}
			}
		}
	}
	t.Logf("%d combinations of %d kinds, %d surroundings, %d places and their surfaces: %d leaks", combinations, len(safetest.Kinds), len(safetest.Surroundings), len(safetest.Places), leaks)
}
