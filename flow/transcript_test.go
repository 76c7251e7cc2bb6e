package flow

import "testing"

func TestASecretThatWasWrittenDownIsHiddenWhereverItIsRepeated(t *testing.T) {
	tr := newTranscript()
	tr.add(Message{Params: []Param{newParam("form", "code", "a secret")}})
	for _, said := range []string{"it was a secret", "it was a%20secret", "it was a+secret"} {
		if s := tr.foreign(said, 100); s == said {
			t.Errorf("not hidden: %s", s)
		}
	}
}
