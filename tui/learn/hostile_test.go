package learn

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"example.com/grantwalk/tui/internal/golden"
	"example.com/grantwalk/tui/learn/lessons"
	"example.com/grantwalk/tui/learn/progress"
)

// unspaced is what a screen shows, wherever its lines end.
func unspaced(screen string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(screen, "│", "")), "")
}

func TestABrokenProgressFileIsSaidInFullOnEveryScreen(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 40}, {60, 16}} {
		for _, in := range []Input{{}, {Lesson: "state"}, {Lesson: "state", Big: true}} {
			path := place(t)
			if err := os.WriteFile(path, []byte(`{"version": 1, "lessons": {"state": {"page": 1, "answers": {"1": [-1]}}}}`), 0o600); err != nil {
				t.Fatal(err)
			}
			c := golden.Common(size[0], size[1])
			m := started(t, c, in, path)
			shown := golden.Framed(c, m)
			for _, want := range []string{path + ".broken", `the lesson "state" has answer -1.`} {
				if !strings.Contains(unspaced(shown), unspaced(want)) {
					t.Errorf("%v %+v: %q is not shown:\n%s", size, in, want, shown)
				}
			}
			golden.Fits(t, c, shown, "a broken progress file")
			press(t, m, "right")
			if shown := golden.Framed(c, m); strings.Contains(shown, ".broken") {
				t.Errorf("%v %+v: it is still shown after a key:\n%s", size, in, shown)
			}
		}
	}
}

func TestAPathInANoticeCannotActOnTheTerminal(t *testing.T) {
	c := golden.Common(80, 24)
	m := started(t, c, Input{}, "")
	m.Update(loadedMsg{m.store, fmt.Errorf("read /home/\x1b]0;x\x07/progress.json")})
	if strings.ContainsAny(m.notice, "\x1b\x07") {
		t.Errorf("the notice is %q", m.notice)
	}
}

// What is in range for the file may be out of range for the lesson: lessons
// change from one version to the next.
func TestProgressOfALongerLessonIsTakenUpWithoutAPanic(t *testing.T) {
	for _, l := range lessons.All() {
		path := place(t)
		s, err := progress.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		kept := progress.Lesson{Page: 1000, Reached: 1000, Answers: map[int][]int{}, OnCall: &progress.OnCall{}}
		for page := range l.Pages {
			kept.Answers[page] = []int{1000, 0}
		}
		s.Set(l.Name, kept)
		if err := s.Save(); err != nil {
			t.Fatal(err)
		}
		c := golden.Common(80, 24)
		m := started(t, c, Input{}, path)
		m.View()
		for page := range l.Pages { // as newLesson does, and without a walk
			m.lesson = newLesson(c, l, m.store, false)
			m.lesson.at.Page = page
			m.lesson.turned()
			golden.Fits(t, c, golden.Framed(c, m), l.Name)
		}
	}
}

func TestCasesThatTheLessonDoesNotHaveAreDrawnAgain(t *testing.T) {
	l, _ := lessons.Find("on-call")
	known := l.Pages[pageOf(t, "on-call", lessons.OnCall, 0)].Cases
	drawn := func() progress.OnCall {
		o := newOnCall(golden.Common(80, 24), known, nil)
		o.draw()
		o.at.Picks = []progress.Pick{{Cause: o.at.Cases[0].Cause, Picked: o.at.Cases[0].Choices[1], Seconds: 3}}
		return o.at
	}
	for name, change := range map[string]func(*progress.OnCall){
		"an unknown cause":          func(at *progress.OnCall) { at.Cases[2].Cause = "of_next_year" },
		"an unknown choice":         func(at *progress.OnCall) { at.Cases[2].Choices[0] = "of_next_year" },
		"a cause that is no choice": func(at *progress.OnCall) { at.Cases[2].Choices = at.Cases[2].Choices[:4] },
		"no choices":                func(at *progress.OnCall) { at.Cases[2].Choices = nil },
		"a hundred choices":         func(at *progress.OnCall) { at.Cases[2].Choices = make([]string, 100) },
		"too few cases":             func(at *progress.OnCall) { at.Cases = at.Cases[:2] },
		"a pick of another case":    func(at *progress.OnCall) { at.Picks[0].Cause = "of_next_year" },
		"a pick that is no choice":  func(at *progress.OnCall) { at.Picks[0].Picked = "of_next_year" },
		"more picks than there are cases": func(at *progress.OnCall) {
			at.Picks = append(make([]progress.Pick, caseCount), at.Picks...)
		},
	} {
		at := drawn()
		if o := newOnCall(golden.Common(80, 24), known, &at); len(o.at.Picks) != 1 {
			t.Fatal("cases of this version are not taken up")
		}
		change(&at)
		if o := newOnCall(golden.Common(80, 24), known, &at); len(o.at.Cases) != 0 {
			t.Errorf("%s: the cases are taken up", name)
		}
	}
}
