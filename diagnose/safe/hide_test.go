package safe_test

import (
	"strings"
	"testing"

	"example.com/grantwalk/diagnose/growth"
	"example.com/grantwalk/diagnose/safe"
)

func TestOfSeveralSecretsTheLongestIsHidden(t *testing.T) {
	long := strings.Repeat("0123456789", 12)
	h := safe.NewHider("abcdefgh", "abcdefghij", "short", "", "abcdefgh", long+"=first", long+"=second one", "ab")
	for text, want := range map[string]string{
		"x abcdefghij y":                "x … (10 characters) y",
		"x abcdefghi y":                 "x … (8 characters)i y",
		"abcdefghabcdefgh":              "… (8 characters)… (8 characters)",
		"a short word, shorter":         "a … (5 characters) word, shorter",
		"code=" + long + "=first&x=1":   "code=… (126 characters)&x=1",
		"code=" + long + "=second one.": "code=… (131 characters).",
		"code=" + long + "third&x=1":    "code=… (125 characters)&x=1",
		long:                            "… (120 characters)",
		"ab abc":                        "… (2 characters) abc",
		"":                              "",
		"nothing":                       "nothing",
	} {
		if got := h.Hide(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

func TestHidingTakesLinearTime(t *testing.T) {
	long := strings.Repeat("a", 64<<10) + "b"
	for _, shape := range []growth.Shape{
		growth.Numbered("many secrets", "secret-%-0123456789 "),
		growth.Numbered("many secrets that begin alike", strings.Repeat("a", 120)+"% "),
		growth.Numbered("short secrets", "s% "),
		growth.Repeated("a secret again and again", "aaaaaaaa "),
		growth.Repeated("one letter", "a"),
	} {
		growth.Linear(t, shape, 4<<10, 8<<20, func(text string) {
			safe.NewHider(append(strings.Fields(text), long)...).Hide(text)
		})
		growth.Linear(t, shape, 4<<10, 8<<20, func(text string) { safe.Hide(text, "aaaaaaaaa") })
	}
}
