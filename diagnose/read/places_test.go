package read_test

import (
	"strings"
	"testing"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/read"
)

// wanted are inputs with the place of the first evidence in them.
var wanted = map[string]struct{ text, at string }{
	"an answer alone":     {`{"error":"invalid_grant","error_description":"Code not valid"}`, "in:1"},
	"a line of a log":     {"ready\nready\nfailed: invalid_grant: Code not valid\nready\n", "in:3"},
	"a person's sentence": {"Hello,\n\nsince today I get invalid_grant.\n\nThe login button is double clicked by our users.\n", "in:5"},
	"a request":           {"I sent\n\nPOST /token HTTP/1.1\nHost: as.example\n\ngrant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&redirect_uri=http://localhost/cb&client_id=app\n\nHTTP/1.1 400 Bad Request\n\n{\"error\":\"invalid_grant\"}\n", "in:3"},
	"a long log":          {strings.Repeat("2026-01-02 03:04:05 INFO ready\n", 4000) + "2026-01-02 03:04:06 ERROR invalid_grant: Code not valid\n" + strings.Repeat("2026-01-02 03:04:07 INFO ready\n", 80_000), "in:4001"},
	"a capture":           {`{"log":{"entries":[{"request":{"method":"GET","url":"https://app.example/"},"response":{"status":200}},{"request":{"method":"POST","url":"https://as.example/token","postData":{"text":"grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA"}},"response":{"status":400,"content":{"text":"{\"error\":\"invalid_grant\",\"error_description\":\"Code not valid\"}"}}}]}}`, "in, message 2"},
}

func TestACauseNamesThePlaceOfItsFirstEvidence(t *testing.T) {
	for name, w := range wanted {
		got, err := read.Read([]read.Input{{Name: "in", Reader: strings.NewReader(w.text)}}, read.Options{})
		if err != nil {
			t.Fatal(err)
		}
		causes := diagnose.Diagnose(got.Evidence).Causes
		if len(causes) == 0 {
			t.Errorf("%s: no cause", name)
			continue
		}
		if at := causes[0].At.String(); at != w.at {
			t.Errorf("%s: %s is found at %q, want %q", name, causes[0].ID, at, w.at)
		}
	}
}

func TestWhatCameThroughAPipeHasNoPlaceInAFile(t *testing.T) {
	got, err := read.Read([]read.Input{{Reader: strings.NewReader(wanted["a line of a log"].text)}}, read.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if at := diagnose.Diagnose(got.Evidence).Causes[0].At.String(); at != "" {
		t.Errorf("it is found at %q", at)
	}
}
