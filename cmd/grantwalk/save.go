package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"grantwalk/flow"
)

// A keeper writes transcripts to a file, of several walks the last. The file is
// there whole or not at all, and for its owner only.
type keeper struct {
	path   string
	reveal bool
	err    error // of the last one
}

// newKeeper finds out before the walk whether the file can be written after it.
func newKeeper(path string, reveal bool) (*keeper, error) {
	k := &keeper{path: path, reveal: reveal}
	if target, err := filepath.EvalSymlinks(path); err == nil {
		k.path = target // a link stays a link
	}
	info, err := os.Stat(k.path)
	switch {
	case err == nil && info.IsDir():
		return nil, k.bad("it is a directory", "name a file in it: "+filepath.Join(path, "walk.json"))
	case err == nil && !info.Mode().IsRegular():
		return nil, k.bad("it is no regular file, and would be replaced", "name a file, or use --json for a pipe")
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return nil, k.bad(cause(err), "check the path and its permissions")
	}
	file, err := k.temporary()
	if err != nil {
		return nil, k.bad("cannot be written: "+cause(err), "name a file in a directory that exists and that this user may write to")
	}
	file.Close()
	return k, os.Remove(file.Name())
}

func (k *keeper) bad(what, remedy string) error {
	return &flow.UsageError{Setting: "save", Value: k.path, Problem: what, Remedy: remedy}
}

// temporary is a new file beside the one to be written, mode 0600.
func (k *keeper) temporary() (*os.File, error) {
	return os.CreateTemp(filepath.Dir(k.path), ".grantwalk-*")
}

// keep writes the transcript; the error is kept for later, because a screen may
// be shown now.
func (k *keeper) keep(w *flow.Walk) {
	if k.err = k.write(w); k.err != nil {
		k.err = fmt.Errorf("save the transcript as %s: %w", k.path, k.err)
	}
}

func (k *keeper) write(w *flow.Walk) error {
	file, err := k.temporary()
	if err != nil {
		return err
	}
	err = errors.Join(w.Save(file, k.reveal), file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), k.path)
	}
	if err != nil {
		os.Remove(file.Name())
	}
	return err
}
