package flow

import (
	"context"
	"net/http"
	"time"

	"golang.org/x/oauth2"

	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/flow/record"
)

// exchange trades the code for tokens (RFC 6749 §4.1.3), exactly once: a second
// try with the same code would burn what the first was given (§4.1.2).
func (w *Walk) exchange(ctx context.Context) Outcome {
	if out := w.twisted(ctx, StepExchange); out.Kind != GoOn {
		return out
	}
	return w.redeem(ctx, w.grant(StepExchange))
}

// A grant is what a token request holds.
type grant struct {
	ClientID    string
	Secret      safe.Secret
	Auth        ClientAuth
	RedirectURI string
	Code        safe.Secret
	Verifier    safe.Secret
	Refresh     safe.Secret
}

// rightGrant is what the client has to show, as far as the walk has come.
func (f *Findings) rightGrant(c Config) grant {
	g := grant{ClientID: c.ClientID, Secret: c.ClientSecret, Auth: c.ClientAuth}
	if f.Request != nil {
		g.RedirectURI, g.Verifier = f.Request.RedirectURI, f.Request.Verifier
	}
	if f.Callback != nil {
		g.Code = f.Callback.Code
	}
	if f.Tokens != nil {
		g.Refresh = f.Tokens.Refresh
	}
	return g
}

func (w *Walk) redeem(ctx context.Context, g grant) Outcome {
	rec := w.sender.Record(StepExchange, exchange.Token)
	w.request = unsent
	rec.Timed = func(t *record.Timing, start time.Time) {
		if t.Wrote == 0 { // the code has not left
			return
		}
		t.CallbackToRequest = start.Sub(w.Callback.At)
		t.CodeAge = t.CallbackToRequest + t.Wrote
		w.Exchange, w.request = t, sent
	}
	sendCode(ctx, rec.Client(), w.Metadata.TokenEndpoint, g)
	tokens, out := granted(rec, w.Config.Scopes, w.Tokens)
	w.Tokens = tokens
	if rec.Response != nil {
		w.request = answered
	}
	return out
}

// sendCode sends the token request. What x/oauth2 makes of the response is not
// looked at: it tells fewer kinds of responses apart than people meet, and the
// recorder has kept the response itself.
func sendCode(ctx context.Context, client *http.Client, tokenEndpoint string, g grant) {
	var options []oauth2.AuthCodeOption
	if g.Verifier != "" {
		options = append(options, oauth2.VerifierOption(g.Verifier.Reveal()))
	}
	ctx = context.WithValue(ctx, oauth2.HTTPClient, client)
	_, _ = oauth2Config(tokenEndpoint, g).Exchange(ctx, g.Code.Reveal(), options...)
}

// oauth2Config is the client's configuration. The authentication style is always set:
// left to itself, x/oauth2 tries Basic first and then sends the same code again
// in the body, so that invalid_client turns into invalid_grant.
func oauth2Config(tokenEndpoint string, g grant) *oauth2.Config {
	style := oauth2.AuthStyleInParams // for a public client: client_id alone (RFC 6749 §3.2.1)
	if g.Auth == AuthBasic {
		style = oauth2.AuthStyleInHeader
	}
	return &oauth2.Config{
		ClientID:     g.ClientID,
		ClientSecret: g.Secret.Reveal(),
		RedirectURL:  g.RedirectURI,
		Endpoint:     oauth2.Endpoint{TokenURL: tokenEndpoint, AuthStyle: style},
	}
}
