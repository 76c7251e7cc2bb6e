package read

import (
	"net/url"
	"strconv"
	"strings"

	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/internal/lazy"
	"example.com/grantwalk/diagnose/wire"
)

// spoken is the text without what a person did not say in it: the commands, the
// heads of messages and the forms in them, whose names and values read like words.
// What a server said when it rejected a request is kept.
func spoken(text string) string { return heard(messages(text)) }

// heard is the text beside the messages, with what the server said when it rejected a
// request.
func heard(printed []exchange.Exchange, rest string) string {
	if strings.Contains(rest, "ookie:") {
		rest = cookies().ReplaceAllString(rest, "")
	}
	said := []string{rest}
	for _, x := range printed {
		if e, _ := x.Response.Error(); x.Response.Status >= 400 || exchange.HasErrorCode(e.Error.Raw()) {
			said = append(said, x.Response.Body)
		}
	}
	return strings.Join(said, "\n")
}

// cookies are headers of messages that could not be read. Their names read like words.
var cookies = lazy.Regexp(`(?mi)^[^\w\n]*(?:set-)?cookie: .*$`)

// pasted gives a response that was printed alone to the last request before it that has
// none.
func pasted(all []exchange.Exchange) (out []exchange.Exchange) {
	waiting := -1
	for _, x := range all {
		alone := x.Request.URL != nil && *x.Request.URL == (url.URL{}) && x.Response.Status != 0
		switch {
		case alone && waiting >= 0:
			out[waiting].Response, waiting = x.Response, -1
			continue
		case x.Response.Status == 0 && x.Response.Body == "":
			waiting = len(out)
		}
		out = append(out, x)
	}
	return out
}

// addressed finds addresses that are authorization requests or answers.
var addressed = lazy.Where(`(?:https?://|[a-z][a-z0-9.+-]*://|/)[^\s"'<>\x60\\]*[?#&][^\s"'<>\x60\\]*(?:response_type|redirect_uri|code|error)=[^\s"'<>\x60\\]*`,
	"response_type=", "redirect_uri=", "code=", "error=")

// loggedMethod and loggedStatus are what an access log has around an address (Apache's and
// nginx's formats common and combined): "GET /callback?code=1 HTTP/1.1" 302.
var (
	loggedMethod = lazy.Regexp(`"(GET|POST) $`)
	loggedStatus = lazy.Regexp(`^ HTTP/[\d.]+" ([1-5]\d\d)\b`)
)

// moreOfURL is what follows in a URL behind a mask with white space or other signs in it.
var moreOfURL = lazy.Regexp(`^[^\n&"=/]{0,60}&[A-Za-z_]+=[^\s"'<>\x60\\]*`)

// behindMask is how many bytes of the text are more of the URL that seems to end in front of it.
func behindMask(text string) (n int) {
	for {
		more := len(moreOfURL().FindString(text[n:]))
		if more == 0 {
			return n
		}
		n += more
	}
}

func addresses(text string) []exchange.Exchange {
	var found []exchange.Exchange
	for _, at := range addressed(text).FindAllStringIndex(text, 20) {
		at[1] += behindMask(text[at[1]:])
		raw := text[at[0]:at[1]]
		m := exchange.Exchange{} // the method is not in an address
		if method := loggedMethod().FindStringSubmatch(text[max(0, at[0]-10):at[0]]); method != nil {
			if status := loggedStatus().FindStringSubmatch(text[at[1]:min(len(text), at[1]+16)]); status != nil {
				m.Request.Method = method[1]
				m.Response.Status, _ = strconv.Atoi(status[1]) // three digits
			}
		}
		if end := strings.TrimRight(raw, ")]}"); strings.HasSuffix(end, "..") || strings.HasSuffix(end, "…") {
			m.Request.Body = exchange.Partly
		}
		m.Request.SetURL(strings.TrimRight(raw, ".,;)]}"))
		fragment := wire.Form(m.Request.URL.EscapedFragment())
		if m.Classify() == exchange.Authorization || exchange.IsAuthorizationResponse(m.Request.Query) || exchange.IsAuthorizationResponse(fragment) {
			found = append(found, m)
		}
	}
	return found
}
