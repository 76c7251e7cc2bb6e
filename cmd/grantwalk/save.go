package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/flow"
	"example.com/grantwalk/flow/record"
	"example.com/grantwalk/tui/private"
	"example.com/grantwalk/tui/usage"
)

// A keeper writes the transcript of a walk to a file. If several walks are taken, the
// file has the last one that ended: someone who leaves a new walk does not want to lose
// the rejection that they came for. Only while no walk has ended, one that was left is kept.
// A walk of an earlier run is replaced by any walk that ended or sent a token request, and
// a walk that sent nothing is not kept at all.
type keeper struct {
	path   string
	reveal bool

	one   sync.Mutex // a walk that is left is closed while the next one goes on
	err   error      // of the last write
	wrote bool       // the walk in the file is of this run
	ended bool       // and it ended
	left  string     // why the last walk is not in the file; empty: it is
}

// where says which walk is in the file.
func (k *keeper) where() string {
	k.one.Lock()
	defer k.one.Unlock()
	switch {
	case k.left == "":
		return "The transcript is in " + printable(k.path) + "."
	case k.wrote:
		return "The transcript in " + printable(k.path) + " is of the walk before: the last walk was left " + k.left + "."
	case k.occupied():
		return printable(k.path) + " is unchanged: the walk was left " + k.left + "."
	}
	return "There is no transcript: the walk was left " + k.left + "."
}

// occupied reports whether the file has something in it.
func (k *keeper) occupied() bool {
	info, err := os.Stat(k.path)
	return err == nil && info.Size() > 0
}

// newKeeper finds out before the walk whether the file can be written after it.
func newKeeper(path string, reveal bool) (*keeper, error) {
	k := &keeper{path: path, reveal: reveal, left: "before it sent anything"}
	if err := private.Check(path); err != nil {
		return nil, k.unusable(err)
	}
	for _, stream := range []*os.File{os.Stdout, os.Stderr} { // both are written to until the end of the walk
		if info, err := os.Stat(path); err == nil && same(info, stream) {
			return nil, k.bad("standard output or standard error already goes to this file, and the transcript would replace it", "name another file")
		}
	}
	return k, nil
}

func same(info os.FileInfo, stream *os.File) bool {
	other, err := stream.Stat()
	return err == nil && os.SameFile(info, other)
}

// unusable is an error of package private as one of --save.
func (k *keeper) unusable(err error) error {
	p := (*private.Problem)(nil)
	switch {
	case errors.As(err, &p) && p.Path == filepath.Clean(k.path):
		return k.bad("it "+p.What, p.Remedy)
	case errors.As(err, &p):
		return k.bad(p.Error(), p.Remedy)
	}
	return k.bad("cannot be written: "+cause(err), "name a file in a directory that exists and that this user may read and write")
}

func (k *keeper) bad(what, remedy string) error {
	return &usage.Error{Setting: "save", Value: k.path, Problem: what, Remedy: remedy}
}

// keep writes the transcript of a walk that is over. It keeps the error for later, because a screen may
// be shown now.
func (k *keeper) keep(w *flow.Walk) {
	k.one.Lock()
	defer k.one.Unlock()
	left := w.Last.Kind == flow.GoOn || w.Last.Kind == flow.Interrupted
	messages := w.Transcript.Messages()
	redeemed := slices.ContainsFunc(messages, func(m record.Message) bool { return m.Kind == exchange.Token })
	k.left = ""
	switch {
	case len(messages) == 0:
		k.left = "before it sent anything"
	case left && k.ended:
		k.left = "before its end"
	case left && !redeemed && !k.wrote && k.occupied():
		k.left = "before its token request"
	}
	if k.left != "" {
		return
	}
	k.err = private.Write(k.path, func(out io.Writer) error { return w.Save(out, k.reveal) })
	if k.err != nil {
		k.err = problem{fmt.Sprintf("save the transcript as %s: %v", k.path, k.err), "the walk itself ended as shown; make room, or name a file in another directory, and walk again"}
	}
	k.wrote, k.ended = k.wrote || k.err == nil, !left && k.err == nil
}
