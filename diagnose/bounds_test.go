package diagnose

import (
	"fmt"
	"strings"
	"testing"

	"example.com/grantwalk/diagnose/safe"
)

func TestAReportOfAMillionParametersIsShort(t *testing.T) {
	r := TokenRequest{Params: []safe.Foreign{"grant_type"}, GrantType: "authorization_code"}
	for range 1_000_000 {
		r.Params = append(r.Params, "resource")
	}
	r.Response.Error, r.Response.Status = "invalid_grant", 400
	d := Diagnose(Evidence{TokenRequests: []TokenRequest{r}})
	if len(d.Causes) == 0 || d.Causes[0].ID != WrongToken {
		t.Fatalf("the causes are %v", d.Causes)
	}
	if text := d.Causes[0].Values[0].Text; !strings.HasPrefix(text, "grant_type, resource, resource, ") || !strings.HasSuffix(text, "resource and 999981 more") {
		t.Errorf("%.300q", text)
	}
}

func TestNoTextOfAReportIsLongerThanAPersonReads(t *testing.T) {
	long := strings.Repeat("ü", 1<<20)
	d := Report{
		Causes: []Cause{{
			Says: []string{long}, Fix: []string{long}, Reasons: []Reason{{Says: long}},
			Values: []Value{
				{Label: "a", Text: long, Differ: []Span{{From: 2, To: 4}, {From: 2, To: len(long)}, {From: maxShown - 2, To: maxShown}}},
				{Label: "b", Text: "short", Differ: []Span{{From: 0, To: 5}}},
			},
		}},
		RuledOut: []RuledOut{{Why: long}},
	}.bounded()
	c := d.Causes[0]
	for _, text := range []string{c.Says[0], c.Fix[0], c.Reasons[0].Says, c.Values[0].Text, d.RuledOut[0].Why} {
		if len(text) > maxShown+50 || !strings.HasSuffix(text, "… (2097152 bytes in all)") || !safe.Clean(text) {
			t.Errorf("%d bytes, which end in %q", len(text), text[max(0, len(text)-40):])
		}
	}
	if got := fmt.Sprint(c.Values[0].Differ, c.Values[1].Differ); got != "[{2 4}] [{0 5}]" {
		t.Errorf("the marks are %s", got)
	}
}
