package report

import (
	"strings"
	"testing"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/read"
)

func casesOf(t *testing.T, text string) []Case {
	t.Helper()
	result, err := read.Read([]read.Input{{Reader: strings.NewReader(text)}}, read.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return Cases(result)
}

func TestTheSurestFailureOfALogComesFirstHoweverSeldomItIs(t *testing.T) {
	often := strings.Repeat("2026-03-04 20:13:05 ERROR {\"error\":\"invalid_grant\",\"error_description\":\"Code not valid\"}\n", 50)
	for _, filler := range []string{"", strings.Repeat("2026-03-04 20:13:05 INFO nothing to see here, move along\n", 2000)} { // read whole, and as a stream
		cases := casesOf(t, often+filler+"2026-03-04 20:14:11 ERROR {\"error\":\"invalid_grant\",\"error_description\":\"PKCE verification failed: Code mismatch\"}\n")
		if len(cases) != 2 || cases[0].Count != 1 || cases[0].Report.Causes[0].ID != diagnose.PKCEMismatch || cases[1].Count != 50 {
			t.Errorf("%d cases, the first %d times, %+v", len(cases), cases[0].Count, cases[0].Report.Causes[0].ID)
		}
	}
}

func TestOneFailureIsOneCaseHoweverOftenItStands(t *testing.T) {
	cases := casesOf(t, strings.Repeat("2026-03-04 20:13:05 ERROR {\"error\":\"invalid_grant\",\"error_description\":\"Code not valid\"}\n", 3))
	if len(cases) != 1 || cases[0].Count != 3 || cases[0].Seen() != "04 Mar 20:13" {
		t.Errorf("%+v", cases)
	}
}

func TestOfAWalkThatGotTokensNothingIsToBeExplained(t *testing.T) {
	walk := `{"format":"grantwalk-transcript","version":1,"result":{"outcome":"%s","step":"tokens"},"messages":[
 {"kind":"authorization","name":"authorization request","url":"https://as.example/a","at":"2026-03-01T10:00:00Z","params":[{"in":"query","name":"client_id","value":"app"},{"in":"query","name":"redirect_uri","value":"http://127.0.0.1/cb"}]},
 {"kind":"callback","name":"callback","at":"2026-03-01T10:00:09Z","params":[{"in":"query","name":"code","value":"abc… (43 characters)","redacted":true,"secret":2}]},
 {"kind":"token","name":"token request","url":"https://as.example/t","at":"2026-03-01T10:00:10Z","params":[{"in":"form","name":"grant_type","value":"authorization_code"},{"in":"form","name":"code","value":"abc… (43 characters)","redacted":true,"secret":2},
  {"in":"form","name":"client_id","value":"app"},{"in":"form","name":"redirect_uri","value":"http://127.0.0.1/other"}]},
 {"kind":"token","name":"token response","status":200,"at":"2026-03-01T10:00:10Z","params":[{"in":"json","name":"access_token","value":"xyz… (43 characters)","redacted":true,"secret":5}]}]}`
	got := casesOf(t, strings.Replace(walk, "%s", "tokens", 1))[0]
	if r := got.Report; len(r.Causes)+len(r.RuledOut)+len(r.Findings) > 0 || !r.Granted || got.Walk.Step != "tokens" {
		t.Errorf("%+v, step %s", r, got.Walk.Step)
	}
	if refused := casesOf(t, strings.Replace(walk, "%s", "refused", 1))[0]; len(refused.Report.Causes) == 0 {
		t.Error("a walk that was refused has no cause")
	}
}
