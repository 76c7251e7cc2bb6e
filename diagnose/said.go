package diagnose

import (
	"math"
	"strings"
	"sync"

	"example.com/grantwalk/diagnose/catalogue"
	"example.com/grantwalk/diagnose/internal/lazy"
	"example.com/grantwalk/diagnose/safe"
)

// heard is what people, logs and the server say, as the observations read it, and the
// wording of the catalogue that the server's words are.
type heard struct {
	all    []sentence
	server []sentence // those of the server and of the text around the error
	grants map[string]float64
	grant  string         // the one that is known, or of which they clearly speak; empty: untold
	hit    *catalogue.Hit // nil: no wording is known
}

// A sentence is one as it was said, and as the phrases read it: in lower case,
// with straight apostrophes and without the hyphens of compounds.
type sentence struct{ said, low string }

// longestText bounds what is read of a text, in bytes: the rest of a long log
// tells no more of one error.
const longestText = 16 << 10

func newHeard(c *Case) *heard {
	s := &heard{server: append(lines(c.Refusal.Description.Raw()), lines(c.Words.Raw())...)}
	s.all = append(lines(c.Note.Raw()), s.server...)
	if _, ok := priors()[c.Grant]; ok {
		s.grants, s.grant = map[string]float64{c.Grant: 1}, c.Grant
		s.hit = c.match(c.Grant)
		return s
	}
	worded := ""
	if hit := c.match(""); hit != nil {
		worded = hit.Wording.Grant
	}
	s.grants = guessGrant(s.all, worded)
	for g, share := range s.grants {
		if share >= clearly {
			s.grant = g
		}
	}
	s.hit = c.match(s.grant)
	return s
}

// prior is how often each cause is behind such a refusal, with the reason.
func (s *heard) prior() (Shares, string) {
	because := "not even the grant is known"
	if p, ok := priors()[s.grant]; ok {
		because = p.Because
	}
	return priorOf(s.grants), because
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
