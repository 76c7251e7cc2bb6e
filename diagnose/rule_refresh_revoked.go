package diagnose

// A server may take a refresh token back at any time: because the client asked
// (RFC 7009 §2.1), because an earlier token of the family was used twice
// (RFC 9700 §4.14.2), because the code behind it was (RFC 6749 §4.1.2), or because
// of what a user or administrator did, which the wire does not show.
var refreshRevoked = Rule{
	ID:    RefreshRevoked,
	Title: "the refresh token was revoked",
	Cites: "RFC 7009 §2.1, RFC 9700 §4.14.2, RFC 6749 §5.2",
	Hints: []string{"refresh"},
	After: []ID{Other, ClientCredentials, ClientMismatch},
	Checks: []Check{
		{"revocations_looked_up", lookUpRevocation},
		{"family_looked_up", lookUpFamily},
	},
	Fix: fixRefreshRevoked,
}

func lookUpRevocation(c *Case) *Sighting {
	if c.Token == nil || c.Token.RefreshToken == "" {
		return nil
	}
	sent := Value{Label: "token request", Text: clockTime(c.Token.SentAt)}
	if r := c.revoked(c.Token.RefreshToken); r != nil {
		s := &Sighting{Verdict: Settles, Says: "the client itself had revoked this refresh token",
			Values: []Value{{Label: "revoked", Text: clockTime(r.SentAt)}, sent}}
		if r.Status == 0 || r.SentAt.IsZero() || c.Token.SentAt.IsZero() {
			s.Verdict, s.By = Sign, weighty
			s.Says = "the client itself revoked this refresh token; whether that went well, and before this request, was not seen"
		}
		return s
	}
	if g := c.grantor(); g != nil {
		if r := c.revoked(g.Response.AccessToken); r != nil {
			return &Sighting{Verdict: Sign, By: 2.5, Says: "the client had revoked the access token that came with this refresh token; servers may end the whole grant then",
				Values: []Value{{Label: "revoked", Text: clockTime(r.SentAt)}, sent}}
		}
	}
	return nil
}

func lookUpFamily(c *Case) *Sighting {
	if c.Token == nil || c.Token.RefreshToken == "" || c.rotators[c.At] >= 0 {
		return nil
	}
	i := c.misuse()
	if i < 0 {
		return nil
	}
	bad := &c.TokenRequests[i]
	what := "refresh token of the same grant was used a second time"
	if bad.Code != "" {
		what = "the code behind it was sent a second time"
	} else {
		what = "an earlier " + what
	}
	s := &Sighting{Verdict: Settles, Says: what + ", and a server that follows the specification ends the whole grant then"}
	if !bad.Response.Refused() { // the server did not mind, so it may not have ended the grant either
		s.Verdict, s.By = Sign, weighty
	}
	s.Values = []Value{
		{Label: "second use", Text: clockTime(bad.SentAt) + ", " + inShort(bad.Response)},
		{Label: "token request", Text: clockTime(c.Token.SentAt) + apart(bad.SentAt, c.Token.SentAt)},
	}
	return s
}

func fixRefreshRevoked(c *Case) []string {
	again := "send the user through the authorization request again; no refresh brings a revoked grant back"
	if c.Token != nil && c.misuse() >= 0 {
		return []string{
			"send each code and each refresh token once: that it was sent at " + clockTime(c.TokenRequests[c.misuse()].SentAt) + " a second time is what ended the grant",
			again,
		}
	}
	if c.Token != nil && c.revoked(c.Token.RefreshToken) != nil {
		return []string{"drop the refresh token from the store when it is revoked, at log-out for instance", again}
	}
	return []string{
		again,
		"find what ended it: log-out, a changed password, consent taken back in the account's settings, an administrator, or so many newer tokens that the oldest fell out",
	}
}
