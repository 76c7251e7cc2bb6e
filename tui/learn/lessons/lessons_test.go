package lessons

import (
	"slices"
	"strings"
	"testing"

	"example.com/grantwalk/diagnose/cite"
)

func TestAllLessonsAreRight(t *testing.T) {
	names, err := files.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	if len(names) < 11 {
		t.Fatalf("%d lessons", len(names))
	}
	seen := map[string]bool{}
	for _, n := range names {
		body, err := files.ReadFile(n.Name())
		if err != nil {
			t.Fatal(err)
		}
		l, err := Parse(n.Name(), string(body))
		if err != nil {
			t.Error(err)
			continue
		}
		if !strings.HasSuffix(strings.TrimSuffix(n.Name(), ".md"), "-"+l.Name) || seen[l.Name] {
			t.Errorf("%s: its name is %q", n.Name(), l.Name)
		}
		for _, need := range l.Needs {
			if !seen[need] {
				t.Errorf("%s needs %q, which does not come before it", n.Name(), need)
			}
		}
		seen[l.Name] = true
	}
}

// Whoever only reads would learn little: each lesson asks, does and shows.
func TestEveryLessonAsksAndDoes(t *testing.T) {
	for _, l := range All() {
		count := map[Kind]int{}
		refs := 0
		for _, p := range l.Pages {
			count[p.Kind]++
			refs += len(cite.In(p.Body + p.After))
			if words := len(strings.Fields(p.Body)); words > 120 {
				t.Errorf("%s:%d: %d words are more than one idea", l.File, p.Line, words)
			}
		}
		if count[OnCall] == 0 && (count[Explain] < 1 || count[Predict] < 3 || count[Do] < 2 || count[See] < 1 || count[Why] < 1) {
			t.Errorf("%s has %v", l.File, count)
		}
		if refs == 0 {
			t.Errorf("%s cites nothing", l.File)
		}
	}
}

const head = "---\nname: x\ntitle: X\nminutes: 5\n---\n"

func TestAMistakeIsToldWithFileAndLine(t *testing.T) {
	const request, login = "## do: A\ndo: request\n", "## do: B\ndo: login\n"
	for _, c := range []struct{ body, want string }{
		{"name: x", "x.md:1: the file has to begin with ---"},
		{"---\nname\n---\n", `x.md:2: "name" is no setting`},
		{"---\ncolour: red\n---\n", `x.md:2: unknown setting "colour"`},
		{"---\nminutes: ten\n---\n", "x.md:2: minutes are a number"},
		{"---\nname: x\n", "x.md:3: the settings do not end"},
		{"---\nname: x\n---\n", "x.md:3: name, title or minutes is missing"},
		{head, "x.md:1: a lesson without pages"},
		{head + "text\n", `x.md:6: "text" stands before the first page`},
		{head + "## think: A\n", `x.md:6: "think: A" is no heading of a page`},
		{head + "## explain:\n", `x.md:6: "explain:" is no heading`},
		{head + "## explain: A\nText.\n", "x.md:6: no section is cited"},
		{head + "## explain: A\n(RFC 6749)\n", "x.md:6: RFC 6749 is named without a section"},
		{head + "## explain: A\n(RFC 6749 §99)\n", "x.md:6: RFC 6749 §99 does not exist"},
		{head + "## explain: A\ndo: request\n", `x.md:7: do: belongs on a page of the kind do, this one is "explain"`},
		{head + "## explain: A\nshow: facts\n", "x.md:7: show: belongs on a page of the kind see"},
		{head + "## explain: A\ncase: code_reused: x\n", "x.md:7: case: belongs on a page of the kind on-call"},
		{head + "## do: A\nText.\n", "x.md:6: a do page needs do:"},
		{head + "## do: A\ndo: dance\n", `x.md:7: do: "dance": there are request`},
		{head + request + "## do: B\ndo: login\ndo: exchange\n", "x.md:10: only after request may a page do more"},
		{head + "## do: A\ndo: request fast\n", `x.md:7: "fast" is no option`},
		{head + "## do: A\ndo: request client=secret\n", "x.md:7: request knows no client=secret"},
		{head + request + "## do: B\ndo: login twist=code_reused\n", `x.md:9: login cannot be spoilt by "code_reused"`},
		{head + "## do: A\ndo: exchange\n", "x.md:7: exchange comes before any request"},
		{head + "## do: A\ndo: request hidden=yes\n", "x.md:7: request knows no hidden=yes"},
		{head + request + "## do: B\ndo: exchange\n", "x.md:9: exchange cannot come after request"},
		{head + request + login + "## do: C\ndo: exchange twist=code_reused\n## do: D\ndo: exchange\n", "x.md:13: exchange cannot come after exchange with twist=code_reused"},
		{head + "## see: A\nText.\n", "x.md:6: a see page needs show:"},
		{head + "## see: A\nshow: the weather\n", `x.md:7: show: "the weather" is neither a message`},
		{head + request + "## do: B\n{{code}}\n", "x.md:8: a do page needs do:"},
		{head + request + "## see: B\n{{code}}\nshow: facts\n", "x.md:8: {{code}} is not known before login"},
		{head + request + "## see: B\n{{colour}}\nshow: facts\n", "x.md:8: there is no value {{colour}}"},
		{head + "## predict: A\nQ (RFC 6749 §1)\n- [ ] a\n  b\n", "x.md:6: a question has 2 to 4 answers, this one 1"},
		{head + "## predict: A\n- [ ] a\n  b\n- [ ] c\n  d\n", "x.md:6: a question has one right answer, this one 0"},
		{head + "## predict: A\n- [x] a\n  b\n- [x] c\n  d\n", "x.md:6: a question has one right answer, this one 2"},
		{head + "## predict: A\n- [x] a\n  b\n- [ ] c\n", "x.md:9: an answer needs its text"},
		{head + "## predict: A\n- [y] a\n  b\n", "x.md:7: an answer begins with"},
		{head + "## on-call: A\ncase: code_reused: x\n", "x.md:6: five cases are drawn, and there are 1"},
		{head + "## on-call: A\ncase: bad_luck: x\n", `x.md:6: case "bad_luck"`},
	} {
		if _, err := Parse("x.md", c.body); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%q:\n got %v\nwant %s", c.body, err, c.want)
		}
	}
}

func TestARefusalThatLeavesTheCodeMayBeMended(t *testing.T) {
	body := head + "## do: A\ndo: request\n## do: B\ndo: login\n## do: C\ndo: exchange twist=pkce_mismatch\n## do: D\ndo: exchange\n## do: E\ndo: tokens\n## do: F\ndo: request\n## do: G\ndo: forge\n## do: H\ndo: login\n"
	l, err := Parse("x.md", body)
	if err != nil {
		t.Fatal(err)
	}
	if got := l.Needed(3); !slices.Equal(got, []int{0, 1, 2, 3}) {
		t.Errorf("behind page 3 stand %v", got)
	}
	if got := l.Needed(6); !slices.Equal(got, []int{5, 6}) {
		t.Errorf("behind page 6 stand %v: a request begins anew", got)
	}
}

func TestALessonIsFoundByNameAndByNumber(t *testing.T) {
	for _, name := range []string{"pkce", "4", "04"} {
		if l, ok := Find(name); !ok || l.Name != "pkce" {
			t.Errorf("%q is %q", name, l.Name)
		}
	}
	for _, name := range []string{"", "0", "99", "no-such"} {
		if l, ok := Find(name); ok {
			t.Errorf("%q is %q", name, l.Name)
		}
	}
}
