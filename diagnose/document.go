package diagnose

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"

	"example.com/grantwalk/diagnose/cite"
	"example.com/grantwalk/diagnose/safe"
)

// Document is a diagnosis as --json prints it; docs/json.md explains it to users.
type Document struct {
	Version  int                `json:"version"`
	Outcome  Outcome            `json:"outcome"`
	Step     string             `json:"step"`
	Provider string             `json:"provider"`
	Error    *ErrorMembers      `json:"error"`            // null: no server rejected anything
	Reason   string             `json:"reason,omitempty"` // what the outcome alone does not tell
	Causes   []CauseDocument    `json:"causes"`           // best first; empty: nothing went wrong
	RuledOut []RuledOutDocument `json:"ruled_out"`
	Groups   []GroupDocument    `json:"groups,omitempty"` // of a log with several errors
	Timings  Timings            `json:"timings"`          // zero: did not take place
}

// Outcome is how what a document is about ended.
type Outcome string

// The outcomes.
const (
	GotTokens     Outcome = "tokens"
	Refused       Outcome = "refused"        // the server responded, and not with what was asked for
	Denied        Outcome = "denied"         // the user or an administrator said no (access_denied)
	StateMismatch Outcome = "state_mismatch" // a response came, but not to the request of this walk
	NoAnswer      Outcome = "no_answer"      // nothing came in time, or the connection broke
	Interrupted   Outcome = "interrupted"    // the person at the terminal ended it
	Explained     Outcome = "explained"      // no walk led to it: a text, a log or an app's own traffic
)

// HasCauses reports whether the evidence of a walk that ended so is worth a diagnosis: a
// response came, and not the one that was asked for.
func (o Outcome) HasCauses() bool { return o == Refused || o == Denied || o == StateMismatch }

// ErrorMembers is an [ErrorResponse] in the document: all members are always there.
type ErrorMembers struct {
	Error       safe.Foreign  `json:"error"`
	Description safe.Foreign  `json:"error_description"`
	URI         safe.Endpoint `json:"error_uri"`
	Status      int           `json:"http_status"` // 0: it came by the redirect
}

// MembersOf is an error in the document; nil: there is none.
func MembersOf(e *ErrorResponse) *ErrorMembers {
	if e == nil {
		return nil
	}
	return &ErrorMembers{e.Error, e.Description, e.URI, e.Status}
}

// CauseDocument is a cause in the document.
type CauseDocument struct {
	ID       ID       `json:"id"`
	Title    string   `json:"title"`
	Strength Strength `json:"strength"`
	Score    float64  `json:"score"`
	Evidence []string `json:"evidence"`
	Fix      []string `json:"fix"`
	Cites    []string `json:"cites"`
	Decide   string   `json:"decide"`       // the one test that would settle it; empty: it is settled
	At       string   `json:"at,omitempty"` // where in the files its first evidence is: "server.log:3211"
}

// RuledOutDocument is a cause that the evidence excludes, in the document.
type RuledOutDocument struct {
	ID  ID     `json:"id"`
	Why string `json:"why"`
}

// GroupDocument is errors of a log that say the same, in the document.
type GroupDocument struct {
	Count int           `json:"count"`
	First string        `json:"first,omitempty"` // its time, as the log has it
	Last  string        `json:"last,omitempty"`
	Error *ErrorMembers `json:"error"`
	Cause ID            `json:"cause"` // the first
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

// DocumentOf is the document of a report.
func DocumentOf(r Report) Document {
	d := Document{Version: 1, Outcome: Explained, Step: r.Step, Provider: r.Provider}
	switch {
	case r.Granted:
		d.Outcome = GotTokens
	case r.StateDiffers:
		d.Outcome = StateMismatch
	}
	d.Reason = strings.Join(r.Findings, "; ")
	if e := r.ErrorResponse; e.Error != "" || e.Description != "" || e.Status >= 300 {
		d.Error = MembersOf(&e)
	}
	d.SetCauses(r)
	return d
}

// SetCauses writes the causes of a report into the document.
func (d *Document) SetCauses(r Report) {
	d.Causes, d.RuledOut = []CauseDocument{}, []RuledOutDocument{}
	for _, c := range r.Causes {
		cause := CauseDocument{ID: c.ID, Title: c.Title, Strength: c.Strength, Score: c.Score, Evidence: c.Lines(), Fix: append([]string{}, c.Fix...), Cites: []string{}, Decide: c.Decide, At: c.At.String()}
		for _, section := range cite.In(c.Cites) {
			cause.Cites = append(cause.Cites, section.String())
		}
		d.Causes = append(d.Causes, cause)
	}
	for _, out := range r.RuledOut {
		d.RuledOut = append(d.RuledOut, RuledOutDocument{out.ID, out.Why})
	}
}

// AddGroup adds a group with its diagnosis.
func (d *Document) AddGroup(count int, first, last string, r Report) {
	g := GroupDocument{Count: count, First: first, Last: last, Error: DocumentOf(r).Error}
	if len(r.Causes) > 0 {
		g.Cause = r.Causes[0].ID
	}
	d.Groups = append(d.Groups, g)
}

// WriteJSON writes a document for people and programs. What could act on a terminal is
// escaped: a token that was asked to be seen may hold anything. It returns out's errors.
func WriteJSON(out io.Writer, doc any) error {
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
