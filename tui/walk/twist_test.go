package walk

import (
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/flow"
	"example.com/grantwalk/flow/record"
	"example.com/grantwalk/tui/internal/golden"
)

func typed(m *Model, keys ...tea.KeyMsg) {
	for _, k := range keys {
		m.Update(k)
	}
}

var (
	keyX     = tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("x")}
	keyDown  = tea.KeyMsg{Type: tea.KeyDown}
	keyEnter = tea.KeyMsg{Type: tea.KeyEnter}
	keyEsc   = tea.KeyMsg{Type: tea.KeyEsc}
)

func TestATwistIsChosenByKeysAndTheWalkIsTold(t *testing.T) {
	m := at(golden.Common(80, 24), flow.StepExchange)
	typed(m, keyX, keyDown, keyDown, keyDown, keyDown)
	if view := m.View(); !strings.Contains(view, "http://localhost:41234/callback") || !strings.Contains(view, "http://127.0.0.1:41234/callback") {
		t.Errorf("what is changed does not stand beside what is right:\n%s", view)
	}
	typed(m, keyEnter)
	if got := m.session.Walk.Twist; got == nil || got.Cause != diagnose.RedirectURIMismatch || m.covered() {
		t.Errorf("twist %v, covered %v", got, m.covered())
	}
}

func TestEscLeavesTheTwistAsItWas(t *testing.T) {
	m := at(golden.Common(80, 24), flow.StepExchange)
	typed(m, keyX, keyDown, keyDown, keyEsc)
	if m.session.Walk.Twist != nil || m.twist != nil || m.covered() {
		t.Errorf("none was chosen: twist %v", m.session.Walk.Twist)
	}
	typed(m, keyX, keyDown, keyDown, keyDown, keyDown, keyEnter, keyX, keyEsc, keyX, keyDown, keyEsc)
	if got := m.session.Walk.Twist; got == nil || got.Cause != diagnose.RedirectURIMismatch || m.covered() {
		t.Errorf("one was chosen: twist %v", got)
	}
	golden.Press(m, "x", "up", "up", "up", "up", "up", "enter")
	if m.session.Walk.Twist != nil {
		t.Errorf("the first line leaves the twist %v", m.session.Walk.Twist)
	}
}

func TestWhatWillBeBrokenIsNamedWhileTheCallbackIsWaitedFor(t *testing.T) {
	for _, size := range [][2]int{{40, 12}, {80, 24}, {120, 40}} {
		for _, cause := range []diagnose.ID{diagnose.UserDenied, diagnose.PKCEMismatch} {
			m := waitingAt(golden.Common(size[0], size[1]))
			twist, _ := flow.TwistFor(cause)
			m.twist = &twist
			if view := m.View(); !strings.Contains(view, "breaking: ") {
				t.Errorf("%v, %s:\n%s", size, cause, view)
			}
		}
	}
}

func TestTheDiagnosisIsNotToldWhatWasSpoilt(t *testing.T) {
	m := refusedAt(golden.Common(80, 24))
	twist, _ := flow.TwistFor(diagnose.PKCEMismatch)
	m.twist = &twist
	msg := m.diagnose()().(DiagnoseMsg)
	if msg.Options.Twist != diagnose.PKCEMismatch {
		t.Errorf("the next walk would be broken by %q", msg.Options.Twist)
	}
	for _, c := range diagnose.Diagnose(msg.Evidence).Causes {
		if c.ID == diagnose.PKCEMismatch {
			t.Error("the diagnosis follows the twist and not the evidence")
		}
	}
}

func TestTheChosenLineOfTheListIsInSightInASmallWindow(t *testing.T) {
	for _, size := range [][2]int{{40, 12}, {60, 16}, {80, 24}, {120, 40}} {
		m := at(golden.Common(size[0], size[1]), flow.StepExchange)
		golden.Press(m, "x")
		for _, twist := range m.breakable() {
			golden.Press(m, "down")
			here, name := "▸ ", string(twist.Cause)[:8]
			if view := m.View(); !strings.Contains(view, here+name) {
				t.Fatalf("%v: %s is out of sight:\n%s", size, twist.Cause, view)
			}
		}
	}
}

func TestAllThatATwistChangesCanBeReadInASmallWindow(t *testing.T) {
	m := at(golden.Common(40, 12), flow.StepExchange)
	golden.Press(m, "x", "down", "down", "down", "down")
	seen := ""
	for range 4 {
		lines := strings.Split(m.View(), "\n")
		seen += strings.Join(lines[5:len(lines)-1], "\n") + "\n"
		golden.Press(m, "pgdown")
	}
	for _, want := range []string{"right  http://127.0.0.1:41234/callbac\n          k\n", "sent   http://localhost:41234/callbac\n          k\n"} {
		if !strings.Contains(seen, want) {
			t.Errorf("%q is not to be seen:\n%s", want, seen)
		}
	}
}

func TestAnAcceptedTwistIsToldOnTheStepWhereItHappenedAndFromThenOn(t *testing.T) {
	for _, size := range [][2]int{{40, 12}, {60, 16}, {80, 24}, {120, 40}} {
		m := states["twist-accepted-at-exchange"](golden.Common(size[0], size[1]))
		if view := m.View(); !strings.Contains(view, "twist accepted: redirect_uri_mismatch") {
			t.Errorf("%v: the step does not tell it:\n%s", size, view)
		}
		if size[1] == 24 && !strings.Contains(m.View(), "Finding: the server accepted the twist redirect_uri_mismatch. The server does") {
			t.Errorf("%v: what it means is not to be read:\n%s", size, m.View())
		}
		m.state, m.step = ready, flow.StepRefresh
		if !strings.Contains(m.View(), "twist accepted: redirect_uri_mismatch") {
			t.Errorf("%v: the next step has forgotten it:\n%s", size, m.View())
		}
	}
}

func TestTheStepWithAFindingShowsItAndNotTheTimes(t *testing.T) {
	m := at(golden.Common(80, 24), flow.StepExchange)
	m.state, m.session.Walk.Last = running, flow.Outcome{Step: flow.StepExchange}
	twist, _ := flow.TwistFor(diagnose.CodeReused)
	m.twist, m.session.Walk.Twist, m.session.Walk.Reached = &twist, &twist, flow.StepExchange
	m.session.Walk.Transcript = record.NewTranscript()
	m.stepped(steppedMsg{step: flow.StepExchange})
	if m.timing || m.twisted.Result != flow.TwistAccepted {
		t.Errorf("times %v, %+v", m.timing, m.twisted)
	}
}

func TestATwistThatWasPlayedCannotBeTakenBack(t *testing.T) {
	m := states["twist-accepted-at-exchange"](golden.Common(80, 24))
	if golden.Press(m, "x"); m.covered() {
		t.Error("another twist can be chosen, and the finding would be lost")
	}
	m = states["twist-not-played-at-exchange"](golden.Common(80, 24))
	if golden.Press(m, "x"); !m.covered() {
		t.Error("no other twist can be chosen, though nothing was broken")
	}
}

func TestATwistThatWasNotPlayedSaysWhyOnItsStep(t *testing.T) {
	view := states["twist-not-played-at-exchange"](golden.Common(80, 24)).View()
	for _, want := range []string{"twist not played: code_expired", "Twist not played: code_expired. Nothing was broken: the code was sent before"} {
		if !strings.Contains(view, want) {
			t.Errorf("%q is missing:\n%s", want, view)
		}
	}
}

func TestTheRequestMarksWhatWasChangedInWords(t *testing.T) {
	for _, size := range [][2]int{{40, 12}, {60, 16}, {80, 24}, {120, 40}} {
		m := states["twist-changed"](golden.Common(size[0], size[1]))
		view := m.View()
		word := "changed on purpose"
		if size[0] < 60 {
			word = "  changed"
		}
		if n := strings.Count(view, word); n != 1 {
			t.Errorf("%v: %d values are marked:\n%s", size, n, view)
		}
		if !strings.Contains(view, "right") || !strings.Contains(view, "http://127.0.0.1:4") {
			t.Errorf("%v: what is right is not shown:\n%s", size, view)
		}
		m.focus(-1)
		if view := m.View(); strings.Count(view, word) != 1 {
			t.Errorf("%v: the changed value is not in sight until it is focused:\n%s", size, view)
		}
		m.step = flow.StepRefresh
		m.messages = append(m.messages, script()[14])
		m.show(len(m.messages) - 1)
		if view := m.View(); strings.Contains(view, " changed") {
			t.Errorf("%v: a right value is marked:\n%s", size, view)
		}
	}
}

func TestTheMenuShowsWhatIsChangedHoweverTheTwistWasChosen(t *testing.T) {
	m := at(golden.Common(80, 24), flow.StepExchange)
	twist, _ := flow.TwistFor(diagnose.RedirectURIMismatch)
	m.twist, m.session.Walk.Twist = &twist, &twist // by a flag, or at an earlier step
	golden.Press(m, "x")
	if view := m.View(); !strings.Contains(view, "sent   http://localhost:41234/callback") {
		t.Errorf("what is changed is not shown:\n%s", view)
	}
}

func TestAWalkThatIsLeftStillTellsItsTwist(t *testing.T) {
	for name, want := range map[string]string{
		"twist-accepted-at-exchange":   "Finding: the server accepted the twist redirect_uri_mismatch",
		"twist-not-played-at-exchange": "Twist not played: code_expired. Nothing was broken",
		"twist-rejected":               "Twist rejected: redirect_uri_mismatch. The server rejected",
		"twist-accepted":               "Finding: the server accepted the twist redirect_uri_mismatch",
	} {
		text := strings.Join(states[name](golden.Common(120, 40)).Result(120), "\n")
		if !strings.Contains(text, want) {
			t.Errorf("%s: %q is not left on the terminal:\n%s", name, want, text)
		}
	}
	if lines := at(golden.Common(80, 24), flow.StepTokens).Result(80); lines != nil {
		t.Errorf("a walk without a twist that was left has the result %q", lines)
	}
}

func TestTheDiagnosisScreenIsToldWhatBecameOfTheTwist(t *testing.T) {
	m := states["twist-rejected"](golden.Common(80, 24))
	if msg := m.diagnose()().(DiagnoseMsg); msg.Twist == nil || msg.Twist.Result != flow.TwistRejected {
		t.Errorf("%+v", msg.Twist)
	}
}

// The requests of twists that change no value say at the value what was done with it.
func TestTheRequestSaysWhatATwistDidThatChangesNoValue(t *testing.T) {
	for _, tt := range []struct {
		cause diagnose.ID
		page  int
		want  string
	}{
		{diagnose.CodeReused, 7, ""}, {diagnose.CodeReused, 9, "sent again on purpose"},
		{diagnose.CodeExpired, 7, "held on purpose"},
		{diagnose.RefreshReused, 14, ""}, {diagnose.RefreshReused, 16, "sent again on purpose"},
		{diagnose.UserDenied, 7, ""},
	} {
		m := at(golden.Common(80, 24), flow.StepRefresh+1)
		list := m.messages[:9:9]
		for _, i := range []int{7, 8, 9, 10, 11, 12, 13, 14, 15, 14, 15} {
			list = append(list, m.messages[i])
		}
		if tt.cause != diagnose.CodeReused { // then the code is sent once
			list = append(m.messages[:16:16], m.messages[14:16]...)
		}
		m.messages = list
		for i := range m.messages {
			m.messages[i].N = i + 1
		}
		twist, _ := flow.TwistFor(tt.cause)
		m.twist, m.heldUntil = &twist, start
		msg := m.marked(m.messages[tt.page])
		got := ""
		for _, p := range msg.Params {
			if changed(p) {
				got += p.Note
			}
		}
		if got != tt.want {
			t.Errorf("%s, message %d (%s): %q", tt.cause, msg.N, msg.Name, got)
		}
		if broken := m.brokenIn(m.messages[tt.page]); (broken != "") != (tt.want != "") {
			t.Errorf("%s, message %d as curl: %q", tt.cause, msg.N, broken)
		}
	}
}

func TestARevokedTokenIsMarkedInBothRequests(t *testing.T) {
	m := at(golden.Common(80, 24), flow.StepRefresh+1)
	request, again := m.messages[14], m.messages[14]
	request.Kind, request.Params = exchange.Revocation, []record.Param{secret("form", "token", "pr_Example"), public("form", "token_type_hint", "refresh_token")}
	response := record.Message{N: 16, Step: flow.StepRefresh, From: record.Server, Kind: exchange.Revocation, Status: 200}
	again.N = 17
	m.messages = append(m.messages[:14], request, response, again)
	twist, _ := flow.TwistFor(diagnose.RefreshRevoked)
	m.twist = &twist
	for _, i := range []int{14, 16} {
		if broken := m.brokenIn(m.messages[i]); !strings.HasSuffix(broken, " was revoked.") {
			t.Errorf("message %d: %q", i+1, broken)
		}
	}
	m.messages[15].Status = 503
	if broken := m.brokenIn(again); broken != "" {
		t.Errorf("a revocation that failed: %q", broken)
	}
}

func TestTheListPromisesAMarkOnlyWhereOneComes(t *testing.T) {
	m := at(golden.Common(120, 40), flow.StepAuthorize)
	golden.Press(m, "x")
	for range m.breakable() {
		golden.Press(m, "down")
		promises := strings.Contains(m.View(), "shows the value that will be changed")
		switch m.twist.Cause {
		case diagnose.UserDenied, diagnose.CodeReused, diagnose.CodeExpired, diagnose.RefreshReused, diagnose.RefreshRevoked:
			if promises {
				t.Errorf("%s changes no value:\n%s", m.twist.Cause, m.View())
			}
		default:
			if !promises {
				t.Errorf("%s:\n%s", m.twist.Cause, m.View())
			}
		}
	}
}

func TestAllOfWhatATwistDoesCanBeReadInTheSmallestWindow(t *testing.T) {
	m := at(golden.Common(40, 12), flow.StepExchange)
	golden.Press(m, "x", "down", "down")
	if view := m.View(); !strings.Contains(view, "Hold the code until it is too old.") {
		t.Error(view)
	}
}

func TestACopiedRequestThatIsBrokenSaysSo(t *testing.T) {
	m := states["twist-changed"](golden.Common(80, 24))
	golden.Press(m, "c")
	if view := m.View(); !strings.Contains(strings.Join(strings.Fields(view), " "), "This request is broken on purpose: redirect_uri was changed.") {
		t.Error(view)
	}
	m = states["as-curl"](golden.Common(80, 24))
	if view := m.View(); strings.Contains(view, "broken") {
		t.Error(view)
	}
}
