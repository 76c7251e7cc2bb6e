package practice_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/catalogue"
	"example.com/grantwalk/flow"
	"example.com/grantwalk/flow/practice"
)

// A play is a cause brought about for real: by a twist of the client's, by a
// fault of the server's, or by what the client does before a step.
type play struct {
	cause diagnose.ID
	step  flow.Step
	twist bool
	fault string
	wait  func(codeLifetime time.Duration) time.Duration // before the step
	spoil func(*flow.Config)                             // before the step

	client string // that begins the walk; the confidential one if empty
}

// asConfidential goes on as another client, which can prove who it is: not as the
// twist, whose other client has nothing to prove itself by.
func asConfidential(c *flow.Config) {
	c.ClientID, c.ClientSecret, c.ClientAuth = practice.ConfidentialClient, practice.ClientSecret, flow.AuthBasic
}

func (p play) name() string { return string(p.cause) + " at " + p.step.String() }

func (p play) grant() string {
	if p.step == flow.StepRefresh {
		return diagnose.GrantRefresh
	}
	return diagnose.GrantCode
}

// plays are all the causes that this server can refuse for. The rest are of
// grants that it does not have (assertion_invalid), or of none (other, clock_skew).
var plays = []play{
	{cause: diagnose.UserDenied, step: flow.StepCallback, twist: true},
	{cause: diagnose.CodeExpired, step: flow.StepExchange, twist: true,
		wait: func(life time.Duration) time.Duration { return life + time.Minute }},
	{cause: diagnose.CodeReused, step: flow.StepExchange, twist: true},
	{cause: diagnose.CodeMalformed, step: flow.StepExchange, twist: true},
	{cause: diagnose.RedirectURIMismatch, step: flow.StepExchange, twist: true},
	{cause: diagnose.PKCEMismatch, step: flow.StepExchange, twist: true},
	{cause: diagnose.ClientMismatch, step: flow.StepExchange, client: practice.PublicClient, spoil: asConfidential},
	{cause: diagnose.ClientMismatch, step: flow.StepRefresh, client: practice.PublicClient, spoil: asConfidential},
	{cause: diagnose.ClientCredentials, step: flow.StepExchange, twist: true},
	{cause: diagnose.ClientCredentials, step: flow.StepRefresh, spoil: func(c *flow.Config) { c.ClientSecret = "an-old-secret" }},
	{cause: diagnose.RefreshExpired, step: flow.StepRefresh, fault: "refresh_lifetime=720h",
		wait: func(time.Duration) time.Duration { return 31 * 24 * time.Hour }},
	{cause: diagnose.RefreshReused, step: flow.StepRefresh, twist: true},
	{cause: diagnose.RefreshRevoked, step: flow.StepRefresh, twist: true},
	{cause: diagnose.WrongToken, step: flow.StepRefresh, twist: true},
	{cause: diagnose.WrongEnvironment, step: flow.StepExchange, fault: "other_tenant"},
	{cause: diagnose.WrongEnvironment, step: flow.StepRefresh, fault: "other_tenant=refresh"},
	{cause: diagnose.Policy, step: flow.StepExchange, fault: "policy"},
	{cause: diagnose.Policy, step: flow.StepRefresh, fault: "policy=refresh"},
	{cause: diagnose.UserCredentials, step: flow.StepExchange, fault: "user_locked"},
	{cause: diagnose.UserCredentials, step: flow.StepRefresh, fault: "user_locked=refresh"},
	{cause: diagnose.ServerState, step: flow.StepExchange, fault: "lost_grants"},
	{cause: diagnose.ServerState, step: flow.StepRefresh, fault: "lost_grants=refresh"},
}

// A stage is a server on which walks are played, and the clock of both.
type stage struct {
	*bench
	mu      sync.Mutex
	last    practice.Event // the last request that was decided
	onToken func()         // called when a token request is; nil: nothing is
}

func newStage(t *testing.T) *stage {
	s := &stage{}
	s.bench = start(t, func(o *practice.Options) {
		o.Log = func(e practice.Event) {
			s.mu.Lock()
			defer s.mu.Unlock()
			if e.Path == "/token" || e.Path == "/authorize" {
				s.last = e
			}
			if e.Path == "/token" && s.onToken != nil {
				s.onToken()
			}
		}
	})
	return s
}

func (s *stage) event() practice.Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last
}

// tell sets the server's faults and dialect anew by its control page.
func (s *stage) tell(t *testing.T, fault, speak string) {
	t.Helper()
	s.do(http.MethodDelete, "/practice/faults", "", "")
	name, value, _ := strings.Cut(fault, "=")
	body, err := json.Marshal(map[string]string{"fault": name, "value": value, "speak": speak})
	if err != nil {
		t.Fatal(err)
	}
	if fault+speak == "" {
		return
	}
	if a := s.do(http.MethodPost, "/practice/faults", "application/json", string(body)); a.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s", body, a.body)
	}
}

// faults are those that are on.
func (s *stage) faults(t *testing.T) []practice.Fault {
	t.Helper()
	var state struct{ Faults []practice.Fault }
	if err := json.Unmarshal([]byte(s.get("/practice/faults").body), &state); err != nil {
		t.Fatal(err)
	}
	return state.Faults
}

// walk plays p at a server that calls itself provider, as far as p's step.
func (s *stage) walk(t *testing.T, p play, provider string) (*flow.Walk, flow.Outcome) {
	t.Helper()
	life := practice.DefaultCodeLifetime
	config := flow.Config{
		Provider: "practice", Issuer: s.server.Issuer(), ClientID: practice.ConfidentialClient, ClientSecret: practice.ClientSecret,
		OtherClientID: practice.PublicClient, Scopes: []string{"openid", "offline_access"}, CodeLifetime: life,
	}
	if p.client != "" {
		config.ClientID, config.ClientSecret = p.client, ""
	}
	fault := p.fault
	if known, ok := catalogue.Find(provider); ok { // as by its preset
		config.Provider, config.CodeLifetime = known.Name, time.Duration(known.CodeLifetime)*time.Second
		if config.CodeLifetime > 0 {
			life = config.CodeLifetime
		}
		if p.cause == diagnose.CodeExpired {
			fault = "code_lifetime=" + life.String()
		}
	}
	s.tell(t, fault, provider)
	w, err := flow.New(config)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	w.Browser, w.Now = practice.User{Approve: p.cause != diagnose.UserDenied}, s.clock.Now
	if twist, ok := flow.TwistFor(p.cause); ok && p.twist {
		w.Twist = &twist
	}
	var out flow.Outcome
	for _, step := range flow.Steps[:p.step+1] {
		if step == flow.StepTokens {
			continue // it asks nothing that matters here
		}
		if step == p.step && p.wait != nil {
			s.clock.pass(p.wait(life))
		}
		if step == p.step && p.spoil != nil {
			p.spoil(&w.Config)
		}
		if out, err = w.Do(t.Context(), step); err != nil {
			t.Fatal(err)
		}
		if out.Kind != flow.GoOn {
			break
		}
	}
	return w, out
}

// ambiguous reports whether words have more than one meaning, or none.
func ambiguous(w *catalogue.Wording, cause diagnose.ID) bool {
	said := w.Text + w.Example
	return w.Causes[string(cause)] < 1 || said != "" && catalogue.Vague(said) || said == "" && w.Mark == ""
}

// hidden reports whether a server's words are used for so many other causes, and
// so much more often, that nobody could hear this one in them.
func hidden(w *catalogue.Wording, cause diagnose.ID) bool {
	before := 0
	for _, share := range w.Causes {
		if share > w.Causes[string(cause)] {
			before++
		}
	}
	return before >= 3
}

// Every cause in the words of every server that has some for it, sent and
// received for real: the diagnosis names the cause first, or among the first
// three where the words leave it open. go test -v prints the figures.
func TestEveryCauseIsFoundInTheWordsOfEveryServer(t *testing.T) {
	notYet := readList(t, "testdata/not-found-yet.txt")
	type figures struct{ dialects, first, inThree, hidden, missed int }
	var mu sync.Mutex
	var all figures
	t.Cleanup(func() {
		t.Logf("%-36s %4d dialects, %4d first, %3d in three, %3d hidden, %3d missed", "in all", all.dialects, all.first, all.inThree, all.hidden, all.missed)
	})
	for _, p := range plays {
		t.Run(p.name(), func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			var n figures
			for i, name := range practice.Dialects() {
				provider, _ := catalogue.Find(name)
				words := practice.WordsOf(provider, p.grant(), p.cause)
				if words == nil || testing.Short() && i%8 != 0 {
					continue
				}
				n.dialects++
				key := p.name() + ": " + name
				w, out := s.walk(t, p, name)
				if said := s.event().Said; out.Step != p.step || !strings.HasPrefix(said.Raw(), "as "+name) {
					t.Errorf("%s: ended at %s with %s: the server decided %+v", name, out.Step, out.Kind, s.event())
					continue
				}
				causes := diagnose.Diagnose(w.Evidence()).Causes
				at := slices.IndexFunc(causes, func(c diagnose.Cause) bool { return c.ID == p.cause })
				found := at == 0 || at > 0 && at < 3 && ambiguous(words, p.cause)
				if found && notYet[key] {
					t.Logf("%s is found by now: take it off the list", key)
				}
				switch {
				case at == 0:
					n.first++
				case found:
					n.inThree++
				case hidden(words, p.cause):
					n.hidden++
				case notYet[key]:
					n.missed++
					t.Logf("%s says %q, and the diagnosis still %s", key, s.event().Said, ranking(causes))
				default:
					n.missed++
					t.Errorf("%s says %q, and the diagnosis %s", key, s.event().Said, ranking(causes))
				}
			}
			mu.Lock()
			defer mu.Unlock()
			all = figures{all.dialects + n.dialects, all.first + n.first, all.inThree + n.inThree, all.hidden + n.hidden, all.missed + n.missed}
			t.Logf("%-36s %4d dialects, %4d first, %3d in three, %3d hidden, %3d missed", p.name(), n.dialects, n.first, n.inThree, n.hidden, n.missed)
		})
	}
}

// readList reads a line for each play and dialect in which the diagnosis is known
// to go wrong; a line that begins with # says why.
func readList(t *testing.T, file string) map[string]bool {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	list := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			list[line] = true
		}
	}
	return list
}

func ranking(causes []diagnose.Cause) string {
	var parts []string
	for _, c := range causes[:min(4, len(causes))] {
		parts = append(parts, fmt.Sprintf("%s %.2f", c.ID, c.Score))
	}
	return strings.Join(parts, ", ")
}
