// Package tui is the program in the terminal. The root model here routes
// between the screens and draws the frame around them, and no more.
package tui

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"golang.org/x/term"

	"example.com/grantwalk/flow"
	"example.com/grantwalk/tui/checklist"
	"example.com/grantwalk/tui/diagnosis"
	"example.com/grantwalk/tui/explain"
	"example.com/grantwalk/tui/home"
	"example.com/grantwalk/tui/learn"
	"example.com/grantwalk/tui/session"
	"example.com/grantwalk/tui/setup"
	"example.com/grantwalk/tui/ui"
	"example.com/grantwalk/tui/ui/background"
	"example.com/grantwalk/tui/walk"
)

// Options say where to begin.
type Options struct {
	Walk      *session.Options // nil: not at a walk
	Checklist *checklist.Input // nil: not at the checklist; with neither, at the home screen
	Learn     *learn.Input     // nil: not in the lessons
}

// Run shows the program until the user leaves it or ctx ends. The outcome is
// that of the last walk; its zero value means that there was none. An error is a
// setting that could not be used, or a terminal that cannot be drawn on.
func Run(ctx context.Context, o Options) (flow.Outcome, error) {
	renderer := lipgloss.DefaultRenderer()
	c := &ui.Common{
		Now:    time.Now(),
		Styles: ui.NewStyles(renderer, background.FromVariable(os.Getenv("COLORFGBG"))),
		Glyphs: ui.ChooseGlyphs(os.Getenv),
		Env:    ui.Detect(os.Getenv, os.Stdout),
	}
	// Known at once, so that the first frame need not wait for the first message.
	c.Width, c.Height, _ = term.GetSize(int(os.Stdout.Fd()))
	m := newRoot(c, o)
	m.asks = asksBackground(renderer, os.Getenv)
	err := runProgram(ctx, newProgram(ctx, m))
	switch {
	case errors.Is(err, errBusy): // and the model is still in use
		return flow.Outcome{Kind: flow.Interrupted}, nil
	case ctx.Err() != nil:
		m.interrupted = true
	case err != nil && !errors.Is(err, tea.ErrInterrupted):
		m.close()
		return flow.Outcome{}, err
	}
	closed := make(chan struct{})
	go func() { m.close(); close(closed) }()
	var late <-chan time.Time // never, unless the program is to end at once
	if m.interrupted {
		late = time.After(grace)
	}
	select {
	case <-closed:
		if _, err := io.WriteString(os.Stdout, m.result()); err != nil {
			return flow.Outcome{}, err
		}
	case <-late: // the walk is still in use
	}
	return m.outcome()
}

// grace is how long the screens may take to end after an interruption. A step that
// waits ends at once; the practice server may wait for a browser's open connection
// longer than that, and then ends with the program.
const grace = 70 * time.Millisecond

var errBusy = errors.New("the event loop did not end")

// runProgram runs p until it ends. If ctx ends while the event loop is busy, the event
// loop cannot restore the terminal; then run does that and returns errBusy.
func runProgram(ctx context.Context, p *tea.Program) error {
	ended := make(chan error, 1)
	go func() {
		_, err := p.Run()
		ended <- err
	}()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	select {
	case err := <-ended:
		return err
	case <-time.After(grace):
		_ = p.ReleaseTerminal() // there is nobody left to tell
		return errBusy
	}
}

// newProgram leaves signals to the caller, whose ctx ends by them; whatever ends
// it, a panic too, the terminal is restored first.
func newProgram(ctx context.Context, m tea.Model, more ...tea.ProgramOption) *tea.Program {
	return tea.NewProgram(m, append([]tea.ProgramOption{tea.WithAltScreen(), tea.WithContext(ctx), tea.WithoutSignalHandler()}, more...)...)
}

// root is the model that owns the frame.
type root struct {
	ui            *ui.Common
	width, height int // of the terminal; the size in ui is never too small for a screen
	top           *run
	below         []*run      // the screens that it lies over
	left          []*run      // screens that were left and are being closed
	home          *home.Model // kept, and with it what was chosen there
	help          bool
	helpFrom      int // the first key of the help that is shown, where not all fit
	interrupted   bool
	last          *walk.Model     // the last walk, for its outcome
	draft         session.Options // what the form held when it was left
	given         session.Options // what flags said of every walk: who logs in, and who keeps the transcript
	renderer      *lipgloss.Renderer
	asks          bool // the terminal is to be asked for its background
	response      backgroundResponse
}

func newRoot(c *ui.Common, o Options) *root {
	m := &root{ui: c, home: home.New(c), renderer: lipgloss.DefaultRenderer()}
	m.resize(c.Width, c.Height)
	var first ui.Screen = m.home
	if o.Walk != nil {
		m.given = session.Options{Browser: o.Walk.Browser, Done: o.Walk.Done}
		m.draft.Done = o.Walk.Done
		m.last = walk.New(c, walk.Input{Options: *o.Walk})
		first = m.last
	}
	if o.Learn != nil {
		m.home.Choose(home.LearnMsg{})
		first = learn.New(c, *o.Learn)
	}
	if o.Checklist != nil {
		m.home.Choose(home.ChecklistMsg{})
		first = checklist.New(c, *o.Checklist)
	}
	m.top = &run{Screen: first}
	return m
}

// resize notes the terminal's size. If the terminal is too small for a screen, the
// screen is not drawn, and lays itself out for the smallest size that it supports.
func (m *root) resize(width, height int) {
	m.width, m.height = width, height
	m.ui.Width, m.ui.Height = max(width, ui.MinWidth), max(height, ui.MinHeight)
}

func (m *root) tooSmall() bool { return m.width < ui.MinWidth || m.height < ui.MinHeight }

func (m *root) outcome() (flow.Outcome, error) {
	switch {
	case m.interrupted:
		return flow.Outcome{Kind: flow.Interrupted}, nil
	case m.last == nil:
		return flow.Outcome{}, nil
	}
	return m.last.Outcome(), m.last.Err()
}

// resultWidth is where the result is wrapped, for reading.
const resultWidth = 80

// result is the last walk's outcome, which stays on the terminal when the screens
// are gone, however the screens were left. It is empty if the walk was left before its end.
func (m *root) result() string {
	if m.last == nil {
		return ""
	}
	width := min(max(m.width, ui.MinWidth), resultWidth)
	lines := m.last.Result(width)
	if len(lines) > 0 && !m.last.Kept() {
		lines = append(lines, ui.Indent(ui.Wrap("The transcript was not saved: grantwalk walk --save FILE keeps it.", width-4), 3)...)
	}
	var text strings.Builder
	for _, l := range lines {
		text.WriteString(m.ui.Glyphs.SpellOut(l) + "\n")
	}
	return text.String()
}

// Init begins the first screen and the clock.
func (m *root) Init() tea.Cmd {
	if m.asks {
		return tea.Batch(m.top.start(), tick, askBackground)
	}
	return tea.Batch(m.top.start(), tick)
}

// tick tells the time five times a second: enough for a clock that counts seconds.
func tick() tea.Msg {
	time.Sleep(200 * time.Millisecond)
	return ui.TickMsg(time.Now())
}

// Update takes what is the root's, and hands the rest to the screens.
func (m *root) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case ownMsg:
		return m, m.own(msg)
	case closedMsg:
		m.left = slices.DeleteFunc(m.left, func(r *run) bool { return slices.Contains(msg.runs, r) })
		return m, nil
	case tea.WindowSizeMsg:
		m.resize(msg.Width, msg.Height)
		return m, m.pass(tea.WindowSizeMsg{Width: m.ui.Width, Height: m.ui.Height})
	case ui.TickMsg:
		m.ui.Now = time.Time(msg)
		return m, tea.Batch(m.pass(msg), tick)
	case tea.KeyMsg:
		taken, is := m.response.key(msg)
		recolored := m.setBackground(is)
		if taken {
			return m, recolored
		}
		if done, cmd := m.key(msg); done {
			return m, cmd
		}
		return m, m.top.update(msg)
	}
	return m, m.pass(msg)
}

// own hands the message of a screen's own command to that screen. Only the
// screen on top leads to another one. A screen that was left gets nothing.
func (m *root) own(msg ownMsg) tea.Cmd {
	switch {
	case msg.run == m.top:
		return m.route(msg.msg)
	case slices.Contains(m.below, msg.run):
		return msg.run.update(msg.msg)
	}
	return nil
}

// route follows a message by which the screen leaves to the next screen.
func (m *root) route(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case home.WalkMsg:
		practice := m.given
		practice.Practice = true
		return m.walk(practice)
	case home.LearnMsg:
		return m.show(learn.New(m.ui, learn.Input{}))
	case learn.HomeMsg:
		return m.show(m.home)
	case home.SetUpMsg:
		return m.show(setup.New(m.ui, setup.Input{Options: m.draft}))
	case home.ChecklistMsg:
		return m.show(checklist.New(m.ui, checklist.Input{}))
	case home.ExplainMsg:
		return m.show(explain.New(m.ui))
	case explain.DiagnoseMsg:
		return m.over(diagnosis.New(m.ui, diagnosis.Input{Evidence: msg.Evidence, Report: &msg.Report, Twist: msg.Twist}))
	case diagnosis.ChecklistMsg:
		return m.over(checklist.New(m.ui, checklist.Input{Evidence: msg.Evidence, Twist: msg.Twist, Started: true}))
	case explain.BackMsg, checklist.BackMsg:
		return m.back()
	case setup.WalkMsg:
		m.draft = msg.Options
		return m.walk(msg.Options)
	case setup.HomeMsg:
		m.draft = msg.Options
		return m.back() // to the walk or diagnosis that it was opened from
	case walk.HomeMsg:
		return m.show(m.home)
	case walk.AgainMsg:
		return m.walk(msg.Options)
	case walk.DiagnoseMsg:
		return m.over(diagnosis.New(m.ui, diagnosisOf(msg)))
	case diagnosis.BackMsg:
		return m.back()
	case diagnosis.AgainMsg:
		return m.walk(msg.Options)
	case diagnosis.EditMsg:
		return m.over(setup.New(m.ui, setup.Input{Options: msg.Options}))
	case walk.EditMsg:
		return m.over(setup.New(m.ui, setup.Input{Options: msg.Options, Problem: msg.Problem}))
	}
	return m.top.update(msg)
}

// pass hands a message that is no key to all screens.
func (m *root) pass(msg tea.Msg) tea.Cmd {
	var cmds []tea.Cmd
	for _, r := range append(slices.Clone(m.below), m.top) {
		cmds = append(cmds, r.update(msg))
	}
	return tea.Batch(cmds...)
}

// key takes the keys that mean the same everywhere.
func (m *root) key(msg tea.KeyMsg) (done bool, cmd tea.Cmd) {
	switch {
	case msg.Type == tea.KeyCtrlC:
		m.interrupted = true
		return true, tea.Quit
	case msg.Type == tea.KeyCtrlZ:
		return true, tea.Suspend
	case msg.Type == tea.KeyCtrlL:
		return true, tea.ClearScreen
	case m.tooSmall(): // a key must not do what cannot be seen
		return true, nil
	case m.help:
		m.scrollHelp(msg)
		return true, nil
	case m.top.Typing():
		return false, nil
	case key.Matches(msg, ui.KeyHelp) && !ui.Asks(m.top.Screen):
		m.help, m.helpFrom = true, 0
		return true, nil
	case key.Matches(msg, ui.KeyQuit) && ui.MayQuit(m.top.Screen):
		return true, tea.Quit
	case key.Matches(msg, ui.KeyQuit): // it asks now
		return true, nil
	}
	return false, nil
}

// scrollHelp moves the help where it is longer than its room; any other key closes it.
func (m *root) scrollHelp(msg tea.KeyMsg) {
	_, rest := m.ui.Help(m.keys(), m.helpFrom)
	switch msg.Type {
	case tea.KeyDown, tea.KeyPgDown:
		m.helpFrom = min(m.helpFrom+1, rest)
	case tea.KeyUp, tea.KeyPgUp:
		m.helpFrom = max(m.helpFrom-1, 0)
	default:
		m.help = false
	}
}

func (m *root) keys() []key.Binding {
	return append(m.top.Keys(), ui.CommonKeys(m.top.Screen)...)
}

func (m *root) walk(o session.Options) tea.Cmd {
	m.last = walk.New(m.ui, walk.Input{Options: o})
	return m.show(m.last)
}

// closedMsg says which screens are closed.
type closedMsg struct{ runs []*run }

// show leaves the screen, and those below it, for another one.
func (m *root) show(s ui.Screen) tea.Cmd {
	old := append(slices.Clone(m.below), m.top)
	m.top, m.below = &run{Screen: s}, nil
	return tea.Batch(m.top.start(), m.leave(old...))
}

// over puts a screen on top of the present one, which stays as it is.
func (m *root) over(s ui.Screen) tea.Cmd {
	m.below = append(m.below, m.top)
	m.top = &run{Screen: s}
	return m.top.start()
}

// back returns to the screen below, or home.
func (m *root) back() tea.Cmd {
	if len(m.below) == 0 {
		return m.show(m.home)
	}
	old, last := m.top, len(m.below)-1
	m.top, m.below = m.below[last], m.below[:last]
	return m.leave(old)
}

// leave ends what the screens started, off the event loop. The program may end
// before that is done, so close does the rest.
func (m *root) leave(old ...*run) tea.Cmd {
	m.left = append(m.left, old...)
	return func() tea.Msg {
		closeAll(old)
		return closedMsg{old}
	}
}

// close ends what all screens started.
func (m *root) close() {
	closeAll(m.left)
	closeAll(append(slices.Clone(m.below), m.top))
}

// closeAll closes the newest screen first: it may use what one below it started.
func closeAll(runs []*run) {
	for _, r := range slices.Backward(runs) {
		r.close()
	}
}

// diagnosisOf hands the walk's refusal over. The probe is the refused request
// with another code, so that is what it says it will send.
func diagnosisOf(msg walk.DiagnoseMsg) diagnosis.Input {
	in := diagnosis.Input{Evidence: msg.Evidence, Twist: msg.Twist, Options: &msg.Options}
	if msg.Probe == nil {
		return in
	}
	in.Probe = &diagnosis.Probe{Send: msg.Probe, Sends: []string{msg.Request.Method + " " + msg.Request.URL}}
	for _, p := range msg.Request.Params {
		switch value := p.Show(false); {
		case p.Name == "code":
			in.Probe.Sends = append(in.Probe.Sends, "  code = made up, as long as the real one")
		case p.In == "form":
			in.Probe.Sends = append(in.Probe.Sends, "  "+p.Name+" = "+value)
		}
	}
	return in
}

const tooSmall = "grantwalk needs a larger window:\nat least 40 columns and 12 lines.\nctrl+c ends it, --plain needs none."

// View frames the screen.
func (m *root) View() string {
	switch {
	case m.width == 0:
		return "" // the size is not known yet
	case m.tooSmall():
		lines := ui.Wrap(tooSmall, m.width)
		return strings.Join(lines[:max(0, min(len(lines), m.height))], "\n")
	}
	subject, place := m.top.Head()
	keys := m.keys()
	body := m.top.View()
	if m.help {
		body, _ = m.ui.Help(keys, m.helpFrom)
		keys = []key.Binding{ui.Bind("esc", "close", "esc")}
	}
	return m.ui.Frame(subject, place, body, keys)
}
