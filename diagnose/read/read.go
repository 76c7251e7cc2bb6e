// Package read makes evidence of what somebody has at hand: HTTP archives,
// logs, error messages, pasted requests and answers.
//
// It is pure and bounded: inputs of any size are read as a stream, and nothing
// that comes out holds a secret except as [safe.Secret]. It knows no server by
// its name, port or path; what a message is shows by what it carries. It judges
// nothing: that is package diagnose's.
package read

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"grantwalk/diagnose"
	"grantwalk/diagnose/safe"
)

// An Input is a file, or standard input.
type Input struct {
	Name   string // of the file; empty: standard input
	Reader io.Reader
}

// Options are what the person says besides.
type Options struct {
	Provider string // a name of the catalogue's, or any other
	Grant    string // a short name (diagnose.Grants)
	Note     string
}

// A Result is what the inputs come to, together one case.
type Result struct {
	Kind       string // of the input that tells most: one of the Kind constants
	Evidence   diagnose.Evidence
	Recognised bool     // an error, or a flow, was found; else say [Instead]
	Groups     []Group  // of a log: its errors by what they say, most frequent first
	Warnings   []string // what could not be read, and does not matter to the rest
}

// A Group is errors of a log that say the same.
type Group struct {
	Count       int
	First, Last string // the times of the first and the last, as the log has them; empty: none were found
	Evidence    diagnose.Evidence
}

// small is the size up to which a text is read as a whole; what is longer is a
// log, of which only the errors and what stands around them are looked at.
const small = 64 << 10

// Read reads inputs, together one case. An input that cannot be read is an
// error, an *[Unreadable] where it is no text; one in which nothing is found is not.
func Read(inputs []Input, o Options) (Result, error) {
	c := collector{}
	for _, in := range inputs {
		if err := c.input(in); err != nil {
			return Result{}, err
		}
	}
	return c.result(o), nil
}

// A collector puts inputs together.
type collector struct {
	kind     string
	captured []message          // of HAR files
	walk     *diagnose.Evidence // of a saved walk; nil: none was given
	texts    []string
	readings []reading
	groups   []Group
	single   []Group // errors that stand in a text alone: groups beside those of a log
	warnings []string
}

var harStart = lazy(`^\s*\{\s*"(?:log"\s*:\s*\{|entries"\s*:\s*\[)`)

func (c *collector) input(in Input) error {
	r := bufio.NewReaderSize(in.Reader, small)
	head, err := r.Peek(4 << 10)
	if err != nil && !errors.Is(err, io.EOF) {
		return in.problem(err)
	}
	if u := unreadable(head); u != nil {
		u.Name = in.Name
		return u
	}
	if order := wide(head); order != nil {
		r = bufio.NewReaderSize(&narrower{r: r, order: order}, small)
		head, _ = r.Peek(4 << 10)
	}
	if bytes.HasPrefix(head, []byte("\ufeff")) {
		r.Discard(3)
		head = head[3:]
	}
	switch {
	case harStart().Match(head):
		return c.har(in, r)
	case savedStart().Match(head):
		return c.saved(in, r)
	}
	return c.text(in, r)
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

func (c *collector) har(in Input, r io.Reader) error {
	messages, dropped, err := readHAR(r)
	if err != nil && len(messages) == 0 {
		return &Unreadable{Name: in.Name, What: "a HAR file that cannot be used: " + safe.Quote(err.Error(), 300), Instead: "Save the log of the network tab again, with content, and give the whole file."}
	}
	if err != nil {
		c.warnings = append(c.warnings, in.called()+": "+safe.Quote(err.Error(), 300)+"; the entries before that are used")
	}
	if dropped > 0 {
		c.warnings = append(c.warnings, fmt.Sprintf("%s: only the first %d messages that can be part of a login were read; %d later ones were not", in.called(), maxMessages, dropped))
	}
	c.captured = append(c.captured, messages...)
	c.kind = KindHAR
	return nil
}

func (c *collector) text(in Input, r *bufio.Reader) error {
	head, err := r.Peek(small)
	if err != nil && !errors.Is(err, io.EOF) {
		return in.problem(err)
	}
	if errors.Is(err, io.EOF) {
		c.add(plain(string(head)))
		return nil
	}
	groups, sample, err := scan(r)
	if err != nil {
		return in.problem(err)
	}
	c.groups = append(c.groups, groups...)
	if len(groups) == 0 {
		c.add(plain(sample))
	}
	if c.kind != KindHAR {
		c.kind = KindLog
	}
	return nil
}

func (c *collector) add(text string) {
	read := readText(text)
	c.texts, c.readings = append(c.texts, text), append(c.readings, read)
	if c.kind == "" || c.kind == KindNothing {
		c.kind = read.kind
	}
	if read.stamped > 1 {
		if groups, _, _ := scan(strings.NewReader(text)); len(groups) > 1 || len(groups) == 1 && groups[0].Count > 1 {
			c.groups = append(c.groups, groups...)
			return
		}
	}
	if read.recognised {
		e := assemble(read.messages)
		complete(&e, []reading{read}, []string{text})
		c.single = append(c.single, Group{Count: 1, Evidence: e})
	}
}

func (c *collector) result(o Options) Result {
	if len(c.groups) > 0 {
		c.groups = append(c.groups, c.single...)
	}
	slices.SortStableFunc(c.groups, func(a, b Group) int { return b.Count - a.Count })
	messages := c.captured
	unseen := c.unseen()
	for _, r := range c.readings {
		messages = append(messages, unseen(r.messages)...)
	}
	res := Result{Kind: c.kind, Groups: c.groups, Warnings: c.warnings, Evidence: assemble(messages)}
	e := &res.Evidence
	if c.walk != nil {
		*e = *c.walk
	}
	e.Provider, e.Grant = cmp.Or(safe.Foreign(o.Provider), e.Provider), o.Grant
	complete(e, c.readings, c.texts)
	for _, r := range c.readings {
		res.Recognised = res.Recognised || r.recognised
	}
	if len(c.readings) == 0 && len(c.groups) > 0 {
		adopt(e, c.groups[0].Evidence)
	}
	for i := range res.Groups {
		said := &res.Groups[i].Evidence
		said.Provider, said.Grant = cmp.Or(safe.Foreign(o.Provider), said.Provider), cmp.Or(o.Grant, said.Grant)
		said.Note = safe.Foreign(bounded(safe.Conceal(o.Note), maxWords))
	}
	res.Recognised = res.Recognised || len(c.groups) > 0 || len(e.TokenRequests) > 0 || len(e.Authorizations) > 0
	e.Note = safe.Foreign(bounded(safe.Conceal(o.Note), maxWords))
	scrub(e, named(append(c.texts, o.Note)))
	if res.Kind == "" {
		res.Kind = KindNothing
	}
	return res
}

// unseen leaves of a text's messages those that no capture holds: a backend's log tells
// again what a proxy may have recorded, and that is not a second use of a code.
func (c *collector) unseen() func([]message) []message {
	type request struct {
		path, code, refreshToken string
		granting                 bool
	}
	requestOf := func(m message) request {
		return request{m.url.Path, m.get("code"), m.get("refresh_token"), m.has("grant_type")}
	}
	seen := map[request]bool{}
	for _, m := range c.captured {
		seen[requestOf(m)] = true
	}
	return func(messages []message) []message {
		return slices.DeleteFunc(slices.Clone(messages), func(m message) bool { return m.at.IsZero() && seen[requestOf(m)] })
	}
}

// adopt takes over what the errors of a log say. The requests of a capture stay.
func adopt(e *diagnose.Evidence, from diagnose.Evidence) {
	if len(e.TokenRequests) == 0 && len(e.Authorizations) == 0 {
		e.TokenRequests, e.Authorizations = from.TokenRequests, from.Authorizations
	}
	e.Refusal, e.Words = from.Refusal, from.Words
	if e.Grant == "" {
		e.Grant = from.Grant
	}
	if e.Provider == "" {
		e.Provider = from.Provider
	}
}
