package report

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/read"
	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/flow"
)

// A Case is one failure that an input tells of, with its diagnosis. A log has several.
type Case struct {
	Count       int    // how often it appears in the input
	First, Last string // the times of the first and the last, as the input has them; empty: none were found
	Evidence    diagnose.Evidence
	Report      diagnose.Report
	Walk        *Walk // what a saved walk said itself; nil: the input is none
}

// Walk is what a saved walk said itself, as far as the diagnosis of its messages cannot.
type Walk struct {
	Outcome    diagnose.Outcome
	Step       string            // that it reached, quoted
	Reason     string            // quoted
	Unverified string            // why its ID token is not verified, quoted; empty: it is, or there is none
	Twist      *flow.TwistResult // nil: nothing was broken on purpose

	uncaused bool // the walk was rejected, or only responses that are not its own came, and no message shows a cause
}

// walkOf is what the walk in a file said.
func walkOf(said *read.Walk) *Walk {
	if said == nil {
		return nil
	}
	w := &Walk{Outcome: diagnose.Outcome(said.Outcome), Step: safe.Quote(said.Step, 20), Reason: safe.Quote(said.Reason, 500)}
	if id := said.IDToken; id != nil && !id.Verified {
		w.Unverified = safe.Quote(id.Why, 500)
	}
	if t, ok := flow.TwistFor(diagnose.ID(said.Twist.Cause)); ok {
		w.Twist = t.Told(said.Twist.Result, said.Twist.Means)
	}
	return w
}

// Accepted reports whether the walk led to tokens because the server accepted its twist.
func (w *Walk) Accepted() bool {
	return w != nil && w.Twist != nil && w.Twist.Result == flow.TwistAccepted && w.Outcome == diagnose.GotTokens
}

// Ended reports whether the walk ended without a response that a cause could explain.
func (w *Walk) Ended() bool {
	return w != nil && (w.uncaused || slices.Contains([]diagnose.Outcome{diagnose.NoAnswer, diagnose.Interrupted}, w.Outcome))
}

// unrejected reports whether no request of the walk was rejected, so that there is nothing to
// find a cause of. The files of the first version do not say how the walk ended.
func (w *Walk) unrejected() bool {
	return w != nil && (w.Accepted() || w.Outcome != "" && !w.Outcome.HasCauses())
}

// Cases are the failures that an input tells of, the surest first: what explain prints, what its
// document holds and what the screens show. There is always one.
func Cases(r read.Result) []Case {
	if len(r.Groups) > 1 && r.Kind != read.KindHAR { // beside a capture, a log is a witness of the one case
		return Groups(r)
	}
	c := Case{Count: 1, Evidence: r.Evidence, Report: diagnose.Diagnose(r.Evidence)}
	if len(r.Groups) == 1 {
		c.Count, c.First, c.Last = r.Groups[0].Count, r.Groups[0].First, r.Groups[0].Last
	}
	if c.Walk = walkOf(r.Walk); c.Walk.unrejected() {
		c.Report.Causes, c.Report.RuledOut, c.Report.Findings = nil, nil, nil
	}
	if c.Walk != nil {
		c.Walk.uncaused = len(c.Report.Causes) == 0 && slices.Contains([]diagnose.Outcome{diagnose.StateMismatch, diagnose.Refused}, c.Walk.Outcome)
	}
	if c.Walk != nil && c.Walk.Unverified != "" {
		c.Report.Findings = append(c.Report.Findings, "the ID token is not verified: "+c.Walk.Unverified)
	}
	return []Case{c}
}

// Groups are the errors of a log by what they say, the surest first.
func Groups(r read.Result) []Case {
	var cases []Case
	for _, g := range r.Groups {
		cases = append(cases, Case{Count: g.Count, First: g.First, Last: g.Last, Evidence: g.Evidence, Report: diagnose.Diagnose(g.Evidence)})
	}
	slices.SortStableFunc(cases, func(a, b Case) int {
		return cmp.Or(cmp.Compare(rank(b), rank(a)), cmp.Compare(b.score(), a.score()), cmp.Compare(b.Count, a.Count))
	})
	return cases
}

// Sure reports whether the first cause is more than one that remains.
func (c Case) Sure() bool { return rank(c) > 0 }

func rank(c Case) int {
	if len(c.Report.Causes) == 0 {
		return 0
	}
	return slices.Index([]diagnose.Strength{diagnose.Possible, diagnose.Likely, diagnose.Certain}, c.Report.Causes[0].Strength)
}

func (c Case) score() float64 {
	if len(c.Report.Causes) == 0 {
		return 0
	}
	return c.Report.Causes[0].Score
}

// Counted is how many errors there are, in how many groups of those that say the same.
func Counted(cases []Case) string {
	total := 0
	for _, c := range cases {
		total += c.Count
	}
	return counted(total, "error") + " in " + counted(len(cases), "group")
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// Seen is when the errors of the case came, for people.
func (c Case) Seen() string {
	first, last := moment(c.First), moment(c.Last)
	if first == last {
		return first
	}
	return first + " to " + last
}

// moment is a time of a log without what nobody needs at first sight: year,
// second and zone. One that is written otherwise stays as it is.
func moment(stamp string) string {
	for _, form := range []struct{ layout, short string }{
		{"2006-01-02T15:04:05", "02 Jan 15:04"}, {"2006-01-02 15:04:05", "02 Jan 15:04"},
		{"02/Jan/2006:15:04:05", "02 Jan 15:04"}, {"Jan _2 15:04:05", "02 Jan 15:04"}, {"15:04:05", "15:04"},
	} {
		if t, err := time.Parse(form.layout, stamp[:min(len(stamp), len(form.layout))]); err == nil {
			return t.Format(form.short)
		}
	}
	return stamp
}
