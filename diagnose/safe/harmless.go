package safe

import (
	"iter"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// harmless reports whether nothing in an atom can be a secret: it is made of words
// of the vocabulary and of numbers that nobody keeps secret.
func harmless(s string) bool {
	if slices.Contains(abbreviations, strings.ToLower(strings.TrimRight(s, "."))) {
		return true
	}
	s = strings.TrimPrefix(strings.TrimPrefix(s, "x-"), "X-") // of names of headers
	if s == "application/x-www-form-urlencoded" {
		return true
	}
	if numbers(s) > 1 && !version(s) { // 12-34, or bytes
		return false
	}
	if slices.ContainsFunc(strings.FieldsFunc(s, inWord), func(signs string) bool { return !usual(signs) }) {
		return false
	}
	if names(s) > 2 && !allOfTrade(s) {
		return false
	}
	dotted := dottedName(s)
	for piece := range strings.FieldsFuncSeq(withoutClock(s), func(r rune) bool { return !inWord(r) && r != '\'' && r != '’' }) {
		if initial := dotted && len(piece) == 1; !initial && !harmlessPiece(piece, s) {
			return false
		}
	}
	return true
}

// percentDecoded undoes percent-encoding, also where it was applied twice.
func percentDecoded(s string) string {
	for range 2 {
		plain, err := url.PathUnescape(s)
		if err != nil || plain == s {
			break
		}
		s = plain
	}
	return s
}

// abbreviations have single letters, which are hidden elsewhere.
var abbreviations = []string{"e.g", "i.e", "a.m", "p.m", "u.s", "p-256", "p-384", "p-521", "http/1.x"}

// numbers counts the numbers of an atom; those within words do not count.
func numbers(s string) int {
	n := 0
	for piece := range strings.FieldsFuncSeq(withoutClock(s), func(r rune) bool { return !inWord(r) }) {
		if digits(piece) {
			n++
		}
	}
	return n
}

// names counts the words of a name that has several, such as not-before-policy or
// CodeExpiredException.
func names(s string) int {
	n := 0
	for range wordsOf(s) {
		n++
	}
	return n
}

// wordsOf are the words of an atom, also those that begin with a capital within a name.
func wordsOf(s string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for piece := range strings.FieldsFuncSeq(s, func(r rune) bool { return !inWord(r) }) {
			for _, w := range camelWords(piece) {
				if !digits(w) && !yield(w) {
					return
				}
			}
		}
	}
}

// allOfTrade reports whether every word of a name is one of the trade. Words that
// are not make a passphrase: correct-horse-battery-staple.
func allOfTrade(s string) bool {
	for w := range wordsOf(s) {
		if !ofTrade(strings.ToLower(strings.TrimRight(w, "0123456789"))) {
			return false
		}
	}
	return true
}

// version reports whether the numbers of an atom are those of a version or an address:
// v1.2.3, 127.0.0.1, HTTP/1.1.
func version(s string) bool {
	s = withoutClock(s)
	return s == "" || numbersOfVersion().MatchString(s)
}

var numbersOfVersion = pattern(`^[^0-9]*(?:[1-9]?\d\.[1-9]?\d|[1-9]?\d{1,2}(?:\.(?:0|[1-9]\d{0,2})){2,3})(?:[^0-9-][^-]*)?$`)

// dottedName: the name of a class or package, whose parts may be shortened to a letter:
// o.s.s.oauth2.client.
func dottedName(s string) bool {
	long := 0
	for part := range strings.SplitSeq(s, ".") {
		if len(part) >= 5 && isWord(part) {
			long++
		}
	}
	return long >= 2
}

// harmlessPiece judges one word or number of an atom.
func harmlessPiece(piece, atom string) bool {
	piece = strings.Trim(piece, "'’")
	switch {
	case piece == "":
		return true
	case digits(piece):
		return smallNumber(piece) || digits(strings.ReplaceAll(strings.TrimLeft(atom, "vV"), ".", "")) && len(piece) <= 3 && strings.Contains(atom, ".")
	case errorNumber(piece), quantity(piece):
		return true
	}
	return isWord(piece)
}

// isWord: a word of the vocabulary, or several of them written as one.
func isWord(s string) bool {
	low := strings.ToLower(s)
	if before, tail, found := cutApostrophe(low); found && slices.Contains(tails, tail) {
		return isWord(s[:len(before)])
	}
	switch {
	case len(low) < 2:
		return low == "a" || s == "I"
	case inVocabulary(low):
		return s == low || s == strings.ToUpper(s) || s[1:] == low[1:] || camel(s) || brand(s)
	}
	return camel(s)
}

// camel: words that begin with a capital each, as names in programs do. Two letters
// make a word of such a name only if they are one in the vocabulary, and one letter
// none: random letters would be full of them.
func camel(s string) bool {
	words := camelWords(s)
	longest := 0
	for _, w := range words {
		if len(w) < 2 || !inVocabulary(strings.ToLower(w)) {
			return false
		}
		longest = max(longest, len(w))
	}
	return longest >= 4 && len(words) <= mostInOne
}

// mostInOne is how many words a name of a program has at most.
const mostInOne = 8

// camelWords cuts before a capital that follows a small letter or digit, and before
// the last of several capitals that a small letter follows: HTTPServerError.
func camelWords(s string) []string {
	var words []string
	from := 0
	for i := 1; i < len(s); i++ {
		up := upper(s[i])
		if up && !upper(s[i-1]) || up && i+1 < len(s) && !upper(s[i+1]) && !digit(s[i+1]) && upper(s[i-1]) {
			words = append(words, s[from:i])
			from = i
		}
	}
	return joinBrands(append(words, s[from:]))
}

// joinBrands puts together what a capital within a name has cut: O Auth2, Git Hub.
func joinBrands(words []string) []string {
	var out []string
	for i := 0; i < len(words); i++ {
		if i+1 < len(words) {
			if both := words[i] + words[i+1]; brand(both) {
				out = append(out, both)
				i++
				continue
			}
		}
		out = append(out, words[i])
	}
	return out
}

// brand: a name with a capital inside, as its owner writes it.
func brand(s string) bool { return holds(brandWords, s) }

// smallNumber: of two digits, or an HTTP status (RFC 9110 §15).
func smallNumber(s string) bool {
	return len(s) <= 2 || len(s) == 3 && s[0] >= '1' && s[0] <= '5'
}

// errorNumber: a server's error with its number, IDX10205.
func errorNumber(s string) bool {
	for prefix := range strings.Lines(errorWords) {
		prefix = strings.TrimSpace(prefix)
		if rest, ok := strings.CutPrefix(s, prefix); ok && (rest == "" || digits(rest) && len(rest) <= 8) {
			return true
		}
	}
	return false
}

// units are what is counted and measured in responses and logs.
var units = []string{"ms", "msec", "millisecond", "milliseconds", "s", "sec", "secs", "second", "seconds", "min", "mins", "minute", "minutes", "m", "h", "d", "hour", "hours", "day", "days", "week", "weeks", "month", "months", "year", "years", "byte", "bytes", "kb", "mb", "characters", "character", "chars", "times", "attempts", "retries", "requests", "tokens", "users", "clients", "errors", "lines", "bits"}

// countable reports whether a number may be one of a thing that is counted or measured:
// it is small, or round, such as 2592000.
func countable(s string) bool {
	return digits(s) && (len(s) == 1 || s[0] != '0') && (len(s) <= 4 || len(s) <= 8 && strings.HasSuffix(s, "00"))
}

func isUnit(s string) bool { return slices.Contains(units, s) }

// quantity: a number with its unit, without a blank, or several: 10m30s, and PT10M of
// ISO 8601.
func quantity(s string) bool {
	if iso, ok := strings.CutPrefix(s, "P"); ok {
		s = strings.ToLower(strings.TrimPrefix(iso, "T"))
	}
	var seen []string
	for s != "" {
		unit := strings.TrimLeft(s, "0123456789")
		n := len(s) - len(unit)
		rest := strings.TrimLeft(unit, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
		name := unit[:len(unit)-len(rest)]
		if !countable(s[:n]) || !isUnit(name) || slices.Contains(seen, name) {
			return false
		}
		seen = append(seen, name)
		s = rest
	}
	return true
}

// withoutClock takes a date and the parts of a time out of an atom. A time's colons
// have cut it already: 2026-11-29T10, 15, 07.123Z.
func withoutClock(s string) string {
	if len(s) >= 10 && moment().MatchString(s[:10]) {
		if s = s[10:]; len(s) == 3 && s[0] == 'T' && digits(s[1:]) {
			return ""
		}
		return s
	}
	if zone := strings.TrimSuffix(s, "Z"); len(zone) >= 2 && digits(zone[:2]) && (len(zone) == 2 || zone[2] == '.' && digits(zone[3:]) && len(zone) <= 12) {
		return ""
	}
	return s
}

// localHost: this machine, by a name or number of its.
func localHost(s string) bool {
	s = strings.TrimLeft(s, "/")
	ip, err := netip.ParseAddr(s)
	return s == "localhost" || err == nil && ip.IsLoopback()
}

// segments are the parts of an atom that are judged apart: of a path its segments,
// of anything else the whole. What follows a colon may be a URL's host.
func segments(s string, behindColon bool) [][2]int {
	port := strings.IndexByte(s, '/')
	path := strings.HasPrefix(s, "/") || strings.HasPrefix(s, "./") || strings.HasPrefix(s, "../") || behindColon && port > 0 && digits(s[:port])
	if !path {
		return [][2]int{{0, len(s)}}
	}
	var parts [][2]int
	host := behindColon && strings.HasPrefix(s, "//")
	cut := "/"
	if host {
		cut = "/." // until the host ends
	}
	for i := 0; i < len(s); {
		n := strings.IndexAny(s[i:], cut)
		if n < 0 {
			n = len(s) - i
		}
		if n > 0 {
			parts = append(parts, [2]int{i, i + n})
		}
		i += n
		if i < len(s) {
			if s[i] == '/' && i > 1 {
				cut = "/"
			}
			i++
		}
	}
	if len(parts) == 0 {
		return [][2]int{{0, len(s)}}
	}
	return parts
}

// pathWord: short words that appear beside names of tenants and realms in paths.
func pathWord(s string) bool {
	return slices.Contains([]string{"v1", "v2", "v3", "api", "www", "com", "net", "org", "io", "o", "idp", "sso", "app"}, s)
}
