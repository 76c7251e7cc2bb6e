package flow

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode"

	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/diagnose/wire"
	"example.com/grantwalk/flow/record"
)

// Why what came is not the response. [Walk.Paste] returns them; what reaches the
// listener is judged by the first three too.
var (
	ErrNotAResponse = errors.New("it has no code and no error: paste the whole URL at which the browser ended, because grantwalk checks its state too")
	ErrWrongState   = errors.New("its state is not the one that grantwalk sent: it is cut off or belongs to another login, so log in again")
	ErrNoState      = errors.New("it has no state: paste the whole URL, with everything after the question mark")

	errEmpty       = errors.New("the code or error in it is empty: paste the whole URL at which the browser ended")
	errNotLoggedIn = errors.New("it is the authorization URL, where the login starts: open it in a browser, log in, and paste the URL at which the browser ends")
)

// Paste takes the URL at which the browser ended, or just its query, in place of
// the callback. It may be called while the Callback step waits. What is not this
// walk's response is an error, and the step goes on waiting, because the right URL
// may still be in the browser.
func (w *Walk) Paste(text string) error {
	cb, err := expectationOf(w.Request, w.Metadata, w.Transcript).paste(text, w.Now())
	if e := (*unverifiedError)(nil); errors.As(err, &e) {
		w.unverified.CompareAndSwap(nil, &e.said)
		w.Transcript.AddUnexpected("pasted: "+e.what+saysUnverified(e.said), w.Now())
	}
	if err != nil {
		return err
	}
	select {
	case w.pasted <- cb:
	default: // one is taken already
	}
	return nil
}

// An unverifiedError is why an error response that was pasted is not the walk's: it does
// not carry our state. Like one that reaches the listener, it may be all that the server says.
type unverifiedError struct {
	cause error  // ErrNoState or ErrWrongState
	what  string // the response
	said  string // by it
}

func (e *unverifiedError) Error() string {
	if errors.Is(e.cause, ErrNoState) {
		return "it has no state, which RFC 6749 §4.1.2.1 requires. It says " + e.said + ", which is not verified: anybody could have sent it"
	}
	return e.cause.Error() + ". It says " + e.said + ", which is not verified: anybody could have sent it"
}

func (e *unverifiedError) Unwrap() error { return e.cause }

// paste reads what was pasted.
func (x expectation) paste(text string, now time.Time) (Callback, error) {
	base, query := splitPasted(text)
	uri, err := x.pastedURI(base)
	if err != nil {
		return Callback{}, err
	}
	cb := Callback{Params: record.ParamsOf("query", wire.Form(query)), At: now, Method: "GET", Pasted: true, URI: uri}
	if err := cb.check(x.request.State); err != nil {
		mismatched := errors.Is(err, ErrNoState) || errors.Is(err, ErrWrongState)
		if mismatched && cb.text("error") != "" {
			what := withOtherState
			if errors.Is(err, ErrNoState) {
				what = withoutState
			}
			_, _, said := cb.unverified(x.transcript)
			err = &unverifiedError{err, what, said}
		}
		return Callback{}, err
	}
	x.transcript.TrackSecret(cb.Code) // before anything that came with it is put into words
	if name := x.request.Redirect.differs(cb.Params); name != "" {
		return Callback{}, fmt.Errorf("its %s is not that of the redirect URI %s, so it arrived somewhere else: paste the URL at which the browser arrived there", x.transcript.WithoutSecrets(name, 100), safe.RedirectURI(x.request.RedirectURI))
	}
	if err := x.checkIss(cb); err != nil {
		remedy := "log in again at the authorization URL"
		if cb.Iss == "" {
			remedy = "paste the whole URL, with everything after the question mark; if iss is missing in the browser too, the server breaks its promise"
		}
		return Callback{}, fmt.Errorf("%w: %s", err, remedy)
	}
	if cb.Code == "" && cb.text("error") == "" {
		return Callback{}, errEmpty
	}
	return cb, nil
}

// pastedURI is the URL that was pasted, as the transcript keeps it: without query,
// and without a user name and password. The URL must be the redirect URI: a response
// that arrived elsewhere was sent to a redirect URI that the walk did not ask for
// (RFC 9700 §4.4.2.2). A hosted callback may pass its response on to another page,
// so the query alone is taken too.
func (x expectation) pastedURI(base string) (string, error) {
	redirect, err := url.Parse(x.request.RedirectURI)
	if err != nil || base == "" {
		return "", nil // err: not reached, for ParseRedirect has read it
	}
	pasted, err := parsePasted(base, redirect)
	if err != nil {
		return "", fmt.Errorf("the URL cannot be read (%s), and the redirect URI is %s: paste the whole URL at which the browser arrived there, or only what follows the question mark", parseProblem(err), record.BareURL(redirect))
	}
	// A urn, such as urn:ietf:wg:oauth:2.0:oob, is no place to arrive at: the server
	// shows the code on a page of its own.
	if redirect.Scheme == "urn" || sameURL(redirect, pasted) {
		return record.BareURL(pasted), nil
	}
	if login, err := url.Parse(x.request.URL); err == nil && sameURL(login, pasted) {
		return "", errNotLoggedIn
	}
	shown := x.transcript.WithoutSecrets(record.BareURL(pasted), 500)
	return "", fmt.Errorf("its URL is %s, but the redirect URI is %s: paste the URL at which the browser arrived there. If you know that this page got the response from there, paste only what follows the question mark", shown, record.BareURL(redirect))
}

// parsePasted reads a URL as address bars and logs show it: the scheme, or all
// that comes before the path, may be left out.
func parsePasted(base string, redirect *url.URL) (*url.URL, error) {
	scheme := redirect.Scheme + ":"
	switch {
	case strings.HasPrefix(base, "//"):
		base = scheme + base
	case base[0] == '/':
		base = scheme + "//" + redirect.Host + base
	case !strings.Contains(base, "://") && !strings.HasPrefix(strings.ToLower(base), scheme):
		base = scheme + "//" + base
	}
	return url.Parse(base)
}

// sameURL compares two URLs without query and fragment as RFC 3986 §6.2.2 and
// §6.2.3 do. All names of this machine's loopback count as one, as they do for the
// listener: none leads to another machine (RFC 8252 §7.3, §8.3).
func sameURL(a, b *url.URL) bool {
	host := func(u *url.URL) string {
		if u.Scheme == "http" && isLoopbackHost(u.Hostname()) {
			return "loopback"
		}
		return strings.ToLower(u.Hostname())
	}
	port := func(u *url.URL) string {
		if p := u.Port(); p != "" {
			return p
		}
		return map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	path := func(u *url.URL) string {
		if u.Host != "" && u.Path == "" {
			return "/"
		}
		return u.Opaque + u.Path
	}
	return a.Scheme == b.Scheme && host(a) == host(b) && port(a) == port(b) && path(a) == path(b)
}

// splitPasted cleans an address, and parts it from its parameters. A terminal
// breaks long ones and marks what is pasted; mail, chat and web pages put them in
// brackets, hide characters in them and write & as in HTML.
func splitPasted(text string) (base, query string) {
	text = strings.Map(dropInvisible, text)
	text = strings.TrimSuffix(strings.TrimPrefix(text, "[200~"), "[201~")
	text = strings.ReplaceAll(strings.Trim(text, "\"'`<>"), "&amp;", "&")
	end := strings.IndexByte(text, '?')
	if end < 0 { // a fragment's parameters, or the query alone with Facebook's #_=_ behind
		end = strings.IndexByte(text, '#')
	}
	if end < 0 {
		return "", text
	}
	// A query alone may hold a ? or a # too, behind its first name.
	if name, _, isQuery := strings.Cut(text[:end], "="); !isQuery || strings.Contains(name, "://") {
		base, text = text[:end], text[end+1:]
	}
	return base, strings.ReplaceAll(text, "#", "&")
}

func dropInvisible(r rune) rune {
	if unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
		return -1
	}
	return r
}
