package read

import (
	"strings"

	"example.com/grantwalk/diagnose/safe"
)

// wordsAround is what is left of the text besides the description: cleaned,
// without secrets, cut to what fits a screen or two.
func wordsAround(text, description string) safe.Foreign {
	text = spoken(text)
	if len(description) > 20 {
		text = strings.ReplaceAll(text, description, " ")
	}
	return lines(safe.Conceal(text))
}

// maxWords bounds Evidence.Words, in bytes.
const maxWords = 8 << 10

// lines is text without empty lines, cut.
func lines(text string) safe.Foreign {
	var b strings.Builder
	for line := range strings.SplitSeq(text, "\n") {
		line = safe.Cut(strings.TrimRight(line, " \t"), 2000)
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

// named are the values that texts call a secret.
func named(texts []string) []string {
	var values []string
	for _, text := range texts {
		values = append(values, safe.Named(text[:min(len(text), small)])...)
	}
	return values
}
