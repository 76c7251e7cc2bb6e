package read

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"example.com/grantwalk/diagnose/internal/lazy"
	"example.com/grantwalk/diagnose/safe"
)

// An Unreadable is input that cannot hold what is looked for. Its Error says
// what it is, in lower case; Instead is what to give instead, a whole sentence.
type Unreadable struct {
	Name    string // the input's; empty: standard input
	What    string
	Instead string
}

func (u *Unreadable) Error() string {
	if u.Name == "" {
		return "the input is " + u.What
	}
	return u.Name + " is " + u.What
}

// Instead says what to paste where nothing was recognised.
const Instead = "Paste the answer of the token endpoint, the log line or exception with its message, the redirect URL with error= in it, or a HAR file of the browser's."

// inWords is an error of a library in plain words, or as far as it can hold nothing of the input.
func inWords(err error) string {
	switch a := (*advised)(nil); {
	case errors.As(err, &a): // ours
		return a.Error()
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "it ends too early"
	case errors.Is(err, zip.ErrFormat):
		return "it is damaged, or its end is missing"
	}
	return safe.Quote(err.Error(), 300)
}

// magics are files that people give by mistake, by their first bytes.
var magics = []struct{ magic, what, instead string }{
	{"\x1f\x8b", "compressed again and again", "Unpack it first: gzip -dc FILE | grantwalk explain"},
	{"PK\x03\x04", "an archive in archives", "Unpack it and give the HAR file or the log in it."},
	{"\x28\xb5\x2f\xfd", "compressed again and again", "Unpack it first: zstd -dc FILE | grantwalk explain"},
	{"BZh", "compressed again and again, or not with bzip2", "Unpack it first: bzip2 -dc FILE | grantwalk explain"},
	{"\xfd7zXZ\x00", "compressed with xz", "Unpack it first: xz -dc FILE | grantwalk explain"},
	{"\x89PNG", "a picture", "Paste the text that it shows."},
	{"\xff\xd8\xff", "a picture", "Paste the text that it shows."},
	{"GIF8", "a picture", "Paste the text that it shows."},
	{"%PDF", "a PDF file", "Paste the text that it shows."},
	{"SQLite format 3\x00", "a SQLite database", Instead},
	{"\x7fELF", "a program", Instead},
}

// unreadable tells by the beginning of an input what it is, if it is no text.
func unreadable(head []byte) *Unreadable {
	for _, m := range magics {
		if bytes.HasPrefix(head, []byte(m.magic)) {
			return &Unreadable{What: m.what, Instead: m.instead}
		}
	}
	if bytes.IndexByte(head, 0) >= 0 && wide(head) == nil {
		return &Unreadable{What: "binary", Instead: Instead}
	}
	return nil
}

// wide is the byte order of UTF-16 text, with a byte order mark (as PowerShell
// redirects write) or without; nil: it is none.
func wide(head []byte) binary.ByteOrder {
	switch {
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}):
		return binary.LittleEndian
	case bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return binary.BigEndian
	}
	even, odd := 0, 0
	for i, c := range head[:len(head)&^1] {
		if c == 0 && i%2 == 0 {
			even++
		} else if c == 0 {
			odd++
		}
	}
	switch half := len(head) / 2; {
	case half > 1 && odd > half*3/4 && even == 0:
		return binary.LittleEndian
	case half > 1 && even > half*3/4 && odd == 0:
		return binary.BigEndian
	}
	return nil
}

// A narrower turns UTF-16 into UTF-8.
type narrower struct {
	r     io.Reader
	order binary.ByteOrder
	in    [4096]byte
	n     int    // bytes of in that are not decoded yet
	out   []byte // decoded and not read yet
	high  rune   // a first surrogate that waits for its second
}

func (w *narrower) Read(p []byte) (int, error) {
	for len(w.out) == 0 {
		n, err := w.r.Read(w.in[w.n:])
		w.n += n
		pairs := w.n &^ 1
		for i := 0; i < pairs; i += 2 {
			w.add(rune(w.order.Uint16(w.in[i:])))
		}
		w.n = copy(w.in[:], w.in[pairs:w.n])
		if err != nil {
			w.alone()
		}
		if err != nil && len(w.out) == 0 {
			return 0, err
		}
	}
	n := copy(p, w.out)
	w.out = w.out[n:]
	return n, nil
}

func (w *narrower) add(r rune) {
	if low := r >= 0xdc00 && r < 0xe000; w.high != 0 && low {
		w.out = utf8.AppendRune(w.out, utf16.DecodeRune(w.high, r))
		w.high = 0
		return
	}
	w.alone()
	switch {
	case r >= 0xd800 && r < 0xdc00:
		w.high = r
	case r != 0xfeff:
		w.out = utf8.AppendRune(w.out, r)
	}
}

// alone ends a first surrogate whose second did not follow.
func (w *narrower) alone() {
	if w.high != 0 {
		w.out, w.high = utf8.AppendRune(w.out, utf8.RuneError), 0
	}
}

// escapes are the sequences by which terminals are coloured and titled (ECMA-48).
var escapes = lazy.Regexp(`\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-_]`)

// plain is text as it was before terminals and systems wrote it: without colours
// and byte order mark, with one kind of line end, in UTF-8.
func plain(text string) string {
	text = strings.TrimPrefix(text, "\ufeff")
	if strings.Contains(text, "\x1b") {
		text = escapes().ReplaceAllString(text, "")
	}
	if strings.Contains(text, "\r") {
		text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	}
	return strings.ToValidUTF8(text, "\ufffd")
}
