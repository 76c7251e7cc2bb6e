package diagnose

import (
	"regexp"
	"testing"

	"grantwalk/diagnose/cite"
)

func TestEverySectionThatARuleCitesExists(t *testing.T) {
	inWords := regexp.MustCompile(`(RFC [0-9]+),\s+section\s+([0-9]+(?:\.[0-9]+)*)`)
	for _, r := range rules {
		refs := make([]cite.Ref, 0, len(r.Cites))
		for _, c := range r.Cites {
			refs = append(refs, cite.Ref(c))
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
