package walk

import (
	"context"
	"errors"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/flow"
	"example.com/grantwalk/tui/session"
)

// The commands are all of this screen that leaves the program, waits or takes
// time. They run off the event loop.

type openedMsg struct {
	session *session.Session
	err     error
}

func (m *Model) open() tea.Msg {
	m.put.Lock()
	defer m.put.Unlock()
	if m.ctx.Err() != nil {
		return nil // it was left before
	}
	s, err := session.Open(m.in.Options)
	m.made = s
	return openedMsg{s, err}
}

type steppedMsg struct {
	step    flow.Step
	outcome flow.Outcome
	err     error
}

func (m *Model) takeStep(step flow.Step) tea.Cmd {
	s := m.session
	return func() tea.Msg {
		outcome, err := s.Do(m.ctx, step)
		return steppedMsg{step, outcome, err}
	}
}

// changedMsg says that the transcript has grown.
type changedMsg struct{}

func (m *Model) changes() tea.Msg {
	select {
	case <-m.session.Walk.Transcript.Changed():
		return changedMsg{}
	case <-m.ctx.Done():
		return nil
	}
}

type pastedMsg struct{ err error }

func (m *Model) givePaste(text string) tea.Cmd {
	w := m.session.Walk
	return func() tea.Msg { return pastedMsg{w.Paste(text)} }
}

type revokedMsg struct{ outcome flow.Outcome }

func (m *Model) revoke() tea.Msg {
	return revokedMsg{m.session.Revoke(m.ctx)}
}

// probe asks the server what it says to a made-up code. The diagnosis calls it,
// off the event loop, while the walk rests.
func (m *Model) probe(ctx context.Context) (diagnose.Evidence, error) {
	out := m.session.Probe(ctx)
	if out.Kind == flow.NoAnswer {
		return diagnose.Evidence{}, errors.New(out.Why)
	}
	return m.session.Walk.Evidence(), nil
}

func (m *Model) goHome() tea.Msg { return HomeMsg{} }
