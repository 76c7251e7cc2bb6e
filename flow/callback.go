package flow

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/flow/record"
)

// Callback is the authorization response (RFC 6749 §4.1.2), its state checked. Its
// values are as they came; what is fit to print is in the transcript.
type Callback struct {
	Code   safe.Secret
	Iss    string // RFC 9207
	Params []record.Param
	At     time.Time // when it reached the listener: the code's clock starts
	Method string    // GET, or POST with response_mode=form_post
	Pasted bool
	URI    string // where it arrived, without query
}

// await opens the browser and waits for the response, from the listener or pasted.
func (w *Walk) await(ctx context.Context) (Outcome, error) {
	if l := w.listener; l != nil && l.closed { // the step ended without a response before, and is taken again
		redirect := l.redirect
		redirect.Port = l.port
		var err error
		if w.listener, err = listen(redirect, l.state, w.Transcript, w.Now); err != nil {
			return Outcome{}, err
		}
	}
	opened := w.open(ctx)
	timeout := time.NewTimer(w.Config.userTimeout())
	defer timeout.Stop()
	var arrived <-chan Callback
	var mismatched <-chan struct{}
	if w.listener != nil {
		arrived, mismatched = w.listener.arrived, w.listener.mismatched
	}
	var mismatchTimer <-chan time.Time
	for {
		select {
		case cb := <-arrived:
			return w.take(cb), nil
		case cb := <-w.pasted:
			return w.take(cb), nil
		case err := <-opened:
			opened = nil
			if err == nil || ctx.Err() != nil {
				continue
			}
			if w.Unattended {
				select {
				case cb := <-arrived: // it came before that
					return w.take(cb), nil
				default:
					return Outcome{Kind: NoAnswer, Why: w.Transcript.Sentence("the login did not finish: "+safe.Quote(err.Error(), 400), 500)}, nil
				}
			}
			w.Transcript.AddUnexpected("the browser was not opened: "+safe.Quote(err.Error(), 300), w.Now())
		case <-mismatched:
			mismatched = nil
			if w.MismatchTimeout > 0 {
				mismatchTimer = time.After(min(w.MismatchTimeout, w.Config.userTimeout()))
			}
		case <-mismatchTimer:
			return w.noCallback(w.MismatchTimeout), nil
		case <-timeout.C:
			return w.noCallback(w.Config.userTimeout()), nil
		case <-ctx.Done():
			return Outcome{Kind: NoAnswer, Why: "no response came before the end of the walk"}, nil
		}
	}
}

// open shows the authorization page; the channel tells whether that went well.
func (w *Walk) open(ctx context.Context) <-chan error {
	w.Transcript.Event(record.Message{
		Step: StepCallback, From: record.Browser, To: record.Server, Name: "authorization request, by the browser",
		Label: "GET " + strings.TrimPrefix(w.Transcript.LastLabel(StepAuthorize), "open "), Method: "GET", URL: w.Request.bare(), At: w.Now(),
		Note: "Between the browser and the server: not seen from here.",
	}, nil)
	if w.Browser == nil {
		return nil
	}
	// What it starts may outlive this step, not the walk.
	w.stop() // an earlier opening, where the step is taken again
	ctx, w.stop = context.WithCancel(context.WithoutCancel(ctx))
	done, browser, address := make(chan error, 1), w.Browser, w.Request.URL
	w.opening.Go(func() { done <- browser.Open(ctx, address) })
	return done
}

// bare is the URL of the authorization request without its query.
func (r *Request) bare() string {
	u, err := url.Parse(r.URL)
	if err != nil {
		return ""
	}
	return record.BareURL(u)
}

// noCallback is the end of a walk to which no response came in time.
func (w *Walk) noCallback(waited time.Duration) Outcome {
	said := w.unverified.Load()
	l := w.listener
	if said == nil && l != nil {
		said = l.unverified.Load()
	}
	switch {
	case said != nil:
		return Outcome{Kind: StateMismatch, Why: "an error response came that does not carry the state that grantwalk sent, and no other response came within " + diagnose.Duration(waited) + ". It says " + *said + ", which is not verified: anybody could have sent it (RFC 6749 §4.1.2.1 requires the state)"}
	case l != nil && l.sawMismatch():
		return Outcome{Kind: StateMismatch, Why: "a response came whose state is not the one that grantwalk sent, so grantwalk ignored the response; no other response came within " + diagnose.Duration(waited)}
	}
	return Outcome{Kind: NoAnswer, Why: "no response came from the browser within " + diagnose.Duration(waited)}
}

// take records the response and checks what the state does not cover.
func (w *Walk) take(cb Callback) Outcome {
	w.Callback = &cb
	if cb.Pasted && w.listener != nil {
		w.listener.stopAccepting(cb)
	}
	w.Transcript.TrackSecret(cb.Code) // before anything that came with it is put into words
	e := expectationOf(w.Request, w.Metadata, w.Transcript)
	out := e.check(cb)
	e.record(cb, out)
	return out
}

// An expectation is what an authorization response is checked against.
type expectation struct {
	request    *Request
	issuer     string // empty: not known
	promised   bool   // the server has iss in every response (RFC 9207 §3)
	transcript *record.Transcript
}

func expectationOf(r *Request, m Metadata, t *record.Transcript) expectation {
	return expectation{r, m.Issuer, m.IssParameter, t}
}

// check checks what the state does not cover.
func (x expectation) check(cb Callback) Outcome {
	if err := x.checkIss(cb); err != nil {
		return Outcome{Kind: StateMismatch, Why: err.Error()}
	}
	if e := cb.text("error"); e != "" {
		out := Outcome{Kind: Refused, Error: &ErrorResponse{
			Error:       x.transcript.WithoutSecrets(e, 200),
			Description: x.transcript.WithoutSecrets(cb.text("error_description"), 2000),
			URI:         safe.Endpoint(x.transcript.WithoutSecrets(cb.text("error_uri"), 500)),
		}}
		if diagnose.IsDenial(e) {
			out.Kind = Denied
		}
		return out
	}
	if cb.Code == "" {
		return Outcome{Kind: Refused, Error: &ErrorResponse{}, Why: "the response has an empty code"}
	}
	return Outcome{}
}

// checkIss compares the issuer that the response names. It comes before everything
// else in the response, for an error has one too (RFC 9207 §2.4).
func (x expectation) checkIss(cb Callback) error {
	switch {
	case x.issuer == "":
	case cb.Iss == "" && x.promised:
		return errors.New("the response has no iss, although the server's metadata promises one in every response (RFC 9207 §2.4)")
	case cb.Iss != "" && !ofIssuer(cb.Iss, x.issuer):
		return errors.New(x.transcript.Sentence(fmt.Sprintf("the response names the issuer %q, not %q, so it is another server's (RFC 9207 §2.4)", safe.Endpoint(cb.Iss), safe.Endpoint(x.issuer)), 500))
	}
	return nil
}

// ofIssuer compares the iss of an authorization response with the issuer of the
// metadata, character by character. Entra's shared metadata has a template in place of
// the tenant; the ID token then says which tenant it has to be.
func ofIssuer(iss, issuer string) bool { return iss == issuer || isTenant(iss, issuer) }

func (cb Callback) text(name string) string {
	for _, p := range cb.Params {
		if p.Name == name {
			return p.Value + p.Secret.Reveal()
		}
	}
	return ""
}

// record writes down the response, and what must have led to it.
func (x expectation) record(cb Callback, out Outcome) {
	params := slices.Clone(cb.Params)
	t := x.transcript
	for i, p := range params {
		params[i].Mark, params[i].Note = x.mark(p)
	}
	said, label := "log in, allow", "302 code, state"
	if out.Error != nil {
		said, label = "log in, refuse", "302 error, state"
		if out.Kind != Denied {
			said = "log in"
		}
	}
	unseen := "Between the browser and the server: known here only by what came of it."
	t.Event(record.Message{Step: StepCallback, From: record.User, To: record.Server, Name: "the user decides", Label: said, At: cb.At, Note: unseen}, nil)
	if cb.Method == "POST" {
		label = strings.Replace(label, "302", "200 form with", 1)
	}
	t.Event(record.Message{Step: StepCallback, From: record.Server, To: record.Browser, Name: "authorization response", Label: label, Params: slices.Clone(params), At: cb.At, Note: unseen}, nil)
	m := record.Message{
		Step: StepCallback, Kind: exchange.Callback, From: record.Browser, To: record.App, Label: cb.Method + " " + x.request.Redirect.Path,
		Method: cb.Method, URL: cb.URI, Params: params, At: cb.At,
	}
	if cb.Pasted {
		m.From, m.Label, m.Method = record.User, "pasted", ""
		m.Note = "Pasted by hand: the code was issued some time before."
	}
	t.Request(m, nil)
}

// mark compares a parameter of the response with what is expected.
func (x expectation) mark(p record.Param) (record.Mark, string) {
	switch p.Name {
	case "state":
		return record.Good, "ours"
	case "iss":
		if x.issuer == "" {
			return record.Unchecked, "unknown without discovery"
		}
		if ofIssuer(p.Value, x.issuer) {
			return record.Good, "the issuer we asked"
		}
		return record.Bad, "not the issuer we asked"
	case "error":
		return record.Bad, ""
	}
	return record.Unchecked, ""
}

// singleParameters are the parameters of a response that must not come twice.
var singleParameters = []string{"code", "state", "error", "iss"}

// check reads the parameters of a response and compares its state
// (RFC 6749 §10.12). No time is spent that tells how much of the state was right.
func (cb *Callback) check(state safe.Secret) error {
	for _, name := range singleParameters {
		if n := cb.count(name); n > 1 {
			return fmt.Errorf("the parameter %s appears %d times (RFC 6749 §3.1 allows one)", name, n)
		}
	}
	if cb.count("code") == 0 && cb.count("error") == 0 {
		return ErrNotAResponse
	}
	got := cb.text("state")
	if got == "" {
		return ErrNoState
	}
	if subtle.ConstantTimeCompare([]byte(got), []byte(state.Reveal())) != 1 {
		return ErrWrongState
	}
	cb.Code, cb.Iss = safe.Secret(cb.text("code")), cb.text("iss")
	return nil
}

func (cb *Callback) count(name string) int {
	n := 0
	for _, p := range cb.Params {
		if p.Name == name {
			n++
		}
	}
	return n
}
