package walk

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/flow"
	"example.com/grantwalk/flow/record"
	"example.com/grantwalk/tui/gloss"
	"example.com/grantwalk/tui/ui"
	"example.com/grantwalk/tui/usage"
)

// summaryView closes the walk: what came of it, and what each round trip cost.
// With height 0 it takes the lines that it needs.
func (m *Model) summaryView(width, height int) []string {
	lines := m.verdict(width)
	if m.outcome.Kind.HasCauses() {
		if seen := m.evidenceLines(width); len(seen) > 1 { // more than its title
			lines = append(append(lines, ""), seen...)
		}
	}
	if grant := m.grantLines(width); len(grant) > 0 {
		lines = append(append(lines, ""), grant...)
	}
	if text := m.revocationText(); text != "" {
		lines = append(append(lines, ""), ui.Indent(ui.Wrap(text, width-2), 1)...)
	}
	if costs := m.costLines(width); len(costs) > 0 && (m.outcome.Kind == flow.GotTokens || len(lines)+1+len(costs) <= height) {
		lines = append(append(lines, ""), costs...)
	}
	if height > 0 {
		lines = m.window(lines, height)
	}
	return lines
}

// revocationText is the question before a revocation, and what came of one.
func (m *Model) revocationText() string {
	if !m.askRevoke {
		return m.revokeTo
	}
	what := "the access token"
	if m.tokens.Refresh != "" {
		what = "the refresh token and the access token"
	}
	return m.ui.Styles.Warning.Render("This asks the server to revoke " + what + ". After that, the user has to log in again.")
}

// grantLines are what the walk has brought.
func (m *Model) grantLines(width int) []string {
	t := m.tokens
	if t == nil || m.outcome.Kind != flow.GotTokens {
		return nil
	}
	st, g := m.ui.Styles, m.ui.Glyphs
	access := t.Type.String()
	if t.ExpiresIn > 0 {
		access += ", expires in " + ui.Seconds(t.ExpiresIn)
	}
	refresh := st.Hint.Render("none: the user logs in again later")
	if t.Refresh != "" {
		refresh = "received, for the next access token"
	}
	if m.revoked {
		access, refresh = "revoked", st.Hint.Render("none")
		if t.Refresh != "" {
			access, refresh = "revoked too, if the server follows RFC 7009 §2.1", "revoked"
		}
	}
	lines := []string{"access token   " + access}
	if t.Scope != "" {
		lines = append(lines, "scope          "+t.Scope.String())
	}
	lines = append(lines, "refresh token  "+refresh)
	if id := m.idToken; id != nil {
		verdict, style := []string{g.Done + " verified: " + id.Subject}, st.Good
		if !id.Verified { // the whole reason: it is why nothing in the ID token may be used
			verdict, style = ui.Wrap(g.Bad+" not verified: "+id.Why, width-19), st.Warning
		}
		for i, line := range verdict {
			lead := "               "
			if i == 0 {
				lead = "ID token       "
			}
			lines = append(lines, lead+style.Render(line))
		}
	}
	if m.tokens.ID == "" && m.idToken == nil {
		lines = append(lines, "ID token       "+st.Hint.Render("none: scope openid asks for one"))
	}
	for i := range lines {
		lines[i] = "   " + ansi.Truncate(lines[i], width-4, g.Ellipsis)
	}
	return append([]string{st.Hint.Render(" Tokens")}, lines...)
}

// verdict is how the walk ended, in lines.
func (m *Model) verdict(width int) []string {
	st, g := m.ui.Styles, m.ui.Glyphs
	v := gloss.VerdictOf(m.Outcome(), m.twisted)
	style, mark := st.Problem, g.Bad
	switch {
	case v.Good:
		style, mark = st.Good, g.Done
	case v.Finding:
		style = st.Warning
	}
	var lines []string
	for i, line := range ui.Wrap(v.Head, width-4) {
		lead := "   "
		if i == 0 {
			lead = " " + mark + " "
		}
		lines = append(lines, style.Bold(true).Render(lead+line))
	}
	for _, text := range v.Texts {
		lines = append(lines, ui.Indent(ui.Wrap(text, width-6), 3)...)
	}
	return lines
}

// costLines are a row for each round trip that was made from here.
func (m *Model) costLines(width int) []string {
	const nameWidth = 10
	labelWidth := 26
	if width < 72 { // the bar says more
		labelWidth = 0
	}
	var lines []string
	var sum, longest time.Duration
	for _, msg := range m.messages {
		if msg.Timing != nil {
			sum += diagnose.Rounded(msg.Timing.Total)
			longest = max(longest, msg.Timing.Total)
		}
	}
	var request record.Message
	for _, msg := range m.messages {
		if msg.From == record.App && msg.Method != "" {
			request = msg
		}
		if msg.Timing == nil {
			continue
		}
		label := ui.Pad(request.Label, labelWidth, m.ui.Glyphs.Ellipsis)
		bar := m.bar(span{end: msg.Timing.Total}, longest, max(0, width-labelWidth-30))
		lines = append(lines, fmt.Sprintf("   %s %s %10s  %s", ui.Pad(strings.TrimSuffix(request.Name, " request"), nameWidth, m.ui.Glyphs.Ellipsis), label, diagnose.Duration(msg.Timing.Total), bar))
	}
	if len(lines) == 0 {
		return nil
	}
	total := fmt.Sprintf("   %s %s %10s", ui.Pad("in all", nameWidth, ""), ui.Pad("", labelWidth, ""), diagnose.Duration(sum))
	return append(append([]string{m.ui.Styles.Hint.Render(" Round trips")}, lines...), m.ui.Styles.Strong.Render(total))
}

// failedView is a setting that could not be used: what, why, what to do.
func (m *Model) failedView() string {
	st := m.ui.Styles
	lines := []string{"", " " + st.Problem.Bold(true).Render(m.ui.Glyphs.Bad+" The walk cannot go on"), ""}
	err := usage.Worded(m.err)
	lines = append(lines, ui.Indent(ui.Wrap(err.Error(), m.ui.Width-6), 3)...)
	var said *usage.Error
	if errors.As(err, &said) && said.Remedy != "" {
		lines = append(append(lines, ""), ui.Indent(ui.Wrap(ui.Sentence(said.Remedy), m.ui.Width-6), 3)...)
	}
	return strings.Join(lines, "\n")
}

// evidenceLines are the facts that the evidence shows.
func (m *Model) evidenceLines(width int) []string {
	facts := diagnose.Facts(m.evidence)
	lines := []string{m.ui.Styles.Hint.Render(" What was seen")}
	for _, f := range facts {
		mark := " "
		switch f.Fits {
		case diagnose.Right:
			mark = m.ui.Styles.Good.Render(m.ui.Glyphs.Done)
		case diagnose.Wrong:
			mark = m.ui.Styles.Problem.Render(m.ui.Glyphs.Bad)
		}
		if width < 50 { // no room for two columns
			lines = append(lines, ui.Indent(ui.Wrap(strings.TrimSpace(mark+" "+f.Name), width-4), 3)...)
			lines = append(lines, ui.Indent(ui.Wrap(f.Value, width-6), 5)...)
			continue
		}
		for i, value := range ui.Wrap(f.Value, max(12, width-34)) {
			lead := strings.Repeat(" ", 33)
			if i == 0 {
				lead = "   " + ui.Pad(f.Name, 27, m.ui.Glyphs.Ellipsis) + ui.Pad(mark, 3, "")
			}
			lines = append(lines, lead+value)
		}
	}
	for _, o := range m.oddities {
		lines = append(lines, ui.Hang(fmt.Sprintf("   unexpected, %d ×  ", o.Count), o.What, width-1)...)
	}
	return lines
}
