package diagnose_test

import (
	"archive/zip"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/read"
)

// A capture is one row of the index in testdata/corpus/har.zip: a flow against a
// real server with one fault in it, or none.
type capture struct {
	File    string      `json:"file"`
	Fault   string      `json:"fault"`
	Cause   diagnose.ID `json:"cause"` // "none": a good flow
	Visible bool        `json:"visible"`
	Why     string      `json:"why"`

	evidence diagnose.Evidence
}

// leastVisible is the share of the faults that can be seen on the wire which
// must be named first.
const leastVisible = 0.98

func TestCorpusOfCapturesIsDiagnosed(t *testing.T) {
	var seen, hit [2]int // not visible, visible
	for _, row := range readCaptures(t) {
		causes := diagnose.Diagnose(row.evidence).Causes
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

// otherServers are what the same flows look like at servers that the corpus does
// not have: other words, other codes, other addresses, no Date.
var otherServers = map[string]func(*diagnose.Evidence){
	"everything is invalid_grant":   answering(diagnose.ErrorResponse{Error: "invalid_grant", Status: 400}),
	"everything is 403":             answering(diagnose.ErrorResponse{Error: "invalid_grant", Status: 403}),
	"everything is invalid_request": answering(diagnose.ErrorResponse{Error: "invalid_request", Status: 400}),
	"nothing is said":               answering(diagnose.ErrorResponse{Status: 400}),
	"no Date":                       eachRequest(func(r *diagnose.TokenRequest) { r.Response.Date = time.Time{} }),
	"a clock three hours ahead":     eachRequest(func(r *diagnose.TokenRequest) { r.Response.Date = r.Response.Date.Add(3 * time.Hour) }),
	"other addresses": func(e *diagnose.Evidence) {
		for i := range e.Authorizations {
			e.Authorizations[i].Endpoint, e.Authorizations[i].Response.Iss = "https://login.elsewhere.example/oauth/authorize", ""
		}
		eachRequest(func(r *diagnose.TokenRequest) { r.Endpoint = "https://api.elsewhere.example/oauth/token" })(e)
	},
	"no times": func(e *diagnose.Evidence) {
		for i := range e.Authorizations {
			e.Authorizations[i].SentAt, e.Authorizations[i].Response.At = time.Time{}, time.Time{}
		}
		eachRequest(func(r *diagnose.TokenRequest) {
			r.SentAt, r.Response.At, r.Response.Date = time.Time{}, time.Time{}, time.Time{}
		})(e)
	},
}

func eachRequest(change func(*diagnose.TokenRequest)) func(*diagnose.Evidence) {
	return func(e *diagnose.Evidence) {
		for i := range e.TokenRequests {
			change(&e.TokenRequests[i])
		}
	}
}

func answering(with diagnose.ErrorResponse) func(*diagnose.Evidence) {
	return eachRequest(func(r *diagnose.TokenRequest) {
		if r.Response.Refused() {
			r.Response.ErrorResponse, r.Response.Body = with, ""
		}
	})
}

// leastElsewhere is lower than leastVisible: whether a client is unknown or only
// another one, the answer alone can tell.
const leastElsewhere = 0.95

func TestCorpusOfCapturesDoesNotLeanOnTheServer(t *testing.T) {
	captures := readCaptures(t)
	for name, change := range otherServers {
		seen, hit := 0, 0
		for _, row := range captures {
			if !row.Visible {
				continue
			}
			e := row.evidence
			e.Authorizations, e.TokenRequests = slices.Clone(e.Authorizations), slices.Clone(e.TokenRequests)
			change(&e)
			causes := diagnose.Diagnose(e).Causes
			switch {
			case row.Cause == "none" && len(causes) > 0:
				t.Errorf("%s: %s is a good flow, and is said to be %s", name, row.File, causes[0].ID)
			case row.Cause == "none":
			case len(causes) > 0 && causes[0].ID == row.Cause:
				hit++
				fallthrough
			default:
				seen++
			}
		}
		t.Logf("%s: %d of %d", name, hit, seen)
		if float64(hit) < leastElsewhere*float64(seen) {
			t.Errorf("%s: %d of %d visible faults are named first", name, hit, seen)
		}
	}
}

func readCaptures(t *testing.T) []capture {
	t.Helper()
	z, err := zip.OpenReader("testdata/corpus/har.zip")
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	rows := readIndex(t, &z.Reader)
	for i := range rows {
		f, err := z.Open(rows[i].File)
		if err != nil {
			t.Fatal(err)
		}
		if rows[i].evidence, err = read.HAR(f); err != nil {
			t.Fatalf("%s: %v", rows[i].File, err)
		}
	}
	return rows
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
