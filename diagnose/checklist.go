package diagnose

import (
	"example.com/grantwalk/diagnose/causes"
	"example.com/grantwalk/diagnose/score"
	"example.com/grantwalk/diagnose/view"
)

// A Question is one that an expert would ask, put so that it is answered by yes
// or no, by looking.
type Question struct {
	ID    string
	Ask   string // one sentence
	How   string // how to find out
	Where string // what is known of this provider on the point; empty: nothing
	Bad   bool   // yes is the answer that speaks for a fault
}

// A Tick is a question that the evidence answers by itself.
type Tick struct {
	Question Question
	Yes      bool
	Says     string  // what the check saw, one sentence
	Values   []Value // the values that show it
}

func asked(q *causes.Question, v *view.View) Question {
	return Question{ID: q.ID, Ask: q.Ask, How: q.How, Where: v.Hint(q.Hint), Bad: q.Bad}
}

// Questions are all that make sense for this evidence, in their order: what is asked of
// any grant first, then along the flow.
func Questions(e Evidence) []Question {
	v := view.Of(e)
	var out []Question
	for _, q := range causes.Questions() {
		if score.Fits(q, v.Grant) {
			out = append(out, asked(q, v))
		}
	}
	return out
}

// Ticks are the questions that the evidence answers by itself. A fact that differs is the
// bad answer, one that fits the good one.
func Ticks(e Evidence) []Tick {
	v := view.Of(e)
	var out []Tick
	for _, q := range causes.Questions() {
		if f, ok := score.Answered(v, q); ok && score.Fits(q, v.Grant) {
			out = append(out, Tick{asked(q, v), (f.Verdict == view.Differs) == q.Bad, f.Says, f.Values})
		}
	}
	return out
}

// Next is the question whose answer is expected to leave the least uncertainty,
// with the expected drop of entropy in bits. Questions that are answered, that
// the evidence answers by itself, or that are to be skipped are not asked; ok is
// false when no other question would tell much. The same evidence gives the same
// question.
func Next(e Evidence, skip ...string) (q Question, gain float64, ok bool) {
	v := view.Of(e)
	best, gain := score.Next(v, skip)
	if best == nil {
		return Question{}, 0, false
	}
	return asked(best, v), gain, true
}

// About are the questions that tell one cause from the others, the most telling
// first: the walk through that cause on its own.
func About(id ID) []Question {
	var out []Question
	for _, q := range score.About(id) {
		out = append(out, asked(q, &view.View{}))
	}
	return out
}
