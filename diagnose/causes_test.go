package diagnose

import (
	"bytes"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/grantwalk/diagnose/catalogue"
	"example.com/grantwalk/diagnose/causes"
	"example.com/grantwalk/diagnose/score"
	"example.com/grantwalk/diagnose/view"
)

func TestEveryCauseIsFoundInItsCaseAndNotTheOneBesideIt(t *testing.T) {
	for _, id := range IDs() {
		match, near := Diagnose(readEvidence(t, id, "match.json")), Diagnose(readEvidence(t, id, "near-miss.json"))
		if first := firstCause(match); first != id {
			t.Errorf("%s: match.json is said to be %s (%s, %.2f), because %q", id, first, match.Causes[0].Strength, match.Causes[0].Score, match.Causes[0].Says)
		} else if len(match.Causes[0].Says) == 0 || len(match.Causes[0].Fix) == 0 {
			t.Errorf("%s: says %q, fix %q", id, match.Causes[0].Says, match.Causes[0].Fix)
		}
		if firstCause(near) == id {
			t.Errorf("%s: near-miss.json is said to be it: %q", id, near.Causes[0].Says)
		}
	}
}

func firstCause(r Report) ID {
	if len(r.Causes) == 0 {
		return ""
	}
	return r.Causes[0].ID
}

func readEvidence(t *testing.T, id ID, name string) Evidence {
	t.Helper()
	body, err := causes.Fixture(id, name)
	if err != nil {
		t.Fatal(err)
	}
	var e Evidence
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(&e); err != nil {
		t.Fatalf("%s of %s: %v", name, id, err)
	}
	return e
}

func TestEveryCauseIsExplainedInFourParts(t *testing.T) {
	headings := []string{"What it is", "How it comes about", "How to check", "How to mend"}
	for _, id := range IDs() {
		text := Explain(id)
		var got []string
		for line := range strings.Lines(text) {
			if h, ok := strings.CutPrefix(strings.TrimSpace(line), "## "); ok {
				got = append(got, h)
			}
		}
		if n := len(strings.Fields(text)); n < 150 || n > 300 || !slices.Equal(got, headings) {
			t.Errorf("%s: %d words under %q", id, n, got)
		}
	}
	if Explain("no_such_cause") != "" {
		t.Error("an unknown cause is explained")
	}
}

func TestEveryCauseHasAPlaceOfItsOwn(t *testing.T) {
	places := map[int]causes.ID{}
	for _, c := range causes.All() {
		if other, taken := places[c.Place]; taken {
			t.Errorf("%s and %s have the same place, %d", other, c.ID, c.Place)
		}
		places[c.Place] = c.ID
	}
}

func TestEveryCauseReadsFactsThatThereAreAndHasAFix(t *testing.T) {
	checks, read := view.Checks(), map[string]bool{}
	for _, c := range causes.All() {
		if len(fix(view.Of(Evidence{}), c)) == 0 || c.Tell() == "" {
			t.Errorf("%s has no fix without evidence, or no test that would settle it", c.ID)
		}
		for _, m := range c.Facts {
			read[m.Fact] = true
			if checks[m.Fact] == nil {
				t.Errorf("%s reads %s, which no check finds", c.ID, m.Fact)
			}
			for state := range m.By {
				if !slices.Contains(checks[m.Fact], state) {
					t.Errorf("%s weighs %s of %s, which is no state of it", c.ID, state, m.Fact)
				}
			}
		}
		for _, after := range c.After {
			if a := causes.Find(after); a == nil || slices.Contains(a.After, c.ID) {
				t.Errorf("%s comes after %s, and that after it", c.ID, after)
			}
		}
	}
	for name := range checks {
		if !read[name] || strings.ToLower(name) != name || strings.Contains(name, " ") {
			t.Errorf("no cause reads %q", name)
		}
	}
}

var inBraces = regexp.MustCompile(`\{([^}]*)\}`)

func TestAdviceHasValuesAndConditionsThatThereAre(t *testing.T) {
	used := map[string]bool{}
	for _, c := range causes.All() {
		for _, step := range c.Fix() {
			for i, a := range step {
				if last := i == len(step)-1; a.Text == "" || len(a.If) == 0 && !last {
					t.Errorf("%s: %q is never reached, or says nothing", c.ID, step)
				}
				for _, name := range a.If {
					used[strings.TrimPrefix(name, "!")] = true
				}
				for _, m := range inBraces.FindAllStringSubmatch(a.Text, -1) {
					used[m[1]] = true
				}
			}
		}
	}
	if names := slices.Sorted(maps.Keys(used)); !slices.Equal(names, view.ValueNames()) {
		t.Errorf("used are %q,\nand there are %q", names, view.ValueNames())
	}
}

func TestEveryHintOfACauseIsKnownOfSomeProvider(t *testing.T) {
	for _, c := range causes.All() {
		for _, point := range c.Hints {
			if !slices.ContainsFunc(catalogue.All(), func(p *catalogue.Provider) bool { return (&view.View{Known: p}).Hint(point) != "" }) {
				t.Errorf("%s: no provider has anything on %q", c.ID, point)
			}
		}
	}
}

// Whoever asks first must not hear something else: ticks and the table read the same
// facts as the causes.
func TestTheFactsDoNotDependOnWhoAskedBefore(t *testing.T) {
	for name, e := range everyEvidence(t) {
		weighed := view.Of(e)
		score.Weigh(weighed)
		if diff := cmp.Diff(view.Of(e).Facts(), weighed.Facts()); diff != "" {
			t.Errorf("%s: before and after weighing:\n%s", name, diff)
		}
	}
}
