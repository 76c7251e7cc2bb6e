package safe

import (
	"slices"
	"strings"
)

// A password may be a word. So the value of what a text itself calls a password, a
// secret or a key is hidden, whatever it is made of.

// secretNames are the words in which the names of such values end. A code or a state
// is random, so that [harmless] is enough for them.
var secretNames = []string{
	"secret", "secrets", "password", "passwords", "passwd", "pwd", "pw", "pass", "pswd", "passphrase", "passcode", "verifier", "assertion",
	"cred", "creds", "passkey", "keyphrase", "otp", "totp", "pin", "apikey", "sig", "signature", "cookie", "authorization", "credential", "credentials", "userpwd",
	"clientsecret", "geheimnis", "schlüssel", "zugangsdaten", "anmeldedaten", "passe", "clave", "secreto", "secreta", "secrète", "segredo", "parola", "şifre", "salasana", "jelszó", "adgangskode", "κωδικός", "סיסמה",
	"シークレット", "비밀번호", "passwort", "kennwort", "contraseña", "contrasena", "wachtwoord", "mdp", "motdepasse", "senha", "lösenord", "hasło", "heslo", "пароль", "パスワード", "密码",
}

// assignedNames are names of values that are random too, and yet words in tests and
// demos. "token: expired" is a sentence, but token=expired is not.
var assignedNames = []string{"token", "jwt", "sid", "jsessionid", "phpsessid", "session", "sessionid", "csrf", "ticket", "nonce", "salt", "hash", "auth"}

// passwordFlags are options of commands whose argument holds a password: curl -u,
// httpie -a, docker login -p.
var passwordFlags = []string{"-u", "--user", "-a", "--auth", "--proxy-user", "--oauth2-bearer", "-b", "-p"}

// NamesSecret reports whether an atom is the name of a secret: client_secret,
// clientSecret, x-api-key, --password.
func NamesSecret(atom string) bool {
	last, compound := lastWord(atom)
	return slices.Contains(secretNames, last) || compound && last == "key"
}

// lastWord is the word in which a name ends, in small letters; compound: others stand
// before it.
func lastWord(atom string) (last string, compound bool) {
	if strings.ContainsAny(atom, "/@") { // a path or an address
		return "", false
	}
	last = strings.TrimRight(atom, "’\\*…")
	last = last[strings.LastIndexAny(last, "_-./'’\\*")+1:]
	compound = len(last) < len(strings.TrimLeft(atom, "-'"))
	if words := camelWords(last); len(words) > 1 {
		last, compound = words[len(words)-1], true
	}
	return strings.ToLower(last), compound
}

// named hides the values of secrets that are called so, and what comes before the
// host of a URL.
func (q *quoter) named() {
	for i := 0; i < len(q.atoms); i++ {
		first, end := q.valueOf(i)
		for j := first; j < len(q.atoms) && q.atoms[j].from < end; j++ {
			q.hide(j)
			i = j
		}
		if strings.HasSuffix(q.text[:q.atoms[i].from], "://") {
			hideUser(q, i)
		}
	}
}

// near hides the words beside the name of a secret that are not of the trade: one of them
// may be the secret, in whatever way the sentence, the table or the program has it there.
func near(q *quoter) {
	const most = 8 // atoms
	for i := range q.atoms {
		if !q.mentionsSecret(i) {
			continue
		}
		for j := i; j <= i+most && j < len(q.atoms); j++ {
			hideUncommon(q, j)
		}
		for j := i - 1; j >= max(0, i-most) && !strings.Contains(q.gap(j+1), "\n"); j-- {
			hideUncommon(q, j)
		}
		if next := q.of(i + 1); len(next) > 1 && strings.ContainsAny(next, "0123456789") && !q.measures(i+1) && blank(q.gap(i+1)) {
			q.hide(i + 1) // a version, a number
		}
	}
}

// mentionsSecret reports whether a word of an atom is the name of a secret that a person
// may have chosen a word for: password_hash, secretKey, client's-secret. A name that is
// not shown may be random itself, so that only a long or a whole word of it counts.
func (q *quoter) mentionsSecret(i int) bool {
	const long = 6
	atom := q.of(i)
	for w := range wordsOf(atom) {
		low := strings.ToLower(w)
		whole := w == atom || strings.HasSuffix(atom, "-"+w) || strings.HasSuffix(atom, "_"+w)
		if slices.Contains(secretNames, low) && !slices.Contains(spokenOf, low) && (q.shown(i) || whole || len(w) >= long) {
			return true
		}
	}
	last, compound := lastWord(atom)
	return (last == "key" || last == "keys") && (compound || q.namesKey(i) || assigns(q.gap(i+1)))
}

// namesKey reports whether an atom is the second word of the name of a key: access key.
func (q *quoter) namesKey(i int) bool {
	last, _ := lastWord(q.of(i))
	return (last == "key" || last == "keys") && i > 0 && slices.Contains(keyNames, strings.ToLower(q.of(i-1))) && blank(q.gap(i))
}

// keyNames are what comes before key in the names of keys that are secrets, where they are
// two words.
var keyNames = []string{"api", "access", "secret", "signing", "private", "encryption", "shared", "pre-shared", "master", "storage", "account", "license", "consumer", "client", "hmac", "subscription", "app", "application", "the"}

// hideUncommon hides an atom in which a word is common, and yet not of the trade.
func hideUncommon(q *quoter, i int) {
	const least = 3 // letters
	for w := range wordsOf(q.of(i)) {
		w = strings.ToLower(w)
		if before, _, found := cutApostrophe(w); found {
			w = before
		}
		if len(w) >= least && !ofTrade(w) && inVocabulary(w) && !slices.Contains(secretNames, w) {
			q.hide(i)
		}
	}
}

// spokenOf are names of values that nobody chooses a word for.
var spokenOf = []string{"verifier", "assertion", "sig", "signature", "authorization"}

// hideUser hides the user and password of a URL, https://user:password@host.
func hideUser(q *quoter, i int) {
	const most = 300 // bytes of a user, a password and a host
	rest := q.text[q.atoms[i].from:]
	rest = rest[:min(len(rest), most)]
	if end := strings.IndexAny(rest, "\"'<> \t\r\n"); end >= 0 {
		rest = rest[:end]
	}
	// A password may hold a slash that should be encoded. Without a password, the rest
	// after the host's slash is a path: https://host/@name.
	if end := strings.IndexAny(rest, "/?#"); end >= 0 && !strings.Contains(rest[:end], ":") {
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
	last, _ := lastWord(name)
	flag := slices.Contains(passwordFlags, name) || strings.HasPrefix(name, "-") && NamesSecret(name)
	strict := !flag && !NamesSecret(name) && !q.namesKey(i)
	if strict && !slices.Contains(assignedNames, last) {
		return 0, 0
	}
	for first = i + 1; first < len(q.atoms) && first <= i+mostAround; first++ {
		gap := q.gap(first)
		opened := opensQuote(q, i, first)
		switch {
		case first > i+1, flag:
		case strict && strings.Contains(gap, "="), strict && strings.Contains(gap, `":`) && opened:
		case strict:
			return 0, 0
		case assigns(gap), opened, aloneBehind(q, i), joins(q.of(first)) && blank(gap):
		case aroundValue(q.of(first)) && assigns(q.gap(first+1)):
		default:
			return 0, 0
		}
		switch {
		case aroundValue(q.of(first)), joins(q.of(first)) && !assigns(gap):
			continue
		case q.atoms[first].mask: // the rest of what is named may follow
			next := first + 1
			if next >= len(q.atoms) || q.tradeIn(next) || !q.atoms[next].harmless || strings.Contains(q.gap(next), "\n") {
				return 0, 0
			}
			return next, q.atoms[next].to
		case !opened && !flag && startsSentence(q.of(first)), !opened && joins(q.of(first-1)) && slices.Contains(states, strings.ToLower(strings.Trim(q.of(first), ".!"))):
			return 0, 0
		}
		return first, q.valueEnd(first, gap)
	}
	return 0, 0
}

// opensQuote reports whether the gap before an atom opens a quote that the name, atom i,
// is not within: password 'X', but not 'password' X.
func opensQuote(q *quoter, i, atom int) bool {
	gap := q.gap(atom)
	if atom == i+1 && q.atoms[i].from > 0 {
		if before := q.text[q.atoms[i].from-1]; strings.IndexByte("\"'`", before) >= 0 {
			gap = strings.Replace(gap, string(before), "", 1)
		}
	}
	return strings.ContainsAny(gap, "\"'`“«")
}

// aloneBehind reports whether the atom behind a name is all that follows in the line, and
// little comes before it: "machine h login bob password X".
func aloneBehind(q *quoter, i int) bool {
	if !blank(q.gap(i+1)) || strings.Contains(q.gap(i+1), "\n") {
		return strings.ContainsAny(q.gap(i+1), "\t\n") && blank(q.gap(i+1))
	}
	const most = 7 // words of a line
	if strings.Contains(q.gap(i+1), "\t") {
		return true
	}
	last := i+2 >= len(q.atoms) || strings.Contains(q.gap(i+2), "\n")
	before := 0
	for j := i; j > 0 && !strings.Contains(q.gap(j), "\n") && before < most; j-- {
		before++
	}
	login := false
	for j := max(0, i-3); j < i; j++ {
		login = login || slices.Contains([]string{"login", "user", "username", "account"}, strings.ToLower(q.of(j)))
	}
	return last && (before == 0 || login)
}

// assigns reports whether the text between a name and what follows makes that
// its value: name=value, name: value, ["name", "value"], <name>value, | name | value,
// or a line of its own.
func assigns(gap string) bool {
	return strings.ContainsAny(gap, "=:>|＝：") || strings.Contains(gap, "\n\n") || strings.Contains(gap, "\n\r\n") ||
		strings.Contains(gap, ",") && strings.ContainsAny(gap, "\"'`")
}

// joins are words between a name and its value in a sentence.
func joins(s string) bool {
	return slices.Contains([]string{"is", "was", "equals", "to", "set"}, strings.ToLower(s))
}

// mostAround is how many words of a sentence, a language or of markup may come between
// a name and its value: ["secret":protected]=> string(8) "…", name="secret" value="…".
const mostAround = 5

func aroundValue(s string) bool {
	s = strings.ToLower(s)
	return slices.Contains([]string{"value", "content", "string", "str", "text", "protected", "private", "public", "some", "optional", "b", "s", "bind", "key",
		"password", "basic", "bearer", "type", "hidden", "quot", "apos", "amp", "lt", "gt", "#34", "#39", "#61"}, s) || digits(s) && len(s) <= 2
}

// startsSentence reports whether a word goes on with a sentence about the secret, so
// that it is not the secret: "client_secret: must not be blank".
func startsSentence(s string) bool {
	return slices.Contains(sentenceStarts, strings.ToLower(strings.Trim(s, ".!'*")))
}

var sentenceStarts = []string{
	"the", "a", "an", "this", "that", "your", "you", "it", "its", "is", "are", "was", "were", "has", "have", "had", "must", "may", "can", "cannot", "could",
	"should", "will", "would", "does", "do", "did", "not", "no", "none", "null", "nil", "undefined", "true", "false", "empty", "blank", "and", "or", "for",
	"to", "of", "in", "with", "from", "at", "by", "on", "as", "be", "being", "been", "invalid", "missing", "required", "expired", "wrong", "incorrect", "unknown",
	"mismatch", "client", "provided", "we", "if", "when", "please", "check", "field", "parameter", "error", "failed", "unsupported", "too", "either", "only",
	"also", "still", "already", "just", "now", "never", "always", "url", "id", "grant", "flow", "authentication", "combination", "pair", "credential", "credentials", "request", "doesn't", "isn't", "wasn't", "didn't",
}

// states are what a sentence may say that a secret is.
var states = []string{"rotated", "valid", "correct", "right", "ok", "needed", "used", "shared", "sent", "stored", "same", "different", "stale", "old", "new", "fine", "there", "set", "reset", "changed"}

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
