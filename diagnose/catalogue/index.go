package catalogue

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
)

// indexText and rowsText are what of the files is needed to know which of them to read:
// names and hosts, and the folded words of every wording. They are generated; see the
// package comment. Of the rows, which are many, only those are parsed that have a word in
// common with a text.
//
//go:embed index.txt
var indexText string

//go:embed rows.txt
var rowsText string

type contents struct {
	names    map[string]string // squeezed name or alias: provider
	mentions []mention
	titles   map[string]string // of the providers
	bases    map[string]string // provider: what it is built with
	hosts    []host
	values   []value
	errors   []string // how errors begin in text

	fingerprints []fingerprint

	vague map[string]bool // folded texts that say nothing by themselves, of vague.json

	// Which rows are worth a look, as lists of places: by a word that a text must hold for
	// them, the rarest of theirs; those that have no words, by their error; and the patterns.
	byWord   map[string]string
	bare     []bare
	patterns string
}

// bare are the rows without words of an error.
type bare struct{ err, places string }

// A row is a wording as the index knows it.
type row struct {
	provider string
	from, to int // where in the provider's file it is, in bytes
	status   int
	err      string
	grant    string
	mark     string // folded
	key      string // folded text, or what a text must hold for pattern to match
	pattern  bool
}

// A place is where in rowsText a row begins.
type place int

// A fingerprint gives a server away by something that only it writes. Those of
// fingerprints.json are in the index.
type fingerprint struct {
	provider string
	pattern  string // RE2, searched without regard to case
	why      string
	weak     bool // says less than an address does

	// needs are texts, in lower case and with | between them, of which every match holds
	// one. To look for them first is much cheaper than to compile the pattern.
	needs string
}

type host struct{ provider, literal, pattern string }

type value struct{ provider, prefix, is string }

type mention struct{ provider, alias string }

var index = sync.OnceValue(func() *contents { return parseIndex(indexText) })

// parseIndex reads lines of tab-separated members, the first of which tells what
// the line is. The index is generated, so that a short line is a bug.
func parseIndex(text string) *contents {
	c := &contents{names: make(map[string]string, 512), titles: make(map[string]string, 256), bases: make(map[string]string), byWord: make(map[string]string, 1024), vague: make(map[string]bool)}
	provider := ""
	for line := range strings.Lines(text) {
		switch f := members(line); f[0] {
		case "provider":
			provider = f[1]
			c.names[f[3]] = provider
			c.titles[provider] = f[4]
			if f[2] != "" {
				c.bases[provider] = f[2]
			}
		case "alias":
			c.names[f[1]] = provider
		case "mention":
			c.mentions = append(c.mentions, mention{provider, f[1]})
		case "host":
			c.hosts = append(c.hosts, host{provider, f[1], f[2]})
		case "value":
			c.values = append(c.values, value{provider, f[1], f[2]})
		case "error":
			c.errors = append(c.errors, f[1])
		case "vague":
			c.vague[f[1]] = true
		case "fingerprint":
			c.fingerprints = append(c.fingerprints, fingerprint{provider: f[1], needs: f[2], pattern: f[3], why: f[4], weak: f[5] == "weak"})
		case "word":
			c.byWord[f[1]] = f[2]
		case "bare":
			c.bare = append(c.bare, bare{f[1], f[2]})
		case "pattern":
			c.patterns = f[1]
		}
	}
	return c
}

// worded appends the places of the rows that texts may hold; the texts are folded.
func worded(all []place, texts ...string) []place {
	for _, text := range texts {
		for word := range strings.FieldsSeq(text) {
			if list, ok := index().byWord[word]; ok {
				all = places(all, list)
			}
		}
	}
	return all
}

// places appends those of a list with commas between them.
func places(all []place, list string) []place {
	for one := range strings.SplitSeq(list, ",") {
		all = append(all, place(number(one)))
	}
	return all
}

// row reads the row.
func (p place) row() row {
	f := members(rowsText[p:])
	return row{f[0], number(f[1]), number(f[2]), number(f[5]), f[3], f[4], f[7], f[8], f[6] == "pattern"}
}

func number(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

// members are those of the first line of a text.
func members(text string) (f [9]string) {
	line, _, _ := strings.Cut(text, "\n")
	for i := range f {
		f[i], line, _ = strings.Cut(line, "\t")
	}
	return f
}
