package flow

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf16"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/cite"
	"example.com/grantwalk/diagnose/safe"
)

// Result is the document that --json prints; docs/json.md explains it to users.
type Result struct {
	Version  int           `json:"version"`
	Outcome  Kind          `json:"outcome"`
	Step     string        `json:"step"`
	Provider string        `json:"provider"`
	Error    *ErrorMembers `json:"error"`            // null: no server rejected anything
	Reason   string        `json:"reason,omitempty"` // what the outcome alone does not tell
	Causes   []Cause       `json:"causes"`           // best first; empty: nothing went wrong
	RuledOut []RuledOut    `json:"ruled_out"`
	Groups   []Group       `json:"groups,omitempty"`   // of a log with several errors
	Timings  Timings       `json:"timings"`            // zero: did not take place
	IDToken  *IDToken      `json:"id_token,omitempty"` // absent: none was received
	Tokens   *Granted      `json:"tokens,omitempty"`   // with --reveal only
	Twist    *TwistResult  `json:"twist,omitempty"`    // absent: nothing was broken on purpose
}

// ErrorMembers is an [ErrorResponse] in the document: all members are always there.
type ErrorMembers struct {
	Error       safe.Foreign  `json:"error"`
	Description safe.Foreign  `json:"error_description"`
	URI         safe.Endpoint `json:"error_uri"`
	Status      int           `json:"http_status"` // 0: it came by the redirect
}

func membersOf(e *ErrorResponse) *ErrorMembers {
	if e == nil {
		return nil
	}
	return &ErrorMembers{e.Error, e.Description, e.URI, e.Status}
}

// A Cause is one of the diagnosis, in the document's form.
type Cause struct {
	ID       diagnose.ID       `json:"id"`
	Title    string            `json:"title"`
	Strength diagnose.Strength `json:"strength"`
	Score    float64           `json:"score"`
	Evidence []string          `json:"evidence"`
	Fix      []string          `json:"fix"`
	Cites    []string          `json:"cites"`
	Decide   string            `json:"decide"`       // the one test that would settle it; empty: it is settled
	At       string            `json:"at,omitempty"` // where in the files its first evidence is: "server.log:3211"
}

// RuledOut is a cause that the evidence excludes.
type RuledOut struct {
	ID  diagnose.ID `json:"id"`
	Why string      `json:"why"`
}

// Explained is the kind of a result that no walk led to: of a text, a log or
// somebody's own traffic.
const Explained Kind = "explained"

// A Group is errors of a log that say the same.
type Group struct {
	Count int           `json:"count"`
	First string        `json:"first,omitempty"` // its time, as the log has it
	Last  string        `json:"last,omitempty"`
	Error *ErrorMembers `json:"error"`
	Cause diagnose.ID   `json:"cause"` // the first
}

// GroupOf is a group with what its diagnosis came to.
func GroupOf(count int, first, last string, d diagnose.Report) Group {
	g := Group{Count: count, First: first, Last: last, Error: ResultOf(d).Error}
	if len(d.Causes) > 0 {
		g.Cause = d.Causes[0].ID
	}
	return g
}

// ResultOf is the document of a diagnosis.
func ResultOf(d diagnose.Report) Result {
	r := Result{Version: 1, Outcome: Explained, Step: d.Step, Provider: d.Provider}
	if d.Granted {
		r.Outcome = GotTokens
	}
	if e := d.ErrorResponse; e.Error != "" || e.Description != "" || e.Status >= 300 {
		r.Error = membersOf(&e)
	}
	r.diagnosed(d)
	return r
}

func (r *Result) diagnosed(d diagnose.Report) {
	r.Causes, r.RuledOut = []Cause{}, []RuledOut{}
	for _, c := range d.Causes {
		cause := Cause{ID: c.ID, Title: c.Title, Strength: c.Strength, Score: c.Score, Evidence: c.Lines(), Fix: append([]string{}, c.Fix...), Cites: []string{}, Decide: c.Decide, At: c.At.String()}
		for _, section := range cite.In(c.Cites) {
			cause.Cites = append(cause.Cites, section.String())
		}
		r.Causes = append(r.Causes, cause)
	}
	for _, out := range d.RuledOut {
		r.RuledOut = append(r.RuledOut, RuledOut{out.ID, out.Why})
	}
}

// Timings are milliseconds. Those of the connection count from their own
// beginning, first_byte_ms and exchange_ms from the request's.
type Timings struct {
	CallbackToExchange float64 `json:"callback_to_exchange_ms"`
	CodeAge            float64 `json:"code_age_ms"` // when the token request was out
	Exchange           float64 `json:"exchange_ms"`
	DNS                float64 `json:"dns_ms"`
	Connect            float64 `json:"connect_ms"`
	TLS                float64 `json:"tls_ms"`
	FirstByte          float64 `json:"first_byte_ms"`
}

// Granted are the tokens themselves, for who asked to see them.
type Granted struct {
	Access    string  `json:"access_token"`
	Refresh   string  `json:"refresh_token,omitempty"`
	ID        string  `json:"id_token,omitempty"`
	Type      string  `json:"token_type"`
	Scope     string  `json:"scope,omitempty"`
	ExpiresIn float64 `json:"expires_in,omitempty"` // seconds
}

// Result is how the walk stands. One that came to no end was interrupted.
func (w *Walk) Result(reveal bool) Result {
	r := Result{
		Version: 1, Outcome: cmp.Or(w.Last.Kind, Interrupted), Step: w.Last.Step.String(), Provider: w.Config.Name(),
		Error: membersOf(w.Last.Error), Reason: w.Last.Why, Causes: []Cause{}, RuledOut: []RuledOut{},
	}
	if w.Last.Kind.HasCauses() {
		r.diagnosed(diagnose.Diagnose(w.Evidence()))
	}
	if t := w.Exchange; t != nil {
		r.Timings = Timings{
			CallbackToExchange: ms(t.CallbackToRequest), CodeAge: ms(t.CodeAge), Exchange: ms(t.Total),
			DNS: ms(t.DNS), Connect: ms(t.Conn), TLS: ms(t.TLS), FirstByte: ms(t.FirstByte),
		}
	}
	r.IDToken, r.Twist = w.IDToken, w.TwistResult()
	if w.Tokens != nil && w.Tokens.ID != "" && w.IDToken == nil {
		r.IDToken = &IDToken{Why: "the walk ended before the ID token was checked"}
	}
	if t := w.Tokens; t != nil && reveal {
		r.Tokens = &Granted{
			Access: t.Access.Reveal(), Refresh: t.Refresh.Reveal(), ID: t.ID.Reveal(),
			Type: safe.Text(t.Type.Raw(), maxShown), Scope: safe.Text(t.Scope.Raw(), maxShown), ExpiresIn: t.ExpiresIn.Seconds(),
		}
	}
	return r
}

// ms is d in milliseconds, to the microsecond.
func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// WriteJSON writes the document to out, whose errors it returns.
func (r Result) WriteJSON(out io.Writer) error { return writeJSON(out, r) }

// writeJSON writes doc for people and programs. What could act on a terminal is
// escaped: a token that was asked to be seen may hold anything.
func writeJSON(out io.Writer, doc any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(doc); err != nil {
		return err
	}
	_, err := io.WriteString(out, escapeUnfit(b.String()))
	return err
}

// escapeUnfit escapes within JSON strings, the only place where such runes can be.
func escapeUnfit(doc string) string {
	var b strings.Builder
	for line := range strings.Lines(doc) {
		if safe.Clean(strings.TrimSuffix(line, "\n")) {
			b.WriteString(line)
			continue
		}
		for _, r := range line {
			if r == '\n' || safe.Clean(string(r)) {
				b.WriteRune(r)
				continue
			}
			for _, unit := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&b, `\u%04x`, unit)
			}
		}
	}
	return b.String()
}
