package diagnose

import (
	"strings"
	"testing"

	"grantwalk/diagnose/safe"
)

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
		"code=" + arrived + "&state=x":  "other parts of the redirect",
		"4/0AX4XfWh+Qz7":                "was cut: 14 of 25",
		"h+Qz7rT2bLw9KpVn":              "lost its beginning: 16 of 25",
		"4/0AX4XfWh+Qz7rT2bLw9KpVm":     "one character, the first at place 25",
		"4/0AX4XfWhQz7rT2bLw9KpVn":      "one character, the first at place 11",
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
		"https://app.example/cb":                     "the path: /callback and /cb",
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

func TestTheMistakeBehindAChallengeIsNamed(t *testing.T) {
	for name, test := range map[string]struct {
		challenge, method, verifier safe.Secret
		want                        string
	}{
		"the challenge sent as verifier": {challenge, "S256", challenge, "it is the challenge itself"},
		"the method left out":            {challenge, "", verifier, "the request says plain"},
		"padding":                        {challenge + "=", "S256", verifier, "padding"},
		"hexadecimal":                    {"13d31e961a1ad8ec2f16b10c4c982e0876a878ad6df144566ee1894acb70f9c3", "S256", verifier, "hexadecimal"},
		"one character":                  {safe.Secret(challenge[:42] + "N"), "S256", verifier, "altered on its way"},
		"another":                        {"ANGmB9CETxbzWZwrnXcUq9yEcurIVrKhEtKYcVQPq2c", "S256", verifier, "does not hash"},
	} {
		e := one(refused("invalid_grant", 400), func(a *Authorization, r *TokenRequest) {
			a.Challenge, a.ChallengeMethod, r.Verifier = test.challenge, string(test.method), test.verifier
		})
		r := Diagnose(e)
		if firstCause(r) != PKCEMismatch || !strings.Contains(strings.Join(r.Causes[0].Says, "; "), test.want) {
			t.Errorf("%s: %s, %q", name, firstCause(r), r.Causes[0].Says)
		}
	}
}

func TestTheMarksStandWhereTwoValuesDiffer(t *testing.T) {
	for _, test := range []struct{ a, b, inA, inB string }{
		{"https://app.example/callback", "http://app.example/callback", "s", ""},
		{"https://app.example/callback", "https://app.example/callback/", "", "/"},
		{"http://127.0.0.1/cb", "http://localhost/cb", "127.0.0.1", "localhost"},
		{"http://bücher.example/", "http://bäcker.example/", "üch", "äck"},
		{"aaa", "aa", "a", ""},
	} {
		values := compared("a", test.a, "b", test.b)
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
