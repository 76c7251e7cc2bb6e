// Package progress remembers how far somebody is in the lessons. What is
// remembered is a page and the answers given, and nothing of a walk: those are
// taken again.
package progress

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"sync"

	"github.com/rogpeppe/go-internal/lockedfile"
)

// A Lesson is how far one lesson is.
type Lesson struct {
	Page    int           `json:"page"`              // where it was left
	Reached int           `json:"reached"`           // the furthest one
	Done    bool          `json:"done,omitempty"`    // the last page was read
	Answers map[int][]int `json:"answers,omitempty"` // by page: what was answered, in order
	OnCall  *OnCall       `json:"on_call,omitempty"`
}

// OnCall is how far the on-call hour is.
type OnCall struct {
	Cases []Case `json:"cases"` // as they were drawn
	Picks []Pick `json:"picks,omitempty"`
}

// A Case is a cause, and those that were offered with it.
type Case struct {
	Cause   string   `json:"cause"`
	Choices []string `json:"choices"`
}

// A Pick is what was said to a case.
type Pick struct {
	Cause   string `json:"cause"`
	Picked  string `json:"picked"`
	Seconds int    `json:"seconds"`
}

const version = 1

type document struct {
	Version int               `json:"version"`
	Lessons map[string]Lesson `json:"lessons"`
}

// A Store is the progress of all lessons, in memory and in a file. Its methods
// may be called from any goroutine; only Open and Save touch the file.
type Store struct {
	path string

	mu      sync.Mutex
	lessons map[string]Lesson
	changed map[string]bool // what is ours to write, and was not yet
	keep    bool            // the file may be written

	saving sync.Mutex
	write  func(path string, body []byte) error
}

// Path is where progress is kept: the state directory of the system.
func Path(getenv func(string) string) (string, error) {
	return path(runtime.GOOS, getenv)
}

func path(system string, getenv func(string) string) (string, error) {
	home := func(parts ...string) (string, error) {
		dir := getenv("HOME")
		if dir == "" {
			return "", errors.New("neither XDG_STATE_HOME nor HOME is set")
		}
		return filepath.Join(append([]string{dir}, parts...)...), nil
	}
	if dir := getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) { // others are to be ignored, says the XDG specification
		return filepath.Join(dir, "grantwalk", "progress.json"), nil
	}
	switch system {
	case "windows":
		if dir := getenv("LocalAppData"); dir != "" {
			return filepath.Join(dir, "grantwalk", "progress.json"), nil
		}
		return "", errors.New("%LocalAppData% is not set")
	case "darwin", "ios":
		return home("Library", "Application Support", "grantwalk", "progress.json")
	}
	return home(".local", "state", "grantwalk", "progress.json")
}

// Open reads the file at path; with an empty one nothing is kept. The store can
// always be used: the error is for the user to know.
func Open(path string) (*Store, error) {
	s := &Store{path: path, lessons: map[string]Lesson{}, changed: map[string]bool{}, keep: path != "", write: replace}
	if path == "" {
		return s, nil
	}
	d, err := s.read()
	if d.Lessons != nil {
		s.lessons = d.Lessons
	}
	return s, err
}

// read sets a broken file aside.
func (s *Store) read() (document, error) {
	body, err := os.ReadFile(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		return document{}, nil
	}
	if err != nil {
		return document{}, fmt.Errorf("read the progress: %w", err)
	}
	var d document
	switch err := json.Unmarshal(body, &d); {
	case err == nil && d.Version == version:
		return d, nil
	case err == nil && d.Version > version:
		s.leave()
		return document{}, fmt.Errorf("%s was written by a newer grantwalk: it is left as it is, and progress is not kept", s.path)
	}
	aside, err := setAside(s.path)
	if err != nil {
		s.leave()
		return document{}, fmt.Errorf("%s is broken, and could not be set aside: %w", s.path, err)
	}
	return document{}, fmt.Errorf("the progress could not be read: it begins anew, and the broken file is now %s", aside)
}

// leave lets the file be from now on.
func (s *Store) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keep = false
}

// setAside renames a file; an older one that was set aside stays.
func setAside(path string) (string, error) {
	for n := 1; ; n++ {
		aside := path + ".broken"
		if n > 1 {
			aside += "-" + strconv.Itoa(n)
		}
		if _, err := os.Lstat(aside); errors.Is(err, fs.ErrNotExist) {
			return aside, os.Rename(path, aside)
		}
	}
}

// Lesson is how far a lesson is; its zero value if it was never begun.
func (s *Store) Lesson(name string) Lesson {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lessons[name].clone()
}

// Set remembers how far a lesson is, until Save writes it.
func (s *Store) Set(name string, l Lesson) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lessons[name] = l.clone()
	s.changed[name] = true
}

// clone has maps of its own: the caller goes on changing theirs.
func (l Lesson) clone() Lesson {
	answers := make(map[int][]int, len(l.Answers))
	for page, given := range l.Answers {
		answers[page] = slices.Clone(given)
	}
	l.Answers = answers
	if l.OnCall != nil {
		c := *l.OnCall
		c.Cases, c.Picks = slices.Clone(c.Cases), slices.Clone(c.Picks)
		l.OnCall = &c
	}
	return l
}

// Save writes what was set. The file is always there whole: it is replaced, never
// changed. Lessons that another grantwalk wrote meanwhile stay.
func (s *Store) Save() error {
	s.saving.Lock()
	defer s.saving.Unlock()
	s.mu.Lock()
	idle := !s.keep || len(s.changed) == 0
	s.mu.Unlock()
	if idle {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(s.path), 0o700); err != nil {
		return fmt.Errorf("progress is not kept: %w", err)
	}
	unlock, err := lockedfile.MutexAt(s.path + ".lock").Lock() // let go by the system when we are killed
	if err != nil {
		return fmt.Errorf("progress is not kept: %w", err)
	}
	defer unlock()
	d, readErr := s.read()
	s.mu.Lock()
	keep := s.keep
	s.mu.Unlock()
	if !keep {
		return readErr
	}
	if d.Lessons == nil {
		d.Lessons = map[string]Lesson{}
	}
	d.Version = version
	written := s.putInto(d)
	body, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return err
	}
	if err := s.write(s.path, append(body, '\n')); err != nil {
		s.mu.Lock()
		maps.Copy(s.changed, written)
		s.mu.Unlock()
		return fmt.Errorf("progress is not kept: %w", err)
	}
	return readErr
}

// putInto puts what was changed here into what is in the file, and nothing else:
// another program may have gone on with a lesson that was read here before.
func (s *Store) putInto(d document) (written map[string]bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name := range s.changed {
		l := s.lessons[name].clone()
		l.Done = l.Done || d.Lessons[name].Done
		d.Lessons[name] = l
	}
	written, s.changed = s.changed, map[string]bool{}
	return written
}

// replace writes a file beside the old one and puts it in its place.
func replace(path string, body []byte) error {
	file, err := os.CreateTemp(filepath.Dir(path), ".progress-*")
	if err != nil {
		return err
	}
	_, err = file.Write(body)
	err = errors.Join(err, file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		os.Remove(file.Name())
	}
	return err
}
