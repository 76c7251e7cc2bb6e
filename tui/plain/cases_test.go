package plain

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/lipgloss"

	"example.com/grantwalk/diagnose/read"
	"example.com/grantwalk/tui/report"
	"example.com/grantwalk/tui/ui"
	"example.com/grantwalk/tui/ui/background"
)

func TestTheReportOfASureFailureIsNeverLeftOut(t *testing.T) {
	var log strings.Builder
	for i := range 6 { // more often than the sure ones, and little is known of them
		for n := range 9 {
			fmt.Fprintf(&log, "2026-03-04 20:%02d:%02d ERROR {\"error\":\"invalid_grant\",\"error_description\":\"kaput in department %c\"}\n", i, n, 'a'+i)
		}
	}
	sure := []string{"PKCE verification failed: Code mismatch", "Incorrect redirect_uri", "Code was already redeemed.", "Token is not active"}
	for _, description := range sure {
		fmt.Fprintf(&log, "2026-03-04 21:00:00 ERROR {\"error\":\"invalid_grant\",\"error_description\":%q}\n", description)
	}
	out := explained(t, log.String())
	table, reports, _ := strings.Cut(out, "\n\n1 ×\n")
	for _, description := range sure {
		if !strings.Contains(table, description) || !strings.Contains(reports, "“"+description+"”") {
			t.Errorf("%q is left out:\n%s", description, out)
		}
	}
	if !strings.Contains(out, "Not shown in full: 6 less certain groups.") || strings.Contains(reports, "kaput in department a”\n\n") {
		t.Errorf("what is not shown is not said:\n%s", out)
	}
}

func explained(t *testing.T, text string) string {
	t.Helper()
	result, err := read.Read([]read.Input{{Reader: strings.NewReader(text)}}, read.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	d := Diagnosis{Out: &out, Layout: report.Layout{Glyphs: ui.Unicode, Styles: ui.NewStyles(lipgloss.DefaultRenderer(), background.Unknown), Width: 80}}
	if err := d.Cases(report.Cases(result)); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// The walk prints the reason too.
func TestTheReasonOfASavedWalkIsPrinted(t *testing.T) {
	const walk = `{"format":"grantwalk-transcript","version":1,"result":{"outcome":"refused","step":"exchange","reason":"the response is a web page"},"messages":[
 {"kind":"token","name":"token request","url":"https://as.example/t","at":"2026-03-01T10:00:10Z","params":[{"in":"form","name":"grant_type","value":"authorization_code"},{"in":"form","name":"client_id","value":"app"},{"in":"form","name":"code","value":"abc… (43 characters)","redacted":true,"secret":2,"length":43}]},
 {"kind":"token","name":"token response","status":STATUS,"at":"2026-03-01T10:00:10Z"}]}`
	for status, also := range map[string]string{"400": "possible", "200": "Rejected by the server"} {
		out := explained(t, strings.Replace(walk, "STATUS", status, 1))
		if !strings.Contains(out, "The response is a web page.\n") || !strings.Contains(out, also) || strings.Contains(out, "No rejection was found") {
			t.Errorf("HTTP %s:\n%s", status, out)
		}
	}
}
