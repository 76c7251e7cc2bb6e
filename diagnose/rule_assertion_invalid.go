package diagnose

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/grantwalk/diagnose/safe"
)

// RFC 7523 §3 lists what a JWT that stands for a grant must have.
var assertionInvalid = Rule{
	ID:    AssertionInvalid,
	Title: "the assertion is not one that the server accepts",
	Cites: "RFC 7521 §4.1.1, RFC 7523 §3.1",
	Hints: []string{"docs"},
	After: []ID{Other, ClientCredentials, ClockSkew},
	Checks: []Check{
		{"assertion_read", readAssertion},
		{"assertion_audience", readAudience},
	},
	Fix: func(c *Case) []string {
		fix := []string{
			"decode the assertion and check iss, sub, aud, iat and exp against what the provider asks for; aud is the token endpoint or the issuer, character by character",
			"sign with the key that is registered for this client, and name it (kid, alg) in the header",
		}
		if claims, ok := c.assertion(); ok && c.Token.Endpoint != "" && len(claims.Audience) > 0 && !slices.Contains(claims.Audience, c.Token.Endpoint.Raw()) {
			fix[0] = "set aud to what the provider asks for, as a rule " + c.Token.Endpoint.String() + " or the issuer; it is " + shownList(claims.Audience) + " now"
		}
		return append(fix, "keep its life short (five minutes; an hour is the most that most servers take), and make a new one for each request")
	},
}

// assertion is the JWT that stands for the grant.
func (c *Case) assertion() (jwt, bool) {
	if c.Token == nil || c.Token.Assertion == "" {
		return jwt{}, false
	}
	return c.jwt(c.Token.Assertion)
}

func (c *Case) saml() bool { return strings.HasSuffix(c.Token.GrantType.Raw(), "saml2-bearer") }

func readAssertion(c *Case) *Sighting {
	if c.Token == nil || c.Grant != GrantJWT || c.saml() || c.granted() || c.Token.Hides("assertion") {
		return nil
	}
	if c.Token.Assertion == "" {
		if c.Token.Params == nil {
			return nil
		}
		return &Sighting{Verdict: Settles, Says: "the token request has no assertion"}
	}
	claims, ok := c.assertion()
	if parts := strings.Count(c.Token.Assertion.Reveal(), ".") + 1; !ok && parts < 3 && strings.HasPrefix(c.Token.Assertion.Reveal(), "eyJ") {
		return &Sighting{Verdict: Sign, By: 3, Says: fmt.Sprintf("the assertion has %d of the three parts of a signed JWT: it was cut, in the request or in this record of it", parts)}
	}
	if !ok {
		return &Sighting{Verdict: Settles, Says: "the assertion is no signed JWT: three parts, separated by points, of which header and claims are JSON in base64url"}
	}
	if missing := claims.missing(); missing != "" {
		return &Sighting{Verdict: Settles, Says: "the assertion has no " + missing + ", which RFC 7523 section 3 requires"}
	}
	if strings.EqualFold(claims.Algorithm, "none") {
		return &Sighting{Verdict: Settles, Says: "the assertion is not signed (alg none)"}
	}
	return timeOfAssertion(c, claims)
}

func timeOfAssertion(c *Case, claims jwt) *Sighting {
	expires, sent := claims.Expires.time(), c.Token.SentAt
	life := []Value{{Label: "iat", Text: day(claims.Issued.time())}, {Label: "exp", Text: day(expires)}}
	switch {
	case claims.Expires > 1e11:
		return &Sighting{Verdict: Settles, Says: "exp of the assertion is in milliseconds; it must be in seconds (RFC 7519 §2)"}
	case !sent.IsZero() && !sent.Before(expires):
		return &Sighting{Verdict: Settles, Says: "the assertion had run out by our own clock when it was sent: it was kept from before",
			Values: []Value{life[1], {Label: "token request", Text: day(sent)}}}
	case claims.Issued != 0 && expires.Sub(claims.Issued.time()) > time.Hour:
		return &Sighting{Verdict: Sign, By: 3, Says: fmt.Sprintf("the assertion is to live %s, and most servers take an hour at most", expires.Sub(claims.Issued.time()).Round(time.Second)), Values: life}
	}
	return nil
}

// missing is the first of the required claims that is not there.
func (t jwt) missing() string {
	switch {
	case t.Issuer == "":
		return "iss"
	case t.Subject == "" && !t.Scope: // Google takes a scope and no sub for the client itself
		return "sub"
	case len(t.Audience) == 0:
		return "aud"
	case t.Expires == 0:
		return "exp"
	}
	return ""
}

// readAudience: the audience names the server, by its token endpoint or its
// issuer (RFC 7523 §3).
func readAudience(c *Case) *Sighting {
	claims, ok := c.assertion()
	if !ok || c.granted() || c.Token.Endpoint == "" || len(claims.Audience) == 0 {
		return nil
	}
	for _, aud := range claims.Audience {
		if trimSlash(aud) == trimSlash(c.Token.Endpoint.Raw()) || c.Issuer != "" && trimSlash(aud) == trimSlash(c.Issuer.Raw()) || hostOf(aud) == hostOf(c.Token.Endpoint) && c.Issuer == "" {
			return nil
		}
	}
	return &Sighting{Verdict: Sign, By: 2.5, Says: "the assertion is addressed to another server than it was sent to",
		Values: compared("aud", safe.Endpoint(claims.Audience[0]), "token endpoint", c.Token.Endpoint)}
}
