package diagnose

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"sync"
)

// An observation is one thing that evidence besides the wire can show: an error
// code, a habit of one provider's, something the person says. All of When must
// hold; within each list one suffices.
type observation struct {
	Name    string `json:"name"`
	Says    string `json:"says"`    // one sentence, for --why
	Because string `json:"because"` // why it shifts these causes by so much
	When    struct {
		Error    []string `json:"error"`
		Provider []string `json:"provider"`
		Grant    []string `json:"grant"`
		Status   []int    `json:"status"`
		Words    []string `json:"words"` // RE2, searched in what the person says and in the text around the error; case does not matter
		Not      []string `json:"not"`   // RE2: any of them makes the observation silent
	} `json:"when"`
	Shifts Shifts `json:"shifts"`

	words, not []*phrase
}

// A phrase is a pattern that is compiled when a text may hold it.
type phrase struct {
	source   string
	required string // lower case; a text without it cannot match
	compile  func() *regexp.Regexp
}

func newPhrase(source string) *phrase {
	return &phrase{source: source, required: requiredLiteral(source),
		compile: sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile("(?i)" + source) })}
}

// in reports whether the lower-case text holds the phrase.
func (p *phrase) in(lower string) bool {
	return strings.Contains(lower, p.required) && p.compile().MatchString(lower)
}

// requiredLiteral is the longest text that every match of the pattern holds;
// empty if there is none.
func requiredLiteral(pattern string) string {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return ""
	}
	return strings.ToLower(longestLiteral(re.Simplify()))
}

func longestLiteral(re *syntax.Regexp) string {
	switch re.Op {
	case syntax.OpLiteral:
		return string(re.Rune)
	case syntax.OpCapture, syntax.OpPlus:
		return longestLiteral(re.Sub[0])
	case syntax.OpConcat:
		best := ""
		for _, sub := range re.Sub {
			if l := longestLiteral(sub); len(l) > len(best) {
				best = l
			}
		}
		return best
	}
	return ""
}

// observationFiles are the tables, by theme.
var observationFiles = []string{"model/errors.json", "model/providers.json", "model/said.json"}

var observations = sync.OnceValue(func() []observation {
	var all []observation
	for _, name := range observationFiles {
		all = append(all, mustRead[observation](name)...)
	}
	for i := range all {
		o := &all[i]
		for _, w := range o.When.Words {
			o.words = append(o.words, newPhrase(w))
		}
		for _, w := range o.When.Not {
			o.not = append(o.not, newPhrase(w))
		}
	}
	return all
})

// observe adds every observation that holds.
func (t tally) observe(c *Case) {
	said := strings.ToLower(c.Note + "\n" + c.Words + "\n" + c.Refusal.Description)
	for _, o := range observations() {
		if o.holds(c, said) {
			t.shift(o.Name, o.Says, o.Shifts)
		}
	}
}

func (o *observation) holds(c *Case, said string) bool {
	w := o.When
	return oneOf(w.Error, strings.ToLower(c.Refusal.Error)) && oneOf(w.Provider, c.name()) && oneOf(w.Grant, c.Grant) && oneOf(w.Status, c.Refusal.Status) &&
		(len(o.words) == 0 || anyIn(o.words, said)) && !anyIn(o.not, said)
}

func oneOf[T comparable](list []T, v T) bool { return len(list) == 0 || slices.Contains(list, v) }

func anyIn(phrases []*phrase, lower string) bool {
	return slices.ContainsFunc(phrases, func(p *phrase) bool { return p.in(lower) })
}
