package diagnosis

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/flow"
	"example.com/grantwalk/tui/gloss"
	"example.com/grantwalk/tui/report"
	"example.com/grantwalk/tui/ui"
)

// View lays out what was said, the causes, and of the chosen one everything.
func (m *Model) View() string {
	if m.state != reading {
		return m.probeView()
	}
	layout := report.Layout{Glyphs: m.ui.Glyphs, Styles: m.ui.Styles, Width: m.ui.Width - 2}
	lines, quote := []string{layout.Head(m.report)}, []string(nil)
	if d := m.report.ErrorResponse.Description; d != "" {
		quote = layout.Quote(d.String())
		lines = append(lines, m.cut(quote)...)
	}
	if len(m.report.Causes) > 0 {
		lines = append(lines, layout.Findings(m.report)...)
	}
	twist := m.twistLines(layout.Width)
	if len(twist) > 0 && m.ui.Body() < roomy {
		lines = append(lines, ansi.Truncate(m.twistStyle().Render(gloss.TwistHead(m.in.Twist)), layout.Width, m.ui.Glyphs.Ellipsis))
	} else {
		lines, twist = append(lines, twist...), nil
	}
	lines = append(lines, "")
	fixed := len(lines)
	chosen := 0
	for i, c := range m.report.Causes {
		if i == m.chosen {
			chosen = len(lines)
			lines = append(append(lines, layout.Cause(c, true)...), m.account(layout, c)...)
			if i+1 < len(m.report.Causes) {
				lines = append(lines, "")
			}
			continue
		}
		lines = append(lines, layout.Cause(diagnose.Cause{ID: c.ID, Title: c.Title, Strength: c.Strength, Score: c.Score}, false)...)
	}
	if finding := m.in.Twist != nil && m.in.Twist.Result == flow.TwistAccepted; len(m.report.Causes) == 0 && !finding {
		lines = append(lines, layout.AllWell(m.report)...)
	}
	lines = append(lines, m.unaskedLines(layout)...)
	if len(m.report.RuledOut) > 0 {
		lines = append(lines, m.ruledOutLines(layout)...)
	}
	if len(twist) > 0 {
		lines = append(append(lines, ""), twist...)
	}
	if len(quote) > m.quoted() {
		lines = append(append(lines, "", m.ui.Styles.Hint.Render("all that the server said")), quote...)
	}
	return strings.Join(m.window(ui.Indent(lines, 1), fixed, chosen), "\n")
}

// roomy is the height of a body in which what a twist's result means stands above the causes.
const roomy = 16

// twistLines are what became of the twist.
func (m *Model) twistLines(width int) []string {
	if m.in.Twist == nil {
		return nil
	}
	return ui.Wrap(m.twistStyle().Render(gloss.Twist(m.in.Twist)), width)
}

func (m *Model) twistStyle() lipgloss.Style {
	if m.in.Twist.Result == flow.TwistAccepted { // a finding
		return m.ui.Styles.Warning
	}
	return m.ui.Styles.Hint
}

// quoted is how many lines of the server's words stand above the causes, which
// need the room.
func (m *Model) quoted() int { return max(1, m.ui.Body()/4) }

// cut is as much of a quote as may stand above the causes.
func (m *Model) cut(quote []string) []string {
	n := m.quoted()
	if len(quote) <= n {
		return quote
	}
	width := m.ui.Width - 2 - lipgloss.Width(m.ui.Glyphs.Ellipsis)
	last := ansi.Truncate(quote[n-1], width, "") + m.ui.Glyphs.Ellipsis
	return append(slices.Clone(quote[:n-1]), last)
}

// unaskedLines say why the server is not to be asked, where it could tell more.
func (m *Model) unaskedLines(l report.Layout) []string {
	if m.in.Probe == nil || m.report.Probe == nil || m.report.Probe.Not == "" {
		return nil
	}
	return append([]string{""}, ui.Hang(m.ui.Styles.Hint.Render("not asked")+"  ", m.report.Probe.Not, l.Width-1)...)
}

func (m *Model) account(l report.Layout, c diagnose.Cause) []string {
	if !m.why {
		return nil
	}
	return append([]string{""}, l.Account(c)...)
}

// ruledOutLines are one line, or with o all of them.
func (m *Model) ruledOutLines(l report.Layout) []string {
	if m.ruledOut {
		return append([]string{""}, l.RuledOut(m.report.RuledOut)...)
	}
	var names []string
	for _, out := range m.report.RuledOut {
		names = append(names, strings.ReplaceAll(string(out.ID), "_", " "))
	}
	return append([]string{""}, ui.Hang(m.ui.Styles.Hint.Render("ruled out")+"  ", strings.Join(names, " "+m.ui.Glyphs.Dot+" "), l.Width-1)...)
}

// window is the part of the lines that fits. The first ones stay; of the others
// the chosen cause must be seen. The last line is the note.
func (m *Model) window(lines []string, fixed, chosen int) []string {
	room := m.ui.Body()
	if m.note != "" {
		room -= 2
	}
	head, rest := lines[:min(fixed, room)], lines[min(fixed, len(lines)):]
	fit := max(1, room-len(head))
	if m.began == unset {
		if m.top = 0; chosen-fixed > fit/2 {
			m.top = chosen - fixed - 1
		}
	}
	m.top = max(0, min(m.top, len(rest)-fit))
	if m.began == unset {
		m.began = m.top
	}
	m.page = max(1, fit-1) // the last line tells that there are more
	more := len(rest) - m.top - fit
	shown := rest[m.top:min(len(rest), m.top+fit)]
	if more > 0 {
		shown = append(shown[:len(shown)-1:len(shown)-1], m.ui.Styles.Hint.Render(fmt.Sprintf("    %d more lines: pgdn", more+1)))
	}
	out := append(append([]string{}, head...), shown...)
	if m.note == "" {
		return out
	}
	for len(out) < room+1 {
		out = append(out, "")
	}
	style := m.ui.Styles.Good
	if m.bad {
		style = m.ui.Styles.Problem
	}
	return append(out, " "+style.Render(m.note))
}

// probeView says what would be sent, and waits for a yes.
func (m *Model) probeView() string {
	st := m.ui.Styles
	lines := []string{"", " " + st.Strong.Render("Ask the server?"), ""}
	lines = append(lines, ui.Indent(ui.Wrap(m.report.Probe.Asks, m.ui.Width-4), 1)...)
	lines = append(lines, "", " "+st.Hint.Render("This will be sent, once:"))
	for _, l := range m.in.Probe.Sends {
		lines = append(lines, "   "+l)
	}
	if m.state == probing {
		lines = append(lines, "", " "+st.Accent.Render("waiting for the server"+m.ui.Glyphs.Ellipsis)+" "+st.Hint.Render(ui.Seconds(m.ui.Now.Sub(m.since))))
	}
	return strings.Join(lines, "\n")
}
