package read_test

import (
	"encoding/json"
	"strings"
	"testing"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/read"
)

func TestASecretThatIsAWordIsHiddenWhereItIsRepeatedWithoutItsName(t *testing.T) {
	for _, text := range []string{
		"CLIENT_SECRET=zebra\nerror=invalid_grant error_description=\"client zebra refused\"",
		"PASSWORD=zebra\n\ninvalid_grant: zebra is not accepted",
		"POST /token HTTP/1.1\nHost: idp.example.com\n\ngrant_type=password&username=bob&password=zebra\n\nHTTP/1.1 400 Bad Request\n\n{\"error\":\"invalid_grant\",\"error_description\":\"the login zebra was refused\"}",
		"PASSWORD=zebra\n\ninvalid_grant: Zebra is not accepted",
		"password: Zebra\n\ninvalid_grant: the login ZEBRA was refused, and zebra too",
		"access key: zebra\n\ninvalid_grant: zebra is not accepted",
		"secret: |\n  zebra\nerror: invalid_grant\nerror_description: \"the client zebra was not found\"",
		`{"log":{"entries":[{"request":{"method":"POST","url":"https://as.example/token","postData":{"mimeType":"application/x-www-form-urlencoded","text":"grant_type=password&username=bob&password=zebra"}},"response":{"status":400,"content":{"mimeType":"application/json","text":"{\"error\":\"invalid_grant\",\"error_description\":\"the login zebra was refused\"}"}}}]}}`,
	} {
		got, err := read.Read([]read.Input{{Reader: strings.NewReader(text)}}, read.Options{})
		if err != nil {
			t.Fatal(err)
		}
		evidence, err := json.Marshal(got.Evidence)
		if err != nil {
			t.Fatal(err)
		}
		report, err := json.Marshal(diagnose.Diagnose(got.Evidence))
		if err != nil {
			t.Fatal(err)
		}
		for _, shown := range []string{string(evidence), string(report)} {
			if strings.Contains(strings.ToLower(shown), "zebra") {
				t.Errorf("%s\n%s", text, shown)
			}
		}
	}
}

// A secret may be a word of the server's by chance. The server's sentence says the same.
func TestAValueThatIsAStateTakesNothingOutOfWhatTheServerSays(t *testing.T) {
	diagnosed := func(secret, said string) string {
		got, err := read.Read([]read.Input{{Reader: strings.NewReader(`{"secret":"` + secret + `"}` + "\n" + `{"error":"invalid_grant","error_description":"` + said + `"}`)}}, read.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return string(diagnose.Diagnose(got.Evidence).Causes[0].ID)
	}
	for state, said := range map[string]string{
		"deactivated": "The user account has been deactivated", "terminated": "Your session was terminated", "truncated": "The authorization code is truncated",
		"newline": "The authorization code ends in a newline", "superseded": "The refresh token was superseded", "expired": "The code has expired", "revoked": "The grant was revoked",
	} {
		if with, without := diagnosed(state, said), diagnosed("Zq7xW2kLp9vT", said); with != without {
			t.Errorf("%q is %s, and without the value %s", said, with, without)
		}
	}
}
