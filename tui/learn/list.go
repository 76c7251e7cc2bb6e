package learn

import (
	"fmt"
	"strings"

	"example.com/grantwalk/tui/ui"
)

// listView shows the lessons with how far each is, and below them what the
// chosen one asks for.
func (m *Model) listView() string {
	st := m.ui.Styles
	width := min(m.ui.Width, 100)
	top := []string{"", "   " + st.Strong.Render("OAuth 2.0 by doing it: each lesson is played on a server of its own."), ""}
	var foot []string
	if m.store != nil {
		foot = append([]string{""}, ui.Indent(m.about(width-6), 3)...)
	}
	if m.ui.Body() < len(top)+len(m.all)+len(foot) {
		top = nil
		if len(foot) == 2 && strings.TrimSpace(foot[1]) == "" { // rows before blanks
			foot = nil
		}
	}
	room := m.ui.Body() - len(top) - len(foot)
	if room < 3 {
		foot, room = nil, m.ui.Body()-len(top)
	}
	lines := append(top, m.rows(width, room)...)
	return strings.Join(ui.Indent(append(lines, foot...), (m.ui.Width-width)/2), "\n")
}

// rows are the lessons that fit, the chosen one among them.
func (m *Model) rows(width, room int) []string {
	shown := min(room, len(m.all))
	if shown < len(m.all) {
		shown-- // the last line tells that there are more
	}
	first := max(0, min(m.chosen-shown/2, len(m.all)-shown))
	var lines []string
	for i := first; i < first+shown; i++ {
		lines = append(lines, m.row(i, width))
	}
	if shown < len(m.all) {
		more := fmt.Sprintf("   %d to %d of %d, %s for the others", first+1, first+shown, len(m.all), m.ui.Glyphs.Updown)
		lines = append(lines, m.ui.Styles.Hint.Render(more))
	}
	return lines
}

func (m *Model) row(i, width int) string {
	st, g := m.ui.Styles, m.ui.Glyphs
	mark, style := "   ", st.Plain
	if i == m.chosen {
		mark, style = " "+st.Accent.Render(g.Here)+" ", st.Accent
	}
	left := mark + st.Hint.Render(fmt.Sprintf("%2d", i+1)) + "  " + style.Render(m.all[i].Title)
	return ui.SpreadIn(width, left, m.state(i)+" ", g.Ellipsis)
}

// state is how far a lesson is.
func (m *Model) state(i int) string {
	st, l := m.ui.Styles, m.all[i]
	if m.store == nil {
		return ""
	}
	switch at := within(m.store.Lesson(l.Name), l); {
	case at.Done:
		return st.Good.Render(m.ui.Glyphs.Done + " read")
	case at.Reached > 0:
		return st.Accent.Render(fmt.Sprintf("page %d of %d", at.Page+1, len(l.Pages)))
	}
	return st.Hint.Render(fmt.Sprintf("%d min", l.Minutes))
}

// about is what the chosen lesson builds on, or what became of the progress.
func (m *Model) about(width int) []string {
	st := m.ui.Styles
	if m.notice != "" {
		return ui.Wrap(st.Warning.Render(ui.Sentence(m.notice)), width)
	}
	var missing []string
	for _, need := range m.all[m.chosen].Needs {
		if m.store.Lesson(need).Done {
			continue
		}
		for i, l := range m.all {
			if l.Name == need {
				missing = append(missing, fmt.Sprintf("%d, %s", i+1, l.Title))
			}
		}
	}
	if len(missing) == 0 {
		return []string{""}
	}
	return ui.Wrap(st.Hint.Render("It builds on "+strings.Join(missing, "; and on ")+"."), width)
}
