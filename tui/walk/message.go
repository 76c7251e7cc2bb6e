package walk

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/flow"
	"example.com/grantwalk/flow/record"
	"example.com/grantwalk/tui/gloss"
	"example.com/grantwalk/tui/ui"
)

// messageView shows one message: what it is, its parameters, and what the
// focused one is for.
func (m *Model) messageView(msg record.Message, width, height int) []string {
	msg = m.marked(msg)
	lines := []string{m.messageTitle(msg, width), m.ui.Styles.Rule.Render(strings.Repeat(m.ui.Glyphs.Rule, width))}
	if m.wide() {
		return m.roomyMessage(lines, msg, width, height)
	}
	room := height - len(lines)
	text := m.explanation(msg, width, room)
	if msg.Timing != nil && m.timing && len(m.waterfall(msg, width)) > room-len(text)-1 {
		text = nil // the chart is what was asked for
	}
	gap := 1
	if len(text) == 0 || room-len(text) < 2 { // the line is worth more than a blank
		gap = 0
	}
	lines = append(lines, ui.Fit(m.content(msg, width, room-len(text)-gap), room-len(text))...)
	return append(lines, text...)
}

// roomyMessage has room for more: the message explained first, then each
// parameter with as much about it as there is room for.
func (m *Model) roomyMessage(lines []string, msg record.Message, width, height int) []string {
	lines = append(append(lines, ui.Indent(m.explainMessage(msg, width), 1)...), "")
	if msg.Timing != nil {
		lines = append(append(lines, m.waterfall(msg, width)...), "")
	}
	room := height - len(lines)
	if len(msg.Params) == 0 {
		return append(lines, m.content(msg, width, room)...)
	}
	for much := spaced; much <= short; much++ {
		blocks := m.paramBlocks(msg, width, much)
		if len(blocks) > room {
			continue
		}
		lines = append(lines, blocks...)
		if left := height - len(lines); much >= valued && m.param >= 0 && left > 6 {
			text := m.explanation(msg, width, left)
			lines = append(ui.Fit(lines, height-len(text)), text...)
		}
		return lines
	}
	// The focused one below the rows, at the same place whichever it is.
	below := m.explanation(msg, width, room*2/3)
	if m.param < 0 {
		below = ui.Fit(nil, len(below)) // it stands above
	}
	lines = append(lines, ui.Fit(m.params(msg, width, room-len(below)-1), room-len(below))...)
	return append(lines, below...)
}

// content is the waterfall, the parameters, or both where they fit, or else the
// body that could not be read.
func (m *Model) content(msg record.Message, width, room int) []string {
	if len(msg.Params) == 0 && msg.Body != "" {
		return m.window(ui.Indent(ui.Wrap(msg.Body, width-6), 3), room)
	}
	if msg.Timing == nil || !m.timing && !m.tall() {
		return m.params(msg, width, room)
	}
	lines := m.waterfall(msg, width)
	if len(lines) > room {
		return m.window(lines, room)
	}
	if left := room - len(lines) - 1; left > 3 {
		lines = append(append(lines, ""), m.params(msg, width, left)...)
	}
	return lines
}

// messageTitle has the message's name in the RFC's words, what stands in its
// first line on the wire, and what the round trip cost.
func (m *Model) messageTitle(msg record.Message, width int) string {
	wire := ""
	switch {
	case msg.URL != "" && msg.Method != "":
		wire = msg.Method + " " + msg.URL
	case msg.Status != 0:
		wire = msg.Label
	}
	right := ""
	if msg.Timing != nil {
		right = diagnose.Duration(msg.Timing.Total)
	}
	left := fmt.Sprintf(" %2d  ", msg.N) + m.ui.Styles.Strong.Render(msg.Name) + "  " + m.ui.Styles.Hint.Render(wire)
	return ui.SpreadIn(width, left, m.ui.Styles.Hint.Render(right)+" ", m.ui.Glyphs.Ellipsis)
}

// explanation says what the focused parameter is for, or the message. It takes
// the same number of lines whichever it is, so that nothing jumps; only a value
// that needs more to be seen whole gets them.
func (m *Model) explanation(msg record.Message, width, room int) []string {
	const rows = 3 // of parameters stay in view
	size := 3
	if m.tall() || m.wide() {
		size = 6
	}
	lines := m.explainMessage(msg, width)
	if m.param >= 0 && m.param < len(msg.Params) {
		lines = m.explainParam(msg, msg.Params[m.param], width)
	}
	size = max(size, min(len(lines), room-rows-1))
	return ui.Indent(ui.Fit(m.window(lines, size), size), 1)
}

func (m *Model) explainParam(msg record.Message, p record.Param, width int) []string {
	var lines []string
	value := p.Show(m.reveal)
	if c, ok := flow.ChangeIn(m.changesTo, msg, p); ok {
		lines = append(ui.Hang(strings.TrimSpace("right "+strings.TrimPrefix(c.Name, p.Name))+"  ", c.Right.Show(m.reveal), width-3), ui.Hang("sent   ", value, width-3)...)
	} else if lipgloss.Width(value) > width-len(p.Name)-40 {
		lines = strings.Split(ansi.Hardwrap(value, width-3, true), "\n")
	}
	n, ok := gloss.Param(p.In, p.Name)
	if !ok {
		return append(lines, m.ui.Styles.Hint.Render(p.Name+": a parameter of this server's own. No specification that grantwalk knows defines it."))
	}
	return append(lines, m.noteLines(p.Name, n, width)...)
}

func (m *Model) explainMessage(msg record.Message, width int) []string {
	var lines []string
	if m.tellsTwist(msg) {
		lines = ui.Wrap(m.ui.Styles.Warning.Render(gloss.Twist(m.twisted)), width-3)
	}
	if m.lacksIDToken(msg) {
		lines = append(lines, ui.Wrap("The response has no ID token, so there is nothing to verify. Scope openid asks for an ID token.", width-3)...)
	}
	if msg.Note != "" {
		lines = append(lines, ui.Wrap(m.noteOf(msg), width-3)...)
	}
	if n, ok := gloss.Message(msg.Name); ok {
		lines = append(lines, m.noteLines("", n, width)...)
	}
	return lines
}

// lacksIDToken reports whether the message is the token response after whose check the
// screen stands, and has no ID token.
func (m *Model) lacksIDToken(msg record.Message) bool {
	checked := m.tokens != nil && m.tokens.ID == "" && m.idToken == nil && m.current() >= flow.StepTokens
	return checked && msg.Step == flow.StepExchange && msg.Kind == exchange.Token && msg.Status == 200
}

// noteOf is what is to be said about this very message; whether the ID token
// may be believed can be seen at once.
func (m *Model) noteOf(msg record.Message) string {
	st, g := m.ui.Styles, m.ui.Glyphs
	switch note := ui.Sentence(msg.Note); {
	case msg.Name != record.IDToken:
		return note
	case strings.HasPrefix(msg.Note, "verified: "): // of this ID token: a refresh can bring another
		return st.Good.Render(g.Done + " " + note)
	default:
		return st.Warning.Render(g.Bad + " " + note)
	}
}

// noteLines wraps a note; its source stands at its end.
func (m *Model) noteLines(name string, n gloss.Note, width int) []string {
	text := n.Text
	if text == "" {
		text = ui.Sentence(n.For)
	}
	if name != "" {
		text = name + ": " + text
	}
	var lines []string
	for _, l := range ui.Wrap(text+" "+strings.ReplaceAll(n.Cite, " ", "\u00a0"), width-3) {
		body, cite, found := strings.Cut(l, strings.ReplaceAll(n.Cite, " ", "\u00a0"))
		if found {
			l = body + m.ui.Styles.Hint.Render(n.Cite) + cite
		}
		lines = append(lines, l)
	}
	return lines
}
