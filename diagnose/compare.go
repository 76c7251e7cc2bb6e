package diagnose

// compared sets two values under each other with the differing parts marked.
func compared(labelA, a, labelB, b string) []Value {
	from := 0
	for from < len(a) && from < len(b) && a[from] == b[from] {
		from++
	}
	endA, endB := len(a), len(b)
	for endA > from && endB > from && a[endA-1] == b[endB-1] {
		endA, endB = endA-1, endB-1
	}
	if b == "" {
		return []Value{{Label: labelA, Text: a}, {Label: labelB, Text: "(not sent)"}}
	}
	return []Value{
		{Label: labelA, Text: a, Differ: []Span{{from, endA}}},
		{Label: labelB, Text: b, Differ: []Span{{from, endB}}},
	}
}
