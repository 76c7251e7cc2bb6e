package read

import (
	"strings"
	"testing"

	"example.com/grantwalk/diagnose"
)

const aCapture = `{"log":{"entries":[{"request":{"method":"POST","url":"https://as.example/token","postData":{"text":"grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA"}},"response":{"status":400,"content":{"text":"{\"error\":\"invalid_grant\",\"error_description\":\"Code not valid\"}"}}}]}}`

func TestWhatABrokenDocumentFollowsIsUsed(t *testing.T) {
	res := read(t, aCapture+"\n"+`{"log":{"entries":[{"request":`)
	if len(res.Evidence.TokenRequests) != 1 || len(res.Warnings) != 1 || !strings.Contains(res.Warnings[0], "what comes before that is used") {
		t.Errorf("%d token requests, %q", len(res.Evidence.TokenRequests), res.Warnings)
	}
}

// An error in words behind a request that got tokens is not that request's.
func TestAnErrorInWordsIsNotOfARequestThatGotTokens(t *testing.T) {
	res := read(t, "curl https://as.example/token -d 'grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA'\n{\"access_token\":\"2YotnFZFEjr1zCsicMWpAA\",\"token_type\":\"Bearer\"}\n\nan hour later the log says: invalid_grant: Token is not active\n")
	if n := len(res.Evidence.TokenRequests); n != 1 {
		t.Fatalf("%d token requests", n)
	}
	if r := res.Evidence.TokenRequests[0].Response; !r.Granted() || r.Error != "" {
		t.Errorf("%+v", r)
	}
}

// A log line without a time goes on over lines that hold times.
func TestAnErrorWithoutATimeIsReadPastTheTimesInIt(t *testing.T) {
	const entry = "OAuth failed with invalid_grant\n  received at 2026-01-02 03:04:05\n  error_description: Code not valid\n"
	res := read(t, strings.Repeat("nothing to see\n", 10_000)+entry+strings.Repeat("nothing to see\n", 10_000))
	if len(res.Groups) != 1 || res.Groups[0].Evidence.ErrorResponse.Description != "Code not valid" {
		t.Errorf("%+v", res.Groups)
	}
}

func TestThePlaceOfARequestIsFoundThoughItsQueryIsWrittenOtherwise(t *testing.T) {
	text := "It fails:\n\nhttp --form POST https://as.example/token tenant==x grant_type=authorization_code code=SplxlOBeZQQYbYS6WxSbIA\n{\"error\":\"invalid_grant\"}\n"
	res, err := Read([]Input{{Name: "in", Reader: strings.NewReader(text)}}, Options{})
	if err != nil || len(res.Evidence.TokenRequests) != 1 {
		t.Fatalf("%+v, %v", res, err)
	}
	if at := res.Evidence.TokenRequests[0].From.String(); at != "in:3" {
		t.Errorf("it is at %q", at)
	}
}

func TestTheSecretsOfANoteAreInNoGroupOfALog(t *testing.T) {
	line := "2026-01-02 03:04:05 ERROR invalid_grant: Code not valid\n2026-01-02 03:04:06 ERROR invalid_client: bad secret\n"
	res, err := Read([]Input{{Reader: strings.NewReader(strings.Repeat(line, 2000))}}, Options{Note: "since password=hunter2hunter2"})
	if err != nil || len(res.Groups) != 2 {
		t.Fatalf("%d groups, %v", len(res.Groups), err)
	}
	for _, g := range res.Groups {
		said := false
		for _, s := range g.Evidence.Statements {
			said = said || s.Source == diagnose.Person
			if strings.Contains(s.Text.Raw(), "hunter2") {
				t.Errorf("%q", s.Text.Raw())
			}
		}
		if !said {
			t.Error("the note is missing")
		}
	}
}

func TestErrorsOfALogWithoutTimesAreToldApart(t *testing.T) {
	res := read(t, strings.Repeat("nothing to see\n", 10_000)+strings.Repeat("failed: invalid_grant: Code not valid\nfailed: invalid_client: Invalid client secret\n", 6)+strings.Repeat("nothing to see\n", 10_000))
	var got []string
	for _, g := range res.Groups {
		got = append(got, string(g.Evidence.ErrorResponse.Error))
		if g.Count != 6 {
			t.Errorf("%s comes %d times, want 6", g.Evidence.ErrorResponse.Error, g.Count)
		}
	}
	if len(got) != 2 || got[0] == got[1] {
		t.Errorf("the groups are %q", got)
	}
}
