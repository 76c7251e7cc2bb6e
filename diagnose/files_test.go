package diagnose_test

import (
	"os"
	"path/filepath"
	"testing"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/read"
)

// files are the files in testdata/files, with what broke the flow in each. mitmdump 8.1.1
// wrote mitmproxy.flow. The others were made in the form that the tool's maker documents.
var files = map[string]diagnose.ID{
	"copy-as-curl-cmd.txt":   "redirect_uri_mismatch",
	"copy-as-fetch.txt":      "redirect_uri_mismatch",
	"copy-as-powershell.txt": "redirect_uri_mismatch",
	"httpie.txt":             "redirect_uri_mismatch",
	"python-requests.py":     "redirect_uri_mismatch",
	"wget.txt":               "redirect_uri_mismatch",
}

func TestTheFilesOfToolsHaveTheCauseThatBrokeTheFlow(t *testing.T) {
	found, err := filepath.Glob("testdata/files/*")
	if err != nil || len(found) != len(files) {
		t.Fatalf("%d files, %v, and %d causes", len(found), err, len(files))
	}
	for name, cause := range files {
		f, err := os.Open(filepath.Join("testdata/files", name))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		result, err := read.Read([]read.Input{{Name: name, Reader: f}}, read.Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		causes := diagnose.Diagnose(result.Evidence).Causes
		if len(causes) == 0 || causes[0].ID != cause {
			t.Errorf("%s: %v, want %s", name, causes, cause)
		}
	}
}
