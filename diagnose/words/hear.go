// Package words reads what people, logs and servers say: their sentences, the grant of
// which they speak, the wording of the catalogue that the server's words are, and the
// observations of model/seen.
package words

import (
	"math"
	"slices"
	"sync"

	"example.com/grantwalk/diagnose/evidence"
)

// Hear reads a scene.
func Hear(s Scene) *Heard {
	h := &Heard{Scene: s, server: append(lines(s.ErrorResponse.Description.Raw()), spoken(s.Statements, notByPerson)...)}
	h.all = append(spoken(s.Statements, byPerson), h.server...)
	if slices.Contains(evidence.Grants, s.Grant) {
		h.grants, h.grant = map[string]float64{s.Grant: 1}, s.Grant
		h.Hit = match(s, s.Grant)
		return h
	}
	worded := ""
	if h.Hit = match(s, ""); h.Hit != nil {
		worded = h.Hit.Wording.Grant
	}
	h.grants = guessGrant(h.all, worded)
	for g, share := range h.grants {
		if share >= clearly {
			h.grant = g
			h.Hit = match(s, g)
		}
	}
	return h
}

// clearly is the share from which a guessed grant is taken for granted.
const clearly = 0.9

// A grantHint is what speaks for one grant, in log-odds.
type grantHint struct {
	Grant   string  `json:"grant"`
	Share   float64 `json:"share"` // of the refusals of which nothing is known
	Because string  `json:"because"`
	Hints   []struct {
		Words []string `json:"words"`
		By    float64  `json:"by"`

		phrases []*phrase
	} `json:"hints"`
}

var grantHints = sync.OnceValue(func() []grantHint {
	all, needs := mustRead[[]grantHint](grantsFile), index().hints
	for i := range all {
		for j := range all[i].Hints {
			h := &all[i].Hints[j]
			h.phrases, needs = phrases(h.Words, needs[0]), needs[1:]
		}
	}
	return all
})

// ofWording is what it is worth, in log-odds, that the wording is known of one
// grant.
const ofWording = 2.0

// guessGrant says how likely each grant is, from what is spoken of and from the
// grant of the wording; empty: the wording tells none.
func guessGrant(lines []sentence, worded string) map[string]float64 {
	weights, total := map[string]float64{}, 0.0
	for _, g := range grantHints() {
		w := math.Log(g.Share)
		if g.Grant == worded {
			w += ofWording
		}
		for _, h := range g.Hints {
			if sentenceWith(lines, h.phrases, nil) != nil {
				w += h.By
			}
		}
		weights[g.Grant] = math.Exp(w)
		total += weights[g.Grant]
	}
	for g := range weights {
		weights[g] /= total
	}
	return weights
}
