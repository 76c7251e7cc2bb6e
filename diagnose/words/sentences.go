package words

import (
	"strings"

	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/internal/lazy"
	"example.com/grantwalk/diagnose/safe"
)

// A sentence is one as it was said, and as the phrases read it: in lower case,
// with straight apostrophes and without the hyphens of compounds.
type sentence struct {
	said, low string
	at        exchange.Place
}

// longestText bounds what is read of a text, in bytes: the rest of a long log
// tells no more of one error.
const longestText = 16 << 10

// lines are the sentences of a text, without boilerplate and with single spaces.
func lines(text string) []sentence {
	if len(text) > longestText {
		text = strings.ToValidUTF8(text[:longestText], "")
	}
	var out []sentence
	text = ofTheRFC(text).ReplaceAllString(text, " ")
	text = ofOthers(text).ReplaceAllString(text, " ")
	for _, s := range sentenceEnd().Split(text, -1) {
		if s = strings.Join(strings.Fields(s), " "); s != "" && !frame(s).MatchString(s) {
			low := strings.ToLower(straight.Replace(hiddenLength(s).ReplaceAllString(s, "…")))
			out = append(out, sentence{said: s, low: wordHyphen(low).ReplaceAllString(low, "$1 $2")})
		}
	}
	return out
}

// spoken are the sentences of the statements whose source is chosen, as far as they are
// read.
func spoken(all []exchange.Statement, chosen func(exchange.Source) bool) []sentence {
	var out []sentence
	left := longestText
	for _, s := range all {
		if !chosen(s.Source) || left <= 0 {
			continue
		}
		text := safe.Cut(s.Text.Raw(), left)
		left -= len(text) + 1
		for _, one := range lines(text) {
			one.at = s.At
			out = append(out, one)
		}
	}
	return out
}

func byPerson(s exchange.Source) bool    { return s == exchange.Person }
func notByPerson(s exchange.Source) bool { return s != exchange.Person }

var straight = strings.NewReplacer("’", "'", "‘", "'", "“", `"`, "”", `"`)

// quoted is the sentence for a report, cut to a length that does not bury it.
func (s sentence) quoted() string {
	const most = 90
	r := []rune(strings.Trim(safe.Quote(s.said, len(s.said)), " .,;:"))
	if len(r) > most {
		r = append(r[:most-1], '…')
	}
	return "“" + string(r) + "”"
}

// Quotable are the sentences of a text as they are, and as a report quotes them.
func Quotable(text string) (said, quoted []string) {
	for _, s := range lines(text) {
		said, quoted = append(said, s.said), append(quoted, s.quoted())
	}
	return said, quoted
}

// Sentences that name every cause, or guess: RFC 6749 §5.2's own (and what servers
// made of it), the advice that libraries print with any error, and the media type of
// every token request. A word in them is evidence of nothing.
//
// Two expressions take linear time and one would not: after each match of another
// sentence, it would search again for the end of an RFC sentence that has none.
var (
	ofTheRFC = lazy.Where(`(?i)(the )?provided (authorization|access) (grant|code)( \(e\.g\.[^)\n]*\)?)?[^\n.]*?(invalid, expired|expired,? (or )?revoked|redirection uri)[^\n.]*`, "provided")
	ofOthers = lazy.Where(`(?i)there are two likely causes[^\n]*|client authentication failed \(e\.g\.[^\n)]*\)|\((e\.g\.|for example)[^\n)]*\)|(content-type["']?\s*[:=]\s*["']?)?application/x-www-form-urlencoded`,
		"two likely causes", "e.g.", "for example", "x-www-form-urlencoded")
)

var (
	hiddenLength = lazy.Where(`… \(\d+ characters\)`, "… (") // of a secret that was taken out: our words, and nobody else's
	wordHyphen   = lazy.Where(`([a-z])-([a-z])`, "-")
	frame        = lazy.Where(`^(at (async |new )?\S+( \[as \S+\])? ?\(|at \S+:\d+|File "|from \S+:\d+|#\d+ |\.\.\. \d+ more|goroutine \d|[\w./@-]+\.(go|js|ts|py|rb|php|java):\d)`, "(", ":", `"`, "#", "...", "goroutine") // of a stack: names of functions say nothing
	sentenceEnd  = lazy.Regexp(`([.!?])["')\]]?\s+|[\r\n]+`)
)
