package words

import (
	"slices"
	"strings"

	"example.com/grantwalk/diagnose/causes"
)

// An Observation is one thing that evidence besides the wire can show: an error
// code, a habit of one provider's, what the server's sentence speaks of, what
// the person says. All of When must hold; within each list one suffices.
//
// Phrases are RE2 in lower case, searched one sentence at a time (see [lines]).
// <name> stands for a word of model/vocabulary.json, and … for anything short
// within the sentence.
type Observation struct {
	Name    string `json:"name"`
	Says    string `json:"says"`    // one sentence, for --why
	Because string `json:"because"` // why it shifts these causes by so much
	When    struct {
		Error    []string `json:"error"`
		Provider []string `json:"provider"` // a name of the catalogue's, of the server or of what it is built with
		Grant    []string `json:"grant"`
		Status   []int    `json:"status"`
		Words    []string `json:"words"` // phrases
		Not      []string `json:"not"`   // phrases: a sentence that holds one of them does not count
		// Server: searched only in what the server and the log say. Where the catalogue knows
		// the wording, that is weighed, and the observation tells only what the server names.
		Server bool `json:"server"`
		// Unless: not where the server's sentences hold one of the phrases, or where
		// its wording means this cause more than one that is shifted.
		Unless struct {
			Words []string  `json:"words"`
			Means causes.ID `json:"means"`
		} `json:"unless"`
	} `json:"when"`
	Shifts      map[causes.ID]float64 `json:"shifts"`
	Examples    []string              `json:"examples"`     // sentences in which it shows
	NotExamples []string              `json:"not_examples"` // sentences that are near and yet do not show it

	words, not, unless []*phrase
}

// holds reports whether the observation is there, and in which sentence; nil:
// in none, it is not of words.
func (o *Observation) holds(h *Heard) (*sentence, bool) {
	w := &o.When
	switch {
	case !oneOf(w.Error, strings.ToLower(h.ErrorResponse.Error.Raw())), !oneOf(w.Status, h.ErrorResponse.Status), h.grant != "" && !oneOf(w.Grant, h.grant):
		return nil, false
	case len(w.Provider) > 0 && !slices.ContainsFunc(w.Provider, h.is):
		return nil, false
	case o.overruled(h):
		return nil, false
	case len(o.words) == 0:
		return nil, true
	}
	where := h.all
	if w.Server {
		where = h.server
	}
	in := sentenceWith(where, o.words, o.not)
	return in, in != nil
}

// overruled reports whether the server's own words say what the observation would
// only guess.
func (o *Observation) overruled(h *Heard) bool {
	if sentenceWith(h.server, o.unless, nil) != nil {
		return true
	}
	means := o.When.Unless.Means
	for id := range o.Shifts {
		if means != "" && h.Favours(means, id) {
			return true
		}
	}
	return false
}

// is reports whether the provider is that one, or is built with it.
func (h *Heard) is(name string) bool { return h.Provider == name || h.Base == name }

func oneOf[T comparable](list []T, v T) bool { return len(list) == 0 || slices.Contains(list, v) }
