package read

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
)

// archiveOf is a zip archive of files, given as name and text.
func archiveOf(files ...string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		w, _ := z.Create(files[i])
		_, _ = io.WriteString(w, files[i+1])
	}
	z.Close()
	return b.Bytes()
}

func collected(t *testing.T, body []byte) (*collector, error) {
	t.Helper()
	c := &collector{room: maxUnpacked}
	return c, c.input(Input{Name: "capture", Reader: bytes.NewReader(body)})
}

const sazSent = `<Session><SessionTimers ClientBeginRequest="2026-11-29T21:09:17.3281234+01:00" GotResponseHeaders="0001-01-01T00:00:00" ServerDoneResponse="2026-11-29T21:09:18+01:00" /></Session>`

func TestAFiddlerArchiveHasItsSessionsInTheirOrder(t *testing.T) {
	first := strings.Replace(sentRequest, "abc", "one", 1)
	body := archiveOf("raw/10_c.txt", sentRequest, "raw/10_s.txt", sentResponse, "raw/10_m.xml", sazSent, "raw/9_c.txt", first, "raw/8_s.txt", sentResponse, "_index.htm", "<p>invalid_scope</p>")
	for name, body := range map[string][]byte{"as it is": body, "in a zip archive": archiveOf("login.saz", string(body)), "packed again": archiveOf(`login\raw\1_c.txt`, first, "login/raw/2_c.txt", sentRequest, "login/raw/2_s.txt", sentResponse, "login/raw/2_m.xml", sazSent)} {
		c, err := collected(t, body)
		if err != nil || len(c.captured) != 2 || c.captured[0].Request.Get("code") != "one" || len(c.readings) > 0 {
			t.Fatalf("%s: %v, %+v", name, err, c.captured)
		}
		oneExchange(t, c.captured[1:])
		if x := c.captured[1]; x.SentAt.UnixNano()%1e9 != 328123400 || x.ReceivedAt.Sub(x.SentAt) != 671876600 {
			t.Errorf("%s: sent %s, received %s", name, x.SentAt, x.ReceivedAt)
		}
	}
}

func TestAFiddlerArchiveWithAPasswordIsNotRead(t *testing.T) {
	body := archiveOf("raw/1_c.txt", sentRequest)
	body[bytes.Index(body, []byte("PK\x01\x02"))+8] |= 1
	var u *Unreadable
	if _, err := collected(t, body); !errors.As(err, &u) || !strings.Contains(u.Error(), "password") {
		t.Errorf("%v", err)
	}
}

func TestTheFilesOfAFiddlerArchiveAreReadInPart(t *testing.T) {
	huge := strings.Replace(sentResponse, "25", "99999999", 1) + strings.Repeat(" ", 64<<20)
	c, err := collected(t, archiveOf("raw/1_c.txt", sentRequest, "raw/1_s.txt", huge, "raw/1_m.xml", strings.Repeat("<a>", 1<<20)))
	if err != nil {
		t.Fatal(err)
	}
	oneExchange(t, c.captured)
	if c.room < maxUnpacked-4*maxMessage || len(c.captured[0].Response.Body) > maxContent {
		t.Errorf("%d bytes were unpacked, and %d kept", maxUnpacked-c.room, len(c.captured[0].Response.Body))
	}
}
