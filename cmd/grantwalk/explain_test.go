package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/rogpeppe/go-internal/testscript"

	"example.com/grantwalk/flow"
)

// explained wants a file to lead to a cause first, and to a provider, or to none:
// explained FILE CAUSE PROVIDER|-. What is printed must hold nothing in which
// SECRET stands, and no control character.
func explained(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: explained FILE CAUSE PROVIDER|-")
	}
	file, cause, provider := args[0], args[1], strings.TrimPrefix(args[2], "-")
	for _, flag := range []string{"--why", "--json"} {
		ts.Check(ts.Exec("grantwalk", "explain", flag, file))
		out := ts.ReadFile("stdout")
		if strings.Contains(out, "SECRET") || strings.ContainsFunc(out, func(r rune) bool { return unicode.IsControl(r) && r != '\n' }) {
			ts.Fatalf("%s %s prints a secret or a control character:\n%s", flag, file, out)
		}
	}
	var doc flow.Result
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &doc))
	if len(doc.Causes) == 0 || string(doc.Causes[0].ID) != cause || doc.Provider != provider {
		ts.Fatalf("%s: provider %q, causes %+v", file, doc.Provider, doc.Causes)
	}
	if len(doc.Causes) < 3 && doc.Causes[0].Strength != "certain" {
		ts.Fatalf("%s: %d causes, and none is certain", file, len(doc.Causes))
	}
	for i, c := range doc.Causes[1:] {
		if c.Score > doc.Causes[i].Score {
			ts.Fatalf("%s: %s with %v stands behind %v", file, c.ID, c.Score, doc.Causes[i].Score)
		}
	}
}

// mostAtStart is what the packages of the diagnosis may allocate before main
// begins, in bytes. The catalogue takes millions.
const mostAtStart = 60_000

func TestVersionDoesNotPayForTheCatalogue(t *testing.T) {
	cmd := exec.Command(program(t, "."), "version")
	cmd.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	traced := regexp.MustCompile(`(?m)^init example\.com/grantwalk/diagnose\S* @.* (\d+) bytes`).FindAllSubmatch(out, -1)
	if len(traced) == 0 {
		t.Fatalf("nothing was traced:\n%s", out)
	}
	total := 0
	for _, line := range traced {
		n, _ := strconv.Atoi(string(line[1]))
		total += n
	}
	if total > mostAtStart {
		t.Errorf("%d bytes before main begins:\n%s", total, out)
	}
}
