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
	tokens, out := granted(rec, w.Config.Scopes, w.Tokens)
	w.Tokens = tokens
	return out
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

// granted reads the tokens out of the token endpoint's response. Those that the walk had
// before stay where no new ones came.
func granted(rec *recorder, scopes []string, before *Tokens) (*Tokens, Outcome) {
	if rec.answer == nil {
		why := "no answer came"
		if rec.noAnswer != nil {
			why = rec.noAnswer.Error()
		}
		return before, Outcome{Kind: NoAnswer, Why: why}
	}
	tokens, ok := readTokens(rec.answer, rec.transcript, scopes)
	if e := rec.answer.errorResponse(rec.transcript); e != nil || !ok {
		missing := "the answer has no access token"
		if rec.answer.Member("access_token") != nil {
			missing = "the answer has no access token: what stands under that name is no text, or blank"
		}
		return before, refusal(rec.answer, rec.transcript, missing)
	}
	if tokens.Refresh == "" && before != nil {
		tokens.Refresh = before.Refresh // RFC 6749 §6: the old one goes on
	}
	if tokens.ID == "" && before != nil {
		tokens.ID = before.ID // OpenID Connect Core §12.2: a refresh need not bring one
	}
	tokens.At = rec.now()
	return tokens, Outcome{}
}

// refusal is an answer that does not give what was asked for.
func refusal(a *answer, t *Transcript, missing string) Outcome {
	out := Outcome{Kind: Refused, Error: a.errorResponse(t), Why: t.sentence(a.Problem, 500)}
	if out.Error == nil {
		out.Error = &ErrorResponse{Status: a.Status}
		if out.Why == "" {
			out.Why = missing
		}
	}
	return out
}
