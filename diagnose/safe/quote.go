package safe

import (
	"fmt"
	"slices"
	"strconv"
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

// read finds the atoms, judges each alone, and then with what is around it.
func (q *quoter) read() {
	q.split()
	for i := range q.atoms {
		a := &q.atoms[i]
		a.harmless = a.harmless || harmless(q.of(i))
	}
	q.measured()
	q.numberRuns()
	q.spelled()
	q.phrases()
	q.named()
	q.groups()
	q.near()
	q.values()
	q.contaminated()
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
	q.signs()
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

// measured shows numbers with their unit, 3600 s, the milliseconds of a time,
// 10:15:07,123, the year of a date, 29 Nov 2026, and the number of an RFC.
func (q *quoter) measured() {
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

var months = []string{"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"}

func isMonth(s string) bool {
	s = strings.ToLower(strings.TrimRight(s, "."))
	return slices.ContainsFunc(months, func(m string) bool { return s == m || len(m) > 3 && s == m[:3] }) || s == "sept"
}

// measures reports whether atom i is a number and the next one its unit.
func (q *quoter) measures(i int) bool {
	word, unit := q.of(i), strings.ToLower(strings.TrimRight(q.of(i+1), ".!"))
	return countable(word) && isUnit(unit) && blank(q.gap(i+1))
}

// contaminated hides what is too short to be told from a part of the secret that it
// follows without white space: passwords hold brackets and quotes too. A number is
// hidden there with blanks between them too.
func (q *quoter) contaminated() {
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

// shownAt is shown of an atom that there may not be.
func (q *quoter) shownAt(i int) bool { return i >= 0 && i < len(q.atoms) && q.shown(i) }

// shown reports whether the text of an atom is shown. Of a secret that an earlier Quote
// has hidden, only a part may have been found.
func (q *quoter) shown(i int) bool { return q.atoms[i].harmless && !q.atoms[i].mask }

func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// hide hides an atom, and a unit that only its number showed. What an earlier Quote
// has hidden stays as it is.
func (q *quoter) hide(i int) {
	q.atoms[i].harmless = q.atoms[i].mask
	if q.measures(i) && !harmless(q.of(i+1)) {
		q.atoms[i+1].harmless = false
	}
}

// leastBeside is the length from which a word is shown beside a hidden one. A number
// is hidden there.
const leastBeside = 4

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

// mask replaces text that is not shown.
func mask(s string) string {
	return maskOf(utf8.RuneCountInString(s))
}

func maskOf(length int) string {
	if length == 1 {
		return maskBegin + "1 character)"
	}
	return fmt.Sprint(maskBegin, length, maskEnd)
}

const maskBegin, maskEnd = "… (", " characters)"

// masked is how many characters a mask replaces.
func masked(mask string) int {
	n, _ := strconv.Atoi(strings.Trim(mask, "… (acehrst)")) // digits, by maskAt
	return n
}

// maskAt is the length of the mask with which the text begins; 0: it begins with none.
func maskAt(s string) int {
	rest, ok := strings.CutPrefix(s, maskBegin)
	if !ok {
		return 0
	}
	if one := "1 character)"; strings.HasPrefix(rest, one) {
		return len(maskBegin) + len(one)
	}
	number := rest[:len(rest)-len(strings.TrimLeft(rest, "0123456789"))]
	if number == "" || len(number) > 7 || !strings.HasPrefix(rest[len(number):], maskEnd) {
		return 0
	}
	return len(maskBegin) + len(number) + len(maskEnd)
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

// Hide replaces a known secret in a text by its length, as [Hider.Hide] does.
func Hide(text, secret string) string {
	if !strings.Contains(text, secret) { // as a rule
		return text
	}
	return NewHider(secret).Hide(text)
}

func blank(s string) bool { return strings.TrimSpace(s) == "" }
