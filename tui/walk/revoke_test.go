package walk

import (
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/grantwalk/flow"
	"example.com/grantwalk/flow/record"
	"example.com/grantwalk/tui/internal/golden"
)

func TestTokensAreRevokedOnlyAfterASecondV(t *testing.T) {
	m := gotTokens(golden.Common(80, 24))
	if cmd := golden.Press(m, "v"); cmd != nil || !m.Asking() || m.revoking {
		t.Fatal("one v revokes, or does not ask")
	}
	if view := m.View(); !strings.Contains(view, "This asks the server to revoke the refresh token") {
		t.Errorf("it is not said what would be revoked:\n%s", view)
	}
	for _, other := range []string{"esc", "enter", "y", "n", "left", "?"} {
		if cmd := golden.Press(m, other); cmd != nil || m.Asking() || m.revoking {
			t.Errorf("%s does more than keep the tokens", other)
		}
		golden.Press(m, "v")
	}
	if _, cmd := m.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("v"), Paste: true}); cmd != nil {
		t.Error("a pasted v revokes")
	}
	golden.Press(m, "v")
	if cmd := golden.Press(m, "v"); cmd == nil || !m.revoking {
		t.Error("the second v does not revoke")
	}
	if cmd := golden.Press(m, "v"); cmd != nil || m.Asking() {
		t.Error("it is asked again while the request is under way")
	}
}

func TestTheSummaryShowsWhatARevocationLeft(t *testing.T) {
	for name, test := range map[string]struct {
		outcome flow.Outcome
		refresh bool
		want    []string
		not     string
	}{
		"both end":               {flow.Outcome{Kind: flow.GoOn}, true, []string{"refresh token  revoked", "access token   revoked too", "The server accepted the revocation"}, "for the next access token"},
		"the access token alone": {flow.Outcome{Kind: flow.GoOn}, false, []string{"access token   revoked\n", "refresh token  none"}, "revoked too"},
		"the server rejects it":  {flow.Outcome{Kind: flow.Refused, Error: &flow.ErrorResponse{Error: "invalid_client"}}, true, []string{"The server did not revoke the tokens: invalid_client.", "received, for the next access token"}, "revoked too"},
		"there was no response":  {flow.Outcome{Kind: flow.NoAnswer, Why: "connection refused"}, true, []string{"The tokens were not revoked: connection refused.", "received, for the next access token"}, "revoked too"},
	} {
		m := gotTokens(golden.Common(80, 24))
		if !test.refresh {
			m.tokens.Refresh = ""
		}
		messages := m.messages
		golden.Press(m, "v", "v")
		m.session.Walk.Transcript = new(record.Transcript)
		m.Update(revokedMsg{test.outcome})
		m.messages = messages
		m.show(m.lastPage())
		view := m.View()
		for _, want := range test.want {
			if !strings.Contains(view, want) {
				t.Errorf("%s: no %q:\n%s", name, want, view)
			}
		}
		if strings.Contains(view, test.not) {
			t.Errorf("%s: %q:\n%s", name, test.not, view)
		}
	}
}
