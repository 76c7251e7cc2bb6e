package catalogue

import (
	_ "embed"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// indexText is what of the files is needed to know which of them to read:
// names, hosts, and the folded words of every wording. It is generated; see
// the package comment.
//
//go:embed index.txt
var indexText string

type contents struct {
	names    map[string]string // squeezed name or alias: provider
	mentions []mention
	bases    map[string]string // provider: what it is built with
	hosts    []host
	values   []value
	errors   []string // how errors begin in text
	rows     []row

	// Which rows are worth a look: by a word that a text must hold for them,
	// the rarest of theirs; the patterns; and those that have no words.
	byWord   map[string][]int
	patterns []int
	wordless []int
}

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

type host struct{ provider, literal, pattern string }

type value struct{ provider, prefix, is string }

type mention struct{ provider, alias string }

var index = sync.OnceValue(func() *contents { return parseIndex(indexText) })

// parseIndex reads lines of tab-separated members, the first of which tells what
// the line is. The index is generated, so that a short line is a bug.
func parseIndex(text string) *contents {
	c := &contents{names: make(map[string]string, 512), bases: make(map[string]string), byWord: make(map[string][]int, 1024)}
	c.rows = make([]row, 0, strings.Count(text, "\nword\t"))
	provider := ""
	for line := range strings.Lines(text) {
		switch f := members(line); f[0] {
		case "provider":
			provider = f[1]
			c.names[f[3]] = provider
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
		case "word":
			from, _ := strconv.Atoi(f[1])
			to, _ := strconv.Atoi(f[2])
			status, _ := strconv.Atoi(f[5])
			r := row{provider, from, to, status, f[3], f[4], f[7], f[8], f[6] == "pattern"}
			c.file(r, f[9], f[10])
		}
	}
	return c
}

// file puts a row where the words of its text and its mark will find it.
func (c *contents) file(r row, words ...string) {
	id := len(c.rows)
	c.rows = append(c.rows, r)
	switch {
	case r.pattern:
		c.patterns = append(c.patterns, id)
	case r.key == "" && r.mark == "":
		c.wordless = append(c.wordless, id)
	}
	for _, w := range words {
		if w != "" {
			c.byWord[w] = append(c.byWord[w], id)
		}
	}
}

// candidates returns the rows, in order, that texts may show; the texts are
// folded.
func (c *contents) candidates(texts ...string) []int {
	ids := append(slices.Clone(c.patterns), c.wordless...)
	for _, text := range texts {
		for word := range strings.FieldsSeq(text) {
			ids = append(ids, c.byWord[word]...)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

func members(line string) (f [11]string) {
	line = strings.TrimSuffix(line, "\n")
	for i := range f {
		f[i], line, _ = strings.Cut(line, "\t")
	}
	return f
}
