package learn

import (
	"fmt"
	"io"
	"strings"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/tui/gloss"
	"example.com/grantwalk/tui/learn/lessons"
	"example.com/grantwalk/tui/learn/markdown"
	"example.com/grantwalk/tui/ui"
)

// Plain prints lessons for paper and for screen readers.
type Plain struct {
	Out    io.Writer
	Glyphs ui.Glyphs
	Styles ui.Styles
	Width  int // columns
}

// List prints a line for each lesson.
func (p Plain) List(list []lessons.Lesson) error {
	var lines []string
	for i, l := range list {
		lines = append(lines, fmt.Sprintf("%2d  %-16s  %-48s  %2d min", i+1, l.Name, l.Title, l.Minutes))
	}
	return p.print(lines)
}

// Lessons prints lessons, one after the other.
func (p Plain) Lessons(list []lessons.Lesson) error {
	for i, l := range list {
		if i > 0 {
			if err := p.print([]string{"", ""}); err != nil {
				return err
			}
		}
		if err := p.lesson(l); err != nil {
			return err
		}
	}
	return nil
}

// lesson prints a lesson's pages in order, every answer below its question. The
// learner's own values stand as their names.
func (p Plain) lesson(l lessons.Lesson) error {
	lines := []string{p.Styles.Strong.Render(l.Title), ""}
	for i, page := range l.Pages {
		kind := string(page.Kind)
		lines = append(lines, p.Styles.Accent.Render(fmt.Sprintf("%d  %s: %s", i+1, kind, page.Title)), "")
		lines = append(lines, p.text(page.Body)...)
		switch page.Kind {
		case lessons.Predict:
			lines = append(lines, p.question(page)...)
		case lessons.Do:
			lines = append(lines, "Here grantwalk learn "+l.Name+" does it: "+doName(page.Actions)+".", "")
		case lessons.See:
			for _, s := range page.Shows {
				lines = append(lines, p.show(s)...)
			}
		case lessons.OnCall:
			for _, c := range page.Cases {
				lines = append(append(lines, title(diagnose.ID(c.Cause))+"."), ui.Indent(ui.Wrap("What tells: "+c.Tells, p.Width-4), 4)...)
			}
			lines = append(lines, "")
		}
		lines = append(lines, p.text(page.After)...)
	}
	return p.print(lines)
}

func (p Plain) text(source string) []string {
	var lines []string
	for _, block := range p.setter(p.Width).Blocks(source) {
		lines = append(append(lines, block...), "")
	}
	return lines
}

func (p Plain) setter(width int) markdown.Setter {
	return markdown.Setter{Styles: p.Styles, Glyphs: p.Glyphs, Width: width, Value: func(name string) string { return lessons.Unknown(name) }}
}

func (p Plain) question(page lessons.Page) []string {
	var asked, told []string
	right := 0
	for i, a := range page.Answers {
		lead := fmt.Sprintf("%d. ", i+1)
		asked = append(asked, p.hang(lead, a.Text)...)
		told = append(told, p.hang(lead, a.Says)...)
		if a.Right {
			right = i + 1
		}
	}
	asked = append(asked, "", fmt.Sprintf("%d is right.", right), "")
	return append(append(asked, told...), "")
}

// hang sets Markdown behind a number.
func (p Plain) hang(lead, source string) []string {
	lines := flat(p.setter(p.Width - 3).Blocks(literal(lead) + source))
	for i := range lines {
		if i > 0 {
			lines[i] = "   " + lines[i]
		}
	}
	return lines
}

// literal keeps a number from beginning a list.
func literal(lead string) string { return strings.Replace(lead, ".", `\.`, 1) }

func (p Plain) show(s lessons.Show) []string {
	lines := []string{"Look at the " + s.What + "."}
	for _, name := range s.Params {
		about := name
		if n, ok := gloss.Param("", name); ok {
			about += ": " + n.For + " (" + n.Cite + ")"
		}
		lines = append(lines, ui.Hang("  "+p.Glyphs.Dot+" ", about, p.Width)...)
	}
	return append(lines, "")
}

func (p Plain) print(lines []string) error {
	text := strings.Join(lines, "\n")
	_, err := io.WriteString(p.Out, p.Glyphs.Spell(strings.TrimRight(text, "\n"))+"\n")
	return err
}
