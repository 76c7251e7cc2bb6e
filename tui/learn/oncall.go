package learn

import (
	"context"
	"crypto/rand"
	"math/big"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/flow"
	"example.com/grantwalk/flow/record"
	"example.com/grantwalk/tui/learn/lessons"
	"example.com/grantwalk/tui/learn/live"
	"example.com/grantwalk/tui/learn/progress"
	"example.com/grantwalk/tui/ui"
)

// How the on-call hour is played.
const (
	caseCount   = 5
	choiceCount = 5
	perCase     = 2 * time.Minute // within which an answer is quick
)

// onCall is the game: broken walks drawn by lot, each to be diagnosed from what
// the client saw.
type onCall struct {
	ui    *ui.Common
	known []lessons.Case
	lots  func(n int) int // from 0 to n-1
	at    progress.OnCall
	walks [caseCount]brokenWalk

	running bool
	since   time.Time // when the present case could first be read
	view    int       // 0: the facts; then the messages
	picked  bool      // of the present case; its verdict is shown
	top     int
}

// brokenWalk is the walk of a case, once it was taken.
type brokenWalk struct {
	snapshot *live.Snapshot // nil: it is being broken
	err      error
}

func newOnCall(c *ui.Common, known []lessons.Case, at *progress.OnCall) *onCall {
	o := &onCall{ui: c, known: known, lots: lot}
	if at != nil && o.playable(*at) {
		o.at = *at
	}
	return o
}

// playable: the cases are of this version's lesson. Those of another version, or
// that were written by hand, are drawn again.
func (o *onCall) playable(at progress.OnCall) bool {
	known := func(cause string) bool {
		return slices.ContainsFunc(o.known, func(c lessons.Case) bool { return c.Cause == cause })
	}
	if len(at.Cases) != caseCount || len(at.Picks) > caseCount {
		return false
	}
	for i, c := range at.Cases {
		if len(c.Choices) != choiceCount || !known(c.Cause) || !slices.Contains(c.Choices, c.Cause) {
			return false
		}
		for _, choice := range c.Choices {
			if !known(choice) {
				return false
			}
		}
		if i < len(at.Picks) && (at.Picks[i].Cause != c.Cause || !slices.Contains(c.Choices, at.Picks[i].Picked)) {
			return false
		}
	}
	return true
}

func lot(n int) int {
	i, err := rand.Int(rand.Reader, big.NewInt(int64(n)))
	if err != nil {
		return 0 // crypto/rand itself never fails
	}
	return int(i.Int64())
}

// shuffled is a list in an order by lot.
func (o *onCall) shuffled(list []string) []string {
	list = slices.Clone(list)
	for i := len(list) - 1; i > 0; i-- {
		j := o.lots(i + 1)
		list[i], list[j] = list[j], list[i]
	}
	return list
}

// draw draws the cases, each with causes to choose from.
func (o *onCall) draw() {
	var causes []string
	for _, c := range o.known {
		causes = append(causes, c.Cause)
	}
	o.at, o.walks = progress.OnCall{}, [caseCount]brokenWalk{}
	for _, cause := range o.shuffled(causes)[:caseCount] {
		others := slices.DeleteFunc(o.shuffled(causes), func(c string) bool { return c == cause })
		slices.SortStableFunc(others, func(a, b string) int { return apart(a, cause) - apart(b, cause) })
		choices := o.shuffled(append(others[:choiceCount-1:choiceCount-1], cause))
		o.at.Cases = append(o.at.Cases, progress.Case{Cause: cause, Choices: choices})
	}
}

// apart is how many steps lie between what two causes spoil: a cause of the same
// step is not ruled out at first sight.
func apart(a, b string) int {
	spoils := func(cause string) int {
		t, _ := flow.TwistFor(diagnose.ID(cause))
		return int(t.Step)
	}
	return max(spoils(a)-spoils(b), spoils(b)-spoils(a))
}

// over: all cases were answered.
func (o *onCall) over() bool { return len(o.at.Picks) >= caseCount && !o.picked }

// current is the case that is looked at.
func (o *onCall) current() int {
	if o.picked {
		return len(o.at.Picks) - 1
	}
	return min(len(o.at.Picks), caseCount-1)
}

type brokenMsg struct {
	of   *onCall
	n    int
	walk brokenWalk
}

func (o *onCall) broken(msg brokenMsg) {
	o.walks[msg.n] = msg.walk
	if msg.n == o.current() {
		o.since = o.ui.Now
	}
}

// breakWalk takes the n-th walk.
func (o *onCall) breakWalk(ctx context.Context, n int) tea.Cmd {
	cause := diagnose.ID(o.at.Cases[n].Cause)
	return func() tea.Msg {
		s, err := live.Broken(ctx, cause)
		return brokenMsg{o, n, brokenWalk{&s, err}}
	}
}

func (m *lesson) onCallRuns() bool {
	return m.oncall != nil && m.oncall.running && m.page().Kind == lessons.OnCall
}

// beginOnCall draws the cases, or goes on with those that are left.
func (m *lesson) beginOnCall() tea.Cmd {
	o := m.oncall
	if o.over() || len(o.at.Cases) == 0 {
		o.draw()
	}
	o.running, o.picked, o.view, o.since = true, false, 0, m.ui.Now
	var cmds []tea.Cmd
	for n := len(o.at.Picks); n < caseCount; n++ {
		if o.walks[n].snapshot == nil {
			cmds = append(cmds, o.breakWalk(m.ctx, n))
		}
	}
	return tea.Batch(append(cmds, m.saveOnCall())...)
}

func (m *lesson) saveOnCall() tea.Cmd {
	at := m.oncall.at
	m.at.OnCall = &at
	return m.save()
}

// pick answers the present case.
func (m *lesson) pick(i int) tea.Cmd {
	o := m.oncall
	c := o.at.Cases[o.current()]
	if o.picked || o.walks[o.current()].snapshot == nil || i >= len(c.Choices) {
		return nil
	}
	o.at.Picks = append(o.at.Picks, progress.Pick{Cause: c.Cause, Picked: c.Choices[i], Seconds: int(m.ui.Now.Sub(o.since).Seconds())})
	o.picked, o.top = true, 0
	return m.saveOnCall()
}

// nextCase goes on after a verdict; after the last one, to the score.
func (m *lesson) nextCase() tea.Cmd {
	o := m.oncall
	o.picked, o.view, o.top, o.since = false, 0, 0, m.ui.Now
	if o.over() {
		o.running, m.part = false, 0
		m.showScore()
	}
	return nil
}

func (m *lesson) onCallKeys() []binding {
	o := m.oncall
	n := o.current()
	w := o.walks[n]
	out := binding{ui.Bind("esc", "leave the clock", "esc"), set(func() { o.running = false })}
	scroll := []binding{
		{ui.Bind("pgup/pgdn", "scroll", "pgdown"), set(func() { o.top += 5 })},
		{ui.Bind("", "", "pgup"), set(func() { o.top = max(0, o.top-5) })},
	}
	switch {
	case o.picked:
		return append([]binding{{ui.Bind("enter", "go on", "enter", " "), m.nextCase}, out}, scroll...)
	case w.err != nil:
		return []binding{{ui.Bind("enter", "try again", "enter"), func() tea.Cmd { o.walks[n] = brokenWalk{}; return o.breakWalk(m.ctx, n) }}, out}
	case w.snapshot == nil:
		return []binding{out}
	}
	views := 1 + len(evidence(*w.snapshot))
	list := append(numbered(choiceCount, "name the cause", m.pick), []binding{
		{ui.Bind(m.ui.Glyphs.Arrows, "facts and messages", "right", "l", "enter", "tab"), set(func() { o.view, o.top = (o.view+1)%views, 0 })},
		{ui.Bind("", "", "left", "h", "shift+tab"), set(func() { o.view, o.top = (o.view+views-1)%views, 0 })},
	}...)
	return append(append(list, scroll...), out)
}

// evidence are the messages that the client saw itself, as far as they bear on
// the grant.
func evidence(s live.Snapshot) []record.Message {
	var list []record.Message
	for _, msg := range s.Messages {
		if slices.Contains([]string{"authorization request", "callback", "token request", "token response", "refresh request", "refresh response", "revocation request", "revocation response"}, msg.Name) {
			list = append(list, msg)
		}
	}
	return list
}

// title is what a cause is, as its folder has it.
func title(id diagnose.ID) string {
	if !diagnose.Known(id) {
		return string(id)
	}
	return strings.TrimSuffix(ui.Sentence(diagnose.Title(id)), ".")
}

// points are what a pick is worth: 15 for the right cause, and up to 5 for haste.
func points(p progress.Pick) int {
	if p.Cause != p.Picked {
		return 0
	}
	spare := max(0, perCase-time.Duration(p.Seconds)*time.Second)
	return 15 + int(5*spare/perCase)
}
