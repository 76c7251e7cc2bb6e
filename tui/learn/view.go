package learn

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"grantwalk/diagnose"
	"grantwalk/diagnose/cite"
	"grantwalk/flow"
	"grantwalk/tui/learn/lessons"
	"grantwalk/tui/learn/markdown"
	"grantwalk/tui/ui"
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
	lines = append(lines, m.foot(notice)...)
	if m.wide() {
		lines = m.beside(lines)
	}
	return strings.Join(lines, "\n")
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
func (m *lesson) foot(notice string) []string {
	if !m.airy() {
		return nil
	}
	st, text := m.ui.Styles, ""
	switch {
	case notice != "":
		text = st.Warning.Render(ui.Sentence(notice))
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
		if given < len(p.Answers) {
			text += "\n" + p.Answers[given].Says
		}
	}
	return text
}

// A block is what stays together.
type block struct {
	lines []string
	close bool // to the one before it
}

// setter sets the lesson's Markdown with the values that the page has.
func (m *lesson) setter(width int) markdown.Setter {
	s := m.snapshot()
	return markdown.Setter{Styles: m.ui.Styles, Glyphs: m.ui.Glyphs, Width: width,
		Value: func(name string) string { return s.Value(name, m.ui.Now) }}
}

func (m *lesson) text(source string) []block {
	var out []block
	for _, lines := range m.setter(m.width()).Blocks(source) {
		out = append(out, block{lines: lines})
	}
	return out
}

// blocks are the whole page; focus is the one that must be seen now.
func (m *lesson) blocks() (list []block, focus int) {
	p := m.page()
	list = m.text(p.Body)
	switch p.Kind {
	case lessons.Predict:
		return m.answerBlocks(list)
	case lessons.Do:
		return m.doBlocks(list)
	case lessons.See:
		s := m.snapshot()
		for _, show := range p.Shows {
			list = append(list, m.shown(s, show)...)
		}
	case lessons.OnCall:
		list = append(list, m.scoreBlocks()...)
	}
	return append(list, m.text(p.After)...), 0
}

// answerIndent is where an answer's text begins.
const answerIndent = 6

// answerMark is an answer's number, with what became of it before.
func (m *lesson) answerMark(i int, given bool) string {
	st, g := m.ui.Styles, m.ui.Glyphs
	number, mark := st.Hint, ""
	switch here := i == m.chosen && !m.settled(); {
	case given && m.page().Answers[i].Right:
		number, mark = st.Good, st.Good.Render(g.Done)
	case given && here:
		number, mark = st.Accent, st.Problem.Render(g.Bad)
	case given:
		mark = st.Problem.Render(g.Bad)
	case here:
		number, mark = st.Accent, st.Accent.Render(g.Here)
	}
	return ui.Pad(mark, 2, "") + " " + number.Render(fmt.Sprint(i+1))
}

// answerBlocks are the question's answers. What is to be said to one stands
// below it as soon as it was given.
func (m *lesson) answerBlocks(list []block) ([]block, int) {
	focus := 0
	for i, a := range m.page().Answers {
		given := m.wasGiven(i)
		lead := m.answerMark(i, given) + "  "
		b := block{close: !m.airy()}
		for n, line := range flat(m.setter(m.width() - answerIndent).Blocks(a.Text)) {
			if n > 0 {
				lead = strings.Repeat(" ", answerIndent)
			}
			b.lines = append(b.lines, lead+line)
		}
		if given {
			b.lines = append(b.lines, ui.Indent(flat(m.setter(m.width()-answerIndent-2).Blocks(a.Says)), answerIndent+2)...)
		}
		if i == m.chosen {
			focus = len(list)
		}
		list = append(list, b)
	}
	return list, focus
}

// doBlocks are what is to be done, and what came of it.
func (m *lesson) doBlocks(list []block) ([]block, int) {
	st, g := m.ui.Styles, m.ui.Glyphs
	focus := len(list)
	does := doName(m.page().Actions)
	switch {
	case m.running && m.target >= m.at.Page:
		lines := []string{st.Accent.Render(does+g.Ellipsis) + " " + st.Hint.Render(ui.Seconds(m.ui.Now.Sub(m.since)))}
		if r := m.snapshot().Request; r != nil && m.logsIn() {
			if _, ours := m.opener.(flow.SystemBrowser); ours {
				lines = append(append(lines, st.Hint.Render("A browser should open by itself. If none does, open:")), strings.Split(ansi.Hardwrap(r.URL, m.width(), true), "\n")...)
			}
		}
		return append(list, block{lines: lines}), focus
	case m.failed != nil:
		return append(list, block{lines: ui.Wrap(st.Problem.Render(g.Bad+" That did not work: "+m.failed.Error()+"."), m.width())},
			block{lines: ui.Wrap("Nothing is lost. Enter tries it again.", m.width())}), focus
	case !m.isDone():
		if a := m.page().Actions[0]; twistOf(a) != "" && !a.Hidden() {
			list = append(list, block{lines: m.changeLines(m.snapshot().Next, "to send")})
		}
		return append(list, block{lines: []string{st.Accent.Render(g.Here) + " " + does}}), 0
	}
	list = append(list, block{lines: m.outcomeLines()})
	return append(list, m.text(m.page().After)...), focus
}

// outcomeLines are what was changed on purpose, and how the server answered.
func (m *lesson) outcomeLines() []string {
	st, g := m.ui.Styles, m.ui.Glyphs
	s := m.snapshot()
	var lines []string
	if !m.page().Actions[0].Hidden() {
		lines = m.changeLines(s.Changes, "sent")
	}
	e := s.Outcome.Error
	switch {
	case e == nil:
		return append(lines, st.Good.Render(g.Done+" done: "+doName(m.page().Actions)))
	case e.Status == 0:
		return append(lines, st.Problem.Render(g.Bad+" "+e.Code)+", by the redirect")
	}
	return append(lines, st.Problem.Render(fmt.Sprintf("%s %s", g.Bad, e.Code))+fmt.Sprintf(", HTTP %d", e.Status))
}

// changeLines are what is changed on purpose, beside what is right.
func (m *lesson) changeLines(changes []flow.Change, verb string) []string {
	st := m.ui.Styles
	width := max(len("right"), len(verb))
	var lines []string
	for _, c := range changes {
		lines = append(lines, "  "+c.Name, "    "+st.Good.Render(ui.Pad("right", width, ""))+"  "+c.Right.Show(false),
			"    "+st.Problem.Render(ui.Pad(verb, width, ""))+"  "+c.Sent.Show(false))
	}
	return lines
}

// gap is the empty lines between two blocks.
func (m *lesson) gap() int {
	if m.big && m.ui.Height >= 20 {
		return 2
	}
	return 1
}

// parts are the page, cut where a block ends to what the screen has room for.
func (m *lesson) parts() [][]string {
	list, _ := m.blocks()
	parts, _ := m.cut(list)
	return parts
}

// cut also returns in which part each block begins.
func (m *lesson) cut(list []block) (parts [][]string, begins []int) {
	room := m.room()
	var lines []string
	for _, b := range list {
		gap := m.gap()
		if b.close {
			gap = 0
		}
		if len(lines) > 0 && len(lines)+gap+len(b.lines) > room {
			parts, lines = append(parts, lines), nil
		}
		begins = append(begins, len(parts))
		if len(b.lines) == 0 {
			continue
		}
		if len(lines) > 0 {
			lines = append(lines, make([]string, gap)...)
		}
		lines = append(lines, b.lines...)
		for len(lines) > room {
			parts, lines = append(parts, lines[:room:room]), lines[room:]
		}
	}
	return append(parts, lines), begins
}

// showFocus goes to the part with what is looked at.
func (m *lesson) showFocus() {
	list, focus := m.blocks()
	_, begins := m.cut(list)
	if m.part = 0; focus < len(begins) {
		m.part = begins[focus]
	}
}

func flat(blocks [][]string) []string {
	var lines []string
	for _, b := range blocks {
		lines = append(lines, b...)
	}
	return lines
}

func twistOf(a lessons.Action) diagnose.ID { return diagnose.ID(a.Options["twist"]) }

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
		lines = append(append(lines, ui.Wrap(st.Hint.Render("Taken again to where you left it, by the built-in user: the values are new."), width)...), "")
	}
	if s.Request == nil {
		return append(lines, ui.Wrap(st.Hint.Render("It has not begun. Its values will stand here."), width)...)
	}
	for _, name := range []string{"client_id", "redirect_uri", "state", "code_verifier", "code_challenge", "code", "access_token", "refresh_token", "id_token"} {
		v := s.Value(name, m.ui.Now)
		if v == "" || v == lessons.Known[name].Name {
			continue
		}
		lines = append(lines, st.Hint.Render(name))
		for _, l := range strings.Split(ansi.Hardwrap(v, width-2, true), "\n") {
			lines = append(lines, "  "+st.Plain.Render(l))
		}
	}
	return lines
}
