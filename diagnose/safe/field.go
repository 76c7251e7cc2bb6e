package safe

import (
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A redirect URI, a client identifier and an endpoint are shown in their own fields,
// because the person must compare them character by character. What such a field
// may hold besides is hidden all the same.

// maxField bounds what is shown of one field, in bytes.
const maxField = 2000

// RedirectURI is a redirect URI. It is shown whole, but for the user and the values
// of query and fragment.
type RedirectURI string

// String is what may be shown of the URI.
func (u RedirectURI) String() string {
	return showURL(string(u), func(u *url.URL) (scheme, rest string) {
		return u.Scheme, u.Host + wholePath(u.EscapedPath())
	})
}

// Endpoint is the URL of an endpoint, an issuer or a page. Its host is shown as far as
// it is written as a name of a host is, of scheme and path what [Quote] shows, of the
// query the names: some providers' URLs hold keys.
type Endpoint string

// String is what may be shown of the URL.
func (u Endpoint) String() string {
	return showURL(string(u), func(u *url.URL) (scheme, rest string) {
		return Quote(u.Scheme, maxField), quoteHost(u) + quotePath(u.EscapedPath())
	})
}

// Identifier is a client identifier. It is shown as far as it can be one (RFC 6749
// appendix A.1). What follows another sign is something else that got into the field.
type Identifier string

// String is what may be shown of the identifier.
func (i Identifier) String() string {
	s := string(i)
	if strings.Contains(s, "://") { // a client may have a URL for an identifier
		return Endpoint(s).String()
	}
	if len(s) > maxField || !Clean(s) {
		return Quote(s, maxField)
	}
	blank := s[:len(s)-len(strings.TrimLeft(s, " "))] // a fault that people must see
	if n := strings.IndexFunc(strings.TrimSpace(s), notOfIdentifier); n >= 0 {
		n += len(blank)
		return s[:n] + mask(s[n:])
	}
	return s
}

// Scope is a list of scope values (RFC 6749 §3.3), each shown as an [Identifier].
type Scope string

// String is what may be shown of the scope.
func (s Scope) String() string {
	values := strings.Split(string(s), " ")
	for i, v := range values {
		values[i] = Identifier(v).String()
	}
	return strings.Join(values, " ")
}

// Raw returns the URI itself, for comparing.
func (u RedirectURI) Raw() string { return string(u) }

// Raw returns the URL itself, for comparing.
func (u Endpoint) Raw() string { return string(u) }

// Raw returns the identifier itself, for comparing.
func (i Identifier) Raw() string { return string(i) }

// Raw returns the scope itself, for comparing.
func (s Scope) Raw() string { return string(s) }

// Format keeps every verb from printing what is not shown.
func (u RedirectURI) Format(f fmt.State, verb rune) { format(f, verb, u.String()) }

// Format keeps every verb from printing what is not shown.
func (u Endpoint) Format(f fmt.State, verb rune) { format(f, verb, u.String()) }

// Format keeps every verb from printing what is not shown.
func (i Identifier) Format(f fmt.State, verb rune) { format(f, verb, i.String()) }

// Format keeps every verb from printing what is not shown.
func (s Scope) Format(f fmt.State, verb rune) { format(f, verb, s.String()) }

// MarshalText gives what may be shown to JSON, YAML and flags.
func (u RedirectURI) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// MarshalText gives what may be shown to JSON, YAML and flags.
func (u Endpoint) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// MarshalText gives what may be shown to JSON, YAML and flags.
func (i Identifier) MarshalText() ([]byte, error) { return []byte(i.String()), nil }

// MarshalText gives what may be shown to JSON, YAML and flags.
func (s Scope) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Difference says where two values differ that are shown alike; else it is empty.
func Difference[A, B interface {
	~string
	String() string
}](a A, b B) string {
	if string(a) == string(b) || a.String() != b.String() {
		return ""
	}
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return fmt.Sprintf("in what is not shown, from character %d on", utf8.RuneCountInString(string(a[:n]))+1)
}

// showURL shows a URL. The function returns what is shown of its scheme, and of its host
// and path together.
func showURL(s string, show func(*url.URL) (scheme, rest string)) string {
	before, _, _ := strings.Cut(s, "?")
	if start, at := strings.Index(before, "://")+len("://"), strings.LastIndexByte(before, '@'); at > start && start > len("://") {
		// A password with a slash in it makes the rest of it a path, and one with an @ makes
		// a host of its end.
		return Quote(s[:start-len("://")], maxField) + "://" + mask(s[start:at]) + "@" + Quote(s[at+1:], maxField)
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme == "" || u.Host == "" && u.Opaque == "" && !strings.HasPrefix(u.Path, "/") {
		return Quote(s, maxField)
	}
	scheme, rest := show(u)
	var b strings.Builder
	b.WriteString(scheme + ":")
	switch {
	case u.Opaque != "":
		b.WriteString(Quote(u.Opaque, maxField))
	default:
		if strings.HasPrefix(s[len(u.Scheme):], "://") {
			b.WriteString("//")
		}
		b.WriteString(rest)
	}
	if u.RawQuery != "" {
		b.WriteString("?" + quotePairs(u.RawQuery))
	}
	if u.Fragment != "" {
		b.WriteString("#" + quotePairs(u.EscapedFragment()))
	}
	return Text(b.String(), maxField)
}

// wholePath is a path up to where another value begins in it: a form that was cut in the
// wrong place leaves the rest of it there.
func wholePath(path string) string {
	if n := strings.IndexAny(path, "%=;&,|+'\"@"); n >= 0 {
		return path[:n] + mask(path[n:])
	}
	return path
}

// quoteHost hides the parts of a host's name that are not written as DNS names are. Names
// of hosts are the customer's own words, so Quote alone would hide most of them; a secret
// that was pasted there has capitals or other signs.
func quoteHost(u *url.URL) string {
	name, port := u.Hostname(), u.Port()
	if len(port) > len("65535") {
		port = mask(port)
	}
	if port != "" {
		port = ":" + port
	}
	if ip, err := netip.ParseAddr(name); err == nil && ip.Zone() == "" {
		return strings.TrimSuffix(u.Host, ":"+u.Port()) + port // with its brackets
	}
	labels := strings.Split(name, ".")
	for i, label := range labels {
		if strings.ContainsFunc(label, notOfHost) {
			labels[i] = Quote(label, maxField)
		}
	}
	return strings.Join(labels, ".") + port
}

// notOfHost: all but small Latin letters, digits and the hyphen (RFC 1123 §2.1). Letters
// of other scripts can look like these, or be written from right to left.
func notOfHost(r rune) bool {
	return r != '-' && (r < '0' || r > '9') && (!unicode.Is(unicode.Latin, r) || unicode.IsUpper(r))
}

// quotePath hides the segments of a path that Quote does not show.
func quotePath(path string) string {
	segments := strings.Split(path, "/")
	for i, s := range segments {
		if plain, err := url.PathUnescape(s); err == nil && plain != "" && maskAt(plain) == len(plain) {
			segments[i] = plain // of a URL that was quoted before
			continue
		}
		segments[i] = Quote(s, maxField)
	}
	return strings.Join(segments, "/")
}

// quotePairs hides the values of a query; the names show what Quote shows of them.
func quotePairs(query string) string {
	pairs := strings.Split(query, "&")
	more := len(pairs) - mostPairs
	if more > 0 {
		pairs = pairs[:mostPairs]
	}
	for i, pair := range pairs {
		name, value, assigned := strings.Cut(pair, "=")
		pairs[i] = Quote(name, maxField)
		if assigned {
			pairs[i] += "="
		}
		if value != "" {
			pairs[i] += mask(value)
		}
	}
	if more > 0 {
		pairs = append(pairs, fmt.Sprintf("… (%d more)", more))
	}
	return strings.Join(pairs, "&")
}

// mostPairs is how many parameters of a query are shown.
const mostPairs = 10

// Typed is what a person typed where one of a few names is wanted, for an error that
// repeats it: a name with a slip in it is shown, and what may be a pasted secret is not.
func Typed(s string) string {
	const longestName, longestMethod = 10, 6                                       // methods have digits: S256
	if words := strings.Split(s, "_"); len(words) > 1 && len(s) <= 2*longestName { // of a name that programs use
		for _, w := range words {
			if w == "" || Typed(w) != w {
				return Quote(s, maxField)
			}
		}
		return s
	}
	inName := func(r rune) bool { return r == '-' || r == '_' || unicode.Is(unicode.Latin, r) }
	rest := strings.TrimLeftFunc(s, inName)
	if len(s) <= longestName && rest == "" || len(s) <= longestMethod && len(rest) < len(s) && digits(rest) {
		return s
	}
	return Quote(s, maxField)
}

// notOfIdentifier: white space, and signs by which forms and programs set values
// apart. RFC 6749 allows some of them in an identifier; nobody uses them.
func notOfIdentifier(r rune) bool {
	return r <= ' ' || r > '~' || strings.ContainsRune("\"'`&=<>{}[]()\\;,|:/@+%", r)
}
