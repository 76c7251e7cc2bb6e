package read

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/internal/lazy"
)

// Burp Suite saves items as XML. Each item has the URL, the time, and the messages as they
// were sent, in base64 or as text.

var burpStart = lazy.Regexp(`(?s)^(?:<\?xml[^>]*>\s*)?(?:<!DOCTYPE items\s|<items\s[^>]*burpVersion=)`)

var burpFormat = format{
	kind: KindHAR, // a capture like any other
	is:   func(head []byte) bool { return bytes.HasPrefix(head, []byte("<")) && burpStart().Match(head) },
	read: readBurp,
	name: "a file of Burp's items", instead: "Save the items again from Burp, with requests and responses in base64.",
}

// A burpItem is an item as far as it is read. The members are the texts of its elements.
type burpItem struct {
	text   map[string]*strings.Builder
	base64 map[string]bool
}

// burpElements are those that are read, and how much of them, in bytes.
var burpElements = map[string]int{"time": 60, "url": exchange.MaxURL, "request": maxMessage * 4 / 3, "response": maxMessage * 4 / 3}

func readBurp(r *bufio.Reader, k *keeper) error {
	skipDeclaration(r)
	source := &tamed{r: r}
	d := xml.NewDecoder(source)
	d.Strict = false
	var item *burpItem
	var clock burpClock
	defer func() { clock.settle(k.kept) }()
	into := "" // the element that is being read
	for items := 1; ; {
		source.run = 0
		token, err := d.RawToken()
		switch {
		case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
			return fmt.Errorf("the XML document ends in the middle of item %d", items)
		case err != nil:
			return fmt.Errorf("the XML document cannot be read at item %d: %w", items, err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			if into = t.Name.Local; into == "item" {
				item = &burpItem{map[string]*strings.Builder{}, map[string]bool{}}
			} else if item != nil {
				item.begin(t)
			}
		case xml.CharData:
			if item != nil {
				item.add(into, t)
			}
		case xml.EndElement:
			into = ""
			if t.Name.Local == "items" {
				return nil
			}
			if t.Name.Local == "item" && item != nil {
				if x, ok := item.exchange(&clock); ok {
					k.add(x)
				}
				item, items = nil, items+1
			}
		}
	}
}

// skipDeclaration passes over <?xml …?>. Burp may declare XML 1.1, which package xml does
// not read, and writes UTF-8.
func skipDeclaration(r *bufio.Reader) {
	if head, _ := r.Peek(peeked); bytes.HasPrefix(head, []byte("<?xml")) {
		r.Discard(bytes.IndexByte(head, '>') + 1)
	}
}

func (i *burpItem) begin(t xml.StartElement) {
	if burpElements[t.Name.Local] == 0 {
		return
	}
	i.text[t.Name.Local] = &strings.Builder{}
	for _, a := range t.Attr {
		if a.Name.Local == "base64" && a.Value == "true" {
			i.base64[t.Name.Local] = true
		}
	}
}

func (i *burpItem) add(element string, text []byte) {
	if b := i.text[element]; b != nil {
		b.Write(text[:min(len(text), max(burpElements[element]-b.Len(), 0))])
	}
}

func (i *burpItem) get(element string) string {
	b := i.text[element]
	switch {
	case b == nil:
		return ""
	case i.base64[element]:
		return decodeBase64(b.String())
	}
	return strings.TrimLeft(b.String(), " \t\r\n")
}

func (i *burpItem) exchange(clock *burpClock) (x exchange.Exchange, ok bool) {
	if x.Request, ok = soleRequest(i.get("request")); !ok {
		return x, false
	}
	if url := strings.TrimSpace(i.get("url")); url != "" {
		x.Request.SetURL(url)
	}
	x.Response = soleResponse(i.get("response"))
	x.SentAt = clock.read(i.get("time"), &x.Response)
	x.ReceivedAt = x.SentAt
	return x, true
}

// A burpClock reads the times of items. They are local, and the letters of their zone do
// not tell how far the zone is from UTC. The first response that has a Date does, to a
// quarter of an hour, as zones are.
type burpClock struct {
	local  bool
	offset time.Duration
	known  bool
}

const quarter = 15 * time.Minute

func (c *burpClock) read(text string, of *exchange.Response) time.Time {
	at, err := time.Parse(time.UnixDate, strings.TrimSpace(text))
	if err != nil {
		return time.Time{}
	}
	zone, _ := at.Zone()
	c.local = c.local || zone != "UTC" && zone != "GMT"
	at = time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), 0, time.UTC)
	if date := of.Time(); !c.known && !date.IsZero() {
		c.offset, c.known = date.Sub(at).Round(quarter), true
	}
	return at
}

// settle makes local times UTC.
func (c *burpClock) settle(all []exchange.Exchange) {
	for i := range all {
		if x := &all[i]; c.local && !x.SentAt.IsZero() {
			x.SentAt, x.ReceivedAt = x.SentAt.Add(c.offset), x.ReceivedAt.Add(c.offset)
		}
	}
}

// tamed is a document that package xml can read in bounded memory: long sections are cut,
// and characters that XML does not allow are replaced. It reads no more than it is asked
// for.
type tamed struct {
	r       *bufio.Reader
	buf     [utf8.UTFMax]byte
	waiting []byte // of buf
	run     int    // characters since the last token
	section bool   // in a CDATA section
	last    [2]rune
}

const (
	cdata  = "<![CDATA["
	maxRun = maxMessage * 4 / 3 // characters
)

var errTooLong = errors.New("a tag or a text without CDATA is too long")

func (t *tamed) ReadByte() (byte, error) {
	for len(t.waiting) == 0 {
		c, _, err := t.r.ReadRune()
		if err != nil {
			return 0, err
		}
		if err := t.take(c); err != nil {
			return 0, err
		}
	}
	b := t.waiting[0]
	t.waiting = t.waiting[1:]
	return b, nil
}

// Read makes it a reader. Package xml calls ReadByte.
func (t *tamed) Read(p []byte) (n int, err error) {
	for n < len(p) && err == nil {
		if p[n], err = t.ReadByte(); err == nil {
			n++
		}
	}
	return n, err
}

// take takes the next character. Where a section is cut, nothing waits until its end.
func (t *tamed) take(c rune) error {
	t.run++
	cut := t.run > maxRun
	ends := t.section && c == '>' && t.last == [2]rune{']', ']'}
	t.last = [2]rune{t.last[1], c}
	switch {
	case ends:
		t.section = false
	case !t.section && c == '<':
		rest, _ := t.r.Peek(len(cdata) - 1)
		t.section = string(rest) == cdata[1:]
	}
	switch {
	case cut && ends:
		t.waiting = append(t.buf[:0], "]]>"...)
	case cut && !t.section:
		return errTooLong
	case !cut:
		t.waiting = utf8.AppendRune(t.buf[:0], allowed(c))
	}
	return nil
}

// allowed is the character if XML 1.0 §2.2 allows it.
func allowed(c rune) rune {
	if c < ' ' && c != '\t' && c != '\n' && c != '\r' || c == 0xfffe || c == 0xffff {
		return utf8.RuneError
	}
	return c
}
