package safe

import (
	"slices"
	"sort"
	"strings"
	"unicode/utf8"
)

// A Hider replaces known secrets in texts by their length. The time for a text does not
// depend on how many secrets there are: a capture may hold thousands of both.
type Hider struct {
	secrets []string  // sorted; of a long one its beginning
	whole   []string  // beside them: the longest secret with that beginning
	within  []int     // beside them: the longest other one that is its beginning; -1: none
	first   [256]bool // bytes with which a secret begins
}

const (
	// leastInWord is the length in bytes from which a secret is hidden within words too.
	// A shorter one would tear holes into words that it is a part of.
	leastInWord = 8

	// mostCompared is how many bytes of a secret are looked for at each place of a text.
	// A secret and a text of one letter would otherwise be compared in full at each.
	mostCompared = 100
)

// NewHider returns a Hider of these secrets. Empty ones are left out.
func NewHider(secrets ...string) *Hider {
	h := &Hider{}
	for _, s := range slices.Sorted(slices.Values(secrets)) {
		if s == "" {
			continue
		}
		h.first[s[0]] = true
		beginning := s[:min(len(s), mostCompared)]
		if last := len(h.secrets) - 1; last >= 0 && h.secrets[last] == beginning {
			if len(s) > len(h.whole[last]) {
				h.whole[last] = s
			}
			continue
		}
		h.secrets, h.whole = append(h.secrets, beginning), append(h.whole, s)
	}
	h.within = make([]int, len(h.secrets))
	for i, s := range h.secrets {
		j := i - 1
		for j >= 0 && !strings.HasPrefix(s, h.secrets[j]) {
			j = h.within[j]
		}
		h.within[i] = j
	}
	return h
}

// Hide replaces the secrets in a text.
func (h *Hider) Hide(text string) string {
	var b strings.Builder
	from := 0
	for i := 0; i < len(text); {
		n := 0
		if h.first[text[i]] {
			n = h.at(text, i)
		}
		if n == 0 {
			i++
			continue
		}
		b.WriteString(text[from:i])
		b.WriteString(mask(text[i : i+n]))
		i += n
		from = i
	}
	if from == 0 {
		return text
	}
	b.WriteString(text[from:])
	return b.String()
}

// at is the length of the longest secret that begins at i; 0: none does.
func (h *Hider) at(text string, i int) int {
	rest := text[i:min(len(text), i+mostCompared)]
	j := sort.Search(len(h.secrets), func(j int) bool { return h.secrets[j] > rest }) - 1
	for ; j >= 0; j = h.within[j] {
		s := h.secrets[j]
		if !strings.HasPrefix(rest, s) || len(s) < leastInWord && partOfWord(text, i, i+len(s)) {
			continue
		}
		if len(s) < mostCompared {
			return len(s)
		}
		return len(s) + remainder(text[i+len(s):], h.whole[j][len(s):])
	}
	return 0
}

// remainder is how much of the text belongs to a secret that begins before
// it. If it is not this secret's rest, another secret begins alike, and all up to where
// the language of the text goes on is taken for its rest.
func remainder(text, rest string) int {
	if strings.HasPrefix(text, rest) {
		return len(rest)
	}
	if end := strings.IndexAny(text, " \t\r\n\"'`<>&"); end >= 0 {
		return end
	}
	return len(text)
}

func partOfWord(text string, from, to int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:from])
	after, _ := utf8.DecodeRuneInString(text[to:])
	return inWord(before) || inWord(after)
}

// Hide replaces a known secret in a text by its length, as [Hider.Hide] does.
func Hide(text, secret string) string {
	if !strings.Contains(text, secret) { // as a rule
		return text
	}
	return NewHider(secret).Hide(text)
}
