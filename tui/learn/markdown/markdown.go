// Package markdown sets the lessons' Markdown as lines for a terminal: one
// accent, no boxes, and values of the reader's own where the text has a place
// for them. What it does not know it leaves out; a test of the lessons finds that.
package markdown

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"example.com/grantwalk/tui/ui"
)

// A Setter sets Markdown.
type Setter struct {
	Styles ui.Styles
	Glyphs ui.Glyphs
	Width  int // columns

	// Value is what {{name}} stands for. It is no Markdown, and set as it is.
	Value func(name string) string
}

// maxSource bounds what is set of one text, in bytes; the longest page of our lessons
// has 1,100. Links that do not end, and quotes and lists in each other, cost goldmark
// time that is quadratic in the length of the text.
const maxSource = 8 << 10

// Blocks returns the paragraphs, lists and code blocks of source, each as its lines.
func (s Setter) Blocks(source string) [][]string {
	leftOut := len(source) - maxSource
	if leftOut > 0 {
		source = strings.ToValidUTF8(source[:maxSource], "")
	}
	marked := &places{value: s.Value}
	body := []byte(marked.mark(source))
	w := writer{s, marked, body}
	var blocks [][]string
	root := newParser().Parse(text.NewReader(body))
	for n := root.FirstChild(); n != nil; n = n.NextSibling() {
		if lines := w.block(n, s.Width); len(lines) > 0 {
			blocks = append(blocks, lines)
		}
	}
	if leftOut > 0 {
		note := fmt.Sprintf("The last %d bytes of this text are not shown: a text can have %d.", leftOut, maxSource)
		blocks = append(blocks, w.wrap(s.Styles.Hint.Render(note), s.Width))
	}
	return blocks
}

func newParser() parser.Parser {
	return parser.NewParser(
		parser.WithBlockParsers(parser.DefaultBlockParsers()...),
		parser.WithInlineParsers(parser.DefaultInlineParsers()...),
		parser.WithParagraphTransformers(parser.DefaultParagraphTransformers()...),
	)
}

// Place is how a text says where a value goes: {{name}}.
var Place = regexp.MustCompile(`\{\{([a-z_]+)\}\}`)

// places hold the values' places during parsing: a value may look like markup.
type places struct {
	value func(string) string
	names []string
}

// firstPlace is the first of the characters that stand for the places: private
// ones, which no text has.
const firstPlace = '\uE000'

func (p *places) mark(source string) string {
	return Place.ReplaceAllStringFunc(source, func(place string) string {
		p.names = append(p.names, place[2:len(place)-2])
		return string(firstPlace + rune(len(p.names)-1))
	})
}

// fill puts the values in, each in its style.
func (p *places) fill(s string, style lipgloss.Style) string {
	var b strings.Builder
	for _, r := range s {
		if i := int(r - firstPlace); i >= 0 && i < len(p.names) {
			value := p.names[i]
			if p.value != nil {
				value = p.value(value)
			}
			b.WriteString(style.Render(value))
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

type writer struct {
	Setter
	places *places
	source []byte
}

func (w writer) block(n ast.Node, width int) []string {
	switch n := n.(type) {
	case *ast.Paragraph, *ast.TextBlock:
		return w.wrap(w.inline(n), width)
	case *ast.Heading:
		return []string{w.Styles.Strong.Render(w.inline(n))}
	case *ast.List:
		return w.list(n, width)
	case *ast.FencedCodeBlock, *ast.CodeBlock:
		return w.code(n)
	case *ast.Blockquote:
		var lines []string
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			lines = append(lines, w.block(c, width-2)...)
		}
		bar := w.Styles.Rule.Render(w.Glyphs.Bar) + " "
		for i := range lines {
			lines[i] = bar + lines[i]
		}
		return lines
	}
	return nil
}

func (w writer) list(l *ast.List, width int) []string {
	var lines []string
	number := l.Start
	for item := l.FirstChild(); item != nil; item = item.NextSibling() {
		lead := w.Glyphs.Dot + " "
		if l.IsOrdered() {
			lead = strconv.Itoa(number) + ". "
			number++
		}
		indent := lipgloss.Width(lead)
		var body []string
		for c := item.FirstChild(); c != nil; c = c.NextSibling() {
			body = append(body, w.block(c, width-indent)...)
		}
		for i, line := range body {
			if i == 0 {
				lines = append(lines, w.Styles.Accent.Render(lead)+line)
			} else {
				lines = append(lines, strings.Repeat(" ", indent)+line)
			}
		}
	}
	return lines
}

// code is set as it stands, further in.
func (w writer) code(n ast.Node) []string {
	var lines []string
	for i := range n.Lines().Len() {
		segment := n.Lines().At(i)
		line := strings.TrimRight(string(segment.Value(w.source)), "\n")
		lines = append(lines, "  "+w.places.fill(line, w.Styles.Accent))
	}
	return lines
}

func (w writer) inline(n ast.Node) string {
	var b strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Text:
			b.WriteString(w.text(string(util.ResolveEntityNames(util.UnescapePunctuations(c.Segment.Value(w.source))))))
			if c.SoftLineBreak() || c.HardLineBreak() {
				b.WriteByte(' ')
			}
		case *ast.CodeSpan:
			b.WriteString(w.Styles.Strong.Render(w.places.fill(w.literal(c), w.Styles.Accent)))
		case *ast.Emphasis:
			b.WriteString(w.Styles.Strong.Render(w.inline(c)))
		default:
			b.WriteString(w.inline(c)) // a link's text
		}
	}
	return b.String()
}

// literal is the text of a code span unchanged, on one line.
func (w writer) literal(n ast.Node) string {
	var b strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if t, ok := c.(*ast.Text); ok {
			b.Write(t.Segment.Value(w.source))
		}
	}
	return strings.ReplaceAll(b.String(), "\n", " ")
}

// citation is a reference in brackets, which is for who wants to look it up.
var citation = regexp.MustCompile(`\((?:RFC [0-9]+|OpenID Connect [A-Z][a-z]+) §[^()]*\)`)

const hardSpace = "\u00a0"

// text fills in the values. A section's number is not torn from its document.
func (w writer) text(s string) string {
	s = citation.ReplaceAllStringFunc(s, func(c string) string {
		c = strings.ReplaceAll(strings.ReplaceAll(c, " ", hardSpace), ","+hardSpace, ", ")
		return w.Styles.Hint.Render(c)
	})
	return w.places.fill(strings.ReplaceAll(s, " §", hardSpace+"§"), w.Styles.Accent)
}

func (w writer) wrap(s string, width int) []string {
	lines := ui.Wrap(s, width)
	for i := range lines {
		lines[i] = strings.ReplaceAll(lines[i], hardSpace, " ")
	}
	return lines
}
