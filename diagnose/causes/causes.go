// Package causes holds what is known of each cause, in a folder of its own:
//
//   - cause.json: what happened, what the facts mean for it, how frequent it is, what to
//     do about it, its questions for the checklist, and the test that would settle it
//   - explain.md: what a person should know of it
//   - match.json, near-miss.json: evidence of it, and evidence that looks like it and is
//     something else
//
// A folder more is a cause more: nothing else names them all. common.json has what is of
// no cause alone.
package causes

import (
	"cmp"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
)

// ID names a cause. Reports, links and other people's programs hold them, so
// they never change.
type ID string

// The causes that other code speaks of.
const (
	CodeExpired         ID = "code_expired"
	CodeReused          ID = "code_reused"
	CodeMalformed       ID = "code_malformed"
	RedirectURIMismatch ID = "redirect_uri_mismatch"
	ClientMismatch      ID = "client_mismatch"
	ClientCredentials   ID = "client_credentials"
	PKCEMismatch        ID = "pkce_mismatch"
	UserDenied          ID = "user_denied"
	RefreshExpired      ID = "refresh_expired"
	RefreshRevoked      ID = "refresh_revoked"
	RefreshReused       ID = "refresh_reused"
	WrongToken          ID = "wrong_token"
	WrongEnvironment    ID = "wrong_environment"
	ClockSkew           ID = "clock_skew"
	AssertionInvalid    ID = "assertion_invalid"
	UserCredentials     ID = "user_credentials"
	Policy              ID = "policy"
	ServerState         ID = "server_state"
	Other               ID = "other"
)

// A Cause is what its cause.json says. What ranks it is decoded with it; the rest when it
// is asked for, because few causes of many are listed in a report.
type Cause struct {
	ID    ID     `json:"id"`    // the name of its folder
	Place int    `json:"place"` // in lists, among the others
	Title string `json:"title"` // what happened, as a sentence without its full stop
	Cites string `json:"cites"` // as texts cite: "RFC 6749 §4.1.2, §5.2"

	// After are causes that explain what this one sees: while one of them is settled, the
	// contradictions of this one are signs only.
	After []ID     `json:"after"`
	Hints []string `json:"hints"` // what of the catalogue helps, where the provider is known

	Prior map[string]float64 `json:"prior"` // how often it is behind a refusal of which only the grant is known
	Facts []Meaning          `json:"facts"`

	remedy    func() *remedy
	checklist func() *checklist
}

// A remedy is what to do about a cause.
type remedy struct {
	Fix  []Step `json:"fix"`
	Tell string `json:"decide"`
}

// A checklist is what the checklist asks about a cause.
type checklist struct {
	Questions []Question         `json:"questions"`
	Answers   map[string]float64 `json:"answers"`
	StatedBy  []Statement        `json:"stated_by"`
}

// Fix are instructions, best first.
func (c *Cause) Fix() []Step { return c.remedy().Fix }

// Tell is the one test that would settle it.
func (c *Cause) Tell() string { return c.remedy().Tell }

// Questions are its own.
func (c *Cause) Questions() []Question { return c.checklist().Questions }

// Answers are how likely the answer yes is if this is the cause, by the question; else it
// is the question's own.
func (c *Cause) Answers() map[string]float64 { return c.checklist().Answers }

// StatedBy are the questions whose bad answer is the contradiction itself.
func (c *Cause) StatedBy() []Statement { return c.checklist().StatedBy }

// A Meaning is what a fact means for a cause. A fact that differs settles it, one that
// fits excludes it. By is what the other states of the fact are worth, in log-odds.
type Meaning struct {
	Fact string             `json:"fact"`
	By   map[string]float64 `json:"by"`
}

// A Step is one thing to do: the first of the texts whose conditions hold.
type Step []Advice

// Advice is a text with values of the case in braces, and when it is given. The names of
// the values and conditions are those of view.Value; with a ! before it a condition must
// not hold.
type Advice struct {
	If   []string `json:"if"`
	Text string   `json:"text"`
}

// UnmarshalJSON also takes a text alone, for a step that is always the same.
func (s *Step) UnmarshalJSON(b []byte) error {
	if b[0] == '"' {
		*s = make(Step, 1)
		return json.Unmarshal(b, &(*s)[0].Text)
	}
	return json.Unmarshal(b, (*[]Advice)(s))
}

// UnmarshalJSON also takes a text alone, which is given if no other is.
func (a *Advice) UnmarshalJSON(b []byte) error {
	if b[0] == '"' {
		return json.Unmarshal(b, &a.Text)
	}
	type plain Advice
	return json.Unmarshal(b, (*plain)(a))
}

// A Question is one that an expert would ask, put so that it is answered by yes or no.
type Question struct {
	ID     string   `json:"id"`
	Place  int      `json:"place"`      // in lists
	Ask    string   `json:"ask"`        // one sentence
	How    string   `json:"how"`        // how to find out
	Hint   string   `json:"hint"`       // what of the catalogue helps to find out
	Grants []string `json:"grants"`     // empty: any; "unknown": only while it is not known
	Facts  []string `json:"facts"`      // any of them that fits or differs is the answer
	Bad    bool     `json:"yes_is_bad"` // yes is the answer that speaks for a fault
	Yes    float64  `json:"yes"`        // how likely the answer yes is, under a cause that says nothing else
}

// A Statement is the bad answer to a question, in the grants that are named, or in any.
type Statement struct {
	Question string   `json:"question"`
	Grants   []string `json:"grants"`
}

// A Common is what is of no cause alone.
type Common struct {
	Grants []struct {
		Grant   string `json:"grant"`
		Because string `json:"because"` // of the priors for it
	} `json:"grants"`
	Questions []Question `json:"questions"`
}

//go:generate go run ../../cmd/causes ../../docs/causes
//go:embed common.json */cause.json */explain.md */match.json */near-miss.json
var files embed.FS

// All are the causes, in the order of their places.
var All = sync.OnceValue(func() []*Cause { return must(Load(files)) })

// Shared is what is of no cause alone.
var Shared = sync.OnceValue(func() *Common {
	return decoded[Common]("common.json", string(must(files.ReadFile("common.json"))))
})

// IDs are the causes' names, in the order in which lists show them.
var IDs = sync.OnceValue(func() []ID {
	var ids []ID
	for _, c := range All() {
		ids = append(ids, c.ID)
	}
	return ids
})

// Find returns a cause; nil: there is none of that name.
func Find(id ID) *Cause {
	for _, c := range All() {
		if c.ID == id {
			return c
		}
	}
	return nil
}

// Explain is the text of a cause, in Markdown: what it is, how it comes about,
// how to check, how to mend. It is empty for an unknown cause.
func Explain(id ID) string {
	body, err := files.ReadFile(path.Join(string(id), "explain.md"))
	if err != nil {
		return ""
	}
	return string(body)
}

// Fixture is the evidence in a file of the cause's folder, as JSON.
func Fixture(id ID, name string) ([]byte, error) { return files.ReadFile(path.Join(string(id), name)) }

// Load reads every folder with a cause.json. An error names the file.
func Load(fsys fs.FS) ([]*Cause, error) {
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, err
	}
	var all []*Cause
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		c, err := load(fsys, e.Name()+"/cause.json")
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			return nil, err
		case string(c.ID) != e.Name():
			return nil, fmt.Errorf("%s/cause.json: the id is %q and not the folder's name", e.Name(), c.ID)
		}
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b *Cause) int {
		return cmp.Or(cmp.Compare(a.Place, b.Place), strings.Compare(string(a.ID), string(b.ID)))
	})
	return all, nil
}

func load(fsys fs.FS, name string) (*Cause, error) {
	body, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, err
	}
	ranks, does, asks, ok := parts(string(body))
	if !ok {
		return nil, fmt.Errorf("%s: fix and questions are not where a cause.json has them", name)
	}
	c := new(Cause)
	c.remedy = sync.OnceValue(func() *remedy { return decoded[remedy](name, does) })
	c.checklist = sync.OnceValue(func() *checklist { return decoded[checklist](name, asks) })
	return c, decode(name, ranks, c)
}

// parts are what of a cause.json ranks the cause, what it says to do, and what it asks:
// three values of JSON.
func parts(text string) (ranks, does, asks string, ok bool) {
	const fix, questions = ",\n \"fix\":", ",\n \"questions\":"
	ranks, text, ok = strings.Cut(text, fix)
	does, asks, found := strings.Cut(text, questions)
	return ranks + "}", "{" + fix[1:] + does + "}", "{" + questions[1:] + asks, ok && found
}

func decode(name, text string, into any) error {
	if err := json.Unmarshal([]byte(text), into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func decoded[T any](name, text string) *T {
	v := new(T)
	return must(v, decode(name, text, v))
}

// must is for the program's own files; a test reads them all.
func must[T any](v T, err error) T {
	if err != nil {
		panic("causes: " + err.Error())
	}
	return v
}

// Questions are those of all causes and the common ones, in the order of their places.
var Questions = sync.OnceValue(func() []*Question {
	var all []*Question
	for i := range Shared().Questions {
		all = append(all, &Shared().Questions[i])
	}
	for _, c := range All() {
		own := c.Questions()
		for i := range own {
			all = append(all, &own[i])
		}
	}
	slices.SortStableFunc(all, func(a, b *Question) int { return cmp.Compare(a.Place, b.Place) })
	return all
})

// Worth is what a state of the fact is worth, in log-odds.
func (m Meaning) Worth(state string) float64 { return m.By[state] }
