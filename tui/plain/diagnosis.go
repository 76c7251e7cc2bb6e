package plain

import (
	"fmt"
	"io"

	"grantwalk/diagnose"
	"grantwalk/diagnose/read"
	"grantwalk/tui/report"
)

// Diagnosis is how a diagnosis is printed.
type Diagnosis struct {
	Out    io.Writer
	Layout report.Layout
	Why    bool // how each cause came by its rank, too
}

// One prints the report of one case.
func (d Diagnosis) One(r diagnose.Report) error {
	p := &printer{out: d.Out, glyphs: d.Layout.Glyphs}
	p.lines(d.Layout.Lines(r, d.Why))
	return p.err
}

// Groups prints the errors of a log, those that say the same together, each with
// the report that it leads to.
func (d Diagnosis) Groups(groups []read.Group) error {
	p := &printer{out: d.Out, glyphs: d.Layout.Glyphs}
	total := 0
	for _, g := range groups {
		total += g.Count
	}
	p.printf("%s\n", d.Layout.Styles.Strong.Render(fmt.Sprintf("%s in %s", counted(total, "error"), counted(len(groups), "group"))))
	for _, g := range groups {
		p.printf("\n%s\n", d.Layout.Styles.Accent.Render(fmt.Sprintf("%d %s", g.Count, d.Layout.Glyphs.Times))+seen(g))
		p.lines(d.Layout.Lines(diagnose.Diagnose(g.Evidence), d.Why))
	}
	return p.err
}

func seen(g read.Group) string {
	switch {
	case g.First == "":
		return ""
	case g.First == g.Last:
		return "  " + g.First
	}
	return "  first " + g.First + ", last " + g.Last
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
