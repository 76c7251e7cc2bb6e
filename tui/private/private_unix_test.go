//go:build unix

package private

import (
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// stranger is a user that the tests are not run as.
const stranger = 65534

// asRoot skips a test that needs files of another user.
func asRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root can make a file that belongs to another user")
	}
}

// all does everything that can be done with a path, and wants a problem each time.
func all(t *testing.T, path, want string) {
	t.Helper()
	_, readErr := Read(path, 100)
	_, asideErr := SetAside(path)
	_, lockErr := Lock(path)
	for name, err := range map[string]error{"Check": Check(path), "Write": Write(path, put("new")), "Read": readErr, "SetAside": asideErr, "Lock": lockErr} {
		var p *Problem
		if !errors.As(err, &p) || !strings.Contains(p.What, want) || p.Remedy == "" {
			t.Errorf("%s %s: %v, want %q with a remedy", name, path, err, want)
		}
	}
}

func TestAFileIsForItsOwnerOnlyWhateverTheUmask(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0))
	for _, mask := range []int{0, 0o022, 0o077, 0o277} {
		for _, before := range []fs.FileMode{0, 0o644, 0o600, 0o666} { // 0: there is no file
			syscall.Umask(0o022)
			dir := t.TempDir()
			path := filepath.Join(dir, "walk.json")
			if before != 0 {
				existing(t, path, "old", before)
			}
			syscall.Umask(mask)
			if err := Write(path, put("new")); err != nil {
				t.Fatalf("umask %03o: %v", mask, err)
			}
			if err := Create(filepath.Join(dir, "report.md"), put("new")); err != nil {
				t.Fatalf("umask %03o: %v", mask, err)
			}
			for _, name := range names(t, dir) {
				if info, err := os.Lstat(filepath.Join(dir, name)); err != nil || info.Mode() != 0o600 {
					t.Errorf("umask %03o, before %v: %s has %v, %v", mask, before, name, info.Mode(), err)
				}
			}
		}
	}
}

func TestALinkOfAnotherUserIsNotFollowed(t *testing.T) {
	asRoot(t)
	for _, mode := range []fs.FileMode{0o755, 0o777, 0o777 | fs.ModeSticky} {
		base := t.TempDir()
		dir, home := filepath.Join(base, "shared"), filepath.Join(base, "home")
		if err := errors.Join(os.Mkdir(dir, 0o700), os.Chmod(dir, mode), os.Mkdir(home, 0o700)); err != nil {
			t.Fatal(err)
		}
		target := filepath.Join(home, "precious")
		existing(t, target, "precious", 0o600)
		for name, to := range map[string]string{"walk.json": target, "dangling.json": filepath.Join(home, "new"), "sub": home} {
			link(t, to, filepath.Join(dir, name))
			if err := os.Lchown(filepath.Join(dir, name), stranger, stranger); err != nil {
				t.Fatal(err)
			}
		}
		// A link of ours that leads to the planted one helps nobody.
		link(t, filepath.Join(dir, "walk.json"), filepath.Join(base, "mine.json"))
		for _, path := range []string{filepath.Join(dir, "walk.json"), filepath.Join(dir, "dangling.json"), filepath.Join(dir, "sub", "precious"), filepath.Join(dir, "sub", "new"), filepath.Join(base, "mine.json")} {
			all(t, path, "is a link that belongs to another user (uid 65534)")
		}
		if err := Create(filepath.Join(dir, "sub", "report.md"), put("new")); err == nil {
			t.Error("a report was written through a link of another user")
		}
		if err := Create(filepath.Join(dir, "dangling.json"), put("new")); !errors.Is(err, fs.ErrExist) {
			t.Errorf("%v, want an error that it exists", err)
		}
		contains(t, target, "precious")
		if got := names(t, home); !slices.Equal(got, []string{"precious"}) {
			t.Errorf("the home directory has %q", got)
		}
		if got := names(t, dir); !slices.Equal(got, []string{"dangling.json", "sub", "walk.json"}) {
			t.Errorf("the shared directory has %q", got)
		}
	}
}

// Where a link may get a second name, a link of ours may have been put there by
// another user.
func TestALinkInADirectoryOfEverybodyIsNotFollowed(t *testing.T) {
	for _, mode := range []fs.FileMode{0o777, 0o777 | fs.ModeSticky} {
		base := t.TempDir()
		dir := filepath.Join(base, "shared")
		if err := errors.Join(os.Mkdir(dir, 0o700), os.Chmod(dir, mode)); err != nil {
			t.Fatal(err)
		}
		target := filepath.Join(base, "precious")
		existing(t, target, "precious", 0o600)
		path := filepath.Join(dir, "walk.json")
		link(t, target, path)
		all(t, path, "is a link in a directory that every user can write to")
		contains(t, target, "precious")
		if err := Write(filepath.Join(dir, "new.json"), put("new")); err != nil {
			t.Errorf("a new file in such a directory: %v", err)
		}
	}
}

func TestAFileOfAnotherUserIsNeitherReadNorReplaced(t *testing.T) {
	asRoot(t)
	path := filepath.Join(t.TempDir(), "walk.json")
	existing(t, path, "theirs", 0o666)
	if err := os.Chown(path, stranger, stranger); err != nil {
		t.Fatal(err)
	}
	all(t, path, "belongs to another user (uid 65534)")
	contains(t, path, "theirs")
}

func TestAHardLinkKeepsWhatItsOtherNameHas(t *testing.T) {
	dir := t.TempDir()
	precious, path := filepath.Join(dir, "precious"), filepath.Join(dir, "walk.json")
	existing(t, precious, "precious", 0o600)
	if err := os.Link(precious, path); err != nil {
		t.Skip(err)
	}
	if err := Write(path, put("new")); err != nil {
		t.Fatal(err)
	}
	contains(t, precious, "precious")
	contains(t, path, "new")
}

func TestDevicesPipesAndSocketsAreNeitherReadNorReplaced(t *testing.T) {
	dir := t.TempDir()
	pipe, socket, zero := filepath.Join(dir, "pipe"), filepath.Join(dir, "socket"), filepath.Join(dir, "zero")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	link(t, "/dev/zero", zero)
	for _, path := range []string{"/dev/null", pipe, socket, zero} {
		all(t, path, "is not a regular file")
	}
	if info, err := os.Lstat(pipe); err != nil || info.Mode()&fs.ModeNamedPipe == 0 {
		t.Errorf("the pipe is now %v, %v", info, err)
	}
}

// /dev/stdout is a link to a link that leads to no path where it is a pipe.
func TestALinkToAnOpenPipeIsNotAFile(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	path := filepath.Join("/proc/self/fd", strconv.Itoa(int(w.Fd())))
	if _, err := os.Lstat(path); err != nil {
		t.Skip("there is no /proc here")
	}
	all(t, path, "is not a regular file")
}

func TestADirectoryThatCannotBeReadIsAnErrorAndNotAPanic(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may read every directory")
	}
	dir := filepath.Join(t.TempDir(), "closed")
	if err := os.Mkdir(dir, 0); err != nil {
		t.Fatal(err)
	}
	if err := Write(filepath.Join(dir, "walk.json"), put("new")); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("the error is %v", err)
	}
}

// Who owns a directory can give a link of ours in it a second name.
func TestALinkInADirectoryOfAnotherUserIsNotFollowed(t *testing.T) {
	asRoot(t)
	dir := t.TempDir()
	theirs, target := filepath.Join(dir, "theirs"), filepath.Join(dir, "target")
	if err := errors.Join(os.Mkdir(theirs, 0o755), os.Symlink(target, filepath.Join(theirs, "link")), os.Chown(theirs, stranger, stranger)); err != nil {
		t.Fatal(err)
	}
	err := Write(filepath.Join(theirs, "link"), func(io.Writer) error { return nil })
	if p := (*Problem)(nil); !errors.As(err, &p) || !strings.Contains(p.What, "belongs to another user") {
		t.Errorf("got %v", err)
	}
	if _, err := os.Lstat(target); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the target: %v", err)
	}
}

func TestADirectoryThatMayNotBeReadIsPassedThrough(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may read every directory")
	}
	parent := filepath.Join(t.TempDir(), "parent")
	path := filepath.Join(parent, "dir", "file")
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.Chmod(parent, 0o300)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(parent, 0o700) })
	if err := Write(path, func(io.Writer) error { return nil }); err != nil {
		t.Error(err)
	}
}

func TestALockThatIsHeldIsWaitedForButNotForever(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	unlock, err := Lock(path)
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	if _, err := Lock(path); err == nil || !strings.Contains(err.Error(), "is locked by another program") {
		t.Errorf("got %v", err)
	}
}
