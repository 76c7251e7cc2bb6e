package diagnose

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"example.com/grantwalk/diagnose/safe"
)

func TestTheMistakeBehindAChallengeIsNamed(t *testing.T) {
	for name, test := range map[string]struct {
		challenge, method, verifier safe.Secret
		want                        string
	}{
		"the challenge sent as verifier": {challenge, "S256", challenge, "it is the challenge itself"},
		"the method left out":            {challenge, "", verifier, "the request says plain"},
		"padding":                        {challenge + "=", "S256", verifier, "padding"},
		"hexadecimal":                    {"13d31e961a1ad8ec2f16b10c4c982e0876a878ad6df144566ee1894acb70f9c3", "S256", verifier, "hexadecimal"},
		"one character":                  {safe.Secret(challenge[:42] + "N"), "S256", verifier, "the challenge was changed in transit"},
		"another":                        {"ANGmB9CETxbzWZwrnXcUq9yEcurIVrKhEtKYcVQPq2c", "S256", verifier, "does not hash"},
	} {
		e := one(refused("invalid_grant", 400), func(a *Authorization, r *TokenRequest) {
			a.Challenge, a.ChallengeMethod, r.Verifier = test.challenge, safe.Foreign(test.method), test.verifier
		})
		r := Diagnose(e)
		if firstCause(r) != PKCEMismatch || !strings.Contains(strings.Join(r.Causes[0].Says, "; "), test.want) {
			t.Errorf("%s: %s, %q", name, firstCause(r), r.Causes[0].Says)
		}
	}
}

// random is a value of 43 characters, as codes and challenges are, the same for the same number.
func random(n int) string {
	sum := sha256.Sum256(fmt.Append(nil, "random ", n))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func TestTwoRandomCodesAreNeverOneThatWasChanged(t *testing.T) {
	const pairs = 2000
	for n := range pairs {
		e := one(refused("invalid_grant", 400), func(a *Authorization, r *TokenRequest) {
			a.Response.Code, r.Code = safe.Secret(random(2*n)), safe.Secret(random(2*n+1))
		})
		if c := causeIn(Diagnose(e), CodeMalformed); c != nil && len(c.Values) > 0 {
			t.Fatalf("%s and %s: %s, %q", random(2*n), random(2*n+1), c.Strength, c.Says)
		}
	}
}

func TestAnotherVerifierIsNotSaidToBeNearlyTheRightOne(t *testing.T) {
	for n := range 2000 {
		e := one(refused("invalid_grant", 400), func(_ *Authorization, r *TokenRequest) { r.Verifier = safe.Secret(random(n)) })
		if says := strings.Join(causeIn(Diagnose(e), PKCEMismatch).Says, "; "); strings.Contains(says, "nearly") {
			t.Fatalf("verifier %s: %q", random(n), says)
		}
	}
}

func TestTwoCodesThatDifferInAFewCharactersAreNotCertainlyOne(t *testing.T) {
	for name, codes := range map[string][2]safe.Secret{
		"a counter":            {"test-authorization-code-000123", "test-authorization-code-000124"},
		"a counter in hex":     {"507f1f77bcf86cd79943901a", "507f1f77bcf86cd79943901b"},
		"a counter that grew":  {"test-authorization-code-99", "test-authorization-code-100"},
		"a time":               {safe.Secret("1772445600." + random(1)), safe.Secret("1772445601." + random(1))},
		"one character":        {safe.Secret(random(2)), safe.Secret("x" + random(2)[1:])},
		"one character is out": {safe.Secret(random(3)), safe.Secret(random(3)[:10] + random(3)[11:])},
		"signed": {signed(t, map[string]any{"iss": "https://as.example", "sub": "alice", "exp": 1872445600, "client_id": "web"}),
			signed(t, map[string]any{"iss": "https://as.example", "sub": "alice", "exp": 1872445601, "client_id": "web"})},
		"of one session": {"c5a2c9c0-2d1d-4d0c-9f3e-0a8f5f0f8a11.3f2b7c1e-9f4e-4f6b-8a2d-0d6a9b7c5e21.8d1c", "7b1e8f42-66c3-4f0a-8f77-b9a0c3d2e5f4.3f2b7c1e-9f4e-4f6b-8a2d-0d6a9b7c5e21.8d1c"},
	} {
		for _, answer := range invalidGrants {
			e := one(answer, func(a *Authorization, r *TokenRequest) { a.Response.Code, r.Code = codes[0], codes[1] })
			if ids := certain(e); len(ids) > 0 {
				t.Errorf("%s: %v is certain", name, ids)
			}
			again := many(exchanged(5.4, tokens("access-1", codes[0])), refresh(60, codes[1], answer))
			if ids := certain(again); len(ids) > 0 {
				t.Errorf("%s, as refresh tokens: %v is certain", name, ids)
			}
		}
	}
}
