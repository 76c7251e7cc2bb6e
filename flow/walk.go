package flow

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/diagnose/wire"
	"example.com/grantwalk/flow/record"
)

// A Step is a stage of the walk.
type Step = record.Step

// The steps, in the order of the wire.
const (
	StepSetUp     = record.SetUp
	StepAuthorize = record.Authorize
	StepCallback  = record.Callback
	StepExchange  = record.Exchange
	StepTokens    = record.Tokens
	StepRefresh   = record.Refresh
)

// Steps are all of them, in order.
var Steps = []Step{StepSetUp, StepAuthorize, StepCallback, StepExchange, StepTokens, StepRefresh}

// Kind is how a walk ended.
type Kind = diagnose.Outcome

// The kinds. The empty one means that the walk goes on.
const (
	GoOn          Kind = ""
	GotTokens          = diagnose.GotTokens
	Refused            = diagnose.Refused       // the server responded, and not with what was asked for
	Denied             = diagnose.Denied        // the user or an administrator said no (access_denied)
	StateMismatch      = diagnose.StateMismatch // a response came, but not to our request
	NoAnswer           = diagnose.NoAnswer      // nothing came in time, or the connection broke
	Interrupted        = diagnose.Interrupted   // the person at the terminal ended it
)

// An Outcome is the result of a step. A rejection is a response, not an error.
type Outcome struct {
	Kind  Kind
	Step  Step
	Error *ErrorResponse // what the server said, where it rejected the request
	Why   string         // in words, where the kind alone does not tell
}

// ErrorResponse is an error as the server put it (RFC 6749 §4.1.2.1, §5.2), without the
// secrets of the walk.
type ErrorResponse = wire.ErrorResponse

// A Walk is one run of the flow. Its steps are taken one at a time, by [Walk.Do];
// the transcript may be read meanwhile, the other fields between steps. It has many
// methods because thirteen of them are for its users, and six are its steps.
type Walk struct {
	Config     Config
	Transcript *record.Transcript
	Surroundings
	Findings

	// Twist breaks one thing; nil: nothing is broken. It may be set before the step
	// that it breaks.
	Twist *Twist

	Reached Step    // the last step taken
	Last    Outcome // its result

	sender   *record.Sender // nil: no step was taken
	listener *listener
	pasted   chan Callback
	opening  sync.WaitGroup
	started  bool               // the first step was taken
	keySet   []byte             // the server's JWK set; nil: not fetched
	login    *IDToken           // the verdict by Tokens; nil without an ID token
	broken   *grant             // what the twist made of the request that it breaks
	unplayed string             // why the twist broke nothing; empty: it did, or is still to come
	request  progress           // of the last token request
	released chan struct{}      // ends a hold
	stop     context.CancelFunc // ends the opening

	unverified atomic.Pointer[string] // the first error that was pasted without our state
}

// progress is how far a request came.
type progress int

const (
	unsent progress = iota
	sent
	answered
)

// Surroundings are what a walk finds around it; they are set before the first step.
type Surroundings struct {
	Browser    Opener            // nil: nothing is opened, the address is for the user
	Unattended bool              // nobody but the Browser will log in: where it fails, the walk ends
	Transport  http.RoundTripper // nil: a transport of the walk's own
	Now        func() time.Time
	Rand       io.Reader

	// MismatchTimeout is how long to wait for the right response after one with a wrong
	// state came. Zero: as long as without it, for a forged one must not end the
	// walk of a user who is still typing a password.
	MismatchTimeout time.Duration
}

// Findings are what the steps found.
type Findings struct {
	Metadata Metadata       // by SetUp
	Request  *Request       // by Authorize
	Callback *Callback      // by Callback
	Tokens   *Tokens        // by Exchange, replaced by Refresh
	IDToken  *IDToken       // by Tokens, replaced by Refresh; nil without one
	Exchange *record.Timing // by Exchange; nil: the code was not sent
}

// An Opener shows the authorization page to a user who can log in.
type Opener interface {
	// Open returns as soon as the page is on its way to being shown. An error
	// means that it is not, and why; the walk then leaves it to the user.
	Open(ctx context.Context, authorizationURL string) error
}

// New checks the settings. The error is a [*Problem].
func New(c Config) (*Walk, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	return newWalk(c), nil
}

func newWalk(c Config) *Walk {
	w := &Walk{
		Config: c, Transcript: record.NewTranscript(), Surroundings: Surroundings{Now: time.Now, Rand: rand.Reader},
		pasted: make(chan Callback, 1), released: make(chan struct{}, 1), stop: func() {},
	}
	w.Transcript.TrackSecret(c.ClientSecret)
	w.Transcript.TrackSecret(c.OtherClientSecret)
	return w
}

// Do takes one step. Steps are taken in order; an outcome other than [GoOn]
// ends the walk. An error is a [*Problem]: something is not set as it must be.
func (w *Walk) Do(ctx context.Context, step Step) (Outcome, error) {
	if w.sender == nil {
		w.sender = record.NewSender(w.Transport, w.Transcript, w.Now, w.Config.serverTimeout())
	}
	w.sender.Timeout = w.Config.serverTimeout()
	w.Reached, w.started = step, true
	var out Outcome
	var err error
	switch step {
	case StepSetUp:
		out, err = w.setUp(ctx)
	case StepAuthorize:
		out, err = w.authorize(ctx)
	case StepCallback:
		out, err = w.await(ctx)
	case StepExchange:
		out = w.exchange(ctx)
	case StepTokens:
		out = w.inspect(ctx)
	case StepRefresh:
		out = w.refresh(ctx)
	}
	w.Last = settle(ctx, step, out)
	if err != nil {
		w.Last.Why = err.Error()
	}
	if w.listener != nil && (step >= StepExchange || w.Last.Kind != GoOn || err != nil) {
		w.listener.close() // RFC 8252 §8.3: the port is open no longer than it is needed
	}
	return w.Last, err
}

// settle names the step, and tells an interruption from a server's silence.
func settle(ctx context.Context, step Step, out Outcome) Outcome {
	out.Step = step
	if errors.Is(context.Cause(ctx), context.Canceled) && out.Kind == NoAnswer {
		out.Kind, out.Why = Interrupted, ""
	}
	return out
}

// Close frees the listener's port and ends what the walk started. It waits for both.
func (w *Walk) Close() {
	w.stop()
	if w.listener != nil {
		w.listener.close()
	}
	w.opening.Wait()
	if w.sender != nil {
		w.sender.Close()
	}
}

// random is a new value of 256 bits, more than RFC 6749 §10.10 asks for, in
// characters that need no encoding anywhere.
func random(from io.Reader) safe.Secret {
	b := make([]byte, 32)
	if _, err := io.ReadFull(from, b); err != nil {
		panic("flow: no randomness: " + err.Error()) // crypto/rand itself never fails
	}
	return safe.Secret(base64.RawURLEncoding.EncodeToString(b))
}
