package progress

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
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

func TestABrokenFileIsSetAsideAndSaid(t *testing.T) {
	path := place(t)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	for i, body := range []string{`{"version": 1, "less`, "", `[]`, `{"version": 0}`} {
		if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := Open(path)
		aside := path + ".broken"
		if i > 0 {
			aside = fmt.Sprintf("%s-%d", aside, i+1)
		}
		if err == nil || !strings.Contains(err.Error(), aside) {
			t.Fatalf("%q: %v", body, err)
		}
		if kept, _ := os.ReadFile(aside); string(kept) != body {
			t.Errorf("%q was set aside as %q", body, kept)
		}
		s.Set("state", Lesson{Page: 1})
		if err := s.Save(); err != nil {
			t.Errorf("%q: %v", body, err)
		}
	}
}

func TestAFileOfANewerVersionIsNotTouched(t *testing.T) {
	path := place(t)
	const body = `{"version": 2, "something": "new"}`
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := Open(path)
	if err == nil {
		t.Error("it is not told")
	}
	s.Set("state", Lesson{Page: 1})
	if err := s.Save(); err != nil {
		t.Error(err)
	}
	if got, _ := os.ReadFile(path); string(got) != body {
		t.Errorf("it was changed to %s", got)
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
