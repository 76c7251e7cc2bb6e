package diagnose_test

import (
	"encoding/json"
	"os"
	"testing"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/safe"
)

// The sentences of testdata/told.json are made up: ways in which people would
// tell of each cause, beside a refusal that says nothing itself.
func TestWhatPeopleTellNamesTheCause(t *testing.T) {
	body, err := os.ReadFile("testdata/told.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []struct {
		report
		Grant string `json:"grant"`
		Note  string `json:"note"`
	}
	if err := json.Unmarshal(body, &all); err != nil {
		t.Fatal(err)
	}
	var told tallied
	for _, r := range all {
		causes := diagnose.Diagnose(diagnose.Evidence{Provider: safe.Foreign(r.Provider), Grant: r.Grant, Statements: []diagnose.Statement{{Text: safe.Foreign(r.Note), Source: diagnose.Person}},
			ErrorResponse: diagnose.ErrorResponse{Error: "invalid_grant"}}).Causes
		told.add(r.report, causes)
		if place := placeOf(r.report, causes); place != 0 {
			t.Logf("%q: %s is in place %d, behind %s", r.Note, r.Cause, place+1, causes[0].ID)
		}
	}
	t.Log(told)
	if told.share(told.first) < 0.9 || told.share(told.top3) < 0.98 {
		t.Errorf("%v", told)
	}
}
