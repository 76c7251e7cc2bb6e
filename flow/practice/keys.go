package practice

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"fmt"
	"net/http"

	"github.com/go-jose/go-jose/v4"
)

// keys holds the key that signs ID tokens. It is made in the background: an RSA
// key takes 75 to 300 ms, which nobody should wait for before the first page.
type keys struct {
	algorithm jose.SignatureAlgorithm
	ready     chan struct{} // closed when private or err is there
	private   jose.JSONWebKey
	err       error
}

func newKeys(algorithm string) (*keys, error) {
	generate := map[string]func() (crypto.Signer, error){
		"RS256": func() (crypto.Signer, error) { return rsa.GenerateKey(rand.Reader, 2048) },
		"ES256": func() (crypto.Signer, error) { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) },
	}[algorithm]
	if generate == nil {
		return nil, fmt.Errorf("signing algorithm %q: not RS256 or ES256", algorithm)
	}
	k := &keys{algorithm: jose.SignatureAlgorithm(algorithm), ready: make(chan struct{})}
	go func() {
		defer close(k.ready)
		k.private, k.err = k.name(generate())
	}()
	return k, nil
}

// name gives a key its thumbprint for a kid (RFC 7638).
func (k *keys) name(private crypto.Signer, err error) (jose.JSONWebKey, error) {
	if err != nil {
		return jose.JSONWebKey{}, fmt.Errorf("generate the signing key: %w", err)
	}
	key := jose.JSONWebKey{Key: private, Algorithm: string(k.algorithm), Use: "sig"}
	sum, err := key.Thumbprint(crypto.SHA256)
	key.KeyID = base64.RawURLEncoding.EncodeToString(sum)
	return key, err
}

func (k *keys) wait(ctx context.Context) (jose.JSONWebKey, error) {
	select {
	case <-k.ready:
		return k.private, k.err
	case <-ctx.Done():
		return jose.JSONWebKey{}, context.Cause(ctx)
	}
}

// close waits for the goroutine that makes the key: making one cannot be
// interrupted.
func (k *keys) close() { <-k.ready }

// jwks publishes the public half (RFC 7517 §5).
func (s *Server) jwks(w *reply, r *http.Request) {
	key, err := s.keys.wait(r.Context())
	if err != nil {
		w.refuse(serverFailed.because("there is no signing key"))
		return
	}
	w.decision = "keys shown"
	w.json(http.StatusOK, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{key.Public()}})
}
