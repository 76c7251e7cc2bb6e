// Package safe has the two kinds of text that must not be printed as they are:
// [Secret], of which nothing is shown but its length, and [Foreign], text that
// comes from outside, of which [Quote] shows what is known to be harmless.
//
// Which value is a secret is decided where the value is made; which text is
// foreign, where it is read. [RedirectURI], [Endpoint], [Identifier] and [Scope] are
// fields of messages that people must see to compare them.
package safe

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Secret is a code, token, verifier, state or password. However it is printed,
// logged or marshalled it comes out redacted; only [Secret.Reveal] gives it away,
// and is easy to search for.
type Secret string

// Reveal returns the secret itself.
func (s Secret) Reveal() string { return string(s) }

// String is the length of the secret and nothing of the secret itself. Where two
// secrets are to be told apart, they are compared and the difference is described.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	if _, length, ok := s.StandIn(); ok {
		return maskOf(length)
	}
	return mask(string(s))
}

// StandIn is a secret that stands in for one that was left out of a file: it has a number
// and the length of the secret, in characters, and nothing else of it. Two stand-ins with
// the same number are the same secret. No parameter can have such a value by chance,
// because it begins with a null character.
func StandIn(number, length int) Secret {
	return Secret(fmt.Sprintf("\x00%d\x00%d", number, length))
}

// StandIn is the number and the length of a stand-in; ok is false for any other secret.
func (s Secret) StandIn() (number, length int, ok bool) {
	if !strings.HasPrefix(string(s), "\x00") {
		return 0, 0, false
	}
	n, err := fmt.Sscanf(string(s[1:]), "%d\x00%d", &number, &length)
	return number, length, err == nil && n == 2 && s == StandIn(number, length)
}

// Format keeps every verb, %x and %d among them, from printing the secret.
func (s Secret) Format(f fmt.State, verb rune) { format(f, verb, s.String()) }

// MarshalText redacts in JSON, YAML and flags alike.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Text makes foreign text fit for a terminal, a log line or JSON: one line,
// valid UTF-8, at most limit bytes of it, no control character, nothing that
// changes the direction of the text or hides in it. What is taken out is shown
// as its Go escape (\x1b, \u202e), so that nothing disappears silently.
func Text(s string, limit int) string {
	cut := len(s)
	if cut > limit {
		cut = limit
		for cut > 0 && cut > limit-utf8.UTFMax && !utf8.RuneStart(s[cut]) {
			cut--
		}
	}
	out := s[:cut]
	if !Clean(out) {
		out = escape(out)
	}
	if cut < len(s) {
		out += fmt.Sprintf("… (%d bytes in all)", len(s))
	}
	return out
}

// Clean reports whether s could be printed as it stands.
func Clean(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, unsafe)
}

func escape(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == utf8.RuneError:
			b.WriteRune(r)
		case r == '\n' || r == '\t' || r == '\r':
			b.WriteByte(' ')
		case unsafe(r) && r < 0x100:
			fmt.Fprintf(&b, `\x%02x`, r)
		case unsafe(r) && r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		case unsafe(r):
			fmt.Fprintf(&b, `\U%08x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// unsafe reports whether r acts instead of showing: control characters, the
// bidirectional overrides of CVE-2021-42574, line separators, and characters without a
// glyph (zero-width joiners, tags, the byte order mark, Hangul fillers, variation
// selectors).
func unsafe(r rune) bool {
	if ' ' <= r && r <= '~' { // most of all text, and the tables are slow
		return false
	}
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) ||
		r == '\u2028' || r == '\u2029' || unicode.Is(unicode.Co, r) ||
		unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) || unicode.Is(unicode.Variation_Selector, r)
}

// Cut is the beginning of a text, at most so many bytes of it, in whole characters. The
// text is as foreign as it was.
func Cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "")
}
