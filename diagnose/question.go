package diagnose

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"sync"
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

// question is a row of model/questions.json. Yes is how likely the answer yes is
// under each cause; what is not named there has the default, so that an answer
// shifts only the causes that it tells apart.
type question struct {
	ID     string   `json:"id"`
	Ask    string   `json:"ask"`
	How    string   `json:"how"`
	Hint   string   `json:"hint"`   // what of the catalogue helps to find out
	Grants []string `json:"grants"` // empty: any; "unknown": only while it is not known
	Checks []string `json:"checks"` // of the rules: any of them that settles or excludes is the answer
	Bad    bool     `json:"yes_is_bad"`

	// Contradicts are the causes of which the bad answer is the contradiction itself, such as two
	// redirect URIs that differ; in the grants that are named, or in any.
	Contradicts   []ID     `json:"contradicts"`
	ContradictsIn []string `json:"contradicts_in"`

	Yes map[string]float64 `json:"yes"`
}

var questions = sync.OnceValue(func() []question { return mustRead[[]question]("model/questions.json") })

// yes is how likely the answer yes is if that cause is the true one.
func (q *question) yes(id ID) float64 {
	if p, ok := q.Yes[string(id)]; ok {
		return p
	}
	return q.Yes["default"]
}

// shifts are the log-odds that an answer is worth, against the causes on which
// it has no bearing.
func (q *question) shifts(yes bool) Shifts {
	by := Shifts{}
	for _, id := range IDs {
		p, rest := q.yes(id), q.Yes["default"]
		if !yes {
			p, rest = 1-p, 1-rest
		}
		if p != rest {
			by[id] = math.Log(p / rest)
		}
	}
	return by
}

// stated are the causes that an answer states.
func (q *question) stated(yes bool, grant string) []ID {
	if yes != q.Bad || !oneOf(q.ContradictsIn, grant) {
		return nil
	}
	return q.Contradicts
}

// fits reports whether the question makes sense for that grant; empty: unknown.
func (q *question) fits(grant string) bool {
	if slices.Contains(q.Grants, "unknown") {
		return grant == ""
	}
	return grant == "" || oneOf(q.Grants, grant)
}

func (q *question) public(c *Case) Question {
	return Question{ID: q.ID, Ask: q.Ask, How: q.How, Where: c.hint(q.Hint), Bad: q.Bad}
}

// Questions are all that make sense for this evidence, in the order of the
// table: what is asked of any grant first, then along the flow.
func Questions(e Evidence) []Question {
	c := newCase(e)
	var out []Question
	for _, q := range questions() {
		if q.fits(c.Grant) {
			out = append(out, q.public(c))
		}
	}
	return out
}

// Ticks are the questions that the evidence answers by itself.
func Ticks(e Evidence) []Tick {
	c := newCase(e)
	var out []Tick
	for _, q := range questions() {
		if tick, ok := c.tick(&q); ok && q.fits(c.Grant) {
			out = append(out, tick)
		}
	}
	return out
}

// tick reads the findings. One that settles its cause is the bad answer, one that
// excludes it the good one; a mere sign is neither.
func (c *Case) tick(q *question) (Tick, bool) {
	for _, f := range c.findings() {
		if slices.Contains(q.Checks, f.name) && f.Verdict != Sign {
			return Tick{q.public(c), (f.Verdict == Settles) == q.Bad, f.Says, f.Values}, true
		}
	}
	return Tick{}, false
}

// leastGain is the drop of entropy, in bits, from which on a question is worth
// asking.
const leastGain = 0.02

// Next is the question whose answer is expected to leave the least uncertainty,
// with the expected drop of entropy in bits. Questions that are answered, that
// the evidence answers by itself, or that are to be skipped are not asked; ok is
// false when no other question would tell much. The same evidence gives the same
// question.
func Next(e Evidence, skip ...string) (q Question, gain float64, ok bool) {
	c := newCase(e)
	now := c.weigh().shares()
	var best *question
	for i := range questions() {
		q := &questions()[i]
		if !q.fits(c.Grant) || slices.Contains(skip, q.ID) || c.answeredAlready(q.ID) {
			continue
		}
		if _, ticked := c.tick(q); ticked {
			continue
		}
		if g := q.gain(now, c.Grant); best == nil || g > gain {
			best, gain = q, g
		}
	}
	if best == nil || gain < leastGain {
		return Question{}, 0, false
	}
	return best.public(c), gain, true
}

func (c *Case) answeredAlready(id string) bool {
	return slices.ContainsFunc(c.Answers, func(a Answer) bool { return a.Question == id })
}

// gain is the entropy now less the entropy that is expected after the answer.
func (q *question) gain(now Shares, grant string) float64 {
	yes := 0.0
	for _, id := range IDs {
		yes += now[id] * q.yes(id)
	}
	after := func(yes bool, total float64) float64 {
		if total == 0 {
			return 0 // an answer that nobody gives
		}
		s := Shares{}
		for _, id := range IDs {
			p := q.yes(id)
			if !yes {
				p = 1 - p
			}
			s[id] = now[id] * p / total
		}
		s.decide(q.stated(yes, grant))
		return total * s.entropy()
	}
	return now.entropy() - after(true, yes) - after(false, 1-yes)
}

// decide is what [tally.decide] does, for shares.
func (s Shares) decide(stated []ID) {
	ahead, least, total := 0.0, math.Inf(1), 0.0
	for _, id := range IDs {
		if slices.Contains(stated, id) {
			least = min(least, s[id])
		} else {
			ahead = max(ahead, s[id])
		}
	}
	raise := max(1, ahead*math.Exp(decisive)/least)
	for _, id := range IDs {
		if slices.Contains(stated, id) {
			s[id] *= raise
		}
		total += s[id]
	}
	for _, id := range IDs {
		s[id] /= total
	}
}

// entropy is the uncertainty in bits.
func (s Shares) entropy() float64 {
	h := 0.0
	for _, id := range IDs {
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
func (t tally) answered(c *Case) {
	stated := map[ID]string{}
	for _, a := range c.Answers {
		i := slices.IndexFunc(questions(), func(q question) bool { return q.ID == a.Question })
		if i < 0 {
			continue // of another version of the program
		}
		q := &questions()[i]
		said := "no"
		if a.Yes {
			said = "yes"
		}
		says := "you say " + said + ": " + strings.ToLower(q.Ask[:1]) + q.Ask[1:]
		t.shift("answer_"+q.ID, says, q.shifts(a.Yes))
		for _, id := range q.stated(a.Yes, c.Grant) {
			if id == RefreshReused && c.Known != nil && c.Known.Refresh.KeepsOld {
				continue // at this server an older token is as good
			}
			stated[id] = says
		}
	}
	t.decide(stated)
}

// decide raises the causes that are stated above all others, except for one that the evidence
// settles: what was seen goes before what is said.
func (t tally) decide(stated map[ID]string) {
	ahead := math.Inf(-1)
	for _, id := range IDs {
		a := t[id]
		if a.settled {
			return
		}
		if a.ruled != "" {
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
	for _, id := range IDs {
		if says, ok := stated[id]; ok && ahead+decisive > least {
			t.shift("stated", says, Shifts{id: ahead + decisive - least})
		}
	}
}

// mostAbout is how many questions lead through one cause.
const mostAbout = 6

// About are the questions that tell one cause from the others, the most telling
// first: the walk through that cause on its own.
func About(id ID) []Question {
	type ranked struct {
		q    question
		tell float64
	}
	var all []ranked
	for _, q := range questions() {
		if tell := q.tells(id); tell > 0 && !slices.Contains(q.Grants, "unknown") {
			all = append(all, ranked{q, tell})
		}
	}
	slices.SortStableFunc(all, func(a, b ranked) int { return cmp.Compare(b.tell, a.tell) })
	var out []Question
	for _, r := range all[:min(len(all), mostAbout)] {
		out = append(out, r.q.public(&Case{}))
	}
	return out
}

// leastTelling is the smallest distance, in log-odds, that makes a question one
// about a cause.
const leastTelling = 0.4

// tells is how far the answer that is likelier under the cause moves it from the
// rest; zero where the question has no bearing on it.
func (q *question) tells(id ID) float64 {
	by := math.Abs(q.shifts(q.yes(id) >= 0.5)[id])
	if by < leastTelling {
		return 0
	}
	return by
}
