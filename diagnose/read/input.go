package read

import (
	"errors"
	"fmt"
	"io"
	"io/fs"

	"example.com/grantwalk/diagnose/evidence"
)

// An Input is a file, or standard input.
type Input struct {
	Name   string // of the file; empty: standard input
	Reader io.Reader

	// OfMany is a file of a folder. If it is not of a kind that can be read, a warning says so,
	// unless no other file can be read either.
	OfMany bool

	depth int // how many containers it was in
}

// Options are what the person says besides.
type Options struct {
	Provider string // a name of the catalogue's, or any other
	Grant    string // a short name (evidence.Grants)
	Note     string
}

// A Result is what the inputs come to, together one case.
type Result struct {
	Kind       string // of the input that tells most: one of the Kind constants
	Evidence   evidence.Evidence
	Recognised bool     // an error, or a flow, was found; else say [Instead]
	Groups     []Group  // of a log: its errors by what they say, most frequent first
	Warnings   []string // what could not be read, and does not matter to the rest
	Walk       *Walk    // what a saved walk said itself; nil: the input is none, or there are several
}

// Walk is what a saved walk said itself. Its texts are as the file has them.
type Walk struct {
	Outcome string `json:"outcome"`
	Step    string `json:"step"`
	Reason  string `json:"reason"`
	IDToken *struct {
		Verified bool   `json:"verified"`
		Why      string `json:"why"`
	} `json:"id_token"`
	Twist struct {
		Cause  string `json:"cause"`
		Result string `json:"result"`
		Means  string `json:"means"`
	} `json:"twist"`
}

// A Group is errors of a log that say the same.
type Group struct {
	Count       int
	First, Last string // the times of the first and the last, as the log has them; empty: none were found
	Evidence    evidence.Evidence
}

func (in Input) called() string {
	if in.Name == "" {
		return "standard input"
	}
	return in.Name
}

// problem is why the input could not be read. A file's error names the file already.
func (in Input) problem(err error) error {
	if path := (*fs.PathError)(nil); errors.As(err, &path) {
		err = path.Err
	}
	return fmt.Errorf("read %s: %w", in.called(), err)
}

// source is a text that is all of the input.
func (in Input) source(text string) source { return source{text: text, file: in.Name, line: 1} }

// inside is what a container holds.
func (in Input) inside(name string, r io.Reader) Input {
	inner := Input{Name: in.Name, Reader: r, depth: in.depth + 1}
	if name != "" {
		inner.Name = in.called() + ": " + name
	}
	return inner
}
