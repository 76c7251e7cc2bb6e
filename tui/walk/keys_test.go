package walk

import (
	"fmt"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/grantwalk/flow"
	"example.com/grantwalk/tui/internal/golden"
)

func TestTheWalkStaysWithinEverySize(t *testing.T) {
	for name, make := range states {
		golden.EverySize(func(width, height int) {
			c := golden.Common(width, height)
			golden.Fits(t, c, golden.Framed(c, make(c)), fmt.Sprintf("%s at %dx%d", name, width, height))
		})
	}
}

func TestEveryMessageStaysWithinEverySizeRevealedAndFocused(t *testing.T) {
	for _, size := range [][2]int{{40, 12}, {80, 24}, {110, 14}, {120, 40}} {
		c := golden.Common(size[0], size[1])
		m := gotTokens(c)
		m.reveal = true
		for page := range m.messages {
			m.show(page)
			for param := -1; param < len(m.messages[page].Params); param++ {
				m.focus(param)
				golden.Fits(t, c, golden.Framed(c, m), fmt.Sprintf("message %d, parameter %d, %v", page+1, param, size))
			}
		}
	}
}

// seen is what a key can change that the user sees.
func seen(m *Model) string {
	return fmt.Sprint(m.View(), m.state, m.page, m.param, m.pasting, m.over, m.scroll, m.reveal, m.timing, m.Asking())
}

func TestEveryKeyThatIsNamedDoesSomething(t *testing.T) {
	// At the first or last place a move has nowhere to go; revealing shows no
	// difference where nothing is secret.
	still := map[string]bool{"left": true, "right": true, "h": true, "l": true, "b": true, "backspace": true, "up": true, "k": true, "down": true, "j": true,
		"home": true, "g": true, "end": true, "G": true, "pgup": true}
	for name, make := range states {
		n := len(make(golden.Common(80, 24)).bindings())
		for i := range n {
			m := make(golden.Common(80, 24))
			if m.pasting || m.Asking() { // any key is text, or an answer
				continue
			}
			m.View()
			b := m.bindings()[i]
			if !b.when(m) || b.do == nil || b.key.Help().Key == "" {
				continue
			}
			before, k := seen(m), b.key.Keys()[0]
			if cmd := golden.Press(m, k); cmd == nil && seen(m) == before && !still[k] {
				t.Errorf("%s: %s (%s) does nothing", name, k, b.key.Help().Desc)
			}
		}
	}
}

func TestAKeyThatIsNotNamedDoesNothing(t *testing.T) {
	all := strings.Fields("enter esc backspace left right up down home end pgup pgdown tab a b c d e f g h i j k l m n o p r s t u v w x y z 1 2 3 4 5 6 7 8 9 0 ! / G delete f1")
	for name, make := range states {
		if m := make(golden.Common(80, 24)); m.pasting || m.Asking() { // any key is text, or an answer
			continue
		}
		before := seen(make(golden.Common(80, 24)))
		for _, k := range all {
			m := make(golden.Common(80, 24))
			m.View()
			named := false
			for _, b := range m.bindings() {
				for _, its := range b.key.Keys() {
					named = named || its == k && b.when(m)
				}
			}
			if named {
				continue
			}
			if cmd := golden.Press(m, k); cmd != nil || seen(m) != before {
				t.Errorf("%s: %q does something, though no key line names it", name, k)
			}
		}
	}
}

func TestEscAsksOnceWhereAWalkWouldBeLost(t *testing.T) {
	for _, name := range []string{"waiting", "after-callback", "after-exchange", "re-reading"} {
		m := states[name](golden.Common(80, 24))
		if cmd := golden.Press(m, "esc"); cmd != nil || !m.Asking() {
			t.Errorf("%s: the first esc leaves", name)
			continue
		}
		page := m.page
		if cmd := golden.Press(m, "left"); cmd != nil || m.Asking() || m.page != page {
			t.Errorf("%s: another key does more than stay", name)
		}
		golden.Press(m, "esc")
		cmd := golden.Press(m, "esc")
		if cmd == nil {
			t.Errorf("%s: the second esc does nothing", name)
		} else if _, ok := cmd().(HomeMsg); !ok {
			t.Errorf("%s: it leaves by %T", name, cmd())
		}
	}
	for _, name := range []string{"opening", "failed", "after-setup", "after-authorize", "tokens", "refused", "denied", "no-answer", "state-mismatch"} {
		if cmd := golden.Press(states[name](golden.Common(80, 24)), "esc"); cmd == nil {
			t.Errorf("%s: esc asks, though nothing would be lost", name)
		}
		if states[name](golden.Common(80, 24)).AskToQuit() {
			t.Errorf("%s: q asks, though nothing would be lost", name)
		}
	}
}

func TestBackspaceAndBLeadBackOneMessage(t *testing.T) {
	m := at(common(80, 24), flow.StepExchange)
	for _, k := range []string{"left", "b", "backspace", "h"} {
		before := m.page
		golden.Press(m, k)
		if m.page != before-1 {
			t.Errorf("%s leads from %d to %d", k, before, m.page)
		}
	}
}

func TestTextLongerThanItsRoomCanBeReadToItsEnd(t *testing.T) {
	c := common(60, 16)
	m := refusedAt(c)
	if m.View(); !m.scrolls() {
		t.Fatal("it all fits: this tests nothing")
	}
	for range 10 {
		golden.Press(m, "pgdown")
		m.View()
	}
	if got := m.View(); !strings.Contains(got, "unexpected, 2 ×") {
		t.Errorf("the end is not reached:\n%s", got)
	}
	golden.Press(m, "pgup")
	down := m.View()
	golden.Press(m, "pgdown")
	if m.View() == down {
		t.Error("pgup does not move at once")
	}
}

func TestEveryParameterCanBeSeenInTheSmallestWindow(t *testing.T) {
	m := at(common(40, 12), flow.StepAuthorize)
	if view := m.View(); !strings.Contains(view, "9 parameters") {
		t.Errorf("it is not said that there are any:\n%s", view)
	}
	for _, p := range m.messages[m.page].Params {
		golden.Press(m, "down")
		if view := m.View(); !strings.Contains(view, "▸ "+p.Name[:6]) {
			t.Errorf("%s is not to be seen:\n%s", p.Name, view)
		}
	}
}

func TestAHeldCodeCanBeSentFromTheSmallestWindow(t *testing.T) {
	c := common(40, 12)
	if view := golden.Framed(c, states["holding"](c)); !strings.Contains(view, "s send the code now") {
		t.Errorf("the key is not named:\n%s", view)
	}
}

func TestAllOfTheWaterfallCanBeSeenInTheSmallestWindow(t *testing.T) {
	m := states["after-exchange"](common(40, 12))
	seen := m.View()
	for range 3 {
		golden.Press(m, "pgdown")
		seen += m.View()
	}
	for _, s := range spans(*m.exchange) {
		if !strings.Contains(seen, s.name) {
			t.Errorf("%s is not to be seen:\n%s", s.name, seen)
		}
	}
	if !strings.Contains(seen, "in all") {
		t.Errorf("the end is not reached:\n%s", seen)
	}
}

func TestALongFocusedValueCanBeSeenWhole(t *testing.T) {
	for _, size := range [][2]int{{60, 16}, {80, 24}, {120, 40}} {
		m := at(common(size[0], size[1]), flow.StepCallback)
		value := strings.Repeat("abcdefghij", 120)
		m.messages[2].Params[2].Value = value
		m.show(2)
		m.focus(2)
		got := m.View()
		for range 40 {
			golden.Press(m, "pgdown")
			got += m.View()
		}
		// Each line of it, wherever it was cut.
		if n := strings.Count(got, "abcdefghijabcdefghij"); n < 20 {
			t.Errorf("%v: only %d parts of the value are to be seen", size, n)
		}
	}
}

func TestAnOverlayTakesTheKeysUntilItIsClosed(t *testing.T) {
	m := states["as-curl"](common(80, 24))
	page := m.page
	golden.Press(m, "left", "r", "2")
	if m.page != page || !m.reveal || m.over != curlOverlay {
		t.Error("a key reaches what lies below")
	}
	golden.Press(m, "backspace")
	if m.over != noOverlay {
		t.Error("backspace does not close it")
	}
}

func TestAPasteIsTakenOnlyWhileTheCallbackIsWaitedFor(t *testing.T) {
	paste := tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("http://127.0.0.1/?code=a&state=b"), Paste: true}
	for name, make := range states {
		m := make(common(80, 24))
		if m.Asking() { // any key is an answer
			continue
		}
		before := seen(m)
		_, cmd := m.Update(paste)
		if took := cmd != nil || seen(m) != before; took && !m.waiting() {
			t.Errorf("%s: the paste does something", name)
		}
	}
}

func TestTheTokensStepLeadsToTheIDToken(t *testing.T) {
	m := at(common(80, 24), flow.StepRefresh)
	m.showFirst(flow.StepTokens)
	if msg, _ := m.message(); msg.Name != "ID token" {
		t.Errorf("it leads to %q", msg.Name)
	}
}

func TestAClockThatGoesBackIsNoNegativeAge(t *testing.T) {
	c := common(80, 24)
	m := at(c, flow.StepExchange)
	c.Now = start
	if got := m.View(); !strings.Contains(got, "the code is 0 s old") {
		t.Error(got)
	}
}

func TestThePasteFieldAndWhyAPasteWasNotTakenAreSeenInTheSmallestWindow(t *testing.T) {
	for name, want := range map[string]string{"pasting": "paste", "paste-not-taken": "Not taken", "waiting-for-a-paste": "pgup/pgdn"} {
		for _, size := range [][2]int{{40, 12}, {60, 16}} {
			m := states[name](common(size[0], size[1]))
			if got := m.View(); !strings.Contains(got, want) {
				t.Errorf("%s, %v: %q is not to be seen:\n%s", name, size, want, got)
			}
		}
	}
}

func TestAWrappedValueLosesNothing(t *testing.T) {
	m := at(common(120, 40), flow.StepCallback)
	for n := 1; n < 200; n += 7 {
		p := public("query", "redirect_uri", strings.Repeat("0123456789", 20)[:n])
		got := ""
		for _, l := range m.valueLines(p, 12, 50, false, whole) {
			got += strings.TrimSpace(strings.Replace(l, p.Name, "", 1))
		}
		if got != p.Value {
			t.Errorf("%d characters: %q, want %q", n, got, p.Value)
		}
	}
}
