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
	return p.needs.in(line) && p.compile().MatchString(line)
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

// in reports whether the text holds what is needed.
func (n need) in(text string) bool {
	for list := range strings.SplitSeq(string(n), "&") {
		if !holdsOne(text, list) {
			return false
		}
	}
	return true
}

func holdsOne(text, list string) bool {
	for s := range strings.SplitSeq(list, "|") {
		if strings.Contains(text, s) {
			return true
		}
	}
	return false
}
