package flow

import (
	"context"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"errors"
	"fmt"
	"hash"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"
	josejson "github.com/go-jose/go-jose/v4/json"

	"example.com/grantwalk/diagnose/safe"
)

// Bounds on the keys of a key set. A signature check cannot be interrupted, so
// there are few of them, and each is quick: ten with P-521, the slowest, take
// 40 ms. A key set that is being rotated (OpenID Connect Core §10.1.1) has two or
// three keys.
const (
	maxTried   = 10
	minRSABits = 2048 // RFC 7518 §3.3
	maxRSABits = 4096 // go-jose reads no larger key
)

// A signatureAlg is what belongs to a signature algorithm (RFC 7518 §3.1, RFC 8037 §3.1).
type signatureAlg struct {
	kty, crv string
	hash     func() hash.Hash // of at_hash too
}

// symmetric reports whether the client secret is the key.
func (a signatureAlg) symmetric() bool { return a.kty == "oct" }

// signatureAlgs are the algorithms that are known here (RFC 8725 §3.1). Which of
// them an ID token may have is for the server's metadata to say.
var signatureAlgs = map[string]signatureAlg{
	"RS256": {"RSA", "", sha256.New}, "RS384": {"RSA", "", sha512.New384}, "RS512": {"RSA", "", sha512.New},
	"PS256": {"RSA", "", sha256.New}, "PS384": {"RSA", "", sha512.New384}, "PS512": {"RSA", "", sha512.New},
	"ES256": {"EC", "P-256", sha256.New}, "ES384": {"EC", "P-384", sha512.New384}, "ES512": {"EC", "P-521", sha512.New},
	"EdDSA": {"OKP", "Ed25519", sha512.New},
	"HS256": {"oct", "", sha256.New}, "HS384": {"oct", "", sha512.New384}, "HS512": {"oct", "", sha512.New},
}

// verifySignature is rules 6, 7 and 8. It returns the key that verified the
// signature; nil if that is the client secret.
func (r idTokenRules) verifySignature(ctx context.Context, t *idToken) (*jwk, error) {
	algs := r.algs
	if len(algs) == 0 {
		algs = []safe.Foreign{"RS256"} // rule 7: the default
	}
	if !slices.Contains(algs, safe.Foreign(t.header.Alg)) {
		return nil, fmt.Errorf("it is signed with %s, and the server's metadata allows %s only (OpenID Connect Core §3.1.3.7, rule 7)", t.header.Alg, strings.Trim(fmt.Sprint(algs), "[]"))
	}
	jws, err := jose.ParseSignedCompact(t.compact, []jose.SignatureAlgorithm{jose.SignatureAlgorithm(t.header.Alg)})
	if err != nil {
		return nil, fmt.Errorf("it cannot be read as a signed JWT: %s", strings.TrimPrefix(err.Error(), "go-jose/go-jose: "))
	}
	if t.alg.symmetric() {
		return nil, r.verifyWithSecret(t, jws)
	}
	return r.verifyWithKeySet(ctx, t, jws)
}

// verifyWithSecret is rule 8. The key is the client secret and nothing else: a
// public key of the server's, which anybody knows, is never taken for it (RFC 8725 §2.1).
func (r idTokenRules) verifyWithSecret(t *idToken, jws *jose.JSONWebSignature) error {
	secret := []byte(r.secret.Reveal())
	size := t.alg.hash().Size()
	switch {
	case len(secret) == 0:
		return fmt.Errorf("it is signed with %s, whose key is the client secret, and this walk has no client secret", t.header.Alg)
	case len(secret) < size:
		return fmt.Errorf("it is signed with %s, whose key has at least %d bytes, and the client secret has %d (OpenID Connect Core §16.19)", t.header.Alg, size, len(secret))
	}
	if _, err := jws.Verify(secret); err != nil {
		return fmt.Errorf("its signature does not match the client secret (%s; OpenID Connect Core §3.1.3.7, rule 8)", t.header.Alg)
	}
	return nil
}

// verifyWithKeySet is rule 6. It tries the keys that the header's kid and alg
// leave, until one matches.
func (r idTokenRules) verifyWithKeySet(ctx context.Context, t *idToken, jws *jose.JSONWebSignature) (*jwk, error) {
	var set struct {
		Keys []josejson.RawMessage `json:"keys"`
	}
	if err := readUnique(r.keySet, &set, "RFC 7517 §5"); err != nil {
		return nil, fmt.Errorf("the server's key set cannot be read: %w", err)
	}
	var tried, fitting int
	var unusable error // why a key with the right kid cannot be used
	for _, raw := range set.Keys {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		var key jwk
		if josejson.Unmarshal(raw, &key) != nil || !key.named(t.header.Kid) {
			continue
		}
		if err := key.check(t); err != nil {
			unusable = err
			continue
		}
		public, err := key.public()
		if err != nil {
			unusable = err
			continue
		}
		if fitting++; fitting > maxTried {
			continue
		}
		tried++
		if _, err := jws.Verify(public); err == nil {
			return &key, nil
		}
	}
	switch {
	case fitting > maxTried:
		return nil, fmt.Errorf("its signature matches none of %d keys; the server's key set has %d that could have made it, and no more than %d are tried", tried, fitting, maxTried)
	case tried > 0 && t.header.Kid == "":
		return nil, errors.New("its signature matches none of the server's keys (OpenID Connect Core §3.1.3.7, rule 6)")
	case tried > 0:
		return nil, fmt.Errorf("its signature does not match the server's key %q (OpenID Connect Core §3.1.3.7, rule 6)", safe.Quote(t.header.Kid, 60))
	case unusable != nil:
		return nil, unusable
	case len(set.Keys) == 0:
		return nil, errors.New("the server published no keys")
	}
	return nil, fmt.Errorf("the server's key set has no key with the kid %q; the server may have changed its keys since, so log in again", safe.Quote(t.header.Kid, 60))
}

// A jwk is a key of a key set (RFC 7517 §4), with the members that matter here.
type jwk struct {
	Kty    string   `json:"kty"`
	Kid    string   `json:"kid,omitempty"`
	Use    string   `json:"use,omitempty"`
	KeyOps []string `json:"key_ops,omitempty"`
	Alg    string   `json:"alg,omitempty"`
	Issuer string   `json:"issuer,omitempty"` // Entra: who may sign with it

	Crv string `json:"crv,omitempty"`
	X   string `json:"x,omitempty"`
	Y   string `json:"y,omitempty"`
	N   string `json:"n,omitempty"`
	E   string `json:"e,omitempty"`

	// The private parts (RFC 7518 §6.2.2, §6.3.2). One of p and q gives away the other.
	D  string `json:"d,omitempty"`
	P  string `json:"p,omitempty"`
	Q  string `json:"q,omitempty"`
	DP string `json:"dp,omitempty"`
	DQ string `json:"dq,omitempty"`
}

// named reports whether the key may be the one that the header names. Both names
// are optional (RFC 7515 §4.1.4, RFC 7517 §4.5).
func (k jwk) named(kid string) bool { return k.Kid == kid || k.Kid == "" || kid == "" }

// String is what an error calls the key.
func (k jwk) String() string { return fmt.Sprintf("the server's key %q", safe.Quote(k.Kid, 60)) }

// check says why the key cannot have made the signature, before anything is computed.
func (k jwk) check(t *idToken) error {
	switch {
	case k.Kty != t.alg.kty || t.alg.crv != "" && k.Crv != t.alg.crv:
		return fmt.Errorf("%v is of the type %q, which cannot sign with %s (RFC 7518 §3.1)", k, safe.Quote(strings.TrimSpace(k.Kty+" "+k.Crv), 40), t.header.Alg)
	case k.Alg != "" && k.Alg != t.header.Alg:
		return fmt.Errorf("%v is for %s, and the ID token is signed with %s (RFC 7517 §4.4)", k, safe.Quote(k.Alg, 40), t.header.Alg)
	case k.Use != "" && k.Use != "sig", k.KeyOps != nil && !slices.Contains(k.KeyOps, "verify"):
		return fmt.Errorf("%v is not for signatures (RFC 7517 §4.2)", k)
	case k.D+k.P+k.Q+k.DP+k.DQ != "":
		return fmt.Errorf("%v is published with its private part, so anybody can sign with it", k)
	case !isBase64URL(k.X, k.Y, k.N, k.E):
		return fmt.Errorf("%v is not base64url (RFC 7515 §2)", k)
	case len(k.N) > (maxRSABits/8*4+2)/3, len(k.E) > 6:
		return fmt.Errorf("%v is larger than the %d bits that are read here", k, maxRSABits)
	}
	return nil
}

// public is the key itself, made of the members that RFC 7518 §6 gives a public
// key. Certificates and whatever else the server publishes with it are not read.
func (k jwk) public() (any, error) {
	bare, err := josejson.Marshal(jwk{Kty: k.Kty, Crv: k.Crv, X: k.X, Y: k.Y, N: k.N, E: k.E})
	if err != nil {
		return nil, err
	}
	var key jose.JSONWebKey
	if err := key.UnmarshalJSON(bare); err != nil {
		return nil, fmt.Errorf("%v cannot be used: %s", k, strings.TrimPrefix(err.Error(), "go-jose/go-jose: "))
	}
	if public, ok := key.Key.(*rsa.PublicKey); ok && public.N.BitLen() < minRSABits {
		return nil, fmt.Errorf("%v has %d bits, and an RSA key needs at least %d (RFC 7518 §3.3)", k, public.N.BitLen(), minRSABits)
	}
	return key.Key, nil
}
