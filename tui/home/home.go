// Package home is the first screen: what the program does, and the choice of
// what to do now.
package home

import (
	"slices"
	"strconv"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"example.com/grantwalk/tui/ui"
)

// Messages by which the screen leaves.
type (
	WalkMsg  struct{} // on the practice server
	SetUpMsg struct{} // a provider of one's own

	ChecklistMsg struct{}
	ExplainMsg   struct{}
	LearnMsg     struct{}
)

// A choice is one thing to do. One more is one row more.
type choice struct {
	title, short string
	text         string
	leave        tea.Msg
}

var choices = []choice{
	{"Walk the flow", "on a practice server, here on this machine",
		"Nothing to set up. grantwalk starts an authorization server of its own, opens your browser at its login page, " +
			"and shows every message that passes: the request, the callback, the exchange, the tokens, the refresh.", WalkMsg{}},
	{"Walk with your provider", "an issuer to discover, or two endpoints",
		"For a login that is broken, or one that you are building. You give the issuer and your client; grantwalk " +
			"finds the rest, sends real requests, and shows what the server says to each.", SetUpMsg{}},
	{"Explain an error", "paste it: JSON, a log, a redirect URL",
		"For an invalid_grant that has already happened. Paste the response, the exception or the log around it; " +
			"grantwalk finds the error in the noise and ranks the possible causes, each with the one thing to do next.", ExplainMsg{}},
	{"Checklist", "invalid_grant by hand, the best question first",
		"No walk and no log needed: answer yes, no or don't know. After each answer the causes are ranked again, until one " +
			"stands out. It ends in a report for the ticket.", ChecklistMsg{}},
	{"Learn", "lessons that are played, ten minutes each",
		"Why a code and not a token, state, PKCE, redirect URIs, refresh: each is asked first, then done on the practice server " +
			"with values of your own. At the end, five broken walks against the clock.", LearnMsg{}},
}

// Model is the screen.
type Model struct {
	ui     *ui.Common
	chosen int
}

// New makes the screen.
func New(c *ui.Common) *Model { return &Model{ui: c} }

// Choose moves to the choice that leaves by this message: a flag opened that
// screen, and esc leads from there to here.
func (m *Model) Choose(leave tea.Msg) {
	if i := slices.IndexFunc(choices, func(c choice) bool { return c.leave == leave }); i >= 0 {
		m.chosen = i
	}
}

// Init has nothing to begin.
func (m *Model) Init() tea.Cmd { return nil }

// Update moves the choice or takes it.
func (m *Model) Update(msg tea.Msg) (ui.Screen, tea.Cmd) {
	k, ok := msg.(tea.KeyMsg)
	if !ok || k.Paste {
		return m, nil
	}
	switch k.String() {
	case "up", "k", "shift+tab":
		m.chosen = (m.chosen + len(choices) - 1) % len(choices)
	case "down", "j", "tab":
		m.chosen = (m.chosen + 1) % len(choices)
	case "enter", " ", "right", "l":
		leave := choices[m.chosen].leave // the choice may move before the command runs
		return m, func() tea.Msg { return leave }
	default:
		if n, err := strconv.Atoi(k.String()); err == nil && n >= 1 && n <= len(choices) {
			m.chosen = n - 1
		}
	}
	return m, nil
}

// View shows the choices, of the chosen one what it will do, and the flow at a
// glance where there is room for it.
func (m *Model) View() string {
	height := m.ui.Body()
	width := min(m.ui.Width, 100)
	top := ui.Indent(ui.Wrap(m.ui.Styles.Strong.Render("See OAuth 2.0's authorization-code flow, one message at a time."), width-6), 3)
	lines := m.choiceLines(width)
	text := ui.Indent(ui.Wrap(choices[m.chosen].text, min(76, width-6)), 3)
	need := len(top) + len(lines) + textLines(min(76, width-6)) + 4
	if need <= height+1 { // the blank at the top can go
		lines = append(append(ui.Fit(nil, min(1, height-need+1)), top...), append([]string{""}, lines...)...)
	}
	lines = append(append(lines, ""), text...)
	picture := m.picture(width, height-need)
	if spare := height - need - len(picture); len(picture) > 0 {
		// The picture stands at the same place whatever is chosen.
		lines = append(ui.Fit(lines, need+spare/3), picture...)
		lines = append(ui.Fit(nil, spare/4), lines...)
	}
	return strings.Join(ui.Indent(lines, (m.ui.Width-width)/2), "\n")
}

// textLines are those of the longest explanation, so that nothing below it jumps.
func textLines(width int) int {
	n := 0
	for _, c := range choices {
		n = max(n, len(ui.Wrap(c.text, width)))
	}
	return n
}

func (m *Model) choiceLines(width int) []string {
	st, g := m.ui.Styles, m.ui.Glyphs
	titles := 0
	for _, c := range choices {
		titles = max(titles, len(c.title))
	}
	var lines []string
	for i, c := range choices {
		mark, title := "   ", st.Plain
		if i == m.chosen {
			mark, title = " "+st.Accent.Render(g.Here)+" ", st.Accent
		}
		line := mark + title.Render(ui.Pad(c.title, titles+3, g.Ellipsis))
		if len(c.short) <= width-titles-6 {
			line += st.Hint.Render(c.short)
		}
		lines = append(lines, line)
	}
	return lines
}

// picture is the flow at a glance, for who has never seen it: in as many arrows
// as there is room for, or nothing where even the five that matter do not fit.
func (m *Model) picture(width, room int) []string {
	const names, least, narrow = 1, 5, 60
	st := m.ui.Styles
	if room <= names+least || width < narrow {
		return nil
	}
	last := width - 12
	lanes := []ui.Lane{{X: 6, Name: "you"}, {X: 6 + (last-6)*27/100, Name: "browser"}, {X: 6 + (last-6)*58/100, Name: "your app"}, {X: last, Name: "authorization server"}}
	const you, browser, app, server = 0, 1, 2, 3
	arrows := []ui.Arrow{
		{From: app, To: browser, Label: "please ask", Style: st.Plain},
		{From: browser, To: server, Label: "may this app act for you?", Style: st.Plain},
		{From: you, To: server, Label: "log in, allow", Style: st.Plain},
		{From: server, To: browser, Label: "a code, for one use", Style: st.Accent},
		{From: browser, To: app, Label: "the code", Style: st.Accent},
		{From: app, To: server, Label: "the code", Style: st.Accent},
		{From: server, To: app, Label: "tokens", Style: st.Good},
	}
	if room <= names+len(arrows) { // the browser only hands it on
		arrows[3] = ui.Arrow{From: server, To: app, Label: "a code, by the browser", Style: st.Accent}
		arrows = slices.Delete(arrows[1:], 3, 4)
	}
	lines := []string{m.ui.LaneNames(lanes, width)}
	for _, a := range arrows {
		lines = append(lines, m.ui.ArrowLine(lanes, a, width))
	}
	for i := range lines {
		lines[i] = ansi.Truncate(lines[i], width, "")
	}
	return lines
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
