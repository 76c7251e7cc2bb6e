package read

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/internal/lazy"
	"example.com/grantwalk/diagnose/wire"
)

// A curlCall is what the options of a curl command say, up to --next.
type curlCall struct {
	draft
	data   []string
	fields []wire.Param // of a multipart form
	stdin  *string      // nil: not recorded
	get    bool         // the data are the query
	query  []string
}

// curlOptions are the options that say something of the request.
var curlOptions = map[string]func(c *curlCall, arg string){
	"request":        func(c *curlCall, arg string) { c.request.Method = arg },
	"get":            func(c *curlCall, _ string) { c.get = true },
	"head":           func(c *curlCall, _ string) { c.request.Method = "HEAD" },
	"url":            func(c *curlCall, arg string) { c.address = arg },
	"url-query":      func(c *curlCall, arg string) { c.query = append(c.query, encodedByCurl(arg)) },
	"header":         curlHeader,
	"cookie":         func(c *curlCall, _ string) { c.request.Cookie = true },
	"user":           curlUser,
	"oauth2-bearer":  func(c *curlCall, arg string) { c.header("Authorization", "Bearer "+arg) },
	"data":           curlData,
	"data-ascii":     curlData,
	"data-binary":    curlData,
	"data-raw":       func(c *curlCall, arg string) { c.data = append(c.data, arg) },
	"data-urlencode": func(c *curlCall, arg string) { c.data = append(c.data, encodedByCurl(arg)) },
	"json": func(c *curlCall, arg string) {
		c.header("Content-Type", cmp.Or(c.media, "application/json"))
		curlData(c, arg)
	},
	"cert":        elsewhere,
	"netrc":       elsewhere,
	"netrc-file":  elsewhere,
	"form":        curlForm,
	"form-string": curlForm,
	"upload-file": func(c *curlCall, _ string) { c.request.Method, c.request.Body = "PUT", exchange.Partly },
	"config":      func(c *curlCall, _ string) { c.request.Body = exchange.Partly },
}

// curlShort are the names of short options.
var curlShort = map[byte]string{
	'X': "request", 'G': "get", 'I': "head", 'H': "header", 'b': "cookie", 'u': "user", 'd': "data", 'F': "form", 'T': "upload-file", 'K': "config", 'E': "cert", 'n': "netrc",
}

// The options that have an argument. Of the long ones without a meaning for the request
// only those matter whose argument can be taken for a URL.
const curlShortWithArgument = "AbcCdDeEFHKmoPQrtTuUwxXyYz"

var curlFlags = []string{"get", "head", "netrc"}
var curlWithURL = []string{"proxy", "preproxy", "referer", "doh-url", "connect-to", "resolve", "output", "user-agent", "cacert", "cert", "key", "max-time", "connect-timeout", "retry", "write-out", "cookie-jar", "dump-header"}

// curl reads the words of a curl command. A sentence about curl has no options.
func curl(words []string, stdin *string) []exchange.Exchange {
	var sent []exchange.Exchange
	words = words[1:]
	options := false
	c := &curlCall{stdin: stdin}
	for i := 0; i < len(words); i++ {
		word := words[i]
		if word == "--next" || word == "-:" {
			sent = append(sent, c.exchanges()...)
			c = &curlCall{}
			continue
		}
		if len(word) < 2 || word[0] != '-' {
			if c.address == "" && looksLikeURL(word) {
				c.address = word
			} else if !options && len(words) > 1 {
				return nil
			}
			continue
		}
		options = true
		if c.option(word, words[i+1:]) {
			i++
		}
	}
	return append(sent, c.exchanges()...)
}

// bareURL is a URL without a scheme, for which programs take http.
var bareURL = lazy.Regexp(`^(?:localhost|[\w-]+(?:\.[\w-]+)+|:\d+|\$\{?\w+\}?)(?::\d+)?(?:[/?]|$)`)

func looksLikeURL(word string) bool {
	return strings.Contains(word, "://") || strings.HasPrefix(word, unrecorded) || bareURL().MatchString(word)
}

// option takes an option; next: it has used up the word that follows.
func (c *curlCall) option(word string, rest []string) (next bool) {
	following := ""
	if len(rest) > 0 {
		following = rest[0]
	}
	if name, isLong := strings.CutPrefix(word, "--"); isLong {
		name, arg, joined := strings.Cut(name, "=")
		set := curlOptions[name]
		switch {
		case set == nil:
			return !joined && slices.Contains(curlWithURL, name)
		case joined, slices.Contains(curlFlags, name):
			set(c, arg)
			return false
		}
		set(c, following)
		return true
	}
	for i := 1; i < len(word); i++ {
		set := curlOptions[curlShort[word[i]]]
		if strings.IndexByte(curlShortWithArgument, word[i]) < 0 {
			if set != nil {
				set(c, "")
			}
			continue
		}
		arg, separate := word[i+1:], word[i+1:] == ""
		if separate {
			arg = following
		}
		if set != nil {
			set(c, arg)
		}
		return separate
	}
	return false
}

// elsewhere: what the client authenticates with is not in the command.
func elsewhere(c *curlCall, _ string) { c.request.Stripped = true }

func curlHeader(c *curlCall, arg string) {
	if strings.HasPrefix(arg, "@") { // a file
		elsewhere(c, arg)
		return
	}
	name, value, _ := strings.Cut(arg, ":")
	c.header(name, value)
}

// curlUser: curl asks for a password that is not in the argument.
func curlUser(c *curlCall, arg string) {
	user, password, given := strings.Cut(arg, ":")
	if !given {
		password = unrecorded
	}
	c.basic(user, password)
}

// curlData: an argument with @ names a file, which nobody sees here.
func curlData(c *curlCall, arg string) {
	switch {
	case arg == "@-" && c.stdin != nil:
		c.data = append(c.data, strings.ReplaceAll(*c.stdin, "\n", ""))
	case strings.HasPrefix(arg, "@"), strings.HasPrefix(arg, "$") && !strings.Contains(arg, "="):
		c.request.Body = exchange.Partly
	default:
		c.data = append(c.data, arg)
	}
}

// curlForm takes a field of a multipart form. Its value may be in a file.
func curlForm(c *curlCall, arg string) {
	name, value, _ := strings.Cut(arg, "=")
	if strings.HasPrefix(value, "@") || strings.HasPrefix(value, "<") {
		value = unrecorded
	}
	c.fields = append(c.fields, wire.Param{Name: name, Value: strings.Trim(value, `"`)})
}

// encodedByCurl is an argument of --data-urlencode: content, =content, name=content,
// @file or name@file.
func encodedByCurl(arg string) string {
	name, value, isPair := strings.Cut(arg, "=")
	if file, _, isFile := strings.Cut(arg, "@"); !isPair && isFile {
		name, value, isPair = file, unrecorded, file != ""
	}
	switch {
	case !isPair && value == unrecorded:
		return unrecorded
	case !isPair:
		return url.QueryEscape(arg)
	case name == "":
		return url.QueryEscape(value)
	}
	return name + "=" + url.QueryEscape(value)
}

func (c *curlCall) exchanges() []exchange.Exchange {
	body := unwrap(strings.Join(c.data, "&"))
	if c.get {
		c.draft.query(body)
		body = ""
	}
	c.draft.query(strings.Join(c.query, "&"))
	switch {
	case len(c.fields) > 0:
		c.request.Method = cmp.Or(c.request.Method, "POST")
		c.request.SetBody("multipart/form-data", "")
		c.request.Form = c.fields
	case len(c.data) > 0 && !c.get || c.request.Body == exchange.Partly && !c.get:
		c.body(value{kind: scalar, text: body})
	}
	return c.draft.exchanges()
}
