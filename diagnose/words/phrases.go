package words

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"example.com/grantwalk/diagnose/internal/lazy"
)

// sentenceWith is the first sentence that holds one of the phrases and none of the
// others; nil: there is none.
func sentenceWith(all []sentence, phrases, but []*phrase) *sentence {
	i := slices.IndexFunc(all, func(s sentence) bool { return anyIn(phrases, s.low) && !anyIn(but, s.low) })
	if i < 0 {
		return nil
	}
	return &all[i]
}

func anyIn(phrases []*phrase, line string) bool {
	return slices.ContainsFunc(phrases, func(p *phrase) bool { return p.in(line) })
}

// A phrase is a pattern that is compiled when a text may hold it: compiling
// costs more than the rest of a report.
type phrase struct {
	needs   need // without it no text can match
	compile func() *regexp.Regexp
}

// phrases are those of the sources; needs are what each needs, with tabs between them.
func phrases(sources []string, needs string) []*phrase {
	of := strings.Split(needs, "\t")
	var out []*phrase
	for i, s := range sources {
		out = append(out, &phrase{
			needs:   need(of[i]),
			compile: sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expand(s)) }),
		})
	}
	return out
}

func (p *phrase) in(line string) bool {
	return p.needs.metBy(func(s string) bool { return strings.Contains(line, s) }) && p.compile().MatchString(line)
}

// vocabulary are the words that phrases name, each with the ways to say it.
var vocabulary = sync.OnceValue(func() map[string][]string { return mustRead[map[string][]string]("model/vocabulary.json") })

var vocabularyName = lazy.Where(`<([a-z_]+)>`, "<")

// expand writes the vocabulary and the … of a phrase out.
func expand(source string) string {
	for range 3 { // a word may be told by others
		source = vocabularyName(source).ReplaceAllStringFunc(source, func(name string) string {
			ways, ok := vocabulary()[name[1:len(name)-1]]
			if !ok {
				panic(fmt.Sprintf("diagnose: no word %s in the vocabulary", name))
			}
			return "(?:" + strings.Join(ways, "|") + ")"
		})
	}
	source = strings.ReplaceAll(source, " … ", "(?: | .{0,70}? )")
	return strings.ReplaceAll(source, "…", ".{0,70}?")
}

// A need is what a text must hold so that a phrase may match it, as the index has it: of
// the texts with | between them one, of those with & between them each.
type need string

// metBy reports whether a text holds what is needed, which holds tells of one text.
func (n need) metBy(holds func(text string) bool) bool {
	for list := range strings.SplitSeq(string(n), "&") {
		if !holdsOne(list, holds) {
			return false
		}
	}
	return true
}

func holdsOne(list string, holds func(text string) bool) bool {
	for text := range strings.SplitSeq(list, "|") {
		if holds(text) {
			return true
		}
	}
	return false
}

// A searched text is one in which thousands of short texts are looked for. Most of those
// begin with two bytes that do not follow each other anywhere in it.
type searched struct {
	text  string
	pairs [1 << 16 / 64]uint64 // a bit for each two bytes that do
}

func newSearched(text string) *searched {
	s := &searched{text: text}
	for i := range len(text) - 1 {
		at, bit := pair(text[i:])
		s.pairs[at] |= bit
	}
	return s
}

// pair is where the bit for the first two bytes of a text is.
func pair(text string) (at int, bit uint64) {
	n := int(text[0])<<8 | int(text[1])
	return n / 64, 1 << (n % 64)
}

func (s *searched) holds(text string) bool {
	if len(text) > 1 {
		if at, bit := pair(text); s.pairs[at]&bit == 0 {
			return false
		}
	}
	return strings.Contains(s.text, text)
}
