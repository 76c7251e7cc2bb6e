package view

import (
	"slices"
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

// A check looks at the view for one thing. It returns nil when this is not its case,
// which is not the same as finding all well.
type check struct {
	name   string
	sees   func(*View) *Fact
	states []string // all that it can find
}

// Checks are the names of all checks with the states that each can find.
func Checks() map[string][]string {
	all := map[string][]string{}
	for _, c := range checks {
		all[c.name] = c.states
	}
	return all
}

// checks are all that is looked for, along the flow.
var checks = slices.Concat(requestChecks, authorizationChecks, codeChecks, redirectChecks, clientChecks, authenticationChecks, pkceChecks,
	refreshChecks, placeChecks, clockChecks, assertionChecks, permissionChecks)

// look asks every check once.
func look(v *View) []Fact {
	var all []Fact
	for _, c := range checks {
		if f := c.sees(v); f != nil {
			f.Name = c.name
			all = append(all, *f)
		}
	}
	return all
}

func sign(state, says string, values ...Value) *Fact {
	return &Fact{State: state, Says: says, Values: values}
}

func fits(state, says string, values ...Value) *Fact {
	return &Fact{State: state, Verdict: Fits, Says: says, Values: values}
}

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
