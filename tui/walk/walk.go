// Package walk is the screen on which the flow is walked: one step at a time,
// every message to be read as it passes. What is sent, and what it means, is
// for the packages flow and gloss; this one shows it and asks for the next step.
package walk

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/flow"
	"example.com/grantwalk/flow/record"
	"example.com/grantwalk/tui/session"
	"example.com/grantwalk/tui/ui"
)

// Input is what the walk is to be like.
type Input struct{ Options session.Options }

// Messages by which the screen leaves.
type (
	HomeMsg  struct{}                          // to the home screen
	AgainMsg struct{ Options session.Options } // to a new walk with the same settings

	// EditMsg leads to set-up, with what was chosen and why it would not do, if so.
	EditMsg struct {
		Options session.Options
		Problem *flow.Problem
	}

	// DiagnoseMsg leads to the diagnosis; the walk stays as it is meanwhile.
	DiagnoseMsg struct {
		Evidence diagnose.Evidence
		Twist    *flow.TwistResult // nil: nothing was broken on purpose
		Options  session.Options
		Request  record.Message // the one that was refused
		Probe    func(context.Context) (diagnose.Evidence, error)
	}
)

type state int

const (
	opening state = iota // the session is being put together
	ready                // the user sets the pace: Enter takes the next step
	running              // a step is being taken
	ended                // by tokens, or by whatever came instead
	failed               // something is not set as it must be
)

// overlay is what lies over the message for a moment.
type overlay int

const (
	noOverlay overlay = iota
	curlOverlay
	oddOverlay
	twistOverlay
)

// Model is the screen.
type Model struct {
	ctx     context.Context // ends when the user leaves
	cancel  context.CancelFunc
	ui      *ui.Common
	in      Input
	session *session.Session

	put  sync.Mutex       // held while the session is put together
	made *session.Session // what Close ends, for the screen may be left before openedMsg comes

	state   state
	step    flow.Step // the one to take next, or being taken
	since   time.Time // when the running step was begun
	outcome flow.Outcome
	err     error // in state failed

	// What the walk knows, copied when a step is done: while one runs, the walk
	// belongs to it.
	messages []record.Message
	oddities []record.Unexpected
	config   flow.Config
	request  *flow.Request
	codeAt   time.Time
	exchange *record.Timing
	tokens   *flow.Tokens
	idToken  *flow.IDToken
	evidence diagnose.Evidence
	causes   bool // the evidence shows a cause; known when the walk has ended
	revoking bool
	revoked  bool   // the server has revoked the tokens
	revokeTo string // what came of the revocation request; empty: none was sent

	askRevoke bool // v was pressed once

	page   int // the message that is read; len(messages) is the summary at the end
	landed int // the page to which the last step led
	param  int // the focused parameter; -1: the message as a whole
	reveal bool
	scroll int  // of text that is longer than its room
	timing bool // the waterfall in place of the parameters
	over   overlay

	twist       *flow.Twist // what is broken on purpose; nil: nothing
	twisted     *flow.TwistResult
	twistAt     int           // the chosen line of the list
	twistBefore int           // the line that was chosen when the list was opened
	changesTo   []flow.Change // what it changes in the request of its step, once that is known
	heldUntil   time.Time     // of a code that is held until it is too old
	curl        *curl
	noCurl      error  // why the request cannot be written as one
	curlBroken  string // what was broken on purpose in the request of curl
	pasting     bool
	paste       textinput.Model
	pasted      error // why the last paste was not taken
	copied      string
	leaving     bool // esc was pressed once, and the walk would be lost

	scrollMax  int // how far the text can be moved; found when it was drawn last
	scrollPage int // how many lines of it were seen then
}

// New makes the screen; its first step begins with Init.
func New(c *ui.Common, in Input) *Model {
	m := &Model{ui: c, in: in, param: -1, since: c.Now}
	m.reveal = in.Options.Practice // nobody has any use for these values but the learner
	m.ctx, m.cancel = context.WithCancel(context.Background())
	m.paste = textinput.New()
	m.paste.Prompt = ""
	m.paste.Placeholder = "http://127.0.0.1…?code=…&state=…"
	return m
}

// Init puts the session together.
func (m *Model) Init() tea.Cmd { return m.open }

// Outcome is how the walk ended. A walk that was left before its end was interrupted.
func (m *Model) Outcome() flow.Outcome {
	if m.state == ended {
		return m.outcome
	}
	return flow.Outcome{Kind: flow.Interrupted, Step: m.step}
}

// Result is the outcome in lines, which stay on the terminal when the screen is
// gone. Before the end there are none, unless something was to be broken.
func (m *Model) Result(width int) []string {
	if m.state != ended && m.twisted == nil {
		return nil
	}
	return m.verdict(width)
}

// Kept reports whether the transcript is saved.
func (m *Model) Kept() bool { return m.in.Options.Done != nil }

// Err is the setting that could not be used, if one ended the walk.
func (m *Model) Err() error { return m.err }

// Close ends the session; it waits until that is put together, and for the step
// that runs.
func (m *Model) Close() {
	m.cancel()
	m.put.Lock()
	defer m.put.Unlock()
	if m.made != nil {
		m.made.Close()
	}
}

// Update takes a message.
func (m *Model) Update(msg tea.Msg) (ui.Screen, tea.Cmd) {
	switch msg := msg.(type) {
	case openedMsg:
		if m.state == opening {
			return m.opened(msg)
		}
		return m, nil
	case steppedMsg:
		if m.state == running && msg.step == m.step { // the one that is waited for
			return m.stepped(msg), nil
		}
		return m, nil
	case changedMsg:
		m.read()
		return m, m.changes
	case pastedMsg:
		m.pasted, m.copied = msg.err, ""
		if msg.err == nil {
			m.pasting = false
			m.paste.Reset()
		}
		return m, nil
	case revokedMsg:
		if m.revoking {
			return m.gaveBack(msg), nil
		}
		return m, nil
	case tea.KeyMsg:
		return m.key(msg)
	}
	if m.pasting {
		var cmd tea.Cmd
		m.paste, cmd = m.paste.Update(msg)
		return m, cmd
	}
	return m, nil
}

func (m *Model) opened(msg openedMsg) (ui.Screen, tea.Cmd) {
	if msg.err != nil {
		m.state, m.err = failed, msg.err
		return m, nil
	}
	m.session = msg.session
	m.config, m.twist = msg.session.Walk.Config, msg.session.Walk.Twist
	return m, tea.Batch(m.changes, m.take())
}

// take begins the next step.
func (m *Model) take() tea.Cmd {
	m.state, m.since, m.copied, m.pasted = running, m.ui.Now, "", nil
	if w := m.session.Walk; m.step == flow.StepExchange && w.Callback != nil {
		m.heldUntil = w.HeldUntil()
	}
	return m.takeStep(m.step)
}

func (m *Model) stepped(msg steppedMsg) ui.Screen {
	w := m.session.Walk
	m.config, m.request, m.exchange, m.outcome = w.Config, w.Request, w.Exchange, msg.outcome
	m.tokens, m.idToken, m.evidence, m.twisted = w.Tokens, w.IDToken, w.Evidence(), w.TwistResult()
	if w.Callback != nil {
		m.codeAt = w.Callback.At
	}
	m.pasting = false
	m.read()
	switch {
	case msg.err != nil:
		m.state, m.err = failed, msg.err
	case msg.outcome.Kind != flow.GoOn:
		m.state = ended
		m.causes = m.outcome.Kind.HasCauses() && len(diagnose.Diagnose(m.evidence).Causes) > 0
		m.land(len(m.messages))
	default:
		m.state, m.step = ready, msg.step+1
		m.timing = msg.step == flow.StepExchange && m.toldTwist() == ""
		m.readChanges()
		m.showFirst(msg.step)
	}
	return m
}

// showFirst goes to what a step brought: its last message, which is the one to
// read; for tokens the one that says most.
func (m *Model) showFirst(step flow.Step) {
	last := len(m.messages) - 1
	for i, msg := range m.messages {
		if step == flow.StepTokens && msg.Name == record.IDToken {
			last = i
		}
	}
	m.land(max(0, last))
}

func (m *Model) land(page int) {
	m.landed = page
	m.show(page)
}

// read takes over what has passed meanwhile, and follows it if the user was at the end.
func (m *Model) read() {
	if m.session == nil {
		return
	}
	atEnd := m.page >= len(m.messages)-1
	m.messages, m.oddities = m.session.Walk.Transcript.Messages(), m.session.Walk.Transcript.Unexpected()
	if atEnd && m.state == running {
		m.show(len(m.messages) - 1)
	}
}

func (m *Model) show(page int) {
	page = max(0, min(page, m.lastPage()))
	if page != m.page {
		m.param, m.scroll = -1, 0
	}
	m.page = page
}

// lastPage is the newest message, or the summary behind it.
func (m *Model) lastPage() int {
	if m.state == ended {
		return len(m.messages)
	}
	return max(0, len(m.messages)-1)
}

// message is the one being read; ok is false on the summary and before the first.
func (m *Model) message() (msg record.Message, ok bool) {
	if m.page >= len(m.messages) {
		return record.Message{}, false
	}
	return m.messages[m.page], true
}

func (m *Model) gaveBack(msg revokedMsg) ui.Screen {
	m.revoking = false
	m.read()
	switch {
	case msg.outcome.Kind == flow.GoOn:
		m.revoked, m.revokeTo = true, "The server accepted the revocation (RFC 7009 §2.2)."
	case msg.outcome.Error != nil:
		m.revokeTo = "The server did not revoke the tokens: " + strings.TrimSpace(msg.outcome.Error.Error.String()+" "+msg.outcome.Why) + "."
	default:
		m.revokeTo = "The tokens were not revoked: " + msg.outcome.Why + "."
	}
	m.land(m.lastPage())
	return m
}

// waiting reports whether the callback is what is waited for.
func (m *Model) waiting() bool { return m.state == running && m.step == flow.StepCallback }

// Asking reports whether the walk is to be left, or its tokens are to be revoked, which is asked once.
func (m *Model) Asking() bool { return m.leaving || m.askRevoke }

// Typing reports whether letters go into the paste field.
func (m *Model) Typing() bool { return m.pasting }
