package walk

import (
	"errors"

	"github.com/charmbracelet/bubbles/key"
	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"

	"example.com/grantwalk/flow"
	"example.com/grantwalk/flow/record"
	"example.com/grantwalk/tui/ui"
)

// A binding is a key, when it works, and what it does then.
type binding struct {
	key  key.Binding
	when func(*Model) bool
	do   func(*Model) tea.Cmd
}

// nextNames say what Enter does, by the step that comes next.
var nextNames = map[flow.Step]string{
	flow.StepSetUp:     "set up",
	flow.StepAuthorize: "build the request",
	flow.StepCallback:  "open the browser",
	flow.StepExchange:  "exchange the code",
	flow.StepTokens:    "check the tokens",
	flow.StepRefresh:   "refresh tokens",
}

// bindings are the keys in the order of their importance just now.
func (m *Model) bindings() []binding {
	pages := []binding{
		{ui.Bind("pgup/pgdn", "scroll", "pgdown"), (*Model).scrolls, do(func(m *Model) { m.scrollBy(m.scrollPage) })},
		{ui.Bind("", "", "pgup"), (*Model).scrolls, do(func(m *Model) { m.scrollBy(-m.scrollPage) })},
	}
	if m.over == twistOverlay {
		return append([]binding{
			{ui.Bind("enter", "done", "enter", "x"), (*Model).covered, do(func(m *Model) { m.over = noOverlay })},
			{ui.Bind(m.ui.Glyphs.Updown, "choose", "down", "j"), (*Model).covered, do(func(m *Model) { m.chooseTwist(1) })},
			{ui.Bind("", "", "up", "k"), (*Model).covered, do(func(m *Model) { m.chooseTwist(-1) })},
			{ui.Bind("r", m.revealName(), "r"), (*Model).covered, do(func(m *Model) { m.reveal = !m.reveal })},
			{ui.Bind("esc", "cancel", "esc", "backspace"), (*Model).covered, do((*Model).cancelTwist)},
		}, pages...)
	}
	if m.covered() {
		return append([]binding{{ui.Bind("esc", "close", "esc", "enter", "backspace", "c", "o"), (*Model).covered, do(func(m *Model) { m.over, m.scroll = noOverlay, 0 })}}, pages...)
	}
	return append([]binding{
		{ui.Bind("enter", nextNames[m.step], "enter"), (*Model).atReady, (*Model).take},
		{ui.Bind("enter", "newest message", "enter"), (*Model).behind, do(func(m *Model) { m.show(m.landed) })},
		{ui.Bind("enter", "see why", "enter", "d"), (*Model).atRefusal, (*Model).diagnose},
		{ui.Bind("w", "walk again", "w"), (*Model).atRefusal, (*Model).again},
		{ui.Bind("w", "walk again", "w"), (*Model).atOtherEnd, (*Model).again}, // not by Enter, which never discards
		{ui.Bind("e", "change the settings", "e"), (*Model).atNothing, (*Model).edit},
		{ui.Bind("enter", "change the settings", "enter", "e"), (*Model).hasFailed, (*Model).edit},
		{ui.Bind("p", "paste the URL", "p"), (*Model).waiting, (*Model).startPaste},
		{ui.Bind("y", "copy the URL", "y"), (*Model).waiting, (*Model).copyAddress},
		{ui.Bind("s", "send the code now", "s"), (*Model).holding, (*Model).sendHeld},
		{ui.Bind(m.ui.Glyphs.Arrows, "messages", "left", "h", "b", "backspace"), (*Model).hasMessages, do(func(m *Model) { m.show(m.page - 1) })},
		{ui.Bind("", "", "right", "l"), (*Model).hasMessages, do(func(m *Model) { m.show(m.page + 1) })},
		{ui.Bind("x", "break a step", "x"), (*Model).canTwist, (*Model).startTwist},
		{ui.Bind(m.ui.Glyphs.Updown, "parameters", "down", "j"), (*Model).onMessage, do(func(m *Model) { m.focus(m.param + 1) })},
		{ui.Bind("", "", "up", "k"), (*Model).onMessage, do(func(m *Model) { m.focus(m.param - 1) })},
		{ui.Bind("t", m.timingName(), "t"), (*Model).hasTiming, do(func(m *Model) { m.timing = !m.timing })},
		{ui.Bind("c", "copy as curl", "c"), (*Model).hasRequest, (*Model).copyCurl},
		{ui.Bind("r", m.revealName(), "r"), (*Model).hasMessages, do(func(m *Model) { m.reveal = !m.reveal })},
		{ui.Bind("v", "revoke the tokens", "v"), (*Model).canRevoke, do(func(m *Model) { m.askRevoke = true })},
		{ui.Bind("o", "unexpected events", "o"), (*Model).hasOddities, do(func(m *Model) { m.over = oddOverlay })},
		{ui.Bind("e", "change the settings", "e"), func(m *Model) bool { return m.atEnd() && !m.atNothing() }, (*Model).edit},
		{ui.Bind("esc", "home", "esc"), func(*Model) bool { return true }, (*Model).leave},
		{ui.Bind("1-6", "to a step", "1", "2", "3", "4", "5", "6"), (*Model).hasMessages, nil}, // in key
		{ui.Bind("home/end", "first or last message", "home", "g"), (*Model).hasMessages, do(func(m *Model) { m.show(0) })},
		{ui.Bind("", "", "end", "G"), (*Model).hasMessages, do(func(m *Model) { m.show(m.lastPage()) })},
	}, pages...)
}

func (m *Model) key(msg tea.KeyMsg) (ui.Screen, tea.Cmd) {
	if m.leaving {
		m.leaving = false
		switch {
		case msg.Type == tea.KeyEsc:
			return m, m.goHome
		case !msg.Paste: // a paste is an address, whatever is asked
			return m, nil
		}
	}
	if m.askRevoke {
		m.askRevoke = false
		if msg.String() == "v" && !msg.Paste {
			return m, m.startRevoke()
		}
		return m, nil
	}
	if m.pasting {
		return m.typePaste(msg)
	}
	if msg.Paste && m.waiting() {
		return m, m.givePaste(string(msg.Runes))
	}
	if s := msg.String(); len(s) == 1 && s >= "1" && s <= "6" && m.hasMessages() && !m.covered() {
		m.goToStep(int(s[0] - '0'))
		return m, nil
	}
	for _, b := range m.bindings() {
		if b.when(m) && key.Matches(msg, b.key) {
			return m, b.do(m)
		}
	}
	return m, nil
}

func (m *Model) typePaste(msg tea.KeyMsg) (ui.Screen, tea.Cmd) {
	switch msg.Type {
	case tea.KeyEsc:
		m.pasting, m.pasted = false, nil
		return m, nil
	case tea.KeyPgDown:
		m.scrollBy(m.scrollPage)
		return m, nil
	case tea.KeyPgUp:
		m.scrollBy(-m.scrollPage)
		return m, nil
	case tea.KeyEnter: // the text stays until it is known to be taken
		return m, m.givePaste(m.paste.Value())
	}
	if msg.Paste && m.pasted != nil { // in place of what was not taken
		m.paste.SetValue("")
	}
	before := m.paste.Value()
	var cmd tea.Cmd
	if m.paste, cmd = m.paste.Update(msg); m.paste.Value() != before {
		m.pasted = nil
	}
	return m, cmd
}

func (m *Model) scrolls() bool { return m.scrollMax > 0 }

func (m *Model) scrollBy(n int) { m.scroll = max(0, min(m.scroll+n, m.scrollMax)) }

// Keys are the keys that work now, for the key line and the help.
func (m *Model) Keys() []key.Binding {
	switch {
	case m.leaving:
		return ui.LeaveKeys("this walk")
	case m.askRevoke:
		return []key.Binding{ui.Bind("Revoke the tokens?", "v again revokes", "v"), ui.Bind("any other key", "keeps them", "")}
	case m.pasting:
		return []key.Binding{ui.Bind("enter", "use this URL", "enter"), ui.Bind("esc", "cancel", "esc")}
	}
	var keys []key.Binding
	for _, b := range m.bindings() {
		if b.when(m) && b.key.Help().Key != "" {
			keys = append(keys, b.key)
		}
	}
	return keys
}

func do(f func(*Model)) func(*Model) tea.Cmd {
	return func(m *Model) tea.Cmd { f(m); return nil }
}

func (m *Model) covered() bool     { return m.over != noOverlay }
func (m *Model) atReady() bool     { return m.state == ready && m.page >= m.landed }
func (m *Model) behind() bool      { return m.state != running && m.page < m.landed }
func (m *Model) atEnd() bool       { return m.state == ended && m.page == m.lastPage() }
func (m *Model) atRefusal() bool   { return m.atEnd() && m.causes }
func (m *Model) atOtherEnd() bool  { return m.atEnd() && !m.atRefusal() }
func (m *Model) atNothing() bool   { return m.atOtherEnd() && m.outcome.Kind != flow.GotTokens } // the same again would bring the same
func (m *Model) hasFailed() bool   { return m.state == failed }
func (m *Model) hasMessages() bool { return len(m.messages) > 0 && m.state != failed }
func (m *Model) hasOddities() bool { return len(m.oddities) > 0 }

func (m *Model) onMessage() bool {
	msg, ok := m.message()
	return ok && len(msg.Params) > 0 && m.state != failed
}

func (m *Model) hasTiming() bool {
	msg, ok := m.message()
	return ok && msg.Timing != nil && !m.tall() && m.state != failed
}

func (m *Model) hasRequest() bool {
	_, ok := m.requestOf()
	return ok && m.state != failed
}

func (m *Model) canRevoke() bool {
	return m.atEnd() && m.outcome.Kind == flow.GotTokens && m.session.Walk.Metadata.RevocationEndpoint != "" && m.revokeTo == "" && !m.revoking
}

// goToStep shows the first message of the n-th step.
func (m *Model) goToStep(n int) {
	for i, msg := range m.messages {
		if int(msg.Step) == n-1 {
			m.show(i)
			return
		}
	}
}

// focus moves to a parameter; -1 is the message as a whole.
func (m *Model) focus(param int) {
	msg, _ := m.message()
	m.param = max(-1, min(param, len(msg.Params)-1))
	m.timing, m.scroll = false, 0
}

func (m *Model) revealName() string {
	if m.reveal {
		return "hide secrets"
	}
	return "show secrets"
}

// losing reports whether leaving the walk now would lose a login, a code or tokens that
// the walk goes on with. A walk that ended has nothing to lose.
func (m *Model) losing() bool {
	return m.state != ended && (m.waiting() || m.hasMessages() && m.step > flow.StepCallback)
}

// leave goes home; where something would be lost by it, it asks first.
func (m *Model) leave() tea.Cmd {
	if m.leaving = m.losing(); m.leaving {
		return nil
	}
	return m.goHome
}

// AskToQuit asks before q quits the program, where leave asks before esc.
func (m *Model) AskToQuit() bool {
	m.leaving = m.losing()
	return m.leaving
}

func (m *Model) timingName() string {
	if m.timing {
		return "show parameters"
	}
	return "show timing"
}

func (m *Model) startPaste() tea.Cmd {
	m.pasting, m.pasted = true, nil
	m.paste.EchoMode = textinput.EchoNormal
	if !m.reveal {
		m.paste.EchoMode = textinput.EchoPassword // the code can be exchanged yet
	}
	return m.paste.Focus()
}

func (m *Model) copyAddress() tea.Cmd {
	m.copied = "Copied. If your terminal blocks that, select the URL here."
	return m.ui.Env.Copy(m.request.URL)
}

func (m *Model) copyCurl() tea.Cmd {
	request, _ := m.requestOf()
	m.over, m.curlBroken = curlOverlay, m.brokenIn(request)
	if m.curl, m.noCurl = curlOf(request); m.noCurl != nil {
		return nil
	}
	return m.ui.Env.Copy(m.curl.String())
}

func (m *Model) startRevoke() tea.Cmd {
	m.revoking = true
	return m.revoke
}

// diagnose leaves for the diagnosis.
func (m *Model) diagnose() tea.Cmd {
	msg := DiagnoseMsg{Evidence: m.evidence, Twist: m.twisted, Options: m.in.Options}
	if m.twist != nil {
		msg.Options.Twist = m.twist.Cause
	}
	if m.outcome.Step == flow.StepExchange {
		msg.Request, _ = m.requestOf()
		msg.Probe = m.probe
	}
	return func() tea.Msg { return msg }
}

// again leaves for a new walk with the same settings.
func (m *Model) again() tea.Cmd {
	return func() tea.Msg { return AgainMsg{m.in.Options} }
}

// edit leaves for the settings.
func (m *Model) edit() tea.Cmd {
	msg := EditMsg{Options: m.in.Options}
	errors.As(m.err, &msg.Problem)
	return func() tea.Msg { return msg }
}

// requestOf is the request that is being read, or the one that the answer being
// read belongs to.
func (m *Model) requestOf() (record.Message, bool) {
	for i := min(m.page, len(m.messages)-1); i >= 0; i-- {
		msg := m.messages[i]
		if msg.Method != "" && msg.From == record.App {
			return msg, true
		}
		if msg.From != record.Server {
			break
		}
	}
	return record.Message{}, false
}
