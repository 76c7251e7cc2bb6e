package words

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Decoding all observations would take longer than the rest of a report. So an index says
// where each one is in its file, and of which texts its phrases need one. Only those whose
// phrases may match are decoded. A test writes the index.

//go:generate go test -run ^TestTheIndexIsOfTheseObservations$ . -update

// indexFile has a line for each observation, then one for each hint of a grant, with tabs
// between its parts: the file, where in it the observation begins and ends, in bytes; the
// errors and the providers of which it is, with commas between them; how many phrases it
// looks for; then for each phrase, those it looks for first, the texts that it needs: of
// those with | between them one, of those with & between them each.
const indexFile = "model/index.txt"

// A stored observation is decoded when it is first needed.
type stored struct {
	needs             []need // for each phrase
	words             int    // how many of the phrases it looks for
	errors, providers []string
	decode            func() *Observation
}

// A contents is what the index holds.
type contents struct {
	observations []stored
	hints        [][]need // for each hint of a grant, in their order, what its phrases need
}

var index = sync.OnceValue(func() contents {
	var c contents
	tables := map[string]func() []byte{}
	for line := range strings.Lines(string(mustLoad(indexFile))) {
		parts := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		file, groups := parts[0], parts[6:]
		needs := make([]need, len(groups))
		for i, g := range groups {
			for _, list := range strings.FieldsFunc(g, func(r rune) bool { return r == '&' }) {
				needs[i] = append(needs[i], strings.Split(list, "|"))
			}
		}
		if file == grantsFile {
			c.hints = append(c.hints, needs)
			continue
		}
		table := tables[file]
		if table == nil {
			table = sync.OnceValue(func() []byte { return mustLoad(file) })
			tables[file] = table
		}
		from, to := number(parts[1]), number(parts[2])
		c.observations = append(c.observations, stored{needs: needs, words: number(parts[5]), errors: list(parts[3]), providers: list(parts[4]),
			decode: sync.OnceValue(func() *Observation { return decode(file, table()[from:to], needs) })})
	}
	return c
})

// number reads a number of the index.
func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		panic(fmt.Sprintf("words: %s: %v", indexFile, err))
	}
	return n
}

// mustLoad is a file of the program's own.
func mustLoad(file string) []byte {
	body, err := modelFiles.ReadFile(file)
	if err != nil {
		panic(err)
	}
	return body
}

// decode reads an observation of a file.
func decode(file string, body []byte, needs []need) *Observation {
	o := &Observation{}
	if err := json.Unmarshal(body, o); err != nil {
		panic(fmt.Sprintf("words: %s: %v", file, err))
	}
	w, n := &o.When, len(needs)-len(o.When.Unless.Words)
	o.words, o.not, o.unless = phrases(w.Words, needs), phrases(w.Not, needs[len(w.Words):]), phrases(w.Unless.Words, needs[n:])
	return o
}

// list reads a list of the index; nil: it is empty.
func list(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ",")
}

// mayHold reports whether the observation may hold of what is said, which is given as the
// phrases read it.
func (s *stored) mayHold(h *Heard, said string) bool {
	switch {
	case !oneOf(s.errors, strings.ToLower(h.ErrorResponse.Error.Raw())), s.providers != nil && !slices.ContainsFunc(s.providers, h.is):
		return false
	case s.words == 0:
		return true
	}
	return slices.ContainsFunc(s.needs[:s.words], func(n need) bool { return n.in(said) })
}
