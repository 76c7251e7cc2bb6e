package read

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// A stream pulls values out of a JSON document of any size, in memory that does
// not grow with it: what nobody asks for is passed over as bytes, long strings
// are cut, and depth costs nothing, because nothing recurses into the document.
type stream struct {
	r    *bufio.Reader
	kept []byte // room for one string
}

// newStream reads from r. It reads no more than the document if r is a *bufio.Reader
// with a buffer of this size.
func newStream(r io.Reader) *stream { return &stream{r: bufio.NewReaderSize(r, buffer)} }

// next is the first byte of the next token; it stays unread.
func (s *stream) next() (byte, error) {
	for {
		c, err := s.r.ReadByte()
		if err != nil {
			return 0, cutShort(err)
		}
		switch c {
		case ' ', '\t', '\r', '\n':
		default:
			return c, s.r.UnreadByte()
		}
	}
}

// cutShort tells the end of the input in the middle of a value from a fault of reading.
func cutShort(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

func (s *stream) expect(c byte) error {
	got, err := s.next()
	if err != nil {
		return err
	}
	if got != c {
		return fmt.Errorf("%q where %q was expected", got, c)
	}
	_, err = s.r.ReadByte()
	return err
}

// members reads an object; member must read its value, or skip it. Anything but
// an object is passed over.
func (s *stream) members(member func(name string) error) error {
	return s.container('{', '}', func() error {
		name, err := s.quoted(200)
		if err == nil {
			err = s.expect(':')
		}
		if err != nil {
			return err
		}
		return member(name)
	})
}

// elements reads an array in the same way.
func (s *stream) elements(element func() error) error { return s.container('[', ']', element) }

func (s *stream) container(open, end byte, each func() error) error {
	c, err := s.next()
	if err != nil {
		return err
	}
	if c != open {
		return s.skip()
	}
	s.r.ReadByte()
	for {
		switch c, err = s.next(); {
		case err != nil:
			return err
		case c == end:
			_, err = s.r.ReadByte()
			return err
		case c == ',':
			s.r.ReadByte()
		default:
			if err := each(); err != nil {
				return err
			}
		}
	}
}

// text is a string, number or literal as text, cut at limit bytes; null and
// containers are empty.
func (s *stream) text(limit int) (string, error) {
	c, err := s.next()
	if err != nil {
		return "", err
	}
	switch c {
	case '"':
		return s.quoted(limit)
	case '{', '[':
		return "", s.skip()
	}
	word, err := s.word()
	if word == "null" {
		word = ""
	}
	return word, err
}

// number is a number, also one in quotes; anything else is zero.
func (s *stream) number() (float64, error) {
	text, err := s.text(40)
	f, _ := strconv.ParseFloat(text, 64)
	return f, err
}

// word is a number or a literal.
func (s *stream) word() (string, error) {
	var word []byte
	for {
		c, err := s.r.ReadByte()
		switch {
		case errors.Is(err, io.EOF) && len(word) > 0:
			return string(word), nil
		case err != nil:
			return "", cutShort(err)
		case c == '-' || c == '+' || c == '.' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
			if len(word) < 40 {
				word = append(word, c)
			}
			continue
		case len(word) == 0:
			return "", fmt.Errorf("%q is no JSON", c)
		}
		return string(word), s.r.UnreadByte()
	}
}

// buffered is what can be looked at without waiting for more; at least a byte.
func (s *stream) buffered() ([]byte, error) {
	if _, err := s.r.Peek(1); err != nil {
		return nil, cutShort(err)
	}
	return s.r.Peek(s.r.Buffered())
}

// quoted reads a string, keeps the first limit bytes of it, and undoes their escapes.
func (s *stream) quoted(limit int) (string, error) {
	if err := s.expect('"'); err != nil {
		return "", err
	}
	kept, slashes := s.kept[:0], 0 // backslashes at the end of what was read
	defer func() { s.kept = kept }()
	for {
		buf, err := s.buffered()
		if err != nil {
			return unescape(kept), err
		}
		n := endOfString(buf, slashes)
		end := n < len(buf)
		if room := limit - len(kept); room > 0 {
			kept = append(kept, buf[:min(n, room)]...)
		}
		if !end {
			slashes = trailingSlashes(buf, slashes)
			s.r.Discard(n)
			continue
		}
		s.r.Discard(n + 1)
		return unescape(unbrokenString(kept)), nil
	}
}

// endOfString is where the first quote stands that no backslash takes back;
// len(buf) if there is none. So many backslashes stand in front of buf.
func endOfString(buf []byte, slashes int) int {
	for from := 0; ; {
		n := bytes.IndexByte(buf[from:], '"')
		if n < 0 {
			return len(buf)
		}
		n += from
		if trailingSlashes(buf[:n], slashes)%2 == 0 {
			return n
		}
		from = n + 1
	}
}

func trailingSlashes(buf []byte, slashes int) int {
	n := len(buf)
	for n > 0 && buf[n-1] == '\\' {
		n--
	}
	if n == 0 {
		return len(buf) + slashes
	}
	return len(buf) - n
}

// unescape undoes JSON's escapes. One that is cut is dropped; one that JSON does
// not know stands for its second character.
func unescape(raw []byte) string {
	at := bytes.IndexByte(raw, '\\')
	if at < 0 {
		return string(raw)
	}
	out := append(make([]byte, 0, len(raw)), raw[:at]...)
	for i := at; i < len(raw); i++ {
		if raw[i] != '\\' {
			out = append(out, raw[i])
			continue
		}
		if i++; i == len(raw) {
			break
		}
		switch c := raw[i]; c {
		case 'n':
			out = append(out, '\n')
		case 't':
			out = append(out, '\t')
		case 'r':
			out = append(out, '\r')
		case 'b':
			out = append(out, '\b')
		case 'f':
			out = append(out, '\f')
		case 'u':
			r, n := codeUnit(raw[i+1:])
			i += n
			if low, m := pair(raw[i+1:]); r >= 0xd800 && r < 0xdc00 && m > 0 { // a first half alone begins a pair
				r, i = utf16.DecodeRune(r, low), i+m
			}
			out = utf8.AppendRune(out, r)
		default:
			out = append(out, c)
		}
	}
	return string(out)
}

// codeUnit reads the four digits of \u and tells how many bytes it took.
func codeUnit(digits []byte) (rune, int) {
	if len(digits) < 4 {
		return utf8.RuneError, len(digits)
	}
	n, err := strconv.ParseUint(string(digits[:4]), 16, 32)
	if err != nil {
		return utf8.RuneError, 0
	}
	return rune(n), 4
}

// pair reads the second half of a surrogate pair; zero bytes if there is none.
func pair(text []byte) (rune, int) {
	if !bytes.HasPrefix(text, []byte(`\u`)) {
		return 0, 0
	}
	r, n := codeUnit(text[2:])
	if n != 4 || r < 0xdc00 || r > 0xdfff {
		return 0, 0
	}
	return r, n + 2
}

// skip passes over the next value.
func (s *stream) skip() error {
	c, err := s.next()
	if err != nil {
		return err
	}
	switch c {
	case '"':
		_, err = s.quoted(0)
		return err
	case '{', '[':
		return s.skipContainer()
	}
	_, err = s.word()
	return err
}

func (s *stream) skipContainer() error {
	for depth := 0; ; {
		buf, err := s.buffered()
		if err != nil {
			return err
		}
		n := bytes.IndexAny(buf, `"{}[]`)
		if n < 0 {
			s.r.Discard(len(buf))
			continue
		}
		s.r.Discard(n)
		switch buf[n] {
		case '"':
			if _, err := s.quoted(0); err != nil {
				return err
			}
			continue
		case '{', '[':
			depth++
		default:
			depth--
		}
		s.r.ReadByte()
		if depth == 0 {
			return nil
		}
	}
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
