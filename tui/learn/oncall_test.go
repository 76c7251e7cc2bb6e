package learn

import (
	"errors"
	"slices"
	"testing"
	"time"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/flow"
	"example.com/grantwalk/tui/internal/golden"
	"example.com/grantwalk/tui/learn/lessons"
	"example.com/grantwalk/tui/learn/progress"
	"example.com/grantwalk/tui/ui"
)

// case1 is the on-call hour at its first case: another redirect URI.
func case1(t *testing.T, c *ui.Common, big bool) *Model {
	t.Helper()
	m := at(t, c, "on-call", pageOf(t, "on-call", lessons.OnCall, 0), big)
	s := snapshot()
	sent := golden.Start.Add(20 * time.Second)
	s.Outcome = flow.Outcome{Kind: flow.Refused, Step: flow.StepExchange, Error: &flow.ErrorResponse{Error: "invalid_grant", Description: "the redirect_uri differs", Status: 400}}
	asked := diagnose.Authorization{Endpoint: safe.Endpoint(s.Metadata.AuthorizationEndpoint), ClientID: "demo-app", RedirectURI: safe.RedirectURI(s.Request.RedirectURI), SentAt: golden.Start}
	asked.Response.Code, asked.Response.At = "pc_7QkExampleExampleExampleExampleExampleEx", s.CodeAt
	redeemed := diagnose.TokenRequest{Endpoint: safe.Endpoint(s.Metadata.TokenEndpoint), GrantType: "authorization_code", ClientID: "demo-app", ClientAuth: "basic",
		RedirectURI: "http://localhost:41234/callback", Code: asked.Response.Code, SentAt: sent}
	redeemed.Response.Error, redeemed.Response.Status = "invalid_grant", 400
	s.Evidence = diagnose.Evidence{CodeLifetime: 600, Authorizations: []diagnose.Authorization{asked}, TokenRequests: []diagnose.TokenRequest{redeemed}}
	o := m.lesson.oncall
	choices := []string{"code_reused", "pkce_mismatch", "redirect_uri_mismatch", "client_mismatch", "code_expired"}
	for range caseCount {
		o.at.Cases = append(o.at.Cases, progress.Case{Cause: "redirect_uri_mismatch", Choices: choices})
	}
	o.walks[0].snapshot = &s
	o.running, o.since = true, c.Now.Add(-75*time.Second)
	return m
}

func TestACaseAndItsVerdictHaveTheirPictures(t *testing.T) {
	for _, size := range []struct {
		name string
		w, h int
	}{{"80x24", 80, 24}, {"120x40", 120, 40}, {"60x16-ascii", 60, 16}} {
		for _, page := range []struct {
			name string
			keys []string
		}{
			{"case", nil}, {"case-message", []string{"right", "right"}}, {"case-wrong", []string{"5"}}, {"case-right", []string{"3"}},
			{"score", []string{"3", "enter", "esc"}},
		} {
			c := golden.Common(size.w, size.h)
			if size.h < 20 {
				c.Glyphs = ui.ASCII
			}
			m := case1(t, c, false)
			press(t, m, page.keys...)
			golden.Check(t, c, golden.Framed(c, m), page.name+"-"+size.name)
		}
	}
}

func TestACaseWithoutItsWalkCanBeTriedAgain(t *testing.T) {
	c := golden.Common(80, 24)
	m := case1(t, c, false)
	m.lesson.oncall.walks[0] = brokenWalk{err: errors.New("no port is free")}
	press(t, m, "1")
	if len(m.lesson.oncall.at.Picks) != 0 {
		t.Error("a case that cannot be seen was answered")
	}
}

func TestCasesAreDrawnWithoutRepeatsAndOfferWhatIsNear(t *testing.T) {
	l, _ := lessons.Find("on-call")
	known := l.Pages[pageOf(t, "on-call", lessons.OnCall, 0)].Cases
	for range 50 {
		o := newOnCall(golden.Common(80, 24), known, nil)
		o.draw()
		var drawn []string
		for _, d := range o.at.Cases {
			if slices.Contains(drawn, d.Cause) {
				t.Fatalf("%s was drawn twice", d.Cause)
			}
			drawn = append(drawn, d.Cause)
			if !slices.Contains(d.Choices, d.Cause) || len(d.Choices) != choiceCount {
				t.Fatalf("%s is offered as %v", d.Cause, d.Choices)
			}
			if unique := slices.Compact(slices.Sorted(slices.Values(d.Choices))); len(unique) != choiceCount {
				t.Fatalf("%v offers one twice", d.Choices)
			}
			for _, c := range d.Choices {
				if d.Cause == "code_reused" && apart(c, d.Cause) > 0 {
					t.Errorf("%s is offered for an exchange", c)
				}
			}
		}
		if len(drawn) != caseCount {
			t.Fatalf("%d cases", len(drawn))
		}
	}
}

func TestThinkingCostsNothingAndGuessingBringsNothing(t *testing.T) {
	for _, c := range []struct {
		pick progress.Pick
		want int
	}{
		{progress.Pick{Cause: "a", Picked: "a"}, 20},
		{progress.Pick{Cause: "a", Picked: "a", Seconds: 60}, 17},
		{progress.Pick{Cause: "a", Picked: "a", Seconds: 3600}, 15},
		{progress.Pick{Cause: "a", Picked: "b"}, 0},
	} {
		if got := points(c.pick); got != c.want {
			t.Errorf("%+v is worth %d, want %d", c.pick, got, c.want)
		}
	}
}
