package ui

import (
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"
)

// A Lane is a party of a sequence diagram: where its line stands, and its name.
type Lane struct {
	X    int
	Name string
}

// An Arrow is a message between two lanes.
type Arrow struct {
	From, To int // the same lane twice: something done at home
	Label    string
	Style    lipgloss.Style
	Broken   bool // not seen from here
	Here     bool // the one being read
}

// LaneNames is the diagram's first line.
func (c *Common) LaneNames(lanes []Lane, width int) string {
	line := []rune(strings.Repeat(" ", width))
	for _, l := range lanes {
		start := max(1, min(l.X-len(l.Name)/2, width-len(l.Name)-1))
		copy(line[start:], []rune(l.Name))
	}
	return c.Styles.Strong.Render(strings.TrimRight(string(line), " "))
}

// Lifelines is a line of the diagram in which nothing passes.
func (c *Common) Lifelines(lanes []Lane) string {
	line := ""
	for _, l := range lanes {
		line += strings.Repeat(" ", l.X-lipgloss.Width(line)) + c.Glyphs.Bar
	}
	return c.Styles.Rule.Render(line)
}

// ArrowLine draws an arrow; the lines of the lanes that it does not cross go on.
func (c *Common) ArrowLine(lanes []Lane, a Arrow, width int) string {
	left, right := lanes[min(a.From, a.To)].X, lanes[max(a.From, a.To)].X
	body := c.shaft(a, right-left-1)
	if left == right {
		right = lanes[len(lanes)-1].X
		body = Pad(" "+a.Label, right-left-1, c.Glyphs.Ellipsis)
	}
	rule := c.Styles.Rule.Render(c.Glyphs.Bar)
	line, x := "", 0
	put := func(at int, s string) {
		line += strings.Repeat(" ", max(0, at-x)) + s
		x = max(at, x) + lipgloss.Width(s)
	}
	if a.Here {
		put(1, c.Styles.Accent.Render(c.Glyphs.Here))
	}
	for _, l := range lanes {
		switch {
		case l.X == left:
			put(l.X, rule)
			put(l.X+1, a.Style.Render(body))
		case l.X < left || l.X >= right:
			put(l.X, rule)
		}
	}
	return ansi.Truncate(line, width, "")
}

// shaft is an arrow of that many columns with the label in it.
func (c *Common) shaft(a Arrow, width int) string {
	g := c.Glyphs
	line := g.Line
	if a.Broken {
		line = g.Unseen
	}
	label := " " + ansi.Truncate(a.Label, max(0, width-4), g.Ellipsis) + " "
	rest := max(0, width-lipgloss.Width(label)-1)
	before, after := strings.Repeat(line, rest/2), strings.Repeat(line, rest-rest/2)
	if a.From < a.To {
		return before + label + after + g.Right
	}
	return g.Left + before + label + after
}
