package learn

import (
	"fmt"
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/grantwalk/flow"
	"example.com/grantwalk/tui/learn/lessons"
	"example.com/grantwalk/tui/ui"
)

// doNames say what Enter does on a do page.
var doNames = map[string]string{
	lessons.Request:  "build the request",
	lessons.Forge:    "send a forged callback",
	lessons.Login:    "log in and allow",
	lessons.Exchange: "exchange the code",
	lessons.Tokens:   "look at the tokens",
	lessons.Refresh:  "refresh the tokens",
	lessons.Revoke:   "give the tokens back",
}

// anew are the names of pages that take a walk of their own, by how far.
var anew = map[string]string{
	lessons.Login:    "a new walk, to the code",
	lessons.Exchange: "a new walk, to the tokens",
}

// doName is what a page does, in a few words.
func doName(actions []lessons.Action) string {
	a := actions[len(actions)-1]
	if name, ok := anew[a.Verb]; ok && len(actions) > 1 {
		return name
	}
	if t, ok := flow.TwistFor(twistOf(a)); ok && !a.Hidden() {
		return t.Does
	}
	return doNames[a.Verb]
}

func (m *lesson) bindings() []binding {
	if m.onCallRuns() {
		return m.onCallKeys()
	}
	esc := binding{ui.Bind("esc", "lessons", "esc"), func() tea.Cmd { return m.leave }}
	turning := []binding{
		{ui.Bind(m.ui.Glyphs.Arrows, "pages", "left", "h", "backspace", "pgup"), m.back},
		{ui.Bind("", "", "right", "l", "pgdown"), m.onward},
		esc,
		{ui.Bind("home/end", "first or last page you reached", "home", "g"), func() tea.Cmd { return m.turn(0) }},
		{ui.Bind("", "", "end", "G"), func() tea.Cmd { return m.turn(m.at.Reached) }},
	}
	enter := func(does string) binding { return binding{ui.Bind("enter", does, "enter", " "), m.forward} }
	switch kind := m.page().Kind; {
	case m.running:
		return append([]binding{{ui.Bind("esc", "stop", "esc"), set(m.stop)}}, turning[:2]...)
	case m.hasMore():
		return append([]binding{enter("more")}, turning...)
	case kind == lessons.Predict && !m.settled():
		return append(m.answerKeys(), turning...)
	case kind == lessons.Do && !m.isDone():
		return append(m.doKeys(enter), turning...)
	case kind == lessons.OnCall && !m.oncall.over():
		return append([]binding{{ui.Bind("enter", "begin: the clock runs", "enter"), m.beginOnCall}}, turning...)
	case kind == lessons.OnCall:
		return append([]binding{enter("go on"), {ui.Bind("n", "five others", "n"), m.beginOnCall}}, turning...)
	case m.at.Page == len(m.lesson.Pages)-1:
		return append([]binding{enter("done")}, turning...)
	}
	return append([]binding{enter("go on")}, turning...)
}

func (m *lesson) answerKeys() []binding {
	n, does := len(m.page().Answers), "answer"
	if m.wasGiven(m.chosen) {
		does = "another answer"
	}
	list := []binding{
		{ui.Bind("enter", does, "enter"), m.forward},
		{ui.Bind(m.ui.Glyphs.Updown, "choose", "down", "j", "tab"), set(func() { m.choose(1) })},
		{ui.Bind("", "", "up", "k", "shift+tab"), set(func() { m.choose(-1) })},
	}
	return append(list, numbered(n, "at once", m.answer)...)
}

// logsIn: the user takes part in what the page does.
func (m *lesson) logsIn() bool {
	return slices.ContainsFunc(m.page().Actions, func(a lessons.Action) bool { return a.Verb == lessons.Login })
}

// numbered are the keys from 1 to n; in the key line they are one.
func numbered(n int, does string, do func(i int) tea.Cmd) []binding {
	var list []binding
	for i := range n {
		name := ""
		if i == 0 {
			name = fmt.Sprintf("1-%d", n)
		}
		list = append(list, binding{ui.Bind(name, does, fmt.Sprint(i+1)), func() tea.Cmd { return do(i) }})
	}
	return list
}

func (m *lesson) doKeys(enter func(string) binding) []binding {
	does := doName(m.page().Actions)
	if m.failed != nil && m.target == m.at.Page {
		does = "try again"
	}
	list := []binding{enter(does)}
	if m.logsIn() {
		list = append(list, binding{ui.Bind("b", "in my browser", "b"), func() tea.Cmd { return m.run(m.at.Page, flow.SystemBrowser{}) }})
	}
	return list
}
