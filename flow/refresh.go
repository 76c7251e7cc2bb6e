package flow

import (
	"context"
	"time"

	"golang.org/x/oauth2"

	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/flow/record"
)

// refresh trades the refresh token for a new access token (RFC 6749 §6).
func (w *Walk) refresh(ctx context.Context) Outcome {
	if out := w.twisted(ctx, StepRefresh); out.Kind != GoOn {
		return out
	}
	if w.Tokens.Refresh == "" {
		return Outcome{Kind: GotTokens, Why: noRefreshToken}
	}
	login := w.Tokens.ID
	if out := w.renew(ctx, w.grant(StepRefresh)); out.Kind != GoOn {
		return out
	}
	if w.Tokens.ID != login {
		w.verify(ctx, StepRefresh)
	}
	if err := ctx.Err(); err != nil {
		return Outcome{Kind: NoAnswer, Why: err.Error()}
	}
	return Outcome{Kind: GotTokens}
}

func (w *Walk) renew(ctx context.Context, g grant) Outcome {
	rec := w.sender.Record(StepRefresh, exchange.Token)
	w.request = unsent
	rec.Timed = func(t *record.Timing, _ time.Time) {
		if t.Wrote != 0 {
			w.request = sent
		}
	}
	rec.Note = func(a *record.Response) string {
		if _, ok := a.Token("access_token"); !ok {
			return a.Problem
		}
		return describeRotation(g.Refresh, safe.Secret(a.Text("refresh_token")))
	}
	ctx = context.WithValue(ctx, oauth2.HTTPClient, rec.Client())
	_, _ = oauth2Config(w.Metadata.TokenEndpoint, g).TokenSource(ctx, &oauth2.Token{RefreshToken: g.Refresh.Reveal()}).Token() // see sendCode
	tokens, out := granted(rec, w.Config.Scopes, w.Tokens)
	w.Tokens = tokens
	if rec.Response != nil {
		w.request = answered
	}
	return out
}
