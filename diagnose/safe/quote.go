package safe

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Foreign is text from outside grantwalk: a server, a log, a person. It may hold
// anything, a secret too. However it is printed, logged or marshalled it comes out
// as [Quote] shows it; only [Foreign.Raw] gives the text itself, for comparing.
type Foreign string

// maxForeign bounds what is printed of one foreign text, in bytes.
const maxForeign = 2000

// Raw returns the text itself. It is for comparing and searching, never for showing.
func (f Foreign) Raw() string { return string(f) }

// String is what may be shown of the text.
func (f Foreign) String() string { return Quote(string(f), maxForeign) }

// Format keeps every verb from printing the text.
func (f Foreign) Format(s fmt.State, verb rune) { format(s, verb, f.String()) }

// MarshalText quotes in JSON, YAML and flags alike.
func (f Foreign) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// Quote returns what may be shown of foreign text, on one line: the words that are
// known to be harmless (see [inVocabulary]), error codes, dates, small numbers,
// numbers with a unit, hosts and paths of such words. Everything else is replaced
// by its length, "… (17 characters)", whatever surrounds it. At most limit bytes of
// the text are looked at.
//
// It is the only function that decides what of an input or of a server's text may
// be shown. A list of what is secret can never be complete; this list need not be.
// A quote that is quoted again shows no more.
func Quote(s string, limit int) string {
	text, _, _ := quote(s, limit)
	return text
}

// Masked counts the words of a text, and how many of them [Quote] does not show.
func Masked(s string) (masked, words int) {
	_, masked, words = quote(s, len(s))
	return masked, words
}

// Conceal returns a text without the values of what the text itself calls a password, a
// secret or a key. It is for reading what a text says: a secret may hold words, and they
// say nothing. It is not for showing.
func Conceal(text string) string {
	q := onlyNamed(text)
	return q.write(func(s string) string { return s })
}

// shows reports whether nothing in an atom can be a secret, however it is encoded.
func shows(s string) bool {
	plain := percentDecoded(s)
	switch {
	case plain == s:
		return harmless(s)
	case strings.Contains(plain, "%"): // encoded once more, or who knows how often
		return false
	}
	masked, _ := Masked(plain)
	return masked == 0
}

// Named returns the values of what a text itself calls a password, a secret or a key, as
// far as they are no words of the trade. Where such a value is written a second time,
// without its name, nothing shows that it is one.
func Named(text string) []string {
	const least, most = 4, 100 // characters of a value, and values
	q := onlyNamed(text)
	var values []string
	for i := 0; i < len(q.atoms) && len(values) < most; i++ {
		if v := q.of(i); !q.atoms[i].harmless && len(v) >= least && !allOfTrade(v) {
			values = append(values, v)
		}
	}
	return values
}

// onlyNamed is the text with nothing hidden but the values of what it calls a secret.
func onlyNamed(text string) *quoter {
	q := &quoter{text: text}
	q.split()
	for i := range q.atoms {
		q.atoms[i].harmless = true
	}
	q.named()
	return q
}

func quote(s string, limit int) (text string, masked, words int) {
	whole := len(s)
	if len(s) > limit {
		s = s[:limit]
		s = s[:strings.LastIndexFunc(s, unicode.IsSpace)+1] // a part of a secret may be a word
	}
	q := quoter{text: strings.ToValidUTF8(s, string(utf8.RuneError))}
	q.read()
	text = q.write(oneLine)
	if len(s) < whole {
		text = strings.TrimRight(text, " ") + fmt.Sprintf("… (%d bytes in all)", whole)
	}
	for _, a := range q.atoms {
		words++
		if !a.harmless {
			masked++
		}
	}
	return text, masked, words
}

// read finds the atoms, judges each alone, and then with what is around it.
func (q *quoter) read() {
	q.split()
	for i := range q.atoms {
		a := &q.atoms[i]
		a.harmless = a.harmless || shows(q.of(i))
	}
	measured(q)
	numberRuns(q)
	spelled(q)
	phrases(q)
	q.named()
	groups(q)
	near(q)
	values(q)
	contaminated(q)
}

// measured shows numbers with their unit, 3600 s, the milliseconds of a time,
// 10:15:07,123, the year of a date, 29 Nov 2026, and the number of an RFC.
func measured(q *quoter) {
	for i := range q.atoms {
		word := q.of(i)
		switch {
		case q.measures(i):
			q.atoms[i].harmless, q.atoms[i+1].harmless = true, true
		case i > 0 && digits(word) && len(word) == 3 && q.gap(i) == "," && q.gap(i-1) == ":" && len(q.of(i-1)) == 2:
			q.atoms[i].harmless = true
		case digits(word) && len(word) <= 5 && q.gap(i) == ":" && (sourceFile(q.of(i-1)) || digits(q.of(i-1)) && q.gap(i-1) == ":" && sourceFile(q.of(i-2))):
			q.atoms[i].harmless = true
		case digits(word) && len(word) <= 10 && slices.Contains(durations, strings.ToLower(q.of(i-1))) && strings.ContainsAny(q.gap(i), "=:"):
			q.atoms[i].harmless = true
		case digits(word) && len(word) == 4 && (isMonth(q.of(i-1)) || strings.EqualFold(q.of(i-1), "RFC")) && blank(q.gap(i)):
			q.atoms[i].harmless = true
		}
	}
}

// durations are names whose value is a number of seconds, since 1970 or not.
var durations = []string{"max-age", "expires_in", "ext_expires_in", "refresh_expires_in", "refresh_token_expires_in", "interval", "exp", "iat", "nbf", "auth_time"}

var months = []string{"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"}

func isMonth(s string) bool {
	s = strings.ToLower(strings.TrimRight(s, "."))
	return slices.ContainsFunc(months, func(m string) bool { return s == m || len(m) > 3 && s == m[:3] }) || s == "sept"
}

// contaminated hides what is too short to be told from a part of the secret that it
// follows without white space: passwords hold brackets and quotes too. A number is
// hidden there with blanks between them too.
func contaminated(q *quoter) {
	for i := range q.atoms {
		q.beside(i, i-1, i)
	}
	for i := len(q.atoms) - 1; i >= 0; i-- {
		q.beside(i, i+1, i+1)
	}
}

// beside hides atom i if its neighbor is hidden; gap is the number of the gap between.
func (q *quoter) beside(i, neighbor, gap int) {
	if q.atoms[i].mask || neighbor < 0 || neighbor >= len(q.atoms) || q.shown(neighbor) {
		return
	}
	between, word := q.gap(gap), q.of(i)
	if blank(between) && !strings.Contains(between, "\n") && (numeric(word) || quantity(word)) && !q.atoms[i].moment {
		q.hide(i) // of numbers with blanks between them, or of a word and a number
	}
	if strings.ContainsFunc(between, unicode.IsSpace) || (between == "/" || between == ".") && pathWord(word) {
		return
	}
	notInWord := func(r rune) bool { return !inWord(r) }
	piece := word
	if n := strings.IndexFunc(word, notInWord); n >= 0 && neighbor < i {
		piece = word[:n]
	} else if n := strings.LastIndexFunc(word, notInWord); n >= 0 && neighbor > i {
		piece = word[n:]
	}
	if len(piece) < leastBeside || strings.ContainsAny(piece, "0123456789") || !strings.ContainsAny(between, "=:./") && !q.tradeIn(i) {
		q.hide(i)
	}
}

// write puts the text together, with the text between the atoms as between returns it.
// Hidden atoms with nothing to read between them are hidden as one.
func (q *quoter) write(between func(string) string) string {
	var b strings.Builder
	at := 0
	for i := 0; i < len(q.atoms); i++ {
		b.WriteString(between(q.text[at:q.atoms[i].from]))
		last := q.hiddenTo(i)
		at = q.atoms[last].to
		switch {
		case last == i && q.atoms[i].harmless:
			b.WriteString(between(q.text[q.atoms[i].from:at]))
		default:
			b.WriteString(maskOf(q.length(i, last)))
		}
		i = last
	}
	b.WriteString(between(q.text[at:]))
	return b.String()
}

// hiddenTo is the last of the atoms that are hidden as one with atom i; i itself, if no
// other is. An earlier mask is one with what is hidden beside it: between them may be
// brackets and quotes of the same secret.
func (q *quoter) hiddenTo(i int) int {
	for i+1 < len(q.atoms) && !q.shown(i) && !q.shown(i+1) {
		masks := q.atoms[i].mask || q.atoms[i+1].mask
		if masks && (q.atoms[i].mask && q.atoms[i+1].mask || strings.ContainsFunc(q.gap(i+1), unicode.IsSpace)) {
			break
		}
		i++
	}
	return i
}

// length is how many characters the atoms and the text between them have; a mask counts
// for what it replaced.
func (q *quoter) length(from, to int) int {
	n := utf8.RuneCountInString(q.text[q.atoms[from].from:q.atoms[to].to])
	for i := from; i <= to; i++ {
		if q.atoms[i].mask {
			n += masked(q.of(i)) - utf8.RuneCountInString(q.of(i))
		}
	}
	return n
}

// oneLine is the text between words, with nothing in it that acts on a terminal.
func oneLine(s string) string {
	if Clean(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r) && r < 0x80:
			return ' '
		case unsafe(r):
			return utf8.RuneError
		}
		return r
	}, s)
}
