package view

import (
	"fmt"
	"slices"

	"example.com/grantwalk/diagnose/causes"
	"example.com/grantwalk/diagnose/evidence"
	"example.com/grantwalk/diagnose/internal/lazy"
	"example.com/grantwalk/diagnose/safe"
)

// "If the values are not equal, an error response indicating "invalid_grant" …
// MUST be returned" (RFC 7636 §4.6).
var pkceChecks = []check{
	{"verifier_hashed", hashVerifier, []string{"fits", "no_challenge", "no_challenge/other_login", "empty", "missing", "missing/other_login", "differs", "differs/shortened", "differs/other_login", "differs/mixed_up"}},
	{"verifier_looked_at", lookAtVerifier, []string{"malformed", "malformed/not_minded", "malformed/other_named", "malformed/shortened"}},
	{"challenge_method", lookAtMethod, []string{"unknown", "plain", "plain_refused", "unnamed"}},
	{"challenge_missed", missChallenge, []string{"missing"}},
	{"pkce_demanded", missPKCE, []string{"no_challenge", "no_verifier"}},
}

// hashVerifier does what the server does.
func hashVerifier(v *View) *Fact {
	if !v.compares() || v.Auth.Hides("code_challenge") || v.Auth.Hides("code_challenge_method") || v.Token.Hides("code_verifier") {
		return nil
	}
	challenge, verifier := v.Auth.Challenge, v.Token.Verifier
	switch {
	case challenge == "" && verifier == "":
		return nil // some servers demand PKCE, so that proves nothing
	case challenge == "":
		return differs("no_challenge", "the token request has a code_verifier, but the authorization request had no code_challenge (RFC 9700 §2.1.1 has it refused)").doubted(v.loosely(), "other_login")
	case verifier == "" && slices.Contains(v.Token.Params, "code_verifier"):
		return differs("empty", "the code_verifier is empty")
	case verifier == "" && !v.paramsKnown():
		return nil
	case verifier == "":
		return differs("missing", "the authorization request had a code_challenge, but the token request has no code_verifier").doubted(v.loosely(), "other_login")
	}
	pkce, known := v.pkce(challenge, verifier)
	switch {
	case !known:
		return nil
	case !matches(pkce, v.method()):
		return verifierDiffers(v)
	case v.nature(verifier).Verifier != "":
		return nil // the other check speaks
	case chosenByVerifier(v):
		return nil // it fits because it was chosen: the code may be of another login
	}
	return fits("fits", "the verifier hashes to the challenge")
}

// chosenByVerifier reports whether the verifier alone says which of several logins the
// token request belongs to.
func chosenByVerifier(v *View) bool {
	several := 0
	for i := range v.Authorizations {
		if v.Authorizations[i].Challenge != "" {
			several++
		}
	}
	return several > 1 && (v.Auth.Response.Code == "" || v.Auth.Response.Code != v.Token.Code)
}

func verifierDiffers(v *View) *Fact {
	slip, mixed := pkceSlip(v)
	f := differs("differs", "the verifier does not hash to the challenge"+slip, challenges(v.Auth.Challenge, v.method(), madeOf(v.method(), v.Token.Verifier))...)
	ofAnother := v.Auth.State == "" || v.Auth.State != v.Auth.Response.State // the code may be of the other request
	return f.doubted(mixed && ofAnother, "mixed_up").doubted(v.loosely(), "other_login").doubted(shortened(v), "shortened")
}

// shortened reports whether the recording may lack a part of the verifier or of the challenge.
// A verifier has 43 characters or more (RFC 7636 §4.1), and 32 bytes of SHA-256 are 43 of them.
func shortened(v *View) bool {
	const least = 43
	return length(v.Token.Verifier) < least || v.Auth != nil && v.method() == "S256" && v.Auth.Challenge != "" && length(v.Auth.Challenge) < least
}

func length(s safe.Secret) int {
	if _, n, standIn := s.StandIn(); standIn {
		return n
	}
	return len(s.Reveal())
}

// method is the challenge's; left out it is plain (RFC 7636 §4.3).
func (v *View) method() string {
	if v.Auth.ChallengeMethod == "" {
		return "plain"
	}
	return v.Auth.ChallengeMethod.Raw()
}

// challenges are the challenge that was sent, and what it was to be. A plain one is the
// verifier.
func challenges(sent safe.Secret, method string, made safe.Secret) []Value {
	if method != "S256" {
		return secretsCompared("challenge sent", sent, "verifier sent", made)
	}
	return secretsCompared("challenge sent", sent, "S256 of the verifier", made)
}

// pkceSlip names the mistake behind a verifier that does not fit; mixed: it fits another
// authorization request.
func pkceSlip(v *View) (slip string, mixed bool) {
	for i := range v.Authorizations {
		other := &v.Authorizations[i]
		if r, _ := v.pkce(other.Challenge, v.Token.Verifier); other != v.Auth && (r.S256 || r.Plain) {
			return fmt.Sprintf(", but to that of another authorization request, of %s: two logins were mixed up", clockTime(other.SentAt)), true
		}
	}
	switch r, _ := v.pkce(v.Auth.Challenge, v.Token.Verifier); {
	case r.Plain && v.method() == "S256":
		return ": it is the challenge itself", false
	case r.S256:
		return ", because the request says " + v.method() + " and the challenge was made as S256", false
	case r.Slip != "":
		return r.Slip, false
	case v.method() == "S256" && (r.Alteration != "" || r.Slips > 0):
		return ", though nearly: the challenge was changed in transit", false
	}
	return "", false
}

func challengeOf(a *evidence.Authorization) safe.Secret {
	if a == nil {
		return ""
	}
	return a.Challenge
}

func lookAtVerifier(v *View) *Fact {
	if v.Token == nil || v.Grant != GrantCode {
		return nil
	}
	fault := v.nature(v.Token.Verifier).Verifier
	if fault == "" {
		return nil
	}
	// A server that does not count the characters only compares.
	pkce, _ := v.pkce(challengeOf(v.Auth), v.Token.Verifier)
	notMinded := v.Auth != nil && matches(pkce, v.method()) && !serverNamesPKCE(v)
	unproven := shortened(v) && !serverNamesPKCE(v) && (v.Auth == nil || !matches(pkce, v.method()))
	return differs("malformed", "the code_verifier "+fault).doubted(unproven, "shortened").doubted(notMinded && v.Said().SaysOtherThan(causes.PKCEMismatch), "other_named").doubted(notMinded, "not_minded")
}

// lookAtMethod: a client that can hash MUST use S256 (RFC 7636 §4.2), so a
// server may refuse plain at once.
func lookAtMethod(v *View) *Fact {
	if v.Auth == nil || !v.Auth.Seen() || v.Auth.Hides("code_challenge_method") || v.Auth.ChallengeMethod == "S256" || v.Auth.Challenge == "" && v.Auth.ChallengeMethod == "" {
		return nil
	}
	method := Value{Label: "code_challenge_method", Text: orNone(v.Auth.ChallengeMethod)}
	switch {
	case v.Auth.ChallengeMethod != "" && v.Auth.ChallengeMethod != "plain":
		return differs("unknown", "the challenge's method is neither S256 nor plain, in these letters", method)
	case v.Token == nil && v.Auth.ChallengeMethod == "plain" && v.Auth.Response.Refused() && serverNamesPKCE(v):
		return differs("plain_refused", "the challenge's method is plain, and the server rejected it", method)
	case v.Token == nil && v.Auth.ChallengeMethod == "plain":
		return sign("plain", "the challenge's method is plain, which servers may reject: a client that can hash MUST use S256 (RFC 7636 §4.2)", method)
	case v.Token == nil && v.Auth.Response.Refused():
		return sign("unnamed", "the request names no code_challenge_method, which means plain", method)
	}
	return nil
}

// missChallenge: a server may demand PKCE, and says invalid_request then
// (RFC 7636 §4.4.1).
func missChallenge(v *View) *Fact {
	if v.Token != nil || v.Auth == nil || !v.Auth.Seen() || v.Auth.Challenge != "" || v.Auth.Hides("code_challenge") || !cameByRedirect(v) || v.Auth.Response.Error != "invalid_request" {
		return nil
	}
	return sign("missing", "the authorization request has no code_challenge, and the server refused it as invalid_request, as one that demands PKCE does")
}

// pkceNames are the names of PKCE and its parameters, and pkceDemands how a server says that it
// wants them.
var (
	pkceNames   = lazy.Where(`pkce|proof key|code[_ ]?verifier|code[_ ]?challenge`, "pkce", "proof key", "verifier", "challenge")
	pkceDemands = lazy.Regexp(`require|must|need|mandatory|enforc|missing|no |not (?:sent|present|provided|found|supplied|set|given)|without|absent|empty|null|expected|lack|specif|mismatch|invalid|plain|not supported|allowed|match`)
)

// serverNamesPKCE reports whether the server's own words name PKCE as what is wrong. Then its
// rejection is not about the client, whatever its error code.
func serverNamesPKCE(v *View) bool {
	return v.Said().ServerSays(func(low string) bool { return pkceNames(low).MatchString(low) && pkceDemands().MatchString(low) })
}

// missPKCE: a server may demand PKCE of any client (RFC 7636 §4.4.1, RFC 9700 §2.1.1). Its words are
// one side, a request without PKCE is the other.
func missPKCE(v *View) *Fact {
	if !serverNamesPKCE(v) {
		return nil
	}
	asked := v.Auth != nil && v.Auth.Seen()
	switch {
	case asked && (v.Auth.Challenge != "" || v.Auth.Hides("code_challenge")):
		return nil // the other checks speak
	case v.Token == nil && asked:
		return differs("no_challenge", "the server requires PKCE, and the authorization request has no code_challenge", Value{Label: "code_challenge", Text: "(not sent)"})
	case v.Token != nil && v.Grant == GrantCode && v.Token.Params != nil && v.Token.Verifier == "" && !slices.Contains(v.Token.Params, "code_verifier"):
		return differs("no_verifier", "the server requires PKCE, and the token request has no code_verifier", Value{Label: "code_verifier", Text: "(not sent)"})
	}
	return nil
}
