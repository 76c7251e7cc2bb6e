package read

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"example.com/grantwalk/diagnose/evidence"
	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/internal/lazy"
	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/diagnose/wire"
)

// A walk that was saved (walk --save) holds its own exchanges. Secrets are left out of
// them, but numbered: the same number is the same secret. So a code that was sent twice
// or exchanged for another still shows. A verifier cannot be hashed.

// savedFormat is the member by which a saved walk is known, wherever a program that sorted
// the members has put it.
var savedFormat = lazy.Regexp(`"format"\s*:\s*"grantwalk-transcript"`)

func isSaved(head []byte) bool {
	return bytes.Contains(head, []byte("grantwalk-transcript")) && bytes.HasPrefix(bytes.TrimSpace(head), []byte("{")) && savedFormat().Match(head)
}

// savedWalk is the part of the document that is evidence, and what the walk said itself.
type savedWalk struct {
	version int
	Result  struct {
		Provider string      `json:"provider"`
		Error    *savedError `json:"error"`
		Walk
	}
	Issuer       string
	CodeLifetime float64 // seconds
	Messages     []savedMessage

	Compared evidence.Comparisons
}

// savedVersion is the version of the files that are known.
const savedVersion = 1

// decodeSaved reads the document member by member. Of a file that ends in its middle it
// gives what is there, with the error.
func decodeSaved(dec *json.Decoder) (d savedWalk, err error) {
	if _, err := dec.Token(); err != nil {
		return d, err
	}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return d, err
		}
		switch name {
		case "version":
			err = dec.Decode(&d.version)
		case "result":
			err = dec.Decode(&d.Result)
		case "issuer":
			err = dec.Decode(&d.Issuer)
		case "code_lifetime_s":
			err = dec.Decode(&d.CodeLifetime)
		case "compared":
			err = dec.Decode(&d.Compared)
		case "messages":
			err = d.decodeMessages(dec)
		default:
			err = dec.Decode(new(json.RawMessage))
		}
		if err != nil {
			return d, err
		}
	}
	_, err = dec.Token()
	return d, err
}

func (d *savedWalk) decodeMessages(dec *json.Decoder) error {
	if _, err := dec.Token(); err != nil {
		return err
	}
	for dec.More() {
		var m savedMessage
		if err := dec.Decode(&m); err != nil {
			return err
		}
		m.Params = m.Params[:min(len(m.Params), maxParams)]
		d.Messages = append(d.Messages, m)
	}
	_, err := dec.Token()
	return err
}

// savedProblem says why a document is no saved walk, without what it holds.
func savedProblem(err error) string {
	if wrong := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrong) {
		return "the member " + safe.Quote(wrong.Field, 100) + " has a value of another type, " + wrong.Value
	}
	return inWords(err)
}

// numbersApart sets the numbers of secrets apart from those of other files, in which the
// same number is another secret.
func (d *savedWalk) numbersApart(by int) {
	for i := range d.Messages {
		for j := range d.Messages[i].Params {
			d.Messages[i].Params[j].Secret += by
		}
	}
	d.Compared = d.Compared.Shifted(by)
}

// isSame reports whether two files are of one walk.
func (d *savedWalk) isSame(other *savedWalk) bool {
	return len(d.Messages) > 0 && len(d.Messages) == len(other.Messages) && d.Messages[0].At.Equal(other.Messages[0].At) && d.Messages[len(d.Messages)-1].At.Equal(other.Messages[len(d.Messages)-1].At)
}

type savedError struct {
	Code        string `json:"error"`
	Description string `json:"error_description"`
	URI         string `json:"error_uri"`
}

// A savedMessage is a request or a response.
type savedMessage struct {
	Kind   string       `json:"kind"`
	Name   string       `json:"name"` // where the file has no kind
	Method string       `json:"method"`
	URL    string       `json:"url"`
	Status int          `json:"status"`
	At     time.Time    `json:"at"`
	Params []savedParam `json:"params"`
	Body   string       `json:"body"`
}

type savedParam struct {
	In       string `json:"in"`
	Name     string `json:"name"`
	Value    string `json:"value"`
	Redacted bool   `json:"redacted"`
	Secret   int    `json:"secret"`
	Length   int    `json:"length"` // of the secret; 0: see the value
}

// savedKinds are the kinds of requests by the names that older files have.
var savedKinds = map[string]exchange.Kind{
	"pushed authorization": exchange.Pushed,
	"authorization":        exchange.Authorization,
	"callback":             exchange.Callback,
	"token":                exchange.Token,
	"refresh":              exchange.Token,
	"probe":                exchange.Probe,
	"revocation":           exchange.Revocation,
}

func (m savedMessage) kind() exchange.Kind {
	if m.Kind != "" {
		return exchange.KindOf(m.Kind)
	}
	return savedKinds[strings.TrimSuffix(strings.TrimSuffix(m.Name, " response"), " request")]
}

// exchanges joins requests and responses. A response that the client did not see has no
// status.
func (d *savedWalk) exchanges() []exchange.Exchange {
	var all []exchange.Exchange
	for _, m := range d.Messages {
		isResponse := m.Status != 0 || strings.HasSuffix(m.Name, " response")
		switch last, kind := len(all)-1, m.kind(); {
		case kind == exchange.Unknown:
		case !isResponse:
			all = append(all, exchange.Exchange{Kind: kind, Request: m.request(), SentAt: m.At})
		case m.Status != 0 && last >= 0 && all[last].Kind == kind:
			all[last].Response, all[last].ReceivedAt = m.response(), m.At
		}
	}
	if said := d.Result.Error; said != nil {
		exchange.SetError(all, &wire.ErrorResponse{Error: safe.Foreign(said.Code), Description: safe.Foreign(said.Description), URI: safe.Endpoint(said.URI)})
	}
	return all
}

// show is the value, or for a secret that was left out its stand-in.
func (p savedParam) show() string {
	if !p.Redacted {
		return p.Value
	}
	length := p.Length
	if m := shownLength().FindStringSubmatch(p.Value); length == 0 && m != nil {
		length, _ = strconv.Atoi(m[1]) // digits
	}
	return safe.StandIn(p.Secret, length).Reveal()
}

// shownLength is how a file shows a secret that was left out.
var shownLength = lazy.Regexp(`… \((\d{1,6}) characters?\)$`)

func (m savedMessage) request() exchange.Request {
	r := exchange.Request{Method: m.Method}
	r.SetURL(safe.Cut(m.URL, maxWords))
	r.Query = nil
	for _, p := range m.Params {
		switch {
		case p.In == "query", p.In == "fragment":
			r.Query = append(r.Query, wire.Param{Name: p.Name, Value: p.show()})
		case p.In == "form":
			r.Form = append(r.Form, wire.Param{Name: p.Name, Value: p.show()})
		case p.In == "basic":
			r.Basic = append(r.Basic, wire.Param{Name: p.Name, Value: p.show()})
		case p.Name == "Authorization" && p.Redacted:
			if strings.HasPrefix(p.Value, "Basic ") && len(r.Basic) == 0 {
				r.Basic = []wire.Param{{Name: "credentials", Value: p.show()}}
			}
		case p.In == "header":
			r.SetHeader(p.Name, p.Value)
		}
	}
	return r
}

func (m savedMessage) response() exchange.Response {
	r := exchange.Response{Status: m.Status, Body: safe.Cut(m.Body, maxWords), Params: []wire.Param{}}
	var plain []wire.Param
	for _, p := range m.Params {
		if p.In == "header" {
			r.SetHeader(p.Name, p.Value)
			continue
		}
		r.Params = append(r.Params, wire.Param{Name: p.Name, Value: p.show()})
		if p.In == "json" && p.Secret == 0 {
			plain = append(plain, wire.Param{Name: safe.Cut(p.Name, 100), Value: safe.Cut(p.Value, maxWords)})
		}
	}
	if r.Body == "" {
		r.Body = exchange.Members(plain)
	}
	return r
}
