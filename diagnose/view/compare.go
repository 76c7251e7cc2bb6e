package view

import (
	"cmp"
	"fmt"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/diagnose/wire"
)

// A field is a value of a message that shows itself as such fields may be shown.
type field interface {
	~string
	String() string
}

// compared sets two values under each other with the differing parts marked. Where
// only what is not shown differs, it says where.
func compared[A, B field](labelA string, valueA A, labelB string, valueB B) []Value {
	a, b := valueA.String(), valueB.String()
	if b == "" {
		return []Value{{Label: labelA, Text: a}, {Label: labelB, Text: "(not sent)"}}
	}
	if a == "" {
		return []Value{{Label: labelA, Text: "(not sent)"}, {Label: labelB, Text: b}}
	}
	if hidden := safe.Difference(valueA, valueB); hidden != "" {
		return []Value{{Label: labelA, Text: a}, {Label: labelB, Text: b}, {Label: "difference", Text: hidden}}
	}
	from := firstDifference(a, b)
	for from > 0 && (!runeAt(a, from) || !runeAt(b, from)) {
		from--
	}
	endA, endB := len(a), len(b)
	for endA > from && endB > from && a[endA-1] == b[endB-1] {
		endA, endB = endA-1, endB-1
	}
	for !runeAt(a, endA) || !runeAt(b, endB) {
		endA, endB = endA+1, endB+1
	}
	return []Value{
		{Label: labelA, Text: a, Differ: span(from, endA)},
		{Label: labelB, Text: b, Differ: span(from, endB)},
	}
}

func firstDifference(a, b string) int {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	return i
}

func runeAt(s string, i int) bool { return i >= len(s) || utf8.RuneStart(s[i]) }

func span(from, to int) []Span {
	if from >= to {
		return nil
	}
	return []Span{{from, to}}
}

// secretsCompared is compared for values that must not be shown.
func secretsCompared(labelA string, a safe.Secret, labelB string, b safe.Secret) []Value {
	show := func(s safe.Secret) string {
		if s == "" {
			return "(not sent)"
		}
		return s.String()
	}
	return []Value{{Label: labelA, Text: show(a)}, {Label: labelB, Text: show(b)}}
}

// shortestPart is how much of a value must be left for a part of it to be
// recognised: less could be there by chance, and short codes with a counter at their end
// hold each other.
const shortestPart = 12

// shortestSame is from where on two values whose letters and digits are the same are one.
const shortestSame = 6

// alteration names what was done to a value in transit, as a clause that follows "the code"; empty
// if the one is not a changed form of the other. Each case is something that programs do to values,
// and none of them makes one code of another.
func alteration(arrived, sent safe.Secret) string {
	a, s := arrived.Reveal(), sent.Reveal()
	decoded := wire.Unescape(s)
	switch {
	case a == "" || s == "" || a == s:
		return ""
	case decoded == a:
		return "is still percent-encoded"
	case wire.Unescape(a) == s, strings.ReplaceAll(a, "+", " ") == s:
		return "was decoded once more than it was encoded"
	case strings.TrimSpace(s) == strings.TrimSpace(a):
		return "has white space around it"
	case strings.Trim(s, `"'`) == a:
		return "has quotes around it"
	case len(a) >= shortestSame && strings.EqualFold(a, s):
		return "has other capitals than it arrived with"
	case bare(s) == a, bare(decoded) == a:
		return "has quotes, white space or encoding around it"
	case len(a) >= shortestPart && (strings.HasPrefix(s, a+"#") || strings.HasPrefix(decoded, a+"#")):
		return "has a URL's fragment at its end"
	case len(a) >= shortestPart && (strings.Contains(s, a) || strings.Contains(decoded, a)):
		return "has other text around it"
	case len(s) >= shortestPart && strings.HasPrefix(a, s):
		return fmt.Sprintf("was cut: %d of %d characters are left", len(s), len(a))
	case len(s) >= shortestPart && strings.HasSuffix(a, s):
		return fmt.Sprintf("lost its beginning: %d of %d characters are left", len(s), len(a))
	case len(lettersAndDigits(a)) >= shortestSame && lettersAndDigits(a) == lettersAndDigits(s):
		return fmt.Sprintf("has the same letters and digits, but other signs between them: the first difference is at character %d", firstDifference(a, s)+1)
	}
	return ""
}

func bare(s string) string { return strings.Trim(strings.TrimSpace(s), `"'`) }

// lettersAndDigits leaves out what encodings change, such as + / = and -.
func lettersAndDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, s)
}

// mostSlips is the number of characters up to which two values are nearly the same.
const mostSlips = 3

// nearly is the number of characters to change, add or leave out to make one value of the other
// (Levenshtein's distance), where it is at most mostSlips and a small part of both; else 0.
//
// It is a sign, and no proof that a value was changed: two codes that hold a counter, a time or a
// signed payload can differ in as little.
func nearly(a, b string) int {
	most := min(mostSlips, min(len(a), len(b))/8)
	for n := range most + 1 {
		if within(a, b, n) {
			return n
		}
	}
	return 0
}

// within reports whether n changes make one text of the other. It takes the length of the texts,
// times three for each change.
func within(a, b string, n int) bool {
	from := firstDifference(a, b)
	a, b = a[from:], b[from:]
	switch {
	case a == b:
		return true
	case n == 0 || max(len(a), len(b))-min(len(a), len(b)) > n:
		return false
	case a == "" || b == "":
		return max(len(a), len(b)) <= n
	}
	return within(a[1:], b[1:], n-1) || within(a[1:], b, n-1) || within(a, b[1:], n-1)
}

func count(n int, what string) string {
	if n == 1 {
		return "one " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// spaceIn names white space or control characters in a value; empty if there
// are none.
func spaceIn(s string) string {
	switch {
	case s == "":
		return ""
	case strings.TrimSpace(s) == "":
		return "is nothing but white space"
	case strings.TrimRightFunc(s, unicode.IsSpace) != s:
		return "ends in white space"
	case strings.TrimLeftFunc(s, unicode.IsSpace) != s:
		return "begins with white space"
	case strings.ContainsFunc(s, unicode.IsControl):
		return "has a control character in it"
	}
	return ""
}

// uriDifference names the first part in which two URIs differ.
func uriDifference(a, b string) string {
	ua, errA := url.Parse(a)
	ub, errB := url.Parse(b)
	switch {
	case strings.TrimSpace(a) == strings.TrimSpace(b):
		return "white space"
	case errA != nil || errB != nil:
		return "their characters"
	case isEncodingOf(a, b) || isEncodingOf(b, a):
		return "their encoding: one was percent-encoded once more"
	case ua.Scheme != ub.Scheme:
		return fmt.Sprintf("the scheme: %s and %s", cmp.Or(ua.Scheme, "none"), cmp.Or(ub.Scheme, "none"))
	case ua.Hostname() != ub.Hostname():
		return fmt.Sprintf("the host: %s and %s", cmp.Or(ua.Hostname(), "none"), cmp.Or(ub.Hostname(), "none"))
	case ua.Port() != ub.Port():
		return fmt.Sprintf("the port: %s and %s", cmp.Or(ua.Port(), "none"), cmp.Or(ub.Port(), "none"))
	case strings.TrimSuffix(ua.Path, "/") == strings.TrimSuffix(ub.Path, "/") && ua.Path != ub.Path:
		return "a slash at the end of the path"
	case strings.EqualFold(ua.Path, ub.Path) && ua.Path != ub.Path:
		return "the case of the path"
	case ua.Path != ub.Path:
		return "the path"
	case ua.RawQuery != ub.RawQuery:
		return "the query"
	case ua.Fragment != ub.Fragment:
		return "the fragment"
	}
	return "their characters"
}

// isEncodingOf reports whether a is b, percent-encoded once more.
func isEncodingOf(a, b string) bool {
	plain, err := url.QueryUnescape(a)
	return err == nil && a != b && plain == b
}

func orNone(v fmt.Stringer) string { return cmp.Or(v.String(), "none") }

// shownList is a list of URLs or names out of a token, as far as each may be shown.
func shownList(list []string) string {
	var names []string
	for _, s := range list {
		names = append(names, safe.Endpoint(s).String())
	}
	return strings.Join(names, ", ")
}

// mostNames is how many names of one list are shown: a capture can have a million
// parameters.
const mostNames = 20

// listed is a list of names, as far as anybody reads it.
func listed(params []safe.Foreign) string {
	var names []string
	for _, p := range params[:min(len(params), mostNames)] {
		names = append(names, p.String())
	}
	list := strings.Join(names, ", ")
	if more := len(params) - mostNames; more > 0 {
		list += fmt.Sprintf(" and %d more", more)
	}
	return list
}

// leftoverIn names what a URL, an encoding or quoting left in a code.
func leftoverIn(code string) string {
	switch {
	case strings.Contains(code, "code=") || strings.Contains(code, "&state=") || strings.Contains(code, "://"):
		return "has other parts of the redirect in it"
	case isEncoded(code):
		return "has percent-encoding in it (" + firstEscape(code) + "), which the redirect's encoding was not taken off"
	case spaceIn(code) != "":
		return spaceIn(code)
	case strings.Contains(code, " "):
		return "has a blank in it, as from a + that was decoded"
	case strings.Trim(code, `"'`) != code:
		return "has quotes around it"
	case strings.HasSuffix(code, "#") || strings.HasSuffix(code, "#_=_"):
		return "has a URL's fragment at its end"
	}
	return ""
}

func isEncoded(s string) bool {
	plain, err := url.PathUnescape(s)
	return err == nil && plain != s
}

// firstEscape is the first %XX of a text that has one.
func firstEscape(s string) string {
	i := strings.IndexByte(s, '%')
	return s[i:min(i+3, len(s))]
}
