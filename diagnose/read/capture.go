package read

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"example.com/grantwalk/diagnose/exchange"
)

// A format is a kind of document. It is known by how it begins, and not by its file's
// name.
type format struct {
	marks []string               // the beginning holds one of these; nil: is tells it alone
	kind  string                 // one of the Kind constants
	is    func(head []byte) bool // head: the beginning, without white space in front

	// read reads one document and leaves the reader behind it. It adds the exchanges to
	// the keeper. An error tells where the document cannot be read; what was added before
	// is used.
	read func(r *bufio.Reader, k *keeper) error

	name    string // for a person: "a HAR file"
	instead string // what to do if the document cannot be read
}

// begins reports whether the document begins like this. Most expressions need not even be
// compiled for that.
func (f *format) begins(head []byte) bool {
	marked := func(mark string) bool { return bytes.Contains(head, []byte(mark)) }
	return (f.marks == nil || slices.ContainsFunc(f.marks, marked)) && f.is(head)
}

// advised is an error that knows better than its format what to do instead.
type advised struct {
	error
	instead string
}

// A keeper keeps of the exchanges of a capture those that can be part of a login. It is
// bounded.
type keeper struct {
	file    string
	kept    []exchange.Exchange
	seen    int // how many were added
	dropped int // for want of room
	pages   int
	begun   bool     // an authorization request was kept
	notes   []string // what is to be known of the capture, in our own words
}

// add keeps an exchange if it can matter. One without a URL cannot.
func (k *keeper) add(x exchange.Exchange) {
	k.seen++
	x.From = messageAt(k.file, k.seen)
	switch {
	case x.Request.URL == nil:
	case len(k.kept) == maxMessages:
		if x.CanMatter() {
			k.dropped++
		}
	case x.CanMatter():
		k.begun = k.begun || x.Classify() == exchange.Authorization
		k.kept = append(k.kept, x)
	case k.begun && k.pages < maxPages && x.KeepPage():
		k.pages++
		k.kept = append(k.kept, x)
	}
}

// faultOf says where a document cannot be read on; n messages were read before.
func faultOf(document string, n int, err error) error {
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("the file of %s ends in the middle of message %d", document, n)
	case err != nil:
		return fmt.Errorf("the file of %s is broken at message %d: %w", document, n, err)
	}
	return nil
}
