// Package home is the first screen: what the program does, and the choice of
// what to do now.
package home

import (
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"grantwalk/tui/ui"
)

// Messages by which the screen leaves.
type (
	WalkMsg  struct{} // on the practice server
	SetUpMsg struct{} // a provider of one's own
)

// A choice is one thing to do.
type choice struct {
	title, short string
	text         string
	leave        tea.Msg
}

var choices = []choice{
	{"Walk the flow", "on a practice server, here on this machine",
		"Nothing to set up. grantwalk starts an authorization server of its own, opens your browser at its log-in page, " +
			"and shows every message that passes: the request, the callback, the exchange of the code, the tokens, the refresh.", WalkMsg{}},
	{"Walk with your provider", "an issuer to discover, or two endpoints",
		"For a log-in that is broken, or one that you are building. You give the issuer and your client; grantwalk " +
			"finds the rest, sends real requests, and shows what the server says to each.", SetUpMsg{}},
}

// Model is the screen.
type Model struct {
	ui     *ui.Common
	chosen int
}

// New makes the screen.
func New(c *ui.Common) *Model { return &Model{ui: c} }

// Init has nothing to begin.
func (m *Model) Init() tea.Cmd { return nil }

// Update moves the choice or takes it.
func (m *Model) Update(msg tea.Msg) (ui.Screen, tea.Cmd) {
	k, ok := msg.(tea.KeyMsg)
	if !ok {
		return m, nil
	}
	switch k.String() {
	case "up", "k", "shift+tab":
		m.chosen = (m.chosen + len(choices) - 1) % len(choices)
	case "down", "j", "tab":
		m.chosen = (m.chosen + 1) % len(choices)
	case "1", "2":
		m.chosen = int(k.String()[0] - '1')
	case "enter", " ", "right", "l":
		return m, func() tea.Msg { return choices[m.chosen].leave }
	}
	return m, nil
}

// View shows the choices, and of the chosen one what it will do.
func (m *Model) View() string {
	st, g := m.ui.Styles, m.ui.Glyphs
	lines := []string{""}
	for _, l := range ui.Wrap("See OAuth 2.0's authorization-code flow, one message at a time.", m.ui.Width-4) {
		lines = append(lines, "  "+l)
	}
	lines = append(lines, "")
	for i, c := range choices {
		mark, title := "   ", st.Plain
		if i == m.chosen {
			mark, title = " "+st.Accent.Render(g.Here)+" ", st.Accent
		}
		lines = append(lines, mark+title.Render(ui.Pad(c.title, 26, g.Ellipsis))+st.Hint.Render(c.short))
	}
	lines = append(lines, "")
	for _, l := range ui.Wrap(choices[m.chosen].text, min(76, m.ui.Width-6)) {
		lines = append(lines, "   "+l)
	}
	if m.ui.Body() >= len(lines)+10 {
		lines = append(append(lines, ""), m.picture()...)
	}
	return strings.Join(lines, "\n")
}

// picture is the flow in four lines, for who has never seen it.
func (m *Model) picture() []string {
	st, g := m.ui.Styles, m.ui.Glyphs
	arrow := func(n int) string { return strings.Repeat(g.Line, n) + g.Right }
	rows := []string{
		"browser   " + arrow(2) + " server     may this app act for you?   you log in and allow",
		"browser   " + arrow(2) + " grantwalk  the code                    good for one use, for minutes",
		"grantwalk " + arrow(2) + " server     code, and proof who asks",
		"server    " + arrow(2) + " grantwalk  the tokens",
	}
	for i, r := range rows {
		rows[i] = "   " + st.Hint.Render(r)
	}
	return rows
}

// Head has nothing to add to the program's name.
func (m *Model) Head() (subject, place string) { return "walks OAuth 2.0 with you", "" }

// Keys are the keys of this screen.
func (m *Model) Keys() []key.Binding {
	return []key.Binding{
		ui.Bind("enter", "begin", "enter"),
		ui.Bind(m.ui.Glyphs.Updown, "choose", "up", "down"),
	}
}

// Typing is never so here.
func (m *Model) Typing() bool { return false }

// Close has nothing to end.
func (m *Model) Close() {}
