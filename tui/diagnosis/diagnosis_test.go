package diagnosis

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/flow"
	"example.com/grantwalk/tui/gloss"
	"example.com/grantwalk/tui/internal/golden"
	"example.com/grantwalk/tui/session"
	"example.com/grantwalk/tui/ui"
)

const verifier = safe.Secret("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")

// refused is a walk whose exchange was refused, right in all that can be compared.
func refused() diagnose.Evidence {
	code := safe.Secret("pc_7QkExampleExampleExampleExampleExampleEx")
	return diagnose.Evidence{
		Authorizations: []diagnose.Authorization{{
			Endpoint: "https://as.example/authorize", ResponseType: "code", ClientID: "demo-app", RedirectURI: "http://127.0.0.1:8765/callback",
			Challenge: diagnose.Challenge("S256", verifier), ChallengeMethod: "S256", SentAt: golden.Start,
			Response: diagnose.AuthorizationResponse{Code: code, URI: "http://127.0.0.1:8765/callback", At: golden.Start.Add(9 * time.Second)},
		}},
		TokenRequests: []diagnose.TokenRequest{{
			Endpoint: "https://as.example/token", GrantType: "authorization_code", ClientID: "demo-app", ClientSecret: "s3cret-s3cret-s3cret-s3cret", ClientAuth: "basic",
			RedirectURI: "http://127.0.0.1:8765/callback", Code: code, Verifier: verifier, SentAt: golden.Start.Add(10 * time.Second),
			Response: diagnose.TokenResponse{ErrorResponse: diagnose.ErrorResponse{Error: "invalid_grant", Status: 400}, At: golden.Start.Add(10 * time.Second)},
		}},
	}
}

func mismatched() diagnose.Evidence {
	e := refused()
	e.TokenRequests[0].RedirectURI = "http://localhost:8765/callback"
	e.TokenRequests[0].Response.Description = "Incorrect redirect_uri"
	return e
}

func walked(e diagnose.Evidence) Input {
	return Input{Evidence: e, Options: &session.Options{Practice: true}, Probe: &Probe{
		Sends: []string{"POST https://as.example/token", "  grant_type = authorization_code", "  code = made up, as long as the real one"},
		Send:  func(context.Context) (diagnose.Evidence, error) { return e, nil },
	}}
}

// ranked is a report in which nothing is settled, made by hand so that the
// pictures do not follow every change of the model.
var ranked = diagnose.Report{
	Provider: "keycloak", Grant: "authorization_code", Step: "exchange",
	ErrorResponse: diagnose.ErrorResponse{Error: "invalid_grant", Description: "Code not valid", Status: 400},
	Causes: []diagnose.Cause{
		{ID: diagnose.CodeReused, Title: "the code had been redeemed before", Strength: diagnose.Likely, Score: 0.62,
			Says: []string{"Keycloak says this of a code that was used before"}, Cites: "RFC 6749 §4.1.2",
			Fix:     []string{"start again for a new code, and send each code once: no retry, not on reload, not from two places", "find the second sender: a page reload, a double click, a retry of the HTTP client"},
			Reasons: []diagnose.Reason{{Name: "prior", Says: "of refused code exchanges most are a code used twice", By: -1.5}, {Name: "wording", Says: "keycloak says “Code not valid”", By: 2.9}}},
		{ID: diagnose.WrongToken, Title: "something else was sent in place of the code or token", Strength: diagnose.Possible, Score: 0.21,
			Fix: []string{"print the first characters of what is sent as the code, and compare them with the callback's"}},
		{ID: diagnose.ServerState, Title: "the server no longer knows what it granted", Strength: diagnose.Possible, Score: 0.12, Fix: []string{"look whether it restarted"}},
		{ID: diagnose.Policy, Title: "a rule of the provider's or an administrator's forbids it", Strength: diagnose.Possible, Score: 0.02},
	},
	RuledOut: []diagnose.RuledOut{
		{ID: diagnose.PKCEMismatch, Title: "PKCE is missing or does not match", Why: "the verifier hashes to the challenge"},
		{ID: diagnose.CodeExpired, Title: "the code was exchanged after its lifetime", Why: "the code was 1 s old, of 1 min"},
	},
	Probe: &diagnose.Probe{Asks: "Did the server know this code? If it has other words for a code that never existed, it knew this one and objects to something else."},
	Docs:  "https://www.keycloak.org/docs", Console: "https://as.example/admin",
}

// settled is one in which both sides of a contradiction were seen.
var settled = diagnose.Report{
	Grant: "authorization_code", Step: "exchange", ErrorResponse: diagnose.ErrorResponse{Error: "invalid_grant", Description: "Incorrect redirect_uri", Status: 400},
	Causes: []diagnose.Cause{{ID: diagnose.RedirectURIMismatch, Title: "the redirect URI is not the one the server expects here", Strength: diagnose.Certain, Score: 1,
		Says: []string{"the redirect URIs differ in the host: 127.0.0.1 and localhost"}, Cites: "RFC 6749 §4.1.3",
		Values: []diagnose.Value{
			{Label: "authorization request", Text: "http://127.0.0.1:8765/callback", Differ: []diagnose.Span{{From: 7, To: 16}}},
			{Label: "token request", Text: "http://localhost:8765/callback", Differ: []diagnose.Span{{From: 7, To: 16}}},
		},
		Fix: []string{"send http://127.0.0.1:8765/callback in the token request too", "start again with a new code: this one may be used up"}}},
	RuledOut: ranked.RuledOut,
}

func showing(c *ui.Common, r diagnose.Report) *Model {
	m := New(c, walked(refused()))
	m.report = r
	return m
}

// expired is what Entra ID says, in its words.
const expired = "AADSTS70008: The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource. " +
	"Trace ID: 00000000-0000-0000-0000-000000000000 Correlation ID: 00000000-0000-0000-0000-000000000000 Timestamp: 2026-03-04 05:06:07Z"

var states = map[string]func(*ui.Common) *Model{
	"certain":  func(c *ui.Common) *Model { return showing(c, settled) },
	"possible": func(c *ui.Common) *Model { return showing(c, ranked) },
	"second-cause": func(c *ui.Common) *Model {
		m := showing(c, ranked)
		golden.Press(m, "down")
		return m
	},
	"ruled-out": func(c *ui.Common) *Model {
		m := showing(c, settled)
		golden.Press(m, "o")
		return m
	},
	"why": func(c *ui.Common) *Model {
		m := showing(c, ranked)
		golden.Press(m, "a")
		return m
	},
	"asking": func(c *ui.Common) *Model {
		m := showing(c, ranked)
		golden.Press(m, "p")
		return m
	},
	"probing": func(c *ui.Common) *Model {
		m := showing(c, ranked)
		golden.Press(m, "p", "y")
		c.Now = c.Now.Add(3 * time.Second)
		return m
	},
	"no-answer": func(c *ui.Common) *Model {
		m := showing(c, ranked)
		m.Update(probedMsg{err: errors.New("as.example did not answer within 30s")})
		return m
	},
	"saved": func(c *ui.Common) *Model {
		m := showing(c, settled)
		m.Update(savedMsg{name: "grantwalk-report.md"})
		return m
	},
	"twist-rejected": func(c *ui.Common) *Model {
		m := showing(c, settled)
		m.in.Twist = twisted(flow.TwistRejected, "The server rejected the broken request, as it should.").Twist
		return m
	},
	"from-elsewhere": func(c *ui.Common) *Model {
		m := New(c, Input{})
		m.report = ranked
		return m
	},
	"much-said": func(c *ui.Common) *Model {
		r := ranked
		r.ErrorResponse.Description = expired
		return showing(c, r)
	},
	"all-well": func(c *ui.Common) *Model {
		m := New(c, Input{})
		m.report = diagnose.Report{Grant: "authorization_code", Granted: true}
		return m
	},
}

func TestEveryStateHasItsPicture(t *testing.T) {
	for name, make := range states {
		for _, size := range [][2]int{{80, 24}, {120, 40}} {
			c := golden.Common(size[0], size[1])
			golden.Check(t, c, golden.Framed(c, make(c)), fmt.Sprintf("%s-%dx%d", name, size[0], size[1]))
		}
	}
}

func TestSmallTerminalsShowTheCause(t *testing.T) {
	for _, name := range []string{"certain", "much-said"} {
		for _, size := range [][2]int{{60, 16}, {40, 12}} {
			c := golden.Common(size[0], size[1])
			golden.Check(t, c, golden.Framed(c, states[name](c)), fmt.Sprintf("%s-%dx%d", name, size[0], size[1]))
		}
	}
}

func TestALongDescriptionHidesNoCauseAndCanBeReadWhole(t *testing.T) {
	for _, tt := range []struct {
		width, height int
		says          string
	}{{40, 12, expired}, {80, 24, strings.Repeat("the word ", 215) + "end"}} {
		r := ranked
		r.ErrorResponse.Description = safe.Foreign(tt.says)
		m := showing(golden.Common(tt.width, tt.height), r)
		if view := m.View(); !strings.Contains(view, "The code had been redeemed before") {
			t.Errorf("%dx%d: the cause is not in sight:\n%s", tt.width, tt.height, view)
		}
		read := strings.Join(strings.Fields(strings.Join(paged(m), " ")), " ")
		if !strings.Contains(read, strings.Join(strings.Fields(r.ErrorResponse.Description.String()), " ")) {
			t.Errorf("%dx%d: not all of it is to be read:\n%s", tt.width, tt.height, read)
		}
	}
}

// paged are the lines that PgDn leads to, each once.
func paged(m *Model) []string {
	var lines []string
	for last := -1; m.top != last; {
		view := strings.Split(m.View(), "\n")
		part := view[len(view)-m.page-1:]
		if strings.Contains(part[m.page], "more lines: pgdn") {
			part = part[:m.page]
		}
		if overlap := last + m.page - m.top; last >= 0 && overlap > 0 {
			part = part[min(overlap, len(part)):]
		}
		lines = append(lines, part...)
		last = m.top
		golden.Press(m, "pgdown")
		m.View()
	}
	return lines
}

func TestPgDnSkipsNoLine(t *testing.T) {
	tall := showing(golden.Common(60, 60), settled)
	m := showing(golden.Common(60, 12), settled)
	read := strings.Join(paged(m), "\n")
	for _, line := range strings.Split(tall.View(), "\n")[3:] {
		if !strings.Contains(read, strings.TrimRight(line, " ")) {
			t.Errorf("%q is skipped:\n%s", line, read)
		}
	}
}

func TestDownReadsOnBelowTheLastCauseAndUpLeadsBack(t *testing.T) {
	m := showing(golden.Common(60, 12), settled)
	first := m.View()
	golden.Press(m, "down", "j")
	if m.View() == first || m.top != 2 {
		t.Errorf("at line %d:\n%s", m.top, m.View())
	}
	if golden.Press(m, "k", "up", "up"); m.View() != first {
		t.Errorf("up does not lead back:\n%s", m.View())
	}
	several := showing(golden.Common(60, 16), ranked)
	several.View()
	golden.Press(several, "j", "j")
	several.View()
	if golden.Press(several, "k"); several.chosen != 1 {
		t.Errorf("k leads to cause %d", several.chosen+1)
	}
}

func TestTheChosenCauseStaysInSightWhenTheWindowShrinks(t *testing.T) {
	c := golden.Common(80, 40)
	m := showing(c, ranked)
	golden.Press(m, "down", "down", "down")
	m.View()
	c.Width, c.Height = 40, 12
	m.Update(tea.WindowSizeMsg{Width: 40, Height: 12})
	if view := m.View(); !strings.Contains(view, "○ A rule") {
		t.Errorf("it is out of sight:\n%s", view)
	}
}

func TestEveryStateFitsEveryTerminal(t *testing.T) {
	for name, make := range states {
		for _, width := range []int{40, 53, 80, 160} {
			for _, height := range []int{12, 17, 24, 60} {
				c := golden.Common(width, height)
				c.Glyphs = ui.ASCII
				golden.Fits(t, c, golden.Framed(c, make(c)), name)
			}
		}
	}
}

func TestNoSecretIsOnTheScreen(t *testing.T) {
	for name, e := range map[string]diagnose.Evidence{"right in all": refused(), "mismatched": mismatched()} {
		m := New(golden.Common(160, 60), walked(e))
		m.why, m.ruledOut = true, true
		for _, secret := range []string{"7QkExampleExample", "s3cret", verifier.Reveal()} {
			if strings.Contains(m.View(), secret) {
				t.Errorf("%s shows %s", name, secret)
			}
		}
	}
}

func TestAProbeIsSentOnlyAfterAYes(t *testing.T) {
	sent := false
	in := walked(refused())
	in.Probe.Send = func(context.Context) (diagnose.Evidence, error) {
		sent = true
		e := refused()
		e.Probes = []diagnose.TokenRequest{{Response: diagnose.TokenResponse{ErrorResponse: diagnose.ErrorResponse{Error: "invalid_client", Status: 401}}}}
		return e, nil
	}
	m := New(golden.Common(80, 24), in)
	if golden.Press(m, "p", "n", "p", "esc"); sent || m.state != reading {
		t.Fatal("a probe was sent without a yes")
	}
	m.Update(golden.Press(m, "p", "y")())
	if !sent || m.report.Causes[0].ID != diagnose.ClientCredentials {
		t.Errorf("sent %v, then first %s", sent, m.report.Causes[0].ID)
	}
}

func TestAProviderThatCountsRefusalsIsNotAskedAndTheScreenSaysWhy(t *testing.T) {
	e := refused()
	e.Provider = "nextcloud"
	e.TokenRequests[0].Response.Error = "invalid_request"
	m := New(golden.Common(80, 40), walked(e))
	if m.report.Probe == nil || m.report.Probe.Not == "" {
		t.Fatalf("the report has the probe %+v", m.report.Probe)
	}
	if slices.ContainsFunc(m.Keys(), func(k key.Binding) bool { return k.Help().Key == "p" }) {
		t.Error("the probe is offered")
	}
	if view := m.View(); !strings.Contains(view, "not asked") || !strings.Contains(view, "brute-force") {
		t.Errorf("the screen does not say why:\n%s", view)
	}
}

func TestAKnownProvidersPagesCanBeOpened(t *testing.T) {
	e := refused()
	e.Provider = "google"
	offered := ""
	for _, k := range New(golden.Common(80, 24), walked(e)).Keys() {
		offered += k.Help().Key + " "
	}
	if !strings.Contains(offered, "d ") || !strings.Contains(offered, "c ") {
		t.Errorf("offered: %s", offered)
	}
}

func TestTheScreenLeavesByTheKeysThatItNames(t *testing.T) {
	for key, want := range map[string]tea.Msg{
		"w": AgainMsg{}, "e": EditMsg{}, "t": ChecklistMsg{}, "esc": BackMsg{},
	} {
		cmd := golden.Press(New(golden.Common(80, 24), walked(refused())), key)
		if cmd == nil {
			t.Errorf("%s does nothing", key)
			continue
		}
		if got := cmd(); fmt.Sprintf("%T", got) != fmt.Sprintf("%T", want) {
			t.Errorf("%s leaves by %T", key, got)
		}
	}
}

func TestWhatWasCertainLeavesNothingToAsk(t *testing.T) {
	for _, k := range New(golden.Common(80, 24), walked(mismatched())).Keys() {
		if h := k.Help().Key; h == "t" || h == "p" {
			t.Errorf("%s is offered", h)
		}
	}
}

func TestTheReportIsOfTheMomentItWasAskedFor(t *testing.T) {
	t.Chdir(t.TempDir())
	m := showing(golden.Common(80, 24), settled)
	cmd := golden.Press(m, "s")
	m.Update(probedMsg{evidence: refused()})
	cmd()
	if text, err := os.ReadFile("grantwalk-report.md"); err != nil || !strings.Contains(string(text), "the server expects here") {
		t.Errorf("%v, the report:\n%s", err, text)
	}
}

func TestWhatTheUserDeniedNoServerRefused(t *testing.T) {
	m := showing(golden.Common(80, 24), diagnose.Report{Provider: "practice", Causes: []diagnose.Cause{{ID: diagnose.UserDenied, Title: "Alice Example refused"}}})
	if subject, _ := m.Head(); subject != "why access was denied" {
		t.Errorf("the head says %q", subject)
	}
}

func twisted(result, means string) Input {
	in := walked(mismatched())
	in.Twist = &flow.TwistResult{Cause: diagnose.RedirectURIMismatch, Result: result, Means: means}
	return in
}

func TestTheTwistIsNamedAboveTheCausesAndInTheReport(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, in := range []Input{
		twisted(flow.TwistRejected, "The server rejected the broken request, as it should."),
		twisted(flow.TwistAccepted, "The server compares nothing."),
		twisted(flow.TwistNotPlayed, "Nothing was broken: the walk ended before that step."),
	} {
		head, all := gloss.TwistHead(in.Twist), gloss.Twist(in.Twist)
		for _, size := range [][2]int{{40, 12}, {60, 16}, {80, 24}, {120, 40}} {
			m := New(golden.Common(size[0], size[1]), in)
			view := m.View()
			if at := strings.Index(view, strings.Fields(head)[0]); at < 0 || at > strings.Index(view, "● ") {
				t.Errorf("%v: %q does not stand above the causes:\n%s", size, head, view)
			}
			for range 30 {
				golden.Press(m, "pgdown")
				view += "\n" + m.View()
			}
			if last := strings.Fields(all); !strings.Contains(view, last[len(last)-1]) {
				t.Errorf("%v: %q is not to be read:\n%s", size, all, view)
			}
		}
		msg := golden.Press(New(golden.Common(80, 24), in), "s")().(savedMsg)
		if text, err := os.ReadFile(msg.name); err != nil || !strings.Contains(strings.ReplaceAll(string(text), "\\", ""), all) {
			t.Errorf("%v, the report does not say %q:\n%s", err, all, text)
		}
	}
	if view := New(golden.Common(80, 24), walked(mismatched())).View(); strings.Contains(strings.ToLower(view), "twist") {
		t.Errorf("a walk in which nothing was broken names a twist:\n%s", view)
	}
}

func TestASavedWalkWithAnAcceptedTwistIsNoRejection(t *testing.T) {
	in := twisted(flow.TwistAccepted, "The server compares nothing.")
	in.Options, in.Probe = nil, nil
	in.Report = &diagnose.Report{Granted: true, Provider: "keycloak"}
	view := golden.Framed(golden.Common(80, 24), New(golden.Common(80, 24), in))
	for _, not := range []string{"rejected", "No problem was found", "● "} {
		if strings.Contains(view, not) {
			t.Errorf("%q is said of a walk that received tokens:\n%s", not, view)
		}
	}
	if !strings.Contains(view, "Finding: the server accepted the twist") {
		t.Errorf("the finding is missing:\n%s", view)
	}
}

func TestEndAndHomeLeadToTheLastAndTheFirstLine(t *testing.T) {
	m := states["possible"](golden.Common(40, 12))
	first := m.View()
	for range 100 {
		golden.Press(m, "pgdown")
		m.View()
	}
	last := m.View()
	if golden.Press(m, "home"); m.View() != first {
		t.Errorf("home:\n%s", m.View())
	}
	if golden.Press(m, "end"); m.View() != last || last == first {
		t.Errorf("end:\n%s", m.View())
	}
}
