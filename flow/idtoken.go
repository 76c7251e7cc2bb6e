package flow

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	josejson "github.com/go-jose/go-jose/v4/json"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/diagnose/wire"
	"example.com/grantwalk/flow/record"
)

// IDToken is the verdict on the ID token that was received last.
type IDToken struct {
	Verified bool   `json:"verified"`
	Why      string `json:"why"` // why the ID token is not verified, cleaned; empty if it is
	Subject  string `json:"-"`   // cleaned; empty if the ID token is not verified

	claims idClaims // as received; zero if the ID token is not verified
}

// idClaims are the verified claims that later responses are compared with.
type idClaims struct {
	subject  string
	authTime time.Time // zero: not in the ID token
	nonce    bool      // the ID token has the nonce that was sent
}

// note says what was checked.
func (c idClaims) note(step Step) string {
	switch {
	case c.nonce:
		return "verified: signature, issuer, audience, time and nonce are right"
	case step == StepRefresh: // OpenID Connect Core §12.2
		return "verified: signature, issuer, audience and time are right, and the user is the same as at the login"
	}
	return "verified: signature, issuer, audience and time are right"
}

// tenantTemplate is part of the issuer in Entra's shared metadata. In the ID
// token's issuer, the tenant's ID from the claim tid takes its place.
const tenantTemplate = "{tenantid}"

// clockLeeway is how far the server's clock and this one may differ. go-oidc and
// Microsoft's libraries allow the same five minutes.
const clockLeeway = 5 * time.Minute

// verify checks the ID token and records the verdict.
func (w *Walk) verify(ctx context.Context, step Step) {
	verdict := &IDToken{}
	claims, err := w.checkIDToken(ctx, step)
	note := ""
	switch {
	case ctx.Err() != nil:
		verdict.Why = "the walk was interrupted before the ID token was checked"
	case err != nil:
		verdict.Why = w.Transcript.Sentence(err.Error(), 400)
	default:
		verdict.Verified, verdict.claims = true, *claims
		verdict.Subject = safe.Quote(claims.subject, 200)
		note = claims.note(step)
	}
	if !verdict.Verified {
		note = "not verified: " + verdict.Why
	}
	w.IDToken = verdict
	if step != StepRefresh {
		w.login = verdict
	}
	token, now := w.Tokens.ID, w.Now()
	known := expected{issuer: w.Metadata.Issuer, clientID: w.Config.ClientID, nonce: w.Request.Nonce}
	w.Transcript.Event(record.Message{
		Step: step, From: record.App, To: record.App, Name: record.IDToken, Label: "verify ID token",
		Seen: true, At: now, Note: note,
	}, func() []record.Param { return known.claims(token, now) })
}

// checkIDToken gathers what the ID token is checked against, and checks it.
func (w *Walk) checkIDToken(ctx context.Context, step Step) (*idClaims, error) {
	token, err := parseIDToken(w.Tokens.ID.Reveal())
	if err != nil {
		return nil, err
	}
	var login *idClaims
	if step == StepRefresh {
		if login = new(idClaims); w.login != nil {
			login = &w.login.claims
		}
	}
	switch {
	case w.Metadata.Issuer == "":
		return nil, errors.New("without discovery the server's issuer and keys are unknown: name the server by its issuer")
	case !token.alg.symmetric() && w.Metadata.JWKSURI == "":
		return nil, errors.New("the server's metadata has no jwks_uri, so its keys are unknown (OpenID Connect Discovery §3)")
	case !token.alg.symmetric() && w.keySet == nil:
		if w.keySet, err = fetchKeySet(ctx, w.sender.Record(step, exchange.KeySet), w.Metadata.JWKSURI); err != nil {
			return nil, err
		}
	}
	rules := idTokenRules{
		issuer: w.Metadata.Issuer, clientID: w.Config.ClientID, secret: w.Config.ClientSecret,
		algs: w.Metadata.SigningAlgs, keySet: w.keySet,
		nonce: w.Request.Nonce, requested: w.Request.At, access: w.Tokens.Access,
		login: login, received: w.Tokens.At, now: w.Now(),
	}
	if w.Callback != nil {
		rules.responseIss = w.Callback.Iss
	}
	if err := rules.readRequested(requestedParams(w.Metadata, w.Config)); err != nil {
		return nil, err
	}
	claims, err := rules.check(ctx, token)
	switch {
	case err != nil || step != StepRefresh:
		return claims, err
	case w.login == nil:
		return nil, errors.New("the login gave no ID token to compare it with (OpenID Connect Core §12.2)")
	case !w.login.Verified:
		return nil, errors.New("the ID token of the login, with which it has to be compared (OpenID Connect Core §12.2), is not verified: " + w.login.Why)
	}
	return claims, nil
}

// fetchKeySet fetches the server's keys once per walk. The walk's recorder bounds
// the size of the response; go-oidc's own key set would fetch the keys outside of
// the transcript, and continue after an interruption.
func fetchKeySet(ctx context.Context, r *record.Recorder, address string) ([]byte, error) {
	a, err := r.Get(ctx, address, "")
	switch {
	case err != nil:
		return nil, err
	case a.Status != http.StatusOK:
		return nil, fmt.Errorf("the server responded with %d to the key set request", a.Status)
	case a.Problem != "":
		return nil, fmt.Errorf("the response to the key set request is not a key set: %s", a.Problem)
	}
	return a.Body, nil
}

// An idToken is an ID token whose form is right. Nothing in it is verified yet.
type idToken struct {
	compact string
	header  joseHeader
	alg     signatureAlg
	claims  claimsSet
}

// A claimsSet has the claims by their exact names: RFC 7519 §4 compares names byte
// by byte, so NONCE is not nonce. encoding/json would mix them up.
type claimsSet map[string]josejson.RawMessage

// joseHeader has the members of the header that matter here. Keys or URLs of keys
// in the header (jwk, jku, x5c, x5u) are ignored: a forger puts
// their own key there (RFC 8725 §3.10).
type joseHeader struct {
	Alg  string              `json:"alg"`
	Kid  string              `json:"kid"`
	Typ  string              `json:"typ"`
	Crit josejson.RawMessage `json:"crit"`
	B64  *bool               `json:"b64"`
}

// parseIDToken reads a signed JWT in compact form (RFC 7519 §7.2), strictly.
func parseIDToken(compact string) (*idToken, error) {
	parts := strings.Split(compact, ".")
	switch len(parts) {
	case 3:
	case 5:
		return nil, errors.New("it is encrypted (RFC 7516), and this walk has no key to decrypt it")
	default:
		return nil, errors.New("it is not a JWT: a signed JWT has three parts with dots between them (RFC 7519 §3.1)")
	}
	var decoded [3][]byte
	for i, part := range parts {
		if !isBase64URL(part) {
			return nil, fmt.Errorf("it is not a JWT: its %s is not base64url (RFC 7515 §2)", [...]string{"header", "payload", "signature"}[i])
		}
		decoded[i], _ = base64.RawURLEncoding.DecodeString(part)
	}
	t := &idToken{compact: compact}
	if err := readUnique(decoded[0], &t.header, "RFC 7515 §4"); err != nil {
		return nil, fmt.Errorf("its header cannot be read: %w", err)
	}
	if err := readUnique(decoded[1], &t.claims, "RFC 7519 §4"); err != nil {
		return nil, fmt.Errorf("its claims cannot be read: %w", err)
	}
	return t, t.header.check(&t.alg)
}

// isBase64URL reports whether the texts are base64url without padding (RFC 7515 §2).
// Go's decoder alone would skip line breaks, and ignore the bits after the last byte.
func isBase64URL(texts ...string) bool {
	return !slices.ContainsFunc(texts, func(s string) bool {
		_, err := base64.RawURLEncoding.Strict().DecodeString(s)
		return err != nil || strings.ContainsAny(s, "\r\n")
	})
}

// readUnique decodes a JSON object. It matches names exactly and rejects duplicate
// names, of which parsers take the first or the last; cite is the section that
// wants them unique. Only the object itself is checked, because no rule reads
// anything deeper.
func readUnique(object []byte, into any, cite string) error {
	if !utf8.Valid(object) {
		return errors.New("it is not UTF-8 (RFC 8259 §8.1)")
	}
	if !bytes.HasPrefix(bytes.TrimLeft(object, " \t\r\n"), []byte("{")) {
		return errors.New("it is not a JSON object")
	}
	err := josejson.Unmarshal(object, into)
	if err == nil {
		return nil
	}
	problem := strings.TrimPrefix(err.Error(), "json: ")
	if name, ok := strings.CutPrefix(problem, "duplicate key '"); ok {
		return fmt.Errorf("%q appears more than once (%s)", safe.Quote(strings.TrimSuffix(name, "' in object"), 80), cite)
	}
	return errors.New(problem)
}

// check finds the algorithm, and what would change how the token is to be read.
func (h joseHeader) check(alg *signatureAlg) error {
	var known bool
	switch *alg, known = signatureAlgs[h.Alg]; {
	case strings.EqualFold(h.Alg, "none"), h.Alg == "":
		return fmt.Errorf("it is not signed: its header has alg %q (RFC 8725 §3.2)", h.Alg)
	case !known:
		return fmt.Errorf("its header has alg %q, an algorithm that is unknown here", safe.Quote(h.Alg, 40))
	case h.Crit != nil:
		return fmt.Errorf("its header has crit %s, and none of these extensions is known here (RFC 7515 §4.1.11)", safe.Quote(string(h.Crit), 80))
	case h.B64 != nil && !*h.B64:
		return errors.New("its header has b64 false, which a JWT must not have (RFC 7797 §7)")
	case strings.HasSuffix(strings.ToLower(h.Typ), "+jwt"):
		return fmt.Errorf("its header has typ %q: it is a token of another type (RFC 8725 §3.11)", safe.Quote(h.Typ, 40))
	}
	return nil
}

// has reports whether the token has the claim. One with null counts as missing.
func (c claimsSet) has(name string) bool { return c[name] != nil && string(c[name]) != "null" }

// text is a claim that has to be a string; empty if the token does not have it.
func (c claimsSet) text(name string) (string, error) {
	raw := c[name]
	if !c.has(name) {
		return "", nil
	}
	var text string
	if josejson.Unmarshal(raw, &text) != nil {
		return "", fmt.Errorf("its %s is %s, not a string", name, safe.Quote(string(raw), 80))
	}
	if strings.ContainsRune(text, utf8.RuneError) { // the decoder's replacement, or indistinguishable from it
		return "", fmt.Errorf("its %s has a character that is not Unicode, so it cannot be compared (RFC 8259 §8.2)", name)
	}
	return text, nil
}

// time is a claim that has to be a NumericDate (RFC 7519 §2); zero if the token
// does not have it. Fractions count, strings and dates after the year 9999 do not.
func (c claimsSet) time(name string) (time.Time, error) {
	raw := c[name]
	if !c.has(name) {
		return time.Time{}, nil
	}
	seconds, err := strconv.ParseFloat(string(raw), 64) // the raw text of a string begins with a quote
	if err != nil || seconds < 0 || seconds >= 253402300800 {
		return time.Time{}, fmt.Errorf("its %s is %s, not a time in seconds since 1970 (RFC 7519 §2)", name, safe.Quote(string(raw), 80))
	}
	whole := int64(seconds)
	return time.Unix(whole, int64((seconds-float64(whole))*1e9)), nil
}

// audience reads the claim aud: one string, or an array of strings (RFC 7519 §4.1.3).
func audience(raw []byte) ([]string, error) {
	var one string
	if josejson.Unmarshal(raw, &one) == nil && len(raw) > 0 && raw[0] == '"' {
		return []string{one}, nil
	}
	var several []string
	if josejson.Unmarshal(raw, &several) != nil {
		return nil, fmt.Errorf("its aud is %s, neither a string nor an array of strings (RFC 7519 §4.1.3)", safe.Quote(string(raw), 80))
	}
	return several, nil
}

// expected are the values that the claims of an ID token should have.
type expected struct{ issuer, clientID, nonce string }

// claims are the header and the claims of the ID token, compared with what is expected.
func (e expected) claims(token safe.Secret, now time.Time) []record.Param {
	params := decoded(token)
	for i, p := range params {
		if p.In == "claim" {
			params[i] = e.mark(p, now)
		}
	}
	record.MarkRepeated(params)
	return params
}

// decoded are header and claims of a JWT; anything else has none.
func decoded(jwt safe.Secret) []record.Param {
	header, claims, _ := wire.JWT(jwt.Reveal())
	asJSON := wire.Head{ContentType: "application/json"}
	return append(record.ParamsOf("header", wire.Read(asJSON, header).Params), record.ParamsOf("claim", wire.Read(asJSON, claims).Params)...)
}

// mark compares a claim with what is expected.
func (e expected) mark(p record.Param, now time.Time) record.Param {
	judge := func(good bool, yes, no string) {
		p.Mark, p.Note = record.Good, yes
		if !good {
			p.Mark, p.Note = record.Bad, no
		}
	}
	switch p.Name {
	case "iss":
		if e.issuer != "" && !strings.Contains(e.issuer, tenantTemplate) {
			judge(sameIssuer(p.Value, e.issuer), "the issuer we asked", "not the issuer we asked")
		}
	case "aud":
		all := []string{p.Value}
		if strings.HasPrefix(p.Value, "[") {
			all, _ = audience([]byte(p.Value))
		}
		others := slices.DeleteFunc(slices.Clone(all), func(a string) bool { return a == e.clientID })
		judge(len(all) > len(others), "us", "another client")
		if p.Mark == record.Good && len(others) > 0 {
			judge(false, "", "us, and others that we have no reason to trust")
		}
	case "azp":
		judge(p.Value == e.clientID, "us", "another client")
	case "nonce":
		judge(p.Secret.Reveal() == e.nonce, "ours", "not the one that was sent")
	case "exp", "iat", "auth_time", "nbf":
		var seconds float64
		if json.Unmarshal([]byte(p.Value), &seconds) != nil {
			return p
		}
		d := time.Unix(int64(seconds), 0).Sub(now).Round(time.Second)
		switch {
		case p.Name == "exp":
			judge(d > 0, "in "+diagnose.Duration(d), "over since "+diagnose.Duration(-d))
		case d > clockLeeway:
			judge(false, "", "in the future by "+diagnose.Duration(d)+": one of the two clocks is off")
		default:
			p.Note = diagnose.Duration(max(-d, 0)) + " ago"
		}
	}
	return p
}
