package exchange

import (
	"net/url"
	"path"
	"strings"

	"example.com/grantwalk/diagnose/wire"
)

// Classify is the kind of an exchange by what it carries. It tells a callback from
// nothing: only who knows the redirect URIs can.
func (x *Exchange) Classify() Kind {
	switch {
	case x.Kind != Unknown:
		return x.Kind
	case x.isToken():
		return Token
	case x.isRevocation():
		return Revocation
	case x.isPushed():
		return Pushed
	case x.isAuthorization():
		return Authorization
	}
	return Page
}

// isToken: the request asks for tokens by a grant, or carries what only the token
// endpoint is to see. GitHub and Facebook leave grant_type out, and so do people by
// mistake.
func (x *Exchange) isToken() bool {
	r := &x.Request
	if r.Method == "OPTIONS" || r.Method == "HEAD" || r.Has("response_type") {
		return false
	}
	basic := strings.HasPrefix(strings.ToLower(r.Authorization), "basic ")
	posted := r.Method == "POST" || r.Method == "PUT"
	switch {
	case r.Has("grant_type"):
		return true
	case r.Has("code") && (r.Has("client_secret") || r.Has("code_verifier") || r.Has("client_assertion") || basic):
		return true
	case posted && r.Has("refresh_token") && (r.Has("client_id") || basic || tokenPath(r.URL.Path)):
		return true
	case posted && tokenPath(r.URL.Path):
		if r.Body != Whole && len(r.Form) == 0 && x.respondsToToken() {
			return true
		}
		return r.Has("code") && (r.Has("client_id") || r.Has("redirect_uri")) || basic && (len(r.Form) == 0 || r.Has("client_id"))
	}
	return false
}

// IsRejectedPreflight reports whether a browser asked the token endpoint if a page may send
// a request to it, and was told no: its preflight's status is not one of success (Fetch §4.9).
func (x *Exchange) IsRejectedPreflight() bool {
	return x.Request.Method == "OPTIONS" && tokenPath(x.Request.URL.Path) && x.Response.Status >= 300
}

// respondsToToken reports whether the response is one of a token endpoint (RFC 6749 §5).
func (x *Exchange) respondsToToken() bool {
	said, rejected := x.Response.Error()
	return rejected && said.Error != "" || Has(x.Response.Read().Params, "access_token")
}

func tokenPath(p string) bool {
	last := strings.ToLower(path.Base(p))
	return last == "token" || last == "access_token" || last == "oauth2token" || last == "tokens" || last == "token.php"
}

// isRevocation: RFC 7009 §2.1. Introspection (RFC 7662) looks the same; its response
// tells.
func (x *Exchange) isRevocation() bool {
	r := &x.Request
	lower := strings.ToLower(r.URL.Path)
	if !r.Has("token") || r.Has("grant_type") || r.Method == "OPTIONS" || strings.Contains(lower, "introspect") || strings.Contains(x.Response.Body, `"active"`) {
		return false
	}
	return strings.Contains(lower, "revo") || r.Method == "POST" && r.Has("token_type_hint")
}

// isPushed: the parameters of an authorization request, sent ahead (RFC 9126 §2.1).
func (x *Exchange) isPushed() bool {
	form := x.Request.Form
	return x.Request.Method == "POST" && Has(form, "client_id") && (Has(form, "response_type") || Has(form, "request")) && strings.Contains(x.Response.Body, "request_uri")
}

// isAuthorization: RFC 6749 §4.1.1, RFC 9101 and RFC 9126 §4. Some servers do
// without response_type.
func (x *Exchange) isAuthorization() bool {
	r := &x.Request
	if r.Method == "OPTIONS" || r.Method == "HEAD" || r.Has("grant_type") || r.Has("client_secret") {
		return false
	}
	if r.Method != "GET" && r.Media == "application/json" {
		return false // a page of the server's own asking it something
	}
	if r.Has("response_type") {
		return r.Has("client_id") || r.Has("redirect_uri") || r.Has("request") || r.Has("scope")
	}
	return r.Has("client_id") && !r.Has("code") && (r.Has("redirect_uri") || r.Has("request_uri") || r.Has("request"))
}

// AuthorizationResponse is the authorization response that the exchange carries away
// from the server, and where it goes to: by a redirect, or by a page that posts itself.
func (x *Exchange) AuthorizationResponse() (to *url.URL, params []wire.Param) {
	if x.Response.Location != "" {
		u, err := x.Request.URL.Parse(strings.TrimSpace(x.Response.Location))
		if err != nil {
			return nil, nil
		}
		params = append(wire.Form(u.RawQuery), wire.Form(u.EscapedFragment())...)
		return u, params
	}
	if x.Response.Status < 300 && strings.Contains(x.Response.Body, "<form") {
		action, params := postedForm(x.Response.Body)
		if u, err := x.Request.URL.Parse(action); err == nil && action != "" {
			return u, params
		}
	}
	return nil, nil
}

// CanMatter reports whether the exchange can be part of a flow. Most of a capture cannot.
func (x *Exchange) CanMatter() bool {
	r := &x.Request
	return x.Response.Location != "" || IsAuthorizationResponse(r.Params()) || IsAuthorizationResponse(wire.Form(r.URL.EscapedFragment())) ||
		x.Classify() != Page || x.IsRejectedPreflight() || strings.Contains(x.Response.Body, "<form") && strings.Contains(x.Response.Body, "state")
}
