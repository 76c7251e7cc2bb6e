package read

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// documents reads the documents of an input, one behind the other. Text has no end, so it
// is the last.
func (c *collector) documents(in Input, r *bufio.Reader) error {
	edits := 0
	for n := 0; ; n++ {
		head, err := begin(r)
		switch {
		case err != nil:
			return in.problem(err)
		case len(head) == 0 && n > 0:
			return nil
		}
		if edit := undoing(head); edit != nil && edits < mostEdits {
			r = bufio.NewReaderSize(&lineEditor{lines: bufio.NewReaderSize(r, buffer), edit: edit}, buffer)
			edits++
			continue
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
			if at := embedded(head); at > 0 {
				c.take(readText(in.source(plain(string(head[:at])))))
				_, _ = r.Discard(at) // it was peeked
				continue
			}
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

// capture reads one document; more: another may follow.
func (c *collector) capture(in Input, f format, r *bufio.Reader) (more bool, err error) {
	k := keeper{file: in.Name}
	err = f.read(r, &k)
	if a := (*advised)(nil); errors.As(err, &a) {
		f.instead = a.instead
	}
	for _, note := range k.notes {
		c.warn(in, note)
	}
	switch {
	case err != nil && len(k.kept) == 0 && len(c.captured) == 0:
		return false, &Unreadable{Name: in.Name, What: f.name + " that cannot be used: " + inWords(err), Instead: f.instead}
	case err != nil:
		c.warn(in, inWords(err)+"; what comes before that is used")
	}
	if k.dropped > 0 {
		c.warn(in, fmt.Sprintf("only the first %d messages that can be part of a login were read; %d later ones were not", maxMessages, k.dropped))
	}
	c.captured = append(c.captured, k.kept...)
	c.kind = f.kind
	return err == nil, nil
}

// maxSaved is many times a walk's transcript.
const maxSaved = 8 << 20

// saved reads a saved walk. rest is what follows it.
func (c *collector) saved(in Input, r io.Reader) (rest *bufio.Reader, err error) {
	dec := json.NewDecoder(io.LimitReader(r, maxSaved))
	doc, err := decodeSaved(dec)
	cut := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
	switch {
	case doc.version > savedVersion:
		return nil, &Unreadable{Name: in.Name, What: fmt.Sprintf("a walk that was saved in version %d of the form", doc.version), Instead: "Explain it with the version of grantwalk that saved it, or a later one."}
	case cut && len(doc.Messages) > 0:
		c.warn(in, "it ends in its middle, and was used as far as it goes")
	case cut:
		return nil, &Unreadable{Name: in.Name, What: "a saved walk that ends before its first message", Instead: "Save the walk again with walk --save, and give the whole file."}
	case err != nil:
		return nil, &Unreadable{Name: in.Name, What: "a saved walk that cannot be used: " + savedProblem(err), Instead: "Save the walk again with walk --save, and give the whole file."}
	}
	rest = bufio.NewReaderSize(io.MultiReader(dec.Buffered(), r), buffer)
	if slices.ContainsFunc(c.walks, doc.isSame) {
		c.warn(in, "it is the same walk as another file, and was left out")
		return rest, nil
	}
	const apart = 1_000_000 // more than a walk has secrets
	doc.numbersApart(len(c.walks) * apart)
	c.kind, c.walks = KindTranscript, append(c.walks, &doc)
	for i, x := range doc.exchanges() {
		x.From = messageAt(in.Name, i+1)
		c.captured = append(c.captured, x)
	}
	return rest, nil
}
