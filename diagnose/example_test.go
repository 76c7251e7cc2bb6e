package diagnose_test

import (
	"fmt"
	"strings"
	"time"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/read"
)

// What a program saw of its own flow goes into Evidence, and the report names the
// cause, the values that show it, and what to do.
func Example() {
	asked := diagnose.Authorization{Endpoint: "https://as.example/authorize", SentAt: time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)}
	asked.Set("response_type", "code")
	asked.Set("client_id", "web")
	asked.Set("redirect_uri", "http://127.0.0.1:8080/callback")
	asked.Response.Set("code", "SplxlOBeZQQYbYS6WxSbIA")

	sent := diagnose.TokenRequest{Endpoint: "https://as.example/token", SentAt: time.Date(2026, 3, 2, 12, 0, 5, 0, time.UTC)}
	sent.SetAuthorization("Basic d2ViOnNlY3JldA==")
	sent.Set("grant_type", "authorization_code")
	sent.Set("code", "SplxlOBeZQQYbYS6WxSbIA")
	sent.Set("redirect_uri", "http://localhost:8080/callback")
	sent.Response.Set("error", "invalid_grant")
	sent.Response.Status = 400

	report := diagnose.Diagnose(diagnose.Evidence{
		Authorizations: []diagnose.Authorization{asked},
		TokenRequests:  []diagnose.TokenRequest{sent},
	})
	cause := report.Causes[0]
	fmt.Println(cause.ID, cause.Strength)
	for _, line := range cause.Lines() {
		fmt.Println(line)
	}
	fmt.Println("fix:", cause.Fix[0])
	// Output:
	// redirect_uri_mismatch certain
	// the redirect URIs differ in the host: 127.0.0.1 and localhost
	// authorization request  http://127.0.0.1:8080/callback
	// token request  http://localhost:8080/callback
	// fix: send http://127.0.0.1:8080/callback in the token request too
}

// Differ marks the characters in which two values differ.
func ExampleValue() {
	v := diagnose.Value{Label: "token request", Text: "http://localhost:8080/callback", Differ: []diagnose.Span{{From: 7, To: 16}}}
	fmt.Println(v.Text)
	for _, s := range v.Differ {
		fmt.Println(strings.Repeat(" ", s.From) + strings.Repeat("^", s.To-s.From))
	}
	// Output:
	// http://localhost:8080/callback
	//        ^^^^^^^^^
}

// A browser's or proxy's HTTP archive is evidence too.
func ExampleDiagnose_archive() {
	const archive = `{"log": {"version": "1.2", "entries": [
	 {"startedDateTime": "2026-03-02T12:00:00Z", "time": 80,
	  "request": {"method": "POST", "url": "https://as.example/token", "headers": [{"name": "Content-Type", "value": "application/json"}],
	   "postData": {"mimeType": "application/json", "text": "{\"grant_type\": \"authorization_code\", \"code\": \"SplxlOBeZQQYbYS6WxSbIA\", \"client_id\": \"web\"}"}},
	  "response": {"status": 400, "headers": [], "content": {"mimeType": "application/json", "text": "{\"error\": \"invalid_request\"}"}}}]}}`
	evidence, err := read.HAR(strings.NewReader(archive))
	if err != nil {
		fmt.Println(err)
		return
	}
	cause := diagnose.Diagnose(evidence).Causes[0]
	fmt.Println(cause.ID, cause.Strength)
	fmt.Println(cause.Says[0])
	// Output:
	// other certain
	// the body of the token request is application/json; it must be a form
}

// Explain is what a person should know of a cause, in Markdown.
func ExampleExplain() {
	for line := range strings.Lines(diagnose.Explain(diagnose.CodeReused)) {
		if strings.HasPrefix(line, "## ") {
			fmt.Print(line)
		}
	}
	// Output:
	// ## What it is
	// ## How it comes about
	// ## How to check
	// ## How to mend
}
