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
	result, err := read.Read([]read.Input{{Reader: strings.NewReader(log.String())}}, read.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	d := Diagnosis{Out: &out, Layout: report.Layout{Glyphs: ui.Unicode, Styles: ui.NewStyles(lipgloss.DefaultRenderer(), background.Unknown), Width: 80}}
	if err := d.Cases(report.Cases(result)); err != nil {
		t.Fatal(err)
	}
	table, reports, _ := strings.Cut(out.String(), "\n\n1 ×\n")
	for _, description := range sure {
		if !strings.Contains(table, description) || !strings.Contains(reports, "“"+description+"”") {
			t.Errorf("%q is left out:\n%s", description, out.String())
		}
	}
	if !strings.Contains(out.String(), "Not shown in full: 6 less certain groups.") || strings.Contains(reports, "kaput in department a”\n\n") {
		t.Errorf("what is not shown is not said:\n%s", out.String())
	}
}
