package learn

import (
	"context"
	"slices"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"example.com/grantwalk/flow"
	"example.com/grantwalk/flow/practice"
	"example.com/grantwalk/tui/learn/lessons"
	"example.com/grantwalk/tui/learn/live"
	"example.com/grantwalk/tui/learn/progress"
	"example.com/grantwalk/tui/ui"
)

// lesson is one lesson being read.
type lesson struct {
	ctx    context.Context // ends when the lesson is left
	cancel context.CancelFunc
	ui     *ui.Common
	lesson lessons.Lesson
	store  *progress.Store
	big    bool

	at     progress.Lesson
	part   int // of a page that is longer than the screen
	chosen int // the answer that is looked at
	oncall *onCall

	// The walk: which pages' actions it has been through, and what it had come to
	// behind each.
	walk   live.Walk
	played []int
	snaps  map[int]live.Snapshot

	// The action that is being done, as the last of those that it needs.
	running bool
	action  int // how many were begun, so that a late message of another one is known
	target  int
	opener  flow.Opener
	stop    context.CancelFunc
	since   time.Time
	again   bool  // the walk was taken anew, because the lesson was left
	failed  error // of the page
}

func newLesson(c *ui.Common, l lessons.Lesson, store *progress.Store, big bool) *lesson {
	m := &lesson{ui: c, lesson: l, store: store, big: big, at: store.Lesson(l.Name), snaps: map[int]live.Snapshot{}}
	m.ctx, m.cancel = context.WithCancel(context.Background())
	m.at = within(m.at, l)
	if m.at.Done && m.at.Page == len(l.Pages)-1 {
		m.at.Page = 0
	}
	m.turned()
	return m
}

// within is the progress without pages and answers that the lesson does not have:
// the lesson may have become shorter, and people can edit the file.
func within(at progress.Lesson, l lessons.Lesson) progress.Lesson {
	last := len(l.Pages) - 1
	at.Page, at.Reached = max(0, min(at.Page, last)), max(0, min(at.Reached, last))
	for page, given := range at.Answers {
		if page < 0 || page > last {
			delete(at.Answers, page)
			continue
		}
		n := len(l.Pages[page].Answers)
		at.Answers[page] = slices.DeleteFunc(given, func(i int) bool { return i < 0 || i >= n })
	}
	return at
}

func (m *lesson) close() {
	m.cancel()
	m.walk.Close()
}

func (m *lesson) page() lessons.Page { return m.lesson.Pages[m.at.Page] }

// catchUp takes the walk to where the learner is, if actions before this page
// were passed over or done before the lesson was left, so that it has values; by
// the built-in user, for nobody wants to log in for that.
func (m *lesson) catchUp() tea.Cmd {
	needed := m.lesson.Needed(m.at.Page)
	if n := len(needed); n > 0 && needed[n-1] == m.at.Page {
		needed = needed[:n-1] // that one is the learner's to do
	}
	missing := func(page int) bool { _, ok := m.snaps[page]; return !ok }
	if m.running || !slices.ContainsFunc(needed, missing) {
		return nil
	}
	m.again = true
	return m.run(needed[len(needed)-1], practice.User{Approve: true})
}

// run does a page's action, and before it those that it needs and that this walk
// has not been through.
func (m *lesson) run(page int, opener flow.Opener) tea.Cmd {
	ctx, stop := context.WithCancel(m.ctx)
	m.running, m.target, m.opener, m.stop, m.since, m.failed = true, page, opener, stop, m.ui.Now, nil
	return m.nextAction(ctx)
}

type doneMsg struct {
	of       *lesson
	action   int
	ctx      context.Context
	page     int
	snapshot live.Snapshot
	err      error
}

// nextAction does the first of the needed actions that was not done.
func (m *lesson) nextAction(ctx context.Context) tea.Cmd {
	needed := m.lesson.Needed(m.target)
	n := len(m.played)
	if n >= len(needed) || !slices.Equal(m.played, needed[:n]) {
		n, m.played = 0, nil // another walk's
	}
	page, opener := needed[n], m.opener
	if page != m.target {
		opener = practice.User{Approve: true}
	}
	actions, next := m.lesson.Pages[page].Actions, m.lesson.NextAction(page)
	m.action++
	action := m.action
	return func() tea.Msg {
		s, err := m.walk.Play(ctx, actions, next, opener)
		return doneMsg{m, action, ctx, page, s, err}
	}
}

func (m *lesson) done(msg doneMsg) tea.Cmd {
	if msg.err != nil {
		m.failed = msg.err
		m.ended()
		return nil
	}
	m.played = append(m.played, msg.page)
	m.snaps[msg.page] = msg.snapshot
	if msg.page != m.target {
		return m.nextAction(msg.ctx)
	}
	m.ended()
	return tea.Batch(m.save(), m.catchUp()) // the learner may have turned pages meanwhile
}

// ended: nothing is being done any more. What came of it is shown, if its page is.
func (m *lesson) ended() {
	m.running = false
	m.stop()
	if m.target == m.at.Page {
		m.showFocus()
	}
}

// snapshot is what the walk had come to at the present page.
func (m *lesson) snapshot() live.Snapshot {
	for page := m.at.Page; page >= 0; page-- {
		if s, ok := m.snaps[page]; ok {
			return s
		}
	}
	return live.Snapshot{}
}

func (m *lesson) isDone() bool {
	_, ok := m.snaps[m.at.Page]
	return ok
}

// settled: the question was answered rightly.
func (m *lesson) settled() bool {
	for _, given := range m.at.Answers[m.at.Page] {
		if m.page().Answers[given].Right {
			return true
		}
	}
	return false
}

func (m *lesson) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case doneMsg:
		if msg.of == m && msg.action == m.action && m.running { // and not of a lesson that was left meanwhile
			return m.done(msg)
		}
	case brokenMsg:
		if msg.of == m.oncall && m.oncall != nil {
			m.oncall.broken(msg)
		}
	case tea.WindowSizeMsg:
		m.part = min(m.part, len(m.parts())-1)
	case tea.KeyMsg:
		for _, b := range m.bindings() {
			if key.Matches(msg, b.key) {
				return b.do()
			}
		}
	}
	return nil
}

func (m *lesson) save() tea.Cmd {
	m.store.Set(m.lesson.Name, m.at)
	return func() tea.Msg { return savedMsg{m.store.Save()} }
}

// turn goes to a page.
func (m *lesson) turn(to int) tea.Cmd {
	if to < 0 || to >= len(m.lesson.Pages) {
		return nil
	}
	m.at.Page, m.at.Reached = to, max(m.at.Reached, to)
	m.turned()
	return tea.Batch(m.save(), m.catchUp())
}

// turned begins a page.
func (m *lesson) turned() {
	m.part, m.chosen, m.again = 0, 0, m.again && m.running
	if !m.running {
		m.failed = nil
	}
	if m.page().Kind == lessons.OnCall && m.oncall == nil {
		m.oncall = newOnCall(m.ui, m.page().Cases, m.at.OnCall)
	}
}

// forward is Enter: the rest of the page, what it asks for, then the next page.
func (m *lesson) forward() tea.Cmd {
	switch kind := m.page().Kind; {
	case m.hasMore():
		m.part++
		return nil
	case kind == lessons.Predict && m.wasGiven(m.chosen) && !m.settled():
		m.another()
		return nil
	case kind == lessons.Predict && !m.settled():
		return m.answer(m.chosen)
	case kind == lessons.Do && !m.isDone():
		return m.run(m.at.Page, practice.User{Approve: true})
	case m.at.Page == len(m.lesson.Pages)-1:
		m.at.Done = true
		return tea.Sequence(m.save(), m.leave)
	}
	return m.turn(m.at.Page + 1)
}

func (m *lesson) leave() tea.Msg { return leaveMsg{m} }

func (m *lesson) answer(i int) tea.Cmd {
	if i >= len(m.page().Answers) || m.settled() || m.wasGiven(i) {
		return nil
	}
	m.chosen = i
	m.at.Answers[m.at.Page] = append(m.at.Answers[m.at.Page], i)
	m.showFocus()
	return m.save()
}

// wasGiven: the answer was given before.
func (m *lesson) wasGiven(i int) bool { return slices.Contains(m.at.Answers[m.at.Page], i) }

// another moves to the next answer that was not given.
func (m *lesson) another() {
	for n := range m.page().Answers {
		if i := (m.chosen + 1 + n) % len(m.page().Answers); !m.wasGiven(i) {
			m.choose(i - m.chosen)
			return
		}
	}
}

func (m *lesson) choose(by int) {
	m.chosen = max(0, min(m.chosen+by, len(m.page().Answers)-1))
	m.showFocus()
}

// back goes to the part before, or the page before.
func (m *lesson) back() tea.Cmd {
	if m.part > 0 {
		m.part--
		return nil
	}
	return m.turn(m.at.Page - 1)
}

// hasMore: the page goes on below, with something new. Behind a right answer
// there are only the others.
func (m *lesson) hasMore() bool {
	return m.part < len(m.parts())-1 && (m.page().Kind != lessons.Predict || !m.settled())
}

// onward passes what a page asks for: nobody is held.
func (m *lesson) onward() tea.Cmd {
	if m.part < len(m.parts())-1 {
		m.part++
		return nil
	}
	return m.turn(m.at.Page + 1)
}
