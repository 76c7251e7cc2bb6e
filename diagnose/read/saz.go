package read

import (
	"archive/zip"
	"bufio"
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/internal/lazy"
)

// Fiddler's session archive (.saz) is a zip archive with three files for each session:
// raw/N_c.txt is the request, raw/N_s.txt the response, and raw/N_m.xml has the times.

var sazName = lazy.Regexp(`^(?:(.*)/)?raw/(\d{1,9})_([csm])\.(?:txt|xml)$`)

// A sazSession is a request with its response.
type sazSession struct {
	folder                   string // of an archive that was packed again
	number                   int
	request, response, times *zip.File // nil: not there
}

// maxTimes is far more than Fiddler writes about one session, in bytes.
const maxTimes = 64 << 10

// sazSessions are the sessions of an archive, in their order; none if it is not Fiddler's.
func sazSessions(files []*zip.File) []sazSession {
	type key struct {
		folder string
		number int
	}
	found := map[key]*sazSession{}
	for _, f := range files {
		name := sazName().FindStringSubmatch(strings.ReplaceAll(f.Name, `\`, "/"))
		if name == nil {
			continue
		}
		number, _ := strconv.Atoi(name[2])
		k := key{name[1], number}
		if found[k] == nil {
			found[k] = &sazSession{folder: k.folder, number: number}
		}
		switch name[3] {
		case "c":
			found[k].request = f
		case "s":
			found[k].response = f
		case "m":
			found[k].times = f
		}
	}
	var all []sazSession
	for _, s := range found {
		if s.request != nil {
			all = append(all, *s)
		}
	}
	slices.SortFunc(all, func(a, b sazSession) int {
		return cmp.Or(strings.Compare(a.folder, b.folder), cmp.Compare(a.number, b.number))
	})
	return all
}

func (c *collector) saz(in Input, sessions []sazSession) error {
	if sessions[0].request.Flags&1 != 0 {
		return &Unreadable{Name: in.Name, What: "a Fiddler archive with a password", Instead: "Save the sessions again without a password."}
	}
	_, err := c.capture(in, format{
		kind: KindHAR, // a capture like any other
		name: "a Fiddler archive", instead: "Save the sessions again, or export them as HTTPArchive (HAR).",
		read: func(_ *bufio.Reader, k *keeper) error {
			for _, s := range sessions {
				if x, err := c.session(s); err != nil {
					return err
				} else if x != nil {
					k.add(*x)
				}
			}
			return nil
		},
	}, nil)
	if c.room <= 0 {
		c.warn(in, fmt.Sprintf("it unpacks to more than %d MB; the rest was not read", maxUnpacked>>20))
	}
	return err
}

// session is nil for one whose request is no HTTP.
func (c *collector) session(s sazSession) (*exchange.Exchange, error) {
	text, err := c.part(s.request, maxMessage)
	if err != nil {
		return nil, err
	}
	request, ok := soleRequest(text)
	if !ok {
		return nil, nil
	}
	x := exchange.Exchange{Request: request}
	if text, err = c.part(s.response, maxMessage); err == nil {
		x.Response = soleResponse(text)
		text, err = c.part(s.times, maxTimes)
	}
	x.SentAt, x.ReceivedAt = sazTimes(text)
	return &x, err
}

// part is the beginning of a file in the archive; empty if there is none.
func (c *collector) part(f *zip.File, limit int64) (string, error) {
	if f == nil {
		return "", nil
	}
	r, err := f.Open()
	if err != nil {
		return "", err
	}
	defer r.Close()
	text, err := io.ReadAll(io.LimitReader(&limiter{r: r, left: &c.room}, limit))
	return string(text), err
}

// sazTimes reads the attributes of <SessionTimers>. Fiddler writes the year 1 for what did
// not happen.
func sazTimes(text string) (sent, received time.Time) {
	d := xml.NewDecoder(strings.NewReader(text))
	d.Strict = false
	for {
		token, err := d.RawToken()
		if err != nil {
			return sent, sent
		}
		timers, ok := token.(xml.StartElement)
		if !ok || timers.Name.Local != "SessionTimers" {
			continue
		}
		at := map[string]time.Time{}
		for _, a := range timers.Attr {
			if t := readTime(a.Value); t.Year() > 1 {
				at[a.Name.Local] = t
			}
		}
		sent, received = at["ClientBeginRequest"], at["ServerDoneResponse"]
		if received.Before(sent) {
			received = sent
		}
		return sent, received
	}
}
