package view

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"

	"example.com/grantwalk/diagnose/catalogue"
	"example.com/grantwalk/diagnose/evidence"
	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/diagnose/wire"
)

// Secrets are looked at and compared here and nowhere else. What is asked of a secret that
// was left out of a saved walk is answered by the file.

// natureOf is what a secret is like.
func natureOf(s safe.Secret) evidence.Nature {
	text := s.Reveal()
	n := evidence.Nature{
		Space: spaceIn(text), Quoted: strings.Trim(text, `"'`) != text, Nothing: evidence.IsNothing(strings.TrimSpace(text)),
		Leftover: leftoverIn(text), Verifier: verifierFault(text), Prefix: prefixOf(text), Basic: basicFault(text),
	}
	if claims, ok := readJWT(s); ok {
		n.Claims = &evidence.Claims{
			Type: claims.Type, Algorithm: claims.Algorithm, Issuer: safe.Endpoint(claims.Issuer), Subject: claims.Subject != "",
			Audience: len(claims.Audience) > 0, Scope: claims.Scope, Nonce: claims.Nonce, Expires: float64(claims.Expires),
		}
	}
	return n
}

// nature is what a secret of the evidence is like.
func (v *View) nature(s safe.Secret) evidence.Nature {
	if n, standIn := v.Compared.Nature(s); standIn {
		return n
	}
	return natureOf(s)
}

// jwt reads a token; ok is false if it is no JWT.
func (v *View) jwt(token safe.Secret) (t jwt, ok bool) {
	n, standIn := v.Compared.Nature(token)
	switch {
	case !standIn:
		return readJWT(token)
	case n.Claims == nil:
		return jwt{}, false
	}
	t = jwt{Type: n.Claims.Type, Algorithm: n.Claims.Algorithm, Issuer: n.Claims.Issuer.Raw(), Scope: n.Claims.Scope, Nonce: n.Claims.Nonce, Expires: stamp(n.Claims.Expires)}
	if n.Claims.Audience {
		t.Audience = []string{""}
	}
	return t, true
}

// relate compares a value as it arrived or was granted with the value that was sent.
func relate(had, sent safe.Secret) evidence.Relation {
	return evidence.Relation{Alteration: alteration(had, sent), Slips: nearly(had.Reveal(), sent.Reveal()), First: firstDifference(had.Reveal(), sent.Reveal())}
}

// readAsBlank reports whether two values differ only in plus signs that were read as blanks.
// A server that does not encode its plus sign may have meant either.
func readAsBlank(plus, blank safe.Secret) bool {
	return plus != blank && strings.ReplaceAll(plus.Reveal(), "+", " ") == blank.Reveal()
}

// relation compares two secrets of the evidence. known is false if one of them was left
// out, and they were not compared before, or if nobody knows whether they are the same.
func (v *View) relation(had, sent safe.Secret) (r evidence.Relation, known bool) {
	_, _, first := had.StandIn()
	_, _, second := sent.StandIn()
	if !first && !second {
		return relate(had, sent), !readAsBlank(sent, had)
	}
	return v.Compared.Relation(had, sent)
}

// relatePKCE compares a challenge with a verifier.
func relatePKCE(challenge, verifier safe.Secret) evidence.Relation {
	made := Challenge("S256", verifier)
	r := evidence.Relation{S256: made == challenge, Plain: verifier == challenge}
	sum := sha256.Sum256([]byte(verifier.Reveal()))
	switch challenge.Reveal() {
	case made.Reveal(), verifier.Reveal():
	case base64.URLEncoding.EncodeToString(sum[:]):
		r.Slip = ": the challenge has padding (=) that must be left out"
	case base64.StdEncoding.EncodeToString(sum[:]), base64.RawStdEncoding.EncodeToString(sum[:]):
		r.Slip = ": the challenge is in plain base64, not in the URL's alphabet"
	case hex.EncodeToString(sum[:]), base64.RawURLEncoding.EncodeToString([]byte(hex.EncodeToString(sum[:]))):
		r.Slip = ": the challenge was made of the hash in hexadecimal, not of its bytes"
	default:
		// A verifier that was changed by one character has quite another hash. So where the
		// two are nearly equal, the challenge was changed.
		near := relate(challenge, made)
		r.Alteration, r.Slips = near.Alteration, near.Slips
	}
	return r
}

// pkce compares a challenge with a verifier of the evidence, see relation.
func (v *View) pkce(challenge, verifier safe.Secret) (r evidence.Relation, known bool) {
	_, _, first := challenge.StandIn()
	_, _, second := verifier.StandIn()
	switch {
	case challenge == "" || verifier == "":
		return evidence.Relation{}, true
	case !first && !second:
		return relatePKCE(challenge, verifier), true
	}
	return v.Compared.Relation(challenge, verifier)
}

// madeOf is the challenge that the verifier should have, for showing.
func madeOf(method string, verifier safe.Secret) safe.Secret {
	if _, _, standIn := verifier.StandIn(); standIn && method == "S256" {
		return safe.StandIn(0, base64.RawURLEncoding.EncodedLen(sha256.Size))
	}
	return Challenge(method, verifier)
}

// matches reports whether a challenge is the verifier's by the method.
func matches(r evidence.Relation, method string) bool {
	if method == "S256" {
		return r.S256
	}
	return r.Plain
}

// mostCompared bounds the pairs that are compared for a file.
const mostCompared = 2000

// Compare is what a file needs in place of the secrets of the evidence. numbers are those
// of the stand-ins; a secret without a number is not in the file.
func Compare(e evidence.Evidence, numbers map[safe.Secret]int) evidence.Comparisons {
	c := evidence.Comparisons{Of: map[int]evidence.Nature{}, Pairs: map[string]evidence.Relation{}}
	verifiers, credentials, codes := sentSecrets(e)
	for s, n := range numbers {
		nature := natureOf(s)
		if !verifiers[s] {
			nature.Verifier = ""
		}
		if !credentials[s] {
			nature.Basic = ""
		}
		if !codes[s] {
			nature.Leftover = ""
		}
		if nature != (evidence.Nature{}) {
			c.Of[n] = nature
		}
	}
	pair := func(a, b safe.Secret, compare func(a, b safe.Secret) evidence.Relation) {
		if a == "" || b == "" || numbers[a] == 0 || numbers[b] == 0 || len(c.Pairs) >= mostCompared {
			return
		}
		if key, ok := evidence.PairOf(safe.StandIn(numbers[a], 0), safe.StandIn(numbers[b], 0)); ok {
			c.Pairs[key] = compare(a, b)
		}
	}
	for i := range e.TokenRequests {
		r := &e.TokenRequests[i]
		for _, a := range e.Authorizations {
			if !readAsBlank(r.Code, a.Response.Code) {
				pair(a.Response.Code, r.Code, relate)
			}
			pair(a.Challenge, r.Verifier, relatePKCE)
		}
		for _, earlier := range e.TokenRequests[:i] {
			pair(earlier.Response.RefreshToken, r.RefreshToken, relate)
		}
	}
	return c
}

// sentSecrets are the secrets that the token requests sent as verifiers, as the content of an
// Authorization header, and as codes.
func sentSecrets(e evidence.Evidence) (verifiers, credentials, codes map[safe.Secret]bool) {
	verifiers, credentials, codes = map[safe.Secret]bool{}, map[safe.Secret]bool{}, map[safe.Secret]bool{}
	for _, r := range e.TokenRequests {
		verifiers[r.Verifier], credentials[r.Basic], codes[r.Code] = true, true, true
	}
	return verifiers, credentials, codes
}

// basicFault names what is odd about the content of an Authorization header: id and secret
// are form-encoded before they are joined (RFC 6749 §2.3.1).
func basicFault(text string) string {
	id, secret, colon := strings.Cut(text, ":")
	switch {
	case !colon:
		return noColon
	case strings.ContainsAny(id+secret, "+ ") || brokenEscape(id+secret):
		return ambiguous
	case wire.Unescape(secret) != secret || wire.Unescape(id) != id:
		return formEncoded
	}
	return ""
}

// The faults of an Authorization header's content.
const (
	noColon     = "does not hold an id and a secret with a colon between them"
	ambiguous   = "holds characters that mean something else once it is form-decoded (+, %, blank)"
	formEncoded = "holds a form-encoded id or secret"
)

// prefixOf is what a value is by how it begins: "an access token of Google". It is empty
// if nobody is known to make such values.
func prefixOf(value string) string {
	if strings.HasPrefix(value, "Bearer ") {
		return "an Authorization header"
	}
	is, whose := catalogue.KindOfValue(value)
	switch {
	case is == "":
		return ""
	case strings.ContainsRune("aeiou", rune(is[0])) && !strings.HasPrefix(is, "user"):
		return "an " + is + " of " + whose
	}
	return "a " + is + " of " + whose
}

// verifierFault names what RFC 7636 §4.1 does not allow in a verifier.
func verifierFault(s string) string {
	odd := strings.IndexFunc(s, func(r rune) bool { return !isUnreserved(r) })
	switch {
	case s == "":
		return ""
	case len(s) < 43 || len(s) > 128:
		return fmt.Sprintf("has %s; RFC 7636 wants 43 to 128", count(len(s), "character"))
	case odd >= 0:
		return "has characters that RFC 7636 does not allow: only letters, digits, -, ., _ and ~ are"
	}
	return ""
}

func isUnreserved(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("-._~", r)
}

func brokenEscape(s string) bool { return strings.Contains(s, "%") && wire.Unescape(s) == s }
