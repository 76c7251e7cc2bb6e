package read

import (
	"net/url"
	"strings"

	"grantwalk/diagnose"
	"grantwalk/diagnose/safe"
)

// wordsAround is what is left of the text besides the description: cleaned,
// without secrets, cut to what fits a screen or two.
func wordsAround(text, description string) string {
	if len(description) > 20 {
		text = strings.ReplaceAll(text, description, " ")
	}
	return lines(Redact(spoken(text)))
}

// maxWords bounds Evidence.Words, in bytes.
const maxWords = 8 << 10

// lines cleans text and keeps its line ends.
func lines(text string) string {
	var b strings.Builder
	for line := range strings.SplitSeq(text, "\n") {
		line = safe.Text(strings.TrimRight(line, " \t"), 2000)
		if line == "" {
			continue
		}
		if b.Len()+len(line) > maxWords {
			break
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(line)
	}
	return b.String()
}

// scrub takes the flow's own secrets out of what a server says of them.
func scrub(e *diagnose.Evidence) {
	clean := hider(*e)
	refusals := []*diagnose.Refusal{&e.Refusal}
	for i := range e.Authorizations {
		refusals = append(refusals, &e.Authorizations[i].Response.Refusal)
	}
	for i := range e.TokenRequests {
		r := &e.TokenRequests[i].Response
		r.Body = clean(r.Body)
		refusals = append(refusals, &r.Refusal)
	}
	for _, r := range refusals {
		r.Error, r.Description, r.URI = clean(r.Error), clean(r.Description), clean(r.URI)
	}
	e.Words, e.Note = clean(e.Words), clean(e.Note)
}

// hider takes the secrets that the evidence holds out of texts, however they are
// encoded there.
func hider(e diagnose.Evidence) func(string) string {
	var pairs []string
	for _, s := range secrets(e) {
		for _, form := range []string{s.Reveal(), url.QueryEscape(s.Reveal())} {
			if len(form) >= leastHidden {
				pairs = append(pairs, form, s.String())
			}
		}
	}
	return strings.NewReplacer(pairs...).Replace
}

// leastHidden is the length from which a secret is looked for in texts: shorter
// ones would tear holes into ordinary words.
const leastHidden = 8

func secrets(e diagnose.Evidence) []safe.Secret {
	var all []safe.Secret
	for _, a := range e.Authorizations {
		all = append(all, a.State, a.Challenge, a.Response.Code, a.Response.State)
	}
	for _, r := range e.TokenRequests {
		all = append(all, r.ClientSecret, r.Basic, r.Code, r.Verifier, r.RefreshToken, r.Assertion, r.Response.AccessToken, r.Response.RefreshToken, r.Response.IDToken)
	}
	for _, r := range e.Revocations {
		all = append(all, r.Token)
	}
	return all
}
