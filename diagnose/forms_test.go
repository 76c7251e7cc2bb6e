package diagnose_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/read"
)

// Every tool records the same requests in a form of its own. Here the captures of the
// corpus are written in each form, and read again.

// An entry is one request with its response, as a form is made of.
type entry struct {
	At       time.Time
	Took     time.Duration
	Method   string
	URL      string
	Headers  []header
	Media    string // of the body
	Body     string
	Status   int
	Response struct {
		Headers []header
		Media   string
		Body    string
	}
}

type header struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// get is the first header of that name; empty if there is none.
func get(headers []header, name string) string {
	for _, h := range headers {
		if strings.EqualFold(h.Name, name) {
			return h.Value
		}
	}
	return ""
}

// target is the URL's path with its query, and host its host with the port.
func (e entry) target() string { u, _ := url.Parse(e.URL); return u.RequestURI() }
func (e entry) host() string   { u, _ := url.Parse(e.URL); return u.Host }

// A form is how a tool writes what it recorded.
type form struct {
	name  string
	write func(entries []entry) []byte

	// lossy: the form does not carry all that the HAR does, so that a cause may be missing.
	// It never has a certain cause that the HAR does not have.
	lossy bool
	least int // of a lossy form: how many captures have the HAR's cause all the same
}

// forms are those of all files forms_*_test.go.
var forms = slices.Concat(harForms, rawForms, packetForms, jsonForms, dumpForms, cmdForms)

var harForms = []form{
	{name: "HAR", write: writeHAR},
	{name: "HAR, gzip", write: func(e []entry) []byte { return packed(writeHAR(e)) }},
	{name: "HAR, a document for each entry", write: writeHARPerEntry},
}

func TestACaptureInAnyFormHasTheCauseOfItsHAR(t *testing.T) {
	captures := readEntries(t)
	for _, f := range forms {
		t.Run(f.name, func(t *testing.T) {
			same, all := 0, 0
			for _, c := range captures {
				if testing.Short() && all%8 != 0 {
					all++
					continue
				}
				all++
				body := f.write(c.entries)
				result, err := read.Read([]read.Input{{Name: "capture", Reader: bytes.NewReader(body)}}, read.Options{})
				if err != nil {
					t.Errorf("%s: %v", c.File, err)
					continue
				}
				if f.compare(t, c, result) {
					same++
				}
			}
			t.Logf("%d of %d as the HAR", same, all)
			if same < f.least && !testing.Short() {
				t.Errorf("at least %d were", f.least)
			}
		})
	}
}

// compare reports whether the form's first cause is that of the HAR. It fails where it
// must be, and where a cause is certain that the HAR's is not.
func (f form) compare(t *testing.T, c written, got read.Result) (same bool) {
	t.Helper()
	want, have := diagnose.Diagnose(c.evidence), diagnose.Diagnose(got.Evidence)
	first := func(r diagnose.Report) diagnose.ID {
		if len(r.Causes) == 0 {
			return ""
		}
		return r.Causes[0].ID
	}
	same = first(want) == first(have)
	if !same && !f.lossy {
		t.Errorf("%s: %s %v, of the HAR %s %v", c.File, first(have), strengthOf(have), first(want), strengthOf(want))
	}
	for _, cause := range have.Causes {
		if cause.Strength == diagnose.Certain && !slices.ContainsFunc(want.Causes, func(w diagnose.Cause) bool { return w.ID == cause.ID && w.Strength == diagnose.Certain }) {
			t.Errorf("%s: %s is certain, and not by the HAR: %q", c.File, cause.ID, cause.Says)
		}
	}
	if c.Cause == "none" && len(have.Causes) > 0 {
		t.Errorf("%s: a good flow is %s: %q", c.File, have.Causes[0].ID, have.Causes[0].Says)
	}
	shown := fmt.Sprintf("%+v %+v", have, diagnose.Facts(got.Evidence))
	for _, secret := range secretsOf(c.entries) {
		if strings.Contains(shown, secret) {
			t.Errorf("%s: the secret %q is shown", c.File, secret)
		}
	}
	return same
}

func strengthOf(r diagnose.Report) diagnose.Strength {
	if len(r.Causes) == 0 {
		return ""
	}
	return r.Causes[0].Strength
}

// secretsOf are the values in a capture that no report may show.
func secretsOf(entries []entry) []string {
	var all []string
	add := func(values url.Values) {
		for name, list := range values {
			if slices.Contains([]string{"code", "code_verifier", "client_secret", "refresh_token", "access_token", "id_token"}, name) {
				all = append(all, list...)
			}
		}
	}
	for _, e := range entries {
		if u, err := url.Parse(e.URL); err == nil {
			add(u.Query())
		}
		if values, err := url.ParseQuery(e.Body); err == nil {
			add(values)
		}
		members := map[string]any{}
		if json.Unmarshal([]byte(e.Response.Body), &members) == nil {
			values := url.Values{}
			for name, v := range members {
				values.Add(name, fmt.Sprint(v))
			}
			add(values)
		}
	}
	return slices.DeleteFunc(all, func(s string) bool { return len(s) < 12 }) // shorter ones can be words
}

// A written capture has the entries that forms are made of.
type written struct {
	capture
	entries []entry
}

func readEntries(t *testing.T) []written {
	t.Helper()
	z, err := zip.OpenReader("testdata/corpus/har.zip")
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	var all []written
	for _, row := range readCaptures(t) {
		f, err := z.Open(row.File)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(f)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, written{row, entriesOf(t, body)})
	}
	return all
}

// harEntry is an entry of a HAR file, as far as forms need it.
type harEntry struct {
	Started time.Time `json:"startedDateTime"`
	Time    float64   `json:"time"`
	Request struct {
		Method   string   `json:"method"`
		URL      string   `json:"url"`
		Headers  []header `json:"headers"`
		PostData *struct {
			Media string `json:"mimeType"`
			Text  string `json:"text"`
		} `json:"postData,omitempty"`
	} `json:"request"`
	Response struct {
		Status  int      `json:"status"`
		Headers []header `json:"headers"`
		Content struct {
			Media string `json:"mimeType"`
			Text  string `json:"text"`
		} `json:"content"`
		RedirectURL string `json:"redirectURL"`
	} `json:"response"`
}

func entriesOf(t *testing.T, har []byte) []entry {
	t.Helper()
	var doc struct{ Log struct{ Entries []harEntry } }
	if err := json.Unmarshal(har, &doc); err != nil {
		t.Fatal(err)
	}
	var all []entry
	for _, h := range doc.Log.Entries {
		e := entry{At: h.Started, Took: time.Duration(max(h.Time, 0) * float64(time.Millisecond)), Method: h.Request.Method, URL: h.Request.URL, Headers: h.Request.Headers, Status: h.Response.Status}
		if p := h.Request.PostData; p != nil {
			e.Media, e.Body = p.Media, p.Text
		}
		e.Response.Headers, e.Response.Media, e.Response.Body = h.Response.Headers, h.Response.Content.Media, h.Response.Content.Text
		all = append(all, e)
	}
	return all
}

func (e entry) har() harEntry {
	var h harEntry
	h.Started, h.Time = e.At, float64(e.Took)/float64(time.Millisecond)
	h.Request.Method, h.Request.URL, h.Request.Headers = e.Method, e.URL, e.Headers
	if e.Body != "" {
		h.Request.PostData = &struct {
			Media string `json:"mimeType"`
			Text  string `json:"text"`
		}{e.Media, e.Body}
	}
	h.Response.Status, h.Response.Headers = e.Status, e.Response.Headers
	h.Response.Content.Media, h.Response.Content.Text = e.Response.Media, e.Response.Body
	h.Response.RedirectURL = get(e.Response.Headers, "Location")
	return h
}

func harOf(entries []entry) map[string]any {
	all := []harEntry{}
	for _, e := range entries {
		all = append(all, e.har())
	}
	return map[string]any{"log": map[string]any{"version": "1.2", "entries": all}}
}

func writeHAR(entries []entry) []byte { return encoded(harOf(entries)) }

// writeHARPerEntry is HAR documents one a line, as some log shippers write them.
func writeHARPerEntry(entries []entry) []byte {
	var lines [][]byte
	for i := range entries {
		lines = append(lines, encoded(harOf(entries[i:i+1])))
	}
	return bytes.Join(lines, []byte("\n"))
}

func encoded(v any) []byte {
	body, err := json.Marshal(v)
	if err != nil {
		panic(err) // of a test's own data
	}
	return body
}
