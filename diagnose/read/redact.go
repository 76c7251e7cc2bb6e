package read

import (
	"regexp"
	"strings"

	"grantwalk/diagnose/safe"
)

// A secret in text is known by its name, by its form, or by its place behind a
// header's name. Each is one pattern; its group "v" is what is taken out.
var secretPatterns = []pattern{
	// A private key, also one whose line breaks are written as \n.
	lazy(`-----BEGIN [A-Z ]*PRIVATE KEY-----(?P<v>[\s\S]*?)(?:-----END|$)`),
	// Cookies: all of the line.
	lazy(`(?i)\b(?:set-)?cookie2?\\?["']?\s*(?::|=>?)\s*\\?["']?(?P<v>[^\r\n]+)`),
	// Authorization: Basic …, and the scheme alone in a sentence.
	lazy(`(?i)\b(?:basic|bearer|dpop)[ +]+\\?["']?(?P<v>[\w.~+/=%|!-]{8,})`),
	lazy(`(?i)\bauthorization\\?["']?\s*(?::|=>?)\s*\\?["']?(?P<v>[^\s"'\\,;]{8,}(?: [\w.~+/=%-]{16,})?)`),
	// https://user:password@host
	lazy(`://(?P<v>[^\s/@:]*:[^\s/@]+)@`),
	// curl's -u id:secret
	lazy(`(?:\s-u|--user)[ =]*["']?(?P<v>[^\s"']*:[^\s"']+)`),
	// A JWT or JWE.
	lazy(`(?P<v>\beyJ[\w-]{5,}(?:\.[\w-]*){1,4})`),
	// Token forms of well-known servers.
	lazy(`(?P<v>\b(?:ya29\.|1//|4/[01]?[A-Z]|GOCSPX-|gh[oprsu]_|github_pat_|glpat-|gloas-|xox[abeprs]-|xapp-|sk_(?:live|test)_|rk_(?:live|test)_|shp(?:at|ss|pa|ca|rt)_|dop_v1_|hf_|ntn_|secret_|AKIA|EAA[A-Za-z0-9]|Atz[ar]\||amzn1\.(?:oa2-cs|tortuga)\.|M\.[A-Z]\w+\.|0\.A[A-Za-z]|00D\w{12}!|lin_oauth_|atlp_|v\^1\.1#)[\w.~+/=%!*$|#^-]{8,})`),
	// Long random strings of mixed letters and digits.
	lazy(`(?P<v>\b[A-Za-z0-9_-]{40,})`),
}

// named finds name and value in every way in which logs write them: JSON, JSON
// in a string, Python, Ruby, a query, YAML, a header.
var named = lazy(`(?i)(?:^|[^a-z0-9])(` +
	`code|refresh|(?:[a-z]+[_-]?)*(?:secret|password|passwd|passphrase|token|verifier|assertion)|device_?code|user_?code|pwd|pass|state|nonce|sid|` +
	`session_?(?:id|key|state)?|api[_-]?key|x-api-key|private_?key|samlresponse|ticket|signature|sig|otp` +
	`)(?:\\*["'])?\s*(?::|=>?|%3D)\s*`)

// Redact takes out of text what is a secret by its name, its form or its place,
// and puts in its place enough to tell two of them apart. Redacting twice is
// redacting once.
func Redact(text string) string {
	text = redactNamed(unescapeSigns.Replace(text))
	for i, p := range secretPatterns {
		text = replaceGroup(p(), text, i == len(secretPatterns)-1)
	}
	return redactTold(text)
}

// unescapeSigns undoes what JSON writers make of a query's signs, which would hide
// where a value begins and ends.
var unescapeSigns = strings.NewReplacer(`\u003d`, "=", `\u003D`, "=", `\u0026`, "&")

func replaceGroup(p *regexp.Regexp, text string, random bool) string {
	found := p.FindAllStringSubmatchIndex(text, -1)
	if found == nil {
		return text
	}
	var b strings.Builder
	v, from := p.SubexpIndex("v"), 0
	for _, m := range found {
		start, end := m[2*v], m[2*v+1]
		if start < from || hidden(text[start:end], text[end:]) || random && !looksRandom(text[start:end]) {
			continue
		}
		b.WriteString(text[from:start])
		b.WriteString(safe.Secret(text[start:end]).String())
		from = end
	}
	b.WriteString(text[from:])
	return b.String()
}

// hidden: the value has been redacted already, by us or by whoever pasted it.
func hidden(value, behind string) bool {
	return strings.Contains(value, "…") || strings.Contains(value, "***") || strings.HasPrefix(behind, "…") || strings.Trim(value, `*xX.<>[]{}()_- "'\`) == ""
}

// looksRandom: capitals, small letters and digits without an order of words.
func looksRandom(s string) bool {
	upper, lower, digit := 0, 0, 0
	for _, r := range s {
		switch {
		case r >= 'A' && r <= 'Z':
			upper++
		case r >= 'a' && r <= 'z':
			lower++
		case r >= '0' && r <= '9':
			digit++
		}
	}
	return upper >= 3 && lower >= 3 && digit >= 3
}

func redactNamed(text string) string {
	found := named().FindAllStringSubmatchIndex(text, -1)
	if found == nil {
		return text
	}
	var b strings.Builder
	from := 0
	for _, m := range found {
		if m[1] < from {
			continue
		}
		name := strings.ToLower(text[m[2]:m[3]])
		start, end := valueAt(text, m[1])
		if value := text[start:end]; value == "" || hidden(value, text[end:]) || !isSecret(name, value) {
			continue
		}
		b.WriteString(text[from:start])
		b.WriteString(safe.Secret(text[start:end]).String())
		from = end
	}
	b.WriteString(text[from:])
	return b.String()
}

// valueAt is where the value that begins at i stands: between quotes, however
// often they are escaped, or up to white space or a delimiter.
func valueAt(text string, i int) (start, end int) {
	start = i
	for start < len(text) && text[start] == '\\' {
		start++
	}
	if start < len(text) && strings.IndexByte("\"'`", text[start]) >= 0 {
		if end := closing(text, start+1, text[start], start-i); end >= 0 {
			return start + 1, end
		}
		start++
	} else {
		start = i
	}
	end = start
	for end < len(text) && !strings.ContainsRune(" \t\r\n&\"'<>,;)}]`", rune(text[end])) {
		end++
	}
	return start, end
}

// closing is where a string ends whose quote stands behind so many backslashes;
// -1: it does not. Quotes behind more of them are within the string.
func closing(text string, from int, quote byte, backslashes int) int {
	slashes := 0
	for i := from; i < len(text) && i < from+maxValue; i++ {
		switch {
		case text[i] == '\\':
			slashes++
			continue
		case text[i] == '\n':
			return -1
		case text[i] == quote && slashes <= backslashes:
			return i - slashes
		}
		slashes = 0
	}
	return -1
}

// maxValue bounds a quoted value.
const maxValue = 64 << 10

// isSecret tells a secret from a word under the same name: code is an error's
// name or number as often as it is an authorization code, and token, state and
// assertion stand in front of plain words.
func isSecret(name, value string) bool {
	if name == "code" || name == "state" || strings.HasSuffix(name, "token") || strings.HasPrefix(name, "sess") || name == "pass" || name == "refresh" || name == "signature" || name == "ticket" || strings.HasSuffix(name, "assertion") {
		return !plainWord(value)
	}
	return !placeholder(value)
}

// plainWord: one word of letters, or a short number.
func plainWord(s string) bool {
	if len(s) > 40 {
		return false
	}
	if strings.Trim(s, digits) == "" {
		return len(s) <= 7
	}
	letters := strings.IndexFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '_' && r != '-' && r != '.' && r != '/'
	}) < 0
	return letters && (len(s) < 16 || strings.ContainsAny(s, "_-.") || strings.ToLower(s[1:]) == s[1:] || camel(s)) || errorNumber().MatchString(s)
}

// camel: a word of several, each of which is longer than a letter.
func camel(s string) bool {
	ups := 0
	for _, r := range s {
		if r >= 'A' && r <= 'Z' {
			ups++
		}
	}
	return ups*4 <= len(s)
}

// errorNumber is what stands under the name of a code where it is an error's.
var errorNumber = lazy(`^(?:AADSTS|AADB2C|E\d{1,7}$)`)

func placeholder(s string) bool {
	switch strings.ToLower(s) {
	case "", "null", "nil", "none", "true", "false", "undefined", "required", "invalid", "missing":
		return true
	}
	return false
}
