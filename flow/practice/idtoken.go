package practice

import (
	"context"
	"crypto/sha256"
	"encoding/base64"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// idClaims are the claims of an ID token (OpenID Connect Core §2).
type idClaims struct {
	Issuer          string `json:"iss"`
	Audience        string `json:"aud"`
	Expires         int64  `json:"exp"`
	IssuedAt        int64  `json:"iat"`
	AuthTime        int64  `json:"auth_time"`
	Nonce           string `json:"nonce,omitempty"`
	AccessTokenHash string `json:"at_hash"`
	claims
}

// idToken signs who logged in. A refreshed one has no nonce, and tells the time
// of the first login still (OpenID Connect Core §12.2).
func (s *Server) idToken(ctx context.Context, got *issued) (string, error) {
	key, err := s.keys.wait(ctx)
	if err != nil {
		return "", err
	}
	signer, err := jose.NewSigner(
		jose.SigningKey{Algorithm: s.keys.algorithm, Key: key},
		(&jose.SignerOptions{}).WithType("JWT"),
	)
	if err != nil {
		return "", err
	}
	skew := got.grant.plan.skew
	now := s.now().Add(skew)
	return jwt.Signed(signer).Claims(idClaims{
		Issuer:          s.issuer,
		Audience:        got.grant.client.id,
		Expires:         now.Add(s.idLifetime).Unix(),
		IssuedAt:        now.Unix(),
		AuthTime:        got.grant.authTime.Add(skew).Unix(),
		Nonce:           got.nonce,
		AccessTokenHash: leftHalf(got.access),
		claims:          got.grant.person.claims(got.scope),
	}).Serialize()
}

// whose tells who logged in by an ID token of this server's. It may have expired,
// and be any client's: it is a hint, and opens nothing.
func (s *Server) whose(ctx context.Context, idToken string) (*person, *refusal) {
	key, err := s.keys.wait(ctx)
	if err != nil {
		return nil, serverFailed.because("there is no signing key")
	}
	var said idClaims
	token, err := jwt.ParseSigned(idToken, []jose.SignatureAlgorithm{s.keys.algorithm})
	if err == nil {
		err = token.Claims(key.Public(), &said)
	}
	if err != nil {
		return nil, hintForeign.because("the id_token_hint is no ID token that this server signed since it was started")
	}
	return findPerson(said.Subject), nil
}

// leftHalf is the at_hash of an access token (OpenID Connect Core §3.1.3.6);
// both algorithms here hash with SHA-256.
func leftHalf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return base64.RawURLEncoding.EncodeToString(sum[:len(sum)/2])
}
