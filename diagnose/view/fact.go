package view

import (
	"strings"
)

// A Fact is one thing that the evidence shows, in the user's own values. It names no
// cause: what it means is in the folders of package causes.
type Fact struct {
	Name    string // of the check that saw it: snake_case, never changed, because --why and reports hold it
	State   string // what it saw, of several: "past_lifetime"; with the doubt about it, if there is one: "differ/other_login"
	Verdict Verdict
	Says    string  // one sentence
	Values  []Value // the values that show it, in the user's own
}

// Verdict is how far a fact goes.
type Verdict int

// The verdicts.
const (
	Unknown Verdict = iota // it may speak for or against something, and both sides of a contradiction are not in the evidence
	Fits                   // what was compared is as it must be
	Differs                // both sides of a contradiction are in the evidence
)

// A Value is one line of evidence.
type Value struct {
	Label  string
	Text   string // a secret is redacted
	Differ []Span // the parts that differ from the value it was compared with
}

// A Span is a range of bytes.
type Span struct{ From, To int }

func sign(state, says string, values ...Value) *Fact {
	return &Fact{State: state, Says: says, Values: values}
}

func fits(state, says string) *Fact { return &Fact{State: state, Verdict: Fits, Says: says} }

func differs(state, says string, values ...Value) *Fact {
	return &Fact{State: state, Verdict: Differs, Says: says, Values: values}
}

// doubted is the fact without a verdict, if there is a reason to doubt that the two sides
// belong together or that the server minds; why names it.
func (f *Fact) doubted(doubt bool, why string) *Fact {
	if doubt && !strings.Contains(f.State, "/") {
		f.State, f.Verdict = f.State+"/"+why, Unknown
	}
	return f
}
