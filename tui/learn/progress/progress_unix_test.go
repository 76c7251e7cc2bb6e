//go:build unix

package progress

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func TestWhatIsNoFileOfThisUserIsNeitherReadNorReplaced(t *testing.T) {
	for name, c := range map[string]struct {
		make func(path string) error
		want string
	}{
		"pipe":           {func(path string) error { return syscall.Mkfifo(path, 0o600) }, "is not a regular file"},
		"link to device": {func(path string) error { return os.Symlink("/dev/zero", path) }, "is not a regular file"},
		"link of another user": {func(path string) error {
			return errors.Join(os.Symlink("/etc/passwd", path), os.Lchown(path, 65534, 65534))
		}, "is a link that belongs to another user (uid 65534)"},
		"file of another user": {func(path string) error {
			return errors.Join(os.WriteFile(path, []byte("{}"), 0o666), os.Chown(path, 65534, 65534))
		}, "belongs to another user (uid 65534)"},
	} {
		t.Run(name, func(t *testing.T) {
			path := place(t)
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := c.make(path); errors.Is(err, os.ErrPermission) {
				t.Skip("only root can make a file that belongs to another user")
			} else if err != nil {
				t.Fatal(err)
			}
			leftAsItIs(t, path, c.want)
		})
	}
}

func TestAFileThatCannotBeReadIsNotReplaced(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may read every file")
	}
	path := place(t)
	existing(t, path, lesson(`{"page": 3}`))
	if err := os.Chmod(path, 0); err != nil {
		t.Fatal(err)
	}
	leftAsItIs(t, path, "cannot be read: permission denied")
}

func TestAFileOfTenGigabytesIsSetAside(t *testing.T) {
	path := place(t)
	existing(t, path, lesson(`{"page": 3}`))
	if err := os.Truncate(path, 10<<30); err != nil { // takes no room on the disk
		t.Skip(err)
	}
	if _, err := Open(path); err == nil {
		t.Error("it is not said")
	}
	if info, err := os.Stat(path + ".broken"); err != nil || info.Size() != 10<<30 {
		t.Errorf("set aside was %v, %v", info, err)
	}
}

func TestProgressBehindALinkOfOursStaysThere(t *testing.T) {
	path, kept := place(t), filepath.Join(t.TempDir(), "dotfiles.json")
	existing(t, kept, lesson(`{"page": 3}`))
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.Symlink(kept, path)); err != nil {
		t.Fatal(err)
	}
	s := open(t, path)
	if got := s.Lesson("state").Page; got != 3 {
		t.Errorf("page %d, want 3", got)
	}
	s.Set("state", Lesson{Page: 4})
	if err := s.Save(); err != nil {
		t.Fatal(err)
	}
	if to, err := os.Readlink(path); err != nil || to != kept {
		t.Errorf("the link leads to %q, %v", to, err)
	}
	if got := open(t, kept).Lesson("state").Page; got != 4 {
		t.Errorf("page %d, want 4", got)
	}
}

func TestEveryFileIsForItsOwnerOnly(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0))
	path := filepath.Join(t.TempDir(), "state", "progress.json")
	syscall.Umask(0)
	s, _ := Open(path)
	s.Set("state", Lesson{Page: 1})
	if err := s.Save(); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 2 {
		t.Fatalf("%v, %v: want the file and its lock", entries, err)
	}
	for _, e := range entries {
		if info, err := e.Info(); err != nil || info.Mode() != 0o600 {
			t.Errorf("%s has %v, %v", e.Name(), info.Mode(), err)
		}
	}
}
