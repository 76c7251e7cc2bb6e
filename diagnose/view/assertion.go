package view

import (
	"fmt"
	"strings"
	"time"

	"example.com/grantwalk/diagnose/evidence"
	"example.com/grantwalk/diagnose/safe"
)

// RFC 7523 §3 lists what a JWT that stands for a grant must have.
var assertionChecks = []check{
	{"assertion_read", readAssertion, []string{"missing", "cut", "no_jwt", "claim_missing", "unsigned", "milliseconds", "run_out", "long_lived"}},
	{"assertion_audience", readAudience, []string{"another"}},
}

// assertion is the JWT that stands for the grant.
func assertion(v *View) (jwt, bool) {
	if v.Token == nil || v.Token.Assertion == "" {
		return jwt{}, false
	}
	return v.jwt(v.Token.Assertion)
}

func isSAML(r *evidence.TokenRequest) bool {
	return strings.HasSuffix(r.GrantType.Raw(), "saml2-bearer")
}

func readAssertion(v *View) *Fact {
	if v.Token == nil || v.Grant != evidence.GrantJWT || isSAML(v.Token) || v.Granted() || v.Token.Hides("assertion") {
		return nil
	}
	if v.Token.Assertion == "" {
		if v.Token.Params == nil {
			return nil
		}
		return differs("missing", "the token request has no assertion")
	}
	claims, ok := assertion(v)
	if parts := strings.Count(v.Token.Assertion.Reveal(), ".") + 1; !ok && parts < 3 && strings.HasPrefix(v.Token.Assertion.Reveal(), "eyJ") {
		return sign("cut", fmt.Sprintf("the assertion has %d of the three parts of a signed JWT: it was cut, in the request or in this record of it", parts))
	}
	if !ok {
		return differs("no_jwt", "the assertion is no signed JWT: three parts, separated by points, of which header and claims are JSON in base64url")
	}
	if missing := claims.missing(); missing != "" {
		return differs("claim_missing", "the assertion has no "+missing+", which RFC 7523 section 3 requires")
	}
	if strings.EqualFold(claims.Algorithm, "none") {
		return differs("unsigned", "the assertion is not signed (alg none)")
	}
	return timeOfAssertion(v, claims)
}

func timeOfAssertion(v *View, claims jwt) *Fact {
	expires, sent := claims.Expires.time(), v.Token.SentAt
	life := []Value{{Label: "iat", Text: day(claims.Issued.time())}, {Label: "exp", Text: day(expires)}}
	switch {
	case claims.Expires > 1e11:
		return differs("milliseconds", "exp of the assertion is in milliseconds; it must be in seconds (RFC 7519 §2)")
	case !sent.IsZero() && !sent.Before(expires):
		return differs("run_out", "the assertion had run out by our own clock when it was sent: it was kept from before",
			life[1], Value{Label: "token request", Text: day(sent)})
	case claims.Issued != 0 && expires.Sub(claims.Issued.time()) > time.Hour:
		return sign("long_lived", fmt.Sprintf("the assertion is to live %s, and most servers take an hour at most", Duration(expires.Sub(claims.Issued.time()).Round(time.Second))), life...)
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
func readAudience(v *View) *Fact {
	claims, ok := assertion(v)
	if !ok || v.Granted() || v.Token.Endpoint == "" || len(claims.Audience) == 0 {
		return nil
	}
	for _, aud := range claims.Audience {
		if trimSlash(aud) == trimSlash(v.Token.Endpoint.Raw()) || v.Issuer != "" && trimSlash(aud) == trimSlash(v.Issuer.Raw()) || hostOf(aud) == hostOf(v.Token.Endpoint) && v.Issuer == "" {
			return nil
		}
	}
	return sign("another", "the assertion is addressed to another server than it was sent to",
		compared("aud", safe.Endpoint(claims.Audience[0]), "token endpoint", v.Token.Endpoint)...)
}
