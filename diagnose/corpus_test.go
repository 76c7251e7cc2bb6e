package diagnose_test

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"grantwalk/diagnose"
)

// A report is one line of testdata/corpus/reports.jsonl: what somebody pasted,
// what was said around it, and the cause that was confirmed in the end.
type report struct {
	ID         string        `json:"id"`
	Provider   string        `json:"provider"`
	Grant      string        `json:"grant_type"`
	Input      string        `json:"input"`
	Context    string        `json:"context"`
	Cause      diagnose.ID   `json:"cause"`
	AlsoAccept []diagnose.ID `json:"also_accept"`
}

// keptUnread: two fifths of the reports are a check. Nobody reads them while the
// model is written; of them totals alone are printed.
func (r report) keptUnread() bool {
	sum := sha256.Sum256([]byte(r.ID))
	return new(big.Int).Mod(new(big.Int).SetBytes(sum[:]), big.NewInt(5)).Int64() < 2
}

func (r report) accepts(c diagnose.Cause) bool {
	return c.ID == r.Cause || slices.Contains(r.AlsoAccept, c.ID)
}

// variants are the ways in which a report is put to grantwalk explain.
var variants = []struct {
	name        string
	note, flags bool
	first, top3 float64 // floors for the part kept unread
}{
	{"with context", true, true, 0.80, 0.93},
	{"without provider and grant", true, false, 0.70, 0.80},
	{"without context", false, true, 0.74, 0.91},
	{"text alone", false, false, 0.58, 0.76},
}

func TestCorpus(t *testing.T) {
	reports := readReports(t)
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			var unread, read tallied
			for _, r := range reports {
				e := evidenceOf(r.Input)
				if v.flags {
					e.Provider, e.Grant = r.Provider, r.Grant
				}
				if v.note {
					e.Note = r.Context
				}
				causes := diagnose.Diagnose(e).Causes
				if r.keptUnread() {
					unread.add(r, causes)
					continue
				}
				read.add(r, causes)
				if place := placeOf(r, causes); place != 0 {
					t.Logf("%s: %s is in place %d, behind %s", r.ID, r.Cause, place+1, causes[0].ID)
				}
			}
			t.Logf("read:   %v", read)
			t.Logf("unread: %v", unread)
			if unread.share(unread.first) < v.first || unread.share(unread.top3) < v.top3 {
				t.Errorf("of the reports kept unread %v: less than %.2f and %.2f", unread, v.first, v.top3)
			}
		})
	}
}

func placeOf(r report, causes []diagnose.Cause) int {
	return slices.IndexFunc(causes, r.accepts)
}

func readReports(t *testing.T) []report {
	body, err := os.ReadFile("testdata/corpus/reports.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var all []report
	lines := bufio.NewScanner(bytes.NewReader(body))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var r report
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	if len(all) == 0 {
		t.Fatal("no reports")
	}
	return all
}

var (
	errorMember       = regexp.MustCompile(`\berror["']?\s*[:=]\s*["']?([a-z_]+)|\b(invalid_(?:grant|request|client|scope)|access_denied|unauthorized_client)\b`)
	descriptionMember = regexp.MustCompile(`error_?[dD]escription["']?\s*[:=]\s*["']?((?:[^"\\]|\\.)+)`)
)

// evidenceOf stands in for package read.
func evidenceOf(input string) diagnose.Evidence {
	e := diagnose.Evidence{Words: input}
	if m := errorMember.FindStringSubmatch(input); m != nil {
		e.Refusal.Error = m[1] + m[2]
	}
	if m := descriptionMember.FindStringSubmatch(input); m != nil {
		e.Refusal.Description = m[1]
	}
	if strings.TrimSpace(input) == "" {
		e.Words = ""
	}
	return e
}

// tallied counts how often the right cause stood first and among three.
type tallied struct{ all, first, top3 int }

func (n *tallied) add(r report, causes []diagnose.Cause) {
	n.all++
	switch place := placeOf(r, causes); {
	case place == 0:
		n.first++
		n.top3++
	case place == 1 || place == 2:
		n.top3++
	}
}

func (n tallied) share(part int) float64 { return float64(part) / float64(max(n.all, 1)) }

func (n tallied) String() string {
	return fmt.Sprintf("%d of %d first (%.0f %%), %d among three (%.0f %%)", n.first, n.all, 100*n.share(n.first), n.top3, 100*n.share(n.top3))
}
