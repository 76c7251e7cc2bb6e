package read

import (
	"strings"

	"grantwalk/diagnose/safe"
)

// secretName is what secrets are called where no sign stands between name and
// value: in sentences, tables and markup.
var secretName = lazy(`(?i)(?:secret|passw(?:or)?d|passphrase|token|code|verifier|assertion|samlresponse|api[ _-]?key|refresh(?:ing)?|session|authorization|state|nonce|ticket)s?\b`)

// redactTold takes out what stands up to a few words behind a secret's name and
// looks like a value: "the code 'X' was used", "password for user bob is X", a cell
// of a table, <client_secret>X, {"name":"code","value":"X"}.
func redactTold(text string) string {
	var b strings.Builder
	from := 0
	for _, m := range secretName().FindAllStringIndex(text, -1) {
		if m[1] < from {
			continue
		}
		for at := m[1]; ; {
			start, end := toldAt(text, at)
			if start == end || hidden(text[start:end], text[end:]) {
				break
			}
			b.WriteString(text[from:start])
			b.WriteString(safe.Secret(text[start:end]).String())
			from, at = end, end
			if !goesOn().MatchString(text[end:]) {
				break
			}
		}
	}
	b.WriteString(text[from:])
	return b.String()
}

// How far behind its name a value is looked for: past so many words ("for user
// bob is"), with so much between two of them (cells of a table are padded).
const (
	wordsBetween = 4
	signsBetween = 40
)

// toldAt is where the value behind the secret's name stands that ends at i; nothing,
// if the words there come to none, or name something else.
func toldAt(text string, i int) (start, end int) {
	for range wordsBetween + 1 {
		start = i
		for start < len(text) && start-i < signsBetween && strings.IndexByte(" \t\r\n\"'`\\|:=,;<>()[]{}*", text[start]) >= 0 {
			start++
		}
		start += len(arrow().FindString(text[start:]))
		if strings.Count(text[i:start], "\n") > 1 {
			break
		}
		end = start
		for end < len(text) && (wordByte(text[end]) && text[end] < 0x80 || strings.IndexByte(".~+/%!$@#^", text[end]) >= 0) {
			end++
		}
		word := strings.TrimRight(text[start:end], ".")
		switch {
		case word == "", strings.HasPrefix(text[end:], "://"), otherThing().MatchString(word):
			return 0, 0
		case mixed(word):
			return start, start + len(word)
		case start+len(word) < end:
			return 0, 0 // the sentence ends
		}
		i = end
	}
	return 0, 0
}

var (
	arrow  = lazy(`^(?:→|⇒|–|—)\s*`)
	goesOn = lazy(`^["']?\s+(?:is|was)\s`) // it may have been whose it is: "password of user x1 is y2"

	// otherThing: what comes next is that thing's and no secret, or a place.
	otherThing = lazy(`(?i)^(?:\w+_id|(?-i:\w+Id)|client(?:id)?|app(?:lication)?|tenant|realm|request|trace|correlation|id|ur[il]|host|endpoint|issuer|audience|version|file|line|time(?:stamp)?|date|at|from|to|by|in|on|http|error)$`)

	// withDigits are names and numbers that mix letters and digits and are no secret:
	// of protocols, algorithms and versions, error numbers, times, a port with a path,
	// addresses of mail.
	withDigits = lazy(`(?i)oauth[12]|openid2|auth0|saml2|sha-?\d{1,3}|base64|\b[ehpr]s(?:256|384|512)|\brfc-?\d+|\bx509|pkcs\d+|utf-?8|365|b2c|(?:^|[^a-z0-9])v\d+(?:\.\d+)*|/\d+(?:\.\d+)+` +
		`|^(?:(?-i:AADSTS|AADB2C|E)\d+|0x[0-9a-f]+)$|^\d{4}-\d\d-\d\dT?\d*|^\d\d/[a-z]{3}/\d{4}|^\d{2,5}/|^[\w.+-]+@[\w-]+(?:\.[\w-]+)+$`)
)

// leastTold is the length from which a word is taken for a value.
const leastTold = 10

// mixed: letters and digits together, as no word of a language has them.
func mixed(s string) bool {
	if len(s) < leastTold || strings.IndexFunc(s, isLetter) < 0 || !strings.ContainsAny(s, digits) {
		return false
	}
	return strings.ContainsAny(withDigits().ReplaceAllString(s, ""), digits)
}

const digits = "0123456789"

func isLetter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }
