package score

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"example.com/grantwalk/diagnose/causes"
	"example.com/grantwalk/diagnose/evidence"
	"example.com/grantwalk/diagnose/view"
)

// yes is how likely the answer yes is if that cause is the true one.
func yes(q *causes.Question, c *causes.Cause) float64 {
	if p, ok := c.Answers()[q.ID]; ok {
		return p
	}
	return q.Yes
}

// shifts are the log-odds that an answer is worth, against the causes on which
// it has no bearing.
func shifts(q *causes.Question, answer bool) Shifts {
	by := Shifts{}
	for _, c := range causes.All() {
		p, rest := yes(q, c), q.Yes
		if !answer {
			p, rest = 1-p, 1-rest
		}
		if p != rest {
			by[c.ID] = math.Log(p / rest)
		}
	}
	return by
}

// stated are the causes that an answer states.
func stated(q *causes.Question, answer bool, grant string) []causes.ID {
	if answer != q.Bad {
		return nil
	}
	var ids []causes.ID
	for _, c := range causes.All() {
		for _, s := range c.StatedBy() {
			if s.Question == q.ID && (len(s.Grants) == 0 || slices.Contains(s.Grants, grant)) {
				ids = append(ids, c.ID)
			}
		}
	}
	return ids
}

// Fits reports whether the question makes sense for that grant; empty: unknown.
func Fits(q *causes.Question, grant string) bool {
	if slices.Contains(q.Grants, "unknown") {
		return grant == ""
	}
	return grant == "" || len(q.Grants) == 0 || slices.Contains(q.Grants, grant)
}

// Answered is the fact that answers the question: it fits or differs, and a mere sign is
// neither. ok is false if the evidence does not answer it.
func Answered(v *view.View, q *causes.Question) (f view.Fact, ok bool) {
	for _, f := range v.Facts() {
		if slices.Contains(q.Facts, f.Name) && f.Verdict != view.Unknown {
			return f, true
		}
	}
	return view.Fact{}, false
}

// leastGain is the drop of entropy, in bits, from which on a question is worth
// asking.
const leastGain = 0.02

// Next is the question whose answer is expected to leave the least uncertainty,
// with the expected drop of entropy in bits; nil: no other would tell much.
func Next(v *view.View, skip []string) (best *causes.Question, gain float64) {
	now := Weigh(v).Shares()
	for _, q := range causes.Questions() {
		if !Fits(q, v.Grant) || slices.Contains(skip, q.ID) || slices.ContainsFunc(v.Answers, func(a evidence.Answer) bool { return a.Question == q.ID }) {
			continue
		}
		if _, answered := Answered(v, q); answered {
			continue
		}
		if g := gainOf(q, now, v.Grant); best == nil || g > gain {
			best, gain = q, g
		}
	}
	if best == nil || gain < leastGain {
		return nil, 0
	}
	return best, gain
}

// gainOf is the entropy now less the entropy that is expected after the answer.
func gainOf(q *causes.Question, now Shares, grant string) float64 {
	total := 0.0
	for _, c := range causes.All() {
		total += now[c.ID] * yes(q, c)
	}
	after := func(answer bool, total float64) float64 {
		if total == 0 {
			return 0 // an answer that nobody gives
		}
		s := Shares{}
		for _, c := range causes.All() {
			p := yes(q, c)
			if !answer {
				p = 1 - p
			}
			s[c.ID] = now[c.ID] * p / total
		}
		s.decide(stated(q, answer, grant))
		return total * s.entropy()
	}
	return now.entropy() - after(true, total) - after(false, 1-total)
}

// decide is what [Tally.decide] does, for shares.
func (s Shares) decide(stated []causes.ID) {
	ahead, least, total := 0.0, math.Inf(1), 0.0
	for _, id := range causes.IDs() {
		if slices.Contains(stated, id) {
			least = min(least, s[id])
		} else {
			ahead = max(ahead, s[id])
		}
	}
	raise := max(1, ahead*math.Exp(decisive)/least)
	for _, id := range causes.IDs() {
		if slices.Contains(stated, id) {
			s[id] *= raise
		}
		total += s[id]
	}
	for _, id := range causes.IDs() {
		s[id] /= total
	}
}

// entropy is the uncertainty in bits.
func (s Shares) entropy() float64 {
	h := 0.0
	for _, id := range causes.IDs() {
		if p := s[id]; p > 0 {
			h -= p * math.Log2(p)
		}
	}
	return h
}

// decisive is by how much a contradiction that the person states is ahead of every cause of which
// none is stated.
const decisive = 6.0

// answered adds what the person said to the checklist's questions. Who says that two values differ
// has compared them: whatever is usual, and however often it works, counts less.
func (t Tally) answered(v *view.View) {
	said := map[causes.ID]string{}
	for _, a := range v.Answers {
		i := slices.IndexFunc(causes.Questions(), func(q *causes.Question) bool { return q.ID == a.Question })
		if i < 0 {
			continue // of another version of the program
		}
		q := causes.Questions()[i]
		answer := "no"
		if a.Yes {
			answer = "yes"
		}
		says := "you say " + answer + ": " + strings.ToLower(q.Ask[:1]) + q.Ask[1:]
		t.shift(Reason{Name: "answer_" + q.ID, Says: says}, shifts(q, a.Yes))
		for _, id := range stated(q, a.Yes, v.Grant) {
			if id == causes.RefreshReused && v.Known != nil && v.Known.Refresh.KeepsOld {
				continue // at this server an older token is as good
			}
			said[id] = says
		}
	}
	t.decide(said)
}

// decide raises the causes that are stated above all others, except for one that the evidence
// settles: what was seen goes before what is said.
func (t Tally) decide(stated map[causes.ID]string) {
	ahead := math.Inf(-1)
	for _, id := range causes.IDs() {
		a := t[id]
		if a.Settled {
			return
		}
		if a.Ruled != "" {
			delete(stated, id)
		}
		if _, ok := stated[id]; !ok {
			ahead = max(ahead, a.sum)
		}
	}
	least := math.Inf(1)
	for id := range stated {
		least = min(least, t[id].sum)
	}
	for _, id := range causes.IDs() {
		if says, ok := stated[id]; ok && ahead+decisive > least {
			t.shift(Reason{Name: "stated", Says: says}, Shifts{id: ahead + decisive - least})
		}
	}
}

// mostAbout is how many questions lead through one cause.
const mostAbout = 6

// About are the questions that tell one cause from the others, the most telling
// first: the walk through that cause on its own.
func About(id causes.ID) []*causes.Question {
	type ranked struct {
		q    *causes.Question
		tell float64
	}
	var all []ranked
	for _, q := range causes.Questions() {
		if tell := tells(q, id); tell > 0 && !slices.Contains(q.Grants, "unknown") {
			all = append(all, ranked{q, tell})
		}
	}
	slices.SortStableFunc(all, func(a, b ranked) int { return cmp.Compare(b.tell, a.tell) })
	var out []*causes.Question
	for _, r := range all[:min(len(all), mostAbout)] {
		out = append(out, r.q)
	}
	return out
}

// leastTelling is the smallest distance, in log-odds, that makes a question one
// about a cause.
const leastTelling = 0.4

// tells is how far the answer that is likelier under the cause moves it from the
// rest; zero where the question has no bearing on it.
func tells(q *causes.Question, id causes.ID) float64 {
	c := causes.Find(id)
	if c == nil {
		return 0
	}
	by := math.Abs(shifts(q, yes(q, c) >= 0.5)[id])
	if by < leastTelling {
		return 0
	}
	return by
}
