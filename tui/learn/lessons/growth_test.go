package lessons

import (
	"testing"

	"example.com/grantwalk/diagnose/growth"
)

const settings = "---\nname: x\ntitle: X\nminutes: 5\n---\n"

func TestALessonIsReadInLinearTime(t *testing.T) {
	for _, shape := range []growth.Shape{
		growth.Between("settings", "---\n", "title: a\n", "---\n"),
		growth.Between("lessons that are needed", "---\nneeds: ", "a, ", "\n---\n"),
		growth.Between("pages", settings, "## explain: A\na\n", ""),
		growth.Between("lines of a page", settings+"## explain: A\n", "a\n", ""),
		growth.Between("one long line", settings+"## explain: A\n", "a `b` {{c}} ", "\n"),
		growth.Between("answers", settings+"## predict: A\nWhat?\n", "- [ ] a\n  b\n", "- [x] c\n  d\n"),
		growth.Between("lines of an answer", settings+"## predict: A\nWhat?\n- [x] a\n", "  b\n", ""),
		growth.Between("actions", settings+"## do: A\n", "do: request\n", ""),
		growth.NumberedBetween("options of an action", settings+"## do: A\ndo: exchange ", "a%=b ", "\n"),
		growth.Between("parameters to show", settings+"## see: A\nshow: callback: ", "code, ", "\n"),
		growth.Between("cases", settings+"## on-call: A\n", "case: code_reused: a\n", ""),
		growth.Repeated("lines before the first page", "a\n"),
	} {
		growth.Linear(t, shape, 64<<10, 8<<20, func(body string) { _, _ = Parse("x.md", body) })
	}
}
