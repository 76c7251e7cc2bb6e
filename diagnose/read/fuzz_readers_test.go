package read

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"html"
	"io"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"
	"unicode/utf8"

	"grantwalk/diagnose/safe"
)

// Package encoding/json reads the same out of a document, and how the document comes in
// makes no difference.
func FuzzAStreamReadsWhatJSONSays(f *testing.F) {
	for _, doc := range []string{`{"a":"b","c":["d",{"e":"\""}],"f":-1.5e3,"g":null}`, `{"a":"\u00e9\ud83d\ude42\\","b":{"c":[[]]}}`, `{}`, `[1]`, `{"a":"\\\\\"","a":true}`, "{\"a\"\n:\t\"b\" , \"c\":1}", `{"`, `{"a":"\ud83d"}`} {
		f.Add(doc)
	}
	type member struct{ name, text string }
	read := func(r io.Reader) (found []member, err error) {
		s := newStream(r)
		err = s.members(func(name string) error {
			text, err := s.text(1 << 10)
			found = append(found, member{name, text})
			return err
		})
		return found, err
	}
	f.Fuzz(func(t *testing.T, doc string) {
		got, err := read(strings.NewReader(doc))
		slowly, errSlowly := read(iotest.OneByteReader(strings.NewReader(doc)))
		if !slices.Equal(got, slowly) || (err == nil) != (errSlowly == nil) {
			t.Errorf("byte by byte it reads %q, %v, else %q, %v", slowly, errSlowly, got, err)
		}
		if !json.Valid([]byte(doc)) || !utf8.ValidString(doc) {
			return
		}
		dec := json.NewDecoder(strings.NewReader(doc))
		if open, _ := dec.Token(); open != json.Delim('{') {
			return
		}
		for i := 0; dec.More(); i++ {
			name, _ := dec.Token()
			var value json.RawMessage
			if err := dec.Decode(&value); err != nil {
				t.Fatal(err)
			}
			want := string(value)
			switch want[0] {
			case '"':
				_ = json.Unmarshal(value, &want)
			case '{', '[', 'n':
				want = ""
			}
			if len(name.(string)) > 30 || len(value) > 40 {
				continue // cut
			}
			if i >= len(got) || got[i] != (member{name.(string), want}) {
				t.Fatalf("member %d is %q: %q, and was read as %q", i, name, want, got[min(i, len(got)):])
			}
		}
		if err != nil {
			t.Errorf("a valid document: %v", err)
		}
	})
}

func FuzzUTF16IsReadAsItWasWritten(f *testing.F) {
	f.Add([]byte("\x00i\x00n\x00v\x00a\x00l\x00i\x00d"), true)
	f.Add([]byte("a\x00\x3d\xd8\x42\xdeb\x00"), false)
	f.Add([]byte("\x3d\xd8\n\x00\x3d\xd8"), false)
	f.Add([]byte("\xf2\xdb\xff\xfe\x00\xdf"), false)
	f.Fuzz(func(t *testing.T, body []byte, big bool) {
		var order binary.ByteOrder = binary.LittleEndian
		if big {
			order = binary.BigEndian
		}
		var units []uint16
		for i := 0; i+1 < len(body); i += 2 {
			units = append(units, order.Uint16(body[i:]))
		}
		// A byte order mark is no text. Between the halves of a pair it parts them.
		want := strings.ReplaceAll(string(utf16.Decode(units)), "\ufeff", "")
		for _, r := range []io.Reader{bytes.NewReader(body), iotest.OneByteReader(bytes.NewReader(body))} {
			got, err := io.ReadAll(&narrower{r: r, order: order})
			if string(got) != want || err != nil {
				t.Errorf("read %q, %v, want %q", got, err, want)
			}
		}
	})
}

// A log of any length: its groups are the same each time, and hold no secret.
func FuzzALogGivesTheSameGroupsTwice(f *testing.F) {
	seeds(f, "testdata/texts/*")
	f.Fuzz(func(t *testing.T, text string) {
		log := text + "\n2024-01-15 10:00:00 ERROR invalid_grant refresh_token=" + marked + "\n" + text
		groups, tail, err := scan(strings.NewReader(log))
		again, _, _ := scan(strings.NewReader(log))
		if err != nil {
			t.Fatal(err)
		}
		got := printed(t, Result{Groups: groups})
		if got != printed(t, Result{Groups: again}) {
			t.Error("read twice, it differs")
		}
		if strings.Contains(got, marked) {
			t.Errorf("holds the secret: %s", got)
		}
		for _, g := range groups {
			if g.Count < 1 || !safe.Clean(g.First+g.Last) {
				t.Errorf("%+v", g)
			}
		}
		if want := log[max(0, len(log)-small):]; tail != want {
			t.Errorf("the end is %q, want %q", tail, want)
		}
	})
}

// Whatever a saved walk says: no secret comes out of it, not even in an error. The
// fields that a person compares character by character show what was written there.
func FuzzNoSecretOfASavedWalkIsInItsEvidence(f *testing.F) {
	f.Add(saved)
	f.Add(strings.NewReplacer(`"redacted":true,`, "", "abc… (43 characters)", "SECRET").Replace(saved))
	f.Add(strings.Replace(saved, "2026-03-01T10:00:00Z", "SECRET", 1))
	f.Add(strings.Replace(saved, `"secret":2`, `"secret":"SECRET"`, 1))
	for _, shown := range []string{`"app"`, `"http://127.0.0.1/cb"`} {
		f.Add(strings.ReplaceAll(saved, shown, `"SECRET"`))
	}
	f.Add(strings.ReplaceAll(saved, "as.example", "SECRET"))
	f.Add(strings.ReplaceAll(saved, "https://", "SECRET://"))
	f.Add(walkStart + `{"name":"token request","params":[{"in":"form","name":"SECRET"}]},{"name":"token response","status":400,"body":"SECRET"}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		c := collector{}
		err := c.saved(Input{}, strings.NewReader(strings.ReplaceAll(text, "SECRET", marked)))
		if err != nil {
			if strings.Contains(err.Error(), marked) || !safe.Clean(err.Error()) {
				t.Errorf("the error is %q", err)
			}
			return
		}
		res := c.result(Options{})
		for i := range res.Evidence.Authorizations {
			a := &res.Evidence.Authorizations[i]
			a.ClientID, a.RedirectURI, a.Scope, a.Response.URI = "", "", "", ""
		}
		for i := range res.Evidence.TokenRequests {
			r := &res.Evidence.TokenRequests[i]
			r.ClientID, r.RedirectURI, r.Scope, r.Response.Scope = "", "", "", ""
		}
		if got := printed(t, res); strings.Contains(got, marked) {
			t.Errorf("holds the secret: %s", got)
		}
	})
}

// The words of a command are those that were put into quotes, in each of the ways.
func FuzzAShellsWordsAreReadAsTheyWereQuoted(f *testing.F) {
	for _, text := range []string{"-d\x00code=a b\x00https://as.example", "", "it's\x00\"\x00\\\x00$x", "\n\x00|\x00;"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		words := strings.Split(text, "\x00")
		if len(words) > 100 || len(text) > 4<<10 {
			return
		}
		for _, quote := range []func(string) string{
			func(w string) string { return "'" + strings.ReplaceAll(w, "'", `'\''`) + "'" },
			func(w string) string {
				return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(w) + `"`
			},
		} {
			var quoted []string
			for _, w := range words {
				quoted = append(quoted, quote(w))
			}
			command := strings.Join(quoted, " ")
			got, end, _ := shellWords(command + "\nnext")
			if !slices.Equal(got, words) || end != len(command) {
				t.Errorf("%q reads %q up to %d of %d", command, got, end, len(command))
			}
		}
	})
}

// A request and its response are read as they were sent, whatever is in the values.
func FuzzADumpIsReadAsItWasSent(f *testing.F) {
	f.Add("4/0AbC", "secret", "code was used")
	f.Add("a&b=c%41", "\n> POST /x HTTP/1.1", "HTTP/1.1 200 OK")
	f.Add("", "é\xff", "\u2028\"}\n\n")
	f.Fuzz(func(t *testing.T, code, secret, description string) {
		form := url.Values{"grant_type": {"authorization_code"}, "code": {code}, "client_secret": {secret}}.Encode()
		body, err := json.Marshal(map[string]string{"error": "invalid_grant", "error_description": description})
		if err != nil {
			t.Skip(err)
		}
		text := "POST /token HTTP/1.1\nHost: as.example\nContent-Type: application/x-www-form-urlencoded\n\n" + form +
			"\n\nHTTP/1.1 400 Bad Request\nContent-Type: application/json\n\n" + string(body) + "\n"
		found := dumps(text)
		if len(found) != 1 {
			t.Fatalf("%d messages in %q", len(found), text)
		}
		m := found[0]
		if m.get("code") != code || m.get("client_secret") != secret || m.status != 400 || m.url.String() != "https://as.example/token" {
			t.Errorf("%q reads %+v", text, m)
		}
		if r := tokenResponse(&m); r.Error != "invalid_grant" || len(description) < 500 && utf8.ValidString(description) && r.Description.Raw() != description {
			t.Errorf("%q reads %q, %q", text, r.Error.Raw(), r.Description.Raw())
		}
	})
}

// A page that posts a response gives it as a browser would.
func FuzzAPostedFormIsReadAsABrowserReadsIt(f *testing.F) {
	f.Add("4/0AbC", "s", "<p>Please wait</p>")
	f.Add(`a"b'c<d>e&f;g`, "a=b", "<!-- <form> -->")
	f.Add("&amp;", "\n", "<script>'<form action=x>'</script><input name=code")
	f.Fuzz(func(t *testing.T, code, state, before string) {
		if strings.ContainsAny(before, "<") { // may be a form, or hide one
			pageText(before)
			postedForm(before)
			return
		}
		page := before + `<form method="post" action="https://app.example/cb"><input type="hidden" name="code" value="` + html.EscapeString(code) +
			`"/><input type='hidden' value='` + html.EscapeString(state) + `' name='state'></form>` + before
		action, params := postedForm(page)
		if action != "https://app.example/cb" || value(params, "code") != html.UnescapeString(html.EscapeString(code)) || value(params, "state") != state {
			t.Errorf("%q reads %q, %q", page, action, params)
		}
	})
}
