package flow

import (
	"cmp"
	"io"
	"time"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/safe"
)

// Result is the document of a walk.
type Result struct {
	diagnose.Document
	IDToken *IDToken     `json:"id_token,omitempty"` // absent: none was received
	Tokens  *Granted     `json:"tokens,omitempty"`   // with --reveal only
	Twist   *TwistResult `json:"twist,omitempty"`    // absent: nothing was broken on purpose
}

// Granted are the tokens themselves, for who asked to see them.
type Granted struct {
	Access    string  `json:"access_token"`
	Refresh   string  `json:"refresh_token,omitempty"`
	ID        string  `json:"id_token,omitempty"`
	Type      string  `json:"token_type"`
	Scope     string  `json:"scope,omitempty"`
	ExpiresIn float64 `json:"expires_in,omitempty"` // seconds
}

// Result is the state of the walk. A walk that did not end was interrupted.
func (w *Walk) Result(reveal bool) Result {
	r := Result{Document: diagnose.Document{
		Version: 1, Outcome: cmp.Or(w.Last.Kind, Interrupted), Step: w.Last.Step.String(), Provider: w.Config.Name(),
		Error: diagnose.MembersOf(w.Last.Error), Reason: w.Last.Why,
	}}
	r.SetCauses(diagnose.Report{})
	if w.Last.Kind.HasCauses() {
		r.SetCauses(diagnose.Diagnose(w.Evidence()))
	}
	if t := w.Exchange; t != nil {
		r.Timings = diagnose.Timings{
			CallbackToExchange: ms(t.CallbackToRequest), CodeAge: ms(t.CodeAge), Exchange: ms(t.Total),
			DNS: ms(t.DNS), Connect: ms(t.Conn), TLS: ms(t.TLS), FirstByte: ms(t.FirstByte),
		}
	}
	r.IDToken, r.Twist = w.IDToken, w.TwistResult()
	if w.Tokens != nil && w.Tokens.ID != "" && w.IDToken == nil {
		r.IDToken = &IDToken{Why: "the walk ended before the ID token was checked"}
	}
	if t := w.Tokens; t != nil && reveal {
		r.Tokens = &Granted{
			Access: t.Access.Reveal(), Refresh: t.Refresh.Reveal(), ID: t.ID.Reveal(),
			Type: safe.Text(t.Type.Raw(), maxScope), Scope: safe.Text(t.Scope.Raw(), maxScope), ExpiresIn: t.ExpiresIn.Seconds(),
		}
	}
	return r
}

// maxScope bounds what is shown of a scope or a token type, in bytes.
const maxScope = 4 << 10

// ms is d in milliseconds, to the microsecond.
func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// WriteJSON writes the document to out, whose errors it returns.
func (r Result) WriteJSON(out io.Writer) error { return diagnose.WriteJSON(out, r) }
