package diagnose

import (
	"slices"

	"example.com/grantwalk/diagnose/evidence"
	"example.com/grantwalk/diagnose/safe"
)

// maxShown bounds what a report shows of evidence that may come from an attacker, in
// bytes of one value or sentence: a whole value, and some words around it.
const maxShown = evidence.MaxValue + 1<<10

// bounded is the report with every text cut that is too long to be read.
func (r Report) bounded() Report {
	for i := range r.Causes {
		c := &r.Causes[i]
		for _, texts := range [][]string{c.Says, c.Fix} {
			for j, text := range texts {
				texts[j] = safe.Text(text, maxShown)
			}
		}
		for j, v := range c.Values {
			c.Values[j] = bounded(v)
		}
		for j, reason := range c.Reasons {
			c.Reasons[j].Says = safe.Text(reason.Says, maxShown)
		}
	}
	for i, out := range r.RuledOut {
		r.RuledOut[i].Why = safe.Text(out.Why, maxShown)
	}
	return r
}

// bounded leaves out the marks of what is cut off.
func bounded(v Value) Value {
	if len(v.Text) <= maxShown {
		return v
	}
	v.Text = safe.Text(v.Text, maxShown)
	v.Differ = slices.DeleteFunc(slices.Clone(v.Differ), func(s Span) bool { return s.To > maxShown-4 })
	return v
}
