package diagnose_test

import (
	"archive/zip"
	"encoding/json"
	"testing"

	"grantwalk/diagnose"
	"grantwalk/diagnose/read"
)

// A capture is one row of the index in testdata/corpus/har.zip: a flow against a
// real server with one fault in it, or none.
type capture struct {
	File    string      `json:"file"`
	Fault   string      `json:"fault"`
	Cause   diagnose.ID `json:"cause"` // "none": a good flow
	Visible bool        `json:"visible"`
	Why     string      `json:"why"`
}

// leastVisible is the share of the faults that can be seen on the wire which
// must be named first.
const leastVisible = 0.98

func TestCorpusOfCapturesIsDiagnosed(t *testing.T) {
	z, err := zip.OpenReader("testdata/corpus/har.zip")
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	var seen, hit [2]int // not visible, visible
	for _, row := range readIndex(t, &z.Reader) {
		f, err := z.Open(row.File)
		if err != nil {
			t.Fatal(err)
		}
		e, err := read.HAR(f)
		if err != nil {
			t.Errorf("%s: %v", row.File, err)
			continue
		}
		causes := diagnose.Diagnose(e).Causes
		if row.Cause == "none" {
			if len(causes) > 0 {
				t.Errorf("%s is a good flow, and is said to be %s: %q", row.File, causes[0].ID, causes[0].Says)
			}
			continue
		}
		part := 0
		if row.Visible {
			part = 1
		}
		seen[part]++
		switch {
		case len(causes) > 0 && causes[0].ID == row.Cause:
			hit[part]++
		case len(causes) == 0:
			t.Logf("%s (visible: %t) is %s (%s), and nothing is found", row.File, row.Visible, row.Cause, row.Why)
		default:
			t.Logf("%s (visible: %t) is %s (%s), and is said to be %s: %q", row.File, row.Visible, row.Cause, row.Why, causes[0].ID, causes[0].Says)
		}
	}
	t.Logf("visible: %d of %d named first; not visible: %d of %d", hit[1], seen[1], hit[0], seen[0])
	if float64(hit[1]) < leastVisible*float64(seen[1]) {
		t.Errorf("%d of %d visible faults are named first", hit[1], seen[1])
	}
}

func readIndex(t *testing.T, z *zip.Reader) []capture {
	t.Helper()
	f, err := z.Open("index.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var rows []capture
	for d := json.NewDecoder(f); d.More(); {
		var row capture
		if err := d.Decode(&row); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
	if len(rows) < 200 {
		t.Fatalf("%d captures", len(rows))
	}
	return rows
}
