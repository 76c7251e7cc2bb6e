// Package checklist is the screen on which invalid_grant is tracked down by
// hand: it asks, ranks the causes again after each answer, and concludes. Which
// question is worth asking, and what an answer means, is for package diagnose.
package checklist

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/read"
	"example.com/grantwalk/flow"
	"example.com/grantwalk/tui/report"
	"example.com/grantwalk/tui/ui"
)

// Input is what is known before the first question.
type Input struct {
	Evidence diagnose.Evidence
	Twist    *flow.TwistResult // of the failed walk, for the report; nil: nothing was broken on purpose
	Started  bool              // the evidence is of a failed walk: go straight to the questions
}

// BackMsg leaves the screen, for where it came from.
type BackMsg struct{}

type state int

const (
	starting state = iota // what was refused?
	naming                // the provider is typed
	reading               // what one cause is, before its questions
	asking
	concluded
)

// A reply is what was said to a question.
type reply struct {
	question diagnose.Question
	answer   answer
}

type answer string

// The answers, as the report has them.
const (
	yes      answer = "yes"
	no       answer = "no"
	dontKnow answer = "don't know"
)

// Model is the screen.
type Model struct {
	ui       *ui.Common
	evidence diagnose.Evidence // without answers
	twist    *flow.TwistResult
	state    state
	chosen   int // on the first page
	name     textinput.Model

	about    diagnose.ID // the one cause that is walked through; empty: all
	replies  []reply
	question diagnose.Question
	report   diagnose.Report // with the answers so far
	before   map[diagnose.ID]float64
	top      int // the first line shown, where not all fit
	more     int // how far that can be moved; found when it was drawn last
	note     string
	bad      bool
	pastes   int  // how many texts were pasted
	started  bool // there is nothing before the questions, but where they came from
	leaving  bool // esc was pressed once, and the answers would be lost
}

// New makes the screen.
func New(c *ui.Common, in Input) *Model {
	m := &Model{ui: c, evidence: in.Evidence, twist: in.Twist, started: in.Started}
	m.name = textinput.New()
	m.name.Prompt, m.name.CharLimit = "", 100 // longer than any name; a large paste would stop the screen for seconds
	m.name.ShowSuggestions = true
	if in.Started {
		m.begin()
	}
	return m
}

// Init has nothing to begin.
func (m *Model) Init() tea.Cmd { return nil }

// Close has nothing to end.
func (m *Model) Close() {}

// Asking reports whether the answers are to be left, which is asked once.
func (m *Model) Asking() bool { return m.leaving }

// AskToQuit asks before q quits the program, if answers would be lost.
func (m *Model) AskToQuit() bool {
	m.leaving = m.state != starting && len(m.replies) > 0
	return m.leaving
}

// Typing is so while the provider is named.
func (m *Model) Typing() bool { return m.state == naming }

type savedMsg struct {
	name string
	err  error
}

// save writes the report as it is now, whatever is answered before the command runs.
func (m *Model) save() tea.Cmd {
	var answered []report.Answered
	for _, r := range m.replies {
		answered = append(answered, report.Answered{Question: r.question.Ask, Answer: string(r.answer)})
	}
	for _, t := range diagnose.Ticks(m.evidence) {
		answered = append(answered, report.Answered{Question: t.Question.Ask, Answer: string(said(t.Yes)) + ", from the evidence: " + t.Says})
	}
	text := report.Markdown(m.report, m.twist, answered)
	return func() tea.Msg {
		name, err := report.Save(text)
		return savedMsg{name, err}
	}
}

func said(is bool) answer {
	if is {
		return yes
	}
	return no
}

// Update takes a message.
func (m *Model) Update(msg tea.Msg) (ui.Screen, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyMsg:
		return m.key(msg)
	case readMsg:
		m.take(msg)
	case savedMsg:
		m.note, m.bad = "the report is in "+msg.name, msg.err != nil
		if msg.err != nil {
			m.note = "the report was not saved: " + msg.err.Error()
		}
	}
	return m, nil
}

type readMsg struct {
	paste      int
	recognised bool
	cases      []report.Case
	err        error
}

// read looks for evidence in pasted text, off the event loop: a long one takes a
// moment.
func (m *Model) read(text string) tea.Cmd {
	if len(text) > ui.MaxPaste {
		m.note, m.bad = ui.TooLong, true
		return nil
	}
	m.note, m.bad = "Reading what was pasted.", false
	m.pastes++
	n, options := m.pastes, read.Options{Provider: m.evidence.Provider.Raw(), Grant: m.evidence.Grant}
	return func() tea.Msg {
		result, err := read.Read([]read.Input{{Reader: strings.NewReader(text)}}, options)
		if err != nil || !result.Recognised {
			return readMsg{paste: n, err: err}
		}
		return readMsg{paste: n, recognised: true, cases: report.Cases(result)}
	}
}

// take takes what the last paste shows for known, in place of what was pasted before. What
// the person answered counts as before.
func (m *Model) take(msg readMsg) {
	switch {
	case msg.paste != m.pastes:
	case msg.err != nil || !msg.recognised:
		m.note, m.bad = "No rejection was recognized in the pasted text. "+read.Instead, true
	default:
		m.evidence = msg.cases[0].Evidence
		m.note, m.bad = "The text was read, and what it shows is taken as known.", false
		if n := len(msg.cases); n > 1 {
			m.note = fmt.Sprintf("The text tells of %d different failures. The one with the surest cause is taken as known.", n)
		}
		m.about = ""
		m.ask()
	}
}

// begin goes to the first question.
func (m *Model) begin() {
	m.replies, m.about = nil, ""
	m.ask()
}

// walkThrough goes to what one cause is.
func (m *Model) walkThrough(id diagnose.ID) {
	m.replies, m.about, m.state, m.top = nil, id, reading, 0
}

// answered is the evidence with what was said.
func (m *Model) answered() diagnose.Evidence {
	e := m.evidence
	e.Answers = slices.Clone(e.Answers)
	for _, r := range m.replies {
		if r.answer != dontKnow {
			e.Answers = append(e.Answers, diagnose.Answer{Question: r.question.ID, Yes: r.answer == yes})
		}
	}
	return e
}

// ask ranks the causes by what is known now, and finds the next question; where
// none would tell much any more, it concludes.
func (m *Model) ask() {
	e := m.answered()
	m.before = shares(m.report)
	m.report = diagnose.Diagnose(e)
	m.top = 0
	q, ok := m.next(e)
	if !ok {
		m.state = concluded
		return
	}
	m.question, m.state = q, asking
}

// sure is the share of a cause from which on asking further is a waste of time.
const sure = 0.92

func (m *Model) next(e diagnose.Evidence) (diagnose.Question, bool) {
	var asked []string
	for _, r := range m.replies {
		asked = append(asked, r.question.ID)
	}
	if c := m.report.Causes; len(c) > 0 && (c[0].Strength == diagnose.Certain || c[0].Score >= sure) {
		return diagnose.Question{}, false
	}
	if m.about != "" {
		for _, q := range diagnose.About(m.about) {
			if !slices.Contains(asked, q.ID) {
				return q, true
			}
		}
		return diagnose.Question{}, false
	}
	q, _, ok := diagnose.Next(e, asked...)
	return q, ok
}

func shares(r diagnose.Report) map[diagnose.ID]float64 {
	out := map[diagnose.ID]float64{}
	for _, c := range r.Causes {
		out[c.ID] = c.Score
	}
	return out
}

func (m *Model) reply(a answer) {
	m.replies = append(m.replies, reply{m.question, a})
	m.ask()
}

// back takes the last answer back, or leaves.
func (m *Model) back() tea.Cmd {
	switch {
	case m.state == starting, m.started && len(m.replies) == 0:
		return m.leave
	case len(m.replies) == 0:
		m.state, m.about, m.top = starting, "", 0
	default:
		m.replies = m.replies[:len(m.replies)-1]
		m.ask()
	}
	return nil
}

// end leaves the conclusion; where answers would be lost by it, it asks first.
func (m *Model) end() tea.Cmd {
	if len(m.replies) == 0 {
		return m.leave
	}
	m.leaving = true
	return nil
}

func (m *Model) leave() tea.Msg { return BackMsg{} }
