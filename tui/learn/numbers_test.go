package learn

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"example.com/grantwalk/tui/internal/golden"
	"example.com/grantwalk/tui/learn/lessons"
	"example.com/grantwalk/tui/learn/progress"
)

// started with a store in which everything that is a number is this one.
func withNumber(t *testing.T, l lessons.Lesson, n int) *Model {
	t.Helper()
	m := started(t, golden.Common(80, 24), Input{}, "")
	at := progress.Lesson{Page: n, Reached: n, Answers: map[int][]int{n: {n}}}
	for page := range l.Pages {
		at.Answers[page] = []int{n, 0, n}
	}
	m.store.Set(l.Name, at)
	return m
}

func TestNoNumberInTheProgressBreaksALesson(t *testing.T) {
	for _, n := range []int{math.MinInt, -2, -1, 0, 1, 5, math.MaxInt32, math.MaxInt} {
		for i, l := range lessons.All() {
			m := withNumber(t, l, n)
			golden.Fits(t, m.ui, golden.Framed(m.ui, m), fmt.Sprintf("the list with %d", n))
			m.chosen = i
			m.open()
			// The commands are not run: no walk is needed for this.
			for _, k := range strings.Fields("pgdown home right end 1 enter left enter") {
				golden.Press(m, k)
			}
			golden.Fits(t, m.ui, golden.Framed(m.ui, m), fmt.Sprintf("%s with %d", l.Name, n))
		}
	}
}

func TestAnAnswerThatThePageHasStaysAnswered(t *testing.T) {
	l, _ := lessons.Find("state")
	page := pageOf(t, "state", lessons.Predict, 0)
	at := progress.Lesson{Page: page, Reached: page, Answers: map[int][]int{page: {-1, 1, len(l.Pages[page].Answers), 0}}}
	if got := within(at, l).Answers[page]; !slices.Equal(got, []int{1, 0}) {
		t.Errorf("the answers are %v, want those that the page has", got)
	}
}
