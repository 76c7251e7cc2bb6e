// Package live is the walk behind a lesson: the learner's own, on a practice
// server that is started when the first action needs it. A lesson's actions are
// turned into steps of the flow here, and what came of each is kept, so that an
// earlier page can be read again with the values that it was written for.
package live

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/flow"
	"example.com/grantwalk/flow/practice"
	"example.com/grantwalk/flow/record"
	"example.com/grantwalk/tui/learn/lessons"
	"example.com/grantwalk/tui/session"
)

// A Walk is the learner's. Its methods may be called from any goroutine; one
// action is done at a time.
type Walk struct {
	mu      sync.Mutex
	session *session.Session
	closed  bool
}

// A Snapshot is what the walk had come to when an action was done.
type Snapshot struct {
	Messages []record.Message
	Oddities []record.Unexpected
	Config   flow.Config
	Metadata flow.Metadata
	Request  *flow.Request
	CodeAt   time.Time // zero: no code yet
	Exchange *record.Timing
	Tokens   *flow.Tokens
	IDToken  *flow.IDToken
	Outcome  flow.Outcome
	Evidence diagnose.Evidence
	Changes  []flow.Change // what the action's twist changed
	Next     []flow.Change // what the next action's will
}

// Play does a page's actions, in order, and returns what the last one came to,
// with what the next one will change on purpose.
func (w *Walk) Play(ctx context.Context, actions []lessons.Action, next lessons.Action, browser flow.Opener) (s Snapshot, err error) {
	for _, a := range actions {
		if s, err = w.Do(ctx, a, browser); err != nil {
			return s, err
		}
	}
	s.Next = w.announce(next)
	return s, nil
}

// announce is what an action's twist will change. What is drawn by lot is drawn
// now, and sent later.
func (w *Walk) announce(a lessons.Action) []flow.Change {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.session == nil || a.Options["twist"] == "" {
		return nil
	}
	w.setTwist(a)
	return w.session.Walk.Changes(steps[a.Verb])
}

// setTwist spoils what the action names, and nothing else.
func (w *Walk) setTwist(a lessons.Action) {
	walk := w.session.Walk
	t, ok := flow.TwistFor(diagnose.ID(a.Options["twist"]))
	switch {
	case !ok:
		walk.SetTwist(nil)
	case walk.Twist == nil || walk.Twist.Cause != t.Cause:
		walk.SetTwist(&t)
	}
}

// Do does an action. An error means that it did not come to what the lesson is
// about: it can be tried again.
func (w *Walk) Do(ctx context.Context, a lessons.Action, browser flow.Opener) (Snapshot, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return Snapshot{}, context.Canceled
	}
	if a.Verb == lessons.Request {
		return w.request(ctx, a)
	}
	if w.session == nil || w.session.Walk.Request == nil { // which may have failed
		return Snapshot{}, errors.New("there is no walk yet")
	}
	walk := w.session.Walk
	switch a.Verb {
	case lessons.Forge:
		if err := practice.Forge(ctx, walk.Request.RedirectURI); err != nil {
			return Snapshot{}, err
		}
		return snapshot(walk), nil
	case lessons.Revoke:
		out := walk.Revoke(ctx)
		walk.Last = out
		return snapshot(walk), failure(a, out)
	}
	w.setTwist(a)
	if a.Verb == lessons.Login {
		walk.Browser = browser
		if u, ok := browser.(practice.User); ok && walk.Twist != nil {
			u.Approve = false
			walk.Browser = u
		}
	}
	return w.step(ctx, a, steps[a.Verb])
}

var steps = map[string]flow.Step{
	lessons.Login: flow.StepCallback, lessons.Exchange: flow.StepExchange, lessons.Tokens: flow.StepTokens, lessons.Refresh: flow.StepRefresh,
}

func (w *Walk) step(ctx context.Context, a lessons.Action, step flow.Step) (Snapshot, error) {
	changes := w.session.Walk.Changes(step)
	out, err := w.session.Do(ctx, step)
	if err != nil {
		return Snapshot{}, err
	}
	s := snapshot(w.session.Walk)
	s.Changes = changes
	return s, failure(a, out)
}

// request begins a walk anew, as far as the authorization request.
func (w *Walk) request(ctx context.Context, a lessons.Action) (Snapshot, error) {
	w.end()
	o := session.Options{Practice: true, Browser: session.Approve}
	if a.Options["client"] == "public" {
		o.Config.ClientID = practice.PublicClient
	}
	o.Config.PKCE = flow.PKCE(a.Options["pkce"])
	if life := a.Options["lifetime"]; life != "" {
		o.Faults = []string{"code_lifetime=" + life}
	}
	var err error
	if w.session, err = session.Open(o); err != nil {
		return Snapshot{}, err
	}
	setUp := lessons.Action{Verb: "set-up"}
	if s, err := w.step(ctx, setUp, flow.StepSetUp); err != nil {
		return s, err
	}
	return w.step(ctx, a, flow.StepAuthorize)
}

// failure is why an action did not do what it is there for: a spoilt one has to
// be refused, every other to succeed.
func failure(a lessons.Action, out flow.Outcome) error {
	refused := out.Kind == flow.Refused || out.Kind == flow.Denied
	switch twist := a.Options["twist"]; {
	case out.Kind == flow.Interrupted:
		return errors.New("it was ended before it was done")
	case twist != "" && refused, twist == "" && (out.Kind == flow.GoOn || out.Kind == flow.GotTokens):
		return nil
	case twist != "" && out.Kind != flow.NoAnswer:
		return errors.New("it was to be refused, and was not")
	case out.Error != nil:
		return fmt.Errorf("the server refused: %s %s", out.Error.Error, out.Error.Description)
	}
	return errors.New(out.Why)
}

// Close ends the walk and the practice server. It waits for the action that is
// being done, whose context has to be ended before.
func (w *Walk) Close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
	w.end()
}

func (w *Walk) end() {
	if w.session != nil {
		w.session.Close()
		w.session = nil
	}
}

func snapshot(w *flow.Walk) Snapshot {
	s := Snapshot{
		Messages: w.Transcript.Messages(), Oddities: w.Transcript.Unexpected(), Config: w.Config, Metadata: w.Metadata,
		Request: w.Request, Exchange: w.Exchange, Tokens: w.Tokens, IDToken: w.IDToken, Outcome: w.Last, Evidence: w.Evidence(),
	}
	if w.Callback != nil && w.Callback.Code != "" {
		s.CodeAt = w.Callback.At
	}
	return s
}

// Message returns the last message of that name.
func (s Snapshot) Message(name string) (record.Message, bool) {
	for i := len(s.Messages) - 1; i >= 0; i-- {
		if s.Messages[i].Name == name {
			return s.Messages[i], true
		}
	}
	return record.Message{}, false
}

// CodeAge is how old the code was when it was last sent, or else is now; ok is
// false when there is no code.
func (s Snapshot) CodeAge(now time.Time) (age time.Duration, sent, ok bool) {
	switch {
	case s.CodeAt.IsZero():
		return 0, false, false
	case s.Exchange != nil:
		return s.Exchange.CodeAge, true, true
	}
	return max(0, now.Sub(s.CodeAt)), false, true
}
