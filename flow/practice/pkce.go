package practice

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"strings"
)

// The transformations of RFC 7636 §4.2.
const (
	methodPlain = "plain"
	methodS256  = "S256"
)

// isVerifier tells whether s is 43 to 128 unreserved characters: the syntax of
// a code_verifier, and of a code_challenge (RFC 7636 §4.1, §4.2).
func isVerifier(s string) bool {
	const unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
	return len(s) >= 43 && len(s) <= 128 && strings.Trim(s, unreserved) == ""
}

// checkVerifier holds a token request's code_verifier against the
// authorization request's code_challenge (RFC 7636 §4.6).
func (q *request) checkVerifier(verifier string) *refusal {
	switch {
	case q.challenge == "" && verifier == "":
		return nil
	case q.challenge == "":
		return verifierNeedless.because("there is a code_verifier, but the authorization request had no code_challenge: was it stripped on the way? (RFC 9700 section 4.8.2)")
	case verifier == "":
		return verifierMissing.because("no code_verifier, but the authorization request had a code_challenge")
	case !isVerifier(verifier):
		return verifierBad.because("the code_verifier has %d characters, not 43 to 128 of A-Z a-z 0-9 - . _ ~ (RFC 7636 section 4.1)", len(verifier))
	}
	made := verifier
	if q.method == methodS256 {
		sum := sha256.Sum256([]byte(verifier))
		made = base64.RawURLEncoding.EncodeToString(sum[:])
	}
	if subtle.ConstantTimeCompare([]byte(made), []byte(q.challenge)) != 1 {
		return verifierWrong.because("the code_verifier does not give the code_challenge of the authorization request (method %s)", q.method)
	}
	return nil
}
