package view

import (
	"net/url"
	"slices"
	"strings"

	"example.com/grantwalk/diagnose/safe"
)

// "… if the redirect_uri parameter was included in the authorization request …
// their values MUST be identical" (RFC 6749 §4.1.3).
var redirectChecks = []check{
	{"redirect_uris_compared", compareRedirectURIs, []string{"same", "postmessage", "differ", "differ/other_login", "differ/example", "asked_without"}},
	{"redirect_uri_asked_for", missRedirectURI, []string{"openid_without", "openid_without/went_on", "without_and_refused", "without_and_named", "without_and_redirected"}},
	{"refused_on_a_page", refusedOnPage, []string{"shown"}},
	{"refused_by_redirect", refusedByRedirect, []string{"redirected"}},
}

func compareRedirectURIs(v *View) *Fact {
	if !v.compares() || v.Auth.Hides("redirect_uri") || v.Token.Hides("redirect_uri") {
		return nil
	}
	asked, sent := v.Auth.RedirectURI, v.Token.RedirectURI
	both := compared("authorization request", asked, "token request", sent)
	switch {
	case asked == "" && sent == "", sent == "" && !v.paramsKnown():
		return nil
	case asked == "":
		// Only what was in the first request must be repeated; some servers compare all the same.
		return sign("asked_without", "the token request has a redirect URI, but the authorization request has none", both...)
	case sent == "postmessage" && strings.HasPrefix(asked.Raw(), "storagerelay:"):
		return fits("postmessage", "postmessage stands for the page's own redirect URI in Google's pop-up flow")
	case asked == sent && v.loosely():
		return nil
	case asked == sent:
		return fits("same", "both requests name "+asked.String())
	}
	says := "the token request leaves the redirect URI out"
	if sent != "" {
		says = "the redirect URIs differ in " + uriDifference(asked.Raw(), sent.Raw())
	}
	f := differs("differ", says, both...).doubted(v.loosely(), "other_login")
	return f.doubted(sent != "" && isExample(asked) != isExample(sent), "example")
}

// isExample reports whether a redirect URI has one of the names that are reserved for examples
// (RFC 6761 §6.5). People write it in place of their own.
func isExample(uri safe.RedirectURI) bool {
	u, err := url.Parse(uri.Raw())
	if err != nil {
		return false
	}
	labels := strings.Split("."+u.Hostname(), ".")
	last := labels[len(labels)-1]
	return last == "example" || last == "invalid" || labels[len(labels)-2] == "example" && slices.Contains([]string{"com", "net", "org"}, last)
}

// missRedirectURI: OAuth lets a client with one registered URI leave it out
// (RFC 6749 §3.1.2.3), OpenID Connect does not (Core §3.1.2.1).
func missRedirectURI(v *View) *Fact {
	a := v.Auth
	if a == nil || a.RedirectURI != "" || a.Hides("redirect_uri") || a.Hides("scope") || !a.Seen() {
		return nil
	}
	const refused = "the authorization request has no redirect_uri, and the server rejected it"
	switch {
	case slices.Contains(strings.Fields(a.Scope.Raw()), "openid"):
		notRequired := a.Response.Code != "" && v.Token != nil && v.Token.Response.Refused()
		return differs("openid_without", "the authorization request has scope openid and no redirect_uri, which OpenID Connect requires").doubted(notRequired, "went_on")
	case !a.Response.Refused() || v.Token != nil:
		return nil
	case strings.Contains(a.Response.Error.Raw()+a.Response.Description.Raw(), "redirect"): // its words are the other side
		return differs("without_and_named", refused)
	case a.Response.URI != "": // it redirected all the same
		return sign("without_and_redirected", refused)
	}
	return sign("without_and_refused", refused)
}

// refusedOnPage: "If the request fails due to a missing, invalid, or mismatching
// redirection URI, or if the client identifier is missing or invalid", the server
// "MUST NOT automatically redirect" (RFC 6749 §4.1.2.1). Every other error comes
// by the redirect.
func refusedOnPage(v *View) *Fact {
	if !shownOnPage(v) {
		return nil
	}
	return sign("shown", "the server showed the error on a page of its own instead of redirecting, as it does when it does not know the redirect URI or the client",
		Value{Label: "redirect URI", Text: orNone(v.Auth.RedirectURI)}, Value{Label: "client id", Text: orNone(v.Auth.ClientID)})
}

// refusedByRedirect is the other side of it: to an address that it does not know
// the server sends nothing.
func refusedByRedirect(v *View) *Fact {
	if !cameByRedirect(v) {
		return nil
	}
	return fits("redirected", "the server redirected to "+v.Auth.RedirectURI.String()+", so it knows the redirect URI")
}
