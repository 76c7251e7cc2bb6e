package flow

import (
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/diagnose/wire"
	"example.com/grantwalk/flow/record"
)

// A Redirect is a redirect URI with what it means for the walk: whether the
// answer can be caught on this machine or has to be pasted.
type Redirect struct {
	URI  string // as given
	Host string // without brackets
	Port int    // 0: any free one
	Path string

	// Paste says why no listener can serve it; empty when one can.
	Paste string
}

// differs is the name of a parameter in the redirect URI's own query that a response
// has with another value, or once more; else it is empty. A server must retain that
// query (RFC 6749 §3.1.2). One that drops it is let through: the state ties the response
// to the request all the same.
func (r Redirect) differs(query []record.Param) string {
	_, raw, _ := strings.Cut(r.URI, "?")
	own := map[string][]string{}
	for _, p := range record.ParamsOf("query", wire.Form(raw)) {
		own[p.Name] = append(own[p.Name], p.Value+p.Secret.Reveal())
	}
	for _, p := range query {
		values, found := own[p.Name]
		if !found {
			continue
		}
		i := slices.Index(values, p.Value+p.Secret.Reveal())
		if i < 0 {
			return p.Name
		}
		own[p.Name] = slices.Delete(values, i, i+1)
	}
	return ""
}

// ParseRedirect reads a redirect URI (RFC 6749 §3.1.2, RFC 8252 §7). The error
// is a [*Problem].
func ParseRedirect(raw string) (Redirect, error) {
	r, bad := parseRedirect(raw)
	if bad != nil {
		return Redirect{}, bad
	}
	return r, nil
}

func parseRedirect(raw string) (Redirect, *Problem) {
	bad := func(code Code, args ...string) (Redirect, *Problem) {
		return Redirect{}, &Problem{Field: FieldRedirectURI, Value: safe.RedirectURI(raw).String(), Code: code, Args: args}
	}
	u, err := url.Parse(raw)
	switch {
	case err != nil:
		return bad(CodeNotURL, parseProblem(err))
	case u.Scheme == "":
		return bad(CodeRelative)
	case u.User != nil:
		return bad(CodeUser)
	case u.Fragment != "" || strings.HasSuffix(raw, "#"):
		return bad(CodeFragment)
	}
	for _, name := range queryNames(u.RawQuery) {
		if slices.Contains(singleParameters, name) {
			return bad(CodeResponseHasToo, name)
		}
	}
	r := Redirect{URI: raw, Host: u.Hostname(), Path: u.EscapedPath()}
	if r.Path == "" {
		r.Path = "/"
	}
	switch u.Scheme {
	case "http":
	case "https":
		r.Paste = "https needs a certificate for " + u.Hostname() + ", which a listener here does not have"
		return r, nil
	default:
		r.Paste = "the scheme " + u.Scheme + ": belongs to another program"
		return r, nil
	}
	if u.Host == "" {
		return bad(CodeNoHost)
	}
	if !isLoopbackHost(r.Host) {
		r.Paste = r.Host + " is not this machine's loopback address, so the response arrives elsewhere"
		return r, nil
	}
	r.Port = 80
	if p := u.Port(); p != "" {
		// url.Parse lets 99999 pass.
		if r.Port, err = strconv.Atoi(p); err != nil || r.Port > 65535 {
			return bad(CodeNoPort, p)
		}
	}
	return r, nil
}

// withPort is the URI with the port that the listener got.
func (r Redirect) withPort(port int) string {
	if r.Port != 0 {
		return r.URI
	}
	// Only the port changes: the rest stays character by character what the user gave.
	end := len(r.URI)
	if i := strings.IndexAny(r.URI[len("http://"):], "/?"); i >= 0 {
		end = len("http://") + i
	}
	colon := strings.LastIndexByte(r.URI[:end], ':')
	return r.URI[:colon+1] + strconv.Itoa(port) + r.URI[end:]
}

// addresses are where to listen: localhost means both families, because a
// browser may try either first (RFC 8252 §8.3).
func (r Redirect) addresses() []netip.Addr {
	if strings.EqualFold(r.Host, "localhost") {
		return []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1}), netip.IPv6Loopback()}
	}
	ip, _ := netip.ParseAddr(r.Host) // checked by ParseRedirect
	return []netip.Addr{ip}
}

// Meaning says in one sentence what the redirect URI brings about.
func (r Redirect) Meaning() string {
	switch {
	case r.Paste != "":
		return "You will paste the address of the page that the browser ends on: " + r.Paste + "."
	case strings.EqualFold(r.Host, "localhost"):
		return "Caught here, on 127.0.0.1 and ::1, " + r.portMeaning() + ". RFC 8252 §8.3 advises 127.0.0.1 over localhost."
	default:
		return "Caught here, on " + r.Host + ", " + r.portMeaning() + "."
	}
}

func (r Redirect) portMeaning() string {
	switch {
	case r.Port == 0:
		return "on any free port; the provider must allow that (RFC 8252 §7.3)"
	case r.Port < 1024:
		return "on port " + strconv.Itoa(r.Port) + ", which often needs administrator rights"
	default:
		return "on port " + strconv.Itoa(r.Port)
	}
}
