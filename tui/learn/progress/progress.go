// Package progress remembers how far somebody is in the lessons. What is
// remembered is a page and the answers given, and nothing of a walk: those are
// taken again.
//
// The file may have been changed by hand or by another program. What is read
// from it is in range and printable, or the file is set aside.
package progress

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"syscall"

	"example.com/grantwalk/tui/private"
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
	if errors.As(err, new(broken)) {
		d, err = s.readAgain()
	}
	if d.Lessons != nil {
		s.lessons = d.Lessons
	}
	return s, err
}

// read reads the file. If it cannot be used for another reason than that it is
// broken, it is left as it is, and nothing is kept.
func (s *Store) read() (document, error) {
	body, err := private.Read(s.path, maxFile)
	large := (*private.TooLarge)(nil)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR): // Save says what is wrong with the directory
		return document{}, nil
	case errors.As(err, &large):
		return document{}, broken(fmt.Sprintf("it is larger than %d bytes", large.Limit))
	case err != nil:
		s.leave()
		if pathErr := (*fs.PathError)(nil); errors.As(err, &pathErr) {
			err = fmt.Errorf("%s cannot be read: %w", s.path, pathErr.Err)
		}
		return document{}, fmt.Errorf("progress is not kept, because %w; rename or delete it to start from the beginning", err)
	}
	d, err := parse(body)
	if errors.Is(err, errNewer) {
		s.leave()
		return document{}, fmt.Errorf("progress is not kept: %s %w", s.path, err)
	}
	return d, err
}

// readAgain reads a broken file again when no other grantwalk is reading or
// writing it, for another one may have set it aside and written a new one.
func (s *Store) readAgain() (document, error) {
	unlock, err := s.lock()
	if err != nil {
		s.leave()
		return document{}, err
	}
	defer unlock()
	return s.readOrSetAside()
}

// readOrSetAside is for who holds the lock.
func (s *Store) readOrSetAside() (document, error) {
	d, err := s.read()
	if why := broken(""); errors.As(err, &why) {
		aside, err := private.SetAside(s.path)
		if err != nil {
			s.leave()
			return document{}, fmt.Errorf("progress is not kept: %s is broken (%w), and could not be renamed: %w", s.path, why, err)
		}
		return document{}, fmt.Errorf("your progress is now in %s, and the lessons start from the beginning: grantwalk cannot read the file, because %w", aside, why)
	}
	return d, err
}

func (s *Store) lock() (unlock func(), err error) {
	unlock, err = private.Lock(s.path + ".lock")
	if err != nil {
		return nil, fmt.Errorf("progress is not kept: %w", err)
	}
	return unlock, nil
}

// leave lets the file be from now on.
func (s *Store) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keep = false
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
	s.lessons[name] = l.clone().inRange()
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
	unlock, err := s.lock()
	if err != nil {
		return err
	}
	defer unlock()
	d, readErr := s.readOrSetAside()
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

func replace(path string, body []byte) error {
	return private.Write(path, func(out io.Writer) error {
		_, err := out.Write(body)
		return err
	})
}
