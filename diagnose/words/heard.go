// Package words reads what people, logs and servers say: their sentences, the grant of
// which they speak, the wording of the catalogue that the server's words are, and the
// observations of model/seen.
package words

import (
	"math"
	"slices"
	"strings"
	"sync"

	"example.com/grantwalk/diagnose/catalogue"
	"example.com/grantwalk/diagnose/causes"
	"example.com/grantwalk/diagnose/evidence"
	"example.com/grantwalk/diagnose/internal/lazy"
	"example.com/grantwalk/diagnose/safe"
)

// A Scene is what is said, and what it is about.
type Scene struct {
	Refusal  evidence.Refusal // what the server said
	Words    safe.Foreign     // around the error, in a log or a text
	Note     safe.Foreign     // a person's own words
	Body     safe.Foreign     // of the response
	Grant    string           // a short name; empty: unknown
	Provider string           // a name of the catalogue's, or as the evidence calls it
	Base     string           // what the provider is built with, by its name in the catalogue
}

// Heard is what is said, as the observations read it.
type Heard struct {
	Scene
	Hit *catalogue.Hit // the wording that the server's words are; nil: none is known

	all    []sentence
	server []sentence         // those of the server and of the text around the error
	grants map[string]float64 // how likely each is
	grant  string             // the one that is known, or of which they clearly speak; empty: untold
}

// A sentence is one as it was said, and as the phrases read it: in lower case,
// with straight apostrophes and without the hyphens of compounds.
type sentence struct{ said, low string }

// longestText bounds what is read of a text, in bytes: the rest of a long log
// tells no more of one error.
const longestText = 16 << 10

// Hear reads a scene.
func Hear(s Scene) *Heard {
	h := &Heard{Scene: s, server: append(lines(s.Refusal.Description.Raw()), lines(s.Words.Raw())...)}
	h.all = append(lines(s.Note.Raw()), h.server...)
	if slices.Contains(evidence.Grants, s.Grant) {
		h.grants, h.grant = map[string]float64{s.Grant: 1}, s.Grant
		h.Hit = match(s, s.Grant)
		return h
	}
	worded := ""
	if hit := match(s, ""); hit != nil {
		worded = hit.Wording.Grant
	}
	h.grants = guessGrant(h.all, worded)
	for g, share := range h.grants {
		if share >= clearly {
			h.grant = g
		}
	}
	h.Hit = match(s, h.grant)
	return h
}

// Grants says how likely each grant is, and which one it clearly is; empty: untold.
func (h *Heard) Grants() (shares map[string]float64, clear string) { return h.grants, h.grant }

// ServerSays reports whether a sentence of the server's own is so; it is given in lower
// case.
func (h *Heard) ServerSays(is func(low string) bool) bool {
	said := h.Refusal.Error + "\n" + h.Refusal.Description + "\n" + h.Body
	return slices.ContainsFunc(lines(said.Raw()), func(s sentence) bool { return is(s.low) })
}

// Listed reports whether the catalogue knows the server's words.
func (h *Heard) Listed() bool {
	return h.Hit != nil && (h.Hit.Wording.Text != "" || h.Hit.Wording.Pattern != "" || h.Hit.Wording.Mark != "")
}

// Favours reports whether the server's words mean the one cause more often
// than the other.
func (h *Heard) Favours(one, other causes.ID) bool {
	return h.Listed() && h.Hit.Causes[string(one)] > h.Hit.Causes[string(other)]
}

// leastMeant is the share from which on a wording may mean a cause.
const leastMeant = 0.03

// SaysOtherThan reports whether the server's own words are known, and are never said
// because of the cause.
func (h *Heard) SaysOtherThan(id causes.ID) bool {
	return h.Hit != nil && h.Hit.Said != "" && h.Hit.Causes[string(id)] < leastMeant
}

// clearly is the share from which a guessed grant is taken for granted.
const clearly = 0.9

// A grantHint is what speaks for one grant, in log-odds.
type grantHint struct {
	Grant   string  `json:"grant"`
	Share   float64 `json:"share"` // of the refusals of which nothing is known
	Because string  `json:"because"`
	Hints   []struct {
		Words []string `json:"words"`
		By    float64  `json:"by"`

		phrases []*phrase
	} `json:"hints"`
}

var grantHints = sync.OnceValue(func() []grantHint {
	all := mustRead[[]grantHint]("model/grants.json")
	for i := range all {
		for j := range all[i].Hints {
			h := &all[i].Hints[j]
			h.phrases = phrases(h.Words)
		}
	}
	return all
})

// ofWording is what it is worth, in log-odds, that the wording is known of one
// grant.
const ofWording = 2.0

// guessGrant says how likely each grant is, from what is spoken of and from the
// grant of the wording; empty: the wording tells none.
func guessGrant(lines []sentence, worded string) map[string]float64 {
	weights, total := map[string]float64{}, 0.0
	for _, g := range grantHints() {
		w := math.Log(g.Share)
		if g.Grant == worded {
			w += ofWording
		}
		for _, h := range g.Hints {
			if sentenceWith(lines, h.phrases, nil) != nil {
				w += h.By
			}
		}
		weights[g.Grant] = math.Exp(w)
		total += weights[g.Grant]
	}
	for g := range weights {
		weights[g] /= total
	}
	return weights
}

// Sentences that name every cause, or guess: RFC 6749 §5.2's own (and what servers
// made of it), the advice that libraries print with any error, and the media type of
// every token request. A word in them is evidence of nothing.
//
// Two expressions take linear time and one would not: after each match of another
// sentence, it would search again for the end of an RFC sentence that has none.
var (
	ofTheRFC = lazy.Regexp(`(?i)(the )?provided (authorization|access) (grant|code)( \(e\.g\.[^)\n]*\)?)?[^\n.]*?(invalid, expired|expired,? (or )?revoked|redirection uri)[^\n.]*`)
	ofOthers = lazy.Regexp(`(?i)there are two likely causes[^\n]*|client authentication failed \(e\.g\.[^\n)]*\)|\((e\.g\.|for example)[^\n)]*\)|(content-type["']?\s*[:=]\s*["']?)?application/x-www-form-urlencoded`)
)

var (
	hiddenLength = lazy.Regexp(`… \(\d+ characters\)`) // of a secret that was taken out: our words, and nobody else's
	wordHyphen   = lazy.Regexp(`([a-z])-([a-z])`)
	frame        = lazy.Regexp(`^(at (async |new )?\S+( \[as \S+\])? ?\(|at \S+:\d+|File "|from \S+:\d+|#\d+ |\.\.\. \d+ more|goroutine \d|[\w./@-]+\.(go|js|ts|py|rb|php|java):\d)`) // of a stack: names of functions say nothing
	sentenceEnd  = lazy.Regexp(`([.!?])["')\]]?\s+|[\r\n]+`)
)

// lines are the sentences of a text, without boilerplate and with single spaces.
func lines(text string) []sentence {
	if len(text) > longestText {
		text = strings.ToValidUTF8(text[:longestText], "")
	}
	var out []sentence
	text = ofOthers().ReplaceAllString(ofTheRFC().ReplaceAllString(text, " "), " ")
	for _, s := range sentenceEnd().Split(text, -1) {
		if s = strings.Join(strings.Fields(s), " "); s != "" && !frame().MatchString(s) {
			low := strings.ToLower(straight.Replace(hiddenLength().ReplaceAllString(s, "…")))
			out = append(out, sentence{s, wordHyphen().ReplaceAllString(low, "$1 $2")})
		}
	}
	return out
}

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
