package safe

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"example.com/grantwalk/diagnose/internal/lazy"
)

// A secret may be made of what is harmless alone: of numbers, of single characters, of
// words, of signs. So numbers, characters, words and signs in a row are judged together.

// numeric reports whether an atom is a number, several with signs between them, a byte
// in hexadecimal, or a date.
func numeric(s string) bool {
	return short(s) || strings.ContainsAny(s, "0123456789") && !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLetter(r) && !strings.ContainsRune("TZx", r) })
}

// numberRuns hides numbers in a row: languages print the bytes of a secret so, and
// people a one-time code. Times are no such row, and one number beside a time is none.
func numberRuns(q *quoter) {
	for from := 0; from < len(q.atoms); {
		to := from
		for to < len(q.atoms) && numeric(q.of(to)) && !q.atoms[to].mask {
			to++
		}
		if to > from {
			numberRun(q, from, to)
		}
		from = max(to, from+1)
	}
}

// citation is an RFC with its sections: 6749 §4.1.2.1, §5.2.
var citation = lazy.Regexp(`^\d{4}(?:,? §\d{1,2}(?:\.\d{1,2}){0,4})*$`)

// numberRun judges the chunks of a row, which are between white space.
func numberRun(q *quoter, from, to int) {
	if sourceFile(q.of(from-1)) && q.gap(from) == ":" && to-from <= 2 { // file.go:12:34
		return
	}
	if strings.EqualFold(q.of(from-1), "RFC") && citation().MatchString(q.text[q.atoms[from].from:q.atoms[to-1].to]) {
		return
	}
	var others [][2]int
	for i := from; i < to; {
		end := i + 1
		for end < to && !strings.ContainsFunc(q.gap(end), unicode.IsSpace) {
			end++
		}
		if chunk := q.text[q.atoms[i].from:q.atoms[end-1].to]; !moment().MatchString(chunk) && !address().MatchString(chunk) {
			others = append(others, [2]int{i, end})
		} else {
			for j := i; j < end; j++ {
				q.atoms[j].moment = true
			}
		}
		i = end
	}
	before := blank(q.gap(from)) && q.shownAt(from-1) && endsInNumber(q.of(from-1))
	after := blank(q.gap(to)) && q.shownAt(to) && beginsWithNumber(q.of(to))
	if len(others) > 0 && before {
		q.hide(from - 1)
	}
	if len(others) > 0 && after {
		q.hide(to)
	}
	for _, chunk := range others {
		first := q.of(chunk[0])
		if len(others) > 1 || chunk[1]-chunk[0] > 1 || before || after || partOfTime(first) || codeBefore(q, chunk[0]) {
			for i := chunk[0]; i < chunk[1]; i++ {
				q.hide(i)
			}
		}
	}
}

// partOfTime: 07.123Z, which is shown only behind hours and minutes.
func partOfTime(s string) bool { return strings.ContainsAny(s, ".Z") && withoutClock(s) == "" }

// endsInNumber and beginsWithNumber report whether a name or an address ends in a number,
// or begins with one, that may be of the row beside it: bob/330, 984@as.example.
func endsInNumber(s string) bool {
	last := s[strings.LastIndexFunc(s, func(r rune) bool { return !inWord(r) })+1:]
	return len(last) > 1 && digits(last)
}

func beginsWithNumber(s string) bool {
	if n := strings.IndexFunc(s, func(r rune) bool { return !inWord(r) }); n >= 0 {
		s = s[:n]
	}
	return len(s) > 1 && digits(s)
}

// codes are the names of values that give access to something and may be numbers.
var codes = []string{"code", "codes", "otp", "totp", "pin", "passcode", "token", "password", "secret", "key", "tel", "phone"}

// codeBefore reports whether a number follows a word such as pin. A number of
// three digits with a unit is none, and one behind a colon may be a status: {"code": 400}.
func codeBefore(q *quoter, i int) bool {
	if !slices.Contains(codes, strings.ToLower(q.of(i-1))) || slices.Contains([]string{"status", "error", "response", "http", "exit"}, strings.ToLower(q.of(i-2))) {
		return false
	}
	const few = 3
	return len(q.of(i)) > few || blank(q.gap(i)) && !q.measures(i)
}

// spelled hides what is written one character at a time.
func spelled(q *quoter) {
	const few = 3
	q.runs(func(_, i int) bool { return utf8.RuneCountInString(q.of(i)) == 1 }, func(from, to int) bool { return to-from > few })
}

// groups hides a code in groups of one length, of which some may be words by chance:
// abcd card wxyz.
func groups(q *quoter) {
	const least, most, few = 3, 8, 3
	length := func(i int) int { return utf8.RuneCountInString(strings.TrimRight(q.of(i), ".!")) }
	q.runs(func(from, i int) bool {
		n := length(i)
		return n >= least && n <= most && n == length(from) && (i == from || utf8.RuneCountInString(q.gap(i)) == 1 && q.gap(i) == q.gap(from+1))
	}, func(from, to int) bool {
		return to-from >= few && slices.ContainsFunc(q.atoms[from:to], func(a atom) bool { return !a.harmless })
	})
}

// phrases hides words in a row of which hardly one is a word of the trade, and several
// in a row of which none is: a passphrase. Sentences are full of words such as the, code
// and not.
func phrases(q *quoter) {
	const few = 2
	q.runs(func(from, i int) bool {
		return q.atoms[i].harmless && !numeric(q.of(i)) && (i == from || blank(q.gap(i)) && !strings.Contains(q.gap(i), "\n"))
	}, func(from, to int) bool {
		trade := 0
		for i := from; i < to; i++ {
			if q.tradeIn(i) {
				trade++
			}
		}
		return to-from > few && 3*trade < to-from
	})
	q.runs(func(from, i int) bool {
		return q.atoms[i].harmless && !q.tradeIn(i) && !numeric(q.of(i)) && (i == from || blank(q.gap(i)))
	}, func(from, to int) bool { return to-from > few+1 })
}

// tradeIn reports whether a word of an atom is one of the trade.
func (q *quoter) tradeIn(i int) bool {
	for w := range wordsOf(strings.ToLower(q.of(i))) {
		if before, _, found := cutApostrophe(w); found {
			w = before
		}
		if ofTrade(w) {
			return true
		}
	}
	return false
}

// runs hides each longest row of atoms for which judged is true. in reports whether atom
// i belongs to the row that begins at from.
func (q *quoter) runs(in func(from, i int) bool, judged func(from, to int) bool) {
	for from := 0; from < len(q.atoms); {
		to := from
		for to < len(q.atoms) && !q.atoms[to].mask && in(from, to) {
			to++
		}
		if judged(from, to) {
			for i := from; i < to; i++ {
				q.hide(i)
			}
		}
		from = max(to, from+1)
	}
}

// valueBegins is what comes before a value: name=, name: ", "name":[.
var valueBegins = pattern(`[=:]>? ?["'\[({<\\]*$`)

// values hides the whole of a value without white space of which a part is hidden. Of an
// address the host is shown: it tells where something was sent.
func values(q *quoter) {
	for from := 0; from < len(q.atoms); {
		begin, to, hidden := -1, from, false
		for to < len(q.atoms) && (to == from || !strings.ContainsAny(q.gap(to), " \t\r\n&,;\"'`")) {
			switch {
			case strings.Contains(q.gap(to), "/") || strings.Contains(q.of(to), "/"):
				begin = -1
			case begin < 0 && to > 0 && valueBegins().MatchString(q.gap(to)):
				begin, hidden = to, false
			}
			hidden = hidden || !q.atoms[to].harmless
			to++
		}
		if hidden && begin >= 0 {
			for i := begin; i < to; i++ {
				q.hide(i)
			}
		}
		from = to
	}
}
