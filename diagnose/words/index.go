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
// between its parts: the file, where in it the observation begins and ends, in bytes, and
// how many phrases it looks for; then for each phrase, those it looks for first, the texts
// that it needs, with | between them.
const indexFile = "model/index.txt"

// A stored observation is decoded when it is first needed.
type stored struct {
	needs  [][]string // for each phrase the texts of which it needs one; nil: it may match any text
	words  int        // how many of the phrases it looks for
	decode func() *Observation
}

// A contents is what the index holds.
type contents struct {
	observations []stored
	hints        [][][]string // for each hint of a grant, in their order, what its phrases need
}

var index = sync.OnceValue(func() contents {
	body, err := modelFiles.ReadFile(indexFile)
	if err != nil {
		panic(err)
	}
	var c contents
	for line := range strings.Lines(string(body)) {
		parts := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		file, groups := parts[0], parts[4:]
		needs := make([][]string, len(groups))
		for i, g := range groups {
			if g != "" {
				needs[i] = strings.Split(g, "|")
			}
		}
		if file == grantsFile {
			c.hints = append(c.hints, needs)
			continue
		}
		from, to := number(parts[1]), number(parts[2])
		c.observations = append(c.observations, stored{needs: needs, words: number(parts[3]),
			decode: sync.OnceValue(func() *Observation { return decode(file, from, to, needs) })})
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

// decode reads the observation that is there in a file.
func decode(file string, from, to int, needs [][]string) *Observation {
	body, err := modelFiles.ReadFile(file)
	o := &Observation{}
	if err == nil {
		err = json.Unmarshal(body[from:to], o)
	}
	if err != nil {
		panic(fmt.Sprintf("words: %s: %v", file, err))
	}
	w, n := &o.When, len(needs)-len(o.When.Unless.Words)
	o.words, o.not, o.unless = phrases(w.Words, needs), phrases(w.Not, needs[len(w.Words):]), phrases(w.Unless.Words, needs[n:])
	return o
}

// mayBeIn reports whether one of the phrases that the observation looks for may be in a
// text. An observation that looks for none may hold whatever is said.
func (s *stored) mayBeIn(text string) bool {
	if s.words == 0 {
		return true
	}
	return slices.ContainsFunc(s.needs[:s.words], func(needs []string) bool { return mayBeIn(needs, text) })
}

func mayBeIn(needs []string, text string) bool {
	return needs == nil || slices.ContainsFunc(needs, func(n string) bool { return strings.Contains(text, n) })
}
