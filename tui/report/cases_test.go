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
