package exchange

import (
	"fmt"
	"strings"

	"example.com/grantwalk/diagnose/safe"
)

// Statement is something that is said in words, with who said it and where. A statement
// is a line: what is said of one thing can take several sentences.
type Statement struct {
	Text    safe.Foreign `json:"text"`
	Source  Source       `json:"source,omitempty"`
	Subject string       `json:"subject,omitempty"` // what it is about: the name of a [Kind]; empty: not known
	At      Place        `json:"at,omitzero"`
}

// Source is who made a statement; empty: not known.
type Source string

// The sources.
const (
	Server    Source = "server"     // its response
	ServerLog Source = "server_log" // its own log
	Client    Source = "client"     // the app, or a library in it
	Person    Source = "person"
	Input     Source = "input" // the input's own structure: a heading, a name
)

// Place is where in the files something is. The zero value is no place: what came through
// a pipe has none.
type Place struct {
	File    string `json:"file,omitempty"`    // as the person gave it
	Line    int    `json:"line,omitempty"`    // from 1
	Message int    `json:"message,omitempty"` // of a capture, which message it is, from 1
}

// String is the place as editors and compilers write it, file:line; empty if it is in no
// file.
func (p Place) String() string {
	const most = 1000 // bytes of a path
	file := safe.Text(p.File, most)
	switch {
	case file == "":
		return ""
	case p.Line > 0:
		return fmt.Sprintf("%s:%d", file, p.Line)
	case p.Message > 0:
		return fmt.Sprintf("%s, message %d", file, p.Message)
	}
	return file
}

// Text is what the statements say, a line each; of those whose source is chosen, or of
// all if chosen is nil.
func Text(all []Statement, chosen func(Source) bool) string {
	var lines []string
	for _, s := range all {
		if chosen == nil || chosen(s.Source) {
			lines = append(lines, s.Text.Raw())
		}
	}
	return strings.Join(lines, "\n")
}
