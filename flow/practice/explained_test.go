package practice_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/grantwalk/diagnose"
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
}

// said is all that a report shows a person.
func said(r diagnose.Report) []string {
	lines := []string{r.Provider + " " + r.Grant + " " + r.Step + " " + r.Refusal.Error.String() + " " + r.Refusal.Description.String()}
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
