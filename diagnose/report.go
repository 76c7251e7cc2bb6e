package diagnose

import (
	"fmt"
	"math"
	"slices"
)

// Strength is how sure a cause is.
type Strength string

// The strengths.
const (
	Certain  Strength = "certain"  // both sides of a contradiction are in the evidence
	Likely   Strength = "likely"   // the server's own words, or strong signs, say so
	Possible Strength = "possible" // it remains; its fix says what would settle it
)

// A Report is what the evidence comes to.
type Report struct {
	Provider string // a name of the catalogue's, or as the evidence calls it; empty: not recognised
	Grant    string
	Step     string // "authorize", "exchange" or "refresh"
	Refusal  Refusal
	Causes   []Cause // best first; empty: nothing went wrong
	RuledOut []RuledOut
	Granted  bool // the server gave tokens all the same

	Probe *Probe // what could be asked of the server; nil: nothing

	// The provider's own pages, where the catalogue knows them.
	Docs    string // on its errors
	Console string // where its clients are registered
}

// A Cause is a cause as far as this evidence bears it.
type Cause struct {
	ID       ID
	Title    string
	Strength Strength
	Score    float64 // its share, 0 to 1
	Says     []string
	Values   []Value
	Fix      []string // what to do, best first
	Cites    string   // the specifications: "RFC 6749 §4.1.2, §5.2"
	Reasons  []Reason // the whole account, in the order in which it was made up
}

// RuledOut is a cause that the evidence excludes.
type RuledOut struct {
	ID    ID
	Title string
	Why   string
}

// How many causes a report lists, and from which share on.
const (
	leastCauses = 3
	leastListed = 0.03
)

// likely is the share from which a cause with a strong reason is likely, and
// strong the log-odds that make a reason strong.
const (
	likelyShare = 0.4
	strong      = 1.5
)

// Told reports whether anything but what is usual speaks for the first cause.
func (r Report) Told() bool { return len(r.Causes) > 0 && len(r.Causes[0].Reasons) > 1 }

// Diagnose judges the evidence. The same evidence gives the same report.
func Diagnose(e Evidence) Report {
	c := newCase(e)
	r := Report{Provider: c.name(), Grant: c.shownGrant(), Step: c.step(), Refusal: c.Refusal, Granted: c.granted()}
	if c.Known != nil {
		r.Docs, r.Console = c.Known.Docs, c.Known.Console
	}
	shares := c.judge(&r)
	if c.Refused >= 0 && c.granted() {
		c.addEarlier(&r)
	}
	r.Probe = c.probe(shares)
	return r.bounded()
}

// judge makes up the accounts and writes causes and exclusions into the report.
func (c *Case) judge(r *Report) Shares {
	t := c.weigh()
	shares := t.shares()
	for _, id := range shares.ranked() {
		if a := t[id]; a.settled || a.ruled == "" && (!c.allWell() || a.weighty()) {
			r.Causes = append(r.Causes, c.cause(id, a, shares[id]))
		}
		if a := t[id]; a.ruled != "" && !a.settled {
			r.RuledOut = append(r.RuledOut, RuledOut{id, mustRule(id).Title, a.ruled})
		}
	}
	r.Causes = cut(r.Causes)
	return shares
}

// addEarlier adds why a request was refused that the judged one came after.
func (c *Case) addEarlier(r *Report) {
	var earlier Report
	before := caseAt(c.Evidence, c.lineage, c.Refused)
	before.judge(&earlier)
	r.Refusal = before.Refusal
	for _, cause := range earlier.Causes {
		if cause.Strength == Certain && !slices.ContainsFunc(r.Causes, func(c Cause) bool { return c.ID == cause.ID }) {
			r.Causes = append(r.Causes, cause)
		}
	}
	if len(r.Causes) == 0 {
		r.Causes, r.RuledOut = earlier.Causes, earlier.RuledOut
	}
}

// allWell: the server gave what was asked for, or was seen to refuse nothing, and
// nobody complains.
func (c *Case) allWell() bool {
	if c.granted() {
		return true
	}
	quiet := c.Note == "" && c.Words == "" && len(c.Answers) == 0
	seen := len(c.Authorizations)+len(c.TokenRequests) > 0
	refused := c.Refusal.Says() || c.Token != nil && c.Token.Response.Refused() || c.Token == nil && c.Auth != nil && c.Auth.Response.Refused()
	return seen && quiet && !refused
}

// weigh makes up the account of every cause.
func (c *Case) weigh() tally {
	prior, because := c.heard().prior()
	t := newTally(prior, because)
	c.words(t, prior)
	t.observe(c)
	c.check(t)
	t.early(c)
	t.probed(c)
	t.answered(c)
	return t
}

// early: an authorization request that is itself refused has no code yet that
// could be spoilt.
func (t tally) early(c *Case) {
	if c.Token == nil && c.Auth != nil && c.Auth.Response.Refused() {
		t.shift("refused_before_any_code", "the authorization request itself was refused: no code came that could be spoilt", Shifts{
			CodeExpired: -4, CodeReused: -4, CodeMalformed: -4, WrongToken: -4, ClientMismatch: -3, ServerState: -1})
	}
}

// check weighs the findings. What a rule would settle is a sign only when a rule that
// it comes After has settled; and what is settled is not excluded.
func (c *Case) check(t tally) {
	settledBy := map[ID]bool{}
	for _, f := range c.findings() {
		settledBy[f.cause] = settledBy[f.cause] || f.Verdict == Settles
	}
	for _, f := range c.findings() {
		explained := slices.ContainsFunc(mustRule(f.cause).After, func(id ID) bool { return settledBy[id] })
		switch {
		case explained && f.Verdict == Settles:
			f.Verdict, f.By = Sign, strong
		case settledBy[f.cause] && f.Verdict == Excludes:
			continue
		}
		t.see(f.cause, f.name, f.Sighting)
	}
}

// A finding is what one check found. Causes, ticks and facts all read the findings, which
// are made once.
type finding struct {
	cause ID
	name  string // the check's
	Sighting
}

// find asks every check of every rule, in the order of the causes.
func find(c *Case) []finding {
	var all []finding
	for _, rule := range rules {
		for _, check := range rule.Checks {
			if s := check.Sees(c); s != nil {
				all = append(all, finding{rule.ID, check.Name, *s})
			}
		}
	}
	return all
}

// finding is what the check of that name found; nil: nothing.
func (c *Case) finding(name string) *finding {
	for _, f := range c.findings() {
		if f.name == name {
			return &f
		}
	}
	return nil
}

func (c *Case) cause(id ID, a *account, share float64) Cause {
	rule := mustRule(id)
	out := Cause{ID: id, Title: rule.Title, Strength: strength(a, share), Score: math.Round(share*100) / 100, Cites: rule.Cites, Reasons: a.reasons}
	for _, s := range a.sighted {
		if s.Verdict != Excludes && (s.Verdict == Settles || s.By > 0) {
			out.Says = append(out.Says, s.Says)
			for _, v := range s.Values {
				if !slices.ContainsFunc(out.Values, func(w Value) bool { return w.Label == v.Label && w.Text == v.Text }) {
					out.Values = append(out.Values, v)
				}
			}
		}
	}
	for _, r := range a.reasons[1:] { // behind the prior
		// Where the wire settles it, what the words may mean adds nothing.
		if !a.settled && r.By >= strong && r.Says != "" && !slices.Contains(out.Says, r.Says) {
			out.Says = append(out.Says, r.Says)
		}
	}
	if rule.Fix != nil {
		out.Fix = rule.Fix(c)
	}
	for _, point := range rule.Hints {
		if h := c.hint(point); h != "" {
			out.Fix = append(out.Fix, h)
		}
	}
	return out
}

// weighty reports whether a check saw something that is told although the server did not mind.
func (a *account) weighty() bool {
	return slices.ContainsFunc(a.sighted, func(s Sighting) bool { return s.By >= weighty })
}

func strength(a *account, share float64) Strength {
	switch {
	case a.settled:
		return Certain
	case share >= likelyShare && slices.ContainsFunc(a.reasons[1:], func(r Reason) bool { return r.By >= strong }):
		return Likely
	}
	return Possible
}

// cut ends the list where nothing is to be gained by reading on.
func cut(causes []Cause) []Cause {
	least := leastCauses
	if len(causes) > 0 && causes[0].Strength == Certain {
		least = 1
	}
	for i, c := range causes {
		if i >= least && c.Score < leastListed {
			return causes[:i]
		}
	}
	return causes
}

func (c *Case) step() string {
	switch {
	case c.Grant == GrantRefresh:
		return "refresh"
	case c.Token == nil && c.Auth != nil:
		return "authorize"
	}
	return "exchange"
}

func mustRule(id ID) Rule {
	r, ok := RuleFor(id)
	if !ok {
		panic(fmt.Sprintf("diagnose: no rule for %q", id))
	}
	return r
}

// Lines is the evidence for the cause as text, a value or a sentence a line.
func (c Cause) Lines() []string {
	lines := append([]string{}, c.Says...)
	for _, v := range c.Values {
		lines = append(lines, v.Label+"  "+v.Text)
	}
	return lines
}
