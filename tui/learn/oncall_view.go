package learn

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/lipgloss"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/flow"
	"example.com/grantwalk/tui/learn/live"
	"example.com/grantwalk/tui/report"
	"example.com/grantwalk/tui/ui"
)

// onCallView is the present case: what the client saw, and below it the causes
// to choose from; or, once one was named, what would have told.
func (m *lesson) onCallView() string {
	o, st := m.oncall, m.ui.Styles
	n := o.current()
	w := o.walks[n]
	clock := ""
	if w.snapshot != nil && !o.picked {
		clock = ui.Seconds(m.ui.Now.Sub(o.since))
	}
	lines := []string{m.ui.Spread(fmt.Sprintf(" %s  %s", st.Accent.Render(fmt.Sprintf("case %d of %d", n+1, caseCount)), m.complaint(w)), st.Strong.Render(clock)+" ")}
	var rest, below []string
	switch {
	case w.err != nil:
		rest = ui.Wrap(st.Problem.Render("The walk could not be broken: "+w.err.Error()), m.ui.Width-6)
	case w.snapshot == nil:
		rest = []string{"Somebody is breaking it" + m.ui.Glyphs.Ellipsis}
	case o.picked:
		rest = m.verdict(w.snapshot.Evidence)
	default:
		rest, below = m.evidenceLines(*w.snapshot), m.choiceLines()
	}
	if m.airy() {
		lines = append(lines, "")
	}
	room := max(1, m.ui.Body()-len(lines)-len(below))
	o.top = max(0, min(o.top, len(rest)-room))
	shown := slices.Clone(rest[o.top:min(len(rest), o.top+room)])
	if more := len(rest) - o.top - room; more > 0 {
		shown[len(shown)-1] = st.Hint.Render(fmt.Sprintf("%d more lines: pgdn", more+1))
	}
	lines = append(lines, ui.Fit(ui.Indent(shown, 3), room)...)
	return strings.Join(append(lines, below...), "\n")
}

// complaint is what the user of the broken program reports.
func (m *lesson) complaint(w brokenWalk) string {
	if w.snapshot == nil || w.snapshot.Outcome.Error == nil {
		return ""
	}
	e := w.snapshot.Outcome.Error
	if e.Status == 0 {
		return m.ui.Styles.Problem.Render(e.Error.String()) + ", by the redirect"
	}
	return m.ui.Styles.Problem.Render(e.Error.String()) + fmt.Sprintf(", HTTP %d", e.Status)
}

// evidenceLines are the facts, or one message. The server's description is left
// out: at work it seldom says what is wrong.
func (m *lesson) evidenceLines(s live.Snapshot) []string {
	o, st := m.oncall, m.ui.Styles
	messages := evidence(s)
	if o.view == 0 {
		lines := []string{st.Strong.Render("The facts") + st.Hint.Render(fmt.Sprintf("  beside %d messages: %s", len(messages), m.ui.Glyphs.Arrows))}
		if m.airy() {
			lines = append(lines, "")
		}
		if s.Outcome.Step == flow.StepRefresh {
			return append(lines, ui.Wrap("The exchange went well. It is the refresh that was refused. What was sent and what came is in the messages.", m.ui.Width-6)...)
		}
		return append(lines, factLines(m.ui, s.Evidence, m.ui.Width-6, false)...)
	}
	msg := messages[o.view-1]
	lines := []string{messageTitle(m.ui, msg, m.ui.Width-6)}
	width := 0
	for _, p := range msg.Params {
		width = max(width, lipgloss.Width(p.Name))
	}
	for _, p := range msg.Params {
		if p.Name != "error_description" {
			lines = append(lines, valueLines(m.ui, p.Name, whole(p), width, m.ui.Width-6)...)
		}
	}
	return lines
}

func (m *lesson) choiceLines() []string {
	st := m.ui.Styles
	lines := []string{""}
	if m.ui.Body() >= 16 {
		lines = append(lines, " "+st.Strong.Render("What is the cause?"))
	}
	for i, id := range m.oncall.at.Cases[m.oncall.current()].Choices {
		lines = append(lines, "   "+st.Accent.Render(fmt.Sprint(i+1))+"  "+title(diagnose.ID(id)))
	}
	return lines
}

// verdict says whether the pick was right, and what in the evidence tells.
func (m *lesson) verdict(e diagnose.Evidence) []string {
	st, g := m.ui.Styles, m.ui.Glyphs
	width := m.ui.Width - 6
	pick := m.oncall.at.Picks[m.oncall.current()]
	r := diagnose.Diagnose(e)
	l := report.Layout{Glyphs: g, Styles: st, Width: width}
	lines := []string{st.Good.Render(g.Done+" Yes.") + fmt.Sprintf(" %d points, in %s.", points(pick), ui.Seconds(time.Duration(pick.Seconds)*time.Second))}
	if pick.Picked != pick.Cause {
		lines = ui.Wrap(st.Problem.Render(g.Bad)+" Not this time. You said: "+strings.TrimSuffix(ui.Sentence(title(diagnose.ID(pick.Picked))), ".")+".", width)
		lines = append(lines, ui.Wrap("That would have shown: "+m.tells(pick.Picked), width)...)
		for _, out := range r.RuledOut {
			if string(out.ID) == pick.Picked {
				lines = append(lines, ui.Wrap("Here it is ruled out: "+out.Why+".", width)...)
			}
		}
	}
	lines = append(append(lines, ""), ui.Wrap("What tells: "+m.tells(pick.Cause), width)...)
	for _, c := range r.Causes {
		if string(c.ID) == pick.Cause {
			lines = append(append(lines, ""), l.Cause(c, false)...)
		}
	}
	return lines
}

func (m *lesson) tells(cause string) string {
	for _, c := range m.oncall.known {
		if c.Cause == cause {
			return c.Tells
		}
	}
	return ""
}

func (m *lesson) showScore() {
	list, _ := m.blocks()
	_, begins := m.cut(list)
	m.part = begins[len(begins)-1]
}

// scoreBlocks are the result, as soon as all cases were answered.
func (m *lesson) scoreBlocks() []block {
	o, st, g := m.oncall, m.ui.Styles, m.ui.Glyphs
	if !o.over() {
		if n := len(o.at.Picks); n > 0 {
			return []block{{lines: []string{fmt.Sprintf("You have answered %d of %d. Enter goes on with the next.", n, caseCount)}}}
		}
		return nil
	}
	right, sum, took := 0, 0, 0
	var lines []string
	for i, p := range o.at.Picks {
		mark := st.Problem.Render(ui.Pad(g.Bad, 2, ""))
		if p.Picked == p.Cause {
			mark = st.Good.Render(ui.Pad(g.Done, 2, ""))
			right++
		}
		sum, took = sum+points(p), took+p.Seconds
		left := fmt.Sprintf("%d  %s  %s", i+1, mark, title(diagnose.ID(p.Cause)))
		lines = append(lines, ui.SpreadIn(m.width(), left, st.Hint.Render(fmt.Sprintf("%s  %3d", ui.Seconds(time.Duration(p.Seconds)*time.Second), points(p))), g.Ellipsis))
	}
	head := st.Strong.Render(fmt.Sprintf("%d of %d, %d points of %d, in %s", right, caseCount, sum, 20*caseCount, ui.Seconds(time.Duration(took)*time.Second)))
	return []block{{lines: append([]string{head, ""}, lines...)}}
}
