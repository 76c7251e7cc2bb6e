package read

import (
	"strings"

	"example.com/grantwalk/diagnose/safe"
)

// wordsAround is what is left of the text besides the description: cleaned,
// without secrets, cut to what fits a screen or two.
func wordsAround(text, description string) string {
	text = spoken(text)
	if len(description) > 20 {
		text = strings.ReplaceAll(text, description, " ")
	}
	return lines(safe.Conceal(text))
}

// lines is text without empty lines, cut.
func lines(text string) string {
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
	return b.String()
}
