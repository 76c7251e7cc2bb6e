package diagnose

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/agext/levenshtein"

	"example.com/grantwalk/diagnose/safe"
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

func TestTheMistakeBehindAChallengeIsNamed(t *testing.T) {
	for name, test := range map[string]struct {
		challenge, method, verifier safe.Secret
		want                        string
	}{
		"the challenge sent as verifier": {challenge, "S256", challenge, "it is the challenge itself"},
		"the method left out":            {challenge, "", verifier, "the request says plain"},
		"padding":                        {challenge + "=", "S256", verifier, "padding"},
		"hexadecimal":                    {"13d31e961a1ad8ec2f16b10c4c982e0876a878ad6df144566ee1894acb70f9c3", "S256", verifier, "hexadecimal"},
		"one character":                  {safe.Secret(challenge[:42] + "N"), "S256", verifier, "the challenge was changed in transit"},
		"another":                        {"ANGmB9CETxbzWZwrnXcUq9yEcurIVrKhEtKYcVQPq2c", "S256", verifier, "does not hash"},
	} {
		e := one(refused("invalid_grant", 400), func(a *Authorization, r *TokenRequest) {
			a.Challenge, a.ChallengeMethod, r.Verifier = test.challenge, safe.Foreign(test.method), test.verifier
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

// random is a value of 43 characters, as codes and challenges are, the same for the same number.
func random(n int) string {
	sum := sha256.Sum256(fmt.Append(nil, "random ", n))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func TestTwoRandomCodesAreNeverOneThatWasChanged(t *testing.T) {
	const pairs = 2000
	for n := range pairs {
		e := one(refused("invalid_grant", 400), func(a *Authorization, r *TokenRequest) {
			a.Response.Code, r.Code = safe.Secret(random(2*n)), safe.Secret(random(2*n+1))
		})
		if c := causeOf(Diagnose(e), CodeMalformed); c != nil && len(c.Values) > 0 {
			t.Fatalf("%s and %s: %s, %q", random(2*n), random(2*n+1), c.Strength, c.Says)
		}
	}
}

func TestAnotherVerifierIsNotSaidToBeNearlyTheRightOne(t *testing.T) {
	for n := range 2000 {
		e := one(refused("invalid_grant", 400), func(_ *Authorization, r *TokenRequest) { r.Verifier = safe.Secret(random(n)) })
		if says := strings.Join(causeOf(Diagnose(e), PKCEMismatch).Says, "; "); strings.Contains(says, "nearly") {
			t.Fatalf("verifier %s: %q", random(n), says)
		}
	}
}

func TestTwoCodesThatDifferInAFewCharactersAreNotCertainlyOne(t *testing.T) {
	for name, codes := range map[string][2]safe.Secret{
		"a counter":            {"test-authorization-code-000123", "test-authorization-code-000124"},
		"a counter in hex":     {"507f1f77bcf86cd79943901a", "507f1f77bcf86cd79943901b"},
		"a counter that grew":  {"test-authorization-code-99", "test-authorization-code-100"},
		"a time":               {safe.Secret("1772445600." + random(1)), safe.Secret("1772445601." + random(1))},
		"one character":        {safe.Secret(random(2)), safe.Secret("x" + random(2)[1:])},
		"one character is out": {safe.Secret(random(3)), safe.Secret(random(3)[:10] + random(3)[11:])},
		"signed": {signed(t, map[string]any{"iss": "https://as.example", "sub": "alice", "exp": 1872445600, "client_id": "web"}),
			signed(t, map[string]any{"iss": "https://as.example", "sub": "alice", "exp": 1872445601, "client_id": "web"})},
		"of one session": {"c5a2c9c0-2d1d-4d0c-9f3e-0a8f5f0f8a11.3f2b7c1e-9f4e-4f6b-8a2d-0d6a9b7c5e21.8d1c", "7b1e8f42-66c3-4f0a-8f77-b9a0c3d2e5f4.3f2b7c1e-9f4e-4f6b-8a2d-0d6a9b7c5e21.8d1c"},
	} {
		for _, answer := range invalidGrants {
			e := one(answer, func(a *Authorization, r *TokenRequest) { a.Response.Code, r.Code = codes[0], codes[1] })
			if ids := certain(e); len(ids) > 0 {
				t.Errorf("%s: %v is certain", name, ids)
			}
			again := many(exchange(5.4, tokens("access-1", codes[0])), refresh(60, codes[1], answer))
			if ids := certain(again); len(ids) > 0 {
				t.Errorf("%s, as refresh tokens: %v is certain", name, ids)
			}
		}
	}
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
