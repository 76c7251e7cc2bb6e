package words

import (
	"strings"

	"example.com/grantwalk/diagnose/exchange"
)

// A Noticed is an observation that holds.
type Noticed struct {
	*Observation
	In string         // the sentence in which it shows, quoted; empty: it is not of words
	At exchange.Place // of that sentence

	Weighed bool // as the wording that the catalogue knows

	low string // that sentence in lower case
}

// Observe returns every observation that holds, in the order of the tables.
func (h *Heard) Observe() []Noticed {
	var out []Noticed
	said := newSearched(h.lowered())
	all := index().observations
	for i := range all {
		if !all[i].mayHold(h, said) {
			continue
		}
		o := all[i].decode()
		if in, ok := o.holds(h); ok {
			n := Noticed{Observation: o, Weighed: o.When.Server && h.Listed()}
			if in != nil {
				n.In, n.At, n.low = in.quoted(), in.at, in.low
			}
			out = append(out, n)
		}
	}
	return out
}

// lowered is all that is said, as the phrases read it, a sentence a line.
func (h *Heard) lowered() string {
	lines := make([]string, len(h.all))
	for i, s := range h.all {
		lines[i] = s.low
	}
	return strings.Join(lines, "\n")
}
