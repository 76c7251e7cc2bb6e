package learn

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/grantwalk/flow"
	"example.com/grantwalk/flow/record"
	"example.com/grantwalk/tui/internal/golden"
	"example.com/grantwalk/tui/learn/lessons"
	"example.com/grantwalk/tui/learn/live"
	"example.com/grantwalk/tui/learn/progress"
	"example.com/grantwalk/tui/ui"
)

// started is the screen with a progress of its own, at path.
func started(t *testing.T, c *ui.Common, in Input, path string) *Model {
	t.Helper()
	m := New(c, in)
	m.load = func() (*progress.Store, error) { return progress.Open(path) }
	t.Cleanup(m.Close)
	run(t, m, m.Init())
	return m
}

func place(t *testing.T) string { return filepath.Join(t.TempDir(), "progress.json") }

// run does what commands do, and all that follows from it.
func run(t *testing.T, m *Model, cmd tea.Cmd) {
	t.Helper()
	for queue := []tea.Cmd{cmd}; len(queue) > 0; queue = queue[1:] {
		if queue[0] == nil {
			continue
		}
		msg := queue[0]()
		switch msg := msg.(type) {
		case nil:
		case tea.BatchMsg:
			queue = append(queue, msg...)
		default:
			if cmds, ok := sequence(msg); ok {
				queue = append(queue, cmds...)
				break
			}
			_, next := m.Update(msg)
			queue = append(queue, next)
		}
	}
}

// press plays keys, and what they set going.
func press(t *testing.T, m *Model, keys ...string) {
	t.Helper()
	for _, k := range keys {
		run(t, m, golden.Press(m, k))
	}
}

// at is a lesson at a page, with a walk that needs no server.
func at(t *testing.T, c *ui.Common, name string, page int, big bool) *Model {
	t.Helper()
	m := started(t, c, Input{Big: big}, "")
	l, _ := lessons.Find(name)
	m.lesson = newLesson(c, l, m.store, big)
	m.lesson.at.Page, m.lesson.at.Reached = page, page
	m.lesson.turned()
	for n, p := range l.Pages[:page] {
		if p.Kind == lessons.Do {
			m.lesson.snaps[n] = snapshot()
		}
	}
	return m
}

// pageOf is the n-th page of a kind.
func pageOf(t *testing.T, name string, kind lessons.Kind, n int) int {
	t.Helper()
	l, _ := lessons.Find(name)
	for i, p := range l.Pages {
		if p.Kind == kind {
			if n == 0 {
				return i
			}
			n--
		}
	}
	t.Fatalf("%s has no such page of the kind %s", name, kind)
	return 0
}

// snapshot is a walk with a code of seven seconds.
func snapshot() live.Snapshot {
	const code = "pc_7QkExampleExampleExampleExampleExampleEx"
	callback := record.Message{Name: "callback", Label: "GET /callback", Method: "GET", URL: "http://127.0.0.1:41234/callback", Params: []record.Param{
		{In: "query", Name: "code", Secret: code},
		{In: "query", Name: "state", Secret: "b1f09ExampleExampleExampleExampleExampleExa", Mark: record.Good, Note: "ours"},
		{In: "query", Name: "iss", Value: "http://127.0.0.1:9096", Mark: record.Good, Note: "the issuer we asked"},
	}}
	return live.Snapshot{
		Messages: []record.Message{callback}, CodeAt: golden.Start.Add(13 * time.Second),
		Config:   flow.Config{ClientID: "demo-app", CodeLifetime: 10 * time.Minute},
		Metadata: flow.Metadata{Issuer: "http://127.0.0.1:9096", AuthorizationEndpoint: "http://127.0.0.1:9096/authorize", TokenEndpoint: "http://127.0.0.1:9096/token"},
		Request: &flow.Request{URL: "http://127.0.0.1:9096/authorize?x", RedirectURI: "http://127.0.0.1:41234/callback", State: "b1f09ExampleExampleExampleExampleExampleExa",
			Verifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", Challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"},
	}
}

func TestEveryKindOfPageHasItsPicture(t *testing.T) {
	for _, size := range []struct {
		name string
		w, h int
		big  bool
	}{{"80x24", 80, 24, false}, {"120x40", 120, 40, false}, {"60x16-ascii", 60, 16, false}, {"80x24-big", 80, 24, true}} {
		for _, page := range []struct {
			name string
			of   func(*testing.T, *ui.Common) *Model
		}{
			{"list", func(t *testing.T, c *ui.Common) *Model {
				m := started(t, c, Input{}, "")
				m.store.Set("code", progress.Lesson{Done: true})
				m.store.Set("channels", progress.Lesson{Page: 3, Reached: 4})
				m.chosen = 3
				return m
			}},
			{"explain", func(t *testing.T, c *ui.Common) *Model { return at(t, c, "code", 0, size.big) }},
			{"predict", func(t *testing.T, c *ui.Common) *Model {
				return at(t, c, "pkce", pageOf(t, "pkce", lessons.Predict, 1), size.big)
			}},
			{"predict-wrong", func(t *testing.T, c *ui.Common) *Model {
				m := at(t, c, "pkce", pageOf(t, "pkce", lessons.Predict, 1), size.big)
				press(t, m, "1")
				return m
			}},
			{"predict-right", func(t *testing.T, c *ui.Common) *Model {
				m := at(t, c, "pkce", pageOf(t, "pkce", lessons.Predict, 1), size.big)
				press(t, m, "1", "2")
				return m
			}},
			{"do", func(t *testing.T, c *ui.Common) *Model {
				return at(t, c, "code", pageOf(t, "code", lessons.Do, 1), size.big)
			}},
			{"do-done", func(t *testing.T, c *ui.Common) *Model {
				m := at(t, c, "code", pageOf(t, "code", lessons.Do, 1), size.big)
				m.lesson.snaps[m.lesson.at.Page] = snapshot()
				m.lesson.showFocus()
				return m
			}},
			{"do-failed", func(t *testing.T, c *ui.Common) *Model {
				m := at(t, c, "code", pageOf(t, "code", lessons.Do, 1), size.big)
				m.lesson.failed, m.lesson.target = errors.New("no answer came from the browser within 5m0s"), m.lesson.at.Page
				m.lesson.showFocus()
				return m
			}},
			{"see", func(t *testing.T, c *ui.Common) *Model {
				return at(t, c, "channels", pageOf(t, "channels", lessons.See, 1), size.big)
			}},
			{"why", func(t *testing.T, c *ui.Common) *Model {
				return at(t, c, "code", pageOf(t, "code", lessons.Why, 0), size.big)
			}},
			{"on-call", func(t *testing.T, c *ui.Common) *Model {
				return at(t, c, "on-call", pageOf(t, "on-call", lessons.OnCall, 0), size.big)
			}},
		} {
			c := golden.Common(size.w, size.h)
			if size.h < 20 {
				c.Glyphs = ui.ASCII
			}
			name := page.name + "-" + size.name
			got := golden.Framed(c, page.of(t, c))
			golden.Check(t, c, got, name)
			if size.h < 20 {
				golden.OnlyASCII(t, got, name)
			}
		}
	}
}

func TestTheListSaysThatThereIsMoreAndLeavesNoLineEmpty(t *testing.T) {
	c := golden.Common(40, 12)
	m := started(t, c, Input{}, "")
	golden.Check(t, c, golden.Framed(c, m), "list-40x12")
	for i := range m.all {
		view := m.View()
		if !strings.Contains(view, fmt.Sprintf("of %d", len(m.all))) || !strings.Contains(view, fmt.Sprintf("▸ %2d", i+1)) {
			t.Errorf("at lesson %d:\n%s", i+1, view)
		}
		golden.Press(m, "down")
	}
}

func TestEveryPageStaysWithinEverySize(t *testing.T) {
	for _, l := range lessons.All() {
		c := golden.Common(80, 24)
		for page := range l.Pages {
			m := at(t, c, l.Name, page, false)
			for i, a := range l.Pages[page].Answers {
				if !a.Right {
					press(t, m, fmt.Sprint(i+1))
				}
			}
			for _, big := range []bool{false, true} {
				m.lesson.big = big
				for _, size := range [][2]int{{40, 12}, {60, 16}, {80, 24}, {110, 20}, {120, 40}} {
					c.Width, c.Height = size[0], size[1]
					for m.lesson.part = range m.lesson.parts() {
						golden.Fits(t, c, golden.Framed(c, m), fmt.Sprintf("%s page %d at %v", l.Name, page+1, size))
					}
				}
			}
		}
	}
}

// A page may not lose a line where it is cut into parts.
func TestThePartsOfAPageAreTheWholePage(t *testing.T) {
	c := golden.Common(40, 12)
	for _, l := range lessons.All() {
		for page := range l.Pages {
			m := at(t, c, l.Name, page, false)
			list, _ := m.lesson.blocks()
			var want, got []string
			for _, b := range list {
				want = append(want, b.lines...)
			}
			for _, part := range m.lesson.parts() {
				got = append(got, part...)
			}
			squeeze := func(lines []string) string {
				return regexp.MustCompile(`\n+`).ReplaceAllString(strings.Join(lines, "\n"), "\n")
			}
			if strings.TrimSpace(squeeze(got)) != strings.TrimSpace(squeeze(want)) {
				t.Errorf("%s page %d loses lines", l.Name, page+1)
			}
		}
	}
}

// played is a whole lesson by keys, on a real practice server, with the wrong
// answers first.
func TestALessonIsPlayedByKeys(t *testing.T) {
	path := place(t)
	c := golden.Common(80, 24)
	c.Now = time.Now()
	m := started(t, c, Input{Lesson: "pkce"}, path)
	pages := len(m.lesson.lesson.Pages)
	for range 200 {
		if m.lesson == nil {
			break
		}
		p := m.lesson.page()
		switch {
		case m.lesson.part < len(m.lesson.parts())-1:
		case p.Kind == lessons.Predict && !m.lesson.settled():
			for i, a := range p.Answers {
				if !a.Right {
					press(t, m, fmt.Sprint(i+1))
					if says := strings.Fields(a.Says); !strings.Contains(m.View(), says[0]) {
						t.Errorf("%s: the wrong answer %d is not explained", p.Title, i+1)
					}
				}
			}
			press(t, m, "enter") // on to another answer: the right one is left
		}
		press(t, m, "enter")
	}
	if m.lesson != nil {
		t.Fatalf("stuck on page %d of %d:\n%s", m.lesson.at.Page+1, pages, golden.Framed(c, m))
	}
	s, err := progress.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	got := s.Lesson("pkce")
	if !got.Done || got.Reached != pages-1 || len(got.Answers) != 3 {
		t.Errorf("kept is %+v", got)
	}
	if !strings.Contains(m.View(), "✓ read") {
		t.Errorf("the list does not show it:\n%s", m.View())
	}
}

func TestALessonGoesOnWhereItWasLeft(t *testing.T) {
	path := place(t)
	c := golden.Common(120, 40)
	c.Now = time.Now()
	login := pageOf(t, "code", lessons.Do, 1)
	m := started(t, c, Input{Lesson: "code"}, path)
	for m.lesson.at.Page < login {
		press(t, m, "right")
	}
	press(t, m, "enter", "enter")
	if !m.lesson.isDone() && m.lesson.at.Page == login {
		t.Fatalf("the code did not come:\n%s", golden.Framed(c, m))
	}
	page, code := m.lesson.at.Page, m.lesson.snapshot().Value("code", c.Now)

	// The first one is not closed: it might have been killed.
	again := started(t, c, Input{Lesson: "code"}, path)
	if again.lesson.at.Page != page {
		t.Fatalf("on page %d, left on page %d", again.lesson.at.Page+1, page+1)
	}
	now := again.lesson.snapshot().Value("code", c.Now)
	if now == code || now == lessons.Unknown("code") {
		t.Errorf("the walk was not taken again: the code is %q, was %q", now, code)
	}
	if !strings.Contains(again.View(), "Taken up to here") {
		t.Errorf("it is not said:\n%s", again.View())
	}
}

func TestReadingAgainDoesNothingAgain(t *testing.T) {
	c := golden.Common(80, 24)
	c.Now = time.Now()
	m := started(t, c, Input{Lesson: "code"}, "")
	request := pageOf(t, "code", lessons.Do, 0)
	for m.lesson.at.Page < request {
		press(t, m, "right")
	}
	press(t, m, "enter")
	state := m.lesson.snapshot().Value("state", c.Now)
	press(t, m, "left", "right", "enter", "left")
	if got := m.lesson.snapshot().Value("state", c.Now); got != state {
		t.Errorf("the request was built again: state %q, was %q", got, state)
	}
	if len(m.lesson.played) != 1 {
		t.Errorf("played: %v", m.lesson.played)
	}
}

func TestTheOnCallHourIsPlayedByKeys(t *testing.T) {
	path := place(t)
	c := golden.Common(80, 24)
	m := started(t, c, Input{Lesson: "on-call"}, path)
	press(t, m, "right", "right")
	m.lesson.oncall.lots = func(n int) int { return n - 1 } // the order stays
	press(t, m, "enter")
	o := m.lesson.oncall
	for n := range caseCount {
		shown := golden.Framed(c, m)
		for _, told := range []string{"What is the cause?", fmt.Sprintf("case %d of 5", n+1)} {
			if !strings.Contains(shown, told) {
				t.Fatalf("%q is not shown:\n%s", told, shown)
			}
		}
		for range 12 {
			press(t, m, "right")
			if s := o.walks[n].snapshot; s.Outcome.Error.Description != "" && strings.Contains(m.View(), s.Outcome.Error.Description.String()[:12]) {
				t.Errorf("the server's explanation gives it away:\n%s", m.View())
			}
			golden.Fits(t, c, golden.Framed(c, m), "on call")
		}
		right := 0
		for i, choice := range o.at.Cases[n].Choices {
			if choice == o.at.Cases[n].Cause {
				right = i
			}
		}
		if n == 0 {
			right = (right + 1) % choiceCount // a wrong one
		}
		c.Now = c.Now.Add(30 * time.Second)
		press(t, m, fmt.Sprint(right+1))
		if verdict := m.View(); strings.Contains(verdict, "✓ Yes.") == (n == 0) || !strings.Contains(verdict, "What tells:") {
			t.Errorf("case %d:\n%s", n+1, verdict)
		}
		press(t, m, "enter")
	}
	if shown := m.View(); !strings.Contains(shown, "4 of 5, 72 points of 100, in 2 min 30 s") {
		t.Errorf("the score:\n%s", shown)
	}
	s, err := progress.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Lesson("on-call").OnCall; got == nil || len(got.Picks) != caseCount {
		t.Errorf("kept is %+v", got)
	}
}

func TestAHomeThatCannotBeWrittenIsSaidOnceAndTheLessonGoesOn(t *testing.T) {
	c := golden.Common(80, 24)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil { // it stands where a directory must
		t.Fatal(err)
	}
	m := started(t, c, Input{Lesson: "state"}, filepath.Join(file, "progress.json"))
	press(t, m, "enter")
	if m.lesson.at.Page != 1 {
		t.Errorf("on page %d", m.lesson.at.Page+1)
	}
	if shown := golden.Framed(c, m); !strings.Contains(shown, "Progress is not kept") {
		t.Errorf("it is not said:\n%s", shown)
	}
	press(t, m, "enter", "left")
	if shown := golden.Framed(c, m); strings.Contains(shown, "Progress is not kept") {
		t.Errorf("it is said again:\n%s", shown)
	}
}

// sequence are the commands of tea.Sequence, whose message has no name outside
// of Bubble Tea.
func sequence(msg tea.Msg) ([]tea.Cmd, bool) {
	v := reflect.ValueOf(msg)
	if v.Kind() != reflect.Slice || v.Type().Elem() != reflect.TypeFor[tea.Cmd]() {
		return nil, false
	}
	cmds := make([]tea.Cmd, v.Len())
	for i := range cmds {
		cmds[i] = v.Index(i).Interface().(tea.Cmd)
	}
	return cmds, true
}

// What a lesson's walk came to is not taken for another lesson's.
func TestALessonThatWasLeftChangesNothingInTheNext(t *testing.T) {
	c := golden.Common(80, 24)
	m := started(t, c, Input{Lesson: "code"}, "")
	press(t, m, "right", "right", "right", "right")
	late := golden.Press(m, "enter") // on its way
	press(t, m, "esc")
	if m.lesson.running {
		press(t, m, "esc")
	}
	m.lesson = nil
	press(t, m, "down", "enter")
	_, _ = m.Update(late())
	if len(m.lesson.snaps) != 0 || len(m.lesson.played) != 0 {
		t.Errorf("the other lesson's walk came here: %v", m.lesson.played)
	}
}

func TestAnActionThatWasStoppedIsSaidAndCanBeTriedAgain(t *testing.T) {
	c := golden.Common(80, 24)
	c.Now = time.Now()
	m := started(t, c, Input{Lesson: "code"}, "")
	press(t, m, "right", "right", "right", "right")
	late := golden.Press(m, "enter")
	press(t, m, "esc") // before it was done
	run(t, m, late)
	if shown := golden.Framed(c, m); !strings.Contains(shown, "That did not work") || !strings.Contains(shown, "enter try again") {
		t.Fatalf("it is not said:\n%s", shown)
	}
	press(t, m, "enter")
	if !m.lesson.isDone() {
		t.Errorf("it cannot be tried again:\n%s", golden.Framed(c, m))
	}
}

func TestAnActionThatIsPassedOverIsDoneByTheBuiltInUser(t *testing.T) {
	c := golden.Common(120, 40)
	c.Now = time.Now()
	m := started(t, c, Input{Lesson: "code"}, "")
	for m.lesson.page().Kind != lessons.See {
		press(t, m, "right")
	}
	if shown := golden.Framed(c, m); !strings.Contains(shown, "Your code") || strings.Contains(shown, "There is no callback") || !strings.Contains(shown, "by the built-in") {
		t.Errorf("the page has nothing to show:\n%s", shown)
	}
}
