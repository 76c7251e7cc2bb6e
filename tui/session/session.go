// Package session puts a walk together with what surrounds it: the practice
// server when no provider is named, and a user to look at its pages.
package session

import (
	"context"
	"strings"
	"sync"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/flow"
	"example.com/grantwalk/flow/practice"
	"example.com/grantwalk/tui/usage"
)

// Options are what the flags or the form said.
type Options struct {
	Config   flow.Config
	Practice bool // walk on a practice server of the walk's own
	Browser  Browser
	Twist    diagnose.ID // what to break, by the cause that it leads to; empty: nothing

	// What the practice server is to get wrong, each as NAME or NAME=VALUE, and
	// the provider in whose words it is to refuse.
	Faults []string
	Speak  string

	// Done, if set, is told of a walk once no step of it runs any more and its
	// listener is closed, just before the practice server is.
	Done func(*flow.Walk)
}

// Browser is who opens the authorization page.
type Browser string

// The choices of --browser.
const (
	System  Browser = "system"  // the system's own
	None    Browser = "none"    // nobody: the address is shown
	Approve Browser = "approve" // a built-in user who allows; practice server only
	Deny    Browser = "deny"    // a built-in user who refuses; practice server only
)

// A Session is a walk that is ready for its first step.
type Session struct {
	Walk   *flow.Walk
	server *practice.Server
	done   func(*flow.Walk)
	step   sync.Mutex // held while something is sent
	closed bool       // a step that begins after that sends nothing
}

// Open starts the practice server, if it is to be that, and checks the settings.
// A setting that cannot be used is a [*flow.Problem].
func Open(o Options) (*Session, error) {
	twist, err := o.twist()
	if err != nil {
		return nil, err
	}
	opener, err := o.opener()
	if err != nil {
		return nil, err
	}
	if err := o.checkFaults(); err != nil {
		return nil, err
	}
	s := &Session{done: o.Done}
	if o.Practice {
		if o.Config, s.server, err = startPractice(o); err != nil {
			return nil, err
		}
	}
	if s.Walk, err = flow.New(o.Config); err != nil {
		s.Close()
		return nil, err
	}
	s.Walk.Browser, s.Walk.Twist = opener, twist
	s.Walk.Unattended = o.Browser == Approve || o.Browser == Deny
	if twist == nil {
		return s, nil
	}
	if err := twist.Possible(s.Walk); err != nil {
		s.Close()
		return nil, &flow.Problem{Field: "twist", Value: safe.Typed(string(o.Twist)), Code: usage.Impossible, Args: []string{err.Error()}, Instead: twist.Setting}
	}
	return s, nil
}

// twist is the one that was asked for; nil if none was.
func (o Options) twist() (*flow.Twist, error) {
	if o.Twist == "" {
		return nil, nil
	}
	if t, ok := flow.TwistFor(o.Twist); ok {
		return &t, nil
	}
	var names []string
	for _, t := range flow.Twists() {
		names = append(names, string(t.Cause))
	}
	return nil, &flow.Problem{Field: "twist", Value: safe.Typed(string(o.Twist)), Code: flow.CodeUnknown, Args: []string{"one of " + strings.Join(names, ", ")}}
}

// Do takes a step of the walk. [Session.Close] waits for it.
func (s *Session) Do(ctx context.Context, step flow.Step) (flow.Outcome, error) {
	s.step.Lock()
	defer s.step.Unlock()
	if s.closed {
		return flow.Outcome{Kind: flow.Interrupted, Step: step}, nil
	}
	return s.Walk.Do(ctx, step)
}

// Revoke gives the walk's tokens back. [Session.Close] waits for it.
func (s *Session) Revoke(ctx context.Context) flow.Outcome {
	s.step.Lock()
	defer s.step.Unlock()
	if s.closed {
		return flow.Outcome{Kind: flow.Interrupted, Step: s.Walk.Reached}
	}
	return s.Walk.Revoke(ctx)
}

// Probe asks the server what it says to a made-up code. [Session.Close] waits for it.
func (s *Session) Probe(ctx context.Context) flow.Outcome {
	s.step.Lock()
	defer s.step.Unlock()
	if s.closed {
		return flow.Outcome{Kind: flow.Interrupted, Step: s.Walk.Reached}
	}
	return s.Walk.Probe(ctx)
}

// Close ends the walk and the practice server, and waits for both and for the
// step that runs, whose context has to be ended before.
func (s *Session) Close() {
	s.step.Lock()
	defer s.step.Unlock()
	s.closed = true
	if s.Walk != nil {
		s.Walk.Close()
		if s.done != nil { // after it, for what the listener had still open is noted as it closes
			s.done(s.Walk)
		}
	}
	if s.server != nil {
		s.server.Close()
	}
}

func (o Options) opener() (flow.Opener, error) {
	switch o.Browser {
	case "", System:
		return flow.SystemBrowser{}, nil
	case None:
		return nil, nil
	case Approve, Deny:
		if !o.Practice {
			return nil, &flow.Problem{Field: "browser", Value: safe.Typed(string(o.Browser)), Code: usage.BuiltInUser}
		}
		return practice.User{Approve: o.Browser == Approve && o.Twist != diagnose.UserDenied}, nil
	}
	return nil, &flow.Problem{Field: "browser", Value: safe.Typed(string(o.Browser)), Code: flow.CodeUnknown, Args: []string{"system, none, approve or deny"}}
}
