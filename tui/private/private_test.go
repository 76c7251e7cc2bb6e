package private

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// put is what a caller writes.
func put(text string) func(io.Writer) error {
	return func(out io.Writer) error {
		_, err := io.WriteString(out, text)
		return err
	}
}

func existing(t *testing.T, path, text string, mode fs.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

func link(t *testing.T, target, path string) {
	t.Helper()
	if err := os.Symlink(target, path); err != nil {
		t.Skipf("links cannot be made here: %v", err)
	}
}

func contains(t *testing.T, path, want string) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil || string(got) != want {
		t.Errorf("%s contains %q (%v), want %q", path, got, err, want)
	}
}

// names are the names in a directory, in order.
func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

func TestAWriteReplacesTheFileAndLeavesNothingElse(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "walk.json")
	for _, text := range []string{"first", "second"} {
		if err := Check(path); err != nil {
			t.Fatal(err)
		}
		if err := Write(path, put(text)); err != nil {
			t.Fatal(err)
		}
		contains(t, path, text)
		if body, err := Read(path, 100); err != nil || string(body) != text {
			t.Errorf("read %q, %v", body, err)
		}
	}
	if got := names(t, dir); !slices.Equal(got, []string{"walk.json"}) {
		t.Errorf("the directory has %q", got)
	}
}

func TestAFailedWriteLeavesTheOldFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "walk.json")
	existing(t, path, "old", 0o600)
	full := errors.New("no space left")
	err := Write(path, func(out io.Writer) error {
		io.WriteString(out, "ne")
		return full
	})
	if !errors.Is(err, full) {
		t.Errorf("the error is %v", err)
	}
	contains(t, path, "old")
	if err := Create(filepath.Join(dir, "report.md"), func(io.Writer) error { return full }); !errors.Is(err, full) {
		t.Errorf("the error is %v", err)
	}
	if got := names(t, dir); !slices.Equal(got, []string{"walk.json"}) {
		t.Errorf("the directory has %q", got)
	}
}

func TestALinkOfOursStaysALink(t *testing.T) {
	for name, target := range map[string]string{"to a file": "real.json", "to nothing yet": "new.json", "to a link": "second.json", "through a directory": "sub/../real.json"} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.Mkdir(filepath.Join(dir, "sub"), 0o700); err != nil {
				t.Fatal(err)
			}
			existing(t, filepath.Join(dir, "real.json"), "old", 0o600)
			link(t, "real.json", filepath.Join(dir, "second.json"))
			path := filepath.Join(dir, "walk.json")
			link(t, target, path)
			if err := Write(path, put("new")); err != nil {
				t.Fatal(err)
			}
			if to, err := os.Readlink(path); err != nil || to != target {
				t.Errorf("the link leads to %q (%v), want %q", to, err, target)
			}
			contains(t, path, "new")
			if body, err := Read(path, 100); err != nil || string(body) != "new" {
				t.Errorf("read %q, %v", body, err)
			}
		})
	}
}

func TestALinkToADirectoryOfOursIsFollowed(t *testing.T) {
	dir := t.TempDir()
	target, other := filepath.Join(dir, "real"), filepath.Join(dir, "other")
	if err := errors.Join(os.MkdirAll(filepath.Join(target, "deep"), 0o700), os.Mkdir(other, 0o700)); err != nil {
		t.Fatal(err)
	}
	link(t, filepath.Join(target, "deep"), filepath.Join(other, "link"))
	// The directory above a link is the one above its target, as for the system.
	path := filepath.Join(other, "link") + string(filepath.Separator) + ".." + string(filepath.Separator) + "walk.json"
	if err := Write(path, put("new")); err != nil {
		t.Fatal(err)
	}
	contains(t, filepath.Join(target, "walk.json"), "new")
}

func TestLinksInACircleAreAnError(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a")
	link(t, "b", path)
	link(t, "a", filepath.Join(dir, "b"))
	var p *Problem
	if err := Write(path, put("new")); !errors.As(err, &p) || !strings.Contains(p.What, "too many links") {
		t.Errorf("the error is %v", err)
	}
}

func TestWhatIsNoFileIsNotReplaced(t *testing.T) {
	dir := t.TempDir()
	readOnly := filepath.Join(dir, "read-only")
	existing(t, readOnly, "old", 0o400)
	for path, want := range map[string]string{
		dir:                                     "is a directory",
		".":                                     "is a directory",
		"":                                      "is a directory",
		"/":                                     "is a directory",
		dir + string(filepath.Separator) + "..": "is a directory",
		filepath.Join(dir, "new") + string(filepath.Separator): "is a directory that does not exist",
		readOnly: "is read-only",
	} {
		for name, do := range map[string]func() error{"Check": func() error { return Check(path) }, "Write": func() error { return Write(path, put("new")) }} {
			var p *Problem
			if err := do(); !errors.As(err, &p) || p.What != want || p.Remedy == "" {
				t.Errorf("%s %q: %v, want %q with a remedy", name, path, err, want)
			}
		}
	}
	contains(t, readOnly, "old")
	missing := filepath.Join(dir, "none", "walk.json")
	if err := Check(missing); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v, want an error that the directory does not exist", err)
	}
	if _, err := Read(filepath.Join(dir, "none.json"), 10); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v, want an error that the file does not exist", err)
	}
}

// Whoever may write to the directory can act between the check and the rename.
// The write below is that moment.
func TestALinkThatAppearsDuringTheWriteIsReplacedAndNotFollowed(t *testing.T) {
	dir := t.TempDir()
	path, target := filepath.Join(dir, "walk.json"), filepath.Join(dir, "precious")
	existing(t, target, "precious", 0o600)
	err := Write(path, func(out io.Writer) error {
		link(t, target, path)
		return put("new")(out)
	})
	if err != nil {
		t.Fatal(err)
	}
	contains(t, target, "precious")
	if info, err := os.Lstat(path); err != nil || !info.Mode().IsRegular() {
		t.Errorf("%v, %v: want a regular file", info, err)
	}
}

func TestADirectoryThatIsReplacedDuringTheWriteIsNotWrittenTo(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("an open directory cannot be renamed on Windows")
	}
	base := t.TempDir()
	dir, moved, other := filepath.Join(base, "dir"), filepath.Join(base, "moved"), filepath.Join(base, "other")
	if err := errors.Join(os.Mkdir(dir, 0o700), os.Mkdir(other, 0o700)); err != nil {
		t.Fatal(err)
	}
	err := Write(filepath.Join(dir, "walk.json"), func(out io.Writer) error {
		if err := os.Rename(dir, moved); err != nil {
			return err
		}
		link(t, other, dir)
		return put("new")(out)
	})
	if err != nil {
		t.Fatal(err)
	}
	contains(t, filepath.Join(moved, "walk.json"), "new")
	if got := names(t, other); len(got) > 0 {
		t.Errorf("the other directory has %q", got)
	}
}

func TestAReadHasABound(t *testing.T) {
	path := filepath.Join(t.TempDir(), "progress.json")
	existing(t, path, "12345", 0o600)
	if body, err := Read(path, 5); err != nil || string(body) != "12345" {
		t.Errorf("%q, %v", body, err)
	}
	var large *TooLarge
	if _, err := Read(path, 4); !errors.As(err, &large) || large.Limit != 4 {
		t.Errorf("the error is %v", err)
	}
	if err := os.Truncate(path, 10<<30); err != nil { // takes no room on the disk
		t.Skipf("a file of 10 GB cannot be made here: %v", err)
	}
	if _, err := Read(path, 1<<20); !errors.As(err, &large) {
		t.Errorf("the error is %v", err)
	}
}

func TestCreateNeverUsesANameThatIsTaken(t *testing.T) {
	dir := t.TempDir()
	file, dangling := filepath.Join(dir, "file"), filepath.Join(dir, "dangling")
	existing(t, file, "old", 0o600)
	link(t, "elsewhere", dangling)
	for _, path := range []string{file, dangling} {
		if err := Create(path, put("new")); !errors.Is(err, fs.ErrExist) {
			t.Errorf("%s: %v, want an error that it exists", path, err)
		}
	}
	contains(t, file, "old")
	if err := Create(filepath.Join(dir, "free"), put("new")); err != nil {
		t.Error(err)
	}
	if got := names(t, dir); !slices.Equal(got, []string{"dangling", "file", "free"}) {
		t.Errorf("the directory has %q", got)
	}
}

func TestWhatIsSetAsideReplacesNothing(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "progress.json")
	for _, text := range []string{"one", "two", "three"} {
		existing(t, path, text, 0o600)
		aside, err := SetAside(path)
		if err != nil {
			t.Fatal(err)
		}
		contains(t, aside, text)
	}
	if got := names(t, dir); !slices.Equal(got, []string{"progress.json.broken", "progress.json.broken-2", "progress.json.broken-3"}) {
		t.Errorf("the directory has %q", got)
	}
	if _, err := SetAside(path); err == nil {
		t.Error("a file that does not exist was set aside")
	}
	if got := names(t, dir); len(got) != 3 {
		t.Errorf("the directory has %q", got)
	}
}
