package progress

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/grantwalk/diagnose/safe"
)

func open(t *testing.T, path string) *Store {
	t.Helper()
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func place(t *testing.T) string { return filepath.Join(t.TempDir(), "state", "progress.json") }

// existing is a file that is there before grantwalk is started.
func existing(t *testing.T, path, body string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(body), 0o600)); err != nil {
		t.Fatal(err)
	}
}

func TestWhatIsSavedIsThereAgain(t *testing.T) {
	path := place(t)
	s := open(t, path)
	want := Lesson{Page: 3, Reached: 5, Answers: map[int][]int{2: {1, 0}}, OnCall: &OnCall{Cases: []Case{{"code_reused", []string{"policy", "code_reused"}}}, Picks: []Pick{{"code_reused", "policy", 12}}}}
	s.Set("state", want)
	if err := s.Save(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, open(t, path).Lesson("state")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestAWriteThatFailsLeavesTheOldFileWhole(t *testing.T) {
	path := place(t)
	s := open(t, path)
	s.Set("state", Lesson{Page: 1})
	if err := s.Save(); err != nil {
		t.Fatal(err)
	}
	s.write = func(path string, body []byte) error { // killed in the middle of it
		if err := os.WriteFile(filepath.Join(filepath.Dir(path), ".progress-1"), body[:len(body)/2], 0o600); err != nil {
			t.Fatal(err)
		}
		return errors.New("killed")
	}
	s.Set("state", Lesson{Page: 2})
	if err := s.Save(); err == nil {
		t.Fatal("the failure is not told")
	}
	again := open(t, path)
	if got := again.Lesson("state").Page; got != 1 {
		t.Errorf("page %d, want 1: at most the last one is lost", got)
	}
	s.write = replace
	if err := s.Save(); err != nil || open(t, path).Lesson("state").Page != 2 {
		t.Errorf("what could not be written is not written the next time: %v", err)
	}
	again.Set("state", Lesson{Page: 3})
	if err := again.Save(); err != nil {
		t.Errorf("what was left behind is in the way: %v", err)
	}
}

// lesson is a file with one lesson.
func lesson(text string) string { return `{"version": 1, "lessons": {"state": ` + text + `}}` }

// hostile are files that no grantwalk has written.
var hostile = map[string]string{
	"cut short":                      `{"version": 1, "less`,
	"empty":                          "",
	"a list":                         `[]`,
	"null":                           `null`,
	"of no version":                  `{"version": 0}`,
	"of a negative version":          `{"version": -1}`,
	"with more behind it":            `{"version": 1} {"version": 1}`,
	"not UTF-8":                      "{\"version\": 1, \"lessons\": {\"st\xff\": {}}}",
	"nested too deep":                `{"version": 1, "lessons": ` + strings.Repeat("[", 20_000),
	"a negative page":                lesson(`{"page": -1}`),
	"a page beyond any":              lesson(`{"page": 1000000000}`),
	"a negative page reached":        lesson(`{"reached": -9223372036854775808}`),
	"a page that is a fraction":      lesson(`{"page": 1.5}`),
	"a page that overflows":          lesson(`{"page": 1e400}`),
	"a page that is no number":       lesson(`{"page": NaN}`),
	"a page that is text":            lesson(`{"page": "1"}`),
	"a negative answer":              lesson(`{"answers": {"1": [-1]}}`),
	"an answer beyond any":           lesson(`{"answers": {"1": [2147483648]}}`),
	"an answer on a negative page":   lesson(`{"answers": {"-1": [0]}}`),
	"answers by what is no page":     lesson(`{"answers": {"one": [0]}}`),
	"too many answers":               lesson(`{"answers": {"1": [` + strings.Repeat("0,", 10_000) + `0]}}`),
	"a negative time":                lesson(`{"on_call": {"cases": [{"cause": "policy"}], "picks": [{"cause": "policy", "picked": "policy", "seconds": -1}]}}`),
	"a time that overflows":          lesson(`{"on_call": {"cases": [{"cause": "policy"}], "picks": [{"cause": "policy", "picked": "policy", "seconds": 9223372036854775807}]}}`),
	"more picks than cases":          lesson(`{"on_call": {"cases": [], "picks": [{"cause": "policy", "picked": "policy", "seconds": 1}]}}`),
	"a cause that moves the cursor":  lesson(`{"on_call": {"cases": [{"cause": "\u001b[2J"}]}}`),
	"a choice that turns the text":   lesson(`{"on_call": {"cases": [{"cause": "policy", "choices": ["\u202egnp"]}]}}`),
	"a pick that moves the cursor":   lesson(`{"on_call": {"cases": [{"cause": "policy"}], "picks": [{"cause": "policy", "picked": "\u009b2J", "seconds": 1}]}}`),
	"a name that moves the cursor":   `{"version": 1, "lessons": {"\u001b]0;x\u0007": {}}}`,
	"a name of a megabyte":           `{"version": 1, "lessons": {"` + strings.Repeat("x", 1<<19) + `": {}}}`,
	"an empty name":                  `{"version": 1, "lessons": {"": {}}}`,
	"lessons that are a list":        `{"version": 1, "lessons": []}`,
	"twice the same key, then wrong": lesson(`{"page": 1, "page": -1}`),
	"larger than the bound":          `{"version": 1` + strings.Repeat(" ", maxFile) + `}`,
}

func TestABrokenFileIsSetAsideAndSaid(t *testing.T) {
	for name, body := range hostile {
		t.Run(name, func(t *testing.T) {
			path := place(t)
			existing(t, path, body)
			s, err := Open(path)
			if err == nil || !strings.Contains(err.Error(), "your progress is now in "+path+".broken,") || !strings.Contains(err.Error(), "cannot read the file, because ") {
				t.Fatalf("it is not said: %v", err)
			}
			if text := err.Error(); !safe.Clean(text) || len(text) > len(path)+300 {
				t.Errorf("what is said is not fit to be shown: %q", text)
			}
			if kept, _ := os.ReadFile(path + ".broken"); string(kept) != body {
				t.Errorf("%d bytes were set aside, want the %d bytes that were in the file", len(kept), len(body))
			}
			if l := s.Lesson("state"); l.Page != 0 || len(l.Answers) != 0 || l.OnCall != nil {
				t.Errorf("the lesson is not at its beginning: %+v", l)
			}
			s.Set("state", Lesson{Page: 1})
			if err := s.Save(); err != nil {
				t.Error(err)
			}
			if got := open(t, path).Lesson("state").Page; got != 1 {
				t.Errorf("page %d, want 1", got)
			}
		})
	}
}

func TestAFileThatBreaksWhileGrantwalkRunsIsSetAsideToo(t *testing.T) {
	path := place(t)
	s := open(t, path)
	existing(t, path, "broken meanwhile")
	s.Set("state", Lesson{Page: 1})
	if err := s.Save(); err == nil || !strings.Contains(err.Error(), path+".broken") {
		t.Errorf("it is not said: %v", err)
	}
	if kept, _ := os.ReadFile(path + ".broken"); string(kept) != "broken meanwhile" {
		t.Errorf("set aside was %q", kept)
	}
	if got := open(t, path).Lesson("state").Page; got != 1 {
		t.Errorf("page %d, want 1", got)
	}
}

func TestABrokenFileThatManyOpenAtOnceIsSetAsideOnce(t *testing.T) {
	path := place(t)
	existing(t, path, "broken")
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			s, _ := Open(path)
			s.Set(fmt.Sprint("lesson-", i), Lesson{Page: 1})
			if err := s.Save(); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if kept, _ := os.ReadFile(path + ".broken"); string(kept) != "broken" {
		t.Errorf("set aside was %q", kept)
	}
	if others, _ := filepath.Glob(path + ".broken-*"); len(others) > 0 {
		t.Errorf("a good file was set aside: %q", others)
	}
	s := open(t, path)
	for i := range 8 {
		if got := s.Lesson(fmt.Sprint("lesson-", i)).Page; got != 1 {
			t.Errorf("lesson %d is on page %d, want 1", i, got)
		}
	}
}

func TestADirectoryUnderTheNameIsLeftAsItIs(t *testing.T) {
	path := place(t)
	if err := os.MkdirAll(path, 0o700); err != nil {
		t.Fatal(err)
	}
	leftAsItIs(t, path, "is a directory")
}

// leftAsItIs opens what is not a file of ours, and goes on with a lesson.
func leftAsItIs(t *testing.T, path, want string) {
	t.Helper()
	before, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(path)
	if err == nil || !strings.Contains(err.Error(), "progress is not kept, because "+path+" "+want) || !strings.Contains(err.Error(), "rename or delete it") {
		t.Errorf("it is not said: %v", err)
	}
	s.Set("state", Lesson{Page: 4})
	if err := s.Save(); err != nil {
		t.Errorf("it is said a second time: %v", err)
	}
	if got := s.Lesson("state").Page; got != 4 {
		t.Errorf("page %d, want 4", got)
	}
	after, err := os.Lstat(path)
	if err != nil || !os.SameFile(before, after) {
		t.Errorf("it was replaced: %v, %v", after, err)
	}
	if entries, _ := os.ReadDir(filepath.Dir(path)); len(entries) != 1 {
		t.Errorf("beside it there are now %v", entries)
	}
}

func TestALessonThatThisVersionDoesNotHaveStays(t *testing.T) {
	path := place(t)
	existing(t, path, `{"version": 1, "lessons": {"of-next-year": {"page": 7}}}`)
	s := open(t, path)
	s.Set("state", Lesson{Page: 1})
	if err := s.Save(); err != nil {
		t.Fatal(err)
	}
	if got := open(t, path).Lesson("of-next-year").Page; got != 7 {
		t.Errorf("page %d, want 7", got)
	}
}

func TestATimeThatAClockMadeImpossibleIsReadAgain(t *testing.T) {
	for _, seconds := range []int{-3600, math.MinInt, math.MaxInt} {
		path := place(t)
		s := open(t, path)
		s.Set("on-call", Lesson{OnCall: &OnCall{Cases: []Case{{Cause: "policy"}}, Picks: []Pick{{"policy", "policy", seconds}}}})
		if err := s.Save(); err != nil {
			t.Fatal(err)
		}
		if got := open(t, path).Lesson("on-call").OnCall.Picks[0].Seconds; got < 0 || got > maxSeconds {
			t.Errorf("%d seconds became %d", seconds, got)
		}
	}
}

func TestAFileOfANewerVersionIsNotTouched(t *testing.T) {
	for _, body := range []string{`{"version": 2, "something": "new"}`, `{"version": 2, "lessons": ["another form"]}`} {
		path := place(t)
		existing(t, path, body)
		s, err := Open(path)
		if err == nil || !strings.Contains(err.Error(), "newer version") {
			t.Errorf("it is not told: %v", err)
		}
		s.Set("state", Lesson{Page: 1})
		if err := s.Save(); err != nil {
			t.Error(err)
		}
		if got, _ := os.ReadFile(path); string(got) != body {
			t.Errorf("%s was changed to %s", body, got)
		}
	}
}

func TestTwoInstancesKeepEachOthersLessons(t *testing.T) {
	path := place(t)
	var all sync.WaitGroup
	for i := range 8 {
		s := open(t, path)
		all.Go(func() {
			for page := range 10 {
				s.Set(fmt.Sprint("lesson-", i), Lesson{Page: page, Reached: page})
				if err := s.Save(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	s := open(t, path)
	for i := range 8 {
		if got := s.Lesson(fmt.Sprint("lesson-", i)).Page; got != 9 {
			t.Errorf("lesson %d is on page %d, want 9", i, got)
		}
	}
}

func TestALessonThatAnotherWentOnWithIsNotTakenBack(t *testing.T) {
	path := place(t)
	ours, theirs := open(t, path), open(t, path)
	save := func(s *Store, name string, page int) {
		t.Helper()
		s.Set(name, Lesson{Page: page, Reached: page})
		if err := s.Save(); err != nil {
			t.Fatal(err)
		}
	}
	save(ours, "state", 1)
	save(theirs, "state", 7)
	save(ours, "pkce", 2)
	again := open(t, path)
	if got := again.Lesson("state").Page; got != 7 {
		t.Errorf("state is on page %d, want 7", got)
	}
	if got := again.Lesson("pkce").Page; got != 2 {
		t.Errorf("pkce is on page %d, want 2", got)
	}
}

func TestAHomeThatCannotBeWrittenIsSaidAndDoesNotStopAnything(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s, _ := Open(filepath.Join(file, "grantwalk", "progress.json")) // a file stands where a directory must
	s.Set("state", Lesson{Page: 4})
	if err := s.Save(); err == nil || !strings.Contains(err.Error(), "progress is not kept") {
		t.Errorf("got %v", err)
	}
	if got := s.Lesson("state").Page; got != 4 {
		t.Errorf("page %d, want 4", got)
	}
}

func TestProgressIsKeptWhereEachSystemKeepsState(t *testing.T) {
	home, state := t.TempDir(), t.TempDir()
	for _, c := range []struct {
		system string
		env    map[string]string
		want   string
	}{
		{"linux", map[string]string{"HOME": home}, filepath.Join(home, ".local", "state", "grantwalk", "progress.json")},
		{"linux", map[string]string{"HOME": home, "XDG_STATE_HOME": state}, filepath.Join(state, "grantwalk", "progress.json")},
		{"linux", map[string]string{"HOME": home, "XDG_STATE_HOME": "relative"}, filepath.Join(home, ".local", "state", "grantwalk", "progress.json")},
		{"darwin", map[string]string{"HOME": home}, filepath.Join(home, "Library", "Application Support", "grantwalk", "progress.json")},
		{"windows", map[string]string{"LocalAppData": home}, filepath.Join(home, "grantwalk", "progress.json")},
		{"linux", nil, ""},
		{"windows", nil, ""},
	} {
		got, err := path(c.system, func(name string) string { return c.env[name] })
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s %v: %q, %v; want %q", c.system, c.env, got, err, c.want)
		}
	}
}

// The files in testdata were written by an earlier version, each by the lessons that
// its name says.
func TestProgressThatAnEarlierVersionSavedIsRead(t *testing.T) {
	for file, want := range map[string]map[string]Lesson{
		"begun":    {"code": {Page: 2, Reached: 2, Answers: map[int][]int{}}},
		"answered": {"pkce": {Page: 5, Reached: 5, Answers: map[int][]int{3: {0, 1}, 5: {2, 0, 1}}}},
		"finished": {"code": {Page: 11, Reached: 11, Done: true, Answers: map[int][]int{2: {0, 1}, 7: {0, 1, 2}, 10: {0, 1}}}},
		"several": {
			"code":  {Page: 11, Reached: 11, Done: true, Answers: map[int][]int{2: {0, 1}, 7: {0, 1, 2}, 10: {0, 1}}},
			"state": {Page: 2, Reached: 2, Answers: map[int][]int{1: {0, 1}}},
		},
	} {
		got := open(t, filepath.Join("testdata", "44fcd61", file+".json"))
		for name, lesson := range want {
			if diff := cmp.Diff(lesson, got.Lesson(name)); diff != "" {
				t.Errorf("%s: %s (-want +got):\n%s", file, name, diff)
			}
		}
	}
	hour := open(t, "testdata/44fcd61/on-call.json").Lesson("on-call")
	if !hour.Done || hour.OnCall == nil || len(hour.OnCall.Cases) != 5 || len(hour.OnCall.Picks) != 5 {
		t.Errorf("the on-call hour is %+v", hour)
	}
}
