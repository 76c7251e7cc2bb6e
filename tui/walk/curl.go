package walk

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"example.com/grantwalk/diagnose/wire"
	"example.com/grantwalk/flow/record"
	"example.com/grantwalk/tui/ui"
)

// A curl is a request as a curl command for bash, zsh and fish. Secrets are shell
// variables, so that the command can be passed on. Everything else is sent again byte
// for byte, except that curl 7.88 writes %3a for %3A with --get, which means the same (RFC
// 3986 §2.1). The command is printable ASCII with no line break but its own, so nothing
// in it that a provider chose can act on the terminal into which it is pasted.
type curl struct {
	parts     []string
	variables []variable
}

// A variable has to be set before the command is run.
type variable struct{ name, holds string }

// curlOf is the message's request. The error says why no command can send it.
func curlOf(m record.Message) (*curl, error) {
	c := &curl{parts: []string{"curl"}}
	var query, form []record.Param
	for _, p := range m.Params {
		switch {
		case p.In == "header":
			if err := c.addHeader(p); err != nil {
				return nil, err
			}
		case p.Encoded == "":
			return nil, fmt.Errorf("its parameter %s was not kept as it was sent", p.Name)
		case p.In == "query":
			query = append(query, p)
		case p.In == "form":
			form = append(form, p)
		}
	}
	if err := c.addURL(m, query); err != nil {
		return nil, err
	}
	if m.Method == "POST" && len(form) == 0 {
		c.parts = append(c.parts, "--data-raw ''")
	}
	if err := c.addPairs(inData, form); err != nil {
		return nil, err
	}
	if len(c.String()) > maxCurl {
		return nil, errors.New("the command would be longer than 64 kB")
	}
	return c, nil
}

// maxCurl is less than any shell, kernel or clipboard takes, in bytes. An endpoint may be
// as long as its metadata.
const maxCurl = 64 << 10

// String is the command, each of its parts on a line.
func (c *curl) String() string { return strings.Join(c.parts, " \\\n  ") }

// setFirst says which variables replace the secrets.
func (c *curl) setFirst() string {
	var names, about string
	for i, v := range c.variables {
		switch {
		case i > 0 && i == len(c.variables)-1:
			names += " and "
		case i > 0:
			names += ", "
		}
		names += v.name
		if v.holds != strings.ToLower(v.name) {
			about += " " + v.name + " is the value of " + v.holds + "."
		}
	}
	if names == "" {
		return ""
	}
	return " Secrets are replaced by shell variables: set " + names + " first." + about
}

func (c *curl) addHeader(p record.Param) error {
	switch {
	case p.Secret != "":
		return c.addAuthorization(p.Secret.Reveal())
	case p.Name == "Content-Type" && p.Value == "application/x-www-form-urlencoded":
		return nil // curl sends it with a form
	}
	return c.add("-H", p.Name+": "+p.Value)
}

// addAuthorization authenticates the client or the bearer. The client id and the secret
// are form-encoded before they are joined (RFC 6749 §2.3.1), which curl does not do.
func (c *curl) addAuthorization(header string) error {
	if strings.HasPrefix(header, "Bearer ") {
		c.parts = append(c.parts, `-H "Authorization: Bearer $`+c.variable("ACCESS_TOKEN", "access_token")+`"`)
		return nil
	}
	encoded, isBasic := strings.CutPrefix(header, "Basic ")
	both, err := base64.StdEncoding.DecodeString(encoded)
	id, secret, joined := strings.Cut(string(both), ":")
	plain, malformed := url.QueryUnescape(secret)
	switch {
	case !isBasic || err != nil || !joined || !isEncoded(id) || malformed != nil:
		return errors.New("its credentials are neither a bearer token nor Basic as in RFC 6749 §2.3.1")
	case plain == secret:
		id += ":$" + c.variable("CLIENT_SECRET", "client_secret")
	default:
		id += ":$" + c.variable("CLIENT_SECRET_ENCODED", "client_secret, form-encoded (RFC 6749 §2.3.1)")
	}
	c.parts = append(c.parts, `-u "`+id+`"`)
	return nil
}

// addURL adds the URL with its query: that of a GET as parameters, which can be read,
// and that of a POST in the URL, because --url-query needs curl 7.87. A secret is always a
// parameter.
func (c *curl) addURL(m record.Message, query []record.Param) error {
	address := m.Endpoint.Raw()
	u, err := url.Parse(address)
	if err != nil || !isASCII(address+u.Host) || strings.Contains(u.Host, "%") {
		return errors.New("its URL is very long, is not ASCII or contains a secret")
	}
	flags, hasDots := inData, strings.Contains(u.Path, "/.")
	if m.Method != "GET" {
		flags = inQuery
	}
	if (m.Method != "GET" || hasDots) && !slices.ContainsFunc(query, hides) {
		address, query = withQuery(address, query), nil
	}
	if strings.ContainsAny(address, "[]{}") {
		c.parts = append(c.parts, "--globoff")
	}
	switch {
	case hasDots && len(query) > 0:
		return errors.New("curl removes /./ and /../ from its URL when it adds the parameters")
	case hasDots:
		c.parts = append(c.parts, "--path-as-is")
	case m.Method == "GET" && len(query) > 0:
		c.parts = append(c.parts, "--get")
	}
	if err := c.add("", address); err != nil {
		return err
	}
	return c.addPairs(flags, query)
}

func withQuery(address string, query []record.Param) string {
	separator := "?"
	for _, p := range query {
		address += separator + p.Encoded
		separator = "&"
	}
	return address
}

// pairFlags are how curl takes a parameter: to be encoded, or as it is.
type pairFlags struct{ encode, raw, lead string }

var (
	inData  = pairFlags{encode: "--data-urlencode", raw: "--data-raw"}
	inQuery = pairFlags{encode: "--url-query", raw: "--url-query", lead: "+"}
)

// addPairs adds parameters: readable where curl's encoding gives the bytes that were
// sent, and otherwise encoded as they were sent.
func (c *curl) addPairs(flags pairFlags, params []record.Param) error {
	for _, p := range params {
		name, value, isPair := strings.Cut(p.Encoded, "=")
		plain := wire.Unescape(value)
		// Without a name, curl leaves out the = too.
		named := isPair && name != "" && (flags.lead == "" || !strings.HasPrefix(name, flags.lead))
		var err error
		switch {
		case hides(p) && !named:
			err = fmt.Errorf("curl has no way to send the secret of its parameter %q", p.Name)
		case hides(p):
			err = c.addHidden(flags.encode, name, p)
		case named && isEncoded(name) && isEncoded(value) && isASCII(plain):
			err = c.add(flags.encode, name+"="+plain)
		default:
			err = c.add(flags.raw, flags.lead+p.Encoded)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// hides reports whether the parameter's value is, or repeats, a secret.
func hides(p record.Param) bool {
	_, value, _ := strings.Cut(p.Encoded, "=")
	return value == "" && (p.Secret != "" || p.Value != "")
}

// ownSecrets are the secrets that a walk puts into its requests, which name their
// variables. Other names are the provider's: GITHUB_TOKEN as a variable would send it
// what the user keeps there.
var ownSecrets = map[string][]string{
	"query": {"state", "code_challenge"},
	"form":  {"state", "code_challenge", "code", "code_verifier", "client_secret", "refresh_token", "token"},
}

func (c *curl) addHidden(flag, name string, p record.Param) error {
	own := ""
	if slices.Contains(ownSecrets[p.In], name) {
		own = strings.ToUpper(name)
	}
	if v := c.variable(own, p.Name); isEncoded(name) {
		c.parts = append(c.parts, flag+` "`+name+"=$"+v+`"`)
	} else if word, err := ui.ShellQuote(name + "="); err == nil && isASCII(word) {
		c.parts = append(c.parts, flag+" "+word+`"$`+v+`"`)
	} else {
		return errNotASCII
	}
	return nil
}

// variable names a variable for one secret: name, unless another secret has that name.
func (c *curl) variable(name, holds string) string {
	taken := func(v variable) bool { return v.name == name }
	for n := 1; name == "" || slices.ContainsFunc(c.variables, taken); n++ {
		name = fmt.Sprintf("SECRET_%d", n)
	}
	c.variables = append(c.variables, variable{name, holds})
	return name
}

var errNotASCII = errors.New("it contains characters that are not printable ASCII")

// add adds a word that has no secret in it, behind its flag.
func (c *curl) add(flag, word string) error {
	quoted, err := ui.ShellQuote(word)
	if err != nil || !isASCII(word) {
		return errNotASCII
	}
	c.parts = append(c.parts, strings.TrimSpace(flag+" "+quoted))
	return nil
}

// isEncoded reports whether s is in the encoding that curl and Go give a form's names
// and values. It means nothing to a shell, not even between double quotes.
func isEncoded(s string) bool {
	plain, err := url.QueryUnescape(s)
	return err == nil && url.QueryEscape(plain) == s
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' })
}
