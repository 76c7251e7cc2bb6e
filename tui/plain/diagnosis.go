package plain

import (
	"fmt"
	"io"
	"strconv"

	"example.com/grantwalk/flow"
	"example.com/grantwalk/tui/gloss"
	"example.com/grantwalk/tui/report"
	"example.com/grantwalk/tui/ui"
)

// Diagnosis is how a diagnosis is printed.
type Diagnosis struct {
	Out    io.Writer
	Layout report.Layout
	Why    bool // how each cause came by its rank, too
}

// walk prints what a saved walk said itself; all reports whether there is no more to say.
func (p *printer) walk(w *report.Walk) (all bool) {
	if w == nil {
		return false
	}
	if all = w.Ended() || w.Accepted(); all {
		p.verdict(gloss.VerdictOf(flow.Outcome{Kind: w.Outcome, Why: w.Reason}, w.Twist))
	} else {
		for _, text := range []string{ui.Sentence(w.Reason), gloss.Twist(w.Twist)} {
			if text != "" {
				p.printf("%s\n", text)
			}
		}
	}
	switch {
	case all && w.Unverified != "": // else it is a finding of the report
		p.printf("%s The ID token is not verified: %s\n", p.glyphs.Bad, w.Unverified)
	case !all && (w.Reason != "" || w.Twist != nil):
		p.printf("\n")
	}
	return all
}

// mostReports is how many groups of a log are reported on in full.
const mostReports = 12

// leastReports is how many are, however little is known of them.
const leastReports = 3

// Cases prints the failures of an input. Of several it prints a line or two for each, the surest
// first, and then the reports of those of which something is known.
func (d Diagnosis) Cases(cases []report.Case) error {
	p := &printer{out: d.Out, glyphs: d.Layout.Glyphs}
	l := d.Layout
	if len(cases) == 1 {
		if p.walk(cases[0].Walk) {
			return p.err
		}
		if c := cases[0]; c.Count > 1 {
			p.printf("%s  %s\n", l.Styles.Accent.Render(fmt.Sprintf("%d %s", c.Count, l.Glyphs.Times)), l.Styles.Hint.Render(c.Seen()))
		}
		p.lines(l.Lines(cases[0].Report, d.Why))
		return p.err
	}
	digits := 0
	for _, c := range cases {
		digits = max(digits, len(strconv.Itoa(c.Count)))
	}
	p.printf("%s\n\n", l.Styles.Strong.Render(report.Counted(cases)))
	for _, c := range cases {
		lead := fmt.Sprintf("%*d %s", digits, c.Count, l.Glyphs.Times)
		p.lines(l.Group(l.Styles.Accent.Render(lead)+"  ", c.Report, c.Seen()))
	}
	reported := 0
	for i, c := range cases[:min(mostReports, len(cases))] {
		if i >= leastReports && !c.Sure() {
			break
		}
		p.printf("\n%s\n", l.Styles.Accent.Render(fmt.Sprintf("%d %s", c.Count, l.Glyphs.Times)))
		p.lines(l.Lines(c.Report, d.Why))
		reported++
	}
	if n := len(cases) - reported; n > 0 {
		what := "one less certain group"
		if n > 1 {
			what = strconv.Itoa(n) + " less certain groups"
		}
		p.printf("\n%s\n", l.Styles.Hint.Render("Not shown in full: "+what+". Give grantwalk explain the lines of one alone."))
	}
	return p.err
}
