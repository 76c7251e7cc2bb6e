package read

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// A stream pulls values out of a JSON document of any size, in memory that does
// not grow with it: what nobody asks for is passed over as bytes, long strings
// are cut, and depth costs nothing, because nothing recurses into the document.
type stream struct{ r *bufio.Reader }

func newStream(r io.Reader) *stream { return &stream{bufio.NewReaderSize(r, 256<<10)} }

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
	if err == io.EOF {
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
		case err == io.EOF && len(word) > 0:
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

// quoted reads a string, its escapes undone, and keeps the first limit bytes of it.
func (s *stream) quoted(limit int) (string, error) {
	if err := s.expect('"'); err != nil {
		return "", err
	}
	var out []byte
	for {
		buf, err := s.buffered()
		if err != nil {
			return string(out), err
		}
		n := bytes.IndexByte(buf, '"')
		if n < 0 {
			n = len(buf)
		}
		if esc := bytes.IndexByte(buf[:n], '\\'); esc >= 0 {
			n = esc
		}
		if room := limit - len(out); room > 0 {
			out = append(out, buf[:min(n, room)]...)
		}
		atEnd := n < len(buf)
		end := atEnd && buf[n] == '"'
		s.r.Discard(n)
		switch {
		case end:
			s.r.ReadByte()
			return string(out), nil
		case atEnd:
			r, err := s.escape()
			if err != nil {
				return string(out), err
			}
			if len(out) < limit {
				out = utf8.AppendRune(out, r)
			}
		}
	}
}

// escape reads a backslash and what follows it. An escape that JSON does not
// know stands for its second character.
func (s *stream) escape() (rune, error) {
	s.r.ReadByte()
	c, err := s.r.ReadByte()
	if err != nil {
		return 0, cutShort(err)
	}
	switch c {
	case 'n':
		return '\n', nil
	case 't':
		return '\t', nil
	case 'r':
		return '\r', nil
	case 'b':
		return '\b', nil
	case 'f':
		return '\f', nil
	case 'u':
		r, err := s.hex()
		if err != nil || !utf16.IsSurrogate(r) {
			return r, err
		}
		if pair, err := s.r.Peek(2); err != nil || string(pair) != `\u` {
			return utf8.RuneError, nil
		}
		s.r.Discard(2)
		low, err := s.hex()
		return utf16.DecodeRune(r, low), err
	}
	return rune(c), nil
}

func (s *stream) hex() (rune, error) {
	digits, err := s.r.Peek(4)
	if err != nil {
		return 0, cutShort(err)
	}
	n, err := strconv.ParseUint(string(digits), 16, 32)
	if err != nil {
		return utf8.RuneError, nil
	}
	s.r.Discard(4)
	return rune(n), nil
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
