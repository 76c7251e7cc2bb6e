package walk

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"grantwalk/flow"
	"grantwalk/tui/session"
	"grantwalk/tui/ui"
)

// waitingView has the address to open, unboxed and from the first column on so
// that it can be marked and copied, and what to do when no browser opens here.
// With height 0 it takes the lines that it needs.
func (m *Model) waitingView(width, height int) []string {
	st := m.ui.Styles
	waited := "waited " + ui.Seconds(m.ui.Now.Sub(m.since))
	lines := []string{ui.SpreadIn(width, " "+st.Strong.Render("Log in at this address"), st.Hint.Render(waited)+" ", ""), ""}
	lines = append(lines, m.address(width)...)
	lines = append(lines, "")
	for _, hint := range m.waitingHints() {
		lines = append(lines, ui.Indent(ui.Wrap(hint, width-2), 1)...)
	}
	if m.pasting {
		m.paste.Width = width - 12
		lines = append(lines, " "+st.Accent.Render("paste")+"  "+m.paste.View())
	}
	return lines
}

// address is the whole authorization address, every line of it a link (OSC 8).
func (m *Model) address(width int) []string {
	url := m.request.URL
	var lines []string
	for _, part := range strings.Split(ansi.Hardwrap(url, width, true), "\n") {
		if m.ui.Env.Hyperlink {
			part = ansi.SetHyperlink(url, "id=authorize") + m.ui.Styles.Accent.Render(part) + ansi.ResetHyperlink()
		}
		lines = append(lines, part)
	}
	return lines
}

func (m *Model) waitingHints() []string {
	st := m.ui.Styles
	var hints []string
	switch {
	case m.copied != "":
		hints = append(hints, st.Good.Render(m.copied))
	case m.pasted != nil:
		hints = append(hints, st.Problem.Render("Not taken: "+m.pasted.Error()+"."))
	case len(m.oddities) > 0:
		last := m.oddities[len(m.oddities)-1].What
		hints = append(hints, st.Warning.Render("Also noted: "+last+". ")+st.Hint.Render("Still waiting."))
	}
	redirect := m.request.Redirect
	switch {
	case redirect.Paste != "":
		hints = append(hints, "The answer cannot be caught here: "+redirect.Paste+". When the browser has arrived there, press p and paste its address.")
	case m.ui.Env.SSH:
		hints = append(hints, fmt.Sprintf("Over SSH: run  %s  on your own machine and open the address there, or press p and paste the address that the browser ends on.", m.tunnel()))
	case m.in.Options.Browser == session.None:
		hints = append(hints, st.Hint.Render("Open it in a browser on this machine. If that one runs elsewhere, press p and paste the address that it ends on."))
	default:
		hints = append(hints, st.Hint.Render("A browser should open by itself. If none does, open the address; if it runs elsewhere, press p and paste the address that it ends on."))
	}
	return hints
}

// tunnel is the command that brings the ports of this machine to the user's:
// the listener's, and the server's where that is here too.
func (m *Model) tunnel() string {
	command := "ssh"
	for _, uri := range []string{m.request.URL, m.request.RedirectURI} {
		if r, err := flow.ParseRedirect(uri); err == nil && r.Paste == "" {
			command += fmt.Sprintf(" -L %[1]d:127.0.0.1:%[1]d", r.Port)
		}
	}
	return command + " " + m.ui.Env.Host
}
