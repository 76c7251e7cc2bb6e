package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/charmbracelet/lipgloss"

	"grantwalk/diagnose"
	"grantwalk/diagnose/read"
	"grantwalk/diagnose/safe/safetest"
	"grantwalk/flow"
	"grantwalk/tui/plain"
	"grantwalk/tui/report"
	"grantwalk/tui/ui"
)

// places are where in an input a text may be that holds a secret.
var places = []struct {
	name string
	put  func(text string) (input, note string)
}{
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

// surfaces are what explain prints of an input, each by its name.
func surfaces(t *testing.T, input, note string) map[string]string {
	t.Helper()
	result, err := read.Read([]read.Input{{Reader: strings.NewReader(input)}}, read.Options{Note: note})
	if err != nil {
		return map[string]string{"error": err.Error()}
	}
	d := diagnose.Diagnose(result.Evidence)
	layout := report.Layout{Glyphs: ui.ChooseGlyphs(func(string) string { return "" }), Styles: ui.NewStyles(lipgloss.DefaultRenderer()), Width: 10_000}
	out := map[string]string{"warnings": strings.Join(result.Warnings, "\n"), "report for a ticket": report.Markdown(d, nil)}
	for _, why := range []bool{false, true} {
		var b bytes.Buffer
		printed := plain.Diagnosis{Out: &b, Layout: layout, Why: why}
		for _, cases := range [][]report.Case{{{Count: 2, Evidence: result.Evidence, Report: d}}, report.Cases(result), report.Groups(result)} {
			if len(cases) == 0 {
				continue
			}
			if err := printed.Cases(cases); err != nil {
				t.Fatal(err)
			}
		}
		out[fmt.Sprintf("lines, why=%t", why)] = b.String()
	}
	doc := flow.ResultOf(d)
	for _, g := range report.Groups(result) {
		doc.Groups = append(doc.Groups, flow.GroupOf(g.Count, g.First, g.Last, g.Report))
	}
	var b bytes.Buffer
	if err := doc.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	out["JSON"] = b.String()
	out["evidence, printed"] = fmt.Sprintf("%v %+v %#v", result.Evidence, result.Evidence, result.Evidence)
	return out
}

// TestNoSurfaceShowsASecret puts secrets of every kind into every surrounding, at
// every place of an input. GRANTWALK_SECRETS=all tries all combinations; without it
// each kind meets each surrounding at one place, and each place in turn.
func TestNoSurfaceShowsASecret(t *testing.T) {
	all := os.Getenv("GRANTWALK_SECRETS") == "all"
	r := rand.New(rand.NewPCG(2026, 11))
	combinations, leaks, turn := 0, 0, 0
	for _, kind := range safetest.Kinds {
		for _, around := range safetest.Surroundings {
			for i, place := range places {
				if turn++; !all && i != turn/len(places)%len(places) {
					continue
				}
				secret := kind.Make(r)
				input, note := place.put(around.Around(secret))
				template, _ := place.put(string(around))
				for name, shown := range surfaces(t, input, note) {
					combinations++
					part := safetest.Leak(shown, template, secret)
					if part == "" {
						continue
					}
					// Our own words may have the same four characters: then they are there with
					// another secret too.
					other, note := place.put(around.Around(kind.Make(r)))
					if strings.Contains(surfaces(t, other, note)[name], part) {
						continue
					}
					if leaks++; leaks <= 20 {
						t.Errorf("%s shows %q of %s %q, %s:\n%s", name, part, kind.Name, secret, place.name, input)
					}
				}
			}
		}
	}
	t.Logf("%d combinations of %d kinds, %d surroundings, %d places and their surfaces: %d leaks", combinations, len(safetest.Kinds), len(safetest.Surroundings), len(places), leaks)
}
