package diagnose

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"example.com/grantwalk/diagnose/catalogue"
	"example.com/grantwalk/diagnose/safe"
)

// A code is known to the server that made it, and to no other tenant, realm,
// region or copy of it.
var wrongEnvironment = Rule{
	ID:    WrongEnvironment,
	Title: "right values were sent to the wrong place",
	Cites: "RFC 8414 §3.3, RFC 9207 §2.4",
	Hints: []string{"endpoints"},
	After: []ID{Other},
	Checks: []Check{
		{"issuer_compared", compareIssuer},
		{"endpoints_compared", compareEndpoints},
		{"endpoint_answers", lookAtAnswer},
		{"token_issuer_read", readTokenIssuer},
	},
	Fix: fixWrongEnvironment,
}

// compareIssuer is the check of RFC 9207 §2.4, against mix-up.
func compareIssuer(c *Case) *Sighting {
	if c.Auth == nil || c.Auth.Response.Iss == "" {
		return nil
	}
	iss := c.Auth.Response.Iss
	switch {
	case c.Issuer != "" && trimSlash(iss.Raw()) != trimSlash(c.Issuer.Raw()):
		return &Sighting{Verdict: Settles, Says: "the answer came from another issuer than the one that is configured", Values: compared("configured", c.Issuer, "iss of the answer", iss)}
	case c.Issuer == "" && c.Token != nil && hostOf(c.Token.Endpoint) != "" && hostOf(iss) != hostOf(c.Token.Endpoint):
		return &Sighting{Verdict: Sign, By: 2, Says: "the code was issued at another host than it was sent to", Values: compared("iss of the answer", iss, "token endpoint", c.Token.Endpoint)}
	}
	return nil
}

func trimSlash(s string) string { return strings.TrimSuffix(s, "/") }

func hostOf[T ~string](address T) string {
	u, err := url.Parse(string(address))
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Host)
}

// stages are the words by which hosts and paths tell one environment from
// another.
var stages = []string{"sandbox", "test", "testing", "dev", "develop", "development", "stage", "staging", "stg", "qa", "uat", "demo", "preprod", "prod", "production", "live", "local", "eu", "us", "au", "ap", "int"}

// compareEndpoints: many providers have two hosts, so two hosts alone say little;
// two tenants of one host, or an environment's name in one of them, say more.
func compareEndpoints(c *Case) *Sighting {
	if c.Auth == nil || c.Token == nil || c.Auth.Endpoint == "" || c.Token.Endpoint == "" {
		return nil
	}
	a, errA := url.Parse(c.Auth.Endpoint.Raw())
	t, errT := url.Parse(c.Token.Endpoint.Raw())
	if errA != nil || errT != nil || a.Host == "" || t.Host == "" {
		return nil
	}
	s := &Sighting{Verdict: Sign, Values: compared("authorization endpoint", c.Auth.Endpoint, "token endpoint", c.Token.Endpoint)}
	ownerA, ownerT := ownerOf(c.Auth.Endpoint), ownerOf(c.Token.Endpoint)
	switch {
	case !strings.EqualFold(a.Host, t.Host) && ownerA != "" && ownerT != "" && ownerA != ownerT:
		s.By, s.Says = 2.5, "by their addresses, the two endpoints belong to two providers"
	case !slices.Equal(stagesIn(a.Host), stagesIn(t.Host)):
		s.By, s.Says = 2.5, "the hosts of the two endpoints belong to different environments, by their names"
	case strings.EqualFold(a.Host, t.Host) && otherTenant(a.Path, t.Path):
		s.By, s.Says = 3, "the paths of the two endpoints name different tenants or realms"
	case !strings.EqualFold(a.Host, t.Host) && ownerT == "":
		s.By, s.Says = 0.7, "the two endpoints have different hosts"
	default:
		return nil
	}
	return s
}

// ownerOf is the provider whose endpoint the address is; empty: not known.
func ownerOf(address safe.Endpoint) string {
	name, _ := catalogue.Identify(address.Raw())
	return name
}

func stagesIn(host string) []string {
	words := strings.FieldsFunc(strings.ToLower(host), func(r rune) bool { return r == '.' || r == '-' || r == '_' })
	return slices.DeleteFunc(words, func(w string) bool { return !slices.Contains(stages, w) })
}

// otherTenant reports whether two paths of equal length differ before their last
// part: /realms/a/…/auth and /realms/b/…/token.
func otherTenant(a, b string) bool {
	pa, pb := strings.Split(strings.Trim(a, "/"), "/"), strings.Split(strings.Trim(b, "/"), "/")
	return len(pa) == len(pb) && !slices.Equal(pa[:len(pa)-1], pb[:len(pb)-1])
}

// lookAtAnswer sees answers that no token endpoint gives.
func lookAtAnswer(c *Case) *Sighting {
	if c.Token == nil || c.Token.Response.Granted() || c.Token.Response.Error != "" {
		return nil
	}
	values := []Value{{Label: "token endpoint", Text: orNone(c.Token.Endpoint)}, {Label: "answer", Text: "status " + strconv.Itoa(c.Token.Response.Status)}}
	switch status := c.Token.Response.Status; {
	case status >= 300 && status < 400:
		return &Sighting{Verdict: Sign, By: 3.5, Says: "the token endpoint answered with a redirect; a client that follows one sends a GET without the body", Values: values}
	case status == 404 || status == 405 || status == 410:
		return &Sighting{Verdict: Sign, By: 3.5, Says: "there is no token endpoint at this address", Values: values}
	}
	return nil
}

// readTokenIssuer: some refresh tokens are JWTs and say who made them.
func readTokenIssuer(c *Case) *Sighting {
	if c.Token == nil || c.Token.RefreshToken == "" || c.granted() {
		return nil
	}
	claims, ok := c.jwt(c.Token.RefreshToken)
	if host := hostOf(claims.Issuer); !ok || host == "" || host == hostOf(c.Token.Endpoint) || c.Token.Endpoint == "" {
		return nil
	}
	return &Sighting{Verdict: Sign, By: 3, Says: "the refresh token says that another server made it", Values: compared("its issuer", safe.Endpoint(claims.Issuer), "token endpoint", c.Token.Endpoint)}
}

func fixWrongEnvironment(c *Case) []string {
	fix := []string{
		"take both endpoints from one metadata document (issuer + /.well-known/openid-configuration, or RFC 8414's), and the client from the same tenant or realm",
		"redeem a code, and refresh a token, only where it was issued: sandbox at the sandbox, production at production",
	}
	if c.Token != nil && c.Token.Endpoint != "" && c.Auth != nil && c.Auth.Endpoint != "" {
		fix[1] = "check that " + c.Token.Endpoint.String() + " belongs to the same server, tenant and environment as " + c.Auth.Endpoint.String()
	}
	if c.Token != nil && c.Token.Response.Status >= 300 && c.Token.Response.Error == "" {
		fix[0] = "correct the token endpoint's address: scheme, host, path, slash at the end, as the metadata document has it"
	}
	return fix
}
