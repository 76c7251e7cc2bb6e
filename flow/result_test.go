package flow

import (
	"encoding/json"
	"strings"
	"testing"

	"example.com/grantwalk/diagnose/safe"
)

func TestARevealedTokenReachesTheDocumentUnchangedAndCannotActOnATerminal(t *testing.T) {
	nasty := "tok\x1b[2J\u202e\u009b\u200d\U000e0041\u2028en<>&ü"
	r := Result{Tokens: &Granted{Access: nasty}}
	var out strings.Builder
	if err := r.WriteJSON(&out); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(out.String()) {
		if !safe.Clean(strings.TrimSuffix(line, "\n")) {
			t.Errorf("not fit for a terminal: %q", line)
		}
	}
	var back Result
	if err := json.Unmarshal([]byte(out.String()), &back); err != nil {
		t.Fatal(err)
	}
	if back.Tokens.Access != nasty {
		t.Errorf("token read back as %q, want %q", back.Tokens.Access, nasty)
	}
}

func TestTheAuthorizationAddressIsASCIIWhateverTheEndpointHolds(t *testing.T) {
	const endpoint = "https://as.example/a\u202eb?x=\u200d\x1b \"<>\\^`{|}[]'"
	got := inASCII(joinQuery(endpoint, "client_id=me"))
	if want := "https://as.example/a%E2%80%AEb?x=%E2%80%8D%1B%20%22%3C%3E%5C%5E%60%7B%7C%7D[]'&client_id=me"; got != want {
		t.Errorf("address %s, want %s", got, want)
	}
}
