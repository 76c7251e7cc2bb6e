package diagnose

import "embed"

// Every cause has a folder of its own: explain.md, what a person should know of
// it; match.json, evidence of it; near-miss.json, evidence that looks like it and
// is something else.
//
//go:generate go run ../cmd/causes ../docs/causes
//go:embed rules
var ruleFiles embed.FS

// Explain is the text of a cause, in Markdown: what it is, how it comes about,
// how to check, how to mend. It is empty for an unknown cause.
func Explain(id ID) string {
	body, err := ruleFiles.ReadFile("rules/" + string(id) + "/explain.md")
	if err != nil {
		return ""
	}
	return string(body)
}
