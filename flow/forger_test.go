package flow_test

import (
	"cmp"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/flow"
)

// What the client of these tests sent, and what the server published.
const (
	idIssuer = "https://as.example"
	idNonce  = "the-nonce-that-was-sent"
	idSecret = "a client secret of more than 64 bytes, which is what HS512 asks for"
)

// idNow is the time on the client's clock.
var idNow = time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)

// idKeys are made once. The server signs with rs, es, es384, es512 and ed; mallory
// is another server's key.
var idKeys = sync.OnceValue(func() (k struct {
	rs, weak                  *rsa.PrivateKey
	es, es384, es512, mallory *ecdsa.PrivateKey
	ed                        ed25519.PrivateKey
}) {
	must := func(err error) {
		if err != nil {
			panic(err)
		}
	}
	var err error
	k.rs, err = rsa.GenerateKey(rand.Reader, 2048)
	must(err)
	k.weak, err = rsa.GenerateKey(rand.Reader, 1024)
	must(err)
	for key, curve := range map[**ecdsa.PrivateKey]elliptic.Curve{&k.es: elliptic.P256(), &k.mallory: elliptic.P256(), &k.es384: elliptic.P384(), &k.es512: elliptic.P521()} {
		*key, err = ecdsa.GenerateKey(curve, rand.Reader)
		must(err)
	}
	_, k.ed, err = ed25519.GenerateKey(rand.Reader)
	must(err)
	return k
})

// A forgery is an ID token with all that it is checked against. As newForgery
// makes it, the ID token is genuine.
type forgery struct {
	header, claims map[string]any
	headerJSON     string // in place of header
	claimsJSON     string // in place of claims
	key            any    // that signs
	token          string // in place of all of these
	keySet         any    // string: as it is

	metadata flow.Metadata
	config   flow.Config
	request  flow.Request
	access   safe.Secret

	responseIss string // iss of the authorization response
}

func newForgery() *forgery {
	k := idKeys()
	return &forgery{
		header: map[string]any{"alg": "ES256", "kid": "es", "typ": "JWT"},
		claims: map[string]any{
			"iss": idIssuer, "sub": "alice", "aud": clientID, "nonce": idNonce,
			"iat": idNow.Unix() - 1, "exp": idNow.Unix() + 3600,
		},
		key: k.es,
		keySet: map[string]any{"keys": []any{
			publicJWK("rs", &k.rs.PublicKey, "RS256"), publicJWK("es", &k.es.PublicKey, "ES256"), publicJWK("es384", &k.es384.PublicKey, ""),
			publicJWK("es512", &k.es512.PublicKey, ""), publicJWK("ed", k.ed.Public(), ""),
		}},
		metadata: flow.Metadata{
			Discovered: true, Issuer: idIssuer, JWKSURI: idIssuer + "/jwks",
			SigningAlgs: []safe.Foreign{"RS256", "RS384", "PS256", "ES256", "ES384", "ES512", "EdDSA", "HS256", "HS512"},
		},
		config:  flow.Config{Issuer: idIssuer, ClientID: clientID, ClientSecret: idSecret},
		request: flow.Request{Nonce: idNonce, At: idNow.Add(-10 * time.Second)},
		access:  theAccess,
	}
}

func publicJWK(kid string, key any, alg string) map[string]any {
	raw, err := jose.JSONWebKey{Key: key, KeyID: kid, Algorithm: alg, Use: "sig"}.MarshalJSON()
	if err != nil {
		panic(err)
	}
	return object(raw)
}

func object(raw []byte) (m map[string]any) {
	if err := json.Unmarshal(raw, &m); err != nil {
		panic(err)
	}
	return m
}

// keys are those of the key set, to be changed in place.
func (f *forgery) keys() []any { return f.keySet.(map[string]any)["keys"].([]any) }

// setKey replaces the key set by one key.
func (f *forgery) setKey(key map[string]any) { f.keySet = map[string]any{"keys": []any{key}} }

// sign signs with another algorithm and key of the server's.
func (f *forgery) sign(alg, kid string, key any) {
	f.header["alg"], f.header["kid"], f.key = alg, kid, key
}

func (f *forgery) compact() string {
	if f.token != "" {
		return f.token
	}
	header, _ := json.Marshal(f.header)
	claims, _ := json.Marshal(f.claims)
	input := b64(cmp.Or(f.headerJSON, string(header))) + "." + b64(cmp.Or(f.claimsJSON, string(claims)))
	alg, _ := f.header["alg"].(string)
	return input + "." + b64(string(signature(alg, f.key, input)))
}

// b64 is base64url without padding (RFC 7515 §2).
func b64(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

// signature signs by hand, because no library signs what must not be signed.
func signature(alg string, key any, input string) []byte {
	h := crypto.SHA256
	switch {
	case strings.HasSuffix(alg, "384"):
		h = crypto.SHA384
	case strings.HasSuffix(alg, "512"):
		h = crypto.SHA512
	}
	digest := h.New()
	digest.Write([]byte(input))
	sum := digest.Sum(nil)
	var sig []byte
	var err error
	switch key := key.(type) {
	case nil:
	case []byte:
		mac := hmac.New(h.New, key)
		mac.Write([]byte(input))
		sig = mac.Sum(nil)
	case *rsa.PrivateKey:
		if strings.HasPrefix(alg, "PS") {
			sig, err = rsa.SignPSS(rand.Reader, key, h, sum, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
		} else {
			sig, err = rsa.SignPKCS1v15(nil, key, h, sum)
		}
	case *ecdsa.PrivateKey:
		r, s, signErr := ecdsa.Sign(rand.Reader, key, sum)
		err = signErr
		sig = make([]byte, 2*((key.Params().BitSize+7)/8))
		r.FillBytes(sig[:len(sig)/2])
		s.FillBytes(sig[len(sig)/2:])
	case ed25519.PrivateKey:
		sig = ed25519.Sign(key, []byte(input))
	default:
		err = fmt.Errorf("no signature with a %T", key)
	}
	if err != nil {
		panic(err)
	}
	return sig
}

// verdict is what a walk says to the forged ID token. Nothing leaves the process:
// the key set is the only thing that a walk may ask for.
func (f *forgery) verdict(t testing.TB) *flow.IDToken {
	t.Helper()
	w := f.walk(t)
	if _, err := w.Do(t.Context(), flow.StepTokens); err != nil {
		t.Fatal(err)
	}
	return w.IDToken
}

func (f *forgery) walk(t testing.TB) *flow.Walk {
	t.Helper()
	w, err := flow.New(f.config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	w.Now = func() time.Time { return idNow }
	w.Metadata, w.Request, w.Callback = f.metadata, &f.request, &flow.Callback{Iss: f.responseIss}
	w.Tokens = &flow.Tokens{Access: f.access, ID: safe.Secret(f.compact()), At: idNow}
	document, ok := f.keySet.(string)
	if !ok {
		raw, _ := json.Marshal(f.keySet)
		document = string(raw)
	}
	w.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
		if r.URL.String() != f.metadata.JWKSURI {
			t.Errorf("the walk asked for %s", r.URL)
		}
		return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(document))}, nil
	})
	return w
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// claim forges one claim; nil takes it away.
func claim(name string, value any) func(*forgery) {
	return func(f *forgery) {
		if f.claims[name] = value; value == nil {
			delete(f.claims, name)
		}
	}
}

func headerMember(name string, value any) func(*forgery) {
	return func(f *forgery) { f.header[name] = value }
}

// twice writes a member a second time, before or behind the first.
func twice(claims map[string]any, before, behind string) string {
	raw, _ := json.Marshal(claims)
	return "{" + before + strings.TrimSuffix(strings.TrimPrefix(string(raw), "{"), "}") + behind + "}"
}

func requesting(name, value string) func(*forgery) {
	return func(f *forgery) { f.config.Params = append(f.config.Params, flow.Pair{Name: name, Value: value}) }
}

// ownQuery gives the authorization endpoint a query of its own (RFC 6749 §3.1).
func ownQuery(query string) func(*forgery) {
	return func(f *forgery) { f.metadata.AuthorizationEndpoint = idIssuer + "/authorize?" + query }
}

// nextBase64URL is the character whose value is one more.
func nextBase64URL(c byte) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	return alphabet[strings.IndexByte(alphabet, c)+1:][:1]
}

func both(changes ...func(*forgery)) func(*forgery) {
	return func(f *forgery) {
		for _, change := range changes {
			change(f)
		}
	}
}

// atHash is OpenID Connect Core §3.1.3.6, by hand.
func atHash(sum []byte) string { return b64(string(sum[:len(sum)/2])) }

// template is the metadata of Entra's shared endpoints.
func template(tid, iss string) func(*forgery) {
	return func(f *forgery) {
		f.metadata.Issuer = "https://login.example/{tenantid}/v2.0"
		f.claims["tid"], f.claims["iss"] = tid, iss
	}
}

func claimsBytes(f *forgery) { f.claimsJSON = twice(f.claims, "\"name\":\"\xff\",", "") }
