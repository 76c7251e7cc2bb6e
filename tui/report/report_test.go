package report

import (
	"os"
	"strings"
	"testing"

	"github.com/charmbracelet/lipgloss"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/tui/internal/golden"
)

// report has one cause that is certain, one that is left, and one ruled out.
var report = diagnose.Report{
	Provider: "keycloak", Grant: "authorization_code", Step: "exchange",
	ErrorResponse: diagnose.ErrorResponse{Error: "invalid_grant", Description: "Incorrect redirect_uri", Status: 400},
	Causes: []diagnose.Cause{
		{ID: diagnose.RedirectURIMismatch, Title: "the two requests name different redirect URIs", Strength: diagnose.Certain, Score: 0.97,
			Says: []string{"the redirect URIs differ in the host"}, Cites: "RFC 6749 §4.1.3",
			Values: []diagnose.Value{
				{Label: "authorization request", Text: "http://127.0.0.1:8765/callback", Differ: []diagnose.Span{{From: 7, To: 16}}},
				{Label: "token request", Text: "http://localhost:8765/callback", Differ: []diagnose.Span{{From: 7, To: 16}}},
			},
			Fix:     []string{"send http://127.0.0.1:8765/callback in the token request too", "start again with a new code"},
			Reasons: []diagnose.Reason{{Name: "prior", Says: "most refused exchanges are this", By: -1.4}}},
		{ID: diagnose.CodeReused, Title: "the code had been redeemed before", Strength: diagnose.Possible, Score: 0.02, Fix: []string{"send it once"}},
	},
	RuledOut: []diagnose.RuledOut{{ID: diagnose.PKCEMismatch, Why: "the verifier hashes to the challenge"}},
}

func layout(width int) Layout {
	c := golden.Common(width, 24)
	return Layout{Glyphs: c.Glyphs, Styles: c.Styles, Width: width}
}

func TestTheLinesMarkTheCharactersThatDiffer(t *testing.T) {
	lines := layout(80).Lines(report, false)
	text := strings.Join(lines, "\n")
	if !strings.Contains(text, "    token request          http://localhost:8765/callback\n                                  ▔▔▔▔▔▔▔▔▔\n") {
		t.Errorf("the difference is not marked:\n%s", text)
	}
	for _, want := range []string{"redirect_uri_mismatch · certain", "fix    send http://127.0.0.1", "RFC 6749 §4.1.3", "pkce_mismatch", "code_reused · possible, 2 %"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing:\n%s", want, text)
		}
	}
	if strings.Contains(text, "most refused exchanges") {
		t.Error("the account is printed though nobody asked why")
	}
}

func TestEveryLineKeepsToTheWidth(t *testing.T) {
	for _, width := range []int{40, 60, 80, 100} {
		for _, line := range layout(width).Lines(report, true) {
			if lipgloss.Width(line) > width {
				t.Errorf("at %d: %q", width, line)
			}
		}
	}
}

func TestTheMarkdownHoldsTheCauseTheFixAndWhatWasAnswered(t *testing.T) {
	text := Markdown(report, nil, []Answered{{"Was the page reloaded?", "no"}})
	for _, want := range []string{
		"# Why `invalid_grant`", "- provider: `keycloak`", "**The two requests name different redirect URIs** (`redirect_uri_mismatch`, certain)",
		"1. send http://127.0.0.1:8765/callback", "## Not ruled out", "- `pkce_mismatch`: the verifier hashes", "- Was the page reloaded? **no**",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing:\n%s", want, text)
		}
	}
}

func TestAServersWordsCannotBecomeMarkup(t *testing.T) {
	d := report
	d.ErrorResponse.Description = "a `code` with <form>"
	d.Causes = []diagnose.Cause{{ID: diagnose.Other, Title: "x", Says: []string{"<img src=x> [link](http://evil.example) `code`"}}}
	text := Markdown(d, nil, nil)
	if strings.Contains(text, "<img") || strings.Contains(text, " [link]") || !strings.Contains(text, "`` a `code` with <form> ``") {
		t.Errorf("markup came through:\n%s", text)
	}
}

func TestAReportNeverReplacesAnother(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, want := range []string{"grantwalk-report.md", "grantwalk-report-2.md"} {
		name, err := Save(want)
		body, _ := os.ReadFile(name)
		if err != nil || name != want || string(body) != want {
			t.Errorf("%q %v holds %q", name, err, body)
		}
	}
}

func TestAGroupOfALogKeepsToTheWidthAndSaysWhatHowManyAndWhen(t *testing.T) {
	for _, width := range []int{40, 60, 80, 120} {
		lines := layout(width).Group("2500 ×  ", report, "01 Nov 12:36 to 28 Nov 23:35")
		for _, line := range lines {
			if lipgloss.Width(line) > width {
				t.Errorf("at %d: %q", width, line)
			}
		}
		text := strings.Join(lines, "\n")
		for _, want := range []string{"2500 ×  The two ", "certain", "invalid_grant “In", "01 Nov 12:36 to 28 Nov 23:35"} {
			if !strings.Contains(text, want) {
				t.Errorf("at %d there is no %q:\n%s", width, want, text)
			}
		}
	}
}

func TestACaptureWithoutAnAnswerIsNotSaidToBeWell(t *testing.T) {
	text := strings.Join(layout(80).Lines(diagnose.Report{Grant: "authorization_code"}, false), "\n")
	if !strings.HasPrefix(text, "no rejection") || strings.Contains(text, "No problem was found") {
		t.Errorf("%s", text)
	}
	if text := strings.Join(layout(80).Lines(diagnose.Report{Granted: true}, false), "\n"); !strings.Contains(text, "No problem was found") {
		t.Errorf("%s", text)
	}
}

func TestManyCausesThatNothingTellsApartAreALine(t *testing.T) {
	d := report
	for _, id := range diagnose.IDs() {
		d.Causes = append(d.Causes, diagnose.Cause{ID: id, Title: "x", Strength: diagnose.Possible, Score: 0.04, Fix: []string{"y"}})
	}
	short, long := layout(80).Lines(d, false), layout(80).Lines(d, true)
	if text := strings.Join(short, "\n"); !strings.Contains(text, "less likely  ") || !strings.Contains(text, "server_state 4 %") || strings.Count(text, "fix  ") != mostSpelled {
		t.Errorf("%s", text)
	}
	if text := strings.Join(long, "\n"); strings.Contains(text, "less likely") {
		t.Error("why leaves causes out")
	}
}

func TestNoCauseThatIsNotCertainHasAllOfThePercent(t *testing.T) {
	d := report
	d.Causes = []diagnose.Cause{
		{ID: diagnose.ClientCredentials, Title: "x", Strength: diagnose.Likely, Score: 0.998},
		{ID: diagnose.CodeReused, Title: "y", Strength: diagnose.Possible, Score: 0.002},
	}
	text := strings.Join(layout(80).Lines(d, false), "\n") + Markdown(d, nil, nil)
	if strings.Contains(text, "100 %") || strings.Contains(text, " 0 %") {
		t.Errorf("an estimate is told as a certainty:\n%s", text)
	}
	for _, want := range []string{"client_credentials · likely, over 99 %", "(`client_credentials`, likely, over 99 %)", "possible, under 1 %"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing:\n%s", want, text)
		}
	}
	for score, want := range map[float64]string{0.99: "99 %", 0.991: "over 99 %", 0.62: "62 %", 0.01: "1 %", 0.009: "under 1 %"} {
		if got := Percent(score); got != want {
			t.Errorf("%v is %q, want %q", score, got, want)
		}
	}
}

func TestTheErrorCodeAndTheHTTPStatusAreNeverCut(t *testing.T) {
	for width := 30; width < 100; width++ {
		if head := layout(width).Head(report); !strings.Contains(head, "invalid_grant ") || !strings.HasSuffix(head, "HTTP 400") {
			t.Errorf("%d columns: %q", width, head)
		}
	}
}
