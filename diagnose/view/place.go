package view

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
var placeChecks = []check{
	{"issuer_compared", compareIssuer, []string{"differs", "of_another_host"}},
	{"endpoints_compared", compareEndpoints, []string{"two_providers", "two_environments", "two_tenants", "two_hosts"}},
	{"endpoint_answers", lookAtAnswer, []string{"redirect", "not_there"}},
	{"token_issuer_read", readTokenIssuer, []string{"another"}},
}

// compareIssuer is the check of RFC 9207 §2.4, against mix-up.
func compareIssuer(v *View) *Fact {
	if v.Auth == nil || v.Auth.Response.Iss == "" {
		return nil
	}
	iss := v.Auth.Response.Iss
	switch {
	case v.Issuer != "" && trimSlash(iss.Raw()) != trimSlash(v.Issuer.Raw()):
		return differs("differs", "the answer came from another issuer than the one that is configured", compared("configured", v.Issuer, "iss of the answer", iss)...)
	case v.Issuer == "" && v.Token != nil && hostOf(v.Token.Endpoint) != "" && hostOf(iss) != hostOf(v.Token.Endpoint):
		return sign("of_another_host", "the code was issued at another host than it was sent to", compared("iss of the answer", iss, "token endpoint", v.Token.Endpoint)...)
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
func compareEndpoints(v *View) *Fact {
	if v.Auth == nil || v.Token == nil || v.Auth.Endpoint == "" || v.Token.Endpoint == "" {
		return nil
	}
	a, errA := url.Parse(v.Auth.Endpoint.Raw())
	t, errT := url.Parse(v.Token.Endpoint.Raw())
	if errA != nil || errT != nil || a.Host == "" || t.Host == "" {
		return nil
	}
	both := compared("authorization endpoint", v.Auth.Endpoint, "token endpoint", v.Token.Endpoint)
	ownerA, ownerT := ownerOf(v.Auth.Endpoint), ownerOf(v.Token.Endpoint)
	sameHost := strings.EqualFold(a.Host, t.Host)
	switch {
	case !sameHost && ownerA != "" && ownerT != "" && ownerA != ownerT:
		return sign("two_providers", "by their addresses, the two endpoints belong to two providers", both...)
	case !slices.Equal(stagesIn(a.Host), stagesIn(t.Host)):
		return sign("two_environments", "the hosts of the two endpoints belong to different environments, by their names", both...)
	case sameHost && otherTenant(a.Path, t.Path):
		return sign("two_tenants", "the paths of the two endpoints name different tenants or realms", both...)
	case !sameHost && ownerT == "":
		return sign("two_hosts", "the two endpoints have different hosts", both...)
	}
	return nil
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
func lookAtAnswer(v *View) *Fact {
	if v.Token == nil || v.Token.Response.Granted() || v.Token.Response.Error != "" {
		return nil
	}
	values := []Value{{Label: "token endpoint", Text: orNone(v.Token.Endpoint)}, {Label: "answer", Text: "status " + strconv.Itoa(v.Token.Response.Status)}}
	switch status := v.Token.Response.Status; {
	case status >= 300 && status < 400:
		return sign("redirect", "the token endpoint answered with a redirect; a client that follows one sends a GET without the body", values...)
	case status == 404 || status == 405 || status == 410:
		return sign("not_there", "there is no token endpoint at this address", values...)
	}
	return nil
}

// readTokenIssuer: some refresh tokens are JWTs and say who made them.
func readTokenIssuer(v *View) *Fact {
	if v.Token == nil || v.Token.RefreshToken == "" || v.Granted() {
		return nil
	}
	claims, ok := v.jwt(v.Token.RefreshToken)
	if host := hostOf(claims.Issuer); !ok || host == "" || host == hostOf(v.Token.Endpoint) || v.Token.Endpoint == "" {
		return nil
	}
	return sign("another", "the refresh token says that another server made it", compared("its issuer", safe.Endpoint(claims.Issuer), "token endpoint", v.Token.Endpoint)...)
}
