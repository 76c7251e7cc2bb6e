package diagnose

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

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
				return (&Case{provider: provider{Known: p}}).hint(point) != ""
			}) {
				t.Errorf("%s: no provider has anything on %q", r.ID, point)
			}
		}
	}
}
