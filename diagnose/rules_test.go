package diagnose

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/grantwalk/diagnose/catalogue"
)

func TestEveryRuleFindsItsCaseAndNotTheOneBesideIt(t *testing.T) {
	for _, id := range IDs {
		match, near := Diagnose(readEvidence(t, id, "match.json")), Diagnose(readEvidence(t, id, "near-miss.json"))
		if first := firstCause(match); first != id {
			t.Errorf("%s: match.json is said to be %s: %q", id, first, match.Causes[0].Says)
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
	body, err := ruleFiles.ReadFile("rules/" + string(id) + "/" + name)
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

func TestEveryRuleHasAFolderAndEveryFolderARule(t *testing.T) {
	folders, err := ruleFiles.ReadDir("rules")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range folders {
		if !Known(ID(f.Name())) {
			t.Errorf("rules/%s is of no rule", f.Name())
		}
	}
	if len(folders) != len(IDs) {
		t.Errorf("%d folders, %d rules", len(folders), len(IDs))
	}
}

func TestEveryCauseIsExplainedInFourParts(t *testing.T) {
	headings := []string{"What it is", "How it comes about", "How to check", "How to mend"}
	for _, id := range IDs {
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

func TestEveryCheckHasANameOfItsOwnAndEveryRuleAFix(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range rules {
		if r.Fix == nil || len(r.Fix(newCase(Evidence{}))) == 0 {
			t.Errorf("%s has no fix without evidence", r.ID)
		}
		for _, c := range r.Checks {
			if seen[c.Name] || strings.ToLower(c.Name) != c.Name || strings.Contains(c.Name, " ") {
				t.Errorf("%s: check %q", r.ID, c.Name)
			}
			seen[c.Name] = true
		}
		for _, after := range r.After {
			if a, _ := RuleFor(after); !Known(after) || slices.Contains(a.After, r.ID) {
				t.Errorf("%s comes after %s, and that after it", r.ID, after)
			}
		}
	}
}

func TestEveryHintOfARuleIsKnownOfSomeProvider(t *testing.T) {
	for _, r := range rules {
		for _, point := range r.Hints {
			if !slices.ContainsFunc(catalogue.All(), func(p *catalogue.Provider) bool {
				return (&Case{Known: p}).hint(point) != ""
			}) {
				t.Errorf("%s: no provider has anything on %q", r.ID, point)
			}
		}
	}
}

// The checks of one rule must not hear something else after the others were asked, or
// after everything was weighed: ticks and facts read the same findings as the causes.
func TestTheFindingsDoNotDependOnWhoAskedBefore(t *testing.T) {
	for _, rule := range Rules() {
		for _, name := range []string{"match.json", "near-miss.json"} {
			e := readEvidence(t, rule.ID, name)
			weighed := newCase(e)
			weighed.weigh()
			if diff := cmp.Diff(find(newCase(e)), find(weighed), cmp.AllowUnexported(finding{})); diff != "" {
				t.Errorf("%s %s: before and after weighing:\n%s", rule.ID, name, diff)
			}
		}
	}
}
