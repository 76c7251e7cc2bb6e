package learn

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/flow"
	"example.com/grantwalk/tui/learn/lessons"
	"example.com/grantwalk/tui/learn/markdown"
	"example.com/grantwalk/tui/ui"
)

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
	case m.running && !m.isDone() && m.target >= m.at.Page:
		lines := []string{st.Accent.Render(does+g.Ellipsis) + " " + st.Hint.Render(ui.Seconds(m.ui.Now.Sub(m.since)))}
		if r := m.snapshot().Request; r != nil && m.logsIn() {
			if _, ours := m.opener.(flow.SystemBrowser); ours {
				lines = append(append(lines, st.Hint.Render("A browser should open by itself. If none does, open:")), strings.Split(ansi.Hardwrap(r.URL, m.width(), true), "\n")...)
			}
		}
		return append(list, block{lines: lines}), focus
	case m.failed != nil && m.target == m.at.Page:
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
		return append(lines, st.Problem.Render(g.Bad+" "+e.Error.String())+", by the redirect")
	}
	return append(lines, st.Problem.Render(fmt.Sprintf("%s %s", g.Bad, e.Error))+fmt.Sprintf(", HTTP %d", e.Status))
}

// changeLines are what is changed on purpose, beside what is right.
func (m *lesson) changeLines(changes []flow.Change, verb string) []string {
	st := m.ui.Styles
	width := max(len("right"), len(verb))
	var lines []string
	for _, c := range changes {
		lines = append(lines, "  "+c.Name, "    "+st.Good.Render(ui.Pad("right", width, ""))+"  "+whole(c.Right),
			"    "+st.Problem.Render(ui.Pad(verb, width, ""))+"  "+whole(c.Sent))
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
