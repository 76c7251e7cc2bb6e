package tui

import (
	"reflect"
	"sync"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/grantwalk/tui/ui"
)

// A run is a screen from the moment it is shown until it is left. A screen that
// is shown again is another run.
//
// A command ends when it ends, whatever the user did meanwhile. Its message
// therefore carries the run that began the command, and the root drops the
// message if that run was left: the result of an old walk cannot reach a new one.
type run struct {
	ui.Screen
	closing sync.Once
}

// ownMsg is the message of a run's own command.
type ownMsg struct {
	run *run
	msg tea.Msg
}

// update hands a message to the screen.
func (r *run) update(msg tea.Msg) tea.Cmd {
	var cmd tea.Cmd
	r.Screen, cmd = r.Update(msg)
	return r.own(cmd)
}

// start begins the screen.
func (r *run) start() tea.Cmd { return r.own(r.Init()) }

// close ends what the screen started. It waits if that is being done already.
func (r *run) close() { r.closing.Do(r.Close) }

// own marks the command's message as the run's.
func (r *run) own(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() tea.Msg {
		msg := cmd()
		if msg == nil {
			return nil
		}
		if commands, ok := commandsIn(msg); ok {
			for i := range commands {
				commands[i] = r.own(commands[i])
			}
			return msg
		}
		return ownMsg{r, msg}
	}
}

// commandsIn returns the commands of a batch or a sequence, which Bubble Tea
// runs. The type of a sequence is not exported, but is a list of commands too.
func commandsIn(msg tea.Msg) ([]tea.Cmd, bool) {
	list := reflect.TypeFor[[]tea.Cmd]()
	if v := reflect.ValueOf(msg); v.CanConvert(list) {
		return v.Convert(list).Interface().([]tea.Cmd), true
	}
	return nil, false
}
