package progress

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"example.com/grantwalk/diagnose/safe"
)

func FuzzWhatIsReadIsInRangeAndPrintable(f *testing.F) {
	for _, body := range hostile {
		if len(body) < 1<<12 {
			f.Add([]byte(body))
		}
	}
	f.Add([]byte(lesson(`{"page": 3, "reached": 5, "done": true, "answers": {"2": [1, 0]}, "on_call": {"cases": [{"cause": "code_reused", "choices": ["policy", "code_reused"]}], "picks": [{"cause": "code_reused", "picked": "policy", "seconds": 12}]}}`)))
	f.Fuzz(func(t *testing.T, body []byte) {
		d, err := parse(body)
		if err != nil {
			if text := err.Error(); !safe.Clean(text) || len(text) > 300 || !errors.As(err, new(broken)) && !errors.Is(err, errNewer) {
				t.Fatalf("the error is %q", text)
			}
			return
		}
		counts := func(list ...int) {
			for _, n := range list {
				if n < 0 || n > maxPage {
					t.Fatalf("%d is out of range", n)
				}
			}
		}
		words := func(list ...string) {
			for _, s := range list {
				if !safe.Clean(s) || s == "" || len(s) > maxName {
					t.Fatalf("%q cannot be shown", s)
				}
			}
		}
		for name, l := range d.Lessons {
			words(name)
			counts(l.Page, l.Reached)
			for page, given := range l.Answers {
				counts(append(given, page, len(given))...)
			}
			if l.OnCall == nil {
				continue
			}
			counts(len(l.OnCall.Cases), len(l.OnCall.Cases)-len(l.OnCall.Picks))
			for _, c := range l.OnCall.Cases {
				words(append(c.Choices, c.Cause)...)
			}
			for _, p := range l.OnCall.Picks {
				words(p.Cause, p.Picked)
				if p.Seconds < 0 || p.Seconds > maxSeconds {
					t.Fatalf("%d seconds", p.Seconds)
				}
			}
		}
		written, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		again, err := parse(written)
		if diff := cmp.Diff(d, again, cmpopts.EquateEmpty()); err != nil || diff != "" {
			t.Fatalf("it is not read again as it was written: %v\n%s", err, diff)
		}
	})
}
