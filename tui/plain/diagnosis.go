package plain

import (
	"fmt"
	"io"
	"strconv"
	"time"

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

// mostReports is how many groups of a log are reported on in full: more than a
// person reads at a time.
const mostReports = 3

// Groups prints the errors of a log: a line or two for each group of those that
// say the same, then the reports that the largest lead to.
func (d Diagnosis) Groups(groups []read.Group) error {
	p := &printer{out: d.Out, glyphs: d.Layout.Glyphs}
	l := d.Layout
	total, digits := 0, len(strconv.Itoa(groups[0].Count))
	for _, g := range groups {
		total += g.Count
	}
	p.printf("%s\n\n", l.Styles.Strong.Render(fmt.Sprintf("%s in %s", counted(total, "error"), counted(len(groups), "group"))))
	reports := make([]diagnose.Report, len(groups))
	for i, g := range groups {
		reports[i] = diagnose.Diagnose(g.Evidence)
		lead := fmt.Sprintf("%*d %s", digits, g.Count, l.Glyphs.Times)
		p.lines(l.Group(l.Styles.Accent.Render(lead)+"  ", reports[i], seen(g)))
	}
	for i, g := range groups[:min(mostReports, len(groups))] {
		p.printf("\n%s\n", l.Styles.Accent.Render(fmt.Sprintf("%d %s", g.Count, l.Glyphs.Times)))
		p.lines(l.Lines(reports[i], d.Why))
	}
	if n := len(groups) - mostReports; n > 0 {
		p.printf("\n%s\n", l.Styles.Hint.Render("The reports of "+counted(n, "smaller group")+" are in the document of --json."))
	}
	return p.err
}

// seen is when the errors of a group came, for people.
func seen(g read.Group) string {
	first, last := moment(g.First), moment(g.Last)
	if first == last {
		return first
	}
	return first + " to " + last
}

// moment is a time of a log without what nobody needs at first sight: year,
// second and zone. One that is written otherwise stays as it is.
func moment(stamp string) string {
	for _, form := range []struct{ layout, short string }{
		{"2006-01-02T15:04:05", "02 Jan 15:04"}, {"2006-01-02 15:04:05", "02 Jan 15:04"},
		{"02/Jan/2006:15:04:05", "02 Jan 15:04"}, {"Jan _2 15:04:05", "02 Jan 15:04"}, {"15:04:05", "15:04"},
	} {
		if t, err := time.Parse(form.layout, stamp[:min(len(stamp), len(form.layout))]); err == nil {
			return t.Format(form.short)
		}
	}
	return stamp
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
