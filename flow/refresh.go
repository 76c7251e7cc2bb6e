package flow

import (
	"context"
	"time"

	"golang.org/x/oauth2"
)

// refresh trades the refresh token for a new access token (RFC 6749 §6).
func (w *Walk) refresh(ctx context.Context) Outcome {
	if w.Tokens.Refresh == "" {
		return Outcome{Kind: GotTokens, Why: errNoRefreshToken.Error()}
	}
	client, rec := w.recording(StepRefresh, "refresh request")
	old := w.Tokens.Refresh
	rec.remark = func(a *answer, m *Message) {
		if tokens, ok := a.tokens(w.Transcript, time.Time{}); ok {
			m.Note = describeRotation(old, tokens.Refresh)
		}
	}
	ctx = context.WithValue(ctx, oauth2.HTTPClient, client)
	_, _ = w.oauth2().TokenSource(ctx, &oauth2.Token{RefreshToken: old.Reveal()}).Token() // see exchange
	if out := w.granted(rec); out.Kind != GoOn {
		return out
	}
	return Outcome{Kind: GotTokens}
}
