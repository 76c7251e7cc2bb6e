package view

import (
	"slices"
	"strings"
)

var authorizationChecks = []check{
	{"response_type_read", readResponseType, []string{"unknown", "unsupported", "missing"}},
	{"denied_by_redirect", deniedByRedirect, []string{"went_on", "denied"}},
	{"silent_login", lookAtPrompt, []string{"no_session_and_went_on", "needs_user", "silent"}},
	{"client_shown_on_page", clientOnPage, []string{"shown"}},
	{"client_redirected", clientRedirected, []string{"redirected"}},
}

func readResponseType(v *View) *Fact {
	if v.Auth == nil || !v.Auth.Seen() || v.Auth.Hides("response_type") || v.Token != nil {
		return nil
	}
	shown := Value{Label: "response_type", Text: orNone(v.Auth.ResponseType)}
	for _, word := range strings.Fields(v.Auth.ResponseType.Raw()) {
		if word != "code" && word != "token" && word != "id_token" && word != "none" {
			return differs("unknown", "no specification knows this response_type; the code flow's is code", shown)
		}
	}
	switch {
	case v.Auth.Response.Error == "unsupported_response_type":
		return differs("unsupported", "the server does not support this response_type", shown)
	case v.Auth.ResponseType == "" && v.Auth.Response.Refused():
		return sign("missing", "the authorization request has no response_type", shown)
	}
	return nil
}

// denials are the errors by which servers say that a person refused: RFC 6749's,
// and words of some servers' own, such as LinkedIn's two.
var denials = []string{"access_denied", "user_denied", "user_cancelled_login", "user_cancelled_authorize", "user_cancel"}

// IsDenial reports whether an authorization response with this error says that a
// person, or an administrator, refused (RFC 6749 §4.1.2.1).
func IsDenial(code string) bool { return slices.Contains(denials, code) }

func deniedByRedirect(v *View) *Fact {
	if v.Auth == nil || !IsDenial(v.Auth.Response.Error.Raw()) || v.Auth.Prompt == "none" {
		return nil
	}
	if v.Token != nil && v.Token.Code == "" && !v.Token.Hides("code") && v.Token.Params != nil {
		return differs("went_on", "the redirect came back with "+v.Auth.Response.Error.String()+" and no code, and the client went on to the token endpoint")
	}
	if v.Token != nil {
		return nil
	}
	return sign("denied", "the redirect came back with "+v.Auth.Response.Error.String()+" in place of a code")
}

// needsUser are the errors of a server that may not ask the user (OpenID Connect
// Core §3.1.2.6).
var needsUser = []string{"login_required", "interaction_required", "consent_required", "account_selection_required"}

func lookAtPrompt(v *View) *Fact {
	if v.Auth == nil || v.Token != nil || v.Auth.Prompt != "none" {
		return nil
	}
	if !v.Auth.Response.Refused() {
		if v.Auth.Response.Code == "" || v.Auth.Cookie || !v.Cookies {
			return nil
		}
		return differs("no_session_and_went_on", "the request says prompt=none, and no cookie of a session went with it: this server went on all the same, and one that keeps to OpenID Connect says login_required")
	}
	says := "the request says prompt=none, so the server may not ask the user, and it would have had to"
	// Without a session the silent login had to fail, whatever the server calls it.
	noCookie := v.Cookies && !v.Auth.Cookie
	if slices.Contains(needsUser, v.Auth.Response.Error.Raw()) || cameByRedirect(v) && noCookie {
		if noCookie {
			says = "the request says prompt=none, and no cookie of a session went with it"
		}
		return differs("needs_user", says)
	}
	return sign("silent", says)
}

// cameByRedirect: the error came to the very address that was asked for. GitHub
// sends it to the registered one when the two differ.
func cameByRedirect(v *View) bool {
	if v.Auth == nil || v.Token != nil || v.Auth.RedirectURI == "" {
		return false
	}
	r := v.Auth.Response
	asked, _, _ := strings.Cut(v.Auth.RedirectURI.Raw(), "?")
	return r.Error != "" && !strings.Contains(r.Error.Raw(), "redirect") && !r.Page && r.Status == 0 && r.URI.Raw() == asked
}

func shownOnPage(v *View) bool {
	if v.Auth == nil || v.Token != nil {
		return false
	}
	r := v.Auth.Response
	return (r.Page || r.Status >= 400) && r.Status < 500
}

func clientOnPage(v *View) *Fact {
	if !shownOnPage(v) {
		return nil
	}
	return sign("shown", "the server showed the error on a page of its own, as it does when it does not know the client")
}

func clientRedirected(v *View) *Fact {
	if !cameByRedirect(v) || strings.Contains(v.Auth.Response.Error.Raw(), "client") {
		return nil
	}
	return fits("redirected", "the server redirected to "+v.Auth.RedirectURI.String()+", so it knows the client, and no secret is sent so early")
}
