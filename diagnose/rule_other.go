package diagnose

import (
	"slices"
	"strings"

	"example.com/grantwalk/diagnose/safe"
)

// What is wrong with the message itself comes before every question about the
// grant: the server cannot read what it is asked.
var other = Rule{
	ID:    Other,
	Title: "something else is wrong with the request",
	Cites: "RFC 6749 §4.1.3, §3.2, §5.2",
	Hints: []string{"docs"},
	Checks: []Check{
		{"request_read", readRequest},
		{"grant_type_read", readGrantType},
		{"parameters_counted", countParameters},
		{"response_type_read", readResponseType},
	},
	Fix: fixOther,
}

// readRequest: "The client MUST use the HTTP "POST" method" (RFC 6749 §3.2), with
// the parameters in "application/x-www-form-urlencoded" (§4.1.3).
func readRequest(c *Case) *Sighting {
	if c.Token == nil {
		return nil
	}
	r := c.Token
	switch {
	case r.Method != "" && !strings.EqualFold(r.Method.Raw(), "POST"):
		return c.settledUnlessRead(Sighting{Says: "the token request is a " + r.Method.String() + "; it must be a POST"})
	case r.ContentType != "" && !strings.EqualFold(mediaType(r.ContentType.Raw()), formType):
		return c.settledUnlessRead(Sighting{Says: "the body of the token request is " + r.ContentType.String() + "; it must be a form",
			Values: []Value{{Label: "Content-Type", Text: r.ContentType.String()}, {Label: "must be", Text: formType}}})
	}
	return nil
}

// settledUnlessRead is the verdict on a request whose form breaks a rule. Some servers
// have a form of their own (Facebook takes a GET, Auth0 takes JSON), and their words show
// that they have read the request.
func (c *Case) settledUnlessRead(s Sighting) *Sighting {
	s.Verdict = Settles
	if c.saysOtherThan(Other) || c.Known != nil && c.Refusal.Error != "invalid_request" && c.Refusal.Error != "unsupported_grant_type" {
		s.Verdict, s.By = Sign, 0.5
	}
	return &s
}

// saysOtherThan reports whether the server's own words are known, and are never said
// because of the cause.
func (c *Case) saysOtherThan(id ID) bool {
	hit := c.heard().hit
	return hit != nil && hit.Said != "" && hit.Causes[string(id)] < leastListed
}

const formType = "application/x-www-form-urlencoded"

func mediaType(s string) string {
	s, _, _ = strings.Cut(s, ";")
	return strings.TrimSpace(s)
}

// grantTypes are those of the RFCs and of the common extensions.
var grantTypes = []string{
	GrantCode, GrantRefresh, GrantPassword, GrantClientCredentials, "implicit",
	"urn:ietf:params:oauth:grant-type:jwt-bearer", "urn:ietf:params:oauth:grant-type:saml2-bearer",
	"urn:ietf:params:oauth:grant-type:device_code", "urn:ietf:params:oauth:grant-type:token-exchange",
	"urn:ietf:params:oauth:grant-type:uma-ticket", "urn:openid:params:grant-type:ciba",
	"urn:ietf:params:oauth:grant-type:pre-authorized_code",
}

// carried says which parameter each grant type cannot do without.
var carried = []struct{ grant, name string }{{GrantCode, "code"}, {GrantRefresh, "refresh_token"}, {GrantPassword, "password"}}

func readGrantType(c *Case) *Sighting {
	if c.Token == nil {
		return nil
	}
	g := c.Token.GrantType
	values := []Value{{Label: "grant_type", Text: orNone(g)}}
	switch {
	case g == "" && c.paramsKnown() && !c.Token.Hides("grant_type"):
		return c.settledUnlessRead(Sighting{Says: "the token request has no grant_type", Values: values})
	case g == "":
		return nil
	case c.Refusal.Error == "unsupported_grant_type":
		return &Sighting{Verdict: Settles, Says: "the server does not support this grant_type", Values: values}
	case !slices.Contains(grantTypes, g.Raw()) && c.Token.Response.Refused():
		// Servers may have grant types of their own (RFC 6749 §4.5), so this is a sign.
		return &Sighting{Verdict: Sign, By: weighty, Says: "no specification knows this grant_type", Values: values}
	}
	if wants, has := c.carriesAnother(); has != "" {
		return &Sighting{Verdict: Settles, Says: "grant_type does not go with what was sent: there is a " + has + " and no " + wants, Values: values}
	}
	return nil
}

// carriesAnother names what the grant type wants and the request has not, and
// what it has of another grant type; empty if there is no such thing.
func (c *Case) carriesAnother() (wants, has string) {
	if c.Token.Params == nil {
		return "", ""
	}
	for _, g := range carried {
		switch sent := slices.Contains(c.Token.Params, safe.Foreign(g.name)); {
		case g.grant == c.Token.GrantType.Raw() && sent:
			return "", ""
		case g.grant == c.Token.GrantType.Raw():
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
func countParameters(c *Case) *Sighting {
	if c.Token == nil || c.granted() {
		return nil
	}
	for _, name := range []string{"grant_type", "code", "redirect_uri", "client_id", "client_secret", "code_verifier", "refresh_token"} {
		n := 0
		for _, p := range c.Token.Params {
			if p.Raw() == name {
				n++
			}
		}
		if n > 1 {
			return &Sighting{Verdict: Sign, By: 3, Says: "the token request has " + name + " more than once"}
		}
	}
	return nil
}

func readResponseType(c *Case) *Sighting {
	if c.Auth == nil || !c.Auth.Seen() || c.Auth.Hides("response_type") || c.Token != nil {
		return nil
	}
	values := []Value{{Label: "response_type", Text: orNone(c.Auth.ResponseType)}}
	for _, word := range strings.Fields(c.Auth.ResponseType.Raw()) {
		if word != "code" && word != "token" && word != "id_token" && word != "none" {
			return &Sighting{Verdict: Settles, Says: "no specification knows this response_type; the code flow's is code", Values: values}
		}
	}
	switch {
	case c.Auth.Response.Error == "unsupported_response_type":
		return &Sighting{Verdict: Settles, Says: "the server does not support this response_type", Values: values}
	case c.Auth.ResponseType == "" && c.Auth.Response.Refused():
		return &Sighting{Verdict: Sign, By: 3, Says: "the authorization request has no response_type", Values: values}
	}
	return nil
}

func fixOther(c *Case) []string {
	if c.Token == nil {
		if c.Auth != nil && c.Auth.ResponseType != "code" {
			return []string{"send response_type=code in the authorization request"}
		}
		return []string{"read the server's own log of this request; its answer does not say what was wrong"}
	}
	fix := []string{
		"send a POST with Content-Type " + formType + " and the parameters in the body, as an HTTP library does with a form",
		"name the grant: grant_type=authorization_code with code and redirect_uri, or grant_type=refresh_token with refresh_token",
	}
	if g := c.Token.GrantType; g != "" && slices.Contains(grantTypes, g.Raw()) {
		fix[1] = "look up whether this client is registered for grant_type " + g.String()
	}
	return fix
}
