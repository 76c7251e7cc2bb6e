package read

import (
	"encoding/base64"
	"net/url"
	"strings"

	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/internal/lazy"
)

// Requests as curl commands have them.

func basicOf(user string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte(user)) }

// curlCommand begins where a shell's words do.
var curlCommand = lazy.Regexp(`(?m)(?:^|[\s$>%#;(])curl(?:\.exe)?\s`)

// commands reads the requests that curl commands in the text would send.
func commands(text string) []exchange.Exchange {
	var found []exchange.Exchange
	for _, at := range curlCommand().FindAllStringIndex(text, 10) {
		words, _, whole := shellWords(text[at[1]:])
		if !whole && len(words) > 0 { // a pasted text may end anywhere
			words[len(words)-1] += "…"
		}
		if m := curl(words); m != nil {
			if !whole {
				m.Request.Body = exchange.Partly
			}
			found = append(found, *m)
		}
	}
	return found
}

// curl makes a message of the words of a command; nil without an address.
func curl(words []string) *exchange.Exchange {
	m := &exchange.Exchange{}
	var data []string
	media, address, get := "", "", false
	for i := 0; i < len(words); i++ {
		option, arg, separate := curlOption(words[i:])
		switch option {
		case "-X", "--request":
			m.Request.Method = strings.ToUpper(arg)
		case "-d", "--data", "--data-binary", "--data-ascii":
			if strings.HasPrefix(arg, "@") { // a file, which nobody sees here
				m.Request.Body = exchange.Partly
				break
			}
			data = append(data, arg)
		case "--data-raw":
			data = append(data, arg)
		case "--data-urlencode":
			name, value, isPair := strings.Cut(arg, "=")
			if file, _, isFile := strings.Cut(arg, "@"); !isPair && isFile {
				name, value = file, "…"
				if file == "" {
					m.Request.Body = exchange.Partly
				}
			}
			data = append(data, name+"="+url.QueryEscape(value))
		case "-K", "--config":
			m.Request.Body = exchange.Partly
		case "-H", "--header":
			name, value, _ := strings.Cut(arg, ":")
			m.Request.SetHeader(name, strings.TrimSpace(value))
			media = m.Request.Media
		case "-u", "--user":
			m.Request.Authorization = basicOf(arg)
		case "-G", "--get":
			get, separate = true, false
		case "--url":
			address = arg
		default:
			if strings.Contains(option, "://") && address == "" {
				address = option
			}
			separate = false
		}
		if separate {
			i++
		}
	}
	if address == "" {
		return nil
	}
	body := unwrap(strings.Join(data, "&"))
	if get && body != "" {
		address, body = address+"?"+body, ""
	}
	m.Request.SetURL(address)
	m.Request.SetBody(media, body)
	if m.Request.Method == "" {
		m.Request.Method = "GET"
		if body != "" {
			m.Request.Method = "POST"
		}
	}
	return m
}

// curlOption is the first word as an option with its argument, which may be a part
// of the word, or the next one.
func curlOption(words []string) (option, arg string, separate bool) {
	option = words[0]
	switch {
	case strings.HasPrefix(option, "--") && strings.Contains(option, "="):
		option, arg, _ = strings.Cut(option, "=")
	case len(option) > 2 && option[0] == '-' && option[1] != '-' && strings.ContainsRune("dHuX", rune(option[1])):
		option, arg = option[:2], option[2:]
	case len(words) > 1:
		return option, words[1], words[1] != ""
	}
	return option, arg, false
}

// shellWords splits a command as a shell does, up to its end, which it returns too. The
// command is whole unless the text ends between two quotes.
func shellWords(text string) (words []string, end int, whole bool) {
	var word strings.Builder
	in, quote, i := false, byte(0), 0
	for ; i < len(text) && i < exchange.MaxURL && len(words) < 200; i++ {
		c := text[i]
		switch {
		case quote != 0 && c == quote:
			quote = 0
		case (c == '\\' && quote != '\'' || c == '^' && quote == 0) && i+1 < len(text):
			i++
			if text[i] != '\n' {
				word.WriteByte(text[i])
				in = true
			}
		case quote != 0:
			word.WriteByte(c)
		case c == '\'' || c == '"':
			quote, in = c, true
		case c == '\n' || c == '|' || c == ';':
			if in {
				words = append(words, word.String())
			}
			return words, i, true
		case c == ' ' || c == '\t':
			if in {
				words = append(words, word.String())
				word.Reset()
				in = false
			}
		default:
			word.WriteByte(c)
			in = true
		}
	}
	if in {
		words = append(words, word.String())
	}
	return words, min(i, len(text)), quote == 0
}
