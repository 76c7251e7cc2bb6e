package view

import (
	"slices"
	"strings"

	"example.com/grantwalk/diagnose/causes"
	"example.com/grantwalk/diagnose/evidence"
	"example.com/grantwalk/diagnose/safe"
)

// What is wrong with the message itself comes before every question about the grant:
// the server cannot read what it is asked.
var requestChecks = []check{
	{"request_read", readRequest, []string{"no_post", "no_form", "no_post/read", "no_form/read", "no_form/unsaid"}},
	{"grant_type_read", readGrantType, []string{"missing", "missing/read", "unsupported", "unknown", "of_another_grant"}},
	{"parameters_counted", countParameters, []string{"twice"}},
	{"password_sent", missPassword, []string{"missing", "sent_and_refused"}},
	{"server_failed", serverFailed, []string{"failed"}},
}

// readRequest: "The client MUST use the HTTP "POST" method" (RFC 6749 §3.2), with
// the parameters in "application/x-www-form-urlencoded" (§4.1.3).
func readRequest(v *View) *Fact {
	if v.Token == nil {
		return nil
	}
	r := v.Token
	switch {
	case r.Method != "" && !strings.EqualFold(r.Method.Raw(), "POST"):
		return differs("no_post", "the token request is a "+r.Method.String()+"; it must be a POST").doubted(wasRead(v), "read")
	case r.ContentType != "" && !strings.EqualFold(mediaType(r.ContentType.Raw()), formType):
		return differs("no_form", "the body of the token request is "+r.ContentType.String()+"; it must be a form",
			Value{Label: "Content-Type", Text: r.ContentType.String()}, Value{Label: "must be", Text: formType}).doubted(wasRead(v), "read").doubted(!saysUnread(v) || v.Granted(), "unsaid") // some servers take JSON too
	}
	return nil
}

// wasRead reports whether the server has read a request whose form breaks a rule. Some
// servers have a form of their own (Facebook takes a GET, Auth0 takes JSON), and their
// words show it.
func wasRead(v *View) bool {
	return v.Said().SaysOtherThan(causes.Other) || v.Known != nil && v.ErrorResponse.Error != "invalid_request" && v.ErrorResponse.Error != "unsupported_grant_type"
}

// saysUnread reports whether the error is one of a server that found no parameters.
func saysUnread(v *View) bool {
	return slices.Contains([]safe.Foreign{"", "invalid_request", "unsupported_grant_type", "invalid_client"}, v.ErrorResponse.Error)
}

const formType = "application/x-www-form-urlencoded"

func mediaType(s string) string {
	s, _, _ = strings.Cut(s, ";")
	return strings.TrimSpace(s)
}

// grantTypes are those of the RFCs and of the common extensions.
var grantTypes = []string{
	GrantCode, GrantRefresh, evidence.GrantPassword, evidence.GrantClientCredentials, "implicit",
	"urn:ietf:params:oauth:grant-type:jwt-bearer", "urn:ietf:params:oauth:grant-type:saml2-bearer",
	"urn:ietf:params:oauth:grant-type:device_code", "urn:ietf:params:oauth:grant-type:token-exchange",
	"urn:ietf:params:oauth:grant-type:uma-ticket", "urn:openid:params:grant-type:ciba",
	"urn:ietf:params:oauth:grant-type:pre-authorized_code",
}

// carried says which parameter each grant type cannot do without.
var carried = []struct{ grant, name string }{{GrantCode, "code"}, {GrantRefresh, "refresh_token"}, {evidence.GrantPassword, "password"}}

func readGrantType(v *View) *Fact {
	if v.Token == nil {
		return nil
	}
	g := v.Token.GrantType
	shown := Value{Label: "grant_type", Text: orNone(g)}
	switch {
	case g == "" && v.paramsKnown() && !v.Token.Hides("grant_type"):
		return differs("missing", "the token request has no grant_type", shown).doubted(wasRead(v), "read")
	case g == "":
		return nil
	case v.ErrorResponse.Error == "unsupported_grant_type":
		return differs("unsupported", "the server does not support this grant_type", shown)
	case !slices.Contains(grantTypes, g.Raw()) && v.Token.Response.Refused():
		// Servers may have grant types of their own (RFC 6749 §4.5), so this is a sign.
		return sign("unknown", "no specification knows this grant_type", shown)
	}
	if wants, has := carriesAnother(v.Token); has != "" {
		return differs("of_another_grant", "grant_type does not go with what was sent: there is a "+has+" and no "+wants, shown)
	}
	return nil
}

// carriesAnother names what the grant type wants and the request has not, and
// what it has of another grant type; empty if there is no such thing.
func carriesAnother(r *evidence.TokenRequest) (wants, has string) {
	if r.Params == nil {
		return "", ""
	}
	for _, g := range carried {
		switch sent := slices.Contains(r.Params, safe.Foreign(g.name)); {
		case g.grant == r.GrantType.Raw() && sent:
			return "", ""
		case g.grant == r.GrantType.Raw():
			wants = g.name
		case sent:
			has = g.name
		}
	}
	if wants == "" {
		return "", ""
	}
	return wants, has
}

// countParameters: "Request and response parameters MUST NOT be included more
// than once" (RFC 6749 §3.2).
func countParameters(v *View) *Fact {
	if v.Token == nil || v.Granted() {
		return nil
	}
	for _, name := range []string{"grant_type", "code", "redirect_uri", "client_id", "client_secret", "code_verifier", "refresh_token"} {
		n := 0
		for _, p := range v.Token.Params {
			if p.Raw() == name {
				n++
			}
		}
		if n > 1 {
			return sign("twice", "the token request has "+name+" more than once")
		}
	}
	return nil
}

// missPassword: with the password grant the user's credentials are refused by
// invalid_grant, and not the client's (RFC 6749 §5.2).
func missPassword(v *View) *Fact {
	if v.Token == nil || v.Grant != evidence.GrantPassword || v.Token.Params == nil {
		return nil
	}
	for _, name := range []string{"username", "password"} {
		if !slices.Contains(v.Token.Params, safe.Foreign(name)) {
			return differs("missing", "the token request has no "+name+", which the password grant requires")
		}
	}
	if passedTheClient(v) {
		return sign("sent_and_refused", "name and password were sent, and the server answered invalid_grant, which is its word for refusing them")
	}
	return nil
}

func serverFailed(v *View) *Fact {
	if v.ErrorResponse.Status < 500 && v.ErrorResponse.Error != "server_error" && v.ErrorResponse.Error != "temporarily_unavailable" {
		return nil
	}
	return sign("failed", "the server says that it failed itself")
}
