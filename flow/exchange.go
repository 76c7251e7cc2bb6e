package flow

import (
	"context"
	"net/http"
	"time"

	"golang.org/x/oauth2"

	"example.com/grantwalk/diagnose/safe"
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

// rightGrant is what the walk has to show, as far as it has come.
func (w *Walk) rightGrant() grant {
	g := grant{ClientID: w.Config.ClientID, Secret: w.Config.ClientSecret, Auth: w.Config.ClientAuth}
	if w.Request != nil {
		g.RedirectURI, g.Verifier = w.Request.RedirectURI, w.Request.Verifier
	}
	if w.Callback != nil {
		g.Code = w.Callback.Code
	}
	if w.Tokens != nil {
		g.Refresh = w.Tokens.Refresh
	}
	return g
}

func (w *Walk) redeem(ctx context.Context, g grant) Outcome {
	rec := w.sender.record(StepExchange, NameToken)
	rec.timed = func(t *Timing, start time.Time) {
		if t.Wrote == 0 { // the code has not left
			return
		}
		t.CallbackToRequest = start.Sub(w.Callback.At)
		t.CodeAge = t.CallbackToRequest + t.Wrote
		w.Exchange = t
	}
	sendCode(ctx, rec.client(), w.Metadata.TokenEndpoint, g)
	return w.granted(rec)
}

// sendCode sends the token request. What x/oauth2 makes of the answer is not
// looked at: it tells fewer kinds of answers apart than people meet, and the
// recorder has kept the answer itself.
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

// granted reads the token endpoint's answer into the walk.
func (w *Walk) granted(rec *recorder) Outcome {
	if rec.answer == nil {
		why := "no answer came"
		if rec.noAnswer != nil {
			why = rec.noAnswer.Error()
		}
		return Outcome{Kind: NoAnswer, Why: why}
	}
	tokens, ok := w.tokens(rec.answer)
	if e := rec.answer.errorResponse(w.Transcript); e != nil || !ok {
		missing := "the answer has no access token"
		if rec.answer.Member("access_token") != nil {
			missing = "the answer has no access token: what stands under that name is no text, or blank"
		}
		return w.refusal(rec.answer, missing)
	}
	if tokens.Refresh == "" && w.Tokens != nil {
		tokens.Refresh = w.Tokens.Refresh // RFC 6749 §6: the old one goes on
	}
	if tokens.ID == "" && w.Tokens != nil {
		tokens.ID = w.Tokens.ID // OpenID Connect Core §12.2: a refresh need not bring one
	}
	w.Tokens = tokens
	return Outcome{}
}

// refusal is an answer that does not give what was asked for.
func (w *Walk) refusal(a *answer, missing string) Outcome {
	out := Outcome{Kind: Refused, Error: a.errorResponse(w.Transcript), Why: w.Transcript.sentence(a.Problem, 500)}
	if out.Error == nil {
		out.Error = &ErrorResponse{Status: a.Status}
		if out.Why == "" {
			out.Why = missing
		}
	}
	return out
}
