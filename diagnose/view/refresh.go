package view

import (
	"fmt"
	"time"

	"example.com/grantwalk/diagnose/causes"
)

// How long a refresh token lives is the server's choice, and no parameter tells
// (RFC 6749 §5.1). Some refresh tokens are JWTs and say it themselves.
var refreshChecks = []check{
	{"refresh_token_read", readRefreshToken, []string{"expired"}},
	{"refresh_age_measured", measureRefreshAge, []string{"past_usual_lifetime", "past_usual_idle_time", "young", "past_a_week"}},
	{"refresh_sends_counted", countRefreshSends, []string{"rotated_before", "rotated_before/kept", "sent_before", "sent_once"}},
	{"revocations_looked_up", lookUpRevocation, []string{"revoked", "revoked/not_seen", "access_token_revoked"}},
	{"family_looked_up", lookUpFamily, []string{"used_twice", "used_twice/not_minded"}},
}

func readRefreshToken(v *View) *Fact {
	if v.Token == nil || v.Granted() {
		return nil
	}
	claims, ok := v.jwt(v.Token.RefreshToken)
	now := serverTime(v)
	if !ok || claims.Expires == 0 || now.IsZero() || now.Before(claims.Expires.time()) {
		return nil
	}
	return differs("expired", "the refresh token is a JWT, and says itself that it has run out",
		Value{Label: "runs out", Text: day(claims.Expires.time())}, Value{Label: "token request", Text: day(now)})
}

func measureRefreshAge(v *View) *Fact {
	g := v.grantor()
	if g == nil || g.Response.At.IsZero() || v.Token.SentAt.IsZero() || v.Granted() {
		return nil
	}
	age := v.Token.SentAt.Sub(g.Response.At)
	says := fmt.Sprintf("the refresh token was %s old", Duration(age))
	life, idle := refreshLimits(v)
	unused := unused(v)
	switch {
	case age < 0:
		return nil
	case life > 0 && age > life:
		return sign("past_usual_lifetime", says+", and lives "+days(int(life.Seconds()))+" at this provider")
	case idle > 0 && unused > idle:
		return sign("past_usual_idle_time", "the refresh token was not used for "+days(int(unused.Seconds()))+", and lives "+days(int(idle.Seconds()))+" without use at this provider")
	case age < 10*time.Minute:
		return sign("young", says)
	case age > 7*24*time.Hour:
		return sign("past_a_week", says)
	}
	return nil
}

// refreshLimits are the provider's, by the catalogue; zero: not known.
func refreshLimits(v *View) (life, idle time.Duration) {
	if v.Known == nil {
		return 0, 0
	}
	return time.Duration(v.Known.Refresh.Lifetime) * time.Second, time.Duration(v.Known.Refresh.Idle) * time.Second
}

// unused is how long ago the judged refresh token came or was last taken.
func unused(v *View) time.Duration {
	last := v.grantor().Response.At
	for _, r := range v.before() {
		if r.RefreshToken == v.Token.RefreshToken && r.Response.Granted() && r.Response.At.After(last) {
			last = r.Response.At
		}
	}
	return v.Token.SentAt.Sub(last)
}

// day is a moment with its date.
func day(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 MST") }

// countRefreshSends: "… the authorization server … issues a new refresh token … The previous
// refresh token is invalidated" (RFC 9700 §4.14.2, rotation).
func countRefreshSends(v *View) *Fact {
	if v.Token == nil || v.Token.RefreshToken == "" {
		return nil
	}
	sentBefore := false
	for i := range v.before() {
		earlier := &v.TokenRequests[i]
		if earlier.RefreshToken != v.Token.RefreshToken || earlier.Response.Refused() {
			continue
		}
		sentBefore = true
		if i != v.rotators[v.At] && earlier.Response.Granted() {
			continue
		}
		values := []Value{
			{Label: "refresh token", Text: v.Token.RefreshToken.String()},
			{Label: "sent first", Text: clockTime(earlier.SentAt)},
			{Label: "sent again", Text: clockTime(v.Token.SentAt) + apart(earlier.SentAt, v.Token.SentAt)},
		}
		const rotated = "this refresh token was sent before, and a new one came for it"
		switch kept := keepsOld(v, i); {
		case earlier.Response.Unseen:
			return sign("sent_before", "this refresh token was sent before, and the body of that response was not recorded: a new one may have come", values...)
		case earlier.Response.Granted() && kept:
			return sign("rotated_before/kept", rotated+"; this server may keep the old one valid", values...)
		case earlier.Response.Granted():
			return differs("rotated_before", rotated, values...)
		}
		return sign("sent_before", "this refresh token was sent before, and that request was not seen to be answered: a new one may have come and been lost", values...)
	}
	if !sentBefore && v.grantor() != nil {
		return sign("sent_once", "this client sent the refresh token once since it came")
	}
	return nil
}

func lookUpRevocation(v *View) *Fact {
	if v.Token == nil || v.Token.RefreshToken == "" {
		return nil
	}
	sent := Value{Label: "token request", Text: clockTime(v.Token.SentAt)}
	if r := revoked(v, v.Token.RefreshToken); r != nil {
		at := Value{Label: "revoked", Text: clockTime(r.SentAt)}
		if r.Status == 0 || r.SentAt.IsZero() || v.Token.SentAt.IsZero() {
			return sign("revoked/not_seen", "the client itself revoked this refresh token; whether that went well, and before this request, was not seen", at, sent)
		}
		return differs("revoked", "the client itself had revoked this refresh token", at, sent)
	}
	if g := v.grantor(); g != nil {
		if r := revoked(v, g.Response.AccessToken); r != nil {
			return sign("access_token_revoked", "the client had revoked the access token that came with this refresh token; servers may end the whole grant then",
				Value{Label: "revoked", Text: clockTime(r.SentAt)}, sent)
		}
	}
	return nil
}

func lookUpFamily(v *View) *Fact {
	if v.Token == nil || v.Token.RefreshToken == "" || v.rotators[v.At] >= 0 {
		return nil
	}
	i := misuse(v)
	if i < 0 {
		return nil
	}
	bad := &v.TokenRequests[i]
	what := "an earlier refresh token of the same grant was used a second time"
	if bad.Code != "" {
		what = "the code behind it was sent a second time"
	}
	// If the server did not mind, it may not have ended the grant either.
	return differs("used_twice", what+", and a server that follows the specification ends the whole grant then",
		Value{Label: "second use", Text: clockTime(bad.SentAt) + ", " + inShort(bad.Response)},
		Value{Label: "token request", Text: clockTime(v.Token.SentAt) + apart(bad.SentAt, v.Token.SentAt)}).doubted(!bad.Response.Refused(), "not_minded")
}

// keepsOld reports whether the server may take a refresh token again for which request i
// got a new one: it did so before, its documentation says so, or it rejects the request
// for another reason.
func keepsOld(v *View, i int) bool {
	for _, between := range v.before()[i+1:] {
		if between.RefreshToken == v.Token.RefreshToken && between.Response.Granted() {
			return true
		}
	}
	if hit := v.Said().Hit; hit != nil && hit.Said != "" {
		return v.Said().SaysOtherThan(causes.RefreshReused)
	}
	return v.Known != nil && v.Known.Refresh.KeepsOld
}
