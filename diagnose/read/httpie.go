package read

import (
	"cmp"
	"net/url"
	"strings"

	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/internal/lazy"
	"example.com/grantwalk/diagnose/wire"
)

// httpItem is an item of HTTPie's: name, sign, value.
var httpItem = lazy.Regexp(`(?s)^([\w.\[\]-]+?)(==|:=@|:=|=@|=|:|@)(.*)$`)

// httpMethod is one that is written in front of the URL.
var httpMethod = lazy.Regexp(`^[A-Z]{3,7}$`)

// httpie reads the words of an HTTPie command (or of xh). A sentence about HTTP has words
// that are no items.
func httpie(words []string, _ *string) []exchange.Exchange {
	d := &draft{}
	v := value{kind: object, media: "application/json"}
	scheme, query := "http", []string{}
	if words[0] == "https" || words[0] == "xhs" {
		scheme = "https"
	}
	words = words[1:]
	for i := 0; i < len(words); i++ {
		word := words[i]
		switch item := httpItem().FindStringSubmatch(word); {
		case len(word) > 1 && word[0] == '-':
			if d.httpieOption(&v, word, words[i+1:]) {
				i++
			}
		case d.address == "" && d.request.Method == "" && httpMethod().MatchString(word):
			d.request.Method = word
		case d.address == "":
			if d.address = httpieURL(scheme, word); d.address == "" {
				return nil
			}
		case item == nil:
			return nil
		case item[2] == "==":
			query = append(query, url.QueryEscape(item[1])+"="+url.QueryEscape(item[3]))
		case item[2] == ":":
			d.header(item[1], item[3])
		case strings.Contains(item[2], "@"):
			v.items = append(v.items, member{item[1], value{kind: scalar, text: unrecorded}})
		default:
			v.items = append(v.items, member{item[1], value{kind: scalar, text: item[3]}})
		}
	}
	d.query(strings.Join(query, "&"))
	if len(v.items) > 0 {
		d.body(v)
	}
	return d.exchanges()
}

// httpieURL is the URL of a word: :8080/token and :/token are at localhost. Empty: it is
// none.
func httpieURL(scheme, word string) string {
	switch {
	case strings.Contains(word, "://"):
		return word
	case strings.HasPrefix(word, ":/"):
		return scheme + "://localhost" + word[1:]
	case strings.HasPrefix(word, ":") && looksLikeURL(word):
		return scheme + "://localhost" + word
	case looksLikeURL(word):
		return scheme + "://" + word
	}
	return ""
}

// httpieOption takes an option; next: it has used up the word that follows.
func (d *draft) httpieOption(v *value, word string, rest []string) (next bool) {
	name, arg, joined := strings.Cut(word, "=")
	if !joined && len(rest) > 0 {
		arg = rest[0]
	}
	switch name {
	case "-f", "--form":
		v.media = "application/x-www-form-urlencoded"
		return false
	case "--multipart":
		v.media = "multipart/form-data"
		return false
	case "-a", "--auth":
		user, password, given := strings.Cut(arg, ":")
		if !given {
			password = unrecorded // HTTPie asks for it
		}
		d.basic(user, password)
		return !joined
	case "-A", "--auth-type", "-o", "--output", "--session", "--proxy", "--timeout", "-p", "--print", "-s", "--style", "--verify":
		return !joined
	case "--raw":
		d.body(value{kind: scalar, text: arg})
		return !joined
	}
	if strings.Contains(name, "f") && !strings.HasPrefix(name, "--") {
		v.media = "application/x-www-form-urlencoded"
	}
	return false
}

// wgetOptions are the options of wget that say something of the request.
var wgetOptions = map[string]func(d *draft, arg string){
	"--method":    func(d *draft, arg string) { d.request.Method = arg },
	"--post-data": func(d *draft, arg string) { d.body(value{kind: scalar, text: arg}) },
	"--body-data": func(d *draft, arg string) { d.body(value{kind: scalar, text: arg}) },
	"--post-file": func(d *draft, _ string) { d.body(value{kind: scalar, text: unrecorded}) },
	"--body-file": func(d *draft, _ string) { d.body(value{kind: scalar, text: unrecorded}) },
	"--header": func(d *draft, arg string) {
		name, value, _ := strings.Cut(arg, ":")
		d.header(name, value)
	},
}

// wget reads the words of a wget command. wget sends a form unless a header says
// otherwise.
func wget(words []string, _ *string) []exchange.Exchange {
	d := &draft{}
	user := wire.Param{}
	words, options := words[1:], false
	for i := 0; i < len(words); i++ {
		name, arg, joined := strings.Cut(words[i], "=")
		if !strings.HasPrefix(words[i], "-") {
			if d.address == "" && looksLikeURL(words[i]) {
				d.address = words[i]
			} else if !options {
				return nil
			}
			continue
		}
		options = true
		set := wgetOptions[name]
		known := set != nil || strings.HasSuffix(name, "user") || strings.HasSuffix(name, "password") || name == "-O" || name == "-o"
		if known && !joined && i+1 < len(words) {
			i++
			arg = words[i]
		}
		switch {
		case set != nil:
			set(d, arg)
		case name == "--user" || name == "--http-user":
			user.Name = arg
		case name == "--password" || name == "--http-password":
			user.Value = arg
		}
	}
	if user.Name != "" {
		d.basic(user.Name, cmp.Or(user.Value, unrecorded))
	}
	return d.exchanges()
}
