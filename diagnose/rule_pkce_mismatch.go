package diagnose

import (
	"fmt"
	"slices"
	"strings"

	"example.com/grantwalk/diagnose/internal/lazy"
	"example.com/grantwalk/diagnose/safe"
)

// "If the values are not equal, an error response indicating "invalid_grant" …
// MUST be returned" (RFC 7636 §4.6).
var pkceMismatch = Rule{
	ID:    PKCEMismatch,
	Title: "PKCE is missing or does not match",
	Cites: "RFC 7636 §4.6, §4.1",
	Hints: []string{"pkce"},
	After: []ID{Other, ClientCredentials, WrongToken, CodeMalformed, ClientMismatch, CodeReused},
	Checks: []Check{
		{"verifier_hashed", hashVerifier},
		{"verifier_looked_at", lookAtVerifier},
		{"challenge_method", lookAtMethod},
		{"challenge_missed", missChallenge},
		{"pkce_demanded", missPKCE},
	},
	Fix: fixPKCE,
}

// hashVerifier does what the server does.
func hashVerifier(c *Case) *Sighting {
	if !c.compares() || c.Auth.Hides("code_challenge") || c.Auth.Hides("code_challenge_method") || c.Token.Hides("code_verifier") {
		return nil
	}
	challenge, verifier := c.Auth.Challenge, c.Token.Verifier
	switch {
	case challenge == "" && verifier == "":
		return nil // some servers demand PKCE, so that proves nothing
	case challenge == "":
		return c.settledIfTied(Sighting{Says: "the token request has a code_verifier, but the authorization request had no code_challenge (RFC 9700 §2.1.1 has it refused)"})
	case verifier == "" && slices.Contains(c.Token.Params, "code_verifier"):
		return &Sighting{Verdict: Settles, Says: "the code_verifier is empty"}
	case verifier == "" && !c.paramsKnown():
		return nil
	case verifier == "":
		return c.settledIfTied(Sighting{Says: "the authorization request had a code_challenge, but the token request has no code_verifier"})
	}
	pkce, known := c.pkce(challenge, verifier)
	if !known {
		return nil
	}
	if matches(pkce, c.method()) {
		if c.nature(verifier).Verifier != "" {
			return nil // the other check speaks
		}
		return &Sighting{Verdict: Excludes, Says: "the verifier hashes to the challenge"}
	}
	slip, mixed := c.pkceSlip()
	s := c.settledIfTied(Sighting{Says: "the verifier does not hash to the challenge" + slip, Values: challenges(challenge, c.method(), madeOf(c.method(), verifier))})
	if state := c.Auth.State; mixed && (state == "" || state != c.Auth.Response.State) { // the code may be of the other request
		s.Verdict, s.By = Sign, 3
	}
	return s
}

// method is the challenge's; left out it is plain (RFC 7636 §4.3).
func (c *Case) method() string {
	if c.Auth.ChallengeMethod == "" {
		return "plain"
	}
	return c.Auth.ChallengeMethod.Raw()
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
func (c *Case) pkceSlip() (slip string, mixed bool) {
	for i := range c.Authorizations {
		other := &c.Authorizations[i]
		if r, _ := c.pkce(other.Challenge, c.Token.Verifier); other != c.Auth && (r.S256 || r.Plain) {
			return fmt.Sprintf(", but to that of another authorization request, of %s: two logins were mixed up", clockTime(other.SentAt)), true
		}
	}
	switch r, _ := c.pkce(c.Auth.Challenge, c.Token.Verifier); {
	case r.Plain && c.method() == "S256":
		return ": it is the challenge itself", false
	case r.S256:
		return ", because the request says " + c.method() + " and the challenge was made as S256", false
	case r.Slip != "":
		return r.Slip, false
	case c.method() == "S256" && (r.Alteration != "" || r.Slips > 0):
		return ", though nearly: the challenge was changed in transit", false
	}
	return "", false
}

func challengeOf(a *Authorization) safe.Secret {
	if a == nil {
		return ""
	}
	return a.Challenge
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

func lookAtVerifier(c *Case) *Sighting {
	if c.Token == nil || c.Grant != GrantCode {
		return nil
	}
	fault := c.nature(c.Token.Verifier).Verifier
	if fault == "" {
		return nil
	}
	s := &Sighting{Verdict: Settles, Says: "the code_verifier " + fault}
	// A server that does not count the characters only compares.
	if pkce, _ := c.pkce(challengeOf(c.Auth), c.Token.Verifier); c.Auth != nil && matches(pkce, c.method()) && !c.serverNamesPKCE() {
		s.Verdict, s.By = Sign, 2
		if c.saysOtherThan(PKCEMismatch) {
			s.By = 0
		}
	}
	return s
}

// lookAtMethod: a client that can hash MUST use S256 (RFC 7636 §4.2), so a
// server may refuse plain at once.
func lookAtMethod(c *Case) *Sighting {
	if c.Auth == nil || !c.Auth.Seen() || c.Auth.Hides("code_challenge_method") || c.Auth.ChallengeMethod == "S256" || c.Auth.Challenge == "" && c.Auth.ChallengeMethod == "" {
		return nil
	}
	method := []Value{{Label: "code_challenge_method", Text: orNone(c.Auth.ChallengeMethod)}}
	switch {
	case c.Auth.ChallengeMethod != "" && c.Auth.ChallengeMethod != "plain":
		return &Sighting{Verdict: Settles, Says: "the challenge's method is neither S256 nor plain, in these letters", Values: method}
	case c.Token == nil && c.Auth.ChallengeMethod == "plain":
		s := &Sighting{Verdict: Sign, By: weighty, Says: "the challenge's method is plain, which servers may reject: a client that can hash MUST use S256 (RFC 7636 §4.2)", Values: method}
		if c.Auth.Response.Refused() && c.serverNamesPKCE() {
			s.Verdict, s.Says = Settles, "the challenge's method is plain, and the server rejected it"
		}
		return s
	case c.Token == nil && c.Auth.Response.Refused():
		return &Sighting{Verdict: Sign, By: 2.5, Says: "the request names no code_challenge_method, which means plain", Values: method}
	}
	return nil
}

// missChallenge: a server may demand PKCE, and says invalid_request then
// (RFC 7636 §4.4.1).
func missChallenge(c *Case) *Sighting {
	if c.Token != nil || c.Auth == nil || !c.Auth.Seen() || c.Auth.Challenge != "" || c.Auth.Hides("code_challenge") || !cameByRedirect(c) || c.Auth.Response.Error != "invalid_request" {
		return nil
	}
	return &Sighting{Verdict: Sign, By: 3, Says: "the authorization request has no code_challenge, and the server refused it as invalid_request, as one that demands PKCE does"}
}

// pkceNames are the names of PKCE and its parameters, and pkceDemands how a server says that it
// wants them.
var (
	pkceNames   = lazy.Regexp(`pkce|proof key|code[_ ]?verifier|code[_ ]?challenge`)
	pkceDemands = lazy.Regexp(`require|must|need|mandatory|enforc|missing|no |not (?:sent|present|provided|found|supplied|set|given)|without|absent|empty|null|expected|lack|specif|mismatch|invalid|plain|not supported|allowed|match`)
)

// serverNamesPKCE reports whether the server's own words name PKCE as what is wrong. Then its
// rejection is not about the client, whatever its error code.
func (c *Case) serverNamesPKCE() bool {
	said := c.Refusal.Error + "\n" + c.Refusal.Description
	if c.Token != nil {
		said += "\n" + c.Token.Response.Body
	}
	return slices.ContainsFunc(lines(said.Raw()), func(s sentence) bool { return pkceNames().MatchString(s.low) && pkceDemands().MatchString(s.low) })
}

// missPKCE: a server may demand PKCE of any client (RFC 7636 §4.4.1, RFC 9700 §2.1.1). Its words are
// one side, a request without PKCE is the other.
func missPKCE(c *Case) *Sighting {
	if !c.serverNamesPKCE() {
		return nil
	}
	asked := c.Auth != nil && c.Auth.Seen()
	switch {
	case asked && (c.Auth.Challenge != "" || c.Auth.Hides("code_challenge")):
		return nil // the other checks speak
	case c.Token == nil && asked:
		return &Sighting{Verdict: Settles, Says: "the server requires PKCE, and the authorization request has no code_challenge", Values: []Value{{Label: "code_challenge", Text: "(not sent)"}}}
	case c.Token != nil && c.Grant == GrantCode && c.Token.Params != nil && c.Token.Verifier == "" && !slices.Contains(c.Token.Params, "code_verifier"):
		return &Sighting{Verdict: Settles, Says: "the server requires PKCE, and the token request has no code_verifier", Values: []Value{{Label: "code_verifier", Text: "(not sent)"}}}
	}
	return nil
}

func fixPKCE(c *Case) []string {
	fix := []string{
		"keep the verifier of the authorization request, per log-in (by state), until the token request, and send that one",
		"make the challenge as BASE64URL(SHA256(verifier)) without padding, and say code_challenge_method=S256 (RFC 7636 section 4.2)",
	}
	switch {
	case c.Auth == nil || c.Auth.Pushed:
	case c.Auth.Challenge == "" && c.Token != nil && c.Token.Verifier != "":
		fix[0] = "send code_challenge and code_challenge_method=S256 in the authorization request, or leave code_verifier out of the token request"
	case c.Auth.Challenge == "":
		fix[0] = "send code_challenge and code_challenge_method=S256 in the authorization request, and the verifier in the token request"
	case c.Token == nil || c.Auth.ChallengeMethod != "S256":
		fix[0] = "send code_challenge_method=S256"
	case c.Token.Verifier == "":
		fix[0] = "send code_verifier in the token request: the one that the challenge was made of"
	}
	return append(fix, "start again: a code that was refused for its verifier is used up at many servers")
}
