package walk

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"

	"grantwalk/flow"
	"grantwalk/tui/gloss"
	"grantwalk/tui/ui"
)

// messageView shows one message: what it is, its parameters, and what the
// focused one is for.
func (m *Model) messageView(msg flow.Message, width, height int) []string {
	lines := []string{m.messageTitle(msg, width), m.ui.Styles.Rule.Render(strings.Repeat(m.ui.Glyphs.Rule, width))}
	if m.wide() {
		return m.roomyMessage(lines, msg, width, height)
	}
	text := m.explanation(msg, width)
	room := height - len(lines) - len(text) - 1
	lines = append(lines, m.content(msg, width, room)...)
	for len(lines) < height-len(text) {
		lines = append(lines, "")
	}
	return append(lines, text...)
}

// roomyMessage has room for everything: the message explained first, then what
// is in it, then the focused parameter.
func (m *Model) roomyMessage(lines []string, msg flow.Message, width, height int) []string {
	lines = append(lines, ui.Indent(m.explainMessage(msg, width), 1)...)
	lines = append(lines, "")
	const below = 7 // for the focused parameter
	lines = append(lines, m.content(msg, width, height-len(lines)-below)...)
	if m.param >= 0 && m.param < len(msg.Params) {
		lines = append(append(lines, ""), ui.Indent(m.explainParam(msg.Params[m.param], width), 1)...)
	}
	return lines
}

// content is the waterfall, the parameters, or both where they fit, or else the
// body that could not be read.
func (m *Model) content(msg flow.Message, width, room int) []string {
	if len(msg.Params) == 0 && msg.Body != "" {
		return m.bodyLines(msg, width, room)
	}
	if msg.Timing == nil || !m.timing && !m.tall() {
		return m.params(msg, width, room)
	}
	lines := m.waterfall(msg, width)
	if left := room - len(lines) - 1; left > 3 {
		lines = append(append(lines, ""), m.params(msg, width, left)...)
	}
	return lines
}

func (m *Model) messageTitle(msg flow.Message, width int) string {
	what := msg.Name
	if msg.URL != "" && msg.Method != "" {
		what = msg.Method + " " + msg.URL
	} else if msg.Status != 0 {
		what = msg.Label
	}
	left := fmt.Sprintf(" %2d  ", msg.N) + m.ui.Styles.Strong.Render(what)
	right := msg.Name
	if msg.Timing != nil {
		right = ui.Short(msg.Timing.Total)
	}
	if what == msg.Name {
		right = ""
	}
	return ui.SpreadIn(width, left, m.ui.Styles.Hint.Render(right)+" ", m.ui.Glyphs.Ellipsis)
}

// params are the rows that fit, the focused one among them.
func (m *Model) params(msg flow.Message, width, n int) []string {
	if n <= 0 {
		return nil
	}
	if len(msg.Params) == 0 {
		return []string{m.ui.Styles.Hint.Render("     no parameters")}
	}
	nameWidth := 0
	for _, p := range msg.Params {
		nameWidth = max(nameWidth, lipgloss.Width(p.Name))
	}
	nameWidth = min(nameWidth, 22, width/3)
	if m.wide() && 2*len(msg.Params) <= n {
		return m.paramPairs(msg, nameWidth, width)
	}
	shown := min(n, len(msg.Params))
	if len(msg.Params) > n {
		shown = n - 1 // the last line tells that there are more
	}
	first := max(0, min(m.param-shown/2, len(msg.Params)-shown))
	var lines []string
	for i := first; i < first+shown; i++ {
		lines = append(lines, m.paramRow(msg.Params[i], nameWidth, width, i == m.param))
	}
	if shown < len(msg.Params) {
		more := fmt.Sprintf("     %d to %d of %d, %s for the others", first+1, first+shown, len(msg.Params), m.ui.Glyphs.Updown)
		lines = append(lines, m.ui.Styles.Hint.Render(more))
	}
	return lines
}

// paramPairs are rows of two lines: the value, and what the parameter is for.
func (m *Model) paramPairs(msg flow.Message, nameWidth, width int) []string {
	var lines []string
	for i, p := range msg.Params {
		n, ok := gloss.Param(p.In, p.Name)
		text := n.For + " " + m.ui.Glyphs.Dot + " " + n.Cite
		if !ok {
			text = "this server's own"
		}
		row, below := m.row(p, p.Show(m.reveal), m.markOf(p), nameWidth, width, i == m.param), strings.Repeat(" ", 5)
		lines = append(lines, row, ansi.Truncate(below+m.ui.Styles.Hint.Render(text), width, m.ui.Glyphs.Ellipsis))
	}
	return lines
}

// paramRow is a row of one line. What was found stands at its end, or else what
// the parameter is for, where there is room.
func (m *Model) paramRow(p flow.Param, nameWidth, width int, focused bool) string {
	const (
		redacted = 25 // columns of a redacted secret
		column   = 32 // of the notes, which begin at the same place in all rows
	)
	value, note := p.Show(m.reveal), m.paramNote(p)
	room := width - nameWidth - 7
	if p.Note == "" && room-column < min(redacted, lipgloss.Width(value)) {
		note = ""
	}
	if note != "" {
		note = ansi.Truncate(note, max(column, lipgloss.Width(m.markOf(p))), m.ui.Glyphs.Ellipsis)
		value = ui.Pad(value, max(4, room-max(column, lipgloss.Width(note))), m.ui.Glyphs.Ellipsis)
	}
	return m.row(p, value, note, nameWidth, width, focused)
}

func (m *Model) row(p flow.Param, value, note string, nameWidth, width int, focused bool) string {
	st, g := m.ui.Styles, m.ui.Glyphs
	lead, name := "   ", st.Plain
	if focused {
		lead, name = " "+st.Accent.Render(g.Here)+" ", st.Accent
	}
	left := lead + name.Render(ui.Pad(p.Name, nameWidth, g.Ellipsis)) + "  "
	room := width - lipgloss.Width(left)
	value = ansi.Truncate(value, max(4, room-lipgloss.Width(note)-2), g.Ellipsis)
	return ansi.Truncate(left+value+"  "+note, width, g.Ellipsis)
}

// paramNote is what was found, or else what the parameter is for.
func (m *Model) paramNote(p flow.Param) string {
	if p.Note != "" {
		return m.markOf(p)
	}
	if n, ok := gloss.Param(p.In, p.Name); ok {
		return m.ui.Styles.Hint.Render(ansi.Truncate(n.For, 40, m.ui.Glyphs.Ellipsis))
	}
	return ""
}

func (m *Model) markOf(p flow.Param) string {
	st, g := m.ui.Styles, m.ui.Glyphs
	switch {
	case p.Mark == flow.Good:
		return st.Good.Render(g.Done + " " + p.Note)
	case p.Mark == flow.Bad:
		return st.Problem.Render(strings.TrimSpace(g.Bad + " " + p.Note))
	case p.Note != "":
		return st.Hint.Render(p.Note)
	}
	return ""
}

func (m *Model) bodyLines(msg flow.Message, width, n int) []string {
	lines := ui.Wrap(msg.Body, width-6)
	if len(lines) > n {
		lines = append(lines[:max(0, n-1)], m.ui.Glyphs.Ellipsis)
	}
	return ui.Indent(lines, 3)
}

// explanation says what the focused parameter is for, or the message; it takes
// the same number of lines whichever it is, so that nothing jumps.
func (m *Model) explanation(msg flow.Message, width int) []string {
	size := 3
	if m.tall() || m.wide() {
		size = 6
	}
	var lines []string
	if m.param >= 0 && m.param < len(msg.Params) {
		lines = m.explainParam(msg.Params[m.param], width)
	} else {
		lines = m.explainMessage(msg, width)
	}
	if len(lines) > size {
		lines = lines[:size]
	}
	for len(lines) < size {
		lines = append(lines, "")
	}
	return ui.Indent(lines, 1)
}

func (m *Model) explainParam(p flow.Param, width int) []string {
	var lines []string
	if value := p.Show(m.reveal); lipgloss.Width(value) > width-len(p.Name)-40 {
		lines = ui.Wrap(value, width-3)
		if limit := 3; len(lines) > limit {
			lines = append(lines[:limit-1], ansi.Truncate(lines[limit-1], width-5, "")+m.ui.Glyphs.Ellipsis)
		}
	}
	n, ok := gloss.Param(p.In, p.Name)
	if !ok {
		return append(lines, m.ui.Styles.Hint.Render(p.Name+": no parameter of the specifications named here; this server's own."))
	}
	return append(lines, m.noteLines(p.Name, n, width)...)
}

func (m *Model) explainMessage(msg flow.Message, width int) []string {
	var lines []string
	if msg.Note != "" {
		for _, l := range ui.Wrap(msg.Note, width-3) {
			lines = append(lines, m.ui.Styles.Plain.Render(l))
		}
	}
	if n, ok := gloss.Message(msg.Name); ok {
		lines = append(lines, m.noteLines("", n, width)...)
	}
	return lines
}

// noteLines wraps a note; its source stands at its end.
func (m *Model) noteLines(name string, n gloss.Note, width int) []string {
	text := n.Text
	if text == "" {
		text = strings.ToUpper(n.For[:1]) + n.For[1:] + "."
	}
	if name != "" {
		text = name + ": " + text
	}
	var lines []string
	for _, l := range ui.Wrap(text+" "+strings.ReplaceAll(n.Cite, " ", "\u00a0"), width-3) {
		body, cite, found := strings.Cut(l, strings.ReplaceAll(n.Cite, " ", "\u00a0"))
		if found {
			l = body + m.ui.Styles.Hint.Render(n.Cite) + cite
		}
		lines = append(lines, l)
	}
	return lines
}
