package diagnose_test

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"slices"
	"strings"
	"testing"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/read"
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

// catalogued is how many of the reports, from the first on, were read for their
// wordings when the catalogue was made.
const catalogued = 88

func (r report) accepts(c diagnose.Cause) bool {
	return c.ID == r.Cause || slices.Contains(r.AlsoAccept, c.ID)
}

// variants are the ways in which a report is put to grantwalk explain.
var variants = []struct {
	name        string
	note, flags bool
	first, top3 float64 // floors for the part kept unread
}{
	{"with context", true, true, 0.82, 0.93},
	{"without provider and grant", true, false, 0.73, 0.84},
	{"without context", false, true, 0.76, 0.91},
	{"text alone", false, false, 0.63, 0.80},
}

func TestCorpus(t *testing.T) {
	reports := readReports(t)
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			var unread, untouched, seen tallied
			for i, r := range reports {
				var o read.Options
				if v.flags {
					o.Provider, o.Grant = r.Provider, r.Grant
				}
				if v.note {
					o.Note = r.Context
				}
				result, err := read.Read([]read.Input{{Reader: strings.NewReader(r.Input)}}, o)
				if err != nil {
					t.Fatal(err)
				}
				causes := diagnose.Diagnose(result.Evidence).Causes
				if r.keptUnread() {
					unread.add(r, causes)
					if i >= catalogued {
						untouched.add(r, causes)
					}
					continue
				}
				seen.add(r, causes)
				if place := placeOf(r, causes); place != 0 {
					t.Logf("%s: %s is in place %d, behind %s", r.ID, r.Cause, place+1, causes[0].ID)
				}
			}
			t.Logf("read:   %v", seen)
			t.Logf("unread: %v", unread)
			t.Logf("of those, none of whose wordings was read for the catalogue either: %v", untouched)
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

// tallied counts how often the right cause stood first and among three.
type tallied struct{ all, first, top3 int }

func (n *tallied) add(r report, causes []diagnose.Cause) {
	n.all++
	switch placeOf(r, causes) {
	case 0:
		n.first++
		n.top3++
	case 1, 2:
		n.top3++
	}
}

func (n tallied) share(part int) float64 { return float64(part) / float64(max(n.all, 1)) }

func (n tallied) String() string {
	return fmt.Sprintf("%d of %d first (%.0f %%), %d among three (%.0f %%)", n.first, n.all, 100*n.share(n.first), n.top3, 100*n.share(n.top3))
}
