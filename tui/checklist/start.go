package checklist

import (
	"strings"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/tui/ui"
)

// A choice is a way to begin.
type choice struct {
	title string
	grant string      // what was refused; empty: unknown
	about diagnose.ID // one cause on its own; empty: all
}

func (c choice) begin(m *Model) {
	if c.about != "" {
		m.evidence.Grant = c.grant
		m.walkThrough(c.about)
		return
	}
	m.evidence.Grant = c.grant
	m.begin()
}

// choices are the grants, and then the five causes that most articles name.
var choices = []choice{
	{title: "an authorization code", grant: diagnose.GrantCode},
	{title: "a refresh token", grant: diagnose.GrantRefresh},
	{title: "a signed assertion, such as a service account's", grant: diagnose.GrantJWT},
	{title: "a user's name and password", grant: diagnose.GrantPassword},
	{title: "the client's own credentials", grant: diagnose.GrantClientCredentials},
	{title: "I do not know"},
	{title: "the code has expired", about: diagnose.CodeExpired, grant: diagnose.GrantCode},
	{title: "the redirect URIs differ", about: diagnose.RedirectURIMismatch, grant: diagnose.GrantCode},
	{title: "a wrong client id or secret", about: diagnose.ClientCredentials},
	{title: "an invalid or used refresh token", about: diagnose.RefreshReused, grant: diagnose.GrantRefresh},
	{title: "the user denied access", about: diagnose.UserDenied, grant: diagnose.GrantCode},
}

func (m *Model) startView() string {
	st := m.ui.Styles
	lines, at := []string{"", " " + st.Strong.Render("What was rejected?")}, 0
	for i, c := range choices {
		if c.about != "" && choices[i-1].about == "" {
			lines = append(lines, "", " "+st.Strong.Render("Or walk through one cause on its own"))
		}
		lead, style := "   ", st.Plain
		if i == m.chosen {
			lead, style, at = " "+st.Accent.Render(m.ui.Glyphs.Here)+" ", st.Accent, len(lines)
		}
		lines = append(lines, lead+style.Render(c.title))
	}
	below := append([]string{""}, m.known()...)
	room := m.ui.Body() - len(below)
	if room < m.ui.Body()/2 { // the hint can wait, the choice cannot
		room, below = m.ui.Body()-1, below[:min(2, len(below))]
	}
	from := max(0, min(at-room/2, len(lines)-room))
	return strings.Join(append(lines[from:min(len(lines), from+room)], below...), "\n")
}

// known is what stands before the first question, or is being typed.
func (m *Model) known() []string {
	st := m.ui.Styles
	if m.state == naming {
		m.name.Width = max(10, m.ui.Width-14)
		lines := []string{" " + st.Accent.Render("provider") + "  " + m.name.View()}
		if m.note != "" {
			lines = append(ui.Indent(ui.Wrap(st.Problem.Render(m.note), m.ui.Width-2), 1), lines...)
		}
		return lines
	}
	if m.note != "" {
		return ui.Indent(ui.Wrap(m.noteStyle().Render(m.note), m.ui.Width-2), 1)
	}
	provider := "Provider not named."
	if m.evidence.Provider != "" {
		provider = "Provider: " + m.provider() + "."
	}
	return ui.Indent(ui.Wrap(st.Hint.Render(provider+" Paste the server's response or a log line here at any time. What it shows is not asked again."), m.ui.Width-2), 1)
}
