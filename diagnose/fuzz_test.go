package diagnose

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"example.com/grantwalk/diagnose/causes"
	"example.com/grantwalk/diagnose/safe"
)

// FuzzDiagnose: whatever the evidence, the diagnosis ends without a panic, is the
// same each time, marks only what is there, and prints no secret.
func FuzzDiagnose(f *testing.F) {
	seeds := 0
	for _, id := range IDs() {
		for _, name := range []string{"match.json", "near-miss.json"} {
			body, err := causes.Fixture(id, name)
			if err != nil {
				f.Fatal(err)
			}
			for field := range 12 {
				f.Add(body, 3*field, "4%2FP7q7W91a-oMsCeLvIaQm6bTrgtp7 ")
			}
			seeds++
		}
	}
	if seeds == 0 {
		f.Fatal("no seeds")
	}
	f.Fuzz(func(t *testing.T, body []byte, field int, value string) {
		var e Evidence
		if json.Unmarshal(body, &e) != nil {
			return
		}
		overwrite(&e, field, value)
		r := Diagnose(e)
		if again := Diagnose(e); !reflect.DeepEqual(r, again) {
			t.Fatalf("the same evidence gave\n%+v\nand\n%+v", r, again)
		}
		secrets, open := split(&e)
		for _, text := range texts(t, r, Facts(e)) {
			for _, s := range secrets {
				if strings.Contains(text, s) && !strings.Contains(open, s) {
					t.Fatalf("%q holds the secret %q", text, s)
				}
			}
		}
	})
}

// texts are all that a report and the facts say, with the marks checked.
func texts(t *testing.T, r Report, facts []Fact) []string {
	t.Helper()
	var out []string
	for _, c := range r.Causes {
		out = append(out, slices.Concat(c.Says, c.Fix)...)
		for _, reason := range c.Reasons {
			out = append(out, reason.Says)
		}
		for _, v := range c.Values {
			out = append(out, v.Label, v.Text)
			for _, s := range v.Differ {
				if s.From < 0 || s.From >= s.To || s.To > len(v.Text) {
					t.Fatalf("%s marks %d to %d of %q", c.ID, s.From, s.To, v.Text)
				}
			}
		}
	}
	for _, f := range facts {
		out = append(out, f.Value)
	}
	for _, x := range r.RuledOut {
		out = append(out, x.Why)
	}
	return out
}

// shortestSecret leaves out values that any text holds by chance.
const shortestSecret = 8

// split takes the evidence apart into secrets and text that may be shown. A
// challenge of S256 is public.
func split(e *Evidence) (secrets []string, open string) {
	var text strings.Builder
	for _, v := range stringsOf(reflect.ValueOf(e).Elem()) {
		switch {
		case v.Type() != reflect.TypeFor[safe.Secret]():
			text.WriteString(v.String() + "\n")
		case v.Len() >= shortestSecret:
			secrets = append(secrets, v.String())
		}
	}
	for _, a := range e.Authorizations {
		if a.ChallengeMethod == "S256" {
			text.WriteString(a.Challenge.Reveal() + "\n")
		}
	}
	return secrets, text.String()
}

// stringsOf are all strings in a value, secrets among them.
func stringsOf(v reflect.Value) (out []reflect.Value) {
	switch {
	case v.Kind() == reflect.String:
		out = append(out, v)
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			out = append(out, stringsOf(v.Index(i))...)
		}
	case v.Kind() == reflect.Struct && v.Type().PkgPath() != "time":
		for i := range v.NumField() {
			out = append(out, stringsOf(v.Field(i))...)
		}
	}
	return out
}

// overwrite puts the value in place of one of the evidence's strings that are not
// empty: JSON that is changed at random is seldom JSON.
func overwrite(e *Evidence, field int, value string) {
	all := slices.DeleteFunc(stringsOf(reflect.ValueOf(e).Elem()), func(v reflect.Value) bool { return v.Len() == 0 })
	if field >= 0 && field < len(all) && value != "" {
		all[field].SetString(value)
	}
}
