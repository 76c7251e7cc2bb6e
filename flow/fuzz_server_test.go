package flow

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/diagnose/wire"
	"example.com/grantwalk/flow/record"
)

// Whatever a server's metadata says: it is taken only for the issuer that was asked,
// with endpoints to which a code and a secret may be sent.
func FuzzMetadataIsTakenOnlyOfTheIssuerThatWasAsked(f *testing.F) {
	const issuer = "https://as.example/tenant"
	const rest = `"authorization_endpoint":"https://as.example/a","token_endpoint":"https://as.example/t"`
	for _, body := range []string{
		`{"issuer":"https://as.example/tenant",` + rest + `}`,
		`{"issuer":"https://as.example/tenant/",` + rest + `,"jwks_uri":"http://127.0.0.1/k","scopes_supported":["openid","\u001b[31m"]}`,
		`{"issuer":"https://as.example",` + rest + `}`,
		`{"issuer":"https://as.example/tenant","authorization_endpoint":"javascript:alert(1)","token_endpoint":"//as.example"}`,
		`{"issuer":"https://as.example/tenant",` + rest + `,"userinfo_endpoint":"https://a:b@as.example/u?state=x#f","require_pushed_authorization_requests":1}`,
		`{"issuer":["https://as.example/tenant"]}`, `[]`, `{"issuer":"https://evil.example","issuer":"https://as.example/tenant",` + rest + `}`,
	} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		d := discovery{Config{Issuer: issuer}, record.NewSender(nil, record.NewTranscript(), time.Now, time.Second)}
		a := &record.Response{Response: wire.Read(wire.Head{Status: 200, ContentType: "application/json"}, []byte(body))}
		m, err := d.read(issuer, a)
		if err != nil {
			fit(t, err.Error())
			if m.Discovered {
				t.Fatalf("taken, and yet: %v", err)
			}
			return
		}
		if strings.TrimSuffix(m.Issuer, "/") != issuer {
			t.Fatalf("taken for the issuer %q", m.Issuer)
		}
		if m.AuthorizationEndpoint == "" || m.TokenEndpoint == "" {
			t.Fatalf("taken without endpoints: %s", body)
		}
		for _, endpoint := range []string{m.AuthorizationEndpoint, m.TokenEndpoint, m.JWKSURI, m.UserinfoEndpoint, m.RevocationEndpoint, m.PAREndpoint} {
			if endpoint == "" {
				continue
			}
			if !strings.HasPrefix(strings.ToLower(endpoint), "https://") || !safe.Clean(endpoint) {
				t.Fatalf("taken with the endpoint %q", endpoint)
			}
		}
		for _, list := range [][]safe.Foreign{m.AuthMethods, m.ChallengeMethods, m.SigningAlgs} {
			for _, word := range list {
				fit(t, word.String())
			}
		}
		for _, scope := range m.Scopes {
			fit(t, scope.String())
		}
	})
}

// genuine is an ID token as the server of the fuzzed walk issues it.
func genuine(now time.Time) (token string, rules idTokenRules) {
	key := ed25519.NewKeyFromSeed([]byte("the seed of the key of fuzzed ID"))
	encode := base64.RawURLEncoding.EncodeToString
	claims, _ := json.Marshal(map[string]any{"iss": "https://as.example", "sub": "alice", "aud": "me", "nonce": "n-0", "iat": now.Unix() - 1, "exp": now.Unix() + 3600})
	input := encode([]byte(`{"alg":"EdDSA","kid":"ed"}`)) + "." + encode(claims)
	keySet, _ := json.Marshal(map[string]any{"keys": []any{map[string]string{"kty": "OKP", "crv": "Ed25519", "kid": "ed", "x": encode(key.Public().(ed25519.PublicKey))}}})
	return input + "." + encode(ed25519.Sign(key, []byte(input))), idTokenRules{
		issuer: "https://as.example", clientID: "me", secret: fuzzSecret, algs: []safe.Foreign{"EdDSA", "ES256", "RS256", "HS256"}, keySet: keySet,
		nonce: "n-0", requested: now.Add(-time.Minute), received: now, now: now,
	}
}

// Whatever comes as an ID token, and whatever as the key set: only what the server has
// signed is verified, and what is said about the rest can be printed.
func FuzzOnlyTheIDTokenThatWasSignedIsVerified(f *testing.F) {
	now := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	token, rules := genuine(now)
	keys := string(rules.keySet)
	encode := base64.RawURLEncoding.EncodeToString
	parts := strings.Split(token, ".")
	f.Add(parts[0], parts[1], parts[2], keys)
	f.Add(encode([]byte(`{"alg":"none"}`)), parts[1], "", keys)
	f.Add(encode([]byte(`{"alg":"HS256","kid":"ed"}`)), parts[1], parts[2], keys)
	f.Add(encode([]byte(`{"alg":"EdDSA","jwk":{"kty":"OKP"},"crit":["exp"]}`)), encode([]byte(`{"aud":["me","you"],"aud":"me","exp":"soon"}`)), parts[2], `{"keys":[]}`)
	f.Add(parts[0], parts[1], parts[2], `{"keys":[{"kty":"OKP","crv":"Ed25519","x":"AA"},{"kty":"RSA","n":"AQAB","e":"AQAB"},{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}]}`)
	f.Add(parts[0], parts[1], parts[2]+"=", `[{}]`)
	f.Fuzz(func(t *testing.T, header, payload, signature, keySet string) {
		compact := header + "." + payload + "." + signature
		rules := rules
		rules.keySet = []byte(keySet)
		parsed, err := parseIDToken(compact)
		if err == nil {
			_, err = rules.check(context.Background(), parsed)
		}
		switch {
		case err == nil && compact != token:
			t.Fatalf("verified: %s with the keys %s", compact, keySet)
		case err != nil && compact == token && keySet == keys:
			t.Fatalf("not verified: %v", err)
		case err != nil && (!safe.Clean(err.Error()) || len(err.Error()) > 2000):
			t.Fatalf("the reason is %q", err)
		}
	})
}
