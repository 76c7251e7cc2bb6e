package read

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"example.com/grantwalk/diagnose/internal/lazy"
)

// Some tools write the entries of a HAR file without the file around them: one alone, one
// a line, or as an array. DevTools write their own members, which begin with _, first.
var (
	entryStart  = lazy.Regexp(`^(?:\[\s*)?\{\s*"(?:startedDateTime|pageref|_initiator|_connectionId|_priority|_resourceType|_fromCache)"\s*:`)
	entryMember = lazy.Regexp(`"(?:startedDateTime|httpVersion|queryString|headersSize)"\s*:`)
	requestIn   = lazy.Regexp(`^(?:\[\s*)?\{[^{}\[\]]*"request"\s*:\s*\{`)
)

var entriesFormat = format{
	kind:  KindHAR,
	marks: []string{"startedDateTime", "pageref", "_initiator", "_connectionId", "_priority", "_resourceType", "_fromCache", `"request"`},
	is:    isEntry,
	read:  readEntries,
	name:  "an entry of a HAR file", instead: harFormat.instead,
}

func isEntry(head []byte) bool {
	return entryStart().Match(head) || requestIn().Match(head) && entryMember().Match(head)
}

func readEntries(r *bufio.Reader, k *keeper) error {
	err := sequence(r, isEntry, func(s *stream) error {
		return s.oneOrMany(func() error {
			x, err := readEntry(s)
			k.add(x)
			return err
		})
	})
	return faultOf("HAR entries", k.seen, err)
}

// sequence reads documents of one format, one behind the other. They are read together
// because a later document may have the response to a request of an earlier one.
func sequence(r *bufio.Reader, is func(head []byte) bool, read func(*stream) error) error {
	s := newStream(r)
	for {
		if err := read(s); err != nil {
			return err
		}
		head, _ := r.Peek(peeked) // a fault of reading is found again by who reads on
		rest := bytes.TrimLeft(head, " \t\r\n\x1e")
		if !is(rest) {
			return nil
		}
		_, _ = r.Discard(len(head) - len(rest)) // it was peeked
	}
}

// oneOrMany reads the elements of an array, or one value that is no array.
func (s *stream) oneOrMany(each func() error) error {
	c, err := s.next()
	switch {
	case err != nil:
		return err
	case c == '[':
		return s.elements(each)
	}
	return each()
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
