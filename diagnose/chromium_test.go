package diagnose_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/read"
)

// The captures in read/testdata/chromium were recorded by a browser, of an app
// that made the mistake that the file is named after; the recorder lies with the
// practice server. Those of an app whose server redeems the code have the log of
// that server beside them.
func TestCapturesOfABrowserAreDiagnosed(t *testing.T) {
	files, err := filepath.Glob("read/testdata/chromium/*.har")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d captures, %v", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".har")
		want, hasLog := strings.CutPrefix(name, "backend-")
		names := []string{file}
		if hasLog {
			names = append(names, strings.TrimSuffix(file, ".har")+".log")
		}
		e := evidenceOf(t, names...)
		d := diagnose.Diagnose(e)
		if want == "fine" {
			unseen := e.TokenRequests[len(e.TokenRequests)-1].Response.Unseen // a browser drops the body of a response that the page did not read
			if len(d.Causes) > 0 || d.Granted == unseen || unseen != (len(d.Findings) == 1) {
				t.Errorf("%s: granted %t, and said to be %+v, %q", name, d.Granted, d.Causes, d.Findings)
			}
			continue
		}
		if len(d.Causes) == 0 || string(d.Causes[0].ID) != want {
			t.Errorf("%s: said to be %+v", name, d.Causes)
		}
		if silent := otherServers["everything is invalid_grant"]; !hasLog && want != "code_expired" {
			silent(&e)
			if d := diagnose.Diagnose(e); len(d.Causes) == 0 || string(d.Causes[0].ID) != want {
				t.Errorf("%s, without the server's words: said to be %+v", name, d.Causes)
			}
		}
		if len(e.Authorizations) != 1 || e.Authorizations[0].Response.URI == "" {
			t.Errorf("%s: the authorization request and its answer are not there: %+v", name, e.Authorizations)
		}
	}
}

func evidenceOf(t *testing.T, names ...string) diagnose.Evidence {
	t.Helper()
	var inputs []read.Input
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		inputs = append(inputs, read.Input{Name: name, Reader: f})
	}
	r, err := read.Read(inputs, read.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r.Evidence
}

// Of an app with a server the browser alone sees no token request. That its
// callback came twice is seen all the same.
func TestACallbackThatCameTwiceTellsWithoutTheTokenRequest(t *testing.T) {
	d := diagnose.Diagnose(evidenceOf(t, "read/testdata/chromium/backend-code_reused.har"))
	if len(d.Causes) == 0 || d.Causes[0].ID != diagnose.CodeReused {
		t.Errorf("%+v", d.Causes)
	}
}
