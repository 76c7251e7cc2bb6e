package read

import (
	"encoding/json"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestStringsAreReadAsTheStandardLibraryReadsThem(t *testing.T) {
	for _, text := range []string{
		`""`, `"plain"`, `"a\"b\\"`, `"\\\\"`, `"\n\t\r\b\f\/"`, `"caf\u00e9"`, `"\ud83d\ude00!"`, `"\ud83d"`, `"\ud83dx"`, `"\ude00"`, `"日本"`, `"\\\"\\"`,
	} {
		var want string
		if err := json.Unmarshal([]byte(text), &want); err != nil {
			t.Fatal(err)
		}
		for name, r := range map[string]io.Reader{"at once": strings.NewReader(text), "byte by byte": iotest.OneByteReader(strings.NewReader(text))} {
			if got, err := newStream(r).quoted(100); got != want || err != nil {
				t.Errorf("%s, %s: %q, %v, want %q", text, name, got, err, want)
			}
		}
	}
}

func TestWhatIsSkippedEndsWhereItsBracketsClose(t *testing.T) {
	s := newStream(iotest.OneByteReader(strings.NewReader(` {"a":[1,{"b":"]}\"\\"},[[]]],"c":{}} "next"`)))
	if err := s.skip(); err != nil {
		t.Fatal(err)
	}
	if got, err := s.quoted(100); got != "next" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

func TestALongStringIsCutAndTheRestGoesOn(t *testing.T) {
	s := newStream(strings.NewReader(`["` + strings.Repeat(`é\"`, 1<<20) + `",7]`))
	var got []string
	err := s.elements(func() error {
		text, err := s.text(8)
		got = append(got, text)
		return err
	})
	if err != nil || len(got) != 2 || len(got[0]) > 8 || got[1] != "7" {
		t.Errorf("%q, %v", got, err)
	}
}
