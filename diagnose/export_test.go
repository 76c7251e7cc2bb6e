package diagnose

// Quotable are the sentences of a text as they are, and as a report quotes them.
func Quotable(text string) (said, quoted []string) {
	for _, s := range lines(text) {
		said, quoted = append(said, s.said), append(quoted, s.quoted())
	}
	return said, quoted
}
