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
			if strings.Contains(shown, "zebra") {
				t.Errorf("%s\n%s", text, shown)
			}
		}
	}
}
