package words

import (
	"slices"
	"testing"

	"example.com/grantwalk/diagnose/causes"
	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/safe"
)

func TestEveryObservationHasAReasonAndShiftsKnownCauses(t *testing.T) {
	seen := map[string]bool{}
	for _, o := range observations() {
		if o.Name == "" || o.Says == "" || o.Because == "" || len(o.Shifts) == 0 || seen[o.Name] {
			t.Errorf("observation %q is not whole, or is there twice", o.Name)
		}
		seen[o.Name] = true
		for id, by := range o.Shifts {
			if causes.Find(id) == nil {
				t.Errorf("%s shifts %s, and there is no such cause", o.Name, id)
			}
			if by == 0 || by > 5 || by < -5 {
				t.Errorf("%s shifts %s by %g, which must be from -5 to 5 and not 0", o.Name, id, by)
			}
		}
		for _, p := range slices.Concat(o.words, o.not, o.unless) {
			p.compile() // panics on a broken pattern
		}
	}
}

func TestEveryObservationSeesItsExamplesAndNotWhatIsNear(t *testing.T) {
	for _, o := range observations() {
		if len(o.words) == 0 {
			continue
		}
		if len(o.Examples) == 0 || len(o.NotExamples) == 0 {
			t.Errorf("%s has no example or no counter-example", o.Name)
		}
		for _, example := range o.Examples {
			if _, ok := o.holds(caseFor(o, example)); !ok {
				t.Errorf("%s does not see %q", o.Name, example)
			}
		}
		for _, example := range o.NotExamples {
			if _, ok := o.holds(caseFor(o, example)); ok {
				t.Errorf("%s sees %q", o.Name, example)
			}
		}
	}
}

// caseFor is a scene in which all holds that the observation wants besides words, and whose
// words the catalogue does not know.
func caseFor(o *Observation, text string) *Heard {
	first := func(list []string) string {
		if len(list) == 0 {
			return ""
		}
		return list[0]
	}
	scene := Scene{Statements: []exchange.Statement{{Text: safe.Foreign(text)}}, Grant: first(o.When.Grant), Provider: first(o.When.Provider)}
	scene.ErrorResponse.Error = safe.Foreign(first(o.When.Error))
	if len(o.When.Status) > 0 {
		scene.ErrorResponse.Status = o.When.Status[0]
	}
	h := Hear(scene)
	h.Hit = nil
	return h
}
