// Package diagnosis is the screen on which a refusal is explained: the causes,
// the values that show them, and the one thing to do next. What is a cause is
// for package diagnose to say, how it reads for package report.
package diagnosis

import (
	"context"
	"slices"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/flow"
	"example.com/grantwalk/tui/report"
	"example.com/grantwalk/tui/session"
	"example.com/grantwalk/tui/ui"
)

// Input is what is to be explained, and what can be done from here.
type Input struct {
	Evidence diagnose.Evidence
	Report   *diagnose.Report  // on it; nil: it is still to be made
	Twist    *flow.TwistResult // to be told, and never judged by; nil: nothing was broken on purpose
	Options  *session.Options  // of the walk that led here; nil: it was no walk
	Probe    *Probe            // nil: there is nothing to ask
}

// A Probe is a request whose answer tells causes apart. It is sent after a yes,
// and never otherwise.
type Probe struct {
	Sends []string // what will be sent, line by line
	Send  func(context.Context) (diagnose.Evidence, error)
}

// Messages by which the screen leaves.
type (
	BackMsg  struct{}                          // to where it came from
	AgainMsg struct{ Options session.Options } // to a new walk with a fresh code
	EditMsg  struct{ Options session.Options } // to set-up

	// ChecklistMsg leads to the checklist, with what is known.
	ChecklistMsg struct {
		Evidence diagnose.Evidence
		Twist    *flow.TwistResult
	}
)

type state int

const (
	reading state = iota
	asking        // whether the probe may be sent
	probing       // it is on its way
)

// Model is the screen.
type Model struct {
	ctx    context.Context // ends when the user leaves
	cancel context.CancelFunc
	ui     *ui.Common
	in     Input
	report diagnose.Report

	state    state
	since    time.Time // when the probe was sent
	chosen   int       // the cause that is laid out
	ruledOut bool      // whether the excluded causes are laid out too
	why      bool      // whether the account is
	top      int       // the first line shown
	began    int       // where top was when the cause was chosen; unset until it was drawn
	page     int       // how many lines can be moved were seen when it was drawn last
	note     string    // what the last key brought about
	bad      bool      // the note is a problem
}

// New makes the screen.
func New(c *ui.Common, in Input) *Model {
	m := &Model{ui: c, in: in, began: unset}
	if in.Report != nil {
		m.report = *in.Report
	} else {
		m.report = diagnose.Diagnose(in.Evidence)
	}
	m.ctx, m.cancel = context.WithCancel(context.Background())
	return m
}

// Init has nothing to begin.
func (m *Model) Init() tea.Cmd { return nil }

// Close ends what is under way.
func (m *Model) Close() { m.cancel() }

// Typing is never so here.
func (m *Model) Typing() bool { return false }

// Head says what was rejected, by whom.
func (m *Model) Head() (subject, place string) {
	switch {
	case m.report.Granted && len(m.report.Causes) == 0:
		subject = "tokens were received"
	case len(m.report.Causes) == 0:
		subject = "no rejection was found"
	case m.first() == diagnose.UserDenied: // nobody else refused
		subject = "why access was denied"
	case m.report.Provider != "":
		subject = "why " + m.report.Provider + " rejected the request"
	default:
		subject = "why the request was rejected"
	}
	return subject, "diagnosis"
}

type probedMsg struct {
	evidence diagnose.Evidence
	err      error
}

func (m *Model) send() tea.Cmd {
	m.state, m.since = probing, m.ui.Now
	probe := m.in.Probe
	return func() tea.Msg {
		e, err := probe.Send(m.ctx)
		return probedMsg{e, err}
	}
}

type openedMsg struct {
	address string
	err     error
}

func (m *Model) open(address string) tea.Cmd {
	return func() tea.Msg { return openedMsg{address, flow.SystemBrowser{}.Open(m.ctx, address)} }
}

type savedMsg struct {
	name string
	err  error
}

// save writes the report as it is now, whatever the probe brings before the command runs.
func (m *Model) save() tea.Cmd {
	text := report.Markdown(m.report, m.in.Twist, nil)
	return func() tea.Msg {
		name, err := report.Save(text)
		return savedMsg{name, err}
	}
}

// Update takes a message.
func (m *Model) Update(msg tea.Msg) (ui.Screen, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyMsg:
		if do := ui.Pressed(m.bindings(), msg); do != nil {
			m.note, m.bad = "", false
			return m, do()
		}
	case tea.WindowSizeMsg:
		if m.top == m.began { // it was not moved: the chosen cause stays in sight
			m.began = unset
		}
	case probedMsg:
		m.probed(msg)
	case openedMsg:
		m.tell("opened "+msg.address, msg.err, "open "+msg.address+" yourself: ")
	case savedMsg:
		m.tell("the report is in "+msg.name, msg.err, "the report was not saved: ")
	}
	return m, nil
}

// tell notes what came of something.
func (m *Model) tell(done string, err error, failed string) {
	m.note, m.bad = done, err != nil
	if err != nil {
		m.note = failed + err.Error()
	}
}

func (m *Model) probed(msg probedMsg) {
	m.state = reading
	m.tell("the server responded to the probe, and the causes are ranked again", msg.err, "no response to the probe: ")
	if msg.err == nil {
		m.in.Evidence, m.in.Probe = msg.evidence, nil
		m.report = diagnose.Diagnose(msg.evidence)
		m.choose(0)
	}
}

func (m *Model) bindings() []ui.Binding {
	bind, leave := ui.Bind, func(msg tea.Msg) func() tea.Cmd {
		return func() tea.Cmd { return func() tea.Msg { return msg } }
	}
	set := func(f func()) func() tea.Cmd { return func() tea.Cmd { f(); return nil } }
	if m.state != reading {
		return []ui.Binding{
			ui.On(bind("y", "send it", "y"), m.state == asking, m.send),
			ui.On(bind("n", "do not send it", "n", "esc"), m.state == asking, set(func() { m.state = reading })),
		}
	}
	walk := m.in.Options != nil
	var again AgainMsg
	var edit EditMsg
	if walk {
		again.Options, edit.Options = *m.in.Options, *m.in.Options
	}
	page := m.report.Docs
	unbroken := again
	unbroken.Options.Twist = ""
	list := []ui.Binding{
		ui.On(bind("w", "walk again", "w"), walk, leave(again)),
		ui.On(bind("e", "change the settings", "e"), walk, leave(edit)),
		ui.On(bind("p", "ask the server", "p"), m.mayAsk(), set(func() { m.state = asking })),
		ui.On(bind("t", "checklist", "t"), !m.settled(), leave(ChecklistMsg{m.in.Evidence, m.in.Twist})),
		ui.On(bind(m.ui.Glyphs.Updown, "causes", "down", "j"), len(m.report.Causes) > 1, set(m.down)),
		ui.On(bind("", "", "down", "j"), true, set(m.down)), // a single cause can be long too
		ui.On(bind("", "", "up", "k"), true, set(m.up)),
		ui.On(bind("d", "documentation", "d"), page != "", func() tea.Cmd { return m.open(page) }),
		ui.On(bind("c", "the provider's console", "c"), m.report.Console != "", func() tea.Cmd { return m.open(m.report.Console) }),
		ui.On(bind("s", "save a report", "s"), true, m.save),
		ui.On(bind("o", "causes ruled out", "o"), len(m.report.RuledOut) > 0, set(func() { m.ruledOut = !m.ruledOut })),
		ui.On(bind("a", "why this order", "a"), true, set(func() { m.why = !m.why })),
		ui.On(bind("esc", "back", "esc", "backspace"), true, leave(BackMsg{})),
		ui.On(bind("pgup/pgdn", "scroll", "pgdown"), true, set(func() { m.scroll(m.page) })),
		ui.On(bind("", "", "pgup"), true, set(func() { m.scroll(-m.page) })),
		ui.On(bind("home/end", "first or last line", "home", "g"), true, set(func() { m.scroll(-m.top) })),
		ui.On(bind("", "", "end", "G"), true, set(func() { m.scroll(1 << 16) })), // as far as it goes
	}
	switch {
	case again.Options.Twist != "":
		return append([]ui.Binding{ui.On(bind("f", "walk again, unbroken", "f"), walk, leave(unbroken))}, list...)
	case slices.Contains(settingsFirst, m.first()):
		list[0], list[1] = list[1], list[0]
	}
	return list
}

// settingsFirst are the causes that a fresh code alone does not mend.
var settingsFirst = []diagnose.ID{
	diagnose.ClientCredentials, diagnose.RedirectURIMismatch, diagnose.ClientMismatch, diagnose.WrongEnvironment, diagnose.Policy, diagnose.PKCEMismatch,
}

func (m *Model) first() diagnose.ID {
	if len(m.report.Causes) == 0 {
		return ""
	}
	return m.report.Causes[0].ID
}

// mayAsk reports whether the probe is offered.
func (m *Model) mayAsk() bool {
	return m.in.Probe != nil && m.report.Probe != nil && m.report.Probe.Not == ""
}

// settled: there is nothing left to ask.
func (m *Model) settled() bool {
	return len(m.report.Causes) == 0 || m.report.Causes[0].Strength == diagnose.Certain
}

// unset: where a cause begins is found when it is drawn.
const unset = -1

func (m *Model) choose(i int) {
	m.chosen, m.began = max(0, min(i, len(m.report.Causes)-1)), unset
}

// down goes to the next cause, and below the last one on to the lines that follow.
func (m *Model) down() {
	if m.chosen < len(m.report.Causes)-1 {
		m.choose(m.chosen + 1)
		return
	}
	m.scroll(1)
}

func (m *Model) up() {
	if m.top > m.began || m.chosen == 0 {
		m.scroll(-1)
		return
	}
	m.choose(m.chosen - 1)
}

func (m *Model) scroll(by int) { m.top = max(0, m.top+by) } // View keeps it from running past the end

// Keys are the keys that work now.
func (m *Model) Keys() []key.Binding { return ui.KeysOf(m.bindings()) }
