package diagnose

import (
	"math"
	"slices"
	"strings"

	"example.com/grantwalk/diagnose/causes"
	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/score"
	"example.com/grantwalk/diagnose/view"
)

// Strength is how sure a cause is.
type Strength string

// The strengths.
const (
	Certain  Strength = "certain"  // both sides of a contradiction are in the evidence
	Likely   Strength = "likely"   // the server's own words, or strong signs, say so
	Possible Strength = "possible" // it remains; its fix says what would settle it
)

// A Report is the conclusion from evidence.
type Report struct {
	Provider      string // a name of the catalogue's, or as the evidence calls it; empty: not recognised
	Grant         string
	Step          string // "authorize", "exchange" or "refresh"
	ErrorResponse ErrorResponse
	Causes        []Cause // best first; empty: nothing went wrong
	RuledOut      []RuledOut
	Findings      []string // what the evidence shows beside the causes, a sentence each
	Granted       bool     // the server gave tokens all the same
	StateDiffers  bool     // the authorization response is not one to the request, and nothing came after it

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
	Fix      []string       // what to do, best first
	Decide   string         // the one test that would settle it; empty: it is settled
	At       exchange.Place // where the first evidence of it is
	Cites    string         // the specifications: "RFC 6749 §4.1.2, §5.2"
	Reasons  []Reason       // the whole account, in the order in which it was made up
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

// likelyShare is the share from which a cause with a strong reason is likely.
const likelyShare = 0.4

// Told reports whether anything but what is usual speaks for the first cause.
func (r Report) Told() bool { return len(r.Causes) > 0 && len(r.Causes[0].Reasons) > 1 }

// Diagnose judges the evidence. The same evidence gives the same report.
func Diagnose(e Evidence) Report {
	v := view.Of(e)
	r := Report{Provider: v.ProviderName(), Grant: v.ShownGrant(), Step: step(v), ErrorResponse: v.ErrorResponse, Granted: v.Granted() && !v.Token.Response.Unseen}
	if v.Known != nil {
		r.Docs, r.Console = v.Known.Docs, v.Known.Console
	}
	r.StateDiffers = endsAtState(v)
	shares := r.judge(v)
	r.Findings = view.Findings(v)
	if r.Granted && len(r.Causes) > 0 {
		says := "the server granted tokens all the same"
		if r.Causes[0].Strength == Certain {
			says += ", so it does not check this; another server may"
		}
		r.Findings = append(r.Findings, says)
	}
	if earlier := v.Earlier(); earlier != nil && v.Granted() {
		r.addEarlier(earlier)
	}
	r.Probe = score.ProbeFor(v, shares)
	return r.bounded()
}

// judge makes up the accounts and writes causes and exclusions into the report.
func (r *Report) judge(v *view.View) score.Shares {
	t := score.Weigh(v)
	shares := t.Shares()
	for _, id := range shares.Ranked() {
		switch a := t[id]; {
		case a.Settled, a.Ruled == "" && (!allWell(v) || a.Weighty()):
			r.Causes = append(r.Causes, causeOf(v, causes.Find(id), a, shares[id]))
		case a.Ruled != "":
			r.RuledOut = append(r.RuledOut, RuledOut{id, Title(id), a.Ruled})
		}
	}
	r.Causes = cut(r.Causes)
	for i := range r.Causes {
		r.Causes[i].advise(v)
	}
	return shares
}

// addEarlier adds why a request was refused that the judged one came after.
func (r *Report) addEarlier(before *view.View) {
	var earlier Report
	earlier.judge(before)
	r.ErrorResponse = before.ErrorResponse
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
// nobody complains; or the client's own check ended it.
func allWell(v *view.View) bool {
	if v.Granted() {
		return true
	}
	if endsAtState(v) || view.IsPending(v) {
		return true
	}
	quiet := len(v.Statements) == 0 && len(v.Answers) == 0
	seen := len(v.Authorizations)+len(v.TokenRequests) > 0
	refused := v.ErrorResponse.Says() || v.Token != nil && v.Token.Response.Refused() || v.Token == nil && v.Auth != nil && v.Auth.Response.Refused()
	return seen && quiet && !refused
}

// endsAtState reports whether the authorization response has another state than the
// request, and no token request followed, as after the client's own check.
func endsAtState(v *view.View) bool {
	return v.Token == nil && view.StateDiffers(v) && !v.Auth.Response.Refused()
}

func causeOf(v *view.View, c *causes.Cause, a *score.Account, share float64) Cause {
	out := Cause{ID: c.ID, Title: c.Title, Strength: strength(a, share), Score: math.Round(share*100) / 100, Cites: c.Cites, Reasons: a.Reasons}
	out.At = placeOf(v, a)
	for _, s := range a.Seen {
		if !s.Speaks() {
			continue
		}
		out.Says = append(out.Says, s.Says)
		for _, value := range s.Values {
			if !slices.ContainsFunc(out.Values, func(w Value) bool { return w.Label == value.Label && w.Text == value.Text }) {
				out.Values = append(out.Values, value)
			}
		}
	}
	for _, r := range a.Reasons[1:] { // behind the prior
		// Where the wire settles it, what the words may mean adds nothing.
		if !a.Settled && r.By >= score.Strong && r.Says != "" && !slices.Contains(out.Says, r.Says) {
			out.Says = append(out.Says, r.Says)
		}
	}
	for _, s := range a.Seen {
		if s.Doubted() {
			out.Says = append(out.Says, "but as the client sees it, "+s.Says+": so something between the client and the server changes the message, or the server compares with another value than the one that was sent")
		}
	}
	return out
}

// placeOf is where the first evidence of a cause is: the messages in which a fact shows it,
// or else the first sentence that speaks for it.
func placeOf(v *view.View, a *score.Account) exchange.Place {
	if !slices.ContainsFunc(a.Seen, score.Seen.Speaks) {
		for _, r := range a.Reasons {
			if r.By > 0 && r.At != (exchange.Place{}) {
				return r.At
			}
		}
	}
	return v.Place()
}

// advise adds what to do, and what would settle a cause that is not settled.
func (c *Cause) advise(v *view.View) {
	known := causes.Find(c.ID)
	c.Fix = fix(v, known)
	if c.Strength != Certain {
		c.Decide = known.Tell()
	}
}

// fix is what to do, in the user's own values, and what of the catalogue helps.
func fix(v *view.View, c *causes.Cause) []string {
	var out []string
	for _, step := range c.Fix() {
		if text := advice(v, step); text != "" {
			out = append(out, text)
		}
	}
	for _, point := range c.Hints {
		if h := v.Hint(point); h != "" {
			out = append(out, h)
		}
	}
	return out
}

// advice is the first of a step's texts whose conditions hold; empty: none do.
func advice(v *view.View, step causes.Step) string {
	for _, a := range step {
		if slices.ContainsFunc(a.If, func(name string) bool { return !holds(v, name) }) {
			continue
		}
		return fill(v, a.Text)
	}
	return ""
}

func holds(v *view.View, condition string) bool {
	name, not := strings.CutPrefix(condition, "!")
	_, ok := v.Value(name)
	return ok != not
}

// fill puts the values of the case into a text, each for its name in braces.
func fill(v *view.View, text string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		name, after, _ := strings.Cut(rest, "}")
		value, _ := v.Value(name)
		b.WriteString(value)
		text = after
	}
}

func strength(a *score.Account, share float64) Strength {
	switch {
	case a.Settled:
		return Certain
	case share >= likelyShare && slices.ContainsFunc(a.Reasons[1:], func(r Reason) bool { return r.By >= score.Strong }):
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

func step(v *view.View) string {
	switch {
	case v.Grant == GrantRefresh:
		return "refresh"
	case v.Token == nil && v.Auth != nil:
		return "authorize"
	}
	return "exchange"
}

// Lines is the evidence for the cause as text, a value or a sentence a line.
func (c Cause) Lines() []string {
	lines := append([]string{}, c.Says...)
	for _, v := range c.Values {
		lines = append(lines, v.Label+"  "+v.Text)
	}
	return lines
}
