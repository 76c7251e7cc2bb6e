package report

import (
	"fmt"
	"strings"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/flow"
	"example.com/grantwalk/tui/gloss"
	"example.com/grantwalk/tui/ui"
)

// Markdown is the report for a ticket, with what became of a twist; nil: nothing was
// broken on purpose. It holds no secret: what a report quotes is
// quoted by package safe.
func Markdown(d diagnose.Report, twist *flow.TwistResult, answered []Answered) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }

	title := d.ErrorResponse.Error.String()
	if title == "" {
		title = "a failed login"
	}
	line("# Why %s", code(title))
	line("")
	for _, row := range [][2]string{
		{"provider", d.Provider}, {"grant", d.Grant}, {"error", d.ErrorResponse.Error.String()}, {"description", d.ErrorResponse.Description.String()}, {"HTTP status", status(d.ErrorResponse.Status)},
	} {
		if row[1] != "" {
			line("- %s: %s", row[0], code(row[1]))
		}
	}
	if twist != nil {
		line("\n%s", escape(gloss.Twist(twist)))
	}
	if len(d.Findings) > 0 {
		line("\n## Beside the cause\n")
		for _, f := range d.Findings {
			line("- %s", escape(ui.Sentence(f)))
		}
	}
	for i, c := range d.Causes {
		switch i {
		case 0:
			line("\n## Cause\n")
		case 1:
			line("\n## Not ruled out\n")
		}
		markdownCause(line, c, i == 0)
	}
	if len(d.RuledOut) > 0 {
		line("\n## Ruled out\n")
		for _, out := range d.RuledOut {
			line("- `%s`: %s", out.ID, escape(out.Why))
		}
	}
	if len(answered) > 0 {
		line("\n## Asked and answered\n")
		for _, a := range answered {
			line("- %s **%s**", escape(a.Question), a.Answer)
		}
	}
	line("\nMade by grantwalk.")
	return b.String()
}

// Answered is a question of the checklist's with what was said to it.
type Answered struct{ Question, Answer string }

func markdownCause(line func(string, ...any), c diagnose.Cause, whole bool) {
	if !whole {
		line("- %s (`%s`, %s)", escape(c.Title), c.ID, share(c))
		return
	}
	line("**%s** (`%s`, %s)\n", escape(ui.Capital(c.Title)), c.ID, share(c))
	for _, v := range c.Values {
		line("- %s: %s", v.Label, code(v.Text))
	}
	for _, says := range c.Says {
		line("- %s", escape(says))
	}
	if c.Cites != "" {
		line("- %s", c.Cites)
	}
	if len(c.Fix) > 0 {
		line("\nWhat to do:\n")
	}
	for i, fix := range c.Fix {
		line("%d. %s", i+1, escape(fix))
	}
	if c.Decide != "" {
		line("\nTo settle it: %s", escape(c.Decide))
	}
	if at := c.At.String(); at != "" {
		line("\nSee %s", code(at))
	}
}

func status(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

// code is text that Markdown leaves as it is.
func code(s string) string {
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if len(fence) > 1 {
		return fence + " " + s + " " + fence
	}
	return fence + s + fence
}

var markdownSigns = strings.NewReplacer(`\`, `\\`, "*", `\*`, "_", `\_`, "<", "&lt;", "[", `\[`, "`", "\\`")

// escape keeps foreign text from becoming markup.
func escape(s string) string { return markdownSigns.Replace(s) }
