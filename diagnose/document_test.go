package diagnose

import (
	"encoding/json"
	"strings"
	"testing"

	"example.com/grantwalk/diagnose/safe"
)

func TestADocumentIsFitForATerminalAndSaysTheSame(t *testing.T) {
	const text = "a\x1b[31m\u202e\U000e0041\u009b"
	var b strings.Builder
	if err := WriteJSON(&b, map[string]string{"said": text}); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(b.String()) {
		if !safe.Clean(strings.TrimSuffix(line, "\n")) {
			t.Errorf("%q acts on a terminal", line)
		}
	}
	var back map[string]string
	if err := json.Unmarshal([]byte(b.String()), &back); err != nil || back["said"] != text {
		t.Errorf("%q, %v", back["said"], err)
	}
}
