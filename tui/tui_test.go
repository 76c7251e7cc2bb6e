package tui

import (
	"context"
	"fmt"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"grantwalk/flow"
	"grantwalk/tui/explain"
	"grantwalk/tui/home"
	"grantwalk/tui/internal/golden"
	"grantwalk/tui/learn"
	"grantwalk/tui/session"
	"grantwalk/tui/setup"
	"grantwalk/tui/ui"
	"grantwalk/tui/walk"
)

func send(m *root, msgs ...tea.Msg) tea.Cmd {
	var cmd tea.Cmd
	for _, msg := range msgs {
		_, cmd = m.Update(msg)
	}
	return cmd
}

func TestTheRootFramesEachScreen(t *testing.T) {
	states := map[string]func(*root){
		"home":         func(*root) {},
		"help":         func(m *root) { send(m, golden.Key("?")) },
		"setup":        func(m *root) { send(m, home.SetUpMsg{}) },
		"walk-opening": func(m *root) { send(m, home.WalkMsg{}) },
		"walk-help":    func(m *root) { send(m, home.WalkMsg{}, golden.Key("?")) },
	}
	for name, reach := range states {
		for _, size := range [][2]int{{80, 24}, {120, 40}, {40, 12}} {
			c := golden.Common(size[0], size[1])
			if size[0] < 80 {
				c.Glyphs = ui.ASCII
			}
			m := newRoot(c, Options{})
			reach(m)
			golden.Check(t, c, m.View(), fmt.Sprintf("%s-%dx%d", name, size[0], size[1]))
			m.close()
		}
	}
}

func TestASmallWindowSaysSo(t *testing.T) {
	for _, size := range [][2]int{{39, 24}, {80, 11}, {1, 1}} {
		m := newRoot(golden.Common(80, 24), Options{})
		send(m, tea.WindowSizeMsg{Width: size[0], Height: size[1]})
		if got := m.View(); got != tooSmall {
			t.Errorf("%v: %q", size, got)
		}
	}
	m := newRoot(golden.Common(0, 0), Options{})
	if m.View() != "" {
		t.Error("something is drawn before the size is known")
	}
}

func TestTheHelpTakesEveryKeyUntilItIsClosed(t *testing.T) {
	m := newRoot(golden.Common(40, 12), Options{})
	send(m, golden.Key("?"), golden.Key("down"), golden.Key("down"), golden.Key("up"), golden.Key("pgdown"))
	if !m.help {
		t.Fatal("an arrow closes the help")
	}
	if cmd := send(m, golden.Key("q")); cmd != nil || m.help {
		t.Error("q does not just close the help")
	}
}

func TestLettersGoIntoTheForm(t *testing.T) {
	m := newRoot(golden.Common(80, 24), Options{})
	send(m, home.SetUpMsg{})
	for _, k := range []string{"q", "?", "h"} {
		if cmd := send(m, golden.Key(k)); isQuit(cmd) {
			t.Errorf("%s ends the program", k)
		}
	}
	if m.help {
		t.Error("? opens the help while something is typed")
	}
}

func isQuit(cmd tea.Cmd) bool {
	if cmd == nil {
		return false
	}
	_, ok := cmd().(tea.QuitMsg)
	return ok
}

func TestTheKeysThatMeanTheSameEverywhere(t *testing.T) {
	for name, reach := range map[string]tea.Msg{"home": nil, "setup": home.SetUpMsg{}, "walk": home.WalkMsg{}} {
		m := newRoot(golden.Common(80, 24), Options{})
		if reach != nil {
			send(m, reach)
		}
		if _, ok := send(m, golden.Key("ctrl+z"))().(tea.SuspendMsg); !ok {
			t.Errorf("%s: ctrl+z does not suspend", name)
		}
		if got, want := fmt.Sprintf("%T", send(m, golden.Key("ctrl+l"))()), fmt.Sprintf("%T", tea.ClearScreen()); got != want {
			t.Errorf("%s: ctrl+l gives %s", name, got)
		}
		if cmd := send(m, golden.Key("ctrl+c")); !isQuit(cmd) {
			t.Errorf("%s: ctrl+c does not end the program", name)
		}
		if out, err := m.outcome(); out.Kind != flow.Interrupted || err != nil {
			t.Errorf("%s: %v, %v after ctrl+c", name, out, err)
		}
		m.close()
	}
}

func TestQuittingAtHomeIsNoInterruption(t *testing.T) {
	m := newRoot(golden.Common(80, 24), Options{})
	if !isQuit(send(m, golden.Key("q"))) {
		t.Fatal("q does not quit")
	}
	if out, err := m.outcome(); out != (flow.Outcome{}) || err != nil {
		t.Errorf("%v, %v", out, err)
	}
}

// asking is a screen that asks whether it is to be left.
type asking struct{ ui.Screen }

func (asking) Asking() bool { return true }

func TestTheQuestionWhetherToLeaveTakesTheHelpKeyAndNotQ(t *testing.T) {
	m := newRoot(golden.Common(80, 24), Options{})
	m.screen = asking{m.screen}
	if done, _ := m.key(golden.Key("?")); done {
		t.Error("? opens the help in place of an answer")
	}
	if !isQuit(send(m, golden.Key("q"))) {
		t.Error("q does not quit")
	}
}

func TestTheLessonsLieBehindHomeAndLeadBackToIt(t *testing.T) {
	m := newRoot(golden.Common(80, 24), Options{})
	send(m, home.LearnMsg{})
	if _, ok := m.screen.(*learn.Model); !ok {
		t.Fatalf("learn leads to %T", m.screen)
	}
	back := golden.Press(m.screen, "esc")
	if send(m, back()); m.screen == nil {
		t.Fatal("esc leads nowhere")
	}
	if _, ok := m.screen.(*home.Model); !ok {
		t.Fatalf("esc leads to %T", m.screen)
	}
	m = newRoot(golden.Common(80, 24), Options{Learn: &learn.Input{Lesson: "pkce"}})
	defer m.close()
	if _, ok := m.screen.(*learn.Model); !ok {
		t.Errorf("a lesson named by flags leads to %T", m.screen)
	}
}

func TestADiagnosisIsShownOnceHoweverOftenItIsAskedFor(t *testing.T) {
	m := newRoot(golden.Common(80, 24), Options{})
	send(m, home.ExplainMsg{}, explain.DiagnoseMsg{}, explain.DiagnoseMsg{})
	if len(m.below) != 1 {
		t.Errorf("%d screens lie below", len(m.below))
	}
}

func TestHomeStandsAtWhatWasChosenLast(t *testing.T) {
	m := newRoot(golden.Common(80, 24), Options{})
	leave := golden.Press(m.screen, "down", "down", "down", "enter")
	before := m.View()
	send(m, leave())
	back := golden.Press(m.screen, "esc")
	send(m, back())
	if m.View() != before {
		t.Errorf("back at home:\n%s", m.View())
	}
}

func TestWhatWasTypedIsThereWhenTheFormIsOpenedAgain(t *testing.T) {
	m := newRoot(golden.Common(80, 24), Options{})
	o := session.Options{Config: flow.Config{Issuer: "https://as.example", ClientID: "typed"}}
	send(m, home.SetUpMsg{}, setup.HomeMsg{Options: o})
	if _, ok := m.screen.(*home.Model); !ok {
		t.Fatalf("back leads to %T", m.screen)
	}
	send(m, home.SetUpMsg{})
	back, ok := golden.Press(m.screen, "esc")().(setup.HomeMsg)
	if !ok || back.Options.Config.ClientID != "typed" {
		t.Errorf("%+v", back)
	}
}

func TestAWalkNamedByFlagsIsTheFirstScreen(t *testing.T) {
	m := newRoot(golden.Common(80, 24), Options{Walk: &session.Options{Practice: true, Browser: session.None}})
	defer m.close()
	if m.screen != ui.Screen(m.last) {
		t.Errorf("begins with %T", m.screen)
	}
	send(m, walk.EditMsg{Options: session.Options{Practice: true}})
	if _, ok := m.screen.(*setup.Model); !ok {
		t.Errorf("changing the settings leads to %T", m.screen)
	}
}

// A whole walk by keys, with the commands run as the program runs them.
func TestAWalkOnThePracticeServerReachesTheTokensByEnter(t *testing.T) {
	m := newRoot(golden.Common(80, 24), Options{Walk: &session.Options{Practice: true, Browser: session.Approve}})
	msgs := make(chan tea.Msg)
	ctx, cancel := context.WithCancel(context.Background())
	defer m.close()
	defer cancel()
	var run func(tea.Cmd)
	run = func(cmd tea.Cmd) {
		if cmd == nil {
			return
		}
		go func() {
			msg := cmd()
			if batch, ok := msg.(tea.BatchMsg); ok {
				for _, c := range batch {
					run(c)
				}
				return
			}
			select {
			case msgs <- msg:
			case <-ctx.Done():
			}
		}()
	}
	run(m.screen.Init())
	for m.last.Outcome().Kind != flow.GotTokens {
		run(send(m, <-msgs))
		golden.Fits(t, m.ui, m.View(), "walk")
		run(send(m, golden.Key("enter"))) // does nothing while a step runs
		if err := m.last.Err(); err != nil {
			t.Fatal(err)
		}
		if k := m.last.Outcome().Kind; k != flow.Interrupted && k != flow.GotTokens {
			t.Fatalf("ended with %v", m.last.Outcome())
		}
	}
}
