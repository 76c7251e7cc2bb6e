package diagnose

import (
	"regexp"
	"strings"
)

// said is what people, logs and the server say, as the observations read it.
type said struct {
	all    []string // sentences, lower case
	server []string // those of the server and of the text around the error
	grant  string   // the grant that is known, or of which they speak; empty: untold
}

// longestText bounds what is read of a text, in bytes: the rest of a long log
// tells no more of one error.
const longestText = 16 << 10

func newSaid(c *Case) said {
	s := said{server: append(lines(c.Refusal.Description), lines(c.Words)...)}
	s.all = append(lines(c.Note), s.server...)
	s.grant = c.Grant
	return s
}

// boilerplate are sentences that name every cause, or guess: RFC 6749 §5.2's own
// (and what servers made of it), and the advice that libraries print with any
// error. A word in them is evidence of nothing.
var boilerplate = regexp.MustCompile(`(?i)(the )?provided (authorization|access) (grant|code)[^\n]{0,200}?(issued to another client|redirection uri\)?|expired,? or revoked|expired or revoked)` +
	`|there are two likely causes[^\n]*|client authentication failed \(e\.g\.[^\n)]*\)|\((e\.g\.|for example)[^\n)]*\)`)

var (
	wordHyphen  = regexp.MustCompile(`([a-z])-([a-z])`)
	sentenceEnd = regexp.MustCompile(`([.!?;])["')\]]?\s+|[\r\n]+`)
)

// lines are the sentences of a text, in lower case, without boilerplate, with
// straight apostrophes, without the hyphens of compounds and with single spaces.
func lines(text string) []string {
	if len(text) > longestText {
		text = text[:longestText]
	}
	text = boilerplate.ReplaceAllString(text, " ")
	text = strings.NewReplacer("’", "'", "‘", "'", "“", `"`, "”", `"`).Replace(strings.ToLower(text))
	text = wordHyphen.ReplaceAllString(text, "$1 $2")
	var out []string
	for _, s := range sentenceEnd.Split(text, -1) {
		if s = strings.Join(strings.Fields(s), " "); s != "" {
			out = append(out, s)
		}
	}
	return out
}
