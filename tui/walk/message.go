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

// messageView shows one message: what it is, its parameters, and below them
// what the focused one is for.
func (m *Model) messageView(msg flow.Message, width, height int) []string {
	lines := []string{m.messageTitle(msg, width), m.ui.Styles.Rule.Render(strings.Repeat(m.ui.Glyphs.Rule, width))}
	text := m.explanation(msg, width)
	room := height - len(lines) - len(text) - 1
	switch {
	case msg.Timing != nil && (m.timing || m.tall()) && room > 6:
		w := m.waterfall(msg, width)
		lines = append(lines, w...)
		if m.tall() && !m.timing {
			lines = append(append(lines, ""), m.params(msg, width, room-len(w)-1)...)
		}
	case msg.Body != "":
		lines = append(lines, m.bodyLines(msg, width, room)...)
	default:
		lines = append(lines, m.params(msg, width, room)...)
	}
	for len(lines) < height-len(text) {
		lines = append(lines, "")
	}
	return append(lines, text...)
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
		right = short(msg.Timing.Total)
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

func (m *Model) paramRow(p flow.Param, nameWidth, width int, focused bool) string {
	st, g := m.ui.Styles, m.ui.Glyphs
	lead, name := "   ", st.Plain
	if focused {
		lead, name = " "+st.Accent.Render(g.Here)+" ", st.Accent
	}
	note := m.paramNote(p)
	valueWidth := width - nameWidth - 6 - 30
	if note == "" || valueWidth < 16 {
		valueWidth = width - nameWidth - 6
		note = m.markOf(p)
		valueWidth -= lipgloss.Width(note)
	}
	value := ui.Pad(p.Show(m.reveal), max(4, valueWidth), g.Ellipsis)
	return ansi.Truncate(lead+name.Render(ui.Pad(p.Name, nameWidth, g.Ellipsis))+"  "+value+" "+note, width, g.Ellipsis)
}

// paramNote is what was found, or else what the parameter is for.
func (m *Model) paramNote(p flow.Param) string {
	if p.Note != "" {
		return m.markOf(p)
	}
	if n, ok := gloss.Param(p.In, p.Name); ok {
		return m.ui.Styles.Hint.Render(ansi.Truncate(n.For, 29, m.ui.Glyphs.Ellipsis))
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
