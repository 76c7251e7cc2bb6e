// Package cite knows which sections the specifications have, so that a text that
// names one can be checked, and a reader be told what the section is called.
//
// It holds numbers and headings and no text of the specifications. Of those that
// are cited for a detail only (RFC 7515, RFC 9110) it has the sections in question.
package cite

import (
	_ "embed"
	"encoding/json"
	"regexp"
	"sync"
)

// A Ref is a section of a specification.
type Ref struct{ Document, Section string }

// String is the section as texts cite it: "RFC 6749 §4.1.2".
func (r Ref) String() string { return r.Document + " §" + r.Section }

//go:embed headings.json
var file []byte

// headings are by document and section number.
var headings = sync.OnceValue(func() map[string]map[string]string {
	var h map[string]map[string]string
	if err := json.Unmarshal(file, &h); err != nil {
		panic("cite: headings.json: " + err.Error()) // a test reads it
	}
	return h
})

// Title is the section's heading; ok is false for a section that there is not.
func (r Ref) Title() (title string, ok bool) {
	title, ok = headings()[r.Document][r.Section]
	return title, ok
}

// reference is a document's name, with the sections after it: "RFC 6749 §4.1.2,
// §5.2". The name alone matches too, and has no section.
var reference = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(RFC [0-9]+|OpenID Connect (?:Core|Discovery)|OAuth 2\.0 Multiple Response Types)((?:,? (?:and )?§[0-9]+(?:\.[0-9]+)*)*)`)
})

var number = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`[0-9]+(?:\.[0-9]+)*`) })

// In returns the sections that a text cites, each once, in order. A document that
// is named without a section is returned with an empty one.
func In(text string) []Ref {
	var refs []Ref
	seen := map[Ref]bool{}
	add := func(r Ref) {
		if !seen[r] {
			seen[r] = true
			refs = append(refs, r)
		}
	}
	for _, m := range reference().FindAllStringSubmatch(text, -1) {
		sections := number().FindAllString(m[2], -1)
		if len(sections) == 0 {
			add(Ref{Document: m[1]})
		}
		for _, s := range sections {
			add(Ref{m[1], s})
		}
	}
	return refs
}
