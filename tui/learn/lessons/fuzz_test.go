package lessons

import (
	"reflect"
	"regexp"
	"testing"
)

var place = regexp.MustCompile(`^x\.md:[1-9]\d*: .`)

// Whatever a lesson's file says: it is a whole lesson, or the error names the line.
func FuzzALessonIsWholeOrTheErrorNamesItsLine(f *testing.F) {
	names, err := files.ReadDir(".")
	if err != nil || len(names) == 0 {
		f.Fatalf("no lessons: %v", err)
	}
	for _, n := range names {
		body, err := files.ReadFile(n.Name())
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(body))
	}
	f.Fuzz(func(t *testing.T, body string) {
		l, err := Parse("x.md", body)
		if err != nil {
			if !place.MatchString(err.Error()) || !reflect.DeepEqual(l, Lesson{}) {
				t.Fatalf("the error is %q", err)
			}
			return
		}
		if l.Name == "" || l.Title == "" || l.Minutes < 1 || len(l.Pages) == 0 {
			t.Fatalf("not whole: %+v", l)
		}
		for _, p := range l.Pages {
			right := 0
			for _, a := range p.Answers {
				if a.Right {
					right++
				}
			}
			if p.Title == "" || p.Line < 1 || p.Kind == Predict && right == 0 {
				t.Fatalf("not whole: %+v", p)
			}
		}
	})
}
