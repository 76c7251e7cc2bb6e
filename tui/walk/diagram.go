package walk

import (
	"strconv"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"

	"grantwalk/flow"
	"grantwalk/tui/ui"
)

// A column of the sequence diagram.
type column struct {
	x    int
	name string
}

// columns are where the four parties stand in a diagram of that width.
func columns(width int) [4]column {
	last := width - 5
	server := "server"
	if width >= 76 {
		server, last = "authorization server", width-11
	}
	// Nothing but "you" stands before the browser, so it can stand near.
	return [4]column{
		flow.User:    {4, "you"},
		flow.Browser: {4 + (last-4)*14/100, "browser"},
		flow.App:     {4 + (last-4)*52/100, "grantwalk"},
		flow.Server:  {last, server},
	}
}

// diagram is a line of names and n lines of arrows: as many of the messages as
// fit, the one being read among them.
func (m *Model) diagram(width, n int) []string {
	cols := columns(width)
	lines := []string{m.names(cols, width)}
	first := max(0, min(m.page-n+2, len(m.messages)-n))
	for i := first; i < first+n; i++ {
		if i < len(m.messages) {
			lines = append(lines, m.arrow(cols, width, i))
		} else {
			lines = append(lines, m.lifelines(cols))
		}
	}
	return lines
}

func (m *Model) names(cols [4]column, width int) string {
	line := []rune(strings.Repeat(" ", width))
	for _, c := range cols {
		start := max(1, min(c.x-len(c.name)/2, width-len(c.name)-1))
		copy(line[start:], []rune(c.name))
	}
	return m.ui.Styles.Strong.Render(strings.TrimRight(string(line), " "))
}

func (m *Model) lifelines(cols [4]column) string {
	line := ""
	for _, c := range cols {
		line += strings.Repeat(" ", c.x-lipgloss.Width(line)) + m.ui.Glyphs.Bar
	}
	return m.ui.Styles.Rule.Render(line)
}

// arrow draws message i between its two parties; the lifelines of the others go on.
func (m *Model) arrow(cols [4]column, width, i int) string {
	msg := m.messages[i]
	from, to := cols[msg.From].x, cols[msg.To].x
	left, right := min(from, to), max(from, to)
	label := strconv.Itoa(msg.N) + " " + msg.Label
	body := m.shaft(msg, label, right-left-1)
	if left == right { // something done at home
		body = ui.Pad(" "+label, cols[flow.Server].x-left-1, m.ui.Glyphs.Ellipsis)
		right = cols[flow.Server].x
	}
	style := m.arrowStyle(msg, i)
	rule := m.ui.Styles.Rule.Render(m.ui.Glyphs.Bar)
	line, x := "", 0
	put := func(at int, s string) {
		line += strings.Repeat(" ", max(0, at-x)) + s
		x = max(at, x) + lipgloss.Width(s)
	}
	if i == m.page {
		put(1, m.ui.Styles.Accent.Render(m.ui.Glyphs.Here))
	}
	for _, c := range cols {
		switch {
		case c.x == left:
			put(c.x, rule)
			put(c.x+1, style.Render(body))
		case c.x < left || c.x >= right:
			put(c.x, rule)
		}
	}
	return ansi.Truncate(line, width, "")
}

func (m *Model) arrowStyle(msg flow.Message, i int) lipgloss.Style {
	switch {
	case i == m.page:
		return m.ui.Styles.Accent
	case msg.Status >= 400, msg.Name == "callback" && hasError(msg), strings.HasSuffix(msg.Name, "unanswered"):
		return m.ui.Styles.Problem
	case !msg.Seen:
		return m.ui.Styles.Hint
	}
	return m.ui.Styles.Plain
}

func hasError(msg flow.Message) bool {
	_, ok := msg.Param("error")
	return ok
}

// shaft is an arrow of that many columns with the label in it. What was not
// seen from here is drawn broken.
func (m *Model) shaft(msg flow.Message, label string, width int) string {
	g := m.ui.Glyphs
	line := g.Line
	if !msg.Seen {
		line = g.Unseen
	}
	label = " " + ansi.Truncate(label, max(0, width-4), g.Ellipsis) + " "
	rest := max(0, width-lipgloss.Width(label)-1)
	before, after := strings.Repeat(line, rest/2), strings.Repeat(line, rest-rest/2)
	if msg.From < msg.To {
		return before + label + after + g.Right
	}
	return g.Left + before + label + after
}
