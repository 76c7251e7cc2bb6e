package diagnose

import (
	"fmt"
	"slices"
	"strings"

	"example.com/grantwalk/diagnose/evidence"
	"example.com/grantwalk/diagnose/safe"
)

// Bounds on what a report shows of evidence that may come from an attacker. A
// capture can have a million parameters.
const (
	mostNames = 20                        // of one list
	maxShown  = evidence.MaxValue + 1<<10 // bytes of one value or sentence: a whole value, and some words around it
)

// listed is a list of names, as far as anybody reads it.
func listed(params []safe.Foreign) string {
	var names []string
	for _, p := range params[:min(len(params), mostNames)] {
		names = append(names, p.String())
	}
	list := strings.Join(names, ", ")
	if more := len(params) - mostNames; more > 0 {
		list += fmt.Sprintf(" and %d more", more)
	}
	return list
}

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
			c.Values[j] = v.bounded()
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
func (v Value) bounded() Value {
	if len(v.Text) <= maxShown {
		return v
	}
	v.Text = safe.Text(v.Text, maxShown)
	v.Differ = slices.DeleteFunc(slices.Clone(v.Differ), func(s Span) bool { return s.To > maxShown-4 })
	return v
}
