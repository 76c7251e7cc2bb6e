package wire

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"example.com/grantwalk/diagnose/safe"
)

// Package encoding/json finds the same members, in the same order.
func FuzzAnObjectHasTheMembersThatJSONSays(f *testing.F) {
	for _, body := range []string{`{"error":"invalid_grant","error_description":"a\"b\\"}`, ` {"a":[1,{"b":"}"}],"a":{"c":null},"é":1.50} `, "\ufeff{}", `{"a":"\ud800"}`, `{"error":{"message":"m","type":"t"}}`, `[{}]`, `{"a":`} {
		f.Add(body, 400)
	}
	f.Fuzz(func(t *testing.T, body string, status int) {
		a := Read(Head{Status: status, ContentType: "application/json"}, []byte(body))
		a.ErrorResponse()
		if !safe.Clean(a.Problem) || (a.Problem != "" || !a.Object) && len(a.Params) > 0 {
			t.Fatalf("%+v", a)
		}
		if !a.Object {
			return
		}
		dec := json.NewDecoder(strings.NewReader(strings.TrimSpace(strings.TrimPrefix(body, "\ufeff"))))
		dec.UseNumber()
		_, _ = dec.Token()
		for i := 0; dec.More() && i < maxParams; i++ {
			name, _ := dec.Token()
			var raw json.RawMessage
			if err := dec.Decode(&raw); err != nil {
				t.Fatal(err)
			}
			if a.Params[i].Name != name.(string) {
				t.Fatalf("member %d is %q, and was read as %q", i, name, a.Params[i].Name)
			}
			var want string
			if raw[0] == '"' && json.Unmarshal(raw, &want) == nil && a.Params[i].Value != want {
				t.Fatalf("%q is %q, and was read as %q", name, want, a.Params[i].Value)
			}
		}
	})
}

func FuzzAFormIsReadAsItWasEncoded(f *testing.F) {
	f.Add("code", "4/0AbC", "state", "")
	f.Add("a=b", "a&b", "%", "+ é\xff")
	f.Fuzz(func(t *testing.T, name1, value1, name2, value2 string) {
		q := url.QueryEscape
		got := Form(q(name1) + "=" + q(value1) + "&" + q(name2) + "=" + q(value2))
		if want := []Param{{name1, value1}, {name2, value2}}; !slices.Equal(got, want) {
			t.Errorf("reads %q, want %q", got, want)
		}
		// What is not encoded rightly stays, and nothing is lost.
		if got := Form(name1); len(name1) > 0 && !strings.ContainsAny(name1, "&=%+") && (len(got) != 1 || got[0].Name != name1) {
			t.Errorf("%q reads %q", name1, got)
		}
	})
}

func FuzzAJWTIsReadAsItWasEncoded(f *testing.F) {
	f.Add(`{"alg":"ES256"}`, `{"sub":"a"}`, "sig", "x.y")
	f.Add("", "", "", "....")
	f.Fuzz(func(t *testing.T, header, claims, signature, other string) {
		encode := base64.RawURLEncoding.EncodeToString
		gotHeader, gotClaims, ok := JWT(encode([]byte(header)) + "." + encode([]byte(claims)) + "." + encode([]byte(signature)))
		if string(gotHeader) != header || string(gotClaims) != claims || !ok {
			t.Errorf("reads %q, %q, %v", gotHeader, gotClaims, ok)
		}
		if gotHeader, gotClaims, ok := JWT(other); !ok && (gotHeader != nil || gotClaims != nil) || ok && strings.Count(other, ".") != 2 {
			t.Errorf("%q reads %q, %q, %v", other, gotHeader, gotClaims, ok)
		}
	})
}

// Whatever an endpoint responds: what is said about it can be printed.
func FuzzAResponseSaysWhatItIs(f *testing.F) {
	f.Add("<title>Bad \x1b[31m</title>", "text/html", "", 502)
	f.Add("a=b&c=d", "application/x-www-form-urlencoded", "gzip", 200)
	f.Add("\xff\xfe", "text/\u202e", "br\n", 200)
	f.Fuzz(func(t *testing.T, body, media, encoding string, status int) {
		a := Read(Head{Status: status, ContentType: media, ContentEncoding: encoding}, []byte(body))
		if !safe.Clean(a.Problem) || len(a.Problem) > 500 || !utf8.ValidString(a.Problem) {
			t.Errorf("the problem is %q", a.Problem)
		}
		if empty := strings.Trim(body, "&") == ""; a.Problem == "" && !a.Object && len(a.Params) == 0 && !empty {
			t.Errorf("%q has no problem and nothing in it", body)
		}
		value, ok := a.Token("access_token")
		if ok && strings.TrimSpace(value) == "" {
			t.Errorf("%q gives the token %q", body, value)
		}
	})
}
