package read

import (
	"encoding/csv"
	"encoding/json"
	"slices"
	"strings"
	"unicode"

	"example.com/grantwalk/diagnose/catalogue"
)

// A table is a log that an administrator downloaded from a portal: a line with the names
// of the columns, and a line for each event (RFC 4180).

// leastColumns tells a table from prose and from a message with commas.
const leastColumns = 4

// tableLines is a table as a log: a line of JSON for each event. The number of an error has
// its name in front, where the provider's logs have only the number. It is empty if the
// text is no table.
func tableLines(text string) string {
	r := csv.NewReader(strings.NewReader(text))
	names, err := r.Read()
	if err != nil || len(names) < leastColumns || slices.ContainsFunc(names, isNoName) {
		return ""
	}
	provider, _ := catalogue.Identify(strings.Join(names, ": ,"))
	var lines strings.Builder
	for {
		values, err := r.Read()
		if err != nil { // the end, or a line of another table
			return lines.String()
		}
		for i, name := range names {
			if number := catalogue.ErrorNumber(provider, name+": "+values[i]); number != "" {
				values[i] = number
			}
		}
		lines.WriteString(eventLine(names, values) + "\n")
	}
}

// isNoName reports whether a text cannot be the name of a column.
func isNoName(s string) bool {
	return s == "" || len(s) > 60 || !unicode.IsLetter([]rune(s)[0]) && s[0] != '@' || strings.ContainsAny(s, "{}=\n\"")
}

// eventLine is a JSON object of what is not empty, in the order of the columns.
func eventLine(names, values []string) string {
	var members []string
	for i, name := range names {
		if values[i] != "" {
			members = append(members, quoted(name)+": "+quoted(values[i]))
		}
	}
	return "{" + strings.Join(members, ", ") + "}"
}

func quoted(s string) string {
	b, _ := json.Marshal(s) // a string has no error
	return string(b)
}
