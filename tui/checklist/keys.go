package checklist

import (
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"example.com/grantwalk/diagnose/catalogue"
	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/tui/ui"
)

func (m *Model) key(msg tea.KeyMsg) (ui.Screen, tea.Cmd) {
	if m.leaving {
		m.leaving = false
		if msg.Type == tea.KeyEsc {
			return m, m.leave
		}
		return m, nil
	}
	if m.state == naming {
		return m, m.typeName(msg)
	}
	if msg.Paste {
		return m, m.read(string(msg.Runes))
	}
	if do := ui.Pressed(m.bindings(), msg); do != nil {
		m.note, m.bad = "", false
		return m, do()
	}
	return m, nil
}

func (m *Model) bindings() []ui.Binding {
	set := func(f func()) func() tea.Cmd { return func() tea.Cmd { f(); return nil } }
	start, ask, end := m.state == starting, m.state == asking, m.state == concluded
	left, _, _ := strings.Cut(m.ui.Glyphs.Arrows, "/")
	scrolls := end || m.state == reading || ask && m.more > 0
	return []ui.Binding{
		ui.On(ui.Bind("enter", "begin", "enter", " ", "right", "l"), start, func() tea.Cmd { choices[m.chosen].begin(m); return nil }),
		ui.On(ui.Bind(m.ui.Glyphs.Updown, "choose", "down", "j", "tab"), start, set(func() { m.chosen = (m.chosen + 1) % len(choices) })),
		ui.On(ui.Bind("", "", "up", "k", "shift+tab"), start, set(func() { m.chosen = (m.chosen + len(choices) - 1) % len(choices) })),
		ui.On(ui.Bind("p", "name the provider", "p"), start, func() tea.Cmd { return m.startName() }),
		ui.On(ui.Bind("enter", "its questions", "enter", " ", "right"), m.state == reading, set(m.ask)),
		ui.On(ui.Bind("y", "yes", "y"), ask, set(func() { m.reply(yes) })),
		ui.On(ui.Bind("n", "no", "n"), ask, set(func() { m.reply(no) })),
		ui.On(ui.Bind("space", "don't know", " ", "d"), ask, set(func() { m.reply(dontKnow) })),
		ui.On(ui.Bind("s", "save the report", "s"), end, m.save),
		ui.On(ui.Bind(left+"/esc", "back", "left", "backspace", "b", "h", "esc"), ask || m.state == reading, m.back),
		ui.On(ui.Bind(left, "back", "left", "backspace", "b", "h"), end, m.back),
		ui.On(ui.Bind("c", "conclude", "c"), ask, set(func() { m.state, m.top = concluded, 0 })),
		ui.On(ui.Bind("a", "start again", "a"), ask || end, set(func() { m.state, m.replies, m.about, m.top, m.started = starting, nil, "", 0, false })),
		ui.On(ui.Bind("pgup/pgdn", "scroll", "pgdown", "down", "j"), scrolls, set(func() { m.top += m.ui.Body() / 2 })),
		ui.On(ui.Bind("", "", "pgup", "up", "k"), scrolls, set(func() { m.top = max(0, m.top-m.ui.Body()/2) })),
		ui.On(ui.Bind("esc", "leave", "esc"), start, func() tea.Cmd { return m.leave }),
		ui.On(ui.Bind("esc", "leave", "esc"), end, m.end),
	}
}

// Keys are the keys that work now.
func (m *Model) Keys() []key.Binding {
	switch {
	case m.leaving:
		return ui.LeaveKeys("the checklist")
	case m.state == naming:
		return []key.Binding{ui.Bind("enter", "take it", "enter"), ui.Bind("tab", "complete", "tab"), ui.Bind("esc", "leave it", "esc")}
	}
	return ui.KeysOf(m.bindings())
}

func (m *Model) startName() tea.Cmd {
	m.state = naming
	m.name.SetSuggestions(catalogue.Names())
	m.name.SetValue(m.evidence.Provider.Raw())
	return m.name.Focus()
}

func (m *Model) typeName(msg tea.KeyMsg) tea.Cmd {
	switch msg.Type {
	case tea.KeyEsc:
		m.state = starting
		return nil
	case tea.KeyEnter:
		m.takeName(strings.TrimSpace(m.name.Value()))
		return nil
	}
	var cmd tea.Cmd
	m.name, cmd = m.name.Update(msg)
	return cmd
}

// provider is its name in the catalogue, or what may be shown of the name that the
// evidence has.
func (m *Model) provider() string {
	if p, ok := catalogue.Find(m.evidence.Provider.Raw()); ok {
		return p.Name
	}
	return m.evidence.Provider.String()
}

func (m *Model) takeName(name string) {
	p, ok := catalogue.Find(name)
	if name != "" && !ok {
		m.note, m.bad = "No provider is called “"+name+"” in the catalogue. grantwalk providers lists the names; it may be left empty.", true
		return
	}
	m.evidence.Provider, m.note, m.state = "", "", starting
	if ok {
		m.evidence.Provider = safe.Foreign(p.Name)
	}
}
