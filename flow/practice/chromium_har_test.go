package practice_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/read"
	"example.com/grantwalk/flow/internal/foreign"
	"example.com/grantwalk/flow/practice"
)

// recordings is where the captures lie that package diagnose is tried on by
// everybody, without a browser; -update writes them anew.
const recordings = "../../diagnose/read/testdata/chromium"

// A capture by a browser is not what a proxy writes, and an app that runs in the
// page is not one that has a server. So that nothing is taken for granted, walks
// are recorded here as people would record theirs.
func TestWalksRecordedByChromiumAreDiagnosed(t *testing.T) {
	browser := foreign.ChromiumPath(t)
	ctx, dir := foreign.NPM(t, "chromium-har")
	record := func(t *testing.T, b *bench, mistake, name string, log ...string) diagnose.Report {
		args := append([]string{"record.mjs", browser, b.server.Issuer(), mistake, name}, log...)
		foreign.Run(ctx, t, dir, "node", args...)
		files := append([]string{name}, log...)
		if *update {
			keep(t, dir, files)
		}
		return diagnose.Diagnose(evidence(t, dir, files))
	}
	first := func(r diagnose.Report) diagnose.ID {
		if len(r.Causes) == 0 {
			return "fine"
		}
		return r.Causes[0].ID
	}
	for _, want := range []diagnose.ID{"fine", diagnose.UserDenied, diagnose.CodeReused, diagnose.RedirectURIMismatch,
		diagnose.PKCEMismatch, diagnose.CodeMalformed, diagnose.CodeExpired, diagnose.RefreshReused} {
		t.Run(string(want), func(t *testing.T) {
			b := start(t, func(o *practice.Options) {
				o.Now = time.Now // the browser has no other
				if want == diagnose.CodeExpired {
					o.CodeLifetime = time.Second
				}
			})
			if got := first(record(t, b, string(want), string(want)+".har")); got != want {
				t.Errorf("said to be %s", got)
			}
		})
	}
	for _, want := range []diagnose.ID{diagnose.CodeReused, diagnose.RedirectURIMismatch} {
		t.Run("backend "+string(want), func(t *testing.T) {
			b := start(t, func(o *practice.Options) { o.Now, o.Speak = time.Now, "google" })
			name := "backend-" + string(want)
			if got := first(record(t, b, string(want), name+".har", name+".log")); got != want {
				t.Errorf("said to be %s", got)
			}
		})
	}
}

func evidence(t *testing.T, dir string, names []string) diagnose.Evidence {
	t.Helper()
	var inputs []read.Input
	for _, name := range names {
		f, err := os.Open(filepath.Join(dir, name))
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

func keep(t *testing.T, dir string, names []string) {
	t.Helper()
	for _, name := range names {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(recordings, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
