package diagnose_test

import (
	"strings"
	"testing"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/read"
	"example.com/grantwalk/diagnose/safe"
)

// mostHidden is the share of quoted words that may be hidden: with more, a person
// could no longer read what the server said.
const mostHidden = 0.03

// Hardly a word that reports quote of the corpus is hidden: what is harmless is known.
// Only totals are printed, for nobody reads a part of the corpus.
func TestReportsOfTheCorpusStayReadable(t *testing.T) {
	hidden, words := 0, 0
	count := func(text string) {
		h, w := safe.Masked(text)
		hidden, words = hidden+h, words+w
	}
	for _, r := range readReports(t) {
		result, err := read.Read([]read.Input{{Reader: strings.NewReader(r.Input)}}, read.Options{Provider: r.Provider, Grant: r.Grant, Note: r.Context})
		if err != nil {
			t.Fatal(err)
		}
		d := diagnose.Diagnose(result.Evidence)
		count(d.ErrorResponse.Error.Raw())
		count(d.ErrorResponse.Description.Raw())
		var report strings.Builder
		for _, c := range d.Causes {
			for _, reason := range c.Reasons {
				report.WriteString(reason.Says + "\n")
			}
		}
		said, quoted := diagnose.Quotable(d.ErrorResponse.Description.Raw() + "\n" + exchange.Text(result.Evidence.Statements, nil))
		for i := range said {
			if strings.Contains(report.String(), quoted[i]) {
				count(said[i])
			}
		}
	}
	share := float64(hidden) / float64(words)
	t.Logf("of %d quoted words %d are hidden: %.1f %%", words, hidden, 100*share)
	if words < 1000 {
		t.Errorf("only %d words are quoted", words)
	}
	if share >= mostHidden {
		t.Errorf("%.1f %% of the quoted words are hidden, more than %.0f %%", 100*share, 100*mostHidden)
	}
}
