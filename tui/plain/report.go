package plain

import (
	"fmt"
	"io"
	"strings"

	"github.com/charmbracelet/lipgloss"

	"grantwalk/diagnose"
	"grantwalk/tui/ui"
)

// Report is how a diagnosis is printed.
type Report struct {
	Out    io.Writer
	Glyphs ui.Glyphs
	Styles ui.Styles
	Width  int  // columns
	Why    bool // how each cause came by its rank
}

// Print prints what the evidence came to. The first cause has everything; the
// others what tells them apart.
func (r Report) Print(d diagnose.Report) error {
	p := &printer{out: r.Out, glyphs: r.Glyphs}
	p.printf("%s\n", r.head(d))
	if d.Refusal.Description != "" {
		p.lines(r.wrap("“"+d.Refusal.Description+"”", 2))
	}
	if len(d.Causes) == 0 {
		p.printf("\n%s\n", r.Styles.Good.Render(r.Glyphs.Done+" Nothing went wrong here: tokens were asked for and came."))
	}
	for i, c := range d.Causes {
		p.printf("\n")
		p.lines(r.cause(c, i == 0 || c.Strength == diagnose.Certain))
		if r.Why {
			p.lines(r.account(c))
		}
	}
	if len(d.RuledOut) > 0 {
		p.printf("\n%s\n", r.Styles.Hint.Render("ruled out"))
		for _, out := range d.RuledOut {
			p.lines(r.labelled(string(out.ID), out.Why, 23, r.Styles.Plain))
		}
	}
	return p.err
}

func (p *printer) lines(lines []string) {
	for _, l := range lines {
		p.printf("%s\n", l)
	}
}

// head is the error, and who said it.
func (r Report) head(d diagnose.Report) string {
	what := d.Refusal.Error
	if what == "" {
		what = "no error code"
		if d.Granted {
			what = "tokens granted"
		}
	}
	var about []string
	for _, s := range []string{d.Provider, strings.ReplaceAll(d.Grant, "_", " ")} {
		if s != "" {
			about = append(about, s)
		}
	}
	if d.Refusal.Status != 0 {
		about = append(about, fmt.Sprintf("HTTP %d", d.Refusal.Status))
	}
	return ui.SpreadIn(r.Width, r.Styles.Strong.Render(what), r.Styles.Hint.Render(strings.Join(about, " "+r.Glyphs.Dot+" ")), r.Glyphs.Ellipsis)
}

func (r Report) cause(c diagnose.Cause, whole bool) []string {
	mark, style := r.mark(c.Strength)
	id := string(c.ID) + " " + r.Glyphs.Dot + " " + string(c.Strength)
	if c.Strength != diagnose.Certain {
		id += fmt.Sprintf(", %.0f %%", c.Score*100)
	}
	title := style.Render(mark + " " + strings.TrimSuffix(ui.Sentence(c.Title), "."))
	lines := []string{ui.SpreadIn(r.Width, title, r.Styles.Hint.Render(id), r.Glyphs.Ellipsis)}
	width := 0
	for _, v := range c.Values {
		width = max(width, lipgloss.Width(v.Label))
	}
	for _, v := range c.Values {
		lines = append(lines, r.value(v, width)...)
	}
	for _, says := range c.Says {
		lines = append(lines, r.wrap(ui.Sentence(says), 4)...)
	}
	if whole && len(c.Cites) > 0 {
		lines = append(lines, r.wrap(r.Styles.Hint.Render(cites(c.Cites)), 4)...)
	}
	for i, fix := range c.Fix {
		label := "then"
		if i == 0 {
			label = "fix"
		} else if !whole {
			break
		}
		lines = append(lines, r.labelled(label, fix, 6, r.Styles.Strong)...)
	}
	return lines
}

// mark is the sign of a strength, and its style. Red is kept for what is certain.
func (r Report) mark(s diagnose.Strength) (string, lipgloss.Style) {
	switch s {
	case diagnose.Certain:
		return r.Glyphs.Certain, r.Styles.Problem.Bold(true)
	case diagnose.Likely:
		return r.Glyphs.Likely, r.Styles.Warning.Bold(true)
	}
	return r.Glyphs.Possible, r.Styles.Plain
}

// value is a line of evidence, with signs below the characters that differ.
func (r Report) value(v diagnose.Value, width int) []string {
	indent := strings.Repeat(" ", 4)
	lead := indent + r.Styles.Hint.Render(ui.Pad(v.Label, width, "")) + "  "
	lines := []string{lead + r.differing(v)}
	if marks := r.underline(v); marks != "" && lipgloss.Width(lines[0]) <= r.Width {
		lines = append(lines, strings.Repeat(" ", 4+width+2)+r.Styles.Problem.Render(marks))
	}
	return lines
}

func (r Report) differing(v diagnose.Value) string {
	var b strings.Builder
	at := 0
	for _, s := range v.Differ {
		b.WriteString(v.Text[at:s.From] + r.Styles.Problem.Render(v.Text[s.From:s.To]))
		at = s.To
	}
	return b.String() + v.Text[at:]
}

// underline makes the difference plain without colours.
func (r Report) underline(v diagnose.Value) string {
	var b strings.Builder
	for _, s := range v.Differ {
		blanks := lipgloss.Width(v.Text[:s.From]) - lipgloss.Width(b.String())
		b.WriteString(strings.Repeat(" ", max(0, blanks)) + strings.Repeat(r.Glyphs.Under, max(1, lipgloss.Width(v.Text[s.From:s.To]))))
	}
	return b.String()
}

// account is how a cause came by its share.
func (r Report) account(c diagnose.Cause) []string {
	lines := []string{r.Styles.Hint.Render("    why")}
	for _, reason := range c.Reasons {
		lines = append(lines, r.labelled(fmt.Sprintf("%+.1f", reason.By), reason.Name+": "+reason.Says, 6, r.Styles.Hint)...)
	}
	return lines
}

func (r Report) labelled(label, text string, width int, style lipgloss.Style) []string {
	lead := "    " + style.Render(ui.Pad(label, width, "")) + " "
	var lines []string
	for i, l := range ui.Wrap(text, max(20, r.Width-lipgloss.Width(lead))) {
		if i > 0 {
			lead = strings.Repeat(" ", lipgloss.Width(lead))
		}
		lines = append(lines, lead+l)
	}
	return lines
}

func (r Report) wrap(text string, indent int) []string {
	return ui.Indent(ui.Wrap(text, max(20, r.Width-indent)), indent)
}

func cites(list []diagnose.Citation) string {
	var out []string
	for _, c := range list {
		out = append(out, c.String())
	}
	return strings.Join(out, ", ")
}
