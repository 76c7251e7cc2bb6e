package ui

import "github.com/charmbracelet/bubbles/key"

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
	if s.Typing() {
		return []key.Binding{Bind("ctrl+c", "quit", "ctrl+c")}
	}
	return []key.Binding{KeyHelp, KeyQuit}
}
