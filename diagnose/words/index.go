package words

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Decoding all observations would take longer than the rest of a report. So an index says
// where each one is in its file, and of which texts its phrases need one. Only those whose
// phrases may match are decoded. A test writes the index.

//go:generate go test -run ^TestTheIndexIsOfTheseObservations$ . -update

// indexText has a line for each observation, then one for each hint of a grant, with tabs
// between its parts: the file, where in it the observation begins and ends, in bytes; the
// errors and the providers of which it is, with commas between them; how many phrases it
// looks for; then for each phrase, those it looks for first, the texts that it needs (see
// [need]). The texts are read where they are, because to take them apart would take longer
// than to look for them.
//
//go:embed model/index.txt
var indexText string

const indexFile = "model/index.txt"

// A stored observation is decoded when it is first needed.
type stored struct {
	file              string
	from, to          int    // where in the file it is, in bytes
	errors, providers string // with commas between them
	words             int    // how many of the phrases it looks for
	needs             string // of each phrase, with tabs between them

	once    sync.Once
	decoded *Observation
}

// A contents is what the index holds.
type contents struct {
	observations []*stored
	hints        []string // for each hint of a grant, in their order, what its phrases need
}

var index = sync.OnceValue(func() contents {
	var c contents
	for line := range strings.Lines(indexText) {
		parts := strings.SplitN(strings.TrimSuffix(line, "\n"), "\t", 7)
		if parts[0] == grantsFile {
			c.hints = append(c.hints, parts[6])
			continue
		}
		c.observations = append(c.observations, &stored{file: parts[0], from: number(parts[1]), to: number(parts[2]),
			errors: parts[3], providers: parts[4], words: number(parts[5]), needs: parts[6]})
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

// read is an observation as its file has it.
func (s *stored) read() ([]byte, error) {
	file, err := modelFiles.Open(s.file)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.NewSectionReader(file.(io.ReaderAt), int64(s.from), int64(s.to-s.from)))
}

// decode reads the observation in its file.
func (s *stored) decode() *Observation {
	s.once.Do(func() {
		o := &Observation{}
		body, err := s.read()
		if err == nil {
			err = json.Unmarshal(body, o)
		}
		if err != nil {
			panic(fmt.Sprintf("words: %s: %v", s.file, err))
		}
		all := slices.Concat(o.When.Words, o.When.Not, o.When.Unless.Words)
		phrases := phrases(all, s.needs)
		o.words, phrases = phrases[:len(o.When.Words)], phrases[len(o.When.Words):]
		o.not, o.unless = phrases[:len(o.When.Not)], phrases[len(o.When.Not):]
		s.decoded = o
	})
	return s.decoded
}

// mayHold reports whether the observation may hold of what is said, which is given as the
// phrases read it.
func (s *stored) mayHold(h *Heard, said *searched) bool {
	switch {
	case !listed(s.errors, strings.ToLower(h.ErrorResponse.Error.Raw())), !listed(s.providers, h.Provider) && !listed(s.providers, h.Base):
		return false
	case s.words == 0:
		return true
	}
	needs := strings.Split(s.needs, "\t")[:s.words]
	return slices.ContainsFunc(needs, func(n string) bool { return need(n).metBy(said.holds) })
}

// listed reports whether a list of the index names it; an empty list names all.
func listed(list, name string) bool {
	return list == "" || slices.Contains(strings.Split(list, ","), name)
}
