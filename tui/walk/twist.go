package walk

import (
	"fmt"
	"slices"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/flow"
	"example.com/grantwalk/flow/record"
	"example.com/grantwalk/tui/ui"
)

// The list of what can be broken on purpose. The first line breaks nothing. What
// the chosen one will change stands below it, beside what is right.

// breakable are the twists that can still be had in this walk, the next step's first.
func (m *Model) breakable() []flow.Twist {
	if m.session == nil {
		return nil
	}
	var next, later []flow.Twist
	for _, t := range flow.Twists() {
		switch {
		case t.Possible(m.session.Walk) != nil:
		case t.Step == m.step:
			next = append(next, t)
		default:
			later = append(later, t)
		}
	}
	return append(next, later...)
}

// canTwist: one thing is broken in a walk, so a twist that was played stays the only one.
func (m *Model) canTwist() bool {
	played := m.twisted != nil && m.twisted.Result != flow.TwistNotPlayed
	return m.atReady() && !played && len(m.breakable()) > 0
}

// startTwist opens the list at what is chosen already.
func (m *Model) startTwist() tea.Cmd {
	m.over, m.scroll = twistOverlay, 0
	m.readChanges()
	m.twistAt = m.placeOf(m.twist)
	m.twistBefore = m.twistAt
	return nil
}

// placeOf is a twist's line of the list; 0 if nothing is broken, or nothing can be any more.
func (m *Model) placeOf(t *flow.Twist) int {
	return 1 + slices.IndexFunc(m.breakable(), func(b flow.Twist) bool { return t != nil && b.Cause == t.Cause })
}

// cancelTwist closes the list and leaves the choice as it was.
func (m *Model) cancelTwist() {
	if m.twistAt != m.twistBefore {
		m.chooseTwist(m.twistBefore - m.twistAt)
	}
	m.over = noOverlay
}

// chooseTwist moves in the list; the walk is told at once, so that it can say
// what would be changed. No step runs meanwhile.
func (m *Model) chooseTwist(by int) {
	list := m.breakable()
	m.twistAt, m.scroll = max(0, min(m.twistAt+by, len(list))), 0
	m.twist, m.twisted, m.changesTo = nil, nil, nil
	if m.twistAt > 0 {
		m.twist = &list[m.twistAt-1]
	}
	m.session.Walk.SetTwist(m.twist)
	m.readChanges()
}

// readChanges notes what the twist will change in the next request. What it changed in an
// earlier one stays.
func (m *Model) readChanges() {
	if changes := m.session.Walk.Changes(m.step); len(changes) > 0 {
		m.changesTo = changes
	}
}

// changedNote stands at a value that the twist changed, changedWord where that is too long.
const (
	changedNote = "changed on purpose"
	changedWord = "changed"
)

func changed(p record.Param) bool { return p.Note == changedNote || p.Note == changedWord }

// marked is the message with a note at each value that the twist changed.
func (m *Model) marked(msg record.Message) record.Message {
	note := changedNote
	if m.ui.Width < narrow {
		note = changedWord
	}
	msg.Params = slices.Clone(msg.Params)
	for i, p := range msg.Params {
		if _, ok := flow.ChangeIn(m.changesTo, msg, p); ok {
			msg.Params[i].Note = note
		}
	}
	return msg
}

// twistView is the list, and below it what the chosen line changes. Where not all
// of it fits, the chosen line stays in sight and the rest can be moved.
func (m *Model) twistView() []string {
	st, width := m.ui.Styles, m.ui.Width-2
	title := " " + st.Strong.Render("What do you want to break?")
	head := append([]string{title}, ui.Indent(ui.Wrap(st.Hint.Render("One thing is broken in the real request. The diagnosis is not told."), width), 1)...)
	rows := []string{m.twistRow(0, "nothing", "send everything as it should be")}
	for i, t := range m.breakable() {
		when := ""
		if t.Step != m.step {
			when = ", at " + t.Step.Title()
		}
		rows = append(rows, m.twistRow(i+1, string(t.Cause), t.Does+when))
	}
	var effect []string
	if m.twist != nil {
		effect = append([]string{""}, m.twistEffect()...)
	}
	if room := m.ui.Body(); len(head)+1+len(rows)+len(effect) > room {
		place := st.Hint.Render(fmt.Sprintf("%d of %d", m.twistAt+1, len(rows)))
		head, room = []string{ui.SpreadIn(m.ui.Width, title, place+" ", m.ui.Glyphs.Ellipsis)}, room-1
		if len(effect) > 0 {
			effect = m.window(effect[1:], min(len(effect)-1, max(room/2, room-len(rows))))
		}
		shown := min(len(rows), room-len(effect))
		first := max(0, min(m.twistAt-shown/2, len(rows)-shown))
		return append(append(head, rows[first:first+shown]...), effect...)
	}
	return append(append(append(head, ""), rows...), effect...)
}

func (m *Model) twistRow(i int, name, does string) string {
	st := m.ui.Styles
	lead, style := "   ", st.Plain
	if i == m.twistAt {
		lead, style = " "+st.Accent.Render(m.ui.Glyphs.Here)+" ", st.Accent
	}
	row := lead + style.Render(ui.Pad(name, 23, m.ui.Glyphs.Ellipsis)) + st.Hint.Render(does)
	return ansi.Truncate(row, m.ui.Width, m.ui.Glyphs.Ellipsis)
}

// twistEffect is what will be sent, beside what would be right.
func (m *Model) twistEffect() []string {
	st := m.ui.Styles
	if m.twist.Step != m.step || len(m.changesTo) == 0 {
		return ui.Indent(ui.Wrap(ui.Sentence(m.twistPromise()), m.ui.Width-2), 1)
	}
	var lines []string
	for _, c := range m.changesTo {
		lines = append(lines, " "+st.Strong.Render(c.Name))
		lines = append(lines, ui.Hang("   right  ", c.Right.Show(m.reveal), m.ui.Width)...)
		lines = append(lines, ui.Hang("   "+st.Warning.Render("sent")+"   ", orEmpty(c.Sent.Show(m.reveal)), m.ui.Width)...)
	}
	return lines
}

func orEmpty(s string) string {
	if s == "" {
		return "(nothing)"
	}
	return s
}

func (m *Model) twistPromise() string {
	switch {
	case m.twist.Cause == diagnose.CodeExpired:
		life := m.config.CodeLifetime
		if life == 0 {
			return "the code is held for 10 min, the longest lifetime that RFC 6749 §4.1.2 recommends; you can send it earlier"
		}
		return "the code is held until it is older than " + ui.Seconds(life) + "; you can send it earlier"
	case m.twist.Step == m.step:
		return "every value is right, but grantwalk will " + m.twist.Does
	}
	return "at " + m.twist.Step.Title() + ", x shows the value that will be changed. The request then marks it"
}

// armed names what will be broken, until it is.
func (m *Model) armed() string {
	if m.twist == nil || m.state != ready && !m.waiting() || m.step > m.twist.Step {
		return ""
	}
	return " " + m.ui.Styles.Warning.Render("breaking: "+m.twist.Does)
}

// toldTwist is what became of the twist, once its step was taken and the walk goes on.
func (m *Model) toldTwist() string {
	if m.twist == nil || m.twisted == nil || m.state != ready || m.step <= m.twist.Step {
		return ""
	}
	if m.twisted.Result == flow.TwistAccepted {
		return " " + m.ui.Styles.Warning.Render("twist accepted: "+string(m.twist.Cause))
	}
	return " " + m.ui.Styles.Warning.Render("twist not played: "+string(m.twist.Cause))
}

// tellsTwist reports whether the message is the response to the request that was broken:
// the last response of the twist's step.
func (m *Model) tellsTwist(msg record.Message) bool {
	if m.twist == nil || m.twisted == nil || m.state != ended && m.step <= m.twist.Step {
		return false
	}
	n := 0
	for _, other := range m.messages {
		if other.Step == m.twist.Step && (other.Kind == exchange.Token && other.Status != 0 || other.Kind == exchange.Callback) {
			n = other.N
		}
	}
	return msg.N == n
}

// holding reports whether a code is being held until it is too old.
func (m *Model) holding() bool {
	return m.state == running && m.step == flow.StepExchange && m.twist != nil && m.twist.Cause == diagnose.CodeExpired && m.ui.Now.Before(m.heldUntil)
}

func (m *Model) holdingText() string {
	left := m.heldUntil.Sub(m.ui.Now) + time.Second
	return fmt.Sprintf("holding the code, %s to go", ui.Seconds(left))
}

func (m *Model) sendHeld() tea.Cmd {
	m.heldUntil = time.Time{}
	m.session.Walk.Release()
	return nil
}
