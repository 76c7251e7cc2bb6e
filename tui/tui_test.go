package tui

import (
	"context"
	"fmt"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/flow"
	"example.com/grantwalk/tui/checklist"
	"example.com/grantwalk/tui/diagnosis"
	"example.com/grantwalk/tui/explain"
	"example.com/grantwalk/tui/home"
	"example.com/grantwalk/tui/internal/golden"
	"example.com/grantwalk/tui/learn"
	"example.com/grantwalk/tui/session"
	"example.com/grantwalk/tui/setup"
	"example.com/grantwalk/tui/ui"
	"example.com/grantwalk/tui/walk"
)

// send sends what a terminal sends, or what a command of the screen on top brought.
func send(m *root, msgs ...tea.Msg) tea.Cmd {
	var cmd tea.Cmd
	for _, msg := range msgs {
		switch msg.(type) {
		case tea.KeyMsg, tea.WindowSizeMsg, ownMsg, closedMsg:
		default:
			msg = ownMsg{m.top, msg}
		}
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
	m := newRoot(golden.Common(80, 24), Options{})
	for _, size := range [][2]int{{39, 24}, {80, 11}} {
		send(m, tea.WindowSizeMsg{Width: size[0], Height: size[1]})
		if got := m.View(); got != tooSmall {
			t.Errorf("%v: %q", size, got)
		}
	}
	for width := range ui.MinWidth {
		for height := range ui.MinHeight {
			send(m, tea.WindowSizeMsg{Width: width, Height: height})
			if got := m.View(); lipgloss.Width(got) > width || strings.Count(got, "\n") >= max(1, height) {
				t.Errorf("%dx%d: %q", width, height, got)
			}
		}
	}
	if newRoot(golden.Common(0, 0), Options{}).View() != "" {
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

func TestNoKeyActsInAWindowInWhichNothingCanBeRead(t *testing.T) {
	for _, size := range [][2]int{{80, 6}, {80, 4}, {20, 4}, {1, 1}, {80, 1}, {39, 24}} {
		m := newRoot(golden.Common(80, 24), Options{})
		before := m.View()
		send(m, tea.WindowSizeMsg{Width: size[0], Height: size[1]})
		for _, k := range []string{"?", "pgdown", "pgup", "down", "enter", "home", "end", "q", "ctrl+l"} {
			send(m, golden.Key(k))
			m.View()
		}
		if cmd := send(m, golden.Key("ctrl+c")); !isQuit(cmd) {
			t.Errorf("%v: ctrl+c does not end the program", size)
		}
		send(m, tea.WindowSizeMsg{Width: 80, Height: 24})
		if m.View() != before {
			t.Errorf("%v: a key did something:\n%s", size, m.View())
		}
	}
}

func TestTheHelpStaysOpenThroughEverySize(t *testing.T) {
	m := newRoot(golden.Common(80, 24), Options{})
	send(m, golden.Key("?"))
	for height := range 30 {
		send(m, tea.WindowSizeMsg{Width: 80, Height: height})
		for range 20 {
			send(m, golden.Key("pgdown"))
			m.View()
		}
	}
	if !m.help {
		t.Error("it was closed")
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
	m.top.Screen = asking{m.top.Screen}
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
	if _, ok := m.top.Screen.(*learn.Model); !ok {
		t.Fatalf("learn leads to %T", m.top.Screen)
	}
	back := golden.Press(m.top.Screen, "esc")
	if send(m, back()); m.top == nil {
		t.Fatal("esc leads nowhere")
	}
	if _, ok := m.top.Screen.(*home.Model); !ok {
		t.Fatalf("esc leads to %T", m.top.Screen)
	}
	m = newRoot(golden.Common(80, 24), Options{Learn: &learn.Input{Lesson: "pkce"}})
	defer m.close()
	if _, ok := m.top.Screen.(*learn.Model); !ok {
		t.Errorf("a lesson named by flags leads to %T", m.top.Screen)
	}
}

func TestADiagnosisIsShownOnceHoweverOftenItIsAskedFor(t *testing.T) {
	m := newRoot(golden.Common(80, 24), Options{})
	send(m, home.ExplainMsg{})
	twice := ownMsg{m.top, explain.DiagnoseMsg{}}
	send(m, twice, twice)
	if len(m.below) != 1 {
		t.Errorf("%d screens lie below", len(m.below))
	}
}

func TestHomeStandsAtWhatWasChosenLast(t *testing.T) {
	m := newRoot(golden.Common(80, 24), Options{})
	leave := golden.Press(m.top.Screen, "down", "down", "down", "enter")
	before := m.View()
	send(m, leave())
	back := golden.Press(m.top.Screen, "esc")
	send(m, back())
	if m.View() != before {
		t.Errorf("back at home:\n%s", m.View())
	}
}

func TestWhatWasTypedIsThereWhenTheFormIsOpenedAgain(t *testing.T) {
	m := newRoot(golden.Common(80, 24), Options{})
	o := session.Options{Config: flow.Config{Issuer: "https://as.example", ClientID: "typed"}}
	send(m, home.SetUpMsg{}, setup.HomeMsg{Options: o})
	if _, ok := m.top.Screen.(*home.Model); !ok {
		t.Fatalf("back leads to %T", m.top.Screen)
	}
	send(m, home.SetUpMsg{})
	back, ok := golden.Press(m.top.Screen, "esc")().(setup.HomeMsg)
	if !ok || back.Options.Config.ClientID != "typed" {
		t.Errorf("%+v", back)
	}
}

func TestAWalkFromHomeIsSavedAndLoggedInLikeTheFirstOne(t *testing.T) {
	saved := 0
	m := walking(session.Approve, func(o *session.Options) { o.Done = func(*flow.Walk) { saved++ } })
	send(m, walk.HomeMsg{}, home.WalkMsg{})
	walkOn(t, m, func() bool { return m.last.Outcome().Kind != flow.Interrupted }) // nobody but the built-in user can log in here
	if got := m.result(); strings.Contains(got, "not saved") {
		t.Errorf("the walk is saved, but the result says %q", got)
	}
	if m.close(); saved != 1 {
		t.Errorf("%d walks were saved", saved)
	}
	if send(m, walk.HomeMsg{}, home.SetUpMsg{}); m.draft.Done == nil {
		t.Error("a walk that is set up from home would not be saved")
	}
}

func TestEscInTheFormLeadsBackToTheWalkAndToItsDiagnosis(t *testing.T) {
	m := walking(session.None, nil)
	walked := m.top
	send(m, walk.EditMsg{}, setup.HomeMsg{})
	if m.top != walked {
		t.Errorf("back from the walk's settings leads to %T", m.top.Screen)
	}
	send(m, walk.DiagnoseMsg{Evidence: diagnose.Evidence{ErrorResponse: diagnose.ErrorResponse{Error: "invalid_grant", Status: 400}}})
	shown := m.top
	send(m, diagnosis.EditMsg{}, setup.HomeMsg{})
	if m.top != shown {
		t.Errorf("back from the diagnosis's settings leads to %T", m.top.Screen)
	}
	send(m, diagnosis.EditMsg{}, setup.WalkMsg{})
	if len(m.below) != 0 || m.top.Screen == walked.Screen {
		t.Errorf("a new walk lies over %d screens", len(m.below))
	}
	m.close()
}

// A batch or a sequence of the screen's commands is still the screen's.
func TestTheMessageOfAScreenThatWasLeftReachesNoOther(t *testing.T) {
	m := newRoot(golden.Common(80, 24), Options{})
	old := m.top
	late := func() tea.Msg { return home.SetUpMsg{} }
	var msgs []tea.Msg
	for _, cmd := range []tea.Cmd{late, tea.Batch(late, late), tea.Sequence(late, late), tea.Batch(tea.Sequence(late, late), late)} {
		msgs = append(msgs, unpack(old.own(cmd))...)
	}
	send(m, home.LearnMsg{})
	for _, msg := range msgs {
		if send(m, msg); m.top.Screen == old.Screen {
			t.Fatal("there is no other screen to reach")
		}
		if _, ok := m.top.Screen.(*learn.Model); !ok {
			t.Errorf("%T leads to %T", msg, m.top.Screen)
		}
	}
	send(m, learn.HomeMsg{}) // the same screen, shown again
	for _, msg := range msgs {
		if send(m, msg); m.top.Screen != old.Screen {
			t.Errorf("a message of the first time leads to %T", m.top.Screen)
		}
	}
	if len(msgs) != 8 {
		t.Errorf("%d messages, want 8", len(msgs))
	}
}

// unpack runs the command and returns what it and those in it bring.
func unpack(cmd tea.Cmd) (msgs []tea.Msg) {
	msg := cmd()
	commands, ok := commandsIn(msg)
	if !ok {
		return []tea.Msg{msg}
	}
	for _, c := range commands {
		msgs = append(msgs, unpack(c)...)
	}
	return msgs
}

func TestAScreenThatWasLeftIsClosedOnceAndBeforeTheEnd(t *testing.T) {
	m := newRoot(golden.Common(80, 24), Options{})
	closed := 0
	m.top.Screen = closing{m.top.Screen, &closed}
	leave := send(m, home.LearnMsg{})
	if m.close(); closed != 1 {
		t.Errorf("closed %d times before the program ended", closed)
	}
	for _, msg := range unpack(leave) {
		send(m, msg)
	}
	if closed != 1 || len(m.left) != 0 {
		t.Errorf("closed %d times, %d screens are kept", closed, len(m.left))
	}
}

func TestAScreenThatWasLeftIsClosedWhileTheProgramGoesOn(t *testing.T) {
	m := newRoot(golden.Common(80, 24), Options{})
	closed := 0
	m.top.Screen = closing{m.top.Screen, &closed}
	unpack(send(m, home.LearnMsg{}))
	if closed != 1 {
		t.Errorf("closed %d times", closed)
	}
}

// closing is a screen that counts how often it is closed.
type closing struct {
	ui.Screen
	closed *int
}

func (c closing) Close() { *c.closed++ }

func TestQAsksWhereEscAsks(t *testing.T) {
	waiting := walking(session.None, nil)
	defer waiting.close()
	walkOn(t, waiting, func() bool { return strings.Contains(waiting.View(), "Log in at this URL") })
	checking := newRoot(golden.Common(80, 24), Options{Checklist: &checklist.Input{Started: true}})
	send(checking, golden.Key("y"), golden.Key("c"))
	for name, m := range map[string]*root{"waiting": waiting, "checklist": checking} {
		before := m.View()
		for _, k := range []string{"esc", "q"} {
			if cmd := send(m, golden.Key(k)); cmd != nil || !ui.Asks(m.top.Screen) {
				t.Errorf("%s: %s does not ask", name, k)
			}
			if !strings.Contains(m.View(), "esc leaves  q quits") {
				t.Errorf("%s: the question after %s is\n%s", name, k, m.View())
			}
			if send(m, golden.Key("down")); m.View() != before {
				t.Errorf("%s: another key does more than stay:\n%s", name, m.View())
			}
		}
		send(m, golden.Key("q"))
		if cmd := send(m, golden.Key("q")); !isQuit(cmd) {
			t.Errorf("%s: the second q does not quit", name)
		}
	}
}

func TestHomeStandsAtWhatAFlagOpened(t *testing.T) {
	for want, o := range map[string]Options{"Learn": {Learn: &learn.Input{}}, "Checklist": {Checklist: &checklist.Input{}}, "Walk the flow": {}} {
		m := newRoot(golden.Common(80, 24), o)
		send(m, learn.HomeMsg{})
		if !strings.Contains(m.View(), "▸ "+want) {
			t.Errorf("not at %s:\n%s", want, m.View())
		}
	}
}

func TestAWalkNamedByFlagsIsTheFirstScreen(t *testing.T) {
	m := newRoot(golden.Common(80, 24), Options{Walk: &session.Options{Practice: true, Browser: session.None}})
	defer m.close()
	if m.top.Screen != ui.Screen(m.last) {
		t.Errorf("begins with %T", m.top.Screen)
	}
	send(m, walk.EditMsg{Options: session.Options{Practice: true}})
	if _, ok := m.top.Screen.(*setup.Model); !ok {
		t.Errorf("changing the settings leads to %T", m.top.Screen)
	}
}

// walkOn presses Enter after each message until done, with the commands run as
// the program runs them. What is under way then is left.
func walkOn(t *testing.T, m *root, done func() bool) {
	t.Helper()
	msgs := make(chan tea.Msg)
	ctx, cancel := context.WithCancel(context.Background())
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
	run(m.top.start())
	for {
		run(send(m, <-msgs))
		golden.Fits(t, m.ui, m.View(), "walk")
		if err := m.last.Err(); err != nil {
			t.Fatal(err)
		}
		if done() {
			return
		}
		run(send(m, golden.Key("enter"))) // does nothing while a step runs
	}
}

func walking(b session.Browser, more func(*session.Options)) *root {
	o := session.Options{Practice: true, Browser: b}
	if more != nil {
		more(&o)
	}
	return newRoot(golden.Common(80, 24), Options{Walk: &o})
}

func TestAWalkOnThePracticeServerReachesTheTokensByEnter(t *testing.T) {
	m := walking(session.Approve, nil)
	defer m.close()
	walkOn(t, m, func() bool {
		k := m.last.Outcome().Kind
		if k != flow.Interrupted && k != flow.GotTokens {
			t.Fatalf("ended with %v", m.last.Outcome())
		}
		return k == flow.GotTokens
	})
}

func TestEnterAtTheEndOfAWalkDiscardsNothing(t *testing.T) {
	for _, b := range []session.Browser{session.Approve, session.Deny} {
		m := walking(b, nil)
		walkOn(t, m, func() bool { return m.last.Outcome().Kind != flow.Interrupted })
		walked := m.last
		for range 200 {
			if cmd := send(m, golden.Key("enter")); cmd != nil {
				for _, msg := range unpack(cmd) {
					send(m, msg)
				}
			}
		}
		if m.last != walked || m.top.Screen != ui.Screen(walked) && (len(m.below) != 1 || m.below[0].Screen != ui.Screen(walked)) {
			t.Errorf("%s: the walk is gone, at %T", b, m.top.Screen)
		}
		m.close()
	}
}

func TestTheResultOfAWalkIsLeftOnTheTerminal(t *testing.T) {
	kept := func(o *session.Options) { o.Done = func(*flow.Walk) {} }
	for _, tt := range []struct {
		browser session.Browser
		more    func(*session.Options)
		want    string
	}{
		{session.Approve, nil, " ✓ Tokens received: the flow works.\n   The transcript was not saved: grantwalk walk --save FILE keeps it.\n"},
		{session.Approve, kept, " ✓ Tokens received: the flow works.\n"},
		{session.Deny, kept, " ✗ Access was denied: access_denied\n"},
		{session.Approve, func(o *session.Options) { o.Twist = diagnose.CodeReused }, " ✗ Rejected by the server: invalid_grant (HTTP 400)\n"},
	} {
		m := walking(tt.browser, tt.more)
		if got := m.result(); got != "" {
			t.Errorf("before the end it is %q", got)
		}
		walkOn(t, m, func() bool { return m.last.Outcome().Kind != flow.Interrupted })
		if got := m.result(); !strings.HasPrefix(got, tt.want) {
			t.Errorf("%q, want %q", got, tt.want)
		}
		before := m.result()
		if send(m, golden.Key("ctrl+c")); m.result() != before {
			t.Errorf("after ctrl+c it is %q", m.result())
		}
		m.close()
	}
}
