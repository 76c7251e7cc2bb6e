package score

import "example.com/grantwalk/diagnose/view"

// Weigh makes up the account of every cause.
func Weigh(v *view.View) Tally {
	prior, because := priorOf(v.Said())
	t := newTally(prior, because)
	t.wording(v.Said(), prior)
	noticed := v.Said().Observe()
	t.observe(noticed)
	t.facts(v, noticed)
	t.early(v)
	t.probed(v)
	t.answered(v)
	return t
}
