package checklist

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/tui/report"
	"example.com/grantwalk/tui/ui"
)

// Head says what is asked about.
func (m *Model) Head() (subject, place string) {
	parts := []string{"checklist"}
	switch {
	case m.about != "":
		parts = append(parts, spaced(string(m.about)))
	case m.report.Grant != "" && m.state != starting && m.state != naming:
		parts = append(parts, spaced(m.report.Grant))
	}
	if m.evidence.Provider != "" {
		parts = append(parts, m.provider())
	}
	switch m.state {
	case asking:
		place = fmt.Sprintf("question %d", len(m.replies)+1)
	case concluded:
		place = "conclusion"
	}
	return strings.Join(parts, " "+m.ui.Glyphs.Dot+" "), place
}

func spaced(s string) string { return strings.ReplaceAll(s, "_", " ") }

// View is one picture for each state.
func (m *Model) View() string {
	switch m.state {
	case reading:
		return m.readingView()
	case asking:
		return m.askingView()
	case concluded:
		return m.conclusionView()
	}
	return m.startView()
}

func (m *Model) noteStyle() lipgloss.Style {
	if m.bad {
		return m.ui.Styles.Problem
	}
	return m.ui.Styles.Good
}

// readingView is what the cause is, and where the standard and the folklore part.
func (m *Model) readingView() string {
	var lines []string
	for line := range strings.Lines(diagnose.Explain(m.about)) {
		line = strings.ReplaceAll(strings.TrimRight(line, "\n"), "`", "")
		if title, ok := strings.CutPrefix(line, "## "); ok {
			lines = append(lines, m.ui.Styles.Strong.Render(title))
			continue
		}
		lines = append(lines, line)
	}
	var wrapped []string
	for _, p := range paragraphs(lines) {
		wrapped = append(wrapped, ui.Wrap(p, min(76, m.ui.Width-2))...)
	}
	return strings.Join(m.window(append([]string{""}, ui.Indent(wrapped, 1)...)), "\n")
}

// paragraphs joins the lines that a paragraph was wrapped into.
func paragraphs(lines []string) []string {
	var out []string
	text := ""
	end := func() {
		if text != "" {
			out = append(out, text)
			text = ""
		}
	}
	for _, l := range lines {
		switch {
		case l == "":
			end()
			if len(out) > 0 && out[len(out)-1] != "" {
				out = append(out, "")
			}
		case text == "":
			text = l
		default:
			text += " " + l
		}
	}
	end()
	return out
}

// The ranking stands beside the question where there is room for both.
const (
	rankingWidth = 38
	leastBeside  = 72 // columns of the whole screen
)

func (m *Model) askingView() string {
	ranking := m.ranking()
	if m.ui.Width < leastBeside {
		width := m.ui.Width - 2
		lines := append(m.questionLines(width), "")
		for _, l := range ranking[:min(len(ranking), 4)] {
			lines = append(lines, " "+l)
		}
		return strings.Join(m.part(append(lines, m.asideLines(width)...), m.ui.Body()), "\n")
	}
	left := m.ui.Width - rankingWidth - 3
	lines := ui.Fit(m.part(append(m.questionLines(left-2), m.asideLines(left-2)...), m.ui.Body()), m.ui.Body())
	for i := range lines {
		right := ""
		if i > 0 && i-1 < len(ranking) {
			right = ranking[i-1]
		}
		lines[i] = ui.Pad(lines[i], left, "") + " " + right
	}
	return strings.Join(lines, "\n")
}

func (m *Model) questionLines(width int) []string {
	st := m.ui.Styles
	lines := append([]string{""}, ui.Indent(ui.Wrap(st.Strong.Render(m.question.Ask), width), 1)...)
	lines = append(append(lines, ""), ui.Indent(ui.Wrap(ui.Sentence(m.question.How), width), 1)...)
	if m.question.Where != "" {
		lines = append(append(lines, ""), ui.Indent(ui.Wrap(st.Hint.Render(m.question.Where), width), 1)...)
	}
	if m.note != "" {
		lines = append(append(lines, ""), ui.Indent(ui.Wrap(m.noteStyle().Render(m.note), width), 1)...)
	}
	return lines
}

// asideLines are what is known and was said so far.
func (m *Model) asideLines(width int) []string {
	st := m.ui.Styles
	var lines []string
	if ticks := m.ticks(width); len(ticks) > 0 {
		lines = append(append(lines, "", " "+st.Hint.Render("known already")), ticks...)
	}
	if len(m.replies) > 0 {
		lines = append(lines, "", " "+st.Hint.Render("so far"))
	}
	for _, r := range slices.Backward(m.replies) { // the latest first: the others may not fit
		lines = append(lines, m.replyLine(r, width))
	}
	return lines
}

func (m *Model) replyLine(r reply, width int) string {
	return " " + m.ui.Styles.Hint.Render(ui.Pad(string(r.answer), 11, "")+ansi.Truncate(r.question.Ask, width-12, m.ui.Glyphs.Ellipsis))
}

// ticks are the items that the evidence answers, with the value that does.
func (m *Model) ticks(width int) []string {
	var lines []string
	for _, t := range diagnose.Ticks(m.evidence) {
		mark := m.ui.Styles.Good.Render(m.ui.Glyphs.Done)
		if t.Yes == t.Question.Bad {
			mark = m.ui.Styles.Problem.Render(m.ui.Glyphs.Bad)
		}
		lines = append(lines, ui.Hang(" "+mark+" ", t.Says, width+1)...)
	}
	return lines
}

// ranking is the causes with their shares; those that the last answer raised are
// marked.
func (m *Model) ranking() []string {
	st, g := m.ui.Styles, m.ui.Glyphs
	const bar = 6
	var lines []string
	for _, c := range m.report.Causes {
		style := st.Plain
		switch before, known := m.before[c.ID]; {
		case known && c.Score > before+0.02:
			style = st.Accent
		case c.Score < 0.05:
			style = st.Hint
		}
		full := int(c.Score*bar + 0.5)
		lines = append(lines, style.Render(ui.Pad(spaced(string(c.ID)), 22, g.Ellipsis))+
			st.Accent.Render(strings.Repeat(g.Full, full))+st.Rule.Render(strings.Repeat(g.Rule, bar-full))+
			style.Render(fmt.Sprintf("%10s", report.Percent(c.Score))))
	}
	return lines
}

func (m *Model) conclusionView() string {
	layout := report.Layout{Glyphs: m.ui.Glyphs, Styles: m.ui.Styles, Width: m.ui.Width - 2}
	lines := append([]string{"", m.ui.Styles.Strong.Render("Where this leads")}, layout.Lines(m.report, false)[1:]...)
	if len(m.replies) > 0 {
		lines = append(lines, "", m.ui.Styles.Hint.Render("asked and answered"))
		for _, r := range m.replies {
			lines = append(lines, ui.Hang(ui.Pad(string(r.answer), 11, ""), r.question.Ask, layout.Width)...)
		}
	}
	return strings.Join(m.window(ui.Indent(lines, 1)), "\n")
}

// window is the part of the lines that fits, above what the last key brought about.
func (m *Model) window(lines []string) []string {
	if m.note == "" {
		return m.part(lines, m.ui.Body())
	}
	room := m.ui.Body() - 2
	return append(ui.Fit(m.part(lines, room), room+1), " "+m.noteStyle().Render(m.note))
}

// part is as many of the lines as fit; the last one says that there are more.
func (m *Model) part(lines []string, room int) []string {
	m.more = max(0, len(lines)-room)
	m.top = max(0, min(m.top, m.more))
	shown := lines[m.top:min(len(lines), m.top+room)]
	if more := m.more - m.top; more > 0 {
		shown = append(shown[:len(shown)-1:len(shown)-1], " "+m.ui.Styles.Hint.Render(fmt.Sprintf("%d more lines: pgdn", more+1)))
	}
	return shown
}
