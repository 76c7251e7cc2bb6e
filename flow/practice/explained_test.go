package practice_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/catalogue"
	"example.com/grantwalk/diagnose/read"
	"example.com/grantwalk/flow"
	"example.com/grantwalk/flow/practice"
)

// TestExplainSaysOfASavedWalkWhatTheWalkSaid saves broken walks without their secrets, and
// explains the files.
func TestExplainSaysOfASavedWalkWhatTheWalkSaid(t *testing.T) {
	for _, twist := range flow.Twists() {
		t.Run("twist "+string(twist.Cause), func(t *testing.T) {
			p := player{approve: twist.Cause != diagnose.UserDenied, twist: &twist}
			if twist.Cause == diagnose.CodeExpired {
				p.pass = practice.DefaultCodeLifetime + time.Minute
			}
			w, _ := p.play(t)
			explainedAlike(t, w)
		})
	}
	for _, kind := range practice.FaultKinds() {
		t.Run("fault "+kind.Name, func(t *testing.T) {
			w, _ := player{fault: practice.Fault{Name: kind.Name, Value: kind.Usual}.String(), approve: true, pass: moments[kind.Name]}.play(t)
			explainedAlike(t, w)
		})
	}
}

// explainedAlike wants the same report and the same facts of the walk's evidence and of
// the file's.
func explainedAlike(t *testing.T, w *flow.Walk) {
	t.Helper()
	var file bytes.Buffer
	if err := w.Save(&file, false); err != nil {
		t.Fatal(err)
	}
	got, err := read.Read([]read.Input{{Reader: &file}}, read.Options{})
	if err != nil {
		t.Fatal(err)
	}
	e := w.Evidence()
	if diff := cmp.Diff(said(diagnose.Diagnose(e)), said(diagnose.Diagnose(got.Evidence))); diff != "" {
		t.Errorf("the walk's report and the file's (-walk +file):\n%s", diff)
	}
	if diff := cmp.Diff(diagnose.Facts(e), diagnose.Facts(got.Evidence)); diff != "" {
		t.Errorf("the walk's facts and the file's (-walk +file):\n%s", diff)
	}
	t.Logf("walk: %s, %d facts; file: %s, %d facts", first(diagnose.Diagnose(e)), len(diagnose.Facts(e)), first(diagnose.Diagnose(got.Evidence)), len(diagnose.Facts(got.Evidence)))
}

// said is all that a report shows a person.
func said(r diagnose.Report) []string {
	lines := []string{r.Provider + " " + r.Grant + " " + r.Step + " " + r.ErrorResponse.Error.String() + " " + r.ErrorResponse.Description.String()}
	lines = append(lines, r.Findings...)
	for _, c := range r.Causes {
		lines = append(lines, string(c.ID)+" "+string(c.Strength))
		lines = append(lines, c.Lines()...)
		lines = append(lines, c.Fix...)
	}
	for _, out := range r.RuledOut {
		lines = append(lines, "not "+string(out.ID)+": "+out.Why)
	}
	return lines
}

// TestExplainSaysOfASavedWalkWhatTheWalkSaidInTheWordsOfEveryServer does so for walks
// that are rejected in the words of real servers. A file quotes only words that are known
// to be harmless, so that words that decide can be missing there.
func TestExplainSaysOfASavedWalkWhatTheWalkSaidInTheWordsOfEveryServer(t *testing.T) {
	all, other := 0, 0
	for _, p := range plays {
		s := newStage(t)
		for i, name := range practice.Dialects() {
			provider, _ := catalogue.Find(name)
			if practice.WordsOf(provider, p.grant(), p.cause) == nil || i%4 != 0 {
				continue
			}
			w, _ := s.walk(t, p, name)
			var file bytes.Buffer
			if err := w.Save(&file, false); err != nil {
				t.Fatal(err)
			}
			got, err := read.Read([]read.Input{{Reader: &file}}, read.Options{})
			if err != nil {
				t.Fatal(err)
			}
			all++
			walk, saved := diagnose.Diagnose(w.Evidence()), diagnose.Diagnose(got.Evidence)
			if first(walk) != first(saved) {
				t.Errorf("%s, %s: the walk says %s, and the file %s", p.name(), name, first(walk), first(saved))
			}
			if diff := cmp.Diff(diagnose.Facts(w.Evidence()), diagnose.Facts(got.Evidence)); diff != "" {
				t.Errorf("%s, %s: facts (-walk +file):\n%s", p.name(), name, diff)
			}
			if !cmp.Equal(said(walk), said(saved)) {
				other++
			}
		}
	}
	t.Logf("%d of %d reports differ in their words", other, all)
	if other*100 > 2*all {
		t.Errorf("%d of %d reports differ in their words", other, all)
	}
}

// first is the first cause with its strength.
func first(r diagnose.Report) string {
	if len(r.Causes) == 0 {
		return "none"
	}
	return string(r.Causes[0].ID) + " " + string(r.Causes[0].Strength)
}
