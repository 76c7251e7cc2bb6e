package learn

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"example.com/grantwalk/diagnose/cite"
	"example.com/grantwalk/tui/learn/lessons"
	"example.com/grantwalk/tui/ui"
)

// From this width on the learner's own values stand beside the text.
const wideFrom = 110

// Widths of the text, in columns.
const (
	textWidth = 74
	bigWidth  = 60
)

func (m *lesson) wide() bool { return !m.big && m.ui.Width >= wideFrom }

func (m *lesson) width() int {
	if m.big {
		return min(bigWidth, m.ui.Width-4)
	}
	return min(textWidth, m.ui.Width-6)
}

func (m *lesson) head() (subject, place string) {
	return "learn " + m.ui.Glyphs.Dot + " " + m.lesson.Title, fmt.Sprintf("page %d of %d", m.at.Page+1, len(m.lesson.Pages))
}

// kindNames head the pages.
var kindNames = map[lessons.Kind]string{
	lessons.Explain: "", lessons.Predict: "what do you think?", lessons.Do: "do it", lessons.See: "what came", lessons.Why: "why", lessons.OnCall: "on call",
}

// view lays the page out: its heading, the part that is read, and the sections
// that it cites at the bottom.
func (m *lesson) view(notice string) string {
	if m.onCallRuns() {
		return m.onCallView()
	}
	parts := m.parts()
	part := min(m.part, len(parts)-1)
	text := parts[part]
	if m.big {
		text = append(ui.Fit(nil, (m.room()-len(text))/3), text...)
	}
	lines := append(m.heading(part, len(parts)), ui.Fit(ui.Indent(text, m.margin()), m.room())...)
	lines = append(lines, m.foot()...)
	if notice != "" {
		lines = m.noticed(lines, notice)
	}
	if m.wide() {
		lines = m.beside(lines)
	}
	return strings.Join(lines, "\n")
}

// noticed shows a notice in full in place of the last lines of the page, which
// are back after the next key.
func (m *lesson) noticed(lines []string, notice string) []string {
	width := m.ui.Width - 4
	if m.wide() {
		width = m.width()
	}
	said := append([]string{""}, ui.Indent(ui.Wrap(m.ui.Styles.Warning.Render(ui.Sentence(notice)), width), 3)...)
	return append(lines[:max(0, len(lines)-len(said))], said...)
}

func (m *lesson) margin() int {
	if m.big {
		return (m.ui.Width - m.width()) / 2
	}
	return 3
}

// heading is the page's title, and the code's age for as long as it is running.
func (m *lesson) heading(part, parts int) []string {
	st := m.ui.Styles
	left := strings.Repeat(" ", m.margin()) + st.Strong.Render(m.page().Title)
	if name := kindNames[m.page().Kind]; name != "" && !m.big {
		left = strings.Repeat(" ", m.margin()) + st.Accent.Render(name) + "  " + st.Strong.Render(m.page().Title)
	}
	if parts > 1 {
		left += st.Hint.Render(fmt.Sprintf("  %d/%d", part+1, parts))
	}
	width := m.ui.Width
	if m.wide() {
		width = m.margin() + m.width() + 2
	}
	lines := []string{ui.SpreadIn(width, left, m.age()+" ", m.ui.Glyphs.Ellipsis)}
	if m.airy() {
		lines = append([]string{""}, append(lines, "")...)
	}
	return lines
}

// airy: there is room for empty lines.
func (m *lesson) airy() bool { return m.ui.Height >= 20 }

// room is how many lines the text has.
func (m *lesson) room() int {
	n := m.ui.Body() - 1
	if m.airy() {
		n -= 4
	}
	return max(1, n)
}

// age is the clock of a code that was not sent yet.
func (m *lesson) age() string {
	s := m.snapshot()
	age, sent, ok := s.CodeAge(m.ui.Now)
	if !ok || sent {
		return ""
	}
	st := m.ui.Styles
	style := st.Plain
	switch life := s.Config.CodeLifetime; {
	case age > life:
		style = st.Problem
	case age > life*3/4:
		style = st.Warning
	}
	text := "your code is " + ui.Seconds(age) + " old, of " + ui.Seconds(s.Config.CodeLifetime)
	if m.ui.Width < 80 {
		text = "code " + ui.Seconds(age) + " of " + ui.Seconds(s.Config.CodeLifetime)
	}
	return style.Render(text)
}

// foot is the file's trouble, or the headings of the sections that the page cites.
func (m *lesson) foot() []string {
	if !m.airy() {
		return nil
	}
	st, text := m.ui.Styles, ""
	switch {
	case m.failed != nil && m.target < m.at.Page:
		text = st.Warning.Render("The walk up to here did not work: " + m.failed.Error() + ".")
	case !m.big:
		var refs []string
		for _, r := range cite.In(m.source()) {
			title, _ := r.Title()
			refs = append(refs, r.String()+" "+title)
		}
		text = st.Hint.Render(strings.Join(refs, " "+m.ui.Glyphs.Dot+" "))
	}
	width := m.ui.Width - 4
	if m.wide() {
		width = m.width()
	}
	return []string{"", "   " + ansi.Truncate(text, width, m.ui.Glyphs.Ellipsis)}
}

// source is the text that is to be seen of the page.
func (m *lesson) source() string {
	p := m.page()
	text := p.Body
	if p.Kind != lessons.Do || m.isDone() {
		text += "\n" + p.After
	}
	for _, given := range m.at.Answers[m.at.Page] {
		text += "\n" + p.Answers[given].Says
	}
	return text
}

// beside sets the learner's own values to the right of the page.
func (m *lesson) beside(lines []string) []string {
	left := m.margin() + m.width() + 3
	side := m.values(m.ui.Width - left - 4)
	bar := m.ui.Styles.Rule.Render(m.ui.Glyphs.Bar)
	for i := range lines {
		text := ""
		if i < len(side) {
			text = side[i]
		}
		lines[i] = ui.Pad(lines[i], left, "") + bar + "  " + text
	}
	return lines
}

// values are the learner's own, as far as the walk has come.
func (m *lesson) values(width int) []string {
	st, s := m.ui.Styles, m.snapshot()
	lines := []string{"", st.Strong.Render("Your walk"), ""}
	if m.again {
		lines = append(append(lines, ui.Wrap(st.Hint.Render("Taken up to here by the built-in user, with values of its own."), width)...), "")
	}
	if s.Request == nil {
		return append(lines, ui.Wrap(st.Hint.Render("It has not begun. Its values will stand here."), width)...)
	}
	for _, name := range []string{"client_id", "redirect_uri", "state", "code_verifier", "code_challenge", "code", "access_token", "refresh_token", "id_token"} {
		v := s.Value(name, m.ui.Now)
		if v == "" || v == lessons.Unknown(name) {
			continue
		}
		lines = append(lines, st.Hint.Render(name))
		for _, l := range strings.Split(ansi.Hardwrap(v, width-2, true), "\n") {
			lines = append(lines, "  "+st.Plain.Render(l))
		}
	}
	return lines
}
