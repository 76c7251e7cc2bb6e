package read

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/grantwalk/diagnose/safe"
)

// marked is a secret that no output may hold.
const marked = "Zq7xW2-p_L9vTn4sRk81uYdE3"

// seeds adds the files of a folder of testdata; none at all fails.
func seeds(f *testing.F, pattern string) {
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) == 0 {
		f.Fatalf("%s: no seeds: %v", pattern, err)
	}
	for _, name := range names {
		body, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(body))
	}
}

// printed is all of a result, as JSON and as Go prints it.
func printed(t *testing.T, res Result) string {
	t.Helper()
	js, err := json.Marshal(res)
	if err != nil {
		t.Fatal(err)
	}
	return string(js) + fmt.Sprintf("%+v", res)
}

func FuzzTextGivesTheSameEvidenceTwiceAndNoSecret(f *testing.F) {
	seeds(f, "testdata/texts/*")
	f.Fuzz(func(t *testing.T, text string) {
		once := func() (Result, error) {
			return Read([]Input{{Reader: strings.NewReader(text + "\nrefresh_token=" + marked + "\nAuthorization: Bearer " + marked + "\n")}}, Options{})
		}
		res, err := once()
		again, _ := once()
		if got := printed(t, res); got != printed(t, again) {
			t.Error("read twice, it differs")
		} else if strings.Contains(got, marked) || err != nil && strings.Contains(err.Error(), marked) {
			t.Errorf("holds the secret: %s", got)
		}
		if len(words(res.Evidence)) > maxWords {
			t.Errorf("%d bytes of words", len(words(res.Evidence)))
		}
	})
}

func FuzzCapturesGiveTheSameEvidenceTwice(f *testing.F) {
	seeds(f, "testdata/captures/*")
	f.Fuzz(func(t *testing.T, text string) {
		e, err := HAR(strings.NewReader(text))
		again, _ := HAR(strings.NewReader(text))
		if printed(t, Result{Evidence: e}) != printed(t, Result{Evidence: again}) {
			t.Error("read twice, it differs")
		}
		if err != nil && !safe.Clean(strings.ReplaceAll(err.Error(), "\n", "")) {
			t.Errorf("the error could act on a terminal: %q", err)
		}
	})
}

// What a server says may repeat what it was sent.
func FuzzNoSecretOfACaptureIsInItsEvidence(f *testing.F) {
	for _, s := range []string{"code % is not valid", "<p>%</p>", `{"error":"invalid_grant","error_description":"%"}`, "error=%&error_description=%", "%", `{"%":1}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, answer string) {
		body, err := json.Marshal(strings.ReplaceAll(answer, "%", marked))
		if err != nil {
			t.Skip()
		}
		page := strings.NewReplacer(`"status":302`, `"status":400`, `"content":{}`, `"content":{"text":`+string(body)+`}`, `[{"name":"location","value":"/login?step=1"}]`, `[]`, "st-1234567", marked).Replace(authorize)
		sent := strings.NewReplacer("the-code-of-it", marked, `"encoding":"base64","text":"eyJlcnJvciI6ImludmFsaWRfZ3JhbnQiLCJlcnJvcl9kZXNjcmlwdGlvbiI6Im5vIn0="`, `"text":`+string(body)).Replace(token)
		e := evidenceOf(t, session(page, sent))
		if len(e.TokenRequests) != 1 || len(e.Authorizations) != 1 {
			t.Fatalf("%+v", e)
		}
		if got := printed(t, Result{Evidence: e}); strings.Contains(got, marked) {
			t.Errorf("holds the secret: %s", got)
		}
	})
}
