// Package read makes evidence of what people have at hand: HTTP archives,
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
	"slices"
	"strings"

	"example.com/grantwalk/diagnose/evidence"
	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/safe"
)

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

func (c *collector) text(in Input, r *bufio.Reader) error {
	head, err := r.Peek(small)
	if err != nil && !errors.Is(err, io.EOF) {
		return in.problem(err)
	}
	if errors.Is(err, io.EOF) {
		from := in.source(plain(string(head)))
		if lines := tableLines(from.text); lines != "" {
			from.text, from.line = lines, 0
		}
		c.take(readText(from))
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
	for _, w := range c.walks {
		e.Provider, e.Issuer, e.CodeLifetime = safe.Foreign(safe.Cut(w.Result.Provider, maxWords)), safe.Endpoint(safe.Cut(w.Issuer, maxWords)), int(w.CodeLifetime)
		e.Compared.Add(w.Compared)
		res.Walk = &w.Result.Walk
	}
	if len(c.walks) > 1 {
		res.Walk = nil
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
	res.Recognised = res.Recognised || len(c.groups) > 0 || len(e.TokenRequests) > 0 || len(e.Authorizations) > 0 || e.Pending
	e.Statements = append(e.Statements, noted(o.Note)...)
	evidence.Scrub(e, named(append(c.readings, reading{text: o.Note}))...)
	if res.Kind == "" {
		res.Kind = KindNothing
	}
	return res
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

// maxDump bounds what is read of a dump, in bytes.
const maxDump = 4 << 20

// dump reads a dump that is longer than a text that is read as a whole: its messages, and
// the beginning of what a person wrote between them.
func (c *collector) dump(in Input, r *bufio.Reader) error {
	body, err := io.ReadAll(io.LimitReader(r, maxDump+1))
	if err != nil {
		return in.problem(err)
	}
	if len(body) > maxDump {
		body = body[:maxDump]
		c.warn(in, fmt.Sprintf("only the first %d MB were read", maxDump>>20))
	}
	from := in.source(plain(string(body)))
	printed, rest := dumped(from.text)
	c.take(readPrinted(from, printed, safe.Cut(strings.TrimSpace(rest), small)))
	return nil
}

// HAR reads the flow out of an HTTP archive (HAR 1.2), as browsers and proxies
// write them, in the order of startedDateTime. Of a capture that ends in the
// middle it reads what is there.
func HAR(r io.Reader) (evidence.Evidence, error) {
	k := keeper{}
	if err := readHAR(bufio.NewReaderSize(r, buffer), &k); err != nil && len(k.kept) == 0 {
		return evidence.Evidence{}, err
	}
	return assemble(k.kept), nil
}
