// Package lessons holds the lessons of grantwalk learn: text files that a teacher
// can write without reading Go, the reader for them, and the checks that each
// must pass. How they are written is told in docs/lessons.md.
package lessons

import (
	"embed"
	"slices"
	"strings"
	"sync"
)

// A Lesson is one file, read.
type Lesson struct {
	Name    string // what it is called by: grantwalk learn NAME
	Title   string
	Minutes int
	Needs   []string // the lessons that should come before
	File    string
	Pages   []Page
}

// Kind is what a page is for.
type Kind string

// The kinds of pages.
const (
	Explain Kind = "explain" // one idea
	Predict Kind = "predict" // a question, before the thing happens
	Do      Kind = "do"      // an action on the practice server
	See     Kind = "see"     // what came of it
	Why     Kind = "why"     // why it is so
	OnCall  Kind = "on-call" // broken walks to diagnose
)

// A Page is one screen's worth of a lesson.
type Page struct {
	Kind  Kind
	Title string
	Line  int // of its heading

	Body  string // Markdown
	After string // Markdown: on a do page for when it is done, on a see page what stands below

	Answers []Answer // of a predict page
	Actions []Action // of a do page; the first of several is a request, so that they can be repeated
	Shows   []Show   // of a see page
	Cases   []Case   // of an on-call page
}

// An Answer is one of those that a question offers.
type Answer struct {
	Text  string // Markdown, one line
	Says  string // Markdown: why it is right, or what is wrong with it
	Right bool
	Line  int
}

// An Action is something done on the practice server.
type Action struct {
	Verb    string            // a name of Verbs
	Options map[string]string // twist, hidden, client, pkce, lifetime
	Line    int
}

// A Show is what a see page shows: parameters of a message, or one of the names
// in Views.
type Show struct {
	What   string
	Params []string // of a message; none: all of them
	Line   int
}

// A Case is a cause that the on-call hour may draw.
type Case struct {
	Cause string
	Tells string // what in the evidence would tell
}

//go:embed *.md
var files embed.FS

var all = sync.OnceValues(func() ([]Lesson, error) {
	names, err := files.ReadDir(".")
	if err != nil {
		return nil, err
	}
	var list []Lesson
	for _, n := range names {
		body, err := files.ReadFile(n.Name())
		if err != nil {
			return nil, err
		}
		l, err := Parse(n.Name(), string(body))
		if err != nil {
			return nil, err
		}
		list = append(list, l)
	}
	return list, nil
})

// All returns the lessons, in their order.
func All() []Lesson {
	list, err := all()
	if err != nil {
		panic("lessons: " + err.Error()) // they are part of the program, and a test reads them
	}
	return list
}

// Find returns the lesson of that name; the number with which its file begins
// will do too.
func Find(name string) (Lesson, bool) {
	list := All()
	i := slices.IndexFunc(list, func(l Lesson) bool {
		number, _, _ := strings.Cut(l.File, "-")
		return l.Name == name || strings.TrimLeft(number, "0") == strings.TrimLeft(name, "0")
	})
	if i < 0 {
		return Lesson{}, false
	}
	return list[i], true
}

// Names are all lessons' names, in order.
func Names() []string {
	var names []string
	for _, l := range All() {
		names = append(names, l.Name)
	}
	return names
}

// Hidden reports whether what is spoilt is for the learner to find out.
func (a Action) Hidden() bool { return a.Options["hidden"] == "yes" }

// NextAction is the first action behind page i; its zero value if there is none.
func (l Lesson) NextAction(i int) Action {
	for _, p := range l.Pages[i+1:] {
		if p.Kind == Do {
			return p.Actions[0]
		}
	}
	return Action{}
}

// Needed are the do pages that have to be done to stand behind page i: those
// since the walk was begun.
func (l Lesson) Needed(i int) []int {
	var pages []int
	for n, p := range l.Pages[:i+1] {
		if p.Kind != Do {
			continue
		}
		if p.Actions[0].Verb == Request {
			pages = pages[:0]
		}
		pages = append(pages, n)
	}
	return pages
}
