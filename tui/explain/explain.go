// Package explain is the screen that takes a pasted error, log or capture and
// leads to its diagnosis; where a log tells of several failures, to a list of
// them first. What the text says is for package read to find out, and which
// failures it tells of for package report.
package explain

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/read"
	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/flow"
	"example.com/grantwalk/tui/report"
	"example.com/grantwalk/tui/ui"
)

// Messages by which the screen leaves.
type (
	BackMsg     struct{}
	DiagnoseMsg struct {
		Evidence diagnose.Evidence
		Report   diagnose.Report
		Twist    *flow.TwistResult // of a saved walk; nil: nothing was broken on purpose
	}
)

// Model is the screen.
type Model struct {
	ui      *ui.Common
	text    strings.Builder
	problem string // why the text led nowhere

	edits   int  // how often the text has changed
	reading bool // it is being read, as it is now
	up      int  // by how many lines the view is moved up from the end
	upMax   int  // how far it can be; found when it was drawn last
	page    int  // how many lines were seen then

	cases  []report.Case // the failures that the text tells of, while they are listed; nil: the text is shown
	chosen int           // of them
	top    int           // the first line of the list that is shown
}

// New makes the screen.
func New(c *ui.Common) *Model { return &Model{ui: c} }

// Init has nothing to begin.
func (m *Model) Init() tea.Cmd { return nil }

// Close has nothing to end.
func (m *Model) Close() {}

// Typing is so while the text is shown.
func (m *Model) Typing() bool { return m.cases == nil }

// Head says where this is.
func (m *Model) Head() (subject, place string) {
	if m.cases != nil {
		return "explain a pasted log", report.Counted(m.cases)
	}
	return "explain a pasted error", ""
}

// Keys are the keys of this screen.
func (m *Model) Keys() []key.Binding {
	if m.cases != nil {
		return ui.KeysOf(m.listBindings())
	}
	keys := []key.Binding{
		ui.Bind("ctrl+d", "explain it", "ctrl+d"),
		ui.Bind("ctrl+u", "clear", "ctrl+u"),
		ui.Bind("esc", "leave", "esc"),
	}
	if m.upMax > 0 {
		keys = append(keys, ui.Bind("pgup/pgdn", "scroll", "pgup", "pgdown"))
	}
	return keys
}

type readMsg struct {
	edits      int // of the text that was read
	recognised bool
	cases      []report.Case
	err        error
}

// read is off the event loop, since a long text takes a moment.
func (m *Model) read() tea.Cmd {
	text, edits := m.text.String(), m.edits
	switch {
	case m.reading:
		return nil
	case strings.TrimSpace(text) == "":
		m.problem = "There is nothing to explain yet."
		return nil
	}
	m.reading, m.problem = true, ""
	return func() tea.Msg {
		result, err := read.Read([]read.Input{{Reader: strings.NewReader(text)}}, read.Options{})
		if err != nil || !result.Recognised {
			return readMsg{edits: edits, err: err}
		}
		return readMsg{edits: edits, recognised: true, cases: report.Cases(result)}
	}
}

// Update takes a message.
func (m *Model) Update(msg tea.Msg) (ui.Screen, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyMsg:
		if m.cases != nil {
			return m, m.listKey(msg)
		}
		return m, m.key(msg)
	case readMsg:
		return m, m.found(msg)
	}
	return m, nil
}

func (m *Model) key(msg tea.KeyMsg) tea.Cmd {
	switch msg.Type {
	case tea.KeyEsc:
		return func() tea.Msg { return BackMsg{} }
	case tea.KeyCtrlD:
		return m.read()
	case tea.KeyCtrlU:
		m.set("")
	case tea.KeyEnter:
		if m.text.Len() > 0 {
			m.add("\n")
		}
	case tea.KeyBackspace:
		text := m.text.String()
		_, last := utf8.DecodeLastRuneInString(text)
		m.set(text[:len(text)-last])
	case tea.KeyPgUp:
		m.up = min(m.up+m.page, m.upMax)
	case tea.KeyPgDown:
		m.up = max(m.up-m.page, 0)
	case tea.KeyUp:
		m.up = min(m.up+1, m.upMax)
	case tea.KeyDown:
		m.up = max(m.up-1, 0)
	case tea.KeyRunes, tea.KeySpace:
		m.add(string(msg.Runes))
	}
	return nil
}

func (m *Model) set(text string) {
	m.text.Reset()
	m.add(text)
}

func (m *Model) add(s string) {
	if m.text.Len()+len(s) > ui.MaxPaste {
		m.problem = ui.TooLong
		return
	}
	m.text.WriteString(strings.ReplaceAll(s, "\r", "\n"))
	m.edits++
	m.reading, m.problem, m.up = false, "", 0
}

func (m *Model) found(msg readMsg) tea.Cmd {
	if !m.reading || msg.edits != m.edits {
		return nil // another text stands here by now
	}
	m.reading = false
	switch {
	case msg.err != nil:
		m.problem = ui.Sentence(msg.err.Error())
	case !msg.recognised:
		m.problem = "No rejection was recognized in this text. " + read.Instead
	case len(msg.cases) > 1:
		m.cases, m.chosen, m.top = msg.cases, 0, 0
	default:
		return diagnosed(msg.cases[0])
	}
	return nil
}

func diagnosed(c report.Case) tea.Cmd {
	msg := DiagnoseMsg{Evidence: c.Evidence, Report: c.Report}
	if c.Walk != nil {
		msg.Twist = c.Walk.Twist
	}
	return func() tea.Msg { return msg }
}

// View shows the end of what was pasted, and of it what was moved to.
func (m *Model) View() string {
	if m.cases != nil {
		return m.listView()
	}
	st := m.ui.Styles
	width := m.ui.Width - 2
	m.upMax = 0
	lines := []string{"", " " + st.Strong.Render("Paste the error here, then press ctrl+d"), ""}
	var problem []string
	if m.problem != "" {
		problem = append([]string{""}, ui.Indent(ui.Wrap(st.Problem.Render(m.problem), width), 1)...)
	}
	if m.text.Len() == 0 {
		lines = append(lines, ui.Indent(ui.Wrap(st.Hint.Render(read.Instead+" Nothing of it is sent anywhere, and secrets in it are not shown in the diagnosis."), min(76, width)), 1)...)
	} else {
		lines = append(lines, m.shown(width, m.ui.Body()-5-len(problem))...)
		lines = append(lines, "", " "+st.Hint.Render(m.amount()))
	}
	lines = append(lines, problem...)
	if len(lines) > m.ui.Body() {
		lines = slices.DeleteFunc(lines, func(l string) bool { return l == "" })
	}
	if over := len(lines) - m.ui.Body(); over > 0 && m.problem != "" {
		lines = lines[over:] // what is wrong stands at the end
	}
	return strings.Join(lines, "\n")
}

// amount is how much there is, and which lines of it are seen.
func (m *Model) amount() string {
	n := utf8.RuneCountInString(m.text.String())
	amount := fmt.Sprintf("%d characters", n)
	if n == 1 {
		amount = "1 character"
	}
	switch last := m.upMax + m.page; {
	case m.reading:
		amount += ", being read" + m.ui.Glyphs.Ellipsis
	case m.upMax > 0:
		amount += fmt.Sprintf(", lines %d to %d of %d", m.upMax-m.up+1, last-m.up, last)
	}
	return amount
}

// shown are n lines of the text, as far as they may be shown: another person may look over
// the person's shoulder.
func (m *Model) shown(width, n int) []string {
	all := strings.Split(m.text.String(), "\n")
	m.page = min(max(1, n), len(all))
	m.upMax = len(all) - m.page
	m.up = min(m.up, m.upMax)
	var lines []string
	for _, l := range all[m.upMax-m.up:][:m.page] {
		lines = append(lines, " "+ansi.Truncate(safe.Quote(l, 4*width), width, m.ui.Glyphs.Ellipsis))
	}
	return lines
}
