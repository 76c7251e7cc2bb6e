//go:build unix

package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"example.com/grantwalk/diagnose/safe"
)

// A person copies the hint into a shell. It must change this file and do nothing else.
func TestTheHintForAnExposedSecretNamesTheFileToAShell(t *testing.T) {
	shell, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("no bash here")
	}
	for _, name := range []string{
		"secret", "my secret", "it's", "$(touch F)", "`touch F`", "a;touch F", "a&&touch F", "a|touch F", `a"b`, `a\b`, "*", "~", "-R", "--help",
		"#x", "!x", "a\nb", "a\ttouch F", "\x1b[2J", "\u202e", "\xff\xfe", "it's\n$(touch F)", "'\x1b'", "\\\x1b", "ä",
	} {
		dir := t.TempDir()
		for _, bystander := range []string{"bystander", name} {
			if err := os.WriteFile(filepath.Join(dir, bystander), []byte("s3cret"), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(filepath.Join(dir, bystander), 0o644); err != nil { // whatever the umask is
				t.Fatal(err)
			}
		}
		t.Chdir(dir)
		_, exposed, err := secretFile("client-secret-file", name)
		if err != nil || exposed == nil {
			t.Fatalf("%q: %v, %v", name, exposed, err)
		}
		if hint, text := exposed.Hint(), exposed.String(); !safe.Clean(hint) || !safe.Clean(text) {
			t.Errorf("%q would act on a terminal: %q, %q", name, hint, text)
		}
		if !safe.Clean(name) { // no quotes keep a terminal from acting on it
			if !strings.HasPrefix(exposed.Hint(), "rename the file") {
				t.Errorf("%q: the hint is %q", name, exposed.Hint())
			}
			continue
		}
		if out, err := exec.Command(shell, "-c", exposed.Hint()).CombinedOutput(); err != nil || len(out) > 0 {
			t.Errorf("%s: %v %s", exposed.Hint(), err, out)
		}
		modes := map[string]fs.FileMode{}
		files, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			info, err := f.Info()
			if err != nil {
				t.Fatal(err)
			}
			modes[f.Name()] = info.Mode()
		}
		if len(modes) != 2 || modes[name] != 0o600 || modes["bystander"] != 0o644 {
			t.Errorf("%s left %v", exposed.Hint(), modes)
		}
	}
}
