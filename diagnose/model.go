package diagnose

import (
	"cmp"
	"embed"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"sync"
)

// The model is one sum. Every cause begins with a prior, by the grant; every
// observation shifts some causes, in log-odds; a contradiction in the evidence
// settles its cause. The shares are the exponentials of the sums, divided by
// their total. Prior and observations are data, each with its reason, in
// model/*.json; what the wire shows is in the rules; what a server's words mean
// is in the catalogue.

// settled is the shift of a contradiction: more than everything that words and
// habits can add up to. excluded is its counterpart.
const (
	settled  = 12.0
	excluded = -12.0
)

// weighty is the shift of a sign to which only the other side of the contradiction is missing.
const weighty = 4.0

// Shares give each cause its part of 1.
type Shares map[ID]float64

// Shifts are log-odds for some of the causes.
type Shifts map[ID]float64

// A Reason is one observation in the account of a cause.
type Reason struct {
	Name   string  // the observation's
	Says   string  // one sentence
	Source string  // where that was read; empty: it is argued, or seen in the evidence
	By     float64 // log-odds
}

//go:embed model/*.json model/seen/*.json
var modelFiles embed.FS

// A prior is how often each cause is behind a refusal of which only the grant
// is known.
type prior struct {
	Grant   string `json:"grant"`
	Because string `json:"because"`
	Shares  Shares `json:"shares"`
}

var priors = sync.OnceValue(func() map[string]prior {
	byGrant := map[string]prior{}
	for _, p := range mustRead[[]prior]("model/priors.json") {
		byGrant[p.Grant] = p
	}
	return byGrant
})

// mustRead reads a table of the program's own; a test reads them all.
func mustRead[T any](name string) T {
	var table T
	body, err := modelFiles.ReadFile(name)
	if err == nil {
		err = json.Unmarshal(body, &table)
	}
	if err != nil {
		panic(fmt.Sprintf("diagnose: %s: %v", name, err))
	}
	return table
}

// leastShare stands for "never heard of": no prior rules a cause out.
const leastShare = 0.002

// priorOf mixes the priors of the grants by how likely each grant is.
func priorOf(grants map[string]float64) Shares {
	mixed := Shares{}
	for _, g := range Grants {
		for id, share := range priors()[g].Shares {
			mixed[id] += grants[g] * share
		}
	}
	return mixed
}

// A tally is the account of every cause.
type tally map[ID]*account

type account struct {
	sum     float64
	reasons []Reason
	sighted []Sighting
	settled bool
	ruled   string // why it is ruled out; empty: it is not
}

func newTally(p Shares, because string) tally {
	t := tally{}
	for _, id := range IDs {
		by := math.Log(max(p[id], leastShare))
		t[id] = &account{sum: by, reasons: []Reason{{Name: "prior", Says: because, By: by}}}
	}
	return t
}

// shift adds an observation.
func (t tally) shift(name, says string, by Shifts) { t.shiftBy(Reason{Name: name, Says: says}, by) }

// shiftBy adds an observation that has more to it than a name and a sentence.
func (t tally) shiftBy(r Reason, by Shifts) {
	for _, id := range slices.Sorted(maps.Keys(by)) {
		a := t[id]
		a.sum += by[id]
		r.By = by[id]
		a.reasons = append(a.reasons, r)
	}
}

// see adds what a check of a cause's rule saw.
func (t tally) see(id ID, name string, s Sighting) {
	a := t[id]
	by := s.By
	switch s.Verdict {
	case Settles:
		by = settled
		if a.settled {
			by = 0 // no cause is more than settled
		}
		a.settled = true
	case Excludes:
		by, a.ruled = excluded, s.Says
	}
	a.sum += by
	a.reasons = append(a.reasons, Reason{Name: name, Says: s.Says, By: by})
	a.sighted = append(a.sighted, s)
}

// shares are the sums as parts of 1.
func (t tally) shares() Shares {
	top := math.Inf(-1)
	for _, a := range t {
		top = max(top, a.sum)
	}
	total := 0.0
	out := Shares{}
	for id, a := range t {
		out[id] = math.Exp(a.sum - top)
	}
	for _, id := range IDs { // in one order, so that the same evidence gives the same digits
		total += out[id]
	}
	for id := range out {
		out[id] /= total
	}
	return out
}

// ranked are the causes, the likeliest first; equals in the order of IDs.
func (s Shares) ranked() []ID {
	ids := slices.Clone(IDs)
	slices.SortStableFunc(ids, func(a, b ID) int { return cmp.Compare(s[b], s[a]) })
	return ids
}
