// Package setup is the form in which a walk is set up: the provider, the client
// there, and how to ask. It fills in what discovery finds, and names the command
// that would do the same without a form.
package setup

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/huh"

	"example.com/grantwalk/flow"
	"example.com/grantwalk/tui/session"
	"example.com/grantwalk/tui/ui"
	"example.com/grantwalk/tui/usage"
)

// Input is what the form begins with.
type Input struct {
	Options session.Options
	Problem *flow.Problem // why a walk with them did not go on; nil: it is a new one
}

// Messages by which the screen leaves. Both hold what was typed.
type (
	WalkMsg struct{ Options session.Options }
	HomeMsg struct{ Options session.Options }
)

// Model is the screen.
type Model struct {
	ctx    context.Context // ends when the user leaves
	cancel context.CancelFunc
	ui     *ui.Common
	in     Input

	values values
	rows   []row // of the server chosen; fields and rows go together
	fields []huh.Field
	form   *huh.Form

	discovery discovery
	refused   *usage.Error // why the walk was not begun
	refusedAs string       // what stood in its field then
	copied    time.Time    // when the command was copied
}

// New makes the screen.
func New(c *ui.Common, in Input) *Model {
	m := &Model{ui: c, in: in, values: valuesOf(in.Options)}
	m.ctx, m.cancel = context.WithCancel(context.Background())
	m.build()
	return m
}

// Init puts the cursor where the first thing is to be typed.
func (m *Model) Init() tea.Cmd {
	if m.in.Problem != nil {
		return m.refuse(m.in.Problem)
	}
	if m.values.server == ownIssuer {
		return m.focus("issuer")
	}
	return nil
}

// Close ends what was asked.
func (m *Model) Close() { m.cancel() }

// Update takes a message.
func (m *Model) Update(msg tea.Msg) (ui.Screen, tea.Cmd) {
	switch msg := msg.(type) {
	case foundMsg:
		return m, m.found(msg)
	case ui.StylesMsg: // huh takes a theme once
		at := m.focused()
		m.build()
		return m, m.focus(at)
	case tea.KeyMsg:
		for _, b := range m.bindings() {
			if b.do != nil && key.Matches(msg, b.key) {
				return m, b.do()
			}
		}
	}
	server := m.values.server
	_, cmd := m.form.Update(msg)
	if m.values.server != server {
		m.build()
		return m, m.focus("server")
	}
	return m, cmd
}

// leave asks for the metadata as soon as the issuer has been typed.
func (m *Model) leave(field string) tea.Cmd {
	if field != "issuer" || m.focused() == field || m.problem(field) != nil {
		return nil
	}
	d, issuer := m.discovery, m.values.issuer
	if issuer != "" && (issuer != d.issuer || d.problem != "") {
		return m.discover()
	}
	return nil
}

// A binding is a key and what it does; those of a choice are huh's own.
type binding struct {
	key key.Binding
	do  func() tea.Cmd
}

func (m *Model) bindings() []binding {
	enter := binding{ui.Bind("enter", "next", "enter", "tab", "down"), m.next}
	if m.onLast() {
		enter = binding{ui.Bind("enter", "begin the walk", "enter"), m.begin}
	}
	esc := binding{ui.Bind("esc", "back", "esc"), m.back}
	if m.discovery.asking {
		esc = binding{ui.Bind("esc", "stop asking", "esc"), m.stopAsking}
	}
	bindings := []binding{enter, esc, {ui.Bind("ctrl+s", "begin", "ctrl+s"), m.begin}}
	if m.rows[m.index()].choices != nil {
		bindings = append(bindings, binding{ui.Bind(m.ui.Glyphs.Arrows, "change", "left", "right"), nil})
	}
	return append(bindings,
		binding{ui.Bind(m.ui.Glyphs.Updown, "line", "shift+tab", "up"), m.previous},
		binding{ui.Bind("ctrl+y", "copy", "ctrl+y"), m.copy})
}

// next and previous go at once: huh would send itself a message for it, which
// a letter typed quickly can overtake.
func (m *Model) next() tea.Cmd {
	left := m.focused()
	return tea.Batch(m.form.NextField(), m.leave(left))
}

func (m *Model) previous() tea.Cmd {
	if m.index() == 0 {
		return nil
	}
	left := m.focused()
	return tea.Batch(m.form.PrevField(), m.leave(left))
}

// Keys are the keys of this screen.
func (m *Model) Keys() []key.Binding {
	var keys []key.Binding
	for _, b := range m.bindings() {
		keys = append(keys, b.key)
	}
	return keys
}

// Typing is always so: a letter belongs into the form.
func (m *Model) Typing() bool { return true }

func (m *Model) back() tea.Cmd {
	o := m.options()
	return func() tea.Msg { return HomeMsg{o} }
}

func (m *Model) copy() tea.Cmd {
	parts, err := command(m.options())
	if err != nil {
		return nil // commandLines says why
	}
	m.copied = m.ui.Now
	return m.ui.Env.Copy(strings.Join(parts, " "))
}

// begin leaves for the walk, or goes to the field that forbids it.
func (m *Model) begin() tea.Cmd {
	o := m.options()
	if wrong := o.Problems(); len(wrong) > 0 {
		return m.refuse(wrong[0])
	}
	if m.values.server == ownIssuer && m.discovered() == nil {
		m.discovery.begin = true
		if m.discovery.asking && m.discovery.issuer == m.values.issuer {
			return nil // the answer that is awaited begins it
		}
		return m.discover()
	}
	return func() tea.Msg { return WalkMsg{o} }
}

func (m *Model) refuse(p *flow.Problem) tea.Cmd {
	m.refused = usage.Form(p)
	for _, r := range m.rows {
		if r.key == m.refused.Setting {
			m.refusedAs = *r.value
			return m.focus(r.key)
		}
	}
	// A setting that only a flag can give.
	m.refused.Problem = m.refused.Error()
	m.refused.Setting, m.refusedAs = "server", m.values.server
	return m.focus("server")
}

// Head says where this is.
func (m *Model) Head() (subject, place string) {
	return "set up a walk", fmt.Sprintf("line %d of %d", m.index()+1, len(m.rows))
}
