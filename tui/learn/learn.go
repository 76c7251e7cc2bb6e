// Package learn is the screen of the lessons: the list of them, and one lesson,
// page by page, with a walk of the learner's own behind it. What the lessons say
// is in package lessons, how far somebody is in package progress.
package learn

import (
	"os"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/tui/learn/lessons"
	"example.com/grantwalk/tui/learn/progress"
	"example.com/grantwalk/tui/ui"
)

// Input is where to begin.
type Input struct {
	Lesson string // its name; empty: the list
	Big    bool   // to be projected: one idea per screen, and nothing beside it
}

// HomeMsg leads to the home screen.
type HomeMsg struct{}

// Model is the list, and the lesson that was opened from it.
type Model struct {
	ui     *ui.Common
	in     Input
	all    []lessons.Lesson
	store  *progress.Store // nil until it was read
	notice string          // what became of the file that keeps it, if anything; until a key
	told   bool            // that it cannot be written
	chosen int
	lesson *lesson // nil: the list is shown

	load func() (*progress.Store, error)
}

// New makes the screen.
func New(c *ui.Common, in Input) *Model {
	return &Model{ui: c, in: in, all: lessons.All(), load: load}
}

// load opens the user's own progress.
func load() (*progress.Store, error) {
	path, err := progress.Path(os.Getenv)
	store, openErr := progress.Open(path)
	if err != nil {
		openErr = err
	}
	return store, openErr
}

type loadedMsg struct {
	store *progress.Store
	err   error
}

type savedMsg struct{ err error }

// leaveMsg leads from a lesson back to the list.
type leaveMsg struct{ of *lesson }

// Init reads the progress.
func (m *Model) Init() tea.Cmd {
	return func() tea.Msg {
		store, err := m.load()
		return loadedMsg{store, err}
	}
}

// Close ends the lesson's walk, and writes what a command may not have written yet.
func (m *Model) Close() {
	if m.store != nil {
		_ = m.store.Save() // there is no screen left to say it on
	}
	if m.lesson != nil {
		m.lesson.close()
	}
}

// Typing is never so here.
func (m *Model) Typing() bool { return false }

// Update takes a message.
func (m *Model) Update(msg tea.Msg) (ui.Screen, tea.Cmd) {
	switch msg := msg.(type) {
	case loadedMsg:
		if m.store == nil {
			return m, m.loaded(msg)
		}
		return m, nil
	case savedMsg:
		if msg.err != nil && !m.told { // once is enough
			m.notice, m.told = notice(msg.err), true
		}
		return m, nil
	case leaveMsg:
		if msg.of == m.lesson && m.lesson != nil { // and not one that was left meanwhile
			return m, m.leave()
		}
		return m, nil
	case tea.KeyMsg:
		m.notice = ""
		if m.lesson == nil {
			return m, m.key(msg)
		}
	}
	if m.lesson != nil {
		return m, m.lesson.update(msg)
	}
	return m, nil
}

func (m *Model) loaded(msg loadedMsg) tea.Cmd {
	m.store = msg.store
	if msg.err != nil {
		m.notice = notice(msg.err)
	}
	m.chosen = m.next()
	for i, l := range m.all {
		if l.Name == m.in.Lesson {
			m.chosen = i
			return m.open()
		}
	}
	return nil
}

// notice is an error fit for the screen: it names files.
func notice(err error) string { return safe.Text(err.Error(), 500) }

// next is the first lesson that was not read to its end.
func (m *Model) next() int {
	for i, l := range m.all {
		if !m.store.Lesson(l.Name).Done {
			return i
		}
	}
	return 0
}

func (m *Model) open() tea.Cmd {
	m.lesson = newLesson(m.ui, m.all[m.chosen], m.store, m.in.Big)
	return m.lesson.catchUp()
}

// leave ends the lesson's walk off the event loop.
func (m *Model) leave() tea.Cmd {
	old := m.lesson
	m.lesson = nil
	if m.store.Lesson(old.lesson.Name).Done && m.chosen < len(m.all)-1 {
		m.chosen++
	}
	return func() tea.Msg { old.close(); return nil }
}

func (m *Model) key(msg tea.KeyMsg) tea.Cmd {
	for _, b := range m.bindings() {
		if key.Matches(msg, b.key) {
			return b.do()
		}
	}
	return nil
}

// A binding is a key and what it does.
type binding struct {
	key key.Binding
	do  func() tea.Cmd
}

func set(f func()) func() tea.Cmd { return func() tea.Cmd { f(); return nil } }

func (m *Model) bindings() []binding {
	home := binding{ui.Bind("esc", "home", "esc", "backspace", "left"), func() tea.Cmd { return func() tea.Msg { return HomeMsg{} } }}
	if m.store == nil {
		return []binding{home}
	}
	does := "begin"
	if at := m.store.Lesson(m.all[m.chosen].Name); at.Reached > 0 {
		does = "go on"
	}
	last := len(m.all) - 1
	return []binding{
		{ui.Bind("enter", does, "enter", " ", "right", "l"), m.open},
		{ui.Bind(m.ui.Glyphs.Updown, "choose", "down", "j", "tab"), set(func() { m.chosen = min(m.chosen+1, last) })},
		{ui.Bind("", "", "up", "k", "shift+tab"), set(func() { m.chosen = max(m.chosen-1, 0) })},
		{ui.Bind("b", m.bigName(), "b"), set(func() { m.in.Big = !m.in.Big })},
		home,
		{ui.Bind("home/end", "first or last", "home", "g"), set(func() { m.chosen = 0 })},
		{ui.Bind("", "", "end", "G"), set(func() { m.chosen = last })},
	}
}

func (m *Model) bigName() string {
	if m.in.Big {
		return "for one reader"
	}
	return "for a projector"
}

// Keys are the keys that work now.
func (m *Model) Keys() []key.Binding {
	list := m.bindings()
	if m.lesson != nil {
		list = m.lesson.bindings()
	}
	var keys []key.Binding
	for _, b := range list {
		if b.key.Help().Key != "" {
			keys = append(keys, b.key)
		}
	}
	return keys
}

// Head says which lesson this is, and which page.
func (m *Model) Head() (subject, place string) {
	if m.lesson != nil {
		return m.lesson.head()
	}
	return "learn", ""
}

// View draws the list or the lesson.
func (m *Model) View() string {
	if m.lesson != nil {
		return m.lesson.view(m.notice)
	}
	return m.listView()
}
