package flow

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/catalogue"
	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/flow/record"
)

// idTokenRules are what an ID token is checked against: what the client sent, and
// what the server published. The numbers below are those of the rules in OpenID
// Connect Core §3.1.3.7. Rule 1, decryption, is in parseIDToken.
type idTokenRules struct {
	issuer   string
	clientID string
	secret   safe.Secret    // the key of HS256, HS384 and HS512
	algs     []safe.Foreign // id_token_signing_alg_values_supported
	keySet   []byte         // a JWK set (RFC 7517 §5), as received

	nonce     string    // empty: none was sent
	requested time.Time // when the authorization request was built; zero: unknown
	acr       []string  // the values of acr that were asked for; nil: any
	authTime  bool      // auth_time was asked for
	maxAge    *time.Duration
	subject   string // the user who was asked for; empty: anyone

	login       *idClaims // of the login's ID token, if this one is of a refresh (§12.2); else nil
	responseIss string    // iss of the authorization response (RFC 9207); empty: it has none

	access        safe.Secret // the access token that came with the ID token
	received, now time.Time
}

// check applies the rules: first the signature, then the claims. An error is the
// verdict "not verified", and says which rule is broken by which value.
func (r idTokenRules) check(ctx context.Context, t *idToken) (*idClaims, error) {
	key, err := r.verifySignature(ctx, t)
	if err != nil {
		return nil, err
	}
	if err := r.checkIssuer(t, key); err != nil {
		return nil, err
	}
	for _, rule := range []func(claimsSet) error{r.checkAudience, r.checkTimes, r.checkNonce} {
		if err := rule(t.claims); err != nil {
			return nil, err
		}
	}
	claims := &idClaims{nonce: r.nonce != "" && t.claims.has("nonce")}
	if claims.subject, err = r.checkSubject(t.claims); err != nil {
		return nil, err
	}
	if claims.authTime, err = r.checkLogin(t.claims); err != nil {
		return nil, err
	}
	return claims, r.checkAccessToken(t)
}

// sameIssuer compares exactly, except where a provider documents another spelling for its
// ID tokens.
func sameIssuer(got, want string) bool {
	if got == want {
		return true
	}
	name, _ := catalogue.Identify(want)
	p, ok := catalogue.Find(name)
	return ok && p.Endpoints.Issuer == want && p.Endpoints.IDTokenIssuer != "" && p.Endpoints.IDTokenIssuer == got
}

// isTenant reports whether an issuer may be that of a tenant of the template. Which
// tenant it has to be is for the ID token to say.
func isTenant(issuer, template string) bool {
	before, after, found := strings.Cut(template, tenantTemplate)
	tenant, ok := strings.CutPrefix(issuer, before)
	tenant, ends := strings.CutSuffix(tenant, after)
	return found && ok && ends && tenant != "" && !strings.ContainsAny(tenant, "/?#")
}

// checkIssuer is rule 2. An issuer with a tenant template is filled in with the
// ID token's tenant, and so is the issuer that Entra names for each of its shared keys.
func (r idTokenRules) checkIssuer(t *idToken, key *jwk) error {
	iss, err := t.claims.text("iss")
	if err != nil {
		return err
	}
	want := r.issuer
	if strings.Contains(want, tenantTemplate) {
		tid, err := t.claims.text("tid")
		if err != nil {
			return err
		}
		if tid == "" || strings.ContainsAny(tid, "/{}") {
			return fmt.Errorf("its tid is %q, not a tenant's ID for the issuer %s", safe.Quote(tid, 80), want)
		}
		want = strings.ReplaceAll(want, tenantTemplate, tid)
		if r.responseIss != "" && iss != r.responseIss {
			return fmt.Errorf("its iss is %q, and the authorization response named the issuer %q%s (RFC 9207 §2.4)", safe.Endpoint(iss), safe.Endpoint(r.responseIss), hiddenDifference(iss, r.responseIss))
		}
		if key != nil && key.Issuer != "" && strings.ReplaceAll(key.Issuer, tenantTemplate, tid) != iss {
			return fmt.Errorf("its iss is %q, and the key that signed it is for the issuer %q only", safe.Endpoint(iss), safe.Endpoint(key.Issuer))
		}
	}
	if iss == "" {
		return errors.New("it has no iss (OpenID Connect Core §2)")
	}
	if !sameIssuer(iss, want) {
		return fmt.Errorf("its iss is %q, not the issuer %q%s (OpenID Connect Core §3.1.3.7, rule 2)", safe.Endpoint(iss), safe.Endpoint(want), hiddenDifference(iss, want))
	}
	return nil
}

// checkAudience is rule 3, and rules 4 and 5 as far as they apply: no extension is
// in use here, so azp can only name this client. This client trusts no audience
// but itself.
func (r idTokenRules) checkAudience(c claimsSet) error {
	raw := c["aud"]
	if !c.has("aud") {
		return errors.New("it has no aud (OpenID Connect Core §2)")
	}
	all, err := audience(raw)
	if err != nil {
		return err
	}
	if !slices.Contains(all, r.clientID) {
		return fmt.Errorf("its aud is %s, and not this client %q (OpenID Connect Core §3.1.3.7, rule 3)", safe.Quote(string(raw), 100), safe.Identifier(r.clientID))
	}
	for _, other := range all {
		if other != r.clientID {
			return fmt.Errorf("its aud names %q too, an audience that this client has no reason to trust (OpenID Connect Core §3.1.3.7, rule 3)", safe.Quote(other, 100))
		}
	}
	azp, err := c.text("azp")
	if err != nil {
		return err
	}
	if c.has("azp") && azp != r.clientID {
		return fmt.Errorf("its azp is %q: it was issued to another client (OpenID Connect Core §3.1.3.7, rule 5)", safe.Quote(azp, 100))
	}
	return nil
}

// checkTimes is rules 9 and 10, and nbf (RFC 7519 §4.1.5).
func (r idTokenRules) checkTimes(c claimsSet) error {
	exp, expErr := c.time("exp")
	iat, iatErr := c.time("iat")
	nbf, nbfErr := c.time("nbf")
	if err := cmp.Or(expErr, iatErr, nbfErr); err != nil {
		return err
	}
	const clocks = "one of the two clocks is off"
	apart := func(a, b time.Time) string { return diagnose.Duration(a.Sub(b).Round(time.Second)) }
	switch {
	case exp.IsZero():
		return errors.New("it has no exp (OpenID Connect Core §2)")
	case iat.IsZero():
		return errors.New("it has no iat (OpenID Connect Core §2)")
	case !r.now.Before(exp):
		return fmt.Errorf("it expired at %s, %s ago (OpenID Connect Core §3.1.3.7, rule 9)", exp.UTC().Format(time.RFC3339), apart(r.now, exp))
	case iat.After(r.now.Add(clockLeeway)):
		return fmt.Errorf("its iat is %s in the future: %s (OpenID Connect Core §3.1.3.7, rule 10)", apart(iat, r.now), clocks)
	case iat.Before(r.requested.Add(-clockLeeway)):
		// Its nonce was made for this walk, so it cannot be older than the walk.
		return fmt.Errorf("its iat is %s before this walk asked for it: %s (OpenID Connect Core §3.1.3.7, rule 10)", apart(r.requested, iat), clocks)
	case nbf.After(r.now.Add(clockLeeway)):
		return fmt.Errorf("its nbf is %s in the future: %s (RFC 7519 §4.1.5)", apart(nbf, r.now), clocks)
	}
	return nil
}

// checkNonce is rule 11. A refreshed ID token needs no nonce (§12.2), and a nonce
// that was never sent belongs to another login.
func (r idTokenRules) checkNonce(c claimsSet) error {
	nonce, err := c.text("nonce")
	switch {
	case err != nil:
		return err
	case nonce == r.nonce, nonce == "" && r.login != nil:
		return nil
	case nonce == "":
		return errors.New("it has no nonce, and one was sent (OpenID Connect Core §3.1.3.7, rule 11)")
	case r.nonce == "":
		return errors.New("it has a nonce, and none was sent (OpenID Connect Core §3.1.3.7, rule 11)")
	}
	return errors.New("its nonce is not the one that was sent (OpenID Connect Core §3.1.3.7, rule 11)")
}

// checkSubject is sub in §2, and the comparison with the login in §12.2.
func (r idTokenRules) checkSubject(c claimsSet) (sub string, err error) {
	if sub, err = c.text("sub"); err != nil {
		return "", err
	}
	switch {
	case sub == "":
		return "", errors.New("it has no sub: it names no user (OpenID Connect Core §2)")
	case len(sub) > 255:
		return "", fmt.Errorf("its sub has %d characters, and 255 are allowed (OpenID Connect Core §2)", len(sub))
	case r.subject != "" && sub != r.subject:
		return "", fmt.Errorf("its sub is %q, not the user %q who was asked for (OpenID Connect Core §5.5.1)", safe.Quote(sub, 80), safe.Quote(r.subject, 80))
	case r.login != nil && r.login.subject != "" && sub != r.login.subject:
		return "", fmt.Errorf("its sub is %q, not %q as at the login (OpenID Connect Core §12.2)", safe.Quote(sub, 80), safe.Quote(r.login.subject, 80))
	}
	return sub, nil
}

// checkLogin is rules 12 and 13: how and when the user logged in.
func (r idTokenRules) checkLogin(c claimsSet) (at time.Time, err error) {
	acr, err := c.text("acr")
	if err != nil {
		return at, err
	}
	if at, err = c.time("auth_time"); err != nil {
		return at, err
	}
	issued, err := c.time("iat")
	if err != nil {
		return at, err
	}
	switch {
	case r.acr != nil && r.login == nil && !slices.Contains(r.acr, acr):
		return at, fmt.Errorf("its acr is %q, and %q was asked for (OpenID Connect Core §3.1.3.7, rule 12)", safe.Quote(acr, 80), safe.Quote(strings.Join(r.acr, " "), 80))
	case r.authTime && r.login == nil && at.IsZero():
		return at, errors.New("it has no auth_time, and that was asked for (OpenID Connect Core §2)")
	case at.After(r.now.Add(clockLeeway)):
		return at, fmt.Errorf("its auth_time is %s in the future: one of the two clocks is off", diagnose.Duration(at.Sub(r.now).Round(time.Second)))
	case r.login != nil && !at.IsZero() && !r.login.authTime.IsZero() && !at.Equal(r.login.authTime):
		return at, errors.New("its auth_time is not that of the login (OpenID Connect Core §12.2)")
	case r.maxAge != nil && r.login == nil && issued.Sub(at) > *r.maxAge+r.received.Sub(r.requested)+time.Second:
		// The server's clock alone: the login was at most max_age old when the request
		// came. A second is what whole seconds can be off.
		return at, fmt.Errorf("its auth_time is %s before its iat, and max_age allows %s (OpenID Connect Core §3.1.3.7, rule 13)", diagnose.Duration(issued.Sub(at).Round(time.Second)), diagnose.Duration(*r.maxAge))
	}
	return at, nil
}

// checkAccessToken compares at_hash, if there is one, with the access token
// (§3.1.3.8).
func (r idTokenRules) checkAccessToken(t *idToken) error {
	want, err := t.claims.text("at_hash")
	if err != nil || !t.claims.has("at_hash") {
		return err
	}
	h := t.alg.hash()
	h.Write([]byte(r.access.Reveal()))
	if sum := h.Sum(nil); base64.RawURLEncoding.EncodeToString(sum[:len(sum)/2]) != want {
		return errors.New("its at_hash is not that of the access token that came with it (OpenID Connect Core §3.1.3.8)")
	}
	return nil
}

// requestedParams are the parameters of the authorization request that the user gave,
// in the endpoint's own query or apart from it.
func requestedParams(m Metadata, c Config) []Pair {
	var params []Pair
	for _, endpoint := range []string{m.AuthorizationEndpoint, m.PAREndpoint} {
		if _, query, found := strings.Cut(endpoint, "?"); found {
			for _, p := range record.SentParams("query", query) {
				params = append(params, Pair{p.Name, p.Value + p.Secret.Reveal()})
			}
		}
	}
	return append(params, c.Params...)
}

// readRequested reads what the authorization request asks of the login: acr_values
// and max_age (§3.1.2.1), and the same in the parameter claims (§5.5.1). An acr in
// claims is the narrower of the two (§5.5.1.1), whatever comes first.
func (r *idTokenRules) readRequested(params []Pair) error {
	var acrOfClaims []string
	for _, p := range params {
		switch p.Name {
		case "acr_values":
			r.acr = strings.Fields(p.Value)
		case "max_age":
			seconds, err := strconv.ParseUint(p.Value, 10, 31)
			if err != nil {
				return fmt.Errorf("its age cannot be checked, because max_age %q is not a number of seconds", safe.Quote(p.Value, 40))
			}
			age := time.Duration(seconds) * time.Second
			r.maxAge, r.authTime = &age, true
		case "claims":
			asked, err := readClaimsParameter(p.Value)
			if err != nil {
				return err
			}
			acrOfClaims = asked.ACR.all()
			r.authTime = r.authTime || asked.AuthTime.Essential
			r.subject = asked.Subject.Value
		}
	}
	if acrOfClaims != nil {
		r.acr = acrOfClaims
	}
	return nil
}

// requestedClaims is the part on the ID token of the parameter claims (§5.5).
type requestedClaims struct {
	ACR      requestedClaim `json:"acr"`
	AuthTime requestedClaim `json:"auth_time"`
	Subject  requestedClaim `json:"sub"`
}

func readClaimsParameter(value string) (requestedClaims, error) {
	var claims struct {
		IDToken requestedClaims `json:"id_token"`
	}
	if err := json.Unmarshal([]byte(value), &claims); err != nil {
		return requestedClaims{}, errors.New("its claims cannot be checked, because the parameter claims is not the JSON of OpenID Connect Core §5.5")
	}
	return claims.IDToken, nil
}

// requestedClaim is a member of the parameter claims (§5.5.1).
type requestedClaim struct {
	Essential bool     `json:"essential"`
	Value     string   `json:"value"`
	Values    []string `json:"values"`
}

// all are the values that are asked for; nil: any.
func (c requestedClaim) all() []string {
	if c.Value == "" {
		return c.Values
	}
	return append(c.Values, c.Value)
}

// hiddenDifference says where two issuers differ that are shown alike: tenants are
// hidden in a path.
func hiddenDifference(a, b string) string {
	if where := safe.Difference(safe.Endpoint(a), safe.Endpoint(b)); where != "" {
		return ", which differs " + where
	}
	return ""
}
