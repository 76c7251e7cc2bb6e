package walk

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"

	"example.com/grantwalk/flow/record"
	"example.com/grantwalk/tui/gloss"
	"example.com/grantwalk/tui/ui"
)

// params are the parameters in n lines: each with all that is known of it where
// there is room, or else a line for each that fits, the focused one among them, or
// the one that the twist changed.
func (m *Model) params(msg record.Message, width, n int) []string {
	if n <= 0 {
		return nil
	}
	if len(msg.Params) == 0 {
		return []string{m.ui.Styles.Hint.Render("     no parameters")}
	}
	nameWidth := m.nameWidth(msg, width)
	column := m.valueWidth(msg, width-nameWidth-7)
	at := m.param
	if at < 0 {
		at = slices.IndexFunc(msg.Params, changed)
	}
	if n == 1 && len(msg.Params) > 1 {
		if at >= 0 {
			return []string{m.paramRow(msg.Params[at], nameWidth, column, width, at == m.param)}
		}
		return []string{m.ui.Styles.Hint.Render(fmt.Sprintf("   %d parameters, %s for each", len(msg.Params), m.ui.Glyphs.Updown))}
	}
	shown := min(n, len(msg.Params))
	if len(msg.Params) > n {
		shown = n - 1 // the last line tells that there are more
	}
	first := max(0, min(at-shown/2, len(msg.Params)-shown))
	var lines []string
	for i := first; i < first+shown; i++ {
		lines = append(lines, m.paramRow(msg.Params[i], nameWidth, column, width, i == m.param))
	}
	if shown < len(msg.Params) {
		more := fmt.Sprintf("     %d to %d of %d, %s for the others", first+1, first+shown, len(msg.Params), m.ui.Glyphs.Updown)
		lines = append(lines, m.ui.Styles.Hint.Render(more))
	}
	return lines
}

func (m *Model) nameWidth(msg record.Message, width int) int {
	n := 0
	for _, p := range msg.Params {
		n = max(n, lipgloss.Width(p.Name))
	}
	return min(n, 22, width*2/5)
}

// How much paramBlocks say of each parameter.
const (
	spaced = iota // all, and an empty line after it
	whole         // all
	valued        // the whole value, and what it is for in a line
	short         // the value in one line, and what it is for
)

// paramBlocks are all parameters with what each is for.
func (m *Model) paramBlocks(msg record.Message, width, much int) []string {
	nameWidth := m.nameWidth(msg, width)
	var lines []string
	for i, p := range msg.Params {
		lines = append(lines, m.valueLines(p, nameWidth, width, i == m.param, much)...)
		n, ok := gloss.Param(p.In, p.Name)
		if !ok {
			n.For = "this server's own"
		}
		about := []string{n.For}
		if n.Cite != "" {
			about = append(about, m.ui.Glyphs.Dot, strings.ReplaceAll(n.Cite, " ", "\u00a0"))
		}
		for _, l := range ui.Wrap(strings.Join(about, " "), width-6) {
			lines = append(lines, "     "+m.ui.Styles.Hint.Render(strings.ReplaceAll(l, "\u00a0", " ")))
		}
		if n.Text != "" && much < valued {
			lines = append(lines, ui.Indent(ui.Wrap(n.Text, width-6), 5)...)
		}
		if much == spaced {
			lines = append(lines, "")
		}
	}
	return lines
}

// valueLines are the name and the value, wrapped where all of it is to be seen.
func (m *Model) valueLines(p record.Param, nameWidth, width int, focused bool, much int) []string {
	mark, value := m.markOf(p), p.Show(m.reveal)
	room := width - nameWidth - 6
	if much == short || lipgloss.Width(value)+2+lipgloss.Width(mark) <= room {
		return []string{m.row(p, value, mark, nameWidth, width, focused)}
	}
	parts := strings.Split(ansi.Hardwrap(value, room, true), "\n")
	lines := []string{m.row(p, parts[0], "", nameWidth, width, focused)}
	lines = append(lines, ui.Indent(parts[1:], nameWidth+5)...)
	if mark != "" {
		lines = append(lines, ui.Indent([]string{mark}, nameWidth+5)...)
	}
	return lines
}

// valueWidth is how much of a value the rows show, so that the notes begin at the same
// place in all of them: as much as the longest value needs that leaves room for notes.
func (m *Model) valueWidth(msg record.Message, room int) int {
	const usual, least = 32, 25 // columns of the notes
	width := room - usual
	if width < least { // a narrow window
		return width
	}
	for _, p := range msg.Params {
		if need := lipgloss.Width(p.Show(m.reveal)); p.Secret == "" && need <= room-least {
			width = max(width, need)
		}
	}
	return width
}

// paramRow is a row of one line. What was found stands at its end, or else what
// the parameter is for, where there is room.
func (m *Model) paramRow(p record.Param, nameWidth, shown, width int, focused bool) string {
	const least = 16 // columns of a value that give an idea of it
	value, note := p.Show(m.reveal), m.paramNote(p)
	room, need := width-nameWidth-7, lipgloss.Width(value)
	if need > shown && (p.Secret == "" || shown < least) { // as much as a note at the end of the line leaves
		shown = room - lipgloss.Width(note)
	}
	if p.Note == "" && shown < min(least, need) {
		note = ""
	}
	if note != "" {
		if p.Note == "" { // what was found is never cut
			note = ansi.Truncate(note, max(4, room-shown), m.ui.Glyphs.Ellipsis)
		}
		value = ui.Pad(value, max(4, shown), m.ui.Glyphs.Ellipsis)
	}
	return m.row(p, value, note, nameWidth, width, focused)
}

func (m *Model) row(p record.Param, value, note string, nameWidth, width int, focused bool) string {
	st, g := m.ui.Styles, m.ui.Glyphs
	lead, name := "   ", st.Plain
	if focused {
		lead, name = " "+st.Accent.Render(g.Here)+" ", st.Accent
	}
	left := lead + name.Render(ui.Pad(p.Name, nameWidth, g.Ellipsis)) + "  "
	room := width - lipgloss.Width(left)
	if note != "" {
		note = "  " + note
	}
	value = ansi.Truncate(value, max(4, room-lipgloss.Width(note)), g.Ellipsis)
	return ansi.Truncate(left+value+note, width, g.Ellipsis)
}

// paramNote is what was found, or else what the parameter is for.
func (m *Model) paramNote(p record.Param) string {
	if p.Note != "" {
		return m.markOf(p)
	}
	if n, ok := gloss.Param(p.In, p.Name); ok {
		return m.ui.Styles.Hint.Render(ansi.Truncate(n.For, 40, m.ui.Glyphs.Ellipsis))
	}
	return ""
}

func (m *Model) markOf(p record.Param) string {
	st, g := m.ui.Styles, m.ui.Glyphs
	switch {
	case changed(p):
		return st.Warning.Render(p.Note)
	case p.Mark == record.Good:
		return st.Good.Render(g.Done + " " + p.Note)
	case p.Mark == record.Bad:
		return st.Problem.Render(strings.TrimSpace(g.Bad + " " + p.Note))
	case p.Note != "":
		return st.Hint.Render(p.Note)
	}
	return ""
}
