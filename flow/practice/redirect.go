package practice

import (
	"net"
	"net/url"
	"slices"
	"strings"

	"example.com/grantwalk/diagnose/safe"
)

// checkRedirectURI holds a redirect URI against what is registered: the ones in
// Options, character by character, and every http address of this machine,
// whatever its port (RFC 8252 §7.3) and, so that any app can be pointed here,
// whatever its path.
func (s *Server) checkRedirectURI(raw string) *refusal {
	if raw == "" {
		return redirectURIMissing.because("no redirect_uri: where should the answer go?")
	}
	if slices.Contains(s.redirectURIs, raw) {
		return nil
	}
	u, err := url.Parse(raw)
	switch {
	case err != nil || !u.IsAbs():
		return redirectURIBad.because("the redirect_uri '%s' is no absolute URI", safe.RedirectURI(raw))
	case strings.ContainsFunc(raw, noURI): // RFC 6749 §3.1.2; the Location header would repeat it
		return redirectURIBad.because("the redirect_uri '%s' has a character that no URI has: percent-encode it", safe.RedirectURI(raw))
	case strings.Contains(raw, "#"): // RFC 6749 §3.1.2: "MUST NOT include a fragment component"
		return redirectURIBad.because("the redirect_uri '%s' has a fragment", safe.RedirectURI(raw))
	case u.User != nil:
		return redirectURIBad.because("the redirect_uri '%s' holds a user name", safe.RedirectURI(raw))
	case u.Scheme != "http" || !isLoopback(u.Hostname()):
		return redirectURIForeign.because("the redirect_uri '%s' is not registered: it is neither an http address of this machine (127.0.0.1, [::1] or localhost, any port) nor one that the server was started with", safe.RedirectURI(raw))
	}
	return nil
}

// noURI tells a character that stands in no URI (RFC 3986 §2).
func noURI(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune("\"<>\\^`{|}", r) }

func isLoopback(name string) bool {
	return strings.EqualFold(name, "localhost") || net.ParseIP(name).IsLoopback()
}

// withQuery adds parameters to a redirect URI and keeps the query it has
// (RFC 6749 §3.1.2).
func withQuery(redirectURI string, params url.Values) string {
	if strings.Contains(redirectURI, "?") {
		return redirectURI + "&" + params.Encode()
	}
	return redirectURI + "?" + params.Encode()
}
