package private

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// maxLinks is where path_resolution(7) gives up, too.
const maxLinks = 40

// resolve follows the links in path, the last one too, and returns a path
// without any. A link is followed only if this user or root made it, and only in
// a directory of theirs that not everybody can write to. The second condition is needed
// because elsewhere another user can give a link of ours a second name (a hard
// link). Linux has nearly the same rule (fs.protected_symlinks in proc(5)), but
// for sticky directories only, not on every machine, and not for readlink.
//
// What does not exist is no error here; the directory that holds it must exist.
func resolve(path string) (string, error) {
	at, rest := begin(path)
	for links := 0; len(rest) > 0; {
		next := filepath.Join(at, rest[0]) // at has no links, so .. is the directory above
		info, err := os.Lstat(next)
		switch {
		case errors.Is(err, fs.ErrNotExist) && len(rest) == 1:
			return next, nil
		case err != nil:
			return "", err
		case info.Mode()&fs.ModeSymlink == 0:
			at, rest = next, rest[1:]
			continue
		}
		if links++; links > maxLinks {
			return "", &Problem{path, "has too many links", "name the file itself"}
		}
		if err := ours(at, next, info); err != nil {
			return "", err
		}
		target, err := os.Readlink(next)
		if err != nil {
			return "", err
		}
		start, parts := begin(target)
		if filepath.IsAbs(target) {
			at = start
		}
		// A link of /proc, such as /dev/stdout, can lead to what has no path.
		if behind, err := os.Stat(next); err == nil && len(rest) == 1 && !behind.IsDir() && !behind.Mode().IsRegular() {
			return "", usable(next, behind)
		}
		rest = append(parts, rest[1:]...)
	}
	return at, nil
}

// begin is the directory at which a path begins, and the names that follow.
func begin(path string) (at string, names []string) {
	volume := filepath.VolumeName(path)
	rest := path[len(volume):]
	at = volume + "."
	if rest != "" && os.IsPathSeparator(rest[0]) {
		at = volume + string(filepath.Separator)
	}
	return at, strings.FieldsFunc(rest, func(r rune) bool { return r < 0x80 && os.IsPathSeparator(uint8(r)) })
}

// ours wants a link in dir that nobody but this user or root can have put there.
func ours(dir, link string, info fs.FileInfo) error {
	uid, known := owner(info)
	if !known {
		return nil
	}
	const remedy = "name the file itself, or a file in a directory that only you can write to"
	if uid != os.Geteuid() && uid != 0 {
		return &Problem{link, "is a link that belongs to another user (uid " + strconv.Itoa(uid) + "), so it is not followed", remedy}
	}
	in, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	owner, _ := owner(in)
	switch {
	case in.Mode()&0o002 != 0:
		return &Problem{link, "is a link in a directory that every user can write to, so it is not followed", remedy}
	case owner != os.Geteuid() && owner != 0:
		return &Problem{link, "is a link in a directory that belongs to another user (uid " + strconv.Itoa(owner) + "), so it is not followed", remedy}
	}
	return nil
}
