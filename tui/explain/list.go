package explain

import (
	"fmt"
	"strconv"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/grantwalk/tui/report"
	"example.com/grantwalk/tui/ui"
)

// A log tells of several failures. They are listed the surest first, and each
// leads to its own diagnosis.

func (m *Model) listBindings() []ui.Binding {
	set := func(f func()) func() tea.Cmd { return func() tea.Cmd { f(); return nil } }
	choose := func(by int) func() tea.Cmd {
		return set(func() { m.chosen = max(0, min(m.chosen+by, len(m.cases)-1)) })
	}
	return []ui.Binding{
		ui.On(ui.Bind("enter", "why it failed", "enter", " ", "right", "l"), true, func() tea.Cmd { return diagnosed(m.cases[m.chosen]) }),
		ui.On(ui.Bind(m.ui.Glyphs.Updown, "choose", "down", "j", "tab"), true, choose(1)),
		ui.On(ui.Bind("", "", "up", "k", "shift+tab"), true, choose(-1)),
		ui.On(ui.Bind("home/end", "first or last", "home", "g"), true, choose(-len(m.cases))),
		ui.On(ui.Bind("", "", "end", "G"), true, choose(len(m.cases))),
		ui.On(ui.Bind("esc", "back to the text", "esc", "left", "h", "backspace"), true, set(func() { m.cases = nil })),
	}
}

func (m *Model) listKey(msg tea.KeyMsg) tea.Cmd {
	if do := ui.Pressed(m.listBindings(), msg); do != nil {
		return do()
	}
	return nil
}

// listView shows the groups from the one that keeps the chosen one in sight.
func (m *Model) listView() string {
	st, g := m.ui.Styles, m.ui.Glyphs
	head := []string{"", " " + st.Strong.Render("What failed, the surest cause first"), ""}
	if m.ui.Body() < 10 {
		head = head[1:2]
	}
	digits := 0
	for _, c := range m.cases {
		digits = max(digits, len(strconv.Itoa(c.Count)))
	}
	layout := report.Layout{Glyphs: g, Styles: st, Width: m.ui.Width - 1}
	var lines []string
	from, to := 0, 0 // the lines of the chosen group
	for i, c := range m.cases {
		if i > 0 && m.ui.Body() >= 16 {
			lines = append(lines, "")
		}
		mark := " "
		if i == m.chosen {
			mark, from = st.Accent.Render(g.Here), len(lines)
		}
		lead := " " + mark + " " + st.Accent.Render(fmt.Sprintf("%*d %s", digits, c.Count, g.Times)) + "  "
		lines = append(lines, layout.Group(lead, c.Report, c.Seen())...)
		if i == m.chosen {
			to = len(lines)
		}
	}
	room := m.ui.Body() - len(head)
	m.top = max(0, min(max(min(m.top, from), to-room), len(lines)-room))
	return strings.Join(append(head, lines[m.top:min(len(lines), m.top+room)]...), "\n")
}
