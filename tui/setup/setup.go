// Package setup is the form in which a provider of one's own is named.
package setup

import (
	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"grantwalk/tui/session"
	"grantwalk/tui/ui"
)

// Input is what the form begins with.
type Input struct{ Options session.Options }

// Messages by which the screen leaves.
type (
	Done struct{ Options session.Options } // to the walk
	Back struct{}                          // to the home screen
)

// Model is the screen.
type Model struct {
	ui *ui.Common
	in Input
}

// New makes the screen.
func New(c *ui.Common, in Input) *Model { return &Model{ui: c, in: in} }

// Init has nothing to begin.
func (m *Model) Init() tea.Cmd { return nil }

// Update takes a message.
func (m *Model) Update(msg tea.Msg) (ui.Screen, tea.Cmd) {
	if k, ok := msg.(tea.KeyMsg); ok && k.Type == tea.KeyEsc {
		return m, func() tea.Msg { return Back{} }
	}
	return m, nil
}

// View draws the form.
func (m *Model) View() string { return "" }

// Head says where this is.
func (m *Model) Head() (subject, place string) { return "set up", "" }

// Keys are the keys of this screen.
func (m *Model) Keys() []key.Binding { return []key.Binding{ui.Bind("esc", "home", "esc")} }

// Typing is so while a field has the focus.
func (m *Model) Typing() bool { return false }

// Close has nothing to end.
func (m *Model) Close() {}
