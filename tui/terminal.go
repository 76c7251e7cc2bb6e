package tui

import (
	"io"
	"os"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"

	"example.com/grantwalk/tui/ui"
	"example.com/grantwalk/tui/ui/background"
)

// askBackground asks the terminal for its background once the screen is shown. Nothing
// waits for the response: until it arrives, the colors suit both backgrounds.
func askBackground() tea.Msg {
	_, _ = io.WriteString(os.Stdout, background.Query) // without a response, the colors stay
	return nil
}

// asksBackground reports whether there is something to ask: colors are shown, and the
// terminal is of a kind that responds.
func asksBackground(r *lipgloss.Renderer, getenv func(string) string) bool {
	return r.ColorProfile() != termenv.Ascii && background.Answers(getenv("TERM"))
}

// A backgroundResponse collects the terminal's response to the query. Bubble Tea v1 has no
// message for it. The response arrives as keys: alt+], its text, and alt+\ or ctrl+g.
type backgroundResponse struct {
	begun bool
	text  []rune
}

// longestResponse is more than a response has, so that a key that a user presses
// after alt+] is not taken for long.
const longestResponse = 40

// key takes a key if it is part of a response. The background is Unknown until the
// response has ended.
func (r *backgroundResponse) key(msg tea.KeyMsg) (taken bool, is background.Background) {
	runes := msg.Type == tea.KeyRunes && !msg.Paste
	text := string(msg.Runes)
	switch {
	case runes && msg.Alt && text == "]":
		*r = backgroundResponse{begun: true}
		return true, background.Unknown
	case !r.begun:
		return false, background.Unknown
	case runes && !msg.Alt && len(r.text)+len(msg.Runes) <= longestResponse:
		r.text = append(r.text, msg.Runes...)
		return true, background.Unknown
	}
	is = background.FromResponse(string(r.text))
	*r = backgroundResponse{}
	ends := msg.Type == tea.KeyCtrlG || runes && msg.Alt && text == `\`
	return ends, is
}

// setBackground chooses the colors again. Screens that keep styles get a message.
func (m *root) setBackground(is background.Background) tea.Cmd {
	if is == background.Unknown {
		return nil
	}
	m.renderer.SetHasDarkBackground(is == background.Dark) // for the widgets' own colors
	m.ui.Styles = ui.NewStyles(m.renderer, is)
	return m.pass(ui.StylesMsg{})
}
