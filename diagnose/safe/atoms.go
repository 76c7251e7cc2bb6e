package safe

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// An atom is a run of characters between delimiters, shown or hidden as a whole.
type atom struct {
	from, to int
	harmless bool
	mask     bool // of an earlier Quote
	moment   bool // of a date or time
}

// A quoter splits text into atoms and judges them.
type quoter struct {
	text  string
	atoms []atom
}

// delimiter reports whether r ends an atom: white space, quotes, brackets, and what
// comes between names and values. Other signs are part of an atom, because they
// are in the middle of secrets.
func delimiter(r rune) bool {
	return r <= ' ' || strings.ContainsRune("\"`'()[]{}<>,;:=&?|＝：“”„«»", r) || unicode.IsSpace(r) || r == utf8.RuneError || unsafe(r)
}

// apostrophe reports whether the sign at i is within a word: can't.
func apostrophe(s string, i int) bool {
	return s[i] == '\'' && i > 0 && i+1 < len(s) && letter(s[i-1]) && letter(s[i+1])
}

// escapeSign reports whether the sign at i is of \n, \r, \t or an escaped quote, as
// strings are written in logs.
func escapeSign(s string, i int) bool {
	const after = `nrt"'/\`
	return s[i] == '\\' && i+1 < len(s) && strings.IndexByte(after, s[i+1]) >= 0 ||
		i > 0 && s[i-1] == '\\' && strings.IndexByte(after[:3], s[i]) >= 0
}

// split finds the atoms. Only a port and an earlier mask are known as harmless then.
func (q *quoter) split() {
	start, next := -1, 0
	for i, r := range q.text {
		if i < next {
			continue
		}
		if n := maskAt(q.text[i:]); n > 0 {
			if start >= 0 {
				q.add(start, i)
				start = -1
			}
			q.atoms = append(q.atoms, atom{from: i, to: i + n, harmless: true, mask: true})
			next = i + n
			continue
		}
		switch d := delimiter(r) && !apostrophe(q.text, i) || escapeSign(q.text, i); {
		case d && start >= 0:
			q.add(start, i)
			start = -1
		case !d && start < 0:
			start = i
		}
	}
	if start >= 0 {
		q.add(start, len(q.text))
	}
	signs(q)
}

func (q *quoter) add(from, to int) {
	word := q.text[from:to]
	if at := strings.LastIndexByte(word, '@'); at >= 0 && q.inURL(from) { // a user and a host
		q.add(from, from+at)
		from = from + at + 1
		word = q.text[from:to]
	}
	colon := strings.HasSuffix(q.text[:from], ":")
	for _, part := range segments(word, colon) {
		if !strings.ContainsFunc(word[part[0]:part[1]], inWord) {
			continue // signs alone
		}
		port := part[0] == 0 && colon && digits(word[part[0]:part[1]]) && part[1] <= 5 && q.behindHost()
		q.atoms = append(q.atoms, atom{from: from + part[0], to: from + part[1], harmless: port})
	}
}

// inURL reports whether the text before an atom, without white space, begins a URL.
func (q *quoter) inURL(from int) bool {
	const most = 200 // bytes of a user and a password
	before := q.text[max(0, from-most):from]
	before = before[strings.LastIndexAny(before, " \t\r\n\"'<>")+1:]
	return strings.Contains(before, "://")
}

// behindHost reports whether the last atom is of a URL's host, or this machine's name.
func (q *quoter) behindHost() bool {
	i := len(q.atoms) - 1
	if i < 0 {
		return false
	}
	if localHost(q.of(i)) {
		return true
	}
	for i > 0 && q.gap(i) == "." { // the labels of a host are atoms
		i--
	}
	return strings.HasSuffix(q.text[:q.atoms[i].from], "://")
}

// of is the text of atom i; empty: there is none.
func (q *quoter) of(i int) string {
	if i < 0 || i >= len(q.atoms) {
		return ""
	}
	return q.text[q.atoms[i].from:q.atoms[i].to]
}

// gap is the text between atom i and the one before it.
func (q *quoter) gap(i int) string {
	switch {
	case i == 0:
		return q.text[:q.atoms[0].from]
	case i >= len(q.atoms):
		return q.text[q.atoms[len(q.atoms)-1].to:]
	}
	return q.text[q.atoms[i-1].to:q.atoms[i].from]
}

// shownAt is shown of an atom that there may not be.
func (q *quoter) shownAt(i int) bool { return i >= 0 && i < len(q.atoms) && q.shown(i) }

// shown reports whether the text of an atom is shown. Of a secret that an earlier Quote
// has hidden, only a part may have been found.
func (q *quoter) shown(i int) bool { return q.atoms[i].harmless && !q.atoms[i].mask }

// hide hides an atom, and a unit that only its number showed. What an earlier Quote
// has hidden stays as it is.
func (q *quoter) hide(i int) {
	q.atoms[i].harmless = q.atoms[i].mask
	if q.measures(i) && !harmless(q.of(i+1)) {
		q.atoms[i+1].harmless = false
	}
}

// measures reports whether atom i is a number and the next one its unit.
func (q *quoter) measures(i int) bool {
	word, unit := q.of(i), strings.ToLower(strings.TrimRight(q.of(i+1), ".!"))
	return countable(word) && isUnit(unit) && blank(q.gap(i+1))
}

// short reports whether an atom may be a byte of a secret, as a number: 104, -17, 6c, #113.
func short(s string) bool {
	s = strings.TrimLeft(s, "-#x")
	return s != "" && len(s) <= 3 && strings.Trim(s, "0123456789abcdefABCDEF") == "" && strings.ContainsAny(s, "0123456789")
}

// sourceFile reports whether a colon and a line may follow.
func sourceFile(s string) bool {
	_, ending, ok := strings.Cut(s, ".")
	return ok && slices.Contains([]string{"java", "js", "ts", "mjs", "py", "go", "rb", "php", "cs", "kt", "rs"}, ending)
}

// leastBeside is the length from which a word is shown beside a hidden one. A number
// is hidden there.
const leastBeside = 4

// signs makes an atom of each run of signs between the atoms that is not usual. What
// assigns before it, as in name=, stays outside.
func signs(q *quoter) {
	var all []atom
	at := 0
	between := func(to int) {
		for from := at; from < to; {
			from += leadingSpace(q.text[from:to])
			n := strings.IndexFunc(q.text[from:to], unicode.IsSpace)
			if n < 0 {
				n = to - from
			}
			if run := q.text[from : from+n]; !usual(run) {
				skip := assigned(run)
				if usual(run[skip:]) {
					skip = 0
				}
				all = append(all, atom{from: from + skip, to: from + n})
			}
			from += n
		}
	}
	for _, a := range q.atoms {
		between(a.from)
		all = append(all, a)
		at = a.to
	}
	between(len(q.text))
	q.atoms = all
}
