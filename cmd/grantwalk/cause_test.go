package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// doubled is a cause that nobody has heard of, as somebody would add it.
var doubled = map[string]string{
	"cause.json": `{
 "id": "doubled_form",
 "place": 205,
 "title": "a proxy wrote the form twice",
 "cites": "RFC 6749 §5.2",
 "prior": {"authorization_code": 0.001},
 "facts": [{"fact": "parameters_counted", "by": {"twice": 9}}],
 "fix": ["send the request without the proxy", [{"if": ["token_endpoint"], "text": "send it to {token_endpoint} by hand"}]],
 "decide": "compare the request on both sides of the proxy",
 "questions": [{"id": "one_form", "place": 400, "ask": "Does the body that arrives hold each parameter once?", "how": "print it where it arrives", "yes": 0.95}],
 "answers": {"one_form": 0.02},
 "stated_by": [{"question": "one_form"}]
}`,
	"explain.md": "## What it is\n\n" + strings.Repeat("A form is doubled. ", 10) + "\n\n## How it comes about\n\n" + strings.Repeat("A proxy does it. ", 12) +
		"\n\n## How to check\n\n" + strings.Repeat("Print the body. ", 12) + "\n\n## How to mend\n\n" + strings.Repeat("Leave the proxy. ", 12) + "\n",
	"match.json":     `{"grant": "authorization_code", "token_requests": [{"grant_type": "authorization_code", "endpoint": "https://as.example/token", "client_id": "app", "params": ["grant_type", "code", "code", "client_id"], "code": "x", "response": {"error": "invalid_request", "http_status": 400}}]}`,
	"near-miss.json": `{"grant": "authorization_code", "token_requests": [{"grant_type": "authorization_code", "client_id": "app", "response": {"error": "invalid_grant", "http_status": 400}}]}`,
}

// TestACauseIsOneFolder adds a cause by a folder alone: no file that is there is changed.
// The program that is built with it names the cause, says what to do, and asks for it, and
// the tests of the causes take it along.
func TestACauseIsOneFolder(t *testing.T) {
	if testing.Short() || underRace {
		t.Skip("it builds the program once more")
	}
	home, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	overlay := map[string]map[string]string{"Replace": {}}
	for name, text := range doubled {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		overlay["Replace"][filepath.Join(home, "diagnose/causes/doubled_form", name)] = path
	}
	list, err := json.Marshal(overlay)
	if err != nil {
		t.Fatal(err)
	}
	overlays := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(overlays, list, 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(stdin, name string, args ...string) string {
		t.Helper()
		cmd := exec.Command(name, args...)
		cmd.Dir, cmd.Stdin = home, strings.NewReader(stdin)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s %q: %v\n%s", name, args, err, out)
		}
		return string(out)
	}

	program := filepath.Join(dir, "with-doubled-form")
	run("", "go", "build", "-overlay", overlays, "-o", program, "./cmd/grantwalk")
	const twice = "POST https://as.example/token HTTP/1.1\nHost: as.example\nContent-Type: application/x-www-form-urlencoded\n\ngrant_type=authorization_code&code=x&code=x&client_id=app\n\n" +
		"HTTP/1.1 400 Bad Request\nContent-Type: application/json\n\n{\"error\":\"invalid_request\"}\n"
	got := run(twice, program, "explain", "--plain")
	for _, want := range []string{"A proxy wrote the form twice", "send the request without the proxy", "send it to https://as.example/token by hand", "compare the request on both sides of the proxy"} {
		if !strings.Contains(got, want) {
			t.Errorf("explain does not say %q:\n%s", want, got)
		}
	}
	tested := run("", "go", "test", "-overlay", overlays, "-count=1", "-v", "-run", "TestEveryCause|TestEveryQuestion|TestAdvice|TestThePriors", "./diagnose")
	if strings.Contains(tested, "FAIL") || !strings.Contains(tested, "TestEveryCauseIsFoundInItsCase") {
		t.Error(tested)
	}
}
