// Package safetest has secrets of every kind and the texts that surround them, for
// tests that nothing of a secret is shown. Its values are random: nobody can make a
// test pass by knowing them.
package safetest

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
)

// A Kind is one kind of secret.
type Kind struct {
	Name string
	Make func(*rand.Rand) string
	// Signs: the values hold quotes, brackets or other signs that languages write
	// between values, and how many differs from value to value.
	Signs bool
}

// Alphabets.
const (
	lower  = "abcdefghijklmnopqrstuvwxyz"
	upper  = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	digits = "0123456789"
	hex    = digits + "abcdef"
	alnum  = lower + upper + digits
	url64  = alnum + "-_"
	std64  = alnum + "+/"
)

func from(alphabet string, n int) func(*rand.Rand) string {
	return func(r *rand.Rand) string { return of(r, alphabet, n) }
}

func of(r *rand.Rand, alphabet string, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[r.IntN(len(alphabet))]
	}
	return string(b)
}

func prefixed(prefix, alphabet string, n int) func(*rand.Rand) string {
	return func(r *rand.Rand) string { return prefix + of(r, alphabet, n) }
}

// mixed has a letter and a digit for sure, at the beginning.
func mixed(n int) func(*rand.Rand) string {
	return func(r *rand.Rand) string { return of(r, lower, 1) + of(r, digits, 1) + of(r, alnum, n-2) }
}

func groups(alphabet, sign string, sizes ...int) func(*rand.Rand) string {
	return func(r *rand.Rand) string {
		var parts []string
		for _, n := range sizes {
			parts = append(parts, of(r, alphabet, n))
		}
		return strings.Join(parts, sign)
	}
}

func encoded(n int) func(*rand.Rand) string {
	return func(r *rand.Rand) string {
		raw := make([]byte, n)
		for i := range raw {
			raw[i] = byte(r.UintN(256))
		}
		return base64.StdEncoding.EncodeToString(raw)
	}
}

// phrase is a passphrase of four words, as password managers make them. Four letters of
// these words are in hardly any other: our own sentences hold flow, fore and single.
func phrase(sign string) func(*rand.Rand) string {
	words := strings.Fields("castle dragon glacier harbor monkey nimble purple puzzle quartz tiger velvet walnut zephyr")
	return func(r *rand.Rand) string {
		var parts []string
		for range 4 {
			parts = append(parts, words[r.IntN(len(words))])
		}
		return strings.Join(parts, sign)
	}
}

// Kinds are the kinds of secrets. Those of few characters hold a digit, for a
// random word of four letters may be a word.
var Kinds = []Kind{
	{Name: "small letters", Make: from(lower, 12)},
	{Name: "capitals", Make: from(upper, 12)},
	{Name: "letters", Make: from(lower+upper, 16)},
	{Name: "many letters", Make: from(lower+upper, 43)},
	{Name: "a capital and small letters", Make: func(r *rand.Rand) string { return of(r, upper, 1) + of(r, lower, 9) }},
	{Name: "words of random letters", Make: groups(lower, "-", 6, 6, 6)},
	{Name: "names of random letters", Make: groups(lower, "_", 7, 8)},
	{Name: "five digits", Make: from(digits, 5)},
	{Name: "six digits", Make: from(digits, 6)},
	{Name: "eight digits", Make: from(digits, 8)},
	{Name: "sixteen digits", Make: from(digits, 16)},
	{Name: "digits in two groups", Make: groups(digits, "-", 4, 4)},
	{Name: "digits in three groups of two", Make: groups(digits, " ", 2, 2, 2), Signs: true},
	{Name: "digits in two groups of three", Make: groups(digits, " ", 3, 3), Signs: true},
	{Name: "digits with a point", Make: groups(digits, ".", 2, 8)},
	{Name: "app password in groups", Make: groups(lower, " ", 4, 4, 4, 4), Signs: true},
	{Name: "recovery code in groups", Make: groups(lower+digits, " ", 4, 4, 4), Signs: true},
	{Name: "passphrase with hyphens", Make: phrase("-")},
	{Name: "passphrase with underlines", Make: phrase("_")},
	{Name: "five characters", Make: mixed(5)},
	{Name: "seven characters", Make: mixed(7)},
	{Name: "ten characters", Make: mixed(10)},
	{Name: "hex of 32", Make: from(hex, 32)},
	{Name: "hex of 64", Make: from(hex, 64)},
	{Name: "UUID", Make: groups(hex, "-", 8, 4, 4, 4, 12)},
	{Name: "base64 with padding", Make: encoded(32), Signs: true},
	{Name: "base64 of 300 bytes", Make: encoded(300), Signs: true},
	{Name: "base64url", Make: from(url64, 43)},
	{Name: "verifier of 128", Make: from(url64+".~", 128)},
	{Name: "state of 8", Make: func(r *rand.Rand) string { return of(r, digits, 1) + of(r, url64, 7) }},
	{Name: "JWT", Make: func(r *rand.Rand) string {
		return "eyJhbGciOiJSUzI1NiJ9.eyJ" + of(r, url64, 90) + "." + of(r, url64, 86)
	}},
	{Name: "JWE", Make: func(r *rand.Rand) string {
		return "eyJ" + of(r, url64, 40) + "." + of(r, url64, 43) + "." + of(r, url64, 16) + "." + of(r, url64, 60) + "." + of(r, url64, 22)
	}},
	{Name: "AWS key id", Make: prefixed("AKIA", upper+"234567", 16)},
	{Name: "AWS secret key", Make: from(std64, 40), Signs: true},
	{Name: "Google client secret", Make: prefixed("GOCSPX-", url64, 28)},
	{Name: "Google access token", Make: prefixed("ya29.", url64, 120)},
	{Name: "Google refresh token", Make: prefixed("1//0", url64, 90)},
	{Name: "Google code", Make: prefixed("4/0A", url64, 70)},
	{Name: "Google API key", Make: prefixed("AIza", url64, 35)},
	{Name: "GitHub token", Make: prefixed("ghp_", alnum, 36)},
	{Name: "GitHub fine-grained token", Make: prefixed("github_pat_", alnum, 22)},
	{Name: "GitLab token", Make: prefixed("glpat-", url64, 20)},
	{Name: "Slack token", Make: func(r *rand.Rand) string {
		return "xoxb-" + of(r, digits, 12) + "-" + of(r, digits, 12) + "-" + of(r, alnum, 24)
	}},
	{Name: "Stripe key", Make: prefixed("sk_live_", alnum, 24)},
	{Name: "webhook secret", Make: prefixed("whsec_", alnum, 32)},
	{Name: "SendGrid key", Make: func(r *rand.Rand) string { return "SG." + of(r, url64, 22) + "." + of(r, url64, 43) }},
	{Name: "npm token", Make: prefixed("npm_", alnum, 36)},
	{Name: "Azure client secret", Make: func(r *rand.Rand) string { return of(r, alnum, 3) + "8Q~" + of(r, alnum+"._~-", 34) }},
	{Name: "Salesforce token", Make: func(r *rand.Rand) string { return "00D" + of(r, alnum, 12) + "!" + of(r, alnum+"._", 96) }},
	{Name: "opaque token with bars", Make: func(r *rand.Rand) string { return of(r, digits, 5) + "|" + of(r, alnum, 40) }, Signs: true},
	{Name: "session cookie", Make: func(r *rand.Rand) string { return "s%3A" + of(r, url64, 32) + "." + url.QueryEscape(of(r, std64, 43)) }},
	{Name: "session of an application server", Make: func(r *rand.Rand) string { return of(r, hex, 32) + ".node1" }},
	{Name: "license key", Make: groups(upper+digits, "-", 5, 5, 5, 5)},
	{Name: "base32", Make: from(upper+"234567", 32)},
	{Name: "percent-encoded", Make: func(r *rand.Rand) string {
		var b strings.Builder
		for range 12 {
			fmt.Fprintf(&b, "%%%02X%s", 33+r.IntN(90), of(r, alnum, 1))
		}
		return b.String()
	}},
	{Name: "password with signs", Make: func(r *rand.Rand) string { return of(r, upper, 1) + of(r, alnum+"!#$%*+-._~^@", 14) + of(r, digits, 1) }, Signs: true},
	{Name: "password with brackets", Make: func(r *rand.Rand) string {
		return of(r, digits, 1) + of(r, alnum+"(){}<>[]?,;:", 18) + of(r, digits, 1)
	}, Signs: true},
	{Name: "letters with accents", Make: func(r *rand.Rand) string { return of(r, lower, 5) + "éüñ" + of(r, lower, 5) }},
	{Name: "private key", Make: func(r *rand.Rand) string { return "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC" + of(r, std64, 160) }, Signs: true},
	{Name: "device code", Make: groups(upper, "-", 4, 4)},
}
