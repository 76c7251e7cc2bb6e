package read

import (
	"strings"
	"testing"

	"example.com/grantwalk/diagnose"
)

// saved is a walk whose code was exchanged for another before it was sent.
const saved = `{"format":"grantwalk-transcript","version":1,"result":{"provider":"as.example"},"messages":[
 {"name":"authorization request","url":"https://as.example/a","at":"2026-03-01T10:00:00Z","params":[{"in":"query","name":"client_id","value":"app"},{"in":"query","name":"redirect_uri","value":"http://127.0.0.1/cb"},
  {"in":"query","name":"code_challenge","value":"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"},{"in":"query","name":"code_challenge_method","value":"S256"}]},
 {"name":"callback","at":"2026-03-01T10:00:09Z","params":[{"in":"query","name":"code","value":"abc… (43 characters)","redacted":true,"secret":2}]},
 {"name":"token request","url":"https://as.example/t","at":"2026-03-01T10:00:10Z","params":[{"in":"header","name":"Authorization","value":"Basic … (40 characters)","redacted":true,"secret":3},
  {"in":"form","name":"grant_type","value":"authorization_code"},{"in":"form","name":"code","value":"abc… (42 characters)","redacted":true,"secret":9},
  {"in":"form","name":"redirect_uri","value":"http://127.0.0.1/cb"},{"in":"form","name":"code_verifier","value":"key… (43 characters)","redacted":true,"secret":4}]},
 {"name":"token response","status":400,"at":"2026-03-01T10:00:10Z","params":[{"in":"json","name":"error","value":"invalid_grant"}]}]}`

func TestASavedWalkIsItsOwnEvidence(t *testing.T) {
	got, err := Read([]Input{{Reader: strings.NewReader(saved)}}, Options{})
	if err != nil || got.Kind != KindTranscript || !got.Recognised {
		t.Fatalf("%+v %v", got, err)
	}
	e := got.Evidence
	if len(e.Authorizations) != 1 || len(e.TokenRequests) != 1 || e.TokenRequests[0].ClientAuth != "basic" || e.TokenRequests[0].Response.Error != "invalid_grant" {
		t.Fatalf("%+v", e)
	}
	if e.TokenRequests[0].Code == "" || e.TokenRequests[0].Code == e.Authorizations[0].Response.Code {
		t.Error("two secrets with two numbers are one")
	}
	for _, c := range diagnose.Diagnose(e).Causes {
		if c.ID == diagnose.PKCEMismatch && c.Strength == diagnose.Certain {
			t.Error("a stand-in was hashed")
		}
	}
}

func TestTheErrorOfABrokenWalkRepeatsNothingSecret(t *testing.T) {
	for _, body := range []string{`{"messages":[{"at":"` + marked + `"}]}`, `{"messages":[{"status":"` + marked + `"}]}`, `{"messages":` + marked} {
		_, err := (&collector{}).saved(Input{}, strings.NewReader(body))
		if err == nil || strings.Contains(err.Error(), marked) {
			t.Errorf("%s: %v", body, err)
		}
	}
}

// A program that sorts the members of an object puts the format behind others.
func TestASavedWalkIsKnownWhereverItsFormatIs(t *testing.T) {
	sorted := `{"compared":{},` + strings.TrimPrefix(strings.Replace(saved, `"format":"grantwalk-transcript",`, "", 1), "{")
	sorted = strings.TrimSuffix(sorted, "}") + `,"format":"grantwalk-transcript"}`
	got, err := Read([]Input{{Reader: strings.NewReader(sorted)}}, Options{})
	if err != nil || got.Kind != KindTranscript || len(got.Evidence.TokenRequests) != 1 {
		t.Fatalf("%s, %+v, %v", got.Kind, got.Evidence, err)
	}
}

// The same number in two files is not the same secret.
func TestSecretsOfTwoSavedWalksAreNotTheSame(t *testing.T) {
	later := strings.ReplaceAll(saved, "2026-03-01", "2026-03-02")
	got, err := Read([]Input{{Name: "a", Reader: strings.NewReader(saved)}, {Name: "b", Reader: strings.NewReader(later)}}, Options{})
	if err != nil || len(got.Evidence.TokenRequests) != 2 {
		t.Fatalf("%+v, %v", got.Evidence, err)
	}
	if first, second := got.Evidence.TokenRequests[0].Code, got.Evidence.TokenRequests[1].Code; first == second {
		t.Error("the codes of two walks are one")
	}
	got, err = Read([]Input{{Name: "a", Reader: strings.NewReader(saved)}, {Name: "b", Reader: strings.NewReader(saved)}}, Options{})
	if err != nil || len(got.Evidence.TokenRequests) != 1 || len(got.Warnings) != 1 {
		t.Errorf("%d requests, warnings %q, %v", len(got.Evidence.TokenRequests), got.Warnings, err)
	}
}

func TestOfASavedWalkThatIsCutIsReadWhatIsThere(t *testing.T) {
	cut := saved[:strings.Index(saved, `{"name":"token response"`)+20]
	got, err := Read([]Input{{Reader: strings.NewReader(cut)}}, Options{})
	if err != nil || len(got.Warnings) != 1 || len(got.Evidence.TokenRequests) != 1 {
		t.Fatalf("%d requests, warnings %q, %v", len(got.Evidence.TokenRequests), got.Warnings, err)
	}
}

func TestASavedWalkThatCannotBeReadNamesTheMember(t *testing.T) {
	for text, want := range map[string]string{
		strings.Replace(saved, `"secret":2`, `"secret":"code"`, 1): "the member params.secret has a value of another type, string",
		strings.Replace(saved, `"version":1`, `"version":2`, 1):    "version 2",
	} {
		_, err := Read([]Input{{Reader: strings.NewReader(text)}}, Options{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

func TestASavedWalkKeepsWhatItSaidItself(t *testing.T) {
	text := strings.Replace(saved, `"result":{`, `"result":{"outcome":"no_answer","reason":"nobody was there","id_token":{"verified":false,"why":"it expired"},"twist":{"cause":"code_reused","result":"accepted"},`, 1)
	got, err := Read([]Input{{Reader: strings.NewReader(text)}}, Options{})
	if err != nil || got.Walk == nil || got.Walk.Outcome != "no_answer" || got.Walk.Reason == "" || got.Walk.IDToken.Why != "it expired" || got.Walk.Twist.Cause != "code_reused" {
		t.Fatalf("%+v, %v", got.Walk, err)
	}
}

// People paste a walk into an issue: between sentences, in a fence, in brackets.
func TestASavedWalkIsFoundInTheTextAroundIt(t *testing.T) {
	for name, text := range map[string]string{
		"a fence":        "My walk fails, and I don't know why.\n\n```json\n" + saved + "\n```\nThanks!",
		"brackets":       "[" + saved + "]",
		"a bullet":       "* " + saved,
		"a line":         "the walk: " + strings.ReplaceAll(saved, "\n", "") + " as I said",
		"a quote":        "On Monday Ann wrote:\r\n> " + strings.ReplaceAll(saved, "\n", "\r\n> ") + "\r\n",
		"a quoted fence": ">> see\n>> ```\n>> " + strings.ReplaceAll(saved, "\n", "\n>> ") + "\n>> ```",
		"a HAR":          "See below.\n```\n" + `{"log":{"version":"1.2","entries":[{"request":{"method":"POST","url":"https://as.example/token","postData":{"text":"grant_type=authorization_code&code=c"}},"response":{"status":400,"content":{"text":"{\"error\":\"invalid_grant\"}"}}}]}}` + "\n```",
	} {
		got, err := Read([]Input{{Reader: strings.NewReader(text)}}, Options{})
		if err != nil || len(got.Evidence.TokenRequests) != 1 || got.Evidence.TokenRequests[0].Response.Error != "invalid_grant" {
			t.Errorf("%s: %s, %+v, %v", name, got.Kind, got.Evidence.TokenRequests, err)
		}
	}
}
