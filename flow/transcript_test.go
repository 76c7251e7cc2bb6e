package flow

import "testing"

func TestAMessageInTheMakingHoldsBackThoseBehindIt(t *testing.T) {
	tr := newTranscript()
	tr.add(Message{Label: "first"})
	write := tr.reserve()
	tr.add(Message{Label: "third"})
	if got := tr.Messages(); len(got) != 1 || got[0].Label != "first" {
		t.Errorf("before: %+v", got)
	}
	write(Message{Label: "second", Params: []Param{newParam("form", "code", "a secret")}})
	got := tr.Messages()
	if len(got) != 3 || got[1].Label != "second" || got[1].N != 2 || got[2].N != 3 {
		t.Errorf("after: %+v", got)
	}
	if s := tr.foreign("it was a secret", 100); s == "it was a secret" {
		t.Errorf("not remembered: %s", s)
	}
}
