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
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"example.com/grantwalk/diagnose/evidence"
	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/safe"
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
}

// A Group is errors of a log that say the same.
type Group struct {
	Count       int
	First, Last string // the times of the first and the last, as the log has them; empty: none were found
	Evidence    evidence.Evidence
}

// small is the size up to which a text is read as a whole; what is longer is a
// log, of which only the errors and what stands around them are looked at.
const small = 64 << 10

// Read reads inputs, together one case. An input that cannot be read is an
// error, an *[Unreadable] where it is no text; one in which nothing is found is not.
func Read(inputs []Input, o Options) (Result, error) {
	c := collector{room: maxUnpacked}
	var unreadable *Unreadable
	read := 0
	for _, in := range inputs {
		switch err := c.input(in); {
		case err == nil:
			read++
		case in.OfMany && errors.As(err, &unreadable):
			c.warnings = append(c.warnings, err.Error()+"; it was left out")
		default:
			return Result{}, err
		}
	}
	if read == 0 && unreadable != nil {
		return Result{}, unreadable
	}
	return c.result(o), nil
}

// A collector puts inputs together.
type collector struct {
	kind     string
	captured []exchange.Exchange // of HAR files
	walk     *savedWalk          // nil: none was given
	readings []reading
	groups   []Group
	single   []Group // errors that stand in a text alone: groups beside those of a log
	warnings []string
	room     int64 // bytes that containers may still hold
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

func (c *collector) text(in Input, r *bufio.Reader) error {
	head, err := r.Peek(small)
	if err != nil && !errors.Is(err, io.EOF) {
		return in.problem(err)
	}
	if errors.Is(err, io.EOF) {
		c.take(readText(in.source(plain(string(head)))))
		return nil
	}
	if isDump(plain(string(head[:peeked]))) {
		return c.dump(in, r)
	}
	groups, sample, err := scan(in.Name, r)
	if err != nil {
		return in.problem(err)
	}
	c.groups = append(c.groups, groups...)
	if len(groups) == 0 {
		from := in.source(plain(sample))
		from.line = 0 // it is the end of the log
		c.take(readText(from))
	}
	if len(c.captured) == 0 {
		c.kind = KindLog
	}
	return nil
}

// source is a text that is all of the input.
func (in Input) source(text string) source { return source{text: text, file: in.Name, line: 1} }

// take takes what was read out of a text.
func (c *collector) take(read reading) {
	c.readings = append(c.readings, read)
	if c.kind == "" || c.kind == KindNothing {
		c.kind = read.kind
	}
	if read.stamped > 1 {
		if groups, _, _ := scan(read.from.file, strings.NewReader(read.text)); len(groups) > 1 || len(groups) == 1 && groups[0].Count > 1 {
			c.groups = append(c.groups, groups...)
			return
		}
	}
	if read.recognised {
		e := assemble(read.messages)
		complete(&e, []reading{read})
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
	if w := c.walk; w != nil {
		e.Provider, e.Issuer, e.CodeLifetime = safe.Foreign(safe.Cut(w.Result.Provider, maxWords)), safe.Endpoint(safe.Cut(w.Issuer, maxWords)), int(w.CodeLifetime)
		e.Compared = w.Compared
	}
	e.Provider, e.Grant = cmp.Or(safe.Foreign(o.Provider), e.Provider), o.Grant
	complete(e, c.readings)
	for _, r := range c.readings {
		res.Recognised = res.Recognised || r.recognised
	}
	if len(c.readings) == 0 && len(c.groups) > 0 {
		adopt(e, c.groups[0].Evidence)
	}
	for i := range res.Groups {
		said := &res.Groups[i].Evidence
		said.Provider, said.Grant = cmp.Or(safe.Foreign(o.Provider), said.Provider), cmp.Or(o.Grant, said.Grant)
		said.Statements = append(said.Statements, noted(o.Note)...)
	}
	res.Recognised = res.Recognised || len(c.groups) > 0 || len(e.TokenRequests) > 0 || len(e.Authorizations) > 0
	e.Statements = append(e.Statements, noted(o.Note)...)
	evidence.Scrub(e, named(append(c.readings, reading{text: o.Note}))...)
	if res.Kind == "" {
		res.Kind = KindNothing
	}
	return res
}

// assemble makes evidence of exchanges, with what they say in words.
func assemble(exchanges []exchange.Exchange) evidence.Evidence {
	e := evidence.Assemble(exchanges)
	if f := find(exchange.Text(e.Statements, nil)); exchange.HasErrorCode(f.code) {
		f.status = 0 // the page's, not the token endpoint's
		e.ErrorResponse = f.refusal()
	}
	evidence.Scrub(&e)
	return e
}

// noted are the statements of a note that the person wrote.
func noted(note string) []exchange.Statement {
	text := safe.Cut(safe.Conceal(note), maxWords)
	return statements(source{}, text, exchange.Statement{Source: exchange.Person})
}

// unseen leaves of a text's messages those that no capture holds: a backend's log tells
// again what a proxy may have recorded, and that is not a second use of a code.
func (c *collector) unseen() func([]exchange.Exchange) []exchange.Exchange {
	type request struct {
		path, code, refreshToken string
		granting                 bool
	}
	requestOf := func(m exchange.Exchange) request {
		return request{m.Request.URL.Path, m.Request.Get("code"), m.Request.Get("refresh_token"), m.Request.Has("grant_type")}
	}
	seen := map[request]bool{}
	for _, m := range c.captured {
		seen[requestOf(m)] = true
	}
	return func(messages []exchange.Exchange) []exchange.Exchange {
		return slices.DeleteFunc(slices.Clone(messages), func(m exchange.Exchange) bool { return m.SentAt.IsZero() && seen[requestOf(m)] })
	}
}

// adopt takes over what the errors of a log say. The requests of a capture stay.
func adopt(e *evidence.Evidence, from evidence.Evidence) {
	if len(e.TokenRequests) == 0 && len(e.Authorizations) == 0 {
		e.TokenRequests, e.Authorizations = from.TokenRequests, from.Authorizations
	}
	e.ErrorResponse, e.ErrorAt, e.Statements = from.ErrorResponse, from.ErrorAt, from.Statements
	if e.Grant == "" {
		e.Grant = from.Grant
	}
	if e.Provider == "" {
		e.Provider = from.Provider
	}
}
