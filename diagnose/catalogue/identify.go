package catalogue

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"example.com/grantwalk/diagnose/internal/lazy"
)

// in reports whether the fingerprint is in a text, which is given in lower case too.
func (f fingerprint) in(text, low string) bool {
	for need := range strings.SplitSeq(f.needs, "|") {
		if strings.Contains(low, need) {
			return find(f.pattern, text) != nil
		}
	}
	return false
}

// Identify names the provider that a text comes from, or speaks of, and says
// by what: marks that only one server leaves (AADSTS numbers), addresses of
// endpoints, a text that no other server is known to send, and last, a name.
// Both are empty where nothing tells, or two say different things equally loud.
func Identify(text string) (name, why string) {
	text = plain(cut(text))
	text = frameworks(text).ReplaceAllString(text, " ")
	low := strings.ToLower(text)
	for _, weak := range []bool{false, true} {
		for _, f := range index().fingerprints {
			if f.weak == weak && f.in(text, low) {
				return f.provider, f.why
			}
		}
		if weak {
			break
		}
		if name, at := address(text, low); name != "" {
			return name, "the address " + at
		}
	}
	if name, words := onlyWording(text); name != "" {
		return name, "the words “" + words + "”"
	}
	return spokenOf(low)
}

// frameworks bear the name of a company that runs servers, and are used with
// everybody's.
var frameworks = lazy.Where(`(?i)\bMicrosoft\.(?:AspNetCore|Extensions|IdentityModel|Owin|EntityFrameworkCore|Hosting)[\w.]*`, "microsoft.")

// address finds the endpoint that tells most: one whose path speaks of tokens,
// then one at a host of its own, then a telling path at any host.
func address(text, low string) (name, at string) {
	best := 0
	for _, h := range index().hosts {
		if !strings.Contains(low, h.literal) {
			continue
		}
		m := find(h.pattern, text)
		if m == nil {
			continue
		}
		rest, _, _ := strings.Cut(text[m[0]:], "?")
		rest = strings.TrimLeft(rest, " \t\"'`<>()[]{}=,;:/@")
		rest, _, _ = strings.Cut(rest, " ")
		rest = strings.TrimRight(rest, "\"'`<>()[]{}=,;:.\\")
		score := 2
		if strings.HasPrefix(h.pattern, "/") {
			score = 1
		}
		if strings.Contains(strings.ToLower(rest), "token") {
			score += 2
		}
		if score > best {
			best, name, at = score, h.provider, rest
		}
	}
	if len(at) > 120 {
		at = at[:120]
	}
	return name, at
}

// onlyWording looks for a text that one server alone is known to send.
func onlyWording(text string) (name, key string) {
	folded := " " + fold(text) + " "
	candidates := worded(nil, folded)
	slices.Sort(candidates)
	for _, at := range slices.Compact(candidates) {
		r := at.row()
		if len(r.key) < len(key) || words(r.key) < 5 && (words(r.key) > 1 || !odd(r.key)) || index().vague[r.key] {
			continue
		}
		switch {
		case r.key == key:
			if r.provider != name {
				name = "" // several servers' text
			}
		case strings.Contains(folded, " "+r.key+" "):
			name, key = r.provider, r.key
		}
	}
	if name == "" {
		return "", ""
	}
	return name, key
}

// links are left out where names count: most lead to other people's code or questions.
var links = lazy.Where(`https?://\S+|\b[a-z0-9-]+\.(com|org|net|io|dev)\b\S*`, "http", ".com", ".org", ".net", ".io", ".dev")

// spokenOf counts the names of services in a text.
func spokenOf(low string) (name, why string) {
	folded := " " + fold(links(low).ReplaceAllString(low, " ")) + " "
	counts := make(map[string]int)
	said := make(map[string]string)
	for _, m := range index().mentions {
		if n := strings.Count(folded, " "+m.alias+" "); n > 0 {
			counts[m.provider] += n
			said[m.provider] = m.alias
		}
	}
	most := 0
	for p, n := range counts {
		switch {
		case n > most:
			name, most = p, n
		case n == most:
			name = "" // as often as another
		}
	}
	if name == "" {
		return "", ""
	}
	return name, "the name “" + said[name] + "” in the text"
}

// ErrorNames are how errors of providers begin in text that have no code of RFC 6749:
// AADSTS, as in AADSTS70008.
func ErrorNames() []string { return index().errors }

// BeginsWithErrorName reports whether a text begins with one of them.
func BeginsWithErrorName(text string) bool {
	return slices.ContainsFunc(ErrorNames(), func(name string) bool { return strings.HasPrefix(text, name) })
}

// ErrorNumber is the error in a text of a provider's logs that has only its number, with
// the name in front: AADSTS700082. It is empty if there is none.
func ErrorNumber(provider, text string) string {
	p, ok := Find(provider)
	if !ok || len(p.ErrorNames) == 0 {
		return ""
	}
	for _, member := range p.ErrorMembers {
		number := regexp.MustCompile(`\b` + regexp.QuoteMeta(member) + `\\*["']?\s*[:=]\s*\\*["']?(\d+)`)
		for _, m := range number.FindAllStringSubmatch(text, 20) {
			if m[1] != "0" { // which is success
				return p.ErrorNames[0] + m[1]
			}
		}
	}
	return ""
}

// eventType is the member of a log that says which event it is about.
var eventType = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\btype\\*["']?\s*[:=]\s*\\*["']?(\w+)`)
})

// EventGrant is the grant of the event that a text of a provider's logs is about; empty
// if it is about none that is known.
func EventGrant(provider, text string) string {
	p, ok := Find(provider)
	if !ok || len(p.Events) == 0 {
		return ""
	}
	for _, m := range eventType().FindAllStringSubmatch(text, 20) {
		if grant := p.Events[m[1]]; grant != "" {
			return grant
		}
	}
	return ""
}

// KindOfValue is what a code or token is by how it begins, and whose: "access token",
// "Google". Both are empty if nobody is known to make such values.
func KindOfValue(secret string) (is, whose string) {
	for _, v := range index().values {
		if strings.HasPrefix(secret, v.prefix) {
			return v.is, index().titles[v.provider]
		}
	}
	return "", ""
}
