package safetest

import (
	"encoding/json"
	"strings"
)

// A Place is where in an input a text may be that holds a secret. Put makes the input
// and what the person says about it.
type Place struct {
	Name string
	Put  func(text string) (input, note string)
}

// Places are the places of an input.
var Places = []Place{
	{"pasted beside an error", func(text string) (string, string) { return "error: invalid_grant\n" + text + "\n", "" }},
	{"in error_description", func(text string) (string, string) {
		return `{"error":"invalid_grant","error_description":` + quotedJSON(text) + `}`, ""
	}},
	{"in another member", func(text string) (string, string) {
		return `HTTP/1.1 400 Bad Request` + "\nContent-Type: application/json\n\n" + `{"error":"invalid_grant","hint":` + quotedJSON(text) + `}`, ""
	}},
	{"in the body of a dumped request", func(text string) (string, string) {
		return "POST /token HTTP/1.1\nHost: as.example\nContent-Type: application/x-www-form-urlencoded\n\nBody: grant_type=authorization_code&client_id=my-app&" + text +
			"\n\nHTTP/1.1 400 Bad Request\nContent-Type: application/json\n\n{\"error\":\"invalid_grant\"}\n", ""
	}},
	{"in a header of a dumped response", func(text string) (string, string) {
		return "> POST /token HTTP/1.1\n> Host: as.example\n>\n< HTTP/1.1 400 Bad Request\n< X-Detail: " + text + "\n<\n{\"error\":\"invalid_grant\"}\n", ""
	}},
	{"in a log", func(text string) (string, string) {
		line := strings.ReplaceAll(text, "\n", " ")
		return "2026-01-02T03:04:05Z ERROR oauth: invalid_grant " + line + "\n2026-01-02T03:04:09Z ERROR oauth: invalid_client " + line + "\n", ""
	}},
	{"as a library's error", func(text string) (string, string) { return "oauth2: \"invalid_grant\" \"" + text + "\"", "" }},
	{"in a redirect", func(text string) (string, string) {
		return "https://app.example/cb?error=access_denied&error_description=" + strings.ReplaceAll(text, " ", "+"), ""
	}},
	{"in --note", func(text string) (string, string) { return "invalid_grant", text }},
}

func quotedJSON(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(b)
}
