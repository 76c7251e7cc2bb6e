package flow

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/flow/record"
)

// inspect verifies the ID token and asks who the user is. Neither ends the walk:
// the tokens have been granted.
func (w *Walk) inspect(ctx context.Context) Outcome {
	if w.Tokens.ID != "" {
		w.verify(ctx, StepTokens)
	}
	if w.Metadata.UserinfoEndpoint != "" && (w.Tokens.ID != "" || slices.Contains(w.Config.Scopes, "openid")) {
		userInfo(ctx, w.sender, w.Metadata.UserinfoEndpoint, w.Tokens.Access, w.IDToken)
	}
	if err := ctx.Err(); err != nil {
		return Outcome{Kind: NoAnswer, Why: err.Error()}
	}
	return Outcome{}
}

// userInfo asks the userinfo endpoint, whose sub must be there and be the ID token's
// (OpenID Connect Core §5.3.2).
func userInfo(ctx context.Context, s *record.Sender, endpoint string, access safe.Secret, id *IDToken) {
	r := s.Record(StepTokens, exchange.Userinfo)
	r.Mark = func(p *record.Param) {
		switch {
		case p.Name != "sub" || id == nil:
		case !id.Verified:
			p.Note = "compared with nothing, because the ID token is not verified"
		case p.Value == id.claims.subject && !strings.ContainsRune(p.Value, utf8.RuneError): // which stands for what is not Unicode
			p.Mark, p.Note = record.Good, "the ID token's"
		default:
			p.Mark, p.Note = record.Bad, "not the ID token's: do not use this response"
		}
	}
	r.Note = func(a *record.Response) string {
		if a.Problem == "" && a.Status == http.StatusOK && a.Object && a.Member("sub") == nil {
			return "It has no sub, so it may be about another user: do not use it."
		}
		return a.Problem
	}
	// The response, or why there is none, is in the transcript.
	_, _ = r.Get(ctx, endpoint, access)
}

// Revoke gives the tokens back (RFC 7009 §2.1), the refresh token first, which
// takes the rest with it at most servers.
func (w *Walk) Revoke(ctx context.Context) Outcome {
	if w.Metadata.RevocationEndpoint == "" {
		return Outcome{Kind: Refused, Step: w.Reached, Why: "the provider names no revocation endpoint"}
	}
	token, hint := w.Tokens.Refresh, "refresh_token"
	if token == "" {
		token, hint = w.Tokens.Access, "access_token"
	}
	a, err := post(ctx, w.sender.Record(w.Reached, exchange.Revocation), w.Metadata.RevocationEndpoint,
		url.Values{"token": {token.Reveal()}, "token_type_hint": {hint}}, w.Config)
	var out Outcome
	switch {
	case err != nil:
		out = Outcome{Kind: NoAnswer, Why: err.Error()}
	case a.Status != 200:
		out = refusal(a, w.Transcript, "the tokens were not revoked")
	}
	return settle(ctx, w.Reached, out)
}

// noRefreshToken is why there is nothing to refresh.
const noRefreshToken = "no refresh token came; many providers give one only for a scope such as offline_access, or a parameter such as access_type=offline"

// describeRotation says what became of the refresh token. Whether the old one still works,
// only its next use shows.
func describeRotation(old, now safe.Secret) string {
	if now == "" || now == old {
		return "The refresh token stays the same: this provider does not rotate it."
	}
	return fmt.Sprintf("The response has a new refresh token (rotation). Use it from now on: if the old one, %s, is used again, the server may revoke all tokens of this login (RFC 9700 §4.14.2).", old)
}
