package diagnose

import (
	"regexp"
	"strings"
	"testing"

	"example.com/grantwalk/diagnose/causes"
	"example.com/grantwalk/diagnose/cite"
)

func TestEverySectionThatACauseCitesExists(t *testing.T) {
	inWords := regexp.MustCompile(`(RFC [0-9]+),\s+section\s+([0-9]+(?:\.[0-9]+)*)`)
	for _, r := range causes.All() {
		refs := cite.In(r.Cites)
		if len(refs) != strings.Count(r.Cites, "§") {
			t.Errorf("%s: of %q only %q is read", r.ID, r.Cites, refs)
		}
		for _, m := range inWords.FindAllStringSubmatch(Explain(r.ID), -1) {
			refs = append(refs, cite.Ref{Document: m[1], Section: m[2]})
		}
		for _, ref := range refs {
			if _, ok := ref.Title(); !ok {
				t.Errorf("%s cites %s, which there is not", r.ID, ref)
			}
		}
	}
}
