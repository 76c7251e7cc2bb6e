package gloss

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/grantwalk/flow"
)

func TestAnAcceptedTwistIsTheHeadingUnlessTheServerRejectedSomethingLater(t *testing.T) {
	accepted := &flow.TwistResult{Cause: "code_reused", Result: flow.TwistAccepted, Means: "It can be used twice."}
	for kind, want := range map[flow.Kind]Verdict{
		flow.GotTokens:   {Head: "Finding: the server accepted the twist code_reused", Finding: true, Texts: []string{"It can be used twice."}},
		flow.Interrupted: {Head: "Finding: the server accepted the twist code_reused", Finding: true, Texts: []string{"It can be used twice.", "The walk was ended."}},
	} {
		if diff := cmp.Diff(want, VerdictOf(flow.Outcome{Kind: kind}, accepted)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", kind, diff)
		}
	}
	got := VerdictOf(flow.Outcome{Kind: flow.Refused, Error: &flow.ErrorResponse{Error: "invalid_grant", Status: 400}}, accepted)
	if got.Head != "Rejected by the server: invalid_grant (HTTP 400)" || len(got.Texts) != 1 || got.Texts[0] != "Finding: the server accepted the twist code_reused. It can be used twice." {
		t.Errorf("%+v", got)
	}
}

func TestTheServersWordsComeBeforeTheTwist(t *testing.T) {
	for _, result := range []string{flow.TwistRejected, flow.TwistNotPlayed} {
		twist := &flow.TwistResult{Cause: "code_reused", Result: result, Means: "M."}
		got := VerdictOf(flow.Outcome{Kind: flow.Refused, Why: "w", Error: &flow.ErrorResponse{Error: "invalid_grant", Description: "used before"}}, twist)
		if text := strings.Join(got.Texts, " | "); text != "“used before” | W. | "+Twist(twist) {
			t.Errorf("%s: %s", result, text)
		}
	}
}
