package plain

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/flow"
	"example.com/grantwalk/tui/session"
)

// accepting walks with a twist at a server that gives tokens for every request.
func accepting(t *testing.T, twist diagnose.ID) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"access_token":"an-access-token-of-this-test","token_type":"Bearer","refresh_token":"a-refresh-token-of-this-test"}`)
	}))
	t.Cleanup(server.Close)
	r := begin(t, Options{Session: session.Options{Browser: session.None, Twist: twist, Config: flow.Config{
		AuthURL: server.URL + "/authorize", TokenURL: server.URL + "/token", ClientID: "me", RedirectURI: elsewhere,
	}}})
	address, err := url.Parse(r.out.find(t, addressLine))
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(r.in, elsewhere+"?code=the-code-of-this-test&state="+address.Query().Get("state")+"\n")
	if outcome, err := r.wait(t); err != nil || outcome.Kind != flow.GotTokens {
		t.Fatalf("outcome %q, error %v:\n%s", outcome.Kind, err, r.out)
	}
	return r.out.String()
}

func TestAnAcceptedTwistIsToldAtItsStepAndAtTheEnd(t *testing.T) {
	for _, c := range []struct {
		twist diagnose.ID
		until string // the line that follows its step
	}{{diagnose.PKCEMismatch, "5 of 6"}, {diagnose.CodeReused, "5 of 6"}, {diagnose.RefreshReused, "What was seen|Round trips"}} {
		text := accepting(t, c.twist)
		parts := regexp.MustCompile(`(?m)^(`+c.until+`)`).Split(text, 2)
		if finding := "Finding: the server accepted the twist " + string(c.twist) + ". "; !strings.Contains(parts[0], finding) {
			t.Errorf("%s is not told at its step:\n%s", c.twist, text)
		}
		if !strings.Contains(text, "\n✗ Finding: the server accepted the twist "+string(c.twist)+"\n") {
			t.Errorf("%s is not told at the end:\n%s", c.twist, text)
		}
	}
}

func TestTheLinesMarkWhatWasChanged(t *testing.T) {
	for twist, want := range map[diagnose.ID]string{diagnose.PKCEMismatch: "code_verifier", diagnose.RedirectURIMismatch: "redirect_uri", diagnose.WrongToken: "refresh_token"} {
		text := accepting(t, twist)
		if lines := regexp.MustCompile(`(?m)^ +(\S+) .*changed on purpose$`).FindAllStringSubmatch(text, -1); len(lines) != 1 || lines[0][1] != want {
			t.Errorf("%s: marked are %q in:\n%s", twist, lines, text)
		}
	}
}

func TestTheURLThatNobodyOpensByHandHidesItsSecrets(t *testing.T) {
	for _, b := range []session.Browser{session.Approve, session.Deny, session.None} {
		r := begin(t, Options{Session: session.Options{Practice: true, Browser: b}})
		url := r.out.find(t, `(?m)^(http\S+/authorize\?.*)$`)
		whole := regexp.MustCompile(`(state|nonce|code_challenge)=[\w-]{43}(&|$)`).MatchString(url)
		if whole != (b == session.None) {
			t.Errorf("%s prints %s", b, url)
		}
		if b != session.None && !strings.Contains(url, "code_challenge_method=S256") {
			t.Errorf("%s prints no parameters: %s", b, url)
		}
	}
}
