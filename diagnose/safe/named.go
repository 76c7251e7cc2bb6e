package safe

import (
	"slices"
	"strings"
)

// A password may be a word. So the value of what a text itself calls a password, a
// secret or a key is hidden, whatever it is made of.

// secretNames are the words in which the names of such values end. A code, a token
// or a state is random, so that [harmless] is enough for them; and "token: expired"
// is a sentence.
var secretNames = []string{
	"secret", "secrets", "password", "passwd", "pwd", "passphrase", "passcode", "verifier", "assertion", "otp", "pin",
	"apikey", "sig", "signature", "cookie", "authorization", "credential", "credentials", "userpwd",
}

// passwordFlags are options of commands whose argument holds a password: curl -u,
// httpie -a.
var passwordFlags = []string{"-u", "--user", "-a", "--auth", "--proxy-user", "--oauth2-bearer", "-b"}

// NamesSecret reports whether an atom is the name of a secret: client_secret,
// clientSecret, x-api-key, --password.
func NamesSecret(atom string) bool {
	if strings.ContainsAny(atom, "/@") { // a path or an address
		return false
	}
	last := strings.TrimRight(atom, "’\\*")
	last = last[strings.LastIndexAny(last, "_-./'’\\*")+1:]
	compound := len(last) < len(strings.TrimLeft(atom, "-'"))
	if words := camelWords(last); len(words) > 1 {
		last, compound = words[len(words)-1], true
	}
	last = strings.ToLower(last)
	return slices.Contains(secretNames, last) || compound && last == "key"
}

// named hides the values of secrets that are called so, and what stands before the
// host of a URL.
func (q *quoter) named() {
	for i := 0; i < len(q.atoms); i++ {
		first, end := q.valueOf(i)
		for j := first; j < len(q.atoms) && q.atoms[j].from < end; j++ {
			q.hide(j)
			i = j
		}
		if strings.HasSuffix(q.text[:q.atoms[i].from], "://") {
			q.hideUser(i)
		}
	}
}

// hideUser hides the user and password of a URL, https://user:password@host.
func (q *quoter) hideUser(i int) {
	rest := q.text[q.atoms[i].from:]
	if end := strings.IndexAny(rest, "/?#\"'<> \t\r\n"); end >= 0 {
		rest = rest[:end]
	}
	at := strings.LastIndexByte(rest, '@')
	for end := q.atoms[i].from + at; i < len(q.atoms) && q.atoms[i].from < end; i++ {
		q.hide(i)
	}
}

// valueOf is the value of which atom i is the name: the first atom of it, and where
// it ends in the text. If atom i is no name of a secret, nothing ends there.
func (q *quoter) valueOf(i int) (first, end int) {
	name := q.of(i)
	flag := slices.Contains(passwordFlags, name) || strings.HasPrefix(name, "-") && NamesSecret(name)
	if !flag && !NamesSecret(name) {
		return 0, 0
	}
	for first = i + 1; first < len(q.atoms); first++ {
		gap := q.gap(first)
		quoted := strings.ContainsAny(gap, "\"'`")
		switch {
		case first > i+mostAround, first == i+1 && !flag && !assigns(gap) && !(aroundValue(q.of(first)) && assigns(q.gap(first+1))):
			return 0, 0
		case aroundValue(q.of(first)):
			continue
		case q.atoms[first].mask, !quoted && !flag && startsSentence(q.of(first)):
			return 0, 0
		}
		return first, q.valueEnd(first, gap)
	}
	return 0, 0
}

// assigns reports whether what stands between a name and what follows makes that
// its value: name=value, name: value, ["name", "value"], <name>value, | name | value.
func assigns(gap string) bool {
	return strings.ContainsAny(gap, "=:>|") || strings.Contains(gap, ",") && strings.ContainsAny(gap, "\"'`")
}

// mostAround is how many words of a language or of markup may stand between a name
// and its value: ["secret":protected]=> string(8) "…", name="secret" value="…".
const mostAround = 4

func aroundValue(s string) bool {
	s = strings.ToLower(s)
	return slices.Contains([]string{"value", "content", "string", "str", "text", "protected", "private", "public", "some", "optional", "b", "s", "bind", "secret", "password", "basic", "bearer", "type", "hidden"}, s) || digits(s) && len(s) <= 3
}

// startsSentence reports whether a word goes on with a sentence about the secret, so
// that it is not the secret: "client_secret: must not be blank".
func startsSentence(s string) bool {
	return slices.Contains(sentenceStarts, strings.ToLower(strings.Trim(s, ".!'*")))
}

var sentenceStarts = []string{
	"the", "a", "an", "this", "that", "your", "you", "it", "its", "is", "are", "was", "were", "has", "have", "had", "must", "may", "can", "cannot", "could",
	"should", "will", "would", "does", "do", "did", "not", "no", "none", "null", "nil", "undefined", "true", "false", "empty", "blank", "and", "or", "for",
	"to", "of", "in", "with", "from", "at", "invalid", "missing", "required", "expired", "wrong", "incorrect", "unknown", "mismatch", "client", "provided",
	"we", "if", "when", "please", "check", "field", "parameter", "error", "failed", "unsupported", "too", "either", "only", "should",
}

// valueEnd is where the value ends that begins at an atom behind the gap: at the
// closing quote, or where its language goes on.
func (q *quoter) valueEnd(first int, gap string) int {
	from := q.atoms[first].from
	rest := q.text[from:]
	ends := " \t\r\n&;,\"'`<>|)]}"
	if i := strings.LastIndexAny(gap, "\"'`"); i >= 0 && strings.Trim(gap[i+1:], "({[") == "" {
		ends = gap[i:i+1] + "\n"
	} else if strings.Contains(gap, ":") || strings.Contains(gap, ">") {
		ends = "\r\n&;,\"'`<>|)]}"
	}
	if n := strings.IndexAny(rest, ends); n >= 0 {
		return from + n
	}
	return len(q.text)
}
