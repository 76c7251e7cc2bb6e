package read

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"
	"unicode/utf8"

	"example.com/grantwalk/diagnose/evidence"
	"example.com/grantwalk/diagnose/safe"
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
		groups, tail, err := scan("", strings.NewReader(log))
		again, _, _ := scan("", strings.NewReader(log))
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
		_, err := c.saved(Input{}, strings.NewReader(strings.ReplaceAll(text, "SECRET", marked)))
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
		words := strings.Split(plain(text), "\x00") // as a reader of commands is given it
		if strings.ContainsAny(text, "\x01\x02\x03\x04") || responseBelow().MatchString(plain(text)) || len(words) > 100 || len(text) > 4<<10 {
			return
		}
		for _, quote := range []func(string) string{
			func(w string) string { return "'" + strings.ReplaceAll(w, "'", `'\''`) + "'" },
			func(w string) string {
				return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "$", `\$`, "`", "\\`").Replace(w) + `"`
			},
			func(w string) string { // as Chrome quotes what has line ends or quotes in it
				return "$'" + strings.NewReplacer(`\`, `\\`, "'", `\'`, "\n", `\n`, "!", `\u0021`).Replace(w) + "'"
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

// Whatever follows the beginning of a command: its place is in the text, and the words
// beside the commands are the text's.
func FuzzCommandsAreWithinTheText(f *testing.F) {
	for _, text := range []string{"curl 'https://as.example/t' -d $'a=b", "fetch(`https://${a}/t`, {body: {a, ...b}})", "irm @{a=(b|c)}; iwr \"$([char]10)\"", "const a = a\nfetch(a)", "curl ^\"a^%^\"", "curl -d @- <<A\n$(b)\nA", "requests.post(f\"{a}\", **b)"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = plain(text)
		for _, begin := range []string{"", "curl https://as.example/t ", "curl ^\"https://as.example/t^\" ", "fetch('https://as.example/t', ", "Invoke-RestMethod https://as.example/t ", "requests.post('https://as.example/t', ", "http as.example/t "} {
			end := 0
			for _, c := range commands(begin + text) {
				if c.begin < end || c.end < c.begin || c.end > len(begin+text) || len(c.sent) == 0 {
					t.Fatalf("%q: a command from %d to %d, behind %d", begin+text, c.begin, c.end, end)
				}
				end = c.end
			}
		}
	})
}

// A request and its response are read as they were sent, whatever is in the values.
func FuzzADumpIsReadAsItWasSent(f *testing.F) {
	f.Add("4/0AbC", "secret", "code was used")
	f.Add("a&b=c%41", "\n> POST /x HTTP/1.1", "HTTP/1.1 200 OK")
	f.Add("", "é\xff", "\u2028\"}\n\n")
	f.Add("0", " ", "+")
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
		if m.Request.Get("code") != code || m.Request.Get("client_secret") != secret || m.Response.Status != 400 || m.Request.URL.String() != "https://as.example/token" {
			t.Errorf("%q reads %+v", text, m)
		}
		e := evidence.Assemble(found)
		repeats := slices.ContainsFunc([]string{code, secret, url.QueryEscape(code), url.QueryEscape(secret)}, func(s string) bool {
			return s != "" && strings.Contains(description, s) // is scrubbed, however it is encoded
		})
		if r := e.TokenRequests[0].Response; r.Error != "invalid_grant" || len(description) < 500 && !repeats && utf8.ValidString(description) && r.Description.Raw() != description {
			t.Errorf("%q reads %q, %q", text, r.Error.Raw(), r.Description.Raw())
		}
	})
}

// A trace has the bytes as they were sent. In text, it has a dot for what cannot be printed.
func FuzzATraceIsReadAsItWasSent(f *testing.F) {
	f.Add("4/0AbC", "code was used", 16)
	f.Add("a&b=c%41\r\n", "0000: => Send data, 3 bytes (0x3)", 1)
	f.Add("é\xff", "..", 0)
	f.Fuzz(func(t *testing.T, code, description string, size int) {
		form := url.Values{"grant_type": {"authorization_code"}, "code": {code}}.Encode()
		body, err := json.Marshal(map[string]string{"error": "invalid_grant", "error_description": description})
		if err != nil || size < 0 {
			t.Skip()
		}
		size = max(1, size%100)
		var trace, text strings.Builder
		block := func(what, data string) {
			for part := range slices.Chunk([]byte(data), size) {
				head := fmt.Sprintf("%s, %d bytes (0x%x)\n", what, len(part), len(part))
				trace.WriteString(head)
				text.WriteString(head)
				for at := 0; at < len(part); at += 16 {
					fmt.Fprintf(&trace, "%04x: %-48s\n", at, fmt.Sprintf("% x ", part[at:min(len(part), at+16)]))
				}
				for at := 0; at < len(part); at += 64 {
					fmt.Fprintf(&text, "%04x: %s\n", at, part[at:min(len(part), at+64)])
				}
			}
		}
		for _, b := range []*strings.Builder{&trace, &text} {
			b.WriteString("=> Send header, 42 bytes (0x2a)\n0000: POST /token HTTP/1.1\n0016: Host: as.example\n0028: \n")
		}
		block("=> Send data", form)
		for _, b := range []*strings.Builder{&trace, &text} {
			b.WriteString("<= Recv header, 26 bytes (0x1a)\n0000: HTTP/1.1 400 Bad Request\n")
		}
		block("<= Recv data", string(body))
		for _, printed := range []string{trace.String(), text.String()} {
			found := dumps(printed)
			if len(found) != 1 || found[0].Request.Get("code") != code {
				t.Fatalf("%q reads %+v", printed, found)
			}
			if got := found[0].Response.Body; got != string(body) && printed == trace.String() {
				t.Errorf("%q reads %q", printed, got)
			}
		}
	})
}
