package view

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/agext/levenshtein"

	"example.com/grantwalk/diagnose/safe"
)

// random is a value of 43 characters, as codes and challenges are, the same for the same number.
func random(n int) string {
	sum := sha256.Sum256(fmt.Append(nil, "random ", n))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func TestWhatWasDoneToACodeIsNamed(t *testing.T) {
	const arrived = "4/0AX4XfWh+Qz7rT2bLw9KpVn"
	for sent, want := range map[safe.Secret]string{
		arrived:                         "",
		"4%2F0AX4XfWh%2BQz7rT2bLw9KpVn": "percent-encoded",
		"4/0AX4XfWh Qz7rT2bLw9KpVn":     "decoded once more",
		arrived + "\n":                  "white space",
		`"` + arrived + `"`:             "quotes around",
		"4/0ax4xfwh+qz7rt2blw9kpvn":     "capitals",
		`"` + arrived + `" `:            "quotes, white space",
		arrived + "#_=_":                "fragment",
		"code=" + arrived + "&state=x":  "has other text around it",
		"4/0AX4XfWh+Qz7":                "was cut: 14 of 25",
		"h+Qz7rT2bLw9KpVn":              "lost its beginning: 16 of 25",
		"4/0AX4XfWhQz7rT2bLw9KpVn":      "the same letters and digits, but other signs between them: the first difference is at character 11",
		"4_0AX4XfWh-Qz7rT2bLw9KpVn":     "the same letters and digits, but other signs between them: the first difference is at character 2",
		"4/0AX4XfWh+Qz7rT2bLw9KpVm":     "", // nearly the same is not the same
		"Zm9yZ290dGVuLWxhc3Qtd2Vla":     "",
		"":                              "",
	} {
		if got := alteration(arrived, sent); want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%q: %q, want %q", sent.Reveal(), got, want)
		}
	}
}

func TestTheFirstDifferenceOfTwoRedirectURIsIsNamed(t *testing.T) {
	const asked = "https://app.example/callback"
	for sent, want := range map[string]string{
		"http://app.example/callback":                "the scheme: https and http",
		"https://localhost/callback":                 "the host: app.example and localhost",
		"https://app.example:8443/callback":          "the port: none and 8443",
		"https://app.example/callback/":              "a slash at the end of the path",
		"https://app.example/Callback":               "the case of the path",
		"https://app.example/cb":                     "the path",
		"https://app.example/callback?a=1":           "the query",
		"https://app.example/callback#":              "their characters",
		"https://app.example/callback#a":             "the fragment",
		"https%3A%2F%2Fapp.example%2Fcallback":       "their encoding: one was percent-encoded once more",
		"https://app.example/callback ":              "white space",
		"https://APP.example/callback":               "the host: app.example and APP.example",
		"postmessage":                                "the scheme: https and none",
		"https://app.example/callback\x7f%zz broken": "their characters",
	} {
		if got := uriDifference(asked, sent); got != want {
			t.Errorf("%s: %q, want %q", sent, got, want)
		}
	}
}

func TestTheMarksStandWhereTwoValuesDiffer(t *testing.T) {
	for _, test := range []struct{ a, b, inA, inB string }{
		{"https://app.example/callback", "http://app.example/callback", "s", ""},
		{"https://app.example/callback", "https://app.example/callback/", "", "/"},
		{"http://127.0.0.1/cb", "http://localhost/cb", "127.0.0.1", "localhost"},
		{"http://bücher.example/", "http://bäcker.example/", "üch", "äck"},
		{"https://app.example/aaa", "https://app.example/aa", "a", ""},
	} {
		values := compared("a", safe.RedirectURI(test.a), "b", safe.RedirectURI(test.b))
		if marked(values[0]) != test.inA || marked(values[1]) != test.inB {
			t.Errorf("%s and %s: %q and %q", test.a, test.b, marked(values[0]), marked(values[1]))
		}
	}
}

func marked(v Value) string {
	var out string
	for _, s := range v.Differ {
		out += v.Text[s.From:s.To]
	}
	return out
}

func TestNearlyCountsAsLevenshteinDoes(t *testing.T) {
	change := func(s string, n int) string {
		for i := range n {
			at := (i*17 + n*5) % len(s)
			switch (i + n) % 3 {
			case 0:
				s = s[:at] + "~" + s[at+1:]
			case 1:
				s = s[:at] + s[at+1:]
			default:
				s = s[:at] + "!" + s[at:]
			}
		}
		return s
	}
	for n := range 300 {
		a := random(n)
		for _, b := range []string{a, change(a, n%8), random(n + 1), a[:n%43], a + a} {
			want := levenshtein.Distance(a, b, nil)
			if want > mostSlips || want > min(len(a), len(b))/8 {
				want = 0
			}
			if got := nearly(a, b); got != want {
				t.Fatalf("%s and %s: %d, want %d", a, b, got, want)
			}
		}
	}
}
