package diagnose

// "If the values are not equal, an error response indicating "invalid_grant" …
// MUST be returned" (RFC 7636 §4.6).
var pkceMismatch = Rule{
	ID:    PKCEMismatch,
	Title: "the verifier does not fit the challenge",
	Cites: []Citation{{"RFC 7636", "4.6"}, {"RFC 7636", "4.1"}},
	Checks: []Check{
		{"verifier_hashed", hashVerifier},
	},
	Fix: func(*Case) []string {
		return []string{
			"keep the verifier of the authorization request, per log-in, until the token request, and send that one",
			"make the challenge as BASE64URL(SHA256(verifier)) without padding (RFC 7636 section 4.2)",
		}
	},
}

// hashVerifier does what the server does.
func hashVerifier(c *Case) *Sighting {
	if c.Grant != GrantCode || c.Token == nil || c.Auth == nil || c.Auth.Pushed {
		return nil
	}
	challenge, verifier := c.Auth.Challenge, c.Token.Verifier
	method := c.Auth.ChallengeMethod
	if method == "" {
		method = "plain" // RFC 7636 §4.3
	}
	switch {
	case challenge == "" && verifier == "":
		return nil // some servers demand PKCE, so that proves nothing
	case challenge == "":
		return &Sighting{Verdict: Settles, Says: "the token request has a code_verifier, but the authorization request had no code_challenge"}
	case verifier == "":
		return &Sighting{Verdict: Settles, Says: "the authorization request had a code_challenge, but the token request has no code_verifier"}
	}
	made := Challenge(method, verifier)
	if made == challenge {
		return &Sighting{Verdict: Excludes, Says: "the verifier hashes to the challenge"}
	}
	return &Sighting{Verdict: Settles, Says: "the verifier does not hash to the challenge", Values: []Value{
		{Label: "challenge sent", Text: challenge.Reveal()}, // it is no secret: the browser carried it
		{Label: method + " of the verifier", Text: made.Reveal()},
	}}
}
