package walk

import (
	"strconv"

	"github.com/charmbracelet/lipgloss"

	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/flow/record"
	"example.com/grantwalk/tui/ui"
)

// lanes are where the four parties stand in a diagram of that width.
func lanes(width int) []ui.Lane {
	server, last, app := "server", width-4, 56
	if width >= 76 {
		server, last, app = "authorization server", width-11, 52
	}
	// Nothing but "you" stands before the browser, so it can stand near.
	return []ui.Lane{
		record.User:    {X: 4, Name: "you"},
		record.Browser: {X: 4 + (last-4)*14/100, Name: "browser"},
		record.App:     {X: 4 + (last-4)*app/100, Name: "grantwalk"},
		record.Server:  {X: last, Name: server},
	}
}

// diagram is a line of names and n lines of arrows: as many of the messages as
// fit, the one being read among them.
func (m *Model) diagram(width, n int) []string {
	lanes := lanes(width)
	lines := []string{m.ui.LaneNames(lanes, width)}
	first := max(0, min(m.page-n+2, len(m.messages)-n))
	for i := first; i < first+n; i++ {
		if i < len(m.messages) {
			lines = append(lines, m.ui.ArrowLine(lanes, m.arrow(i), width))
		} else {
			lines = append(lines, m.ui.Lifelines(lanes))
		}
	}
	return lines
}

func (m *Model) arrow(i int) ui.Arrow {
	msg := m.messages[i]
	return ui.Arrow{
		From: int(msg.From), To: int(msg.To), Label: strconv.Itoa(msg.N) + " " + msg.Label,
		Style: m.arrowStyle(msg, i), Broken: !msg.Seen, Here: i == m.page,
	}
}

func (m *Model) arrowStyle(msg record.Message, i int) lipgloss.Style {
	switch {
	case i == m.page:
		return m.ui.Styles.Accent
	case msg.Status >= 400, msg.Kind == exchange.Callback && hasError(msg), msg.Unanswered:
		return m.ui.Styles.Problem
	case !msg.Seen:
		return m.ui.Styles.Hint
	}
	return m.ui.Styles.Plain
}

func hasError(msg record.Message) bool {
	_, ok := msg.Param("error")
	return ok
}
