// Package score weighs the causes. It is one sum: every cause begins with a prior, by the
// grant; every fact and every observation shifts some causes, in log-odds; a contradiction
// in the evidence settles its cause. The shares are the exponentials of the sums, divided
// by their total. What the wire shows is in package view, what people and servers say in
// package words and the catalogue, and what both mean in the folders of package causes.
package score

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"example.com/grantwalk/diagnose/causes"
	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/view"
	"example.com/grantwalk/diagnose/words"
)

// settled is the shift of a contradiction: more than everything that words and
// habits can add up to. excluded is its counterpart.
const (
	settled  = 12.0
	excluded = -12.0

	// unlikely is the shift of what would exclude a cause that the server itself names.
	unlikely = -2.0
)

// Strong is the shift, in log-odds, that makes a reason strong.
const Strong = 1.5

// weighty is the shift of a sign to which only the other side of the contradiction is missing.
const weighty = 4.0

// Shares give each cause its part of 1.
type Shares map[causes.ID]float64

// Shifts are log-odds for some of the causes.
type Shifts = map[causes.ID]float64

// A Reason is one observation in the account of a cause.
type Reason struct {
	Name   string         // the observation's
	Says   string         // one sentence
	Source string         // where that was read; empty: it is argued, or seen in the evidence
	At     exchange.Place // where in the inputs it was found
	By     float64        // log-odds
}

// An Account is what adds up to the score of one cause.
type Account struct {
	Settled bool
	Ruled   string   // why the cause is ruled out; empty: it is not
	Reasons []Reason // the prior first, in the order in which they were made up
	Seen    []Seen

	sum float64
}

// A Seen is a fact that speaks for or against the cause.
type Seen struct {
	view.Fact
	Verdict view.Verdict // Unknown where what the fact shows is explained by another cause
	By      float64      // of a fact without verdict: log-odds
}

// A Tally is the account of every cause.
type Tally map[causes.ID]*Account

func newTally(p Shares, because string) Tally {
	t := Tally{}
	for _, id := range causes.IDs() {
		by := math.Log(max(p[id], leastShare))
		t[id] = &Account{sum: by, Reasons: []Reason{{Name: "prior", Says: because, By: by}}}
	}
	return t
}

// shift adds an observation.
func (t Tally) shift(r Reason, by Shifts) {
	for _, id := range slices.Sorted(maps.Keys(by)) {
		a := t[id]
		if a == nil {
			continue // a test finds names of causes that there are not
		}
		a.sum += by[id]
		r.By = by[id]
		a.Reasons = append(a.Reasons, r)
	}
}

// facts adds what the facts mean. What would settle a cause is a sign only when a cause
// that it comes After is settled, or when the server did not judge the request; and what is
// settled is not excluded.
func (t Tally) facts(v *view.View, noticed []words.Noticed) {
	settledBy := map[causes.ID]bool{}
	for _, c := range causes.All() {
		for _, m := range c.Facts {
			f, ok := v.Fact(m.Fact)
			settledBy[c.ID] = settledBy[c.ID] || ok && f.Verdict == view.Differs
		}
	}
	for _, c := range causes.All() {
		explained := slices.ContainsFunc(c.After, func(id causes.ID) bool { return settledBy[id] })
		for _, m := range c.Facts {
			f, ok := v.Fact(m.Fact)
			switch {
			case !ok, f.Verdict == view.Fits && settledBy[c.ID]:
			case f.Verdict == view.Fits && v.Said().Insists(c.ID, noticed): // something between the two may have changed the message
				t[c.ID].see(Seen{f, view.Unknown, unlikely})
			case f.Verdict == view.Differs && (explained || v.Token != nil && v.Token.Response.Unjudged()):
				t[c.ID].see(Seen{f, view.Unknown, Strong})
			default:
				t[c.ID].see(Seen{f, f.Verdict, m.Worth(f.State)})
			}
		}
	}
}

// see adds what a fact means.
func (a *Account) see(s Seen) {
	by := s.By
	switch s.Verdict {
	case view.Differs:
		by = settled
		if a.Settled {
			by = 0 // no cause is more than settled
		}
		a.Settled = true
	case view.Fits:
		by, a.Ruled = excluded, s.Says
	}
	a.sum += by
	a.Reasons = append(a.Reasons, Reason{Name: s.Name, Says: s.Says, By: by})
	a.Seen = append(a.Seen, s)
}

// Doubted reports whether the fact would exclude the cause, and the server names the cause
// all the same.
func (s Seen) Doubted() bool { return s.Fact.Verdict == view.Fits && s.Verdict == view.Unknown }

// Speaks reports whether the fact speaks for the cause.
func (s Seen) Speaks() bool {
	return s.Verdict != view.Fits && (s.Verdict == view.Differs || s.By > 0)
}

// Weighty reports whether a fact is told although the server did not mind.
func (a *Account) Weighty() bool {
	return slices.ContainsFunc(a.Seen, func(s Seen) bool { return s.By >= weighty })
}

// early: an authorization request that is itself refused has no code yet that
// could be changed.
func (t Tally) early(v *view.View) {
	if v.Token == nil && v.Auth != nil && v.Auth.Response.Refused() {
		t.shift(Reason{Name: "refused_before_any_code", Says: "the authorization request itself was refused: so no code came that could be changed"}, Shifts{
			causes.CodeExpired: -4, causes.CodeReused: -4, causes.CodeMalformed: -4, causes.WrongToken: -4, causes.ClientMismatch: -3, causes.ServerState: -1})
	}
}

// Shares are the sums as parts of 1.
func (t Tally) Shares() Shares {
	top := math.Inf(-1)
	for _, a := range t {
		top = max(top, a.sum)
	}
	total := 0.0
	out := Shares{}
	for id, a := range t {
		out[id] = math.Exp(a.sum - top)
	}
	for _, id := range causes.IDs() { // in one order, so that the same evidence gives the same digits
		total += out[id]
	}
	for id := range out {
		out[id] /= total
	}
	return out
}

// Ranked are the causes, the likeliest first; equals in the order of lists.
func (s Shares) Ranked() []causes.ID {
	ids := slices.Clone(causes.IDs())
	slices.SortStableFunc(ids, func(a, b causes.ID) int { return cmp.Compare(s[b], s[a]) })
	return ids
}

// of is the sum of several causes' shares.
func (s Shares) of(ids []causes.ID) float64 {
	sum := 0.0
	for _, id := range ids {
		sum += s[id]
	}
	return sum
}

// leastShare stands for "never heard of": no prior rules a cause out.
const leastShare = 0.002
