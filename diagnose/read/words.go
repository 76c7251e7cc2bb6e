package read

import (
	"net/url"
	"strings"
	"unicode/utf8"

	"grantwalk/diagnose"
	"grantwalk/diagnose/safe"
)

// wordsAround is what is left of the text besides the description: cleaned,
// without secrets, cut to what fits a screen or two.
func wordsAround(text, description string) safe.Foreign {
	if len(description) > 20 {
		text = strings.ReplaceAll(text, description, " ")
	}
	return lines(safe.Conceal(spoken(text)))
}

// maxWords bounds Evidence.Words, in bytes.
const maxWords = 8 << 10

// lines is text without empty lines, cut.
func lines(text string) safe.Foreign {
	var b strings.Builder
	for line := range strings.SplitSeq(text, "\n") {
		line = bounded(strings.TrimRight(line, " \t"), 2000)
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
	return safe.Foreign(b.String())
}

// scrub takes the flow's own secrets, and others that are known, out of what a server
// says of them: one that is a word would be shown.
func scrub(e *diagnose.Evidence, others []string) {
	hide := hider(*e, others)
	refusals := []*diagnose.Refusal{&e.Refusal}
	for i := range e.Authorizations {
		refusals = append(refusals, &e.Authorizations[i].Response.Refusal)
	}
	for i := range e.TokenRequests {
		r := &e.TokenRequests[i].Response
		r.Body = safe.Foreign(hide(r.Body.Raw()))
		refusals = append(refusals, &r.Refusal)
	}
	for _, r := range refusals {
		r.Error, r.Description = safe.Foreign(hide(r.Error.Raw())), safe.Foreign(hide(r.Description.Raw()))
		r.URI = safe.Endpoint(hide(r.URI.Raw()))
	}
	e.Words, e.Note = safe.Foreign(hide(e.Words.Raw())), safe.Foreign(hide(e.Note.Raw()))
}

// named are the values that texts call a secret, and the same with other capitals: a
// person repeats a word so.
func named(texts []string) []string {
	var values []string
	for _, text := range texts {
		for _, v := range safe.Named(text[:min(len(text), small)]) {
			low := strings.ToLower(v)
			_, first := utf8.DecodeRuneInString(low)
			values = append(values, v, low, strings.ToUpper(v), strings.ToUpper(low[:first])+low[first:])
		}
	}
	return values
}

// hider takes the secrets that the evidence holds out of texts, however they are
// encoded there.
func hider(e diagnose.Evidence, others []string) func(string) string {
	var forms []string
	for _, s := range secrets(e) {
		others = append(others, s.Reveal())
	}
	for _, s := range others {
		forms = append(forms, s, url.QueryEscape(s))
	}
	return safe.NewHider(forms...).Hide
}

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
