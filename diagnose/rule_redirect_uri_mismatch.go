package diagnose

import (
	"fmt"
	"net/url"
	"strings"
)

// "… if the redirect_uri parameter was included in the authorization request …
// their values MUST be identical" (RFC 6749 §4.1.3).
var redirectURIMismatch = Rule{
	ID:    RedirectURIMismatch,
	Title: "the two requests name different redirect URIs",
	Cites: []Citation{{"RFC 6749", "4.1.3"}, {"RFC 6749", "3.1.2.3"}},
	Checks: []Check{
		{"redirect_uris_compared", compareRedirectURIs},
	},
	Fix: fixRedirectURI,
}

func compareRedirectURIs(c *Case) *Sighting {
	if c.Grant != GrantCode || c.Token == nil || c.Auth == nil || c.Auth.Pushed || c.Auth.RedirectURI == "" {
		return nil
	}
	asked, sent := c.Auth.RedirectURI, c.Token.RedirectURI
	if asked == sent {
		return &Sighting{Verdict: Excludes, Says: "both requests name " + asked}
	}
	says := "the token request leaves the redirect URI out"
	if sent != "" {
		says = "the redirect URIs differ in " + uriDifference(asked, sent)
	}
	return &Sighting{Verdict: Settles, Says: says, Values: compared("authorization request", asked, "token request", sent)}
}

// uriDifference names the first part in which two URIs differ.
func uriDifference(a, b string) string {
	ua, errA := url.Parse(a)
	ub, errB := url.Parse(b)
	switch {
	case errA != nil || errB != nil:
		return "their characters"
	case isEncodingOf(a, b) || isEncodingOf(b, a):
		return "their encoding: one was percent-encoded once more"
	case ua.Scheme != ub.Scheme:
		return fmt.Sprintf("the scheme: %s and %s", ua.Scheme, ub.Scheme)
	case ua.Hostname() != ub.Hostname():
		return fmt.Sprintf("the host: %s and %s", ua.Hostname(), ub.Hostname())
	case ua.Port() != ub.Port():
		return fmt.Sprintf("the port: %s and %s", orNone(ua.Port()), orNone(ub.Port()))
	case strings.TrimSuffix(ua.Path, "/") == strings.TrimSuffix(ub.Path, "/") && ua.Path != ub.Path:
		return "a slash at the end of the path"
	case strings.EqualFold(ua.Path, ub.Path) && ua.Path != ub.Path:
		return "the case of the path"
	case ua.Path != ub.Path:
		return fmt.Sprintf("the path: %s and %s", ua.Path, ub.Path)
	case ua.RawQuery != ub.RawQuery:
		return "the query"
	}
	return "their characters"
}

// isEncodingOf reports whether a is b, percent-encoded once more.
func isEncodingOf(a, b string) bool {
	plain, err := url.QueryUnescape(a)
	return err == nil && a != b && plain == b
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

func fixRedirectURI(c *Case) []string {
	if c.Auth == nil || c.Auth.RedirectURI == "" {
		return []string{
			"send the same redirect_uri in both requests, character by character",
			"print both requests as they leave and lay the values side by side; proxies and frameworks rewrite scheme, host and slash",
		}
	}
	return []string{
		"send " + c.Auth.RedirectURI + " in the token request too",
		"start again with a new code: this one may be used up",
	}
}
