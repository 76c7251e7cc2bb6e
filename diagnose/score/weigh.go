package score

import "example.com/grantwalk/diagnose/view"

// Weigh makes up the account of every cause.
func Weigh(v *view.View) Tally {
	prior, because := priorOf(v.Said())
	t := newTally(prior, because)
	t.wording(v.Said(), prior)
	t.observe(v.Said())
	t.facts(v)
	t.early(v)
	t.probed(v)
	t.answered(v)
	return t
}
