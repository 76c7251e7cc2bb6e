// Package private reads and writes files that are for this user only: saved
// walks, reports, progress. What is in the files is for the callers to know.
//
// A file is written with mode 0600 and is there whole or not at all: a new file
// takes the place of the old one. Another user of the machine may be able to
// write to the directory, so a link is followed only if nobody else can have
// planted it (see resolve), and only a regular file of this user's is read or
// replaced. A read has a bound, and never waits for a pipe.
package private

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/rogpeppe/go-internal/lockedfile"
)

const mode = 0o600

// A Problem is why a file is not used. Its Error begins with the path.
type Problem struct {
	Path   string
	What   string // "is a directory"
	Remedy string // an instruction
}

func (p *Problem) Error() string { return p.Path + " " + p.What }

// Hint is what to do about it.
func (p *Problem) Hint() string { return p.Remedy }

// A place is a name in an open directory. Everything is done through that
// directory, so that nobody can put another one in its place meanwhile.
type place struct {
	dir  *os.Root
	path string // without links
	name string
	info fs.FileInfo // nil: there is no such file
}

// open finds where path leads to. The error is a [*Problem] where there is
// something that must not be read or replaced.
func open(path string) (place, error) {
	at, err := resolve(path)
	if err != nil {
		return place{}, err
	}
	name := filepath.Base(at)
	if name == "." || name == ".." || os.IsPathSeparator(name[0]) {
		return place{}, isDirectory(at)
	}
	p, err := in(filepath.Dir(at), name)
	if err != nil {
		return place{}, err
	}
	switch p.info, err = p.dir.Lstat(name); {
	case err == nil:
		err = usable(at, p.info)
	case errors.Is(err, fs.ErrNotExist) && os.IsPathSeparator(path[len(path)-1]):
		err = &Problem{path, "is a directory that does not exist", "create it, and name a file in it"}
	case errors.Is(err, fs.ErrNotExist):
		p.info, err = nil, nil
	}
	if err != nil {
		p.dir.Close()
		return place{}, err
	}
	return p, nil
}

// in opens a directory whose path has no links, one name after the other, so that nobody
// can put a link in the place of one meanwhile. A directory that may be passed through but
// not read, such as a /home of mode 0711, cannot be held open; it is passed by its path if
// nobody else can replace it.
func in(dir, name string) (place, error) {
	at, names := begin(dir)
	for len(names) > 0 && names[0] == ".." {
		at, names = filepath.Join(at, ".."), names[1:]
	}
	d := directory{path: at, steady: true}
	var err error
	d.root, err = os.OpenRoot(at)
	for _, next := range names {
		if passable := d.steady && errors.Is(err, fs.ErrPermission); err != nil && !passable {
			break
		}
		d, err = d.enter(next)
	}
	if err != nil {
		return place{}, err
	}
	return place{dir: d.root, path: filepath.Join(dir, name), name: name}, nil
}

// A directory on the way to a file.
type directory struct {
	path   string
	root   *os.Root // nil: it may not be read
	steady bool     // nobody but this user and root can replace it or a directory above it
}

// enter opens a directory in d, and closes d.
func (d directory) enter(name string) (directory, error) {
	lstat, open := os.Lstat, os.OpenRoot
	next := directory{path: filepath.Join(d.path, name)}
	if d.root != nil {
		defer d.root.Close()
		lstat, open = d.root.Lstat, d.root.OpenRoot
	} else {
		name = next.path
	}
	checked, err := lstat(name)
	if err != nil {
		return next, err
	}
	next.steady = d.steady && steady(checked)
	if next.root, err = open(name); err != nil {
		next.root = nil
		return next, err
	}
	now, err := next.root.Stat(".")
	if err == nil && !os.SameFile(checked, now) {
		err = &Problem{next.path, "was replaced while it was being opened", "name a file in a directory that only you can write to"}
	}
	if err != nil {
		next.root.Close()
		next.steady = false
	}
	return next, err
}

// steady reports whether a directory's names can be changed by this user and root only.
func steady(info fs.FileInfo) bool {
	uid, known := owner(info)
	return !known || (uid == 0 || uid == os.Geteuid()) && (info.Mode()&0o022 == 0 || info.Mode()&fs.ModeSticky != 0)
}

func isDirectory(path string) error {
	return &Problem{path, "is a directory", "name a file in it"}
}

// usable wants a regular file that belongs to this user.
func usable(path string, info fs.FileInfo) error {
	switch uid, known := owner(info); {
	case info.IsDir():
		return isDirectory(path)
	case !info.Mode().IsRegular():
		return &Problem{path, "is not a regular file", "name a file, not a device, pipe or socket"}
	case known && uid != os.Geteuid():
		return &Problem{path, "belongs to another user (uid " + strconv.Itoa(uid) + ")", "name another file"}
	}
	return nil
}

// Check reports why Write would fail, as far as that can be known beforehand.
func Check(path string) error {
	p, err := open(path)
	if err != nil {
		return err
	}
	defer p.dir.Close()
	if err := p.writable(); err != nil {
		return err
	}
	file, err := p.temporary()
	if err != nil {
		return err
	}
	return errors.Join(file.Close(), p.dir.Remove(filepath.Base(file.Name())))
}

// writable: a rename would replace a file even if it is read-only.
func (p place) writable() error {
	if p.info != nil && p.info.Mode()&0o200 == 0 {
		return &Problem{p.path, "is read-only", "name another file, or make this file writable"}
	}
	return nil
}

// Write replaces the file at path, or creates it, with what write puts out. If
// write fails, or the program is killed, the old file is still there.
func Write(path string, write func(io.Writer) error) error {
	p, err := open(path)
	if err != nil {
		return err
	}
	defer p.dir.Close()
	if err := p.writable(); err != nil {
		return err
	}
	return p.replace(write)
}

// Create is Write for a name that is free: if anything is there, a link
// included, the error is fs.ErrExist.
func Create(path string, write func(io.Writer) error) error {
	dir, err := resolve(filepath.Dir(path))
	if err != nil {
		return err
	}
	p, err := in(dir, filepath.Base(path))
	if err != nil {
		return err
	}
	defer p.dir.Close()
	if err := p.reserve(p.name); err != nil {
		return err
	}
	if err := p.replace(write); err != nil {
		return errors.Join(err, p.dir.Remove(p.name))
	}
	return nil
}

// reserve makes an empty file of that name, which must be free.
func (p place) reserve(name string) error {
	file, err := p.dir.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	return file.Close()
}

// replace renames a new file to the name. If meanwhile another process has put a link
// there, the rename replaces the link, not what the link leads to.
func (p place) replace(write func(io.Writer) error) error {
	file, err := p.temporary()
	if err != nil {
		return err
	}
	name := filepath.Base(file.Name())
	err = errors.Join(write(file), file.Sync(), file.Close())
	if err == nil {
		err = p.dir.Rename(name, p.name)
	}
	if err != nil {
		err = errors.Join(err, p.dir.Remove(name))
	}
	return err
}

// temporary is a new file beside the one to be written.
func (p place) temporary() (*os.File, error) {
	file, err := p.dir.OpenFile(".grantwalk-"+rand.Text(), os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return nil, err
	}
	if err := file.Chmod(mode); err != nil { // the umask may have taken bits away
		return nil, errors.Join(err, file.Close(), p.dir.Remove(filepath.Base(file.Name())))
	}
	return file, nil
}

// TooLarge is a file that is larger than its reader takes.
type TooLarge struct {
	Path  string
	Limit int64 // bytes
}

func (e *TooLarge) Error() string { return fmt.Sprintf("%s is larger than %d bytes", e.Path, e.Limit) }

// Read returns what is in the file at path, of at most limit bytes; the error
// for more is a [*TooLarge].
func Read(path string, limit int64) ([]byte, error) {
	p, err := open(path)
	if err != nil {
		return nil, err
	}
	defer p.dir.Close()
	if p.info == nil {
		return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
	}
	file, err := p.dir.OpenFile(p.name, os.O_RDONLY|nonblock, 0)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	switch opened, err := file.Stat(); {
	case err != nil:
		return nil, err
	case !os.SameFile(p.info, opened): // replaced since it was checked, maybe by a link or a pipe
		if err := usable(p.path, opened); err != nil {
			return nil, err
		}
	}
	body, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err == nil && int64(len(body)) > limit {
		err = &TooLarge{p.path, limit}
	}
	if err != nil {
		return nil, err
	}
	return body, nil
}

// SetAside renames the file at path to a free name beside it, and returns that.
func SetAside(path string) (string, error) {
	p, err := open(path)
	if err != nil {
		return "", err
	}
	defer p.dir.Close()
	for n := 1; n < 1000; n++ {
		aside := p.name + ".broken"
		if n > 1 {
			aside += "-" + strconv.Itoa(n)
		}
		err := p.reserve(aside) // a rename alone would replace an older one
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return "", err
		}
		if err := p.dir.Rename(p.name, aside); err != nil {
			return "", errors.Join(err, p.dir.Remove(aside))
		}
		return filepath.Join(filepath.Dir(p.path), aside), nil
	}
	return "", &Problem{p.path + ".broken", "exists, and so do 998 more like it", "delete the ones that you do not need"}
}

// Lock waits until no other program holds the lock at path, a file that stays
// empty, and takes it. The error is a [*Problem] if that takes longer than a second. The system lets go of the lock when a program is killed.
func Lock(path string) (unlock func(), err error) {
	p, err := open(path)
	if err != nil {
		return nil, err
	}
	defer p.dir.Close()
	if err := p.reserve(p.name); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	type result struct {
		file *lockedfile.File
		err  error
	}
	locked := make(chan result, 1)
	go func() {
		file, err := lockedfile.OpenFile(p.path, os.O_RDWR, mode)
		locked <- result{file, err}
	}()
	select {
	case r := <-locked:
		return func() { _ = r.file.Close() }, r.err
	case <-time.After(lockPatience):
	}
	go func() { // its holder may still release it
		if r := <-locked; r.err == nil {
			_ = r.file.Close()
		}
	}()
	return nil, &Problem{p.path, "is locked by another program", "end the other grantwalk, which holds it"}
}

// lockPatience is how long a lock is waited for. Who holds it reads and writes a small file.
const lockPatience = time.Second
