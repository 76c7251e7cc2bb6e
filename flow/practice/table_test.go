package practice_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/flow"
	"example.com/grantwalk/flow/practice"
)

var update = flag.Bool("update", false, "write docs/twists.md anew")

const tableFile = "../../docs/twists.md"

const tableHead = `# Every twist and every server fault, played

Each row was played over real sockets on the practice server, and diagnosed from what the client saw; nobody told the
diagnosis what was broken. ` + "`go generate ./flow/practice`" + ` writes this page, and a test compares it.
`

// A row is what was played and what it came to.
type row struct{ name, sent, came, cause string }

func (r row) String() string {
	return fmt.Sprintf("| `%s` | %s | %s | %s |\n", r.name, r.sent, r.came, r.cause)
}

func TestTheTableOfTwistsAndFaultsSaysWhatHappens(t *testing.T) {
	var b strings.Builder
	b.WriteString(tableHead)
	b.WriteString("\n## Twists: broken at the client\n\n| twist | what was sent | what came | the first cause named |\n|---|---|---|---|\n")
	for _, twist := range flow.Twists() {
		b.WriteString(playTwist(t, twist).String())
	}
	b.WriteString("\n## Faults: broken at the practice server\n\nThe client's requests are right, unless the row says otherwise.\n\n" +
		"| fault | what goes wrong | what came | the first cause named |\n|---|---|---|---|\n")
	for _, kind := range practice.FaultKinds() {
		b.WriteString(playFault(t, kind).String())
	}
	if *update {
		if err := os.WriteFile(tableFile, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	was, err := os.ReadFile(tableFile)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(was), "\n"), strings.Split(b.String(), "\n")); diff != "" {
		t.Errorf("docs/twists.md is not what was played now; go generate ./flow/practice writes it (-was +is):\n%s", diff)
	}
}

// A player takes all the steps of a walk on a server of its own.
type player struct {
	fault   string
	approve bool
	twist   *flow.Twist
	pass    time.Duration // before each token request
}

func (p player) play(t *testing.T) (*flow.Walk, flow.Outcome) {
	t.Helper()
	s := newStage(t)
	s.tell(t, p.fault, "")
	w, err := flow.New(flow.Config{
		Provider: "practice", Issuer: s.server.Issuer(), ClientID: practice.ConfidentialClient, ClientSecret: practice.ClientSecret,
		OtherClientID: practice.PublicClient, Scopes: []string{"openid", "offline_access"},
		CodeLifetime: practice.CodeLifetime(s.faults(t)),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	w.Browser, w.Now, w.Twist = practice.User{Approve: p.approve}, s.clock.Now, p.twist
	// Who waits for a slow answer has had enough as soon as the server has decided.
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	if strings.HasPrefix(p.fault, "slow") {
		s.onToken = func() { cancel(errors.New("the client waits no longer")) }
	}
	var out flow.Outcome
	for _, step := range flow.Steps {
		if step == flow.StepExchange || step == flow.StepRefresh {
			s.clock.pass(p.pass)
		}
		if out, err = w.Do(ctx, step); err != nil {
			t.Fatal(err)
		}
		if out.Kind != flow.GoOn {
			break
		}
	}
	return w, out
}

func playTwist(t *testing.T, twist flow.Twist) row {
	t.Helper()
	p := player{approve: twist.Cause != diagnose.UserDenied, twist: &twist}
	if twist.Cause == diagnose.CodeExpired {
		p.pass = practice.DefaultCodeLifetime + time.Minute
	}
	w, out := p.play(t)
	r := row{name: string(twist.Cause), sent: twist.Does, came: came(w, out), cause: firstCause(w)}
	for _, c := range w.Changes(twist.Step) {
		if c.Right.Secret == "" {
			r.sent += fmt.Sprintf(": `%s` %s instead of %s", c.Name, portless(c.Sent.Value), portless(c.Right.Value))
		}
	}
	return r
}

// moments are how long the client of a fault waits before each token request.
var moments = map[string]time.Duration{"code_lifetime": 2 * time.Second, "refresh_lifetime": 2 * time.Second}

func playFault(t *testing.T, kind practice.FaultKind) row {
	t.Helper()
	fault := practice.Fault{Name: kind.Name, Value: kind.Usual}
	p := player{fault: fault.String(), approve: true, pass: moments[kind.Name]}
	does := kind.Does
	if p.pass > 0 {
		does += fmt.Sprintf("; the client waits %s", p.pass)
	}
	if kind.Name == "invalid_grant" { // which shows only where the credentials are wrong
		twist, _ := flow.TwistFor(diagnose.ClientCredentials)
		p.twist = &twist
		does += "; the client sends a wrong secret"
	}
	w, out := p.play(t)
	e := w.Evidence()
	e.CodeLifetime = 0 // a setting of the walk's
	for i := range e.TokenRequests {
		e.TokenRequests[i].Response.ErrorResponse, e.TokenRequests[i].Response.Body = diagnose.ErrorResponse{}, "" // what the server says is no secret
	}
	if seen, err := json.Marshal(e); err != nil || strings.Contains(string(seen), kind.Name) || strings.Contains(string(seen), "fault") {
		t.Errorf("the evidence names the fault (%v): %s", err, seen)
	}
	return row{fault.String(), does, came(w, out), firstCause(w)}
}

// came is the end of the walk in a few words.
func came(w *flow.Walk, out flow.Outcome) string {
	switch {
	case out.Kind == flow.NoAnswer:
		return out.Step.String() + ": no answer"
	case out.Error == nil:
		said := "tokens, refreshed"
		if w.IDToken != nil && !w.IDToken.Verified {
			why, _, _ := strings.Cut(w.IDToken.Why, " at ") // a time of day
			said += "; the ID token is not verified: " + why
		}
		return said
	}
	status := "by the redirect"
	if out.Error.Status != 0 {
		status = fmt.Sprint(out.Error.Status)
	}
	return fmt.Sprintf("%s: %s `%s` %s", out.Step, status, out.Error.Error, portless(out.Error.Description.String()))
}

func firstCause(w *flow.Walk) string {
	causes := diagnose.Diagnose(w.Evidence()).Causes
	if len(causes) == 0 {
		return "none"
	}
	return fmt.Sprintf("%s, %s", causes[0].ID, causes[0].Strength)
}

// portless takes the ports, which are another each time, off the addresses in a
// text.
func portless(s string) string {
	words := strings.Split(s, "'")
	for i, word := range words {
		if u, err := url.Parse(word); err == nil && u.Port() != "" {
			words[i] = strings.Replace(word, ":"+u.Port(), ":PORT", 1)
		}
	}
	return strings.Join(words, "'")
}
