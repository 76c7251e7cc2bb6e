package diagnose_test

import (
	"os"
	"path/filepath"
	"testing"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/read"
)

// files are samples of what tools write, in testdata/files, with the cause of each.
var files = map[string]diagnose.ID{
	"curl-trace-ascii.txt":  "redirect_uri_mismatch",
	"curl-trace.txt":        "redirect_uri_mismatch",
	"curl-v.txt":            "redirect_uri_mismatch",
	"fiddler.txt":           "redirect_uri_mismatch",
	"follow-stream.txt":     "redirect_uri_mismatch",
	"insomnia-timeline.txt": "redirect_uri_mismatch",
	"mitmdump.txt":          "redirect_uri_mismatch",
	"network-tab-text.txt":  "redirect_uri_mismatch",
	"postman-console.txt":   "redirect_uri_mismatch",
}

func TestTheFilesOfManyToolsNameTheirCauseFirst(t *testing.T) {
	for name, want := range files {
		f, err := os.Open(filepath.Join("testdata", "files", name))
		if err != nil {
			t.Fatal(err)
		}
		result, err := read.Read([]read.Input{{Name: name, Reader: f}}, read.Options{})
		f.Close()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		causes := diagnose.Diagnose(result.Evidence).Causes
		if len(causes) == 0 || causes[0].ID != want {
			t.Errorf("%s is %v, want %s", name, causes, want)
		}
		for _, c := range causes {
			if c.Strength == diagnose.Certain && c.ID != want {
				t.Errorf("%s: %s is certain: %q", name, c.ID, c.Says)
			}
		}
	}
}
