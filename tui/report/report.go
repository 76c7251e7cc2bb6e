// Package report lays a diagnosis out as text: lines for screens and pipes, and
// Markdown for a ticket. All of them say the same, in the same words.
package report

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/tui/ui"
)

// Layout is how the lines are to look.
type Layout struct {
	Glyphs ui.Glyphs
	Styles ui.Styles
	Width  int // columns
}

// Lines are the whole report. The first cause has everything, the others what
// tells them apart; why adds how each came by its rank.
func (l Layout) Lines(d diagnose.Report, why bool) []string {
	lines := []string{l.Head(d)}
	if d.ErrorResponse.Description != "" {
		lines = append(lines, l.Quote(d.ErrorResponse.Description.String())...)
	}
	if len(d.Causes) == 0 {
		lines = append(append(lines, ""), l.AllWell(d)...)
	} else {
		lines = append(lines, l.Findings(d)...)
	}
	said := map[string]bool{}
	spelled := len(d.Causes)
	if !why {
		spelled = min(spelled, mostSpelled)
	}
	for i, c := range d.Causes[:spelled] {
		whole := i == 0 || c.Strength == diagnose.Certain
		lines = append(append(lines, ""), l.Cause(without(c, said), whole)...)
		if i == 1 && !whole {
			lines = append(lines, l.decide(c)...)
		}
		if why {
			lines = append(lines, l.Account(c)...)
		}
	}
	if rest := d.Causes[spelled:]; len(rest) > 0 {
		lines = append(append(lines, ""), l.less(rest)...)
	}
	if len(d.RuledOut) > 0 {
		lines = append(append(lines, ""), l.RuledOut(d.RuledOut)...)
	}
	return lines
}

// mostSpelled is how many causes are laid out with their fix. Where little tells
// them apart there are many, and nobody tries the sixth fix.
const mostSpelled = 5

// less names the causes at the end of the list.
func (l Layout) less(causes []diagnose.Cause) []string {
	var names []string
	for _, c := range causes {
		names = append(names, string(c.ID)+" "+Percent(c.Score))
	}
	return ui.Hang(l.Styles.Hint.Render("less likely")+"  ", strings.Join(names, ", "), l.Width)
}

// without leaves out the sentences that stand above already, and notes the others.
func without(c diagnose.Cause, said map[string]bool) diagnose.Cause {
	var says []string
	for _, s := range c.Says {
		if !said[s] {
			says = append(says, s)
		}
		said[s] = true
	}
	c.Says = says
	return c
}

// Findings are what the evidence shows beside the causes.
func (l Layout) Findings(d diagnose.Report) []string {
	var lines []string
	for _, f := range d.Findings {
		lines = append(lines, ui.Hang(l.Styles.Warning.Render(l.Glyphs.Bad)+" ", ui.Sentence(f), l.Width)...)
	}
	return lines
}

// AllWell is what is to be said when there are no causes.
func (l Layout) AllWell(d diagnose.Report) []string {
	switch {
	case d.Granted && len(d.Findings) > 0:
		return append([]string{"Tokens were requested and received."}, l.Findings(d)...)
	case len(d.Findings) > 0:
		return l.Findings(d)
	case !d.Granted:
		return l.wrap("No rejection was found, and no tokens either. If your app's server exchanges the code, its log contains the response: give both together.", 0)
	}
	return []string{l.Styles.Good.Render(l.Glyphs.Done + " No problem was found: tokens were requested and received.")}
}

// RuledOut are the causes that the evidence excludes, each with the reason.
func (l Layout) RuledOut(list []diagnose.RuledOut) []string {
	lines := []string{l.Styles.Hint.Render("ruled out")}
	for _, out := range list {
		lines = append(lines, l.labelled(string(out.ID), out.Why, 23, l.Styles.Plain)...)
	}
	return lines
}

// Quote is what the server said, in its own words.
func (l Layout) Quote(text string) []string { return l.wrap("“"+text+"”", 2) }

// Head is the error, and who said it.
func (l Layout) Head(d diagnose.Report) string {
	what := d.ErrorResponse.Error.String()
	if what == "" {
		switch what = "no error code"; {
		case d.Granted:
			what = "tokens granted"
		case len(d.Causes) == 0:
			what = "no rejection"
		}
	}
	var about []string
	for _, s := range []string{d.Provider, strings.ReplaceAll(d.Grant, "_", " ")} {
		if s != "" {
			about = append(about, s)
		}
	}
	if d.ErrorResponse.Status != 0 {
		about = append(about, fmt.Sprintf("HTTP %d", d.ErrorResponse.Status))
	}
	for ; len(about) > 0; about = about[1:] { // the status is needed most
		right := strings.Join(about, " "+l.Glyphs.Dot+" ")
		if lipgloss.Width(what)+1+lipgloss.Width(right) <= l.Width {
			return ui.SpreadIn(l.Width, l.Styles.Strong.Render(what), l.Styles.Hint.Render(right), l.Glyphs.Ellipsis)
		}
	}
	return ansi.Truncate(l.Styles.Strong.Render(what), l.Width, l.Glyphs.Ellipsis)
}

// narrowTable is the width below which what was said and when do not share a line.
const narrowTable = 60

// Group is a group of errors in a table of several: below the likeliest cause what
// the server said and when; lead stands before both.
func (l Layout) Group(lead string, d diagnose.Report, seen string) []string {
	indent := lipgloss.Width(lead)
	width := max(20, l.Width-indent)
	said := d.ErrorResponse.Error.String()
	if d.ErrorResponse.Description != "" {
		said = strings.TrimSpace(said + " “" + d.ErrorResponse.Description.String() + "”")
	}
	below := []string{ansi.Truncate(said, width, l.Glyphs.Ellipsis)}
	switch {
	case seen == "":
	case width < narrowTable:
		below = append(below, l.Styles.Hint.Render(seen))
	default:
		below = []string{ui.SpreadIn(width, said, l.Styles.Hint.Render(seen), l.Glyphs.Ellipsis)}
	}
	if len(d.Causes) == 0 {
		return append([]string{lead + Layout{l.Glyphs, l.Styles, width}.Head(d)}, ui.Indent(below, indent)...)
	}
	c := d.Causes[0]
	_, style := l.mark(c.Strength)
	first := ui.SpreadIn(width, style.Render(ui.Capital(c.Title)), l.Styles.Hint.Render(share(c)), l.Glyphs.Ellipsis)
	return append([]string{lead + first}, ui.Indent(below, indent)...)
}

// share is how sure a cause is, in a word and a number.
func share(c diagnose.Cause) string {
	if c.Strength == diagnose.Certain {
		return string(c.Strength)
	}
	return string(c.Strength) + ", " + Percent(c.Score)
}

// Percent is the score of a cause that is not certain, so it is never 100 % and never 0 %.
func Percent(score float64) string {
	switch {
	case score > 0.99:
		return "over 99 %"
	case score < 0.01:
		return "under 1 %"
	}
	return fmt.Sprintf("%.0f %%", score*100)
}

// Cause is one cause: its values first, then what they mean, then what to do.
func (l Layout) Cause(c diagnose.Cause, whole bool) []string {
	mark, style := l.mark(c.Strength)
	id := string(c.ID) + " " + l.Glyphs.Dot + " " + share(c)
	title := mark + " " + ui.Capital(c.Title)
	lines := l.titled(title, id, style, whole)
	width := 0
	for _, v := range c.Values {
		width = max(width, lipgloss.Width(v.Label))
	}
	for _, v := range c.Values {
		lines = append(lines, l.value(v, width)...)
	}
	for _, says := range c.Says {
		lines = append(lines, l.wrap(ui.Sentence(says), 4)...)
	}
	if whole && c.Cites != "" {
		lines = append(lines, l.wrap(l.Styles.Hint.Render(c.Cites), 4)...)
	}
	for i, fix := range c.Fix {
		label := "then"
		if i == 0 {
			label = "fix"
		} else if !whole {
			break
		}
		lines = append(lines, l.labelled(label, fix, 6, l.Styles.Strong)...)
	}
	if whole {
		lines = append(lines, l.decide(c)...)
		lines = append(lines, l.at(c)...)
	}
	return lines
}

// at is where the first evidence of a cause is; none if it is in no file.
func (l Layout) at(c diagnose.Cause) []string {
	at := c.At.String()
	if at == "" {
		return nil
	}
	return l.labelled("see", at, 6, l.Styles.Hint)
}

// decide is the test that would settle a cause; none if it is settled.
func (l Layout) decide(c diagnose.Cause) []string {
	if c.Decide == "" {
		return nil
	}
	return l.labelled("test", c.Decide, 6, l.Styles.Strong)
}

// titled sets the title with the id at the end of the line. Where both do not
// fit, a cause that is laid out has the id on a line of its own, and one in a list
// leaves the id out: its title says the same.
func (l Layout) titled(title, id string, style lipgloss.Style, whole bool) []string {
	const apart = 2
	if lipgloss.Width(title)+apart+lipgloss.Width(id) <= l.Width {
		return []string{ui.SpreadIn(l.Width, style.Render(title), l.Styles.Hint.Render(id), l.Glyphs.Ellipsis)}
	}
	if whole {
		var lines []string
		for _, part := range ui.Wrap(title, l.Width) {
			lines = append(lines, style.Render(part))
		}
		return append(lines, "    "+l.Styles.Hint.Render(id))
	}
	_, share, _ := strings.Cut(id, " "+l.Glyphs.Dot+" ")
	return []string{ui.SpreadIn(l.Width, style.Render(title), l.Styles.Hint.Render(share), l.Glyphs.Ellipsis)}
}

// mark is the sign of a strength, and its style. Red is kept for what is certain.
func (l Layout) mark(s diagnose.Strength) (string, lipgloss.Style) {
	switch s {
	case diagnose.Certain:
		return l.Glyphs.Certain, l.Styles.Problem.Bold(true)
	case diagnose.Likely:
		return l.Glyphs.Likely, l.Styles.Warning.Bold(true)
	}
	return l.Glyphs.Possible, l.Styles.Plain
}

// value is a line of evidence, with signs below the characters that differ. One
// that is too long for the line stands below its label.
func (l Layout) value(v diagnose.Value, width int) []string {
	const indent = 4
	lead := strings.Repeat(" ", indent) + l.Styles.Hint.Render(ui.Pad(v.Label, width, "")) + "  "
	if indent+width+2+lipgloss.Width(v.Text) > l.Width {
		text := ansi.Hardwrap(l.differing(v), max(20, l.Width-indent-2), true)
		return append([]string{strings.TrimRight(lead, " ")}, ui.Indent(strings.Split(text, "\n"), indent+2)...)
	}
	lines := []string{lead + l.differing(v)}
	if marks := l.underline(v); marks != "" {
		lines = append(lines, strings.Repeat(" ", indent+width+2)+l.Styles.Problem.Render(marks))
	}
	return lines
}

func (l Layout) differing(v diagnose.Value) string {
	var b strings.Builder
	at := 0
	for _, s := range v.Differ {
		b.WriteString(v.Text[at:s.From] + l.Styles.Problem.Render(v.Text[s.From:s.To]))
		at = s.To
	}
	return b.String() + v.Text[at:]
}

// underline makes the difference plain without colours.
func (l Layout) underline(v diagnose.Value) string {
	var b strings.Builder
	for _, s := range v.Differ {
		blanks := lipgloss.Width(v.Text[:s.From]) - lipgloss.Width(b.String())
		b.WriteString(strings.Repeat(" ", max(0, blanks)) + strings.Repeat(l.Glyphs.Under, max(1, lipgloss.Width(v.Text[s.From:s.To]))))
	}
	return b.String()
}

// Account is how a cause came by its share.
func (l Layout) Account(c diagnose.Cause) []string {
	lines := []string{l.Styles.Hint.Render("    why")}
	for _, reason := range c.Reasons {
		says := reason.Name + ": " + reason.Says
		if reason.Source != "" {
			says += " (" + reason.Source + ")"
		}
		lines = append(lines, l.labelled(fmt.Sprintf("%+.1f", reason.By), says, 6, l.Styles.Hint)...)
	}
	return lines
}

func (l Layout) labelled(label, text string, width int, style lipgloss.Style) []string {
	return ui.Hang("    "+style.Render(ui.Pad(label, width, ""))+" ", text, l.Width)
}

func (l Layout) wrap(text string, indent int) []string {
	return ui.Indent(ui.Wrap(text, max(20, l.Width-indent)), indent)
}
