package ui

import (
	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// Bind is a key with its name and what it does.
func Bind(name, does string, keys ...string) key.Binding {
	return key.NewBinding(key.WithKeys(keys...), key.WithHelp(name, does))
}

// Keys that mean the same on every screen.
var (
	KeyHelp = Bind("?", "keys", "?")
	KeyQuit = Bind("q", "quit", "q")
)

// CommonKeys are the keys that work on the screen besides its own.
func CommonKeys(s Screen) []key.Binding {
	switch {
	case Asks(s):
		return nil // the question has the line for itself
	case s.Typing():
		return []key.Binding{Bind("ctrl+c", "quit", "ctrl+c")}
	}
	return []key.Binding{KeyHelp, KeyQuit}
}

// Asks reports whether the screen asks just now if it is to be left. Any key is
// an answer then, but for those that end the program.
func Asks(s Screen) bool {
	a, ok := s.(interface{ Asking() bool })
	return ok && a.Asking()
}

// MayQuit reports whether q may end the program now. A screen that would lose
// something asks first, with the same question that esc leads to; there q quits.
func MayQuit(s Screen) bool {
	if Asks(s) {
		return true
	}
	a, ok := s.(interface{ AskToQuit() bool })
	return !ok || !a.AskToQuit()
}

// LeaveKeys are the question, in place of the keys.
func LeaveKeys(what string) []key.Binding {
	return []key.Binding{Bind("Leave "+what+"?", "esc leaves", "esc"), Bind("q", "quits", "q"), Bind("any other key", "stays", "")}
}

// A Binding is a key, whether it works now, and what it does.
type Binding struct {
	Key  key.Binding
	When bool
	Do   func() tea.Cmd
}

// On makes a binding; a key without a name works and is not listed.
func On(k key.Binding, when bool, do func() tea.Cmd) Binding { return Binding{k, when, do} }

// Pressed is what the key does; nil where it is bound to nothing that works now.
func Pressed(list []Binding, msg tea.KeyMsg) func() tea.Cmd {
	for _, b := range list {
		if b.When && key.Matches(msg, b.Key) {
			return b.Do
		}
	}
	return nil
}

// KeysOf are the keys that work now, but for those that have no name.
func KeysOf(list []Binding) []key.Binding {
	var keys []key.Binding
	for _, b := range list {
		if b.When && b.Key.Help().Key != "" {
			keys = append(keys, b.Key)
		}
	}
	return keys
}
