package progress

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

const version = 1

type document struct {
	Version int               `json:"version"`
	Lessons map[string]Lesson `json:"lessons"`
}

// Bounds on what is read. Each is far above what the lessons come to.
const (
	maxFile    = 1 << 20 // bytes
	maxLessons = 500
	maxPage    = 1000 // pages of a lesson, answers to a question
	maxList    = 100  // answers given, cases, choices
	maxName    = 64   // bytes
	maxSeconds = 365 * 24 * 60 * 60
)

// broken is why a file can be none of grantwalk's: "it …".
type broken string

func (b broken) Error() string { return string(b) }

var errNewer = errors.New("was written by a newer version of grantwalk")

// parse reads a file. The error is a broken, or errNewer.
func parse(body []byte) (document, error) {
	var head struct { // another version may have lessons of another form
		Version int `json:"version"`
	}
	if err := unmarshal(body, &head); err != nil {
		return document{}, err
	}
	switch {
	case head.Version > version:
		return document{}, errNewer
	case head.Version != version:
		return document{}, broken(fmt.Sprintf("its version is %d", head.Version))
	}
	var d document
	if err := unmarshal(body, &d); err != nil {
		return document{}, err
	}
	return d, d.check()
}

// unmarshal words the error: one of package json may repeat what is in the file.
func unmarshal(body []byte, into any) error {
	err := json.Unmarshal(body, into)
	syntax, kind := (*json.SyntaxError)(nil), (*json.UnmarshalTypeError)(nil)
	switch {
	case err == nil:
		return nil
	case errors.As(err, &syntax):
		return broken(fmt.Sprintf("it is not JSON after byte %d", syntax.Offset))
	case errors.As(err, &kind):
		return broken(fmt.Sprintf("it has a value of the wrong type before byte %d", kind.Offset))
	}
	return broken("it has a value that cannot be used")
}

// check finds what no grantwalk can have written.
func (d document) check() error {
	if len(d.Lessons) > maxLessons {
		return broken(fmt.Sprintf("it has %d lessons", len(d.Lessons)))
	}
	for _, name := range slices.Sorted(maps.Keys(d.Lessons)) { // a name that is not known may be of another version
		if !isName(name) {
			return broken("the name of a lesson has other characters than a to z, digits, - and _, or is too long")
		}
		if what := d.Lessons[name].wrong(); what != "" {
			return broken(fmt.Sprintf("the lesson %q has %s", name, what))
		}
	}
	return nil
}

// wrong is what the lesson cannot have; empty: nothing.
func (l Lesson) wrong() string {
	if n := l.Page; n < 0 || n > maxPage {
		return fmt.Sprintf("page %d", n)
	}
	if n := l.Reached; n < 0 || n > maxPage {
		return fmt.Sprintf("page %d", n)
	}
	if len(l.Answers) > maxPage {
		return fmt.Sprintf("answers to %d questions", len(l.Answers))
	}
	for page, given := range l.Answers {
		if page < 0 || page > maxPage {
			return fmt.Sprintf("an answer on page %d", page)
		}
		if len(given) > maxList {
			return fmt.Sprintf("%d answers to one question", len(given))
		}
		for _, n := range given {
			if n < 0 || n > maxPage {
				return fmt.Sprintf("answer %d", n)
			}
		}
	}
	if l.OnCall != nil {
		return l.OnCall.wrong()
	}
	return ""
}

func (c *OnCall) wrong() string {
	if len(c.Cases) > maxList {
		return fmt.Sprintf("%d cases", len(c.Cases))
	}
	if len(c.Picks) > len(c.Cases) {
		return fmt.Sprintf("%d picks for %d cases", len(c.Picks), len(c.Cases))
	}
	for _, one := range c.Cases {
		if len(one.Choices) > maxList {
			return fmt.Sprintf("%d choices for one case", len(one.Choices))
		}
		for _, name := range append([]string{one.Cause}, one.Choices...) {
			if !isName(name) {
				return "a case whose causes are not names"
			}
		}
	}
	for _, p := range c.Picks {
		switch {
		case !isName(p.Cause), !isName(p.Picked):
			return "a pick whose causes are not names"
		case p.Seconds < 0 || p.Seconds > maxSeconds:
			return fmt.Sprintf("a pick that took %d seconds", p.Seconds)
		}
	}
	return ""
}

// isName reports whether s can be the name of a lesson or of a cause.
func isName(s string) bool {
	return s != "" && len(s) <= maxName && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_-") == ""
}

// inRange is a lesson that will be read again. Only a time can be out of range:
// a clock was set back, or a learner took longer than a year.
func (l Lesson) inRange() Lesson {
	if l.OnCall != nil {
		for i, p := range l.OnCall.Picks {
			l.OnCall.Picks[i].Seconds = max(0, min(p.Seconds, maxSeconds))
		}
	}
	return l
}
