package setup

import (
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"

	"example.com/grantwalk/tui/ui"
)

// View draws the form, what its focused line means, and the command that would
// do the same. The command stands at the bottom, where it stays.
func (m *Model) View() string {
	width, height := m.ui.Width, m.ui.Body()
	bottom := m.commandLines(width, height)
	gap, shown, spaced := 1, len(m.rows), false
	switch {
	case height < len(m.rows)+8+len(bottom): // rows go before explanations
		gap, shown = 0, max(3, min(len(m.rows), height-len(bottom)-3))
	case height >= 2*len(m.rows)+12+len(bottom):
		spaced = true
	}
	lines := ui.Fit(nil, gap)
	lines = append(lines, m.rowLines(width, shown, spaced)...)
	room := height - len(lines) - len(bottom)
	if room > 3 {
		lines, room = append(lines, m.ui.Styles.Rule.Render(" "+strings.Repeat(m.ui.Glyphs.Rule, width-2))), room-1
	}
	panel := ui.Indent(m.panel(m.rows[m.index()].key, min(width-4, 96)), 3)
	if 0 < room && room < len(panel) { // a larger window shows the rest
		end := m.ui.Glyphs.Ellipsis
		panel[room-1] = ansi.Truncate(strings.TrimRight(panel[room-1], " "), width-lipgloss.Width(end)-1, "") + end
	}
	lines = append(lines, ui.Fit(panel, room)...)
	return strings.Join(append(lines, bottom...), "\n")
}

// labelWidth is that of the longest label, with what stands before and after it.
const labelWidth = 19

// rowLines are n of the rows, the focused one among them.
func (m *Model) rowLines(width, n int, spaced bool) []string {
	first := max(0, min(m.index()-n/2, len(m.rows)-n))
	var lines []string
	for i := first; i < first+n; i++ {
		lines = append(lines, m.rowLine(i, width))
		if spaced {
			lines = append(lines, "")
		}
	}
	return lines
}

func (m *Model) rowLine(i, width int) string {
	st, g := m.ui.Styles, m.ui.Glyphs
	label := "   " + m.rows[i].label
	switch style := st.Hint; {
	case m.wrong(i):
		mark := g.Bad
		if lipgloss.Width(mark) > 1 { // there is one column for it
			mark = g.Times
		}
		label = " " + st.Problem.Render(mark+" "+m.rows[i].label)
	case i == m.index():
		label = " " + st.Accent.Render(g.Here+" "+m.rows[i].label)
	default:
		label = style.Render(label)
	}
	note := m.rowNote(m.rows[i].key, width)
	room := width - labelWidth - 1
	if note != "" {
		room -= lipgloss.Width(note) + 1
	}
	field := m.fieldView(i, room)
	if note == "" {
		return ui.Pad(label, labelWidth, "") + field
	}
	return ui.Pad(label, labelWidth, "") + ui.Pad(field, room+1, "") + note
}

// wrong: the walk was not begun because of this row, or it was left with a value
// that will not do.
func (m *Model) wrong(i int) bool {
	p := m.problem(m.rows[i].key)
	return p != nil && (p == m.refused || i != m.index())
}

// fieldView is a field as huh shows it. A choice would be wrapped to its width,
// so it is cut here.
func (m *Model) fieldView(i, room int) string {
	r := m.rows[i]
	if r.choices != nil {
		view, _, _ := strings.Cut(m.fields[i].WithWidth(200).View(), "\n")
		return ansi.Truncate(strings.TrimRight(view, " "), room, m.ui.Glyphs.Ellipsis)
	}
	view, _, _ := strings.Cut(m.fields[i].WithWidth(max(4, room)).View(), "\n")
	if *r.value == "" { // the placeholder is cut with a sign of its own
		view = strings.ReplaceAll(view, "…", m.ui.Glyphs.Ellipsis)
	}
	return ansi.Truncate(view, room, "")
}

// rowNote is how far discovery has come.
func (m *Model) rowNote(field string, width int) string {
	st, g, d := m.ui.Styles, m.ui.Glyphs, m.discovery
	switch {
	case field != "issuer" || d.issuer == "" || d.issuer != m.values.issuer:
		return ""
	case width < 60 && d.asking:
		return st.Accent.Render(g.Ellipsis)
	case width < 60 && d.metadata != nil:
		return st.Good.Render(g.Done)
	case width < 60:
		return st.Problem.Render(g.Bad)
	case d.asking:
		return st.Accent.Render("asking"+g.Ellipsis) + " " + st.Hint.Render(ui.Seconds(m.ui.Now.Sub(d.since)))
	case d.metadata != nil:
		return st.Good.Render(g.Done + " found")
	}
	return st.Problem.Render(g.Bad + " not found")
}

// commandLines are the command, cut where there is no room for all of it, and
// where the secret would come from; or why there is none.
func (m *Model) commandLines(width, height int) []string {
	st := m.ui.Styles
	o := m.options()
	parts, err := command(o)
	if err != nil {
		return []string{" " + st.Hint.Render(ansi.Truncate("No command does the same: "+err.Error(), width-2, m.ui.Glyphs.Ellipsis))}
	}
	limit := 1
	if height >= 18 {
		limit = 4
	}
	lines := shellLines(parts, width-4)
	if len(lines) > limit && limit == 1 {
		lines = []string{strings.Join(parts, " ")}
	}
	if len(lines) > limit {
		lines = lines[:limit]
		lines[limit-1] = strings.TrimSuffix(lines[limit-1], `\`) + m.ui.Glyphs.Ellipsis
	}
	for i, l := range lines {
		lead := "   "
		if i == 0 {
			lead = " " + st.Key.Render("$") + " "
		}
		lines[i] = lead + ansi.Truncate(l, width-4, m.ui.Glyphs.Ellipsis)
	}
	if height < 14 {
		return lines
	}
	what := "The same without the form"
	if !m.copied.IsZero() && m.ui.Now.Sub(m.copied) < copiedFor {
		what = "Handed to the terminal's clipboard"
	}
	switch {
	case o.Config.ClientSecret == "":
	case o.Practice: // the variable is for a provider of one's own
		what += ", with the secret by --client-secret-file"
	default:
		what += ", with the secret in GRANTWALK_CLIENT_SECRET"
	}
	return append([]string{" " + st.Hint.Render(ansi.Truncate(what, width-2, m.ui.Glyphs.Ellipsis))}, lines...)
}
