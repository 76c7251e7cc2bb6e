package safe

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

const hidden = "the-very-secret-value-of-this-test"

func TestASecretIsRedactedHoweverItIsPrinted(t *testing.T) {
	s := Secret(hidden)
	type holder struct {
		S Secret
		P *Secret
	}
	js, err := json.Marshal(map[string]any{"held": holder{s, &s}})
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		for _, v := range []any{s, &s, holder{S: s}, []Secret{s}, fmt.Errorf("send %w: %v", fmt.Errorf("%v", s), s)} {
			if got := fmt.Sprintf(verb, v); strings.Contains(got, hidden) || strings.Contains(got, fmt.Sprintf("%x", hidden)) {
				t.Errorf("Sprintf(%q, %T) = %s", verb, v, got)
			}
		}
	}
	if strings.Contains(string(js), hidden) {
		t.Errorf("JSON: %s", js)
	}
	if s.Reveal() != hidden {
		t.Error("Reveal does not give the secret")
	}
}

func TestAShortSecretShowsNothingOfItself(t *testing.T) {
	if got := Secret("hunter2").String(); got != "… (7 characters)" {
		t.Errorf("got %q", got)
	}
}

func TestForeignTextCannotActOnTheTerminal(t *testing.T) {
	for in, want := range map[string]string{
		"plain words":           "plain words",
		"Grüße, 世界":             "Grüße, 世界",
		"\x1b[2Jgone":           `\x1b[2Jgone`,
		"\u009b31m":             `\x9b31m`,
		"a\u202egnp.exe":        `a\u202egnp.exe`,
		"two\nlines\tand\r":     "two lines and ",
		"zero\u200bwidth":       `zero\u200bwidth`,
		"bad \xff\xfe":          "bad \uFFFD\uFFFD",
		"\x1b]8;;http://x\x07y": `\x1b]8;;http://x\x07y`,
	} {
		if got := Text(in, 1000); got != want {
			t.Errorf("Text(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestLongTextIsCutAndSaysHowLongItWas(t *testing.T) {
	got := Text(strings.Repeat("ä", 1000), 21)
	if want := strings.Repeat("ä", 10) + "… (2000 bytes in all)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func FuzzTextIsAlwaysPrintableAndBounded(f *testing.F) {
	for _, s := range []string{"", "a", "\x1b[31m", "\xff", "\u202e", "e\u0301", strings.Repeat("x", 300)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Text(s, 100)
		if !utf8.ValidString(got) {
			t.Fatalf("not UTF-8: %q", got)
		}
		for _, r := range got {
			if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
				t.Fatalf("%U in %q", r, got)
			}
		}
		if len(got) > 100*6+40 {
			t.Fatalf("%d bytes from a limit of 100", len(got))
		}
		if again := Text(got, 10000); again != got {
			t.Fatalf("cleaning twice changes the text: %q, %q", got, again)
		}
	})
}
