package catalogue

import (
	"html"
	"strconv"
	"strings"
	"unicode"
)

// plain undoes what a text went through on its way into a paste: escapes of
// JSON, HTML and URLs, curly quotes, line breaks. Letters keep their case.
func plain(s string) string {
	s = unescape(s)
	if strings.Contains(s, "&") {
		s = html.UnescapeString(s)
	}
	if s != "" && !strings.ContainsAny(s, " \t\n") {
		s = strings.ReplaceAll(s, "+", " ") // form encoding
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '‘' || r == '’' || r == '`' || r == '´':
			return '\''
		case r == '“' || r == '”':
			return '"'
		case unicode.IsSpace(r):
			return ' '
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// unescape undoes \" \/ \n \u0027 and %20, also where they were escaped twice.
func unescape(s string) string {
	for range 2 {
		if !strings.ContainsAny(s, `\%`) {
			break
		}
		s = unescapeOnce(s)
	}
	return s
}

func unescapeOnce(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '%' && i+2 < len(s):
			if n, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil && n >= ' ' {
				b.WriteByte(byte(n))
				i += 2
				continue
			}
		case c == '\\' && i+1 < len(s):
			switch s[i+1] {
			case '"', '\'', '/', '\\':
				i++
				b.WriteByte(s[i])
				continue
			case 'n', 'r', 't':
				i++
				b.WriteByte(' ')
				continue
			case 'u':
				if i+6 <= len(s) {
					if n, err := strconv.ParseUint(s[i+2:i+6], 16, 16); err == nil {
						b.WriteRune(rune(n))
						i += 5
						continue
					}
				}
			}
		}
		b.WriteByte(c)
	}
	return b.String()
}

// fold reduces a text to its words in lower case with one space between, so
// that quotes, brackets, full stops and white space cannot tell two apart. An
// underscore and a digit belong to the word.
func fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	gap := false
	for _, r := range s {
		if r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			gap = true
			continue
		}
		if gap && b.Len() > 0 {
			b.WriteByte(' ')
		}
		gap = false
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// squeeze is fold without the spaces: "Azure AD", "azure-ad" and "AzureAD" are
// one name.
func squeeze(s string) string {
	return strings.NewReplacer(" ", "", "_", "").Replace(fold(s))
}

// Vague tells whether a description says nothing by itself: RFC 6749's own
// sentences, the name of the error once more, "Bad Request". A word in such a
// text ("expired", "redirection URI") is no evidence of anything; what it means
// depends on the provider alone.
func Vague(description string) bool {
	key := fold(plain(description))
	return key == "" || index().vague[key]
}
