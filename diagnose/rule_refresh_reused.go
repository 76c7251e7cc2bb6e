package diagnose

// "… the authorization server … issues a new refresh token … The previous
// refresh token is invalidated" (RFC 9700 §4.14.2, rotation).
var refreshReused = Rule{
	ID:    RefreshReused,
	Title: "a rotated refresh token was used again",
	Cites: "RFC 9700 §4.14.2, RFC 6749 §10.4",
	Hints: []string{"refresh"},
	After: []ID{Other, ClientCredentials, ClientMismatch, RefreshRevoked},
	Checks: []Check{
		{"refresh_sends_counted", countRefreshSends},
	},
	Fix: fixRefreshReused,
}

func countRefreshSends(c *Case) *Sighting {
	if c.Token == nil || c.Token.RefreshToken == "" {
		return nil
	}
	sentBefore := false
	for i := range c.before() {
		earlier := &c.TokenRequests[i]
		if earlier.RefreshToken != c.Token.RefreshToken || earlier.Response.Refused() {
			continue
		}
		sentBefore = true
		if i != c.rotators[c.At] && earlier.Response.Granted() {
			continue
		}
		values := []Value{
			{Label: "refresh token", Text: c.Token.RefreshToken.String()},
			{Label: "sent first", Text: clockTime(earlier.SentAt)},
			{Label: "sent again", Text: clockTime(c.Token.SentAt) + apart(earlier.SentAt, c.Token.SentAt)},
		}
		if earlier.Response.Granted() {
			if c.keepsOld(i) {
				return &Sighting{Verdict: Sign, By: 1, Says: "this refresh token was sent before, and a new one came for it; this server may keep the old one valid", Values: values}
			}
			return &Sighting{Verdict: Settles, Says: "this refresh token was sent before, and a new one came for it", Values: values}
		}
		return &Sighting{Verdict: Sign, By: 3, Says: "this refresh token was sent before, and that request was not seen to be answered: a new one may have come and been lost", Values: values}
	}
	if !sentBefore && c.grantor() != nil {
		return &Sighting{Verdict: Sign, By: -1.5, Says: "this client sent the refresh token once since it came"}
	}
	return nil
}

// keepsOld reports whether the server may take a refresh token again for which request i
// got a new one: it did so before, its documentation says so, or it rejects the request
// for another reason.
func (c *Case) keepsOld(i int) bool {
	for _, between := range c.before()[i+1:] {
		if between.RefreshToken == c.Token.RefreshToken && between.Response.Granted() {
			return true
		}
	}
	if hit := c.heard().hit; hit != nil && hit.Said != "" {
		return c.saysOtherThan(RefreshReused)
	}
	return c.Known != nil && c.Known.Refresh.KeepsOld
}

func fixRefreshReused(c *Case) []string {
	fix := []string{
		"store the new refresh token of every answer before the next request, in one step with the access token, and drop the old one",
		"let one process refresh at a time (a lock, or one owner of the tokens); the others wait and read the result",
		"the user has to log in once more: many servers end the whole grant at a second use",
	}
	if c.Token != nil && c.rotators[c.At] >= 0 {
		at := c.TokenRequests[c.rotators[c.At]]
		fix[0] = "store the refresh token that came at " + clockTime(at.Response.At) + " in place of the old one, before the next request"
	}
	return fix
}
