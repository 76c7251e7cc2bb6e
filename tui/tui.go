// Package tui is the program in the terminal. The root model here routes
// between the screens and draws the frame around them, and no more.
package tui

import (
	"context"
	"errors"
	"os"
	"slices"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"golang.org/x/term"

	"grantwalk/flow"
	"grantwalk/tui/checklist"
	"grantwalk/tui/diagnosis"
	"grantwalk/tui/explain"
	"grantwalk/tui/home"
	"grantwalk/tui/learn"
	"grantwalk/tui/session"
	"grantwalk/tui/setup"
	"grantwalk/tui/ui"
	"grantwalk/tui/walk"
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
	c := &ui.Common{
		Now:    time.Now(),
		Styles: ui.NewStyles(lipgloss.DefaultRenderer()),
		Glyphs: ui.ChooseGlyphs(os.Getenv),
		Env:    ui.Detect(os.Getenv, os.Stdout),
	}
	// Known at once, so that the first frame need not wait for the first message.
	c.Width, c.Height, _ = term.GetSize(int(os.Stdout.Fd()))
	m := newRoot(c, o)
	err := run(ctx, newProgram(ctx, m))
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
	case <-late:
	}
	return m.outcome()
}

// grace is how long the screens may take to end after an interruption. A step that
// waits ends at once; the practice server may wait for a browser's open connection
// longer than that, and then ends with the program.
const grace = 70 * time.Millisecond

var errBusy = errors.New("the event loop did not end")

// run runs p until it ends. If ctx ends while the event loop is busy, the event
// loop cannot restore the terminal; then run does that and returns errBusy.
func run(ctx context.Context, p *tea.Program) error {
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
	ui          *ui.Common
	screen      ui.Screen
	home        *home.Model // kept, and with it what was chosen there
	below       []ui.Screen // those that it lies over
	help        bool
	helpFrom    int // the first key of the help that is shown, where not all fit
	interrupted bool
	last        *walk.Model     // the last walk, for its outcome
	draft       session.Options // what the form held when it was left
}

func newRoot(c *ui.Common, o Options) *root {
	m := &root{ui: c, home: home.New(c)}
	m.screen = m.home
	if o.Walk != nil {
		m.last = walk.New(c, walk.Input{Options: *o.Walk})
		m.screen = m.last
	}
	if o.Learn != nil {
		m.screen = learn.New(c, *o.Learn)
	}
	if o.Checklist != nil {
		m.screen = checklist.New(c, *o.Checklist)
	}
	return m
}

func (m *root) outcome() (flow.Outcome, error) {
	switch {
	case m.interrupted:
		return flow.Outcome{Kind: flow.Interrupted}, nil
	case m.last == nil:
		return flow.Outcome{}, nil
	}
	return m.last.Outcome(), m.last.Err()
}

// Init begins the first screen and the clock.
func (m *root) Init() tea.Cmd { return tea.Batch(m.screen.Init(), tick) }

// tick tells the time five times a second: enough for a clock that counts seconds.
func tick() tea.Msg {
	time.Sleep(200 * time.Millisecond)
	return ui.TickMsg(time.Now())
}

// Update takes what is the root's, and routes the rest.
func (m *root) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.ui.Width, m.ui.Height = msg.Width, msg.Height
	case ui.TickMsg:
		m.ui.Now = time.Time(msg)
		cmd := m.pass(msg)
		return m, tea.Batch(cmd, tick)
	case tea.KeyMsg:
		if done, cmd := m.key(msg); done {
			return m, cmd
		}
	}
	return m, m.route(msg)
}

// route follows a message by which a screen leaves to the next screen; every
// other goes to the screen.
func (m *root) route(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case home.WalkMsg:
		return m.walk(session.Options{Practice: true})
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
		if _, ok := m.screen.(*explain.Model); !ok {
			return nil // it lies below its diagnosis already
		}
		return m.over(diagnosis.New(m.ui, diagnosis.Input{Evidence: msg.Evidence}))
	case diagnosis.ChecklistMsg:
		return m.over(checklist.New(m.ui, checklist.Input{Evidence: msg.Evidence, Started: true}))
	case explain.BackMsg, checklist.BackMsg:
		return m.back()
	case setup.WalkMsg:
		m.draft = msg.Options
		return m.walk(msg.Options)
	case setup.HomeMsg:
		m.draft = msg.Options
		return m.show(m.home)
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
		return m.show(setup.New(m.ui, setup.Input{Options: msg.Options}))
	case walk.EditMsg:
		return m.show(setup.New(m.ui, setup.Input{Options: msg.Options, Problem: msg.Problem}))
	}
	return m.pass(msg)
}

// pass hands a message to the screen. What is no key may be meant for one below
// it, such as what a command of its found.
func (m *root) pass(msg tea.Msg) tea.Cmd {
	var cmds []tea.Cmd
	if _, typed := msg.(tea.KeyMsg); !typed {
		for i, s := range m.below {
			var cmd tea.Cmd
			m.below[i], cmd = s.Update(msg)
			cmds = append(cmds, cmd)
		}
	}
	var cmd tea.Cmd
	m.screen, cmd = m.screen.Update(msg)
	return tea.Batch(append(cmds, cmd)...)
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
	case m.help:
		m.scrollHelp(msg)
		return true, nil
	case m.screen.Typing():
		return false, nil
	case key.Matches(msg, ui.KeyHelp) && !ui.Asks(m.screen):
		m.help, m.helpFrom = true, 0
		return true, nil
	case key.Matches(msg, ui.KeyQuit):
		return true, tea.Quit
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

func (m *root) keys() []key.Binding { return append(m.screen.Keys(), ui.CommonKeys(m.screen)...) }

func (m *root) walk(o session.Options) tea.Cmd {
	m.last = walk.New(m.ui, walk.Input{Options: o})
	return m.show(m.last)
}

// show leaves one screen, and those below it, for another; what they started is
// ended off the event loop.
func (m *root) show(s ui.Screen) tea.Cmd {
	old := *m
	m.screen, m.below = s, nil
	return tea.Batch(s.Init(), func() tea.Msg { old.close(); return nil })
}

// close ends what the screens started, the newest first.
func (m *root) close() {
	m.screen.Close()
	for _, s := range slices.Backward(m.below) {
		s.Close()
	}
}

// over puts a screen on top of the present one, which stays as it is.
func (m *root) over(s ui.Screen) tea.Cmd {
	m.below = append(m.below, m.screen)
	m.screen = s
	return s.Init()
}

// back returns to the screen below, or home.
func (m *root) back() tea.Cmd {
	if len(m.below) == 0 {
		return m.show(m.home)
	}
	old, last := m.screen, len(m.below)-1
	m.screen, m.below = m.below[last], m.below[:last]
	return func() tea.Msg { old.Close(); return nil }
}

// diagnosisOf hands the walk's refusal over. The probe is the refused request
// with another code, so that is what it says it will send.
func diagnosisOf(msg walk.DiagnoseMsg) diagnosis.Input {
	in := diagnosis.Input{Evidence: msg.Evidence, Options: &msg.Options}
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
	case m.ui.Width == 0:
		return ""
	case m.ui.Width < ui.MinWidth || m.ui.Height < ui.MinHeight:
		return tooSmall
	}
	subject, place := m.screen.Head()
	keys := m.keys()
	body := m.screen.View()
	if m.help {
		body, _ = m.ui.Help(keys, m.helpFrom)
		keys = []key.Binding{ui.Bind("esc", "close", "esc")}
	}
	return m.ui.Frame(subject, place, body, keys)
}
