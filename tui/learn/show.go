package learn

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/flow/record"
	"example.com/grantwalk/tui/gloss"
	"example.com/grantwalk/tui/learn/lessons"
	"example.com/grantwalk/tui/learn/live"
	"example.com/grantwalk/tui/report"
	"example.com/grantwalk/tui/ui"
)

// shown is what a see page shows: a message of the learner's own, or a view.
func (m *lesson) shown(s live.Snapshot, show lessons.Show) []block {
	switch show.What {
	case "facts":
		return []block{{lines: factLines(m.ui, s.Evidence, m.width(), true)}}
	case "diagnosis":
		return m.diagnosis(s)
	case "oddities":
		var lines []string
		for _, o := range s.Oddities {
			lines = append(lines, ui.Hang(m.ui.Styles.Warning.Render(fmt.Sprintf("%d× ", o.Count)), o.What, m.width())...)
		}
		return []block{{lines: lines}}
	}
	msg, ok := s.Message(show.What)
	if !ok {
		return []block{{lines: ui.Wrap(m.ui.Styles.Hint.Render("There is no "+show.What+" yet: go back to the page that makes it."), m.width())}}
	}
	return []block{{lines: append([]string{messageTitle(m.ui, msg, m.width())}, m.paramLines(msg, show.Params)...)}}
}

// messageTitle is the message in the RFC's words, and its first line on the wire.
func messageTitle(c *ui.Common, msg record.Message, width int) string {
	wire := msg.Label
	if msg.Method != "" && msg.URL != "" {
		wire = msg.Method + " " + msg.URL
	}
	return ansi.Truncate(c.Styles.Strong.Render(msg.Name)+"  "+c.Styles.Hint.Render(wire), width, c.Glyphs.Ellipsis)
}

// paramLines are the parameters with what was found of each and what it is for.
func (m *lesson) paramLines(msg record.Message, names []string) []string {
	st := m.ui.Styles
	var list []record.Param
	width := 0
	for _, p := range msg.Params {
		if len(names) == 0 || slices.Contains(names, p.Name) {
			list = append(list, p)
			width = max(width, lipgloss.Width(p.Name))
		}
	}
	var lines []string
	for _, p := range list {
		lines = append(lines, valueLines(m.ui, p.Name, whole(p), width, m.width())...)
		about := ""
		if n, ok := gloss.Param(p.In, p.Name); ok && m.airy() {
			about = st.Hint.Render(n.For)
		}
		if mark := markOf(m.ui, p); mark != "" {
			about = strings.TrimSuffix(mark+"  "+about, "  ")
		}
		if about != "" {
			lines = append(lines, strings.Repeat(" ", width+4)+ansi.Truncate(about, m.width()-width-4, m.ui.Glyphs.Ellipsis))
		}
	}
	return lines
}

// whole is a parameter's value on the practice server.
func whole(p record.Param) string { return live.Whole(safe.Secret(p.Show(true))) }

// valueLines are a name and its value, all of it.
func valueLines(c *ui.Common, name, value string, nameWidth, width int) []string {
	parts := strings.Split(ansi.Hardwrap(value, max(10, width-nameWidth-4), true), "\n")
	lines := []string{"  " + ui.Pad(name, nameWidth, c.Glyphs.Ellipsis) + "  " + c.Styles.Accent.Render(parts[0])}
	for _, part := range parts[1:] {
		lines = append(lines, strings.Repeat(" ", nameWidth+4)+c.Styles.Accent.Render(part))
	}
	return lines
}

func markOf(c *ui.Common, p record.Param) string {
	switch p.Mark {
	case record.Good:
		return c.Styles.Good.Render(c.Glyphs.Done + " " + p.Note)
	case record.Bad:
		return c.Styles.Problem.Render(c.Glyphs.Bad + " " + p.Note)
	}
	return p.Note
}

// factLines are what the evidence shows; judged adds what fits and what does not.
func factLines(c *ui.Common, e diagnose.Evidence, width int, judged bool) []string {
	names := 0
	facts := diagnose.Facts(e)
	for _, f := range facts {
		names = max(names, lipgloss.Width(f.Name))
	}
	var lines []string
	for _, f := range facts {
		if f.Value == "" {
			continue
		}
		mark := " "
		switch {
		case judged && f.Fits == diagnose.Right:
			mark = c.Styles.Good.Render(c.Glyphs.Done)
		case judged && f.Fits == diagnose.Wrong:
			mark = c.Styles.Problem.Render(c.Glyphs.Bad)
		}
		lines = append(lines, ui.Hang(ui.Pad(mark, 2, "")+" "+c.Styles.Hint.Render(ui.Pad(f.Name, names, ""))+"  ", f.Value, width)...)
	}
	return lines
}

// diagnosis is the first cause, as the diagnosis lays it out.
func (m *lesson) diagnosis(s live.Snapshot) []block {
	r := diagnose.Diagnose(s.Evidence)
	l := report.Layout{Glyphs: m.ui.Glyphs, Styles: m.ui.Styles, Width: m.width()}
	lines := l.AllWell(r)
	if len(r.Causes) > 0 {
		lines = l.Cause(r.Causes[0], true)
	}
	return []block{{lines: append([]string{l.Head(r), ""}, lines...)}}
}
