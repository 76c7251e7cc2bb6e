package read

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/safe"
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

// formats are those of captures, each with its reader in a file of its own.
var formats = []format{
	harFormat, entriesFormat, charlesFormat, postmanFormat, tsharkFormat, tsharkTextFormat, pdmlFormat,
	mitmFormat, burpFormat,
}

// documents reads the documents of an input, one behind the other. Text has no end, so it
// is the last.
func (c *collector) documents(in Input, r *bufio.Reader) error {
	for n := 0; ; n++ {
		head, err := begin(r)
		switch {
		case err != nil:
			return in.problem(err)
		case len(head) == 0 && n > 0:
			return nil
		}
		if isSaved(head) {
			if r, err = c.saved(in, r); err != nil {
				return err
			}
			continue
		}
		if starts(string(head)) {
			if r, err = c.messages(in, r); r == nil {
				return err
			}
			return c.text(in, r)
		}
		f := formatOf(head)
		if f == nil {
			return c.text(in, r)
		}
		if more, err := c.capture(in, *f, r); err != nil || !more {
			return err
		}
	}
}

// begin passes over the white space before a document, and over what separates documents
// (RFC 7464, and commas). head is empty at the end of the input.
func begin(r *bufio.Reader) (head []byte, err error) {
	for {
		head, err = r.Peek(peeked)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		rest := bytes.TrimLeft(head, " \t\r\n\x1e")
		if len(rest) > 0 || len(head) == 0 {
			if formatOf(rest) != nil || isSaved(rest) || starts(string(rest)) || len(rest) == 0 { // the white space of a text is its own
				_, _ = r.Discard(len(head) - len(rest)) // it was peeked
				return rest, nil
			}
			return head, nil
		}
		if _, err := r.Discard(len(head)); err != nil {
			return nil, err
		}
	}
}

func formatOf(head []byte) *format {
	for i := range formats {
		if formats[i].begins(head) {
			return &formats[i]
		}
	}
	return nil
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

// capture reads one document; more: another may follow.
func (c *collector) capture(in Input, f format, r *bufio.Reader) (more bool, err error) {
	k := keeper{file: in.Name}
	err = f.read(r, &k)
	if a := (*advised)(nil); errors.As(err, &a) {
		f.instead = a.instead
	}
	switch {
	case err != nil && len(k.kept) == 0 && len(c.captured) == 0:
		return false, &Unreadable{Name: in.Name, What: f.name + " that cannot be used: " + safe.Quote(err.Error(), 300), Instead: f.instead}
	case err != nil:
		c.warn(in, safe.Quote(err.Error(), 300)+"; what comes before that is used")
	}
	if k.dropped > 0 {
		c.warn(in, fmt.Sprintf("only the first %d messages that can be part of a login were read; %d later ones were not", maxMessages, k.dropped))
	}
	c.captured = append(c.captured, k.kept...)
	c.kind = f.kind
	return err == nil, nil
}

// A keeper keeps of the exchanges of a capture those that can be part of a login. It is
// bounded.
type keeper struct {
	file    string
	kept    []exchange.Exchange
	seen    int // how many were added
	dropped int // for want of room
	pages   int
	begun   bool // an authorization request was kept
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
