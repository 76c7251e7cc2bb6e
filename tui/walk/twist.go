package walk

import (
	"fmt"
	"slices"
	"strings"
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

// A broken word says at a value what the twist did with it; onPurpose follows where there is room.
const (
	changedWord = "changed"
	againWord   = "sent again"
	heldWord    = "held"
	revokedWord = "revoked"
	onPurpose   = " on purpose"
)

// changed reports whether the twist did something with the parameter.
func changed(p record.Param) bool {
	return slices.Contains([]string{changedWord, againWord, heldWord, revokedWord}, strings.TrimSuffix(p.Note, onPurpose))
}

// marked is the message with a note at each value that the twist changed, or with which
// it did something.
func (m *Model) marked(msg record.Message) record.Message {
	msg.Params = slices.Clone(msg.Params)
	for i, p := range msg.Params {
		note := m.played(msg, p)
		if _, ok := flow.ChangeIn(m.changesTo, msg, p); ok {
			note = changedWord
		}
		switch {
		case note == "":
		case m.ui.Width < narrow:
			msg.Params[i].Note = note
		default:
			msg.Params[i].Note = note + onPurpose
		}
	}
	return msg
}

// played is what a twist that changes no value did with a parameter of a request of its step.
func (m *Model) played(msg record.Message, p record.Param) string {
	if m.twist == nil || msg.Method == "" || msg.Step != m.twist.Step || p.In != "form" {
		return ""
	}
	switch {
	case m.twist.Cause == diagnose.CodeReused && p.Name == "code", m.twist.Cause == diagnose.RefreshReused && p.Name == "refresh_token":
		if m.sentBefore(msg, p) {
			return againWord
		}
	case m.twist.Cause == diagnose.CodeExpired && p.Name == "code" && msg.Kind == exchange.Token && !m.heldUntil.IsZero():
		return heldWord
	case m.twist.Cause == diagnose.RefreshRevoked && msg.Kind == exchange.Revocation && p.Name == "token":
		return revokedWord
	case m.twist.Cause == diagnose.RefreshRevoked && p.Name == "refresh_token" && m.confirmedRevocation(msg):
		return revokedWord
	}
	return ""
}

// sentBefore reports whether an earlier request of the step had the same value.
func (m *Model) sentBefore(msg record.Message, p record.Param) bool {
	return slices.ContainsFunc(m.messages, func(e record.Message) bool {
		return e.N < msg.N && e.Step == msg.Step && e.Kind == exchange.Token && slices.ContainsFunc(e.Params, func(q record.Param) bool {
			return q.In == p.In && q.Name == p.Name && q.Secret == p.Secret
		})
	})
}

// confirmedRevocation reports whether the server confirmed a revocation before the message.
func (m *Model) confirmedRevocation(msg record.Message) bool {
	return slices.ContainsFunc(m.messages, func(e record.Message) bool {
		return e.N < msg.N && e.Step == msg.Step && e.Kind == exchange.Revocation && e.Status == 200
	})
}

// brokenIn names what the twist did in a request; empty if the request is right.
func (m *Model) brokenIn(request record.Message) string {
	var names []string
	for _, p := range m.marked(request).Params {
		if !changed(p) {
			continue
		}
		name := p.Name
		if c, ok := flow.ChangeIn(m.changesTo, request, p); ok {
			name = c.Name // the Authorization header shows a client's
		}
		names = append(names, name+" was "+strings.TrimSuffix(p.Note, onPurpose))
	}
	if len(names) == 0 {
		return ""
	}
	return " This request is broken on purpose: " + strings.Join(names, ", ") + "."
}

// twistView is the list, and below it what the chosen line changes. Where not all
// of it fits, the chosen line stays in sight and the rest can be moved.
func (m *Model) twistView() []string {
	st, width := m.ui.Styles, m.ui.Width-2
	title := " " + st.Strong.Render("What do you want to break?")
	head := append([]string{title}, ui.Indent(ui.Wrap(st.Hint.Render("One thing is broken in the real request. The diagnosis is not told."), width), 1)...)
	const unbroken = "send everything as it should be"
	chosen, rows := unbroken, []string{m.twistRow(0, "nothing", unbroken)}
	for i, t := range m.breakable() {
		when := ""
		if t.Step != m.step {
			when = ", at " + t.Step.Title()
		}
		if i+1 == m.twistAt {
			chosen = t.Does + when
		}
		rows = append(rows, m.twistRow(i+1, string(t.Cause), t.Does+when))
	}
	var effect []string
	if twistColumn+ansi.StringWidth(chosen) > m.ui.Width { // it is cut in its row
		effect = append([]string{""}, ui.Indent(ui.Wrap(ui.Sentence(chosen), width), 1)...)
	} else if m.twist != nil {
		effect = []string{""}
	}
	if m.twist != nil {
		effect = append(effect, m.twistEffect()...)
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

// twistColumn is where the rows say what a twist does.
const twistColumn = 26

func (m *Model) twistRow(i int, name, does string) string {
	st := m.ui.Styles
	lead, style := "   ", st.Plain
	if i == m.twistAt {
		lead, style = " "+st.Accent.Render(m.ui.Glyphs.Here)+" ", st.Accent
	}
	row := lead + style.Render(ui.Pad(name, twistColumn-3, m.ui.Glyphs.Ellipsis)) + st.Hint.Render(does)
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
	case m.twist.Cause == diagnose.UserDenied:
		return "no value is changed. When the server's page asks you to allow access, deny it"
	case m.twist.Step == m.step:
		return "every value is right, but grantwalk will " + m.twist.Does
	case m.twist.Cause == diagnose.CodeReused, m.twist.Cause == diagnose.RefreshReused:
		return "no value is changed. At " + m.twist.Step.Title() + ", the second request marks the value that is sent again"
	case m.twist.Cause == diagnose.RefreshRevoked:
		return "no value is changed. At " + m.twist.Step.Title() + ", both requests mark the token that is revoked"
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
