package score

import (
	"math"

	"example.com/grantwalk/diagnose/causes"
	"example.com/grantwalk/diagnose/evidence"
	"example.com/grantwalk/diagnose/words"
)

// priorOf is how often each cause is behind such a refusal, with the reason: the priors
// of the grants, mixed by how likely each grant is.
func priorOf(h *words.Heard) (Shares, string) {
	grants, known := h.Grants()
	mixed := Shares{}
	for _, g := range evidence.Grants {
		for _, c := range causes.All() {
			if share, ok := c.Prior[g]; ok {
				mixed[c.ID] += grants[g] * share
			}
		}
	}
	for _, g := range causes.Shared().Grants {
		if g.Grant == known {
			return mixed, g.Because
		}
	}
	return mixed, "not even the grant is known"
}

// A wording's share of a cause becomes log-odds against rare: a cause that the
// wording never has is worth nothing, one that it always has almost four.
const rare = 0.02

// How much is left of a wording's say where it is not the provider's own, or
// not the whole of what the server said.
const (
	ofAnother = 0.85
	inPart    = 0.9
	wordless  = 0.7 // an error code alone: what the row says is a habit of the provider's
)

// How much of the prior a wording replaces. Its shares are of people who met it,
// and so hold already how frequent each cause is: counting the prior too would
// count that twice. Where the row is of any grant, though, the prior knows more.
const (
	ofThisGrant = 1.0
	ofAnyGrant  = 0.5

	unmistakable = 0.9 // the share from which on a wording replaces all of it
)

// wording adds what the server's wording means, by the catalogue.
func (t Tally) wording(h *words.Heard, prior Shares) {
	hit := h.Hit
	if hit == nil {
		return
	}
	_, grant := h.Grants()
	weight, replaced := 1.0, ofAnyGrant
	if hit.Wording.Grant != "" && hit.Wording.Grant == grant {
		replaced = ofThisGrant
	}
	if !hit.Named {
		weight *= ofAnother
	}
	switch {
	case !h.Listed():
		weight, replaced = weight*wordless, 0
	case !hit.Exact:
		weight *= inPart
	}
	top := 0.0
	for _, share := range prior {
		top = max(top, share)
	}
	by := Shifts{}
	for cause, share := range hit.Causes {
		if id := causes.ID(cause); t[id] != nil && share > rare {
			by[id] = weight*math.Log(share/rare) - replaced*math.Log(max(prior[id], rare)/top)
			if share >= unmistakable && h.Listed() { // whatever is usual otherwise
				by[id] = weight*math.Log(share/rare) - math.Log(max(prior[id], leastShare)/top)
			}
		}
	}
	t.shift(Reason{Name: "wording", Says: words.Meaning(hit), Source: hit.Wording.Source, At: h.At}, by)
}

// observe adds every observation that holds.
func (t Tally) observe(noticed []words.Noticed) {
	for _, o := range noticed {
		if o.Weighed {
			continue
		}
		says := o.Says
		if o.In != "" {
			says += ": " + o.In
		}
		t.shift(Reason{Name: o.Name, Says: says, At: o.At}, o.Shifts)
	}
}
