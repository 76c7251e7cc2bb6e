package evidence

import (
	"slices"
	"strings"

	"example.com/grantwalk/diagnose/internal/lazy"
)

// Which texts replace a value, by their form and their words.

// longestMask bounds the texts that are compared with the usual stand-ins: a longer one is a value,
// whole or with dots in it.
const longestMask = 160

var (
	maskName   = lazy.Regexp(`^(?:\$\{?\w+\}?|%\w+%|%[a-z]|\{\{?[\w .-]+\}?\}|#\{.+\}|\[[^\[\]]+\]|\([^()]+\)|__\w+__|<[^<>]+>|[:@][a-z_]+)$`)
	maskForm   = lazy.Regexp(`^(?:sha-?(?:1|256|512)|md5|hash|len|length)[:=]`) // what is left of a value: its hash, its length
	hereName   = lazy.Regexp(`^(?:\w+[-_ ])*(?:id|secret|code|token|verifier|challenge|key|ur[il]|value|state)[-_ ](?:goes[-_ ])?here$`)
	saidLength = lazy.Regexp(`^\d+[ _-]?(?:chars?|characters?|bytes?)$`)
	shellPart  = lazy.Regexp(`\$\(|\x60|\$\{\w+\}|\$[A-Z_][A-Z0-9_]+`) // what a shell puts in
	maskOwner  = lazy.Regexp(`(?i)^(?:my|your|the|some)[-_ ](?:\w+[-_ ])*(?:id|secret|code|token|verifier|challenge|key|uri|url|host|domain|here|value|state)$|^your[-_ ](?:client|app)$`)
	maskFrame  = lazy.Regexp(`^(?:-{2,}|<{2,}|~{2,}|={2,}|\+{2,}|!{2,}|\|{2,})[A-Za-z][A-Za-z _-]*(?:-{2,}|>{2,}|~{2,}|={2,}|\+{2,}|!{2,}|\|{2,})$`)
	maskRefers = lazy.Regexp(`^(?:the |exact |very )*same (?:[a-z]+ ?)+$|\b(?:as|see) (?:above|below|before|earlier)$`)
	cutBehind  = lazy.Regexp(`[^\s\[(<{] ?(?:\[[A-Za-z .…]+\]|\([A-Za-z .…]+\)|<[A-Za-z .…]+>|\{[A-Za-z .…]+\})$`) // the beginning of a value, and a word for its rest
	maskCaps   = lazy.Regexp(`^(?:[A-Z]+[_ -])*(?:HOST|HOSTNAME|DOMAIN|REDIRECT|CODE|TOKEN|SECRET|VERIFIER|CHALLENGE|CLIENT|ID|URI|URL|STATE|PASSWORD|VALUE|HERE|ASSERTION)$`)
)

// standInOfURL reports whether a part of a URL replaces what was there. What is said of a
// domain, such as your-app, names no domain.
func standInOfURL(part string) bool {
	return standIn(part) || part == "x" || part == "PORT" || strings.HasPrefix(part, "MY_") || strings.Contains(part, "XXX") || strings.HasPrefix(strings.ToLower(part), "your")
}

// maskSecrets are words that people write in place of a secret, by its name or not.
var maskSecrets = []string{"placeholder", "dummy", "private", "protected", "n/a", "na", "value", "string", "secret", "pass", "password", "token", "code", "authcode", "auth_code", "authorization_code", "verifier", "challenge", "code_verifier", "code_challenge", "client_secret", "refresh_token"}

// maskIDs are words that people write instead of a client_id. A real client can have such a
// name, so they count only if the secret beside it was replaced too.
var maskIDs = []string{"client", "clientid", "client-id", "client_id", "id", "user", "username", "app"}

// maskWords are what tools write in place of a value, or around its name.
var maskWords = []string{"redacted", "masked", "sanitized", "sanitised", "removed", "censored", "scrubbed", "obfuscated", "anonymized", "omitted", "truncated", "filtered", "hidden", "sensitive", "withheld", "elided", "snip", "snipped"}

// saysMasked reports whether a lower-case text contains one of the words alone.
func saysMasked(low string) bool {
	return slices.ContainsFunc(strings.FieldsFunc(low, func(r rune) bool { return r < 'a' || r > 'z' }), func(word string) bool { return slices.Contains(maskWords, word) })
}

// standIn reports whether a text as a whole is one of the usual stand-ins.
func standIn(s string) bool {
	if repeats(s) {
		return true
	}
	if maskFrame().MatchString(s) {
		return true
	}
	switch first := s[0]; { // most values are none, and a look at the first letter shows it
	case strings.IndexByte("$%{[_<(#:@", first) >= 0:
		return maskName().MatchString(s)
	case strings.IndexByte("shml", first) >= 0 && maskForm().MatchString(s):
		return true
	case strings.IndexByte("mytsMYTS", first) >= 0 && maskOwner().MatchString(s):
		return true
	case first < 'A' || first > 'Z':
		return false
	}
	return maskCaps().MatchString(s)
}

// repeats reports whether a text is one character again and again, as xxxx, a GUID of
// zeros or a star alone.
func repeats(s string) bool {
	if strings.Trim(s, "*-_#.?") == "" {
		return true
	}
	const few = 6 // a real value can have as many equal characters
	s = strings.ReplaceAll(s, "-", "")
	return len(s) >= 3 && strings.Trim(s, "xX") == "" || len(s) >= few && strings.Trim(s, s[:1]) == ""
}

// crossedOut reports whether a part of a text is x again and again: 6f1d-xxxx, gooxxxxx. In
// a random value three of them are a part of a longer word.
func crossedOut(s string) bool {
	for _, x := range "xX" {
		for at := 0; at < len(s); {
			run := 0
			for at+run < len(s) && s[at+run] == byte(x) {
				run++
			}
			alone := (at == 0 || !isLetterOrDigit(s[at-1])) && (at+run == len(s) || !isLetterOrDigit(s[at+run]))
			if run >= 4 || run == 3 && alone {
				return true
			}
			at += run + 1
		}
	}
	return false
}

func isLetterOrDigit(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// isNoSecret reports whether no server issues a text as a code or token, and no client makes it.
func isNoSecret(s string) bool {
	low := strings.ToLower(s)
	return slices.Contains(maskSecrets, low) || low == "x" || len(s) > 1 && strings.Trim(s, s[:1]) == "" || len(s) <= longestMask && cutBehind().MatchString(s)
}

// isNoIdentifier reports whether a text replaces a client_id. One that only repeats the
// parameter's name is none.
func isNoIdentifier(s, name string) bool {
	cut := strings.ContainsAny(s[max(0, len(s)-1):], "]>") && len(s) <= longestMask && cutBehind().MatchString(s)
	return cut || strings.EqualFold(s, "x") || len(s) >= 4 && strings.Trim(s, "0") == "" || name != "" && plainName(s) == plainName(name)
}

// plainName is a name however it is written: client_id, client-id, clientId.
func plainName(s string) string {
	return strings.ToLower(strings.NewReplacer("_", "", "-", "", " ", "").Replace(s))
}

// isNoURI reports whether a text cannot be a redirect URI, also not one without scheme or host, as
// clients send it by mistake. A word alone may be: some servers have one in place of a URI.
func isNoURI(s string) bool {
	return s != "" && !IsNothing(s) && !strings.ContainsAny(s, ":/.") && (len(s) == 1 || strings.ContainsFunc(s, func(r rune) bool { return r < 'A' || r > 'z' || r > 'Z' && r < 'a' }))
}

// IsNothing knows the words by which languages write a value that is not there. A client that sends
// one of them has a fault: nobody took anything out.
func IsNothing(s string) bool {
	return slices.Contains([]string{"undefined", "null", "None", "nil", "NaN", "[object Object]", "{}", "false"}, s)
}
