package diagnose

import (
	"slices"
	"strings"
)

// "… if the redirect_uri parameter was included in the authorization request …
// their values MUST be identical" (RFC 6749 §4.1.3).
var redirectURIMismatch = Rule{
	ID:    RedirectURIMismatch,
	Title: "the redirect URI is not the one the server expects",
	Cites: "RFC 6749 §4.1.3, §3.1.2.3",
	Hints: []string{"redirect_match", "redirect_at_token", "console"},
	After: []ID{Other, ClientCredentials, WrongToken, CodeMalformed, ClientMismatch, CodeReused},
	Checks: []Check{
		{"redirect_uris_compared", compareRedirectURIs},
		{"redirect_uri_asked_for", missRedirectURI},
		{"refused_on_a_page", refusedOnPage},
		{"refused_by_redirect", refusedByRedirect},
	},
	Fix: fixRedirectURI,
}

func compareRedirectURIs(c *Case) *Sighting {
	if !c.compares() || c.Auth.Hides("redirect_uri") || c.Token.Hides("redirect_uri") {
		return nil
	}
	asked, sent := c.Auth.RedirectURI, c.Token.RedirectURI
	switch {
	case asked == "" && sent == "", sent == "" && !c.paramsKnown():
		return nil
	case asked == "":
		// Only what was in the first request must be repeated; some servers compare all the same.
		return &Sighting{Verdict: Sign, By: 1.5, Says: "the token request has a redirect URI, but the authorization request has none",
			Values: compared("authorization request", asked, "token request", sent)}
	case sent == "postmessage" && strings.HasPrefix(asked.Raw(), "storagerelay:"):
		return &Sighting{Verdict: Excludes, Says: "postmessage stands for the page's own redirect URI in Google's pop-up flow"}
	case asked == sent:
		return &Sighting{Verdict: Excludes, Says: "both requests name " + asked.String()}
	}
	says := "the token request leaves the redirect URI out"
	if sent != "" {
		says = "the redirect URIs differ in " + uriDifference(asked.Raw(), sent.Raw())
	}
	return c.settledIfTied(Sighting{Says: says, Values: compared("authorization request", asked, "token request", sent)})
}

// missRedirectURI: OAuth lets a client with one registered URI leave it out
// (RFC 6749 §3.1.2.3), OpenID Connect does not (Core §3.1.2.1).
func missRedirectURI(c *Case) *Sighting {
	a := c.Auth
	if a == nil || a.RedirectURI != "" || a.Hides("redirect_uri") || a.Hides("scope") || !a.Seen() {
		return nil
	}
	switch {
	case slices.Contains(strings.Fields(a.Scope.Raw()), "openid"):
		s := &Sighting{Verdict: Settles, Says: "the authorization request has scope openid and no redirect_uri, which OpenID Connect requires"}
		if a.Response.Code != "" && c.Token != nil && c.Token.Response.Refused() { // the server did not require it
			s.Verdict, s.By = Sign, 0.5
		}
		return s
	case a.Response.Refused() && c.Token == nil:
		s := &Sighting{Verdict: Sign, By: weighty, Says: "the authorization request has no redirect_uri, and the server rejected it"}
		switch {
		case strings.Contains(a.Response.Error.Raw()+a.Response.Description.Raw(), "redirect"):
			s.Verdict = Settles // its words are the other side
		case a.Response.URI != "": // it redirected all the same
			s.By = 0
		}
		return s
	}
	return nil
}

// refusedOnPage: "If the request fails due to a missing, invalid, or mismatching
// redirection URI, or if the client identifier is missing or invalid", the server
// "MUST NOT automatically redirect" (RFC 6749 §4.1.2.1). Every other error comes
// by the redirect.
func refusedOnPage(c *Case) *Sighting {
	if !shownOnPage(c) {
		return nil
	}
	return &Sighting{Verdict: Sign, By: 2.5, Says: "the server showed the error on a page of its own instead of redirecting, as it does when it does not know the redirect URI or the client",
		Values: []Value{{Label: "redirect URI", Text: orNone(c.Auth.RedirectURI)}, {Label: "client id", Text: orNone(c.Auth.ClientID)}}}
}

// refusedByRedirect is the other side of it: to an address that it does not know
// the server sends nothing.
func refusedByRedirect(c *Case) *Sighting {
	if !cameByRedirect(c) {
		return nil
	}
	return &Sighting{Verdict: Excludes, Says: "the server redirected to " + c.Auth.RedirectURI.String() + ", so it knows the redirect URI"}
}

// cameByRedirect: the error came to the very address that was asked for. GitHub
// sends it to the registered one when the two differ.
func cameByRedirect(c *Case) bool {
	if c.Auth == nil || c.Token != nil || c.Auth.RedirectURI == "" {
		return false
	}
	r := c.Auth.Response
	asked, _, _ := strings.Cut(c.Auth.RedirectURI.Raw(), "?")
	return r.Error != "" && !strings.Contains(r.Error.Raw(), "redirect") && !r.Page && r.Status == 0 && r.URI.Raw() == asked
}

func shownOnPage(c *Case) bool {
	if c.Auth == nil || c.Token != nil {
		return false
	}
	r := c.Auth.Response
	return (r.Page || r.Status >= 400) && r.Status < 500
}

func fixRedirectURI(c *Case) []string {
	switch {
	case c.Auth == nil:
		return []string{
			"send the same redirect_uri in both requests, character by character",
			"print both requests as they leave and lay the values side by side; proxies and frameworks rewrite scheme, host and slash",
		}
	case c.Auth.RedirectURI == "":
		return []string{"send redirect_uri in the authorization request, as it is registered, and the same in the token request"}
	case c.Token == nil:
		return []string{
			"register " + c.Auth.RedirectURI.String() + " for client " + orNone(c.Auth.ClientID) + ", character by character: scheme, host, port, path, slash",
			"or send the URI that is registered; without one that it knows the server redirects nowhere",
		}
	case c.Auth.RedirectURI == c.Token.RedirectURI:
		return []string{"compare " + c.Auth.RedirectURI.String() + " with the registered one, character by character"}
	}
	return []string{
		"send " + c.Auth.RedirectURI.String() + " in the token request too",
		"keep it in one place, or beside the state, and read it from there for both requests; behind a proxy do not build it from the request's own host",
		"start again with a new code: this one may be used up",
	}
}
