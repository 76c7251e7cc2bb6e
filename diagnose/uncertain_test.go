package diagnose_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/read"
)

// The inputs in testdata/uncertain look as if a request broke a rule: a part of it was left
// out or replaced, the provider has another rule, or the server's words name another cause.
// Of those in testdata/both-sides, the name is the cause, and both its sides are there.
func TestAnInputThatHasOneSideOnlyIsNotCertain(t *testing.T) {
	for _, c := range []struct {
		folder string
		least  int
	}{{"uncertain", 20}, {"both-sides", 1}} {
		files, err := filepath.Glob("testdata/" + c.folder + "/*")
		if err != nil || len(files) < c.least {
			t.Fatalf("%d files in %s, %v", len(files), c.folder, err)
		}
		for _, file := range files {
			t.Run(file, func(t *testing.T) {
				text, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				result, err := read.Read([]read.Input{{Reader: strings.NewReader(string(text))}}, read.Options{})
				if err != nil {
					t.Fatal(err)
				}
				for _, e := range append(evidences(result), result.Evidence) {
					for _, cause := range diagnose.Diagnose(e).Causes {
						name := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
						if certain := cause.Strength == diagnose.Certain; certain != (c.folder == "both-sides" && string(cause.ID) == name) {
							t.Errorf("%s is certain: %v: %q", cause.ID, certain, cause.Says)
						}
					}
				}
			})
		}
	}
}

func evidences(r read.Result) (all []diagnose.Evidence) {
	for _, g := range r.Groups {
		all = append(all, g.Evidence)
	}
	return all
}
