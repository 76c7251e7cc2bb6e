package walk

import (
	"fmt"
	"strings"
	"time"

	"github.com/charmbracelet/lipgloss"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/flow/record"
	"example.com/grantwalk/tui/ui"
)

// A span is one row of the waterfall.
type span struct {
	name       string
	start, end time.Duration // from the beginning of the request
	note       string
}

// spans are what a round trip consisted of.
func spans(t record.Timing) []span {
	var s []span
	if t.CodeAge > 0 {
		s = append(s, span{name: "since the callback", note: diagnose.Duration(t.CodeAge)})
	}
	if t.Reused {
		s = append(s, span{name: "connection", note: "reused"})
	} else {
		if t.DNS > 0 {
			s = append(s, span{name: "DNS", start: t.DNSStart, end: t.DNSStart + t.DNS})
		}
		s = append(s, span{name: "connect", start: t.ConnStart, end: t.ConnStart + t.Conn})
		if t.TLS > 0 {
			s = append(s, span{name: "TLS", start: t.TLSStart, end: t.TLSStart + t.TLS})
		}
	}
	return append(s,
		span{name: "server", start: t.Wrote, end: t.FirstByte},
		span{name: "reading", start: t.FirstByte, end: t.Total})
}

// waterfall draws where the time of a round trip went.
func (m *Model) waterfall(msg record.Message, width int) []string {
	const nameWidth, costWidth = 20, 11
	t := *msg.Timing
	chart := width - nameWidth - costWidth - 6
	var lines []string
	if chart > lipgloss.Width(diagnose.Duration(t.Total)) {
		lines = append(lines, "   "+ui.Pad("", nameWidth+costWidth, "")+" "+m.scale(t.Total, chart))
	}
	for _, s := range spans(t) {
		row := "   " + ui.Pad(s.name, nameWidth, "")
		if s.end == 0 {
			lines = append(lines, row+fmt.Sprintf("%*s", costWidth-1, s.note))
			continue
		}
		lines = append(lines, row+fmt.Sprintf("%*s", costWidth-1, diagnose.Duration(s.end-s.start))+"  "+m.bar(s, t.Total, chart))
	}
	return append(lines, "   "+ui.Pad("in all", nameWidth, "")+m.ui.Styles.Strong.Render(fmt.Sprintf("%*s", costWidth-1, diagnose.Duration(t.Total))))
}

// bar is a span on the chart: whole cells, with an eighth of one at its end, and
// at least a sliver for whatever took any time.
func (m *Model) bar(s span, total time.Duration, width int) string {
	if total <= 0 || width <= 0 {
		return ""
	}
	eighths := []rune(m.ui.Glyphs.Eighths)
	per := float64(len(eighths))
	from := int(float64(s.start) / float64(total) * float64(width))
	cells := float64(s.end-s.start) / float64(total) * float64(width) * per
	full, part := int(cells/per), int(cells)%len(eighths)
	out := strings.Repeat(m.ui.Glyphs.Full, full)
	if part > 0 || full == 0 {
		out += string(eighths[max(0, part-1)])
	}
	return strings.Repeat(" ", min(from, width-1)) + m.ui.Styles.Accent.Render(out)
}

// scale has the beginning, the middle and the end of the time axis.
func (m *Model) scale(total time.Duration, width int) string {
	middle, end := diagnose.Duration(total/2), diagnose.Duration(total)
	if width < 24 {
		return m.ui.Styles.Hint.Render("0" + fmt.Sprintf("%*s", max(0, width-1), end))
	}
	line := "0" + fmt.Sprintf("%*s", width/2-1+len(middle)/2, middle)
	return m.ui.Styles.Hint.Render(line + fmt.Sprintf("%*s", width-len(line), end))
}
