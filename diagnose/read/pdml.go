package read

import (
	"bufio"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"example.com/grantwalk/diagnose/internal/lazy"
	"example.com/grantwalk/diagnose/safe"
)

// tshark -T pdml writes packets as XML, with an element for each field.
var pdmlStart = lazy.Regexp(`^(?:<\?xml[^>]*>\s*)?(?:<\?xml-stylesheet[^>]*>\s*)?(?:<!--[^>]*-->\s*)*<pdml\b`)

var pdmlFormat = format{
	kind:  KindHAR,
	marks: []string{"<pdml"},
	is:    func(head []byte) bool { return pdmlStart().Match(head) },
	read:  readPDML,
	name:  "a packet capture that tshark printed", instead: tsharkFormat.instead,
}

// maxTag bounds one tag with its attributes, in bytes. A field prints its bytes twice.
const maxTag = 16 << 20

func readPDML(r *bufio.Reader, k *keeper) error {
	p := packets{k: k}
	tags := newTags(r)
	layer := ""
	for {
		token, err := tags.next()
		if err != nil {
			_ = p.finish() // what came before the fault is used
			return faultOf("packets", k.seen, err)
		}
		switch tag := token.(type) {
		case xml.StartElement:
			switch tag.Name.Local {
			case "proto":
				layer = attr(tag, "name")
				p.hidden = p.hidden || isTLS(layer)
			case "field":
				if name := strings.ReplaceAll(attr(tag, "name"), ".", "_"); layersRead[layer] && packetFields[name] != nil {
					p.field(name, safe.Cut(attr(tag, "show"), maxPrinted))
				}
			}
		case xml.EndElement:
			switch tag.Name.Local {
			case "packet":
				p.end()
			case "pdml":
				return p.finish()
			}
		}
	}
}

func attr(tag xml.StartElement, name string) string {
	for _, a := range tag.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// tags reads an XML document tag by tag, and no more of it at a time than maxTag. It
// keeps no open elements, so that depth costs nothing, and reads nothing behind the last
// tag that it was asked for.
type tags struct {
	*bufio.Reader
	d    *xml.Decoder
	left int
}

func newTags(r *bufio.Reader) *tags {
	t := &tags{Reader: r}
	t.d = xml.NewDecoder(t)
	return t
}

var errTag = errors.New("a tag is too long")

// ReadByte is what the decoder reads by.
func (t *tags) ReadByte() (byte, error) {
	if t.left--; t.left < 0 {
		return 0, errTag
	}
	return t.Reader.ReadByte()
}

func (t *tags) next() (xml.Token, error) {
	t.left = maxTag
	token, err := t.d.RawToken()
	var syntax *xml.SyntaxError
	switch {
	case errors.Is(err, io.EOF), errors.As(err, &syntax) && syntax.Msg == "unexpected EOF":
		return nil, io.ErrUnexpectedEOF
	case err != nil:
		return nil, fmt.Errorf("it is no XML: %w", err)
	}
	return token, nil
}
