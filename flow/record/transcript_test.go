package record

import (
	"strings"
	"testing"
)

func TestASecretThatWasWrittenDownIsHiddenWhereverItIsRepeated(t *testing.T) {
	tr := NewTranscript()
	tr.Event(Message{Params: []Param{newParam("form", "code", "a secret")}}, nil)
	for _, said := range []string{"it was a secret", "it was a%20secret", "it was a+secret"} {
		if s := tr.WithoutSecrets(said, 100); s.Raw() == said {
			t.Errorf("not hidden: %s", s)
		}
	}
}

// The walk does not wait until parameters are read; a secret among them is one
// already.
func TestASecretInAMessageThatNobodyHasReadYetIsHidden(t *testing.T) {
	tr := NewTranscript()
	tr.Event(Message{}, func() []Param { return []Param{newParam("form", "code", "a-code-of-the-server's")} })
	if got := tr.WithoutSecrets("bad a-code-of-the-server's", 100); strings.Contains(got.String(), "of-the-server") {
		t.Errorf("got %q", got)
	}
	if m := tr.Messages(); len(m) != 1 || m[0].N != 1 || m[0].Params[0].Secret != "a-code-of-the-server's" {
		t.Errorf("got %+v", m)
	}
}
