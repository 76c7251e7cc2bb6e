package score

import (
	"slices"
	"testing"

	"example.com/grantwalk/diagnose/catalogue"
	"example.com/grantwalk/diagnose/causes"
	"example.com/grantwalk/diagnose/evidence"
	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/diagnose/words"
)

// Every text of the catalogue, read as if the catalogue did not have it: that
// is what a server meets that nobody has written down yet.
func TestAServerThatTheCatalogueDoesNotKnowIsUnderstoodByItsWords(t *testing.T) {
	all, first, top3 := 0, 0, 0
	for _, p := range catalogue.All() {
		for _, w := range p.Wordings() {
			if w.Text == "" || w.Mark != "" || catalogue.Vague(w.Text) {
				continue
			}
			h := words.Hear(words.Scene{Grant: w.Grant, ErrorResponse: evidence.ErrorResponse{Error: safe.Foreign(w.Error), Description: safe.Foreign(w.Text), Status: w.Status}})
			h.Hit = nil
			account := newTally(priorOf(h))
			account.observe(h.Observe())
			place := slices.IndexFunc(account.Shares().Ranked(), func(id causes.ID) bool { return w.Causes[string(id)] >= 0.15 })
			all++
			if place == 0 {
				first++
			}
			if place < 3 {
				top3++
			}
		}
	}
	t.Logf("%d texts: %d first, %d among three", all, first, top3)
	if first*100 < all*75 || top3*100 < all*88 {
		t.Errorf("of %d texts only %d are understood, and %d among three", all, first, top3)
	}
}
