package walk

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"example.com/grantwalk/flow"
	"example.com/grantwalk/tui/session"
	"example.com/grantwalk/tui/ui"
)

// waitingView has the address to open, unboxed and from the first column on so
// that it can be marked and copied, and what to do when no browser opens here.
// With height 0 it takes the lines that it needs; in fewer, what has just
// happened stands above the address, and the rest can be moved.
func (m *Model) waitingView(width, height int) []string {
	st := m.ui.Styles
	waited := "waited " + ui.Seconds(m.ui.Now.Sub(m.since))
	title := ui.SpreadIn(width, " "+st.Strong.Render("Log in at this URL"), st.Hint.Render(waited)+" ", "")
	address, news, hint := m.address(width), paragraph(m.news(), width), paragraph(m.waitingHint(), width)
	if m.pasting {
		m.paste.Width = width - 12
		paste := []string{" " + st.Accent.Render("paste") + "  " + m.paste.View()}
		if m.pasted != nil {
			paste = append(paste, news...)
		}
		news, hint = nil, append(hint, paste...)
		if height > 0 && len(address)+len(hint)+3 > height {
			news, hint = paste, nil
		}
	}
	if height > 0 && len(address)+len(news)+len(hint)+3 > height {
		return m.window(slices.Concat([]string{title}, news, []string{""}, address, []string{""}, hint), height)
	}
	return slices.Concat([]string{title, ""}, address, []string{""}, news, hint)
}

// paragraph is a text wrapped and set in by a column; an empty one has no lines.
func paragraph(text string, width int) []string {
	if text == "" {
		return nil
	}
	return ui.Indent(ui.Wrap(text, width-2), 1)
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

// news is what has just happened, if anything.
func (m *Model) news() string {
	st := m.ui.Styles
	switch {
	case m.copied != "":
		return st.Good.Render(m.copied)
	case m.pasted != nil:
		return st.Problem.Render("Not taken: " + m.pasted.Error() + ".")
	case len(m.oddities) > 0:
		last := m.oddities[len(m.oddities)-1].What
		return st.Warning.Render("Unexpected: "+last+". ") + st.Hint.Render("Still waiting.")
	}
	return ""
}

func (m *Model) waitingHint() string {
	redirect := m.request.Redirect
	switch {
	case redirect.Paste != "":
		return "grantwalk cannot receive the response here: " + redirect.Paste + ". When the browser has arrived there, press p and paste its URL."
	case m.ui.Env.SSH:
		return "Over SSH: run  " + m.tunnel() + "  on your own machine and open the URL there, or press p and paste the URL that the browser ends on."
	case m.in.Options.Browser == session.None:
		return m.ui.Styles.Hint.Render("Open the URL in a browser on this machine. If the browser runs on another machine, press p and paste the URL that it ends on.")
	}
	return m.ui.Styles.Hint.Render("If no browser has opened by itself, open the URL in one. If the browser runs on another machine, press p and paste the URL that it ends on.")
}

// tunnel is the command that brings the ports of this machine to the user's:
// the listener's, and the server's where that is here too.
func (m *Model) tunnel() string {
	command := "ssh"
	server, _, _ := strings.Cut(m.request.URL, "?")
	for _, uri := range []string{server, m.request.RedirectURI} {
		if r, err := flow.ParseRedirect(uri); err == nil && r.Paste == "" {
			command += fmt.Sprintf(" -L %[1]d:127.0.0.1:%[1]d", r.Port)
		}
	}
	host, err := ui.ShellQuote(m.ui.Env.Host) // the network may have chosen it
	if err != nil {
		host = "HOST"
	}
	return command + " " + host
}
