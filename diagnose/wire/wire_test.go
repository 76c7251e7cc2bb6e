package wire

import (
	"slices"
	"strings"
	"testing"
)

func TestARefusalIsReadInEveryShape(t *testing.T) {
	for name, tc := range map[string]struct {
		status int
		kind   string
		body   string
		want   ErrorResponse
		ok     bool
	}{
		"RFC 6749":              {400, "application/json", `{"error":"invalid_grant","error_description":"d","error_uri":"u"}`, ErrorResponse{"invalid_grant", "d", "u", 400}, true},
		"as a form, at 200":     {200, "application/x-www-form-urlencoded", "error=bad_verification_code&error_description=The+code", ErrorResponse{"bad_verification_code", "The code", "", 200}, true},
		"JSON called text":      {400, "text/plain", "\ufeff {\"error\":\"invalid_grant\"}\n", ErrorResponse{"invalid_grant", "", "", 400}, true},
		"Slack, at 200":         {200, "application/json", `{"ok":false,"error":"invalid_code"}`, ErrorResponse{"invalid_code", "", "", 200}, true},
		"an error object":       {400, "application/json", `{"error":{"message":"m","type":"OAuthException","code":100}}`, ErrorResponse{"OAuthException", "m", "", 400}, true},
		"a message alone":       {400, "application/json", `{"status":400,"message":"Invalid refresh token"}`, ErrorResponse{"", "Invalid refresh token", "", 400}, true},
		"a page":                {502, "text/html", "<title>Bad Gateway</title>", ErrorResponse{Status: 502}, true},
		"tokens":                {200, "application/json", `{"access_token":"a"}`, ErrorResponse{}, false},
		"tokens and no error":   {200, "application/json", `{"error":false,"access_token":"a"}`, ErrorResponse{}, false},
		"tokens and error 0":    {200, "application/json", `{"error":0,"access_token":"a"}`, ErrorResponse{}, false},
		"tokens with a message": {200, "application/json", `{"access_token":"a","message":"m"}`, ErrorResponse{}, false},
	} {
		got, ok := Read(Head{Status: tc.status, ContentType: tc.kind}, []byte(tc.body)).ErrorResponse()
		if got != tc.want || ok != tc.ok {
			t.Errorf("%s: %+v, %v", name, got, ok)
		}
	}
}

func TestWhatIsNoAnswerSaysWhatItIs(t *testing.T) {
	for want, tc := range map[string]struct {
		head Head
		body string
	}{
		"redirect":      {Head{Status: 302}, "x"},
		"no content":    {Head{Status: 200}, " \n"},
		"title “Oops”":  {Head{Status: 500, ContentType: "text/html; charset=utf-8"}, "<html><title>Oops</title>"},
		"ends too":      {Head{Status: 200}, `{"error":`},
		"not an object": {Head{Status: 200}, `[1]`},
		"behind":        {Head{Status: 200}, `{} {}`},
		"encoded as br": {Head{Status: 200, ContentEncoding: "br"}, "\x01\x02"},
		"no text":       {Head{Status: 200}, "\xff\x00\xfe"},
		"text/csv":      {Head{Status: 200, ContentType: "text/csv"}, "a,b c"},
	} {
		if a := Read(tc.head, []byte(tc.body)); !strings.Contains(a.Problem, want) || a.Params != nil {
			t.Errorf("%q: problem %q, params %v", tc.body, a.Problem, a.Params)
		}
	}
}

func TestMembersKeepTheirOrderAndAreText(t *testing.T) {
	a := Read(Head{Status: 200}, []byte(`{"b":"x\"y","a":3600,"c":{"k": [1, "}"]},"d":null,"é":true,"e":"\\","f":"\\\"\\"}`))
	want := []Param{{"b", `x"y`}, {"a", "3600"}, {"c", `{"k":[1,"}"]}`}, {"d", ""}, {"é", "true"}, {"e", `\`}, {"f", `\"\`}}
	if !slices.Equal(a.Params, want) || a.Problem != "" {
		t.Errorf("%v, %q", a.Params, a.Problem)
	}
}

func TestAFormKeepsWhatIsNotEncodedRightly(t *testing.T) {
	want := []Param{{"a", "1 2"}, {"code", "4/x"}, {"b", "100%"}, {"c", ""}, {"d", ""}}
	if got := Form("a=1+2&code=4%2Fx&&b=100%&c=&d"); !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
}

func TestAMemberIsReadAsItCame(t *testing.T) {
	a := Read(Head{Status: 200}, []byte(`{"keys": [1, 2], "n":null, "keys": 3}`))
	for name, want := range map[string]string{"keys": "[1, 2]", "n": "null", "none": ""} {
		if got := string(a.Member(name)); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
	if form := Read(Head{Status: 200}, []byte("a=1")); form.Object || form.Member("a") != nil {
		t.Errorf("a form has members: %+v", form)
	}
}

func TestAJWTIsDecodedWholeOrNotAtAll(t *testing.T) {
	header, claims, ok := JWT("eyJhIjoxfQ.eyJiIjoyfQ==.c2ln")
	if string(header) != `{"a":1}` || string(claims) != `{"b":2}` || !ok {
		t.Errorf("%s, %s, %v", header, claims, ok)
	}
	for _, other := range []string{"", "opaque", "eyJhIjoxfQ.eyJiIjoyfQ", "eyJhIjoxfQ.e?.c2ln", "e?.eyJiIjoyfQ.c2ln", "a.b.c.d.e"} {
		if header, claims, ok := JWT(other); header != nil || claims != nil || ok {
			t.Errorf("%q: %s, %s, %v", other, header, claims, ok)
		}
	}
}
