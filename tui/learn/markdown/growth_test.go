package markdown

import (
	"strings"
	"testing"

	"example.com/grantwalk/diagnose/growth"
)

// marks are shapes of Markdown.
var marks = []growth.Shape{
	growth.Repeated("emphasis that does not end", "*a "),
	growth.Repeated("strong emphasis that does not end", "**a "),
	growth.Repeated("emphasis of both signs", "*a _b "),
	growth.Repeated("emphasis in emphasis", "*a **b "),
	growth.Nested("emphasis", "*a ", "b", " a*"),
	growth.Repeated("code spans", "`a` "),
	growth.Repeated("a code span that does not end", "`a ``b "),
	growth.Repeated("links", "[a](b) "),
	growth.Repeated("links that do not end", "[a]("),
	growth.Nested("links", "[", "a", "](b)"),
	growth.Repeated("images", "![a]("),
	growth.Repeated("references", "[a]: b\n"),
	growth.Repeated("references that are used", "[a][b]"),
	growth.Repeated("paragraphs", "a\n\n"),
	growth.Repeated("lines", "a\n"),
	growth.Repeated("headings", "# a\n"),
	growth.Repeated("lists", "- a\n"),
	growth.Repeated("numbered lists", "1. a\n"),
	growth.Repeated("a list that begins again and again", "- 1. "),
	growth.Repeated("quotes", "> a\n"),
	growth.Repeated("nested quotes", "> "),
	growth.Repeated("code blocks", "```\na\n```\n"),
	growth.Repeated("a code block that does not end", "```\n"),
	growth.Repeated("indented code", "    a\n"),
	growth.Repeated("HTML", "<p>a"),
	growth.Repeated("HTML that does not end", "<!-- <?a <![CDATA["),
	growth.Repeated("links in angle brackets", "<https://a"),
	growth.Repeated("entities", "&amp;&#x3c;&quot"),
	growth.Repeated("places", "{{a}} "),
	growth.Repeated("places that do not end", "{{a"),
	growth.Repeated("citations", "(RFC 6749 §5.2) "),
	growth.Repeated("citations that do not end", "(RFC 6749 §"),
	growth.Repeated("backslashes", `\`),
	growth.Repeated("rules", "---\n"),
	growth.Repeated("tables", "| a | b |\n"),
}

func TestMarkdownIsSetInLinearTime(t *testing.T) {
	for _, shape := range marks {
		growth.Linear(t, shape, 2*maxSource, 1<<20, func(source string) {
			Setter{Width: 76, Value: func(name string) string { return name }}.Blocks(source)
		})
	}
}

func TestATextThatIsTooLongSaysWhatIsNotShown(t *testing.T) {
	blocks := Setter{Width: 76}.Blocks(strings.Repeat("word ", maxSource/5) + "and the end")
	last := strings.Join(blocks[len(blocks)-1], " ")
	if want := "The last 9 bytes of this text are not shown: a text can have 8192."; last != want {
		t.Errorf("the last block is %q, want %q", last, want)
	}
}
