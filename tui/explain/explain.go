// Package explain is the screen that takes a pasted error, log or capture and
// leads to its diagnosis. What the text says is for package read to find out.
package explain

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"grantwalk/diagnose"
	"grantwalk/diagnose/read"
	"grantwalk/diagnose/safe"
	"grantwalk/tui/ui"
)

// Messages by which the screen leaves.
type (
	BackMsg     struct{}
	DiagnoseMsg struct{ Evidence diagnose.Evidence }
)

// Model is the screen.
type Model struct {
	ui      *ui.Common
	text    strings.Builder
	problem string // why the text led nowhere
}

// New makes the screen.
func New(c *ui.Common) *Model { return &Model{ui: c} }

// Init has nothing to begin.
func (m *Model) Init() tea.Cmd { return nil }

// Close has nothing to end.
func (m *Model) Close() {}

// Typing is always so here.
func (m *Model) Typing() bool { return true }

// Head says where this is.
func (m *Model) Head() (subject, place string) { return "explain a pasted error", "" }

// Keys are the keys of this screen.
func (m *Model) Keys() []key.Binding {
	return []key.Binding{
		ui.Bind("ctrl+d", "explain it", "ctrl+d"),
		ui.Bind("ctrl+u", "clear", "ctrl+u"),
		ui.Bind("esc", "leave", "esc"),
	}
}

// maxText is more than anybody pastes into a terminal; explain FILE takes more.
const maxText = 4 << 20

type readMsg struct {
	result read.Result
	err    error
}

// read is off the event loop, since a long text takes a moment.
func (m *Model) read() tea.Cmd {
	text := m.text.String()
	return func() tea.Msg {
		result, err := read.Read([]read.Input{{Reader: strings.NewReader(text)}}, read.Options{})
		return readMsg{result, err}
	}
}

// Update takes a message.
func (m *Model) Update(msg tea.Msg) (ui.Screen, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyMsg:
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
		m.text.Reset()
		m.problem = ""
	case tea.KeyEnter:
		m.add("\n")
	case tea.KeyBackspace:
		if text := []rune(m.text.String()); len(text) > 0 {
			m.text.Reset()
			m.text.WriteString(string(text[:len(text)-1]))
		}
	case tea.KeyRunes, tea.KeySpace:
		m.add(string(msg.Runes))
	}
	return nil
}

func (m *Model) add(s string) {
	m.problem = ""
	if m.text.Len()+len(s) > maxText {
		m.problem = "That is more than fits here: grantwalk explain FILE takes texts of any length."
		return
	}
	m.text.WriteString(strings.ReplaceAll(s, "\r", "\n"))
}

func (m *Model) found(msg readMsg) tea.Cmd {
	switch {
	case msg.err != nil:
		m.problem = ui.Sentence(msg.err.Error())
	case !msg.result.Recognised:
		m.problem = "No refusal was recognised in it. " + read.Instead
	default:
		return func() tea.Msg { return DiagnoseMsg{msg.result.Evidence} }
	}
	return nil
}

// View shows the end of what was pasted.
func (m *Model) View() string {
	st := m.ui.Styles
	width := m.ui.Width - 2
	lines := []string{"", " " + st.Strong.Render("Paste the error here, then press ctrl+d"), ""}
	if m.text.Len() == 0 {
		lines = append(lines, ui.Indent(ui.Wrap(st.Hint.Render(read.Instead+" Nothing of it is sent anywhere, and secrets in it are not shown in the diagnosis."), min(76, width)), 1)...)
	} else {
		lines = append(lines, m.end(width, m.ui.Body()-8)...)
		lines = append(lines, "", " "+st.Hint.Render(fmt.Sprintf("%d characters", len([]rune(m.text.String())))))
	}
	if m.problem != "" {
		lines = append(append(lines, ""), ui.Indent(ui.Wrap(st.Problem.Render(m.problem), width), 1)...)
	}
	return strings.Join(lines, "\n")
}

// end is the last lines of the text, made fit to show.
func (m *Model) end(width, n int) []string {
	all := strings.Split(m.text.String(), "\n")
	var lines []string
	for _, l := range all[max(0, len(all)-max(1, n)):] {
		lines = append(lines, " "+ansi.Truncate(safe.Text(l, 4*width), width, m.ui.Glyphs.Ellipsis))
	}
	return lines
}
