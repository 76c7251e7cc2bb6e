package lessons

import (
	"slices"
	"strings"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/cite"
	"example.com/grantwalk/flow"
	"example.com/grantwalk/tui/gloss"
	"example.com/grantwalk/tui/learn/markdown"
)

// The verbs of a do page.
const (
	Request  = "request"  // begin a new walk: find the server, build the authorization request, listen
	Forge    = "forge"    // send a callback of somebody else's to our redirect URI
	Login    = "login"    // let the user decide, and wait for the callback
	Exchange = "exchange" // trade the code
	Tokens   = "tokens"   // verify the ID token, ask for the user
	Refresh  = "refresh"  // trade the refresh token
	Revoke   = "revoke"   // give the tokens back
)

// rank is where in a walk a verb stands. The same verb twice is right where it
// mends a refusal.
var rank = map[string]int{Request: 1, Forge: 2, Login: 3, Exchange: 4, Tokens: 5, Refresh: 6, Revoke: 7}

// steps are those that a twist of the verb may spoil.
var steps = map[string]flow.Step{Login: flow.StepCallback, Exchange: flow.StepExchange, Refresh: flow.StepRefresh}

// options are those of each verb, with the values that they may have.
var options = map[string]map[string][]string{
	Request: {"client": {"confidential", "public"}, "pkce": {"S256", "plain", "none"}, "lifetime": {"1s", "5s", "10s", "20s", "30s", "1m"}},
}

// spent are the twists after which the code or the refresh token is gone.
var spent = []diagnose.ID{diagnose.CodeReused, diagnose.CodeExpired, diagnose.UserDenied, diagnose.RefreshReused, diagnose.RefreshRevoked}

// Views are what a see page can show besides messages.
var Views = []string{"facts", "diagnosis", "oddities"}

// sources are the values that a text can have in it, by the verb that they come from.
var sources = map[string]string{
	"issuer":                 Request,
	"authorization_endpoint": Request,
	"token_endpoint":         Request,
	"client_id":              Request,
	"redirect_uri":           Request,
	"state":                  Request,
	"nonce":                  Request,
	"code_verifier":          Request,
	"code_challenge":         Request,
	"code_lifetime":          Request,
	"code":                   Login,
	"code_age":               Login,
	"error":                  Login,
	"error_description":      Login,
	"status":                 Exchange,
	"exchange_time":          Exchange,
	"access_token":           Exchange,
	"refresh_token":          Exchange,
	"id_token":               Exchange,
	"expires_in":             Exchange,
	"scope":                  Exchange,
	"subject":                Tokens,
}

// Unknown is what stands for a value where there is no walk: "<code age>".
func Unknown(name string) string { return "<" + strings.ReplaceAll(name, "_", " ") + ">" }

// check finds what the reader lets pass: all that a lesson's learner would stumble over.
func (l Lesson) check() error {
	if len(l.Pages) == 0 {
		return problem(l.File, 1, "a lesson without pages")
	}
	var last Action
	for _, p := range l.Pages {
		if err := l.checkPage(p, last); err != nil {
			return err
		}
		if p.Kind == Do {
			last = p.Actions[len(p.Actions)-1]
		}
		if err := l.checkTexts(p, last); err != nil {
			return err
		}
	}
	return nil
}

func (l Lesson) checkPage(p Page, last Action) error {
	switch p.Kind {
	case Predict:
		return l.checkQuestion(p)
	case Do:
		return l.checkActions(p, last)
	case See:
		return l.checkShows(p)
	case OnCall:
		for _, c := range p.Cases {
			if _, ok := flow.TwistFor(diagnose.ID(c.Cause)); !ok || c.Tells == "" {
				return problem(l.File, p.Line, "case %q: it needs the name of a twist, and after a colon what would tell", c.Cause)
			}
		}
		if len(p.Cases) < 5 {
			return problem(l.File, p.Line, "five cases are drawn, and there are %d", len(p.Cases))
		}
	}
	return nil
}

func (l Lesson) checkQuestion(p Page) error {
	if n := len(p.Answers); n < 2 || n > 4 {
		return problem(l.File, p.Line, "a question has 2 to 4 answers, this one %d", n)
	}
	right := 0
	for _, a := range p.Answers {
		if a.Text == "" || a.Says == "" {
			return problem(l.File, a.Line, "an answer needs its text, and below it, further in, what is to be said to it")
		}
		if a.Right {
			right++
		}
	}
	if right != 1 {
		return problem(l.File, p.Line, "a question has one right answer, this one %d", right)
	}
	return nil
}

func (l Lesson) checkActions(p Page, last Action) error {
	if len(p.Actions) == 0 {
		return problem(l.File, p.Line, "a do page needs do:")
	}
	for _, a := range p.Actions {
		if err := l.checkAction(a, last); err != nil {
			return err
		}
		last = a
	}
	return nil
}

func (l Lesson) checkAction(a, last Action) error {
	bad := func(format string, args ...any) error { return problem(l.File, a.Line, format, args...) }
	if rank[a.Verb] == 0 {
		return bad("do: %q: there are request, forge, login, exchange, tokens, refresh and revoke", a.Verb)
	}
	for name, value := range a.Options {
		if name == "hidden" && value == "yes" && a.Options["twist"] != "" {
			continue
		}
		if name != "twist" && !slices.Contains(options[a.Verb][name], value) {
			return bad("%s knows no %s=%s", a.Verb, name, value)
		}
	}
	if cause, ok := a.Options["twist"]; ok {
		t, found := flow.TwistFor(diagnose.ID(cause))
		if step, can := steps[a.Verb]; !found || !can || t.Step != step {
			return bad("%s cannot be spoilt by %q", a.Verb, cause)
		}
	}
	return l.checkOrder(a, last, bad)
}

// checkOrder: an action follows the one before it, or mends it.
func (l Lesson) checkOrder(a, last Action, bad func(string, ...any) error) error {
	if a.Verb == Request {
		return nil
	}
	before := rank[last.Verb]
	if last.Verb == Forge {
		before = rank[Request]
	}
	twist, refused := last.Options["twist"]
	switch {
	case before == 0:
		return bad("%s comes before any request", a.Verb)
	case refused && (a.Verb != last.Verb || slices.Contains(spent, diagnose.ID(twist))):
		return bad("%s cannot come after %s with twist=%s: begin again with request", a.Verb, last.Verb, twist)
	case refused && a.Verb == last.Verb, a.Verb == Forge && before == rank[Request]:
		return nil
	case a.Verb == Login && before == rank[Request], a.Verb == Exchange && before == rank[Login]:
		return nil
	case rank[a.Verb] > rank[Exchange] && before >= rank[Exchange] && rank[a.Verb] >= before:
		return nil
	}
	return bad("%s cannot come after %s", a.Verb, last.Verb)
}

func (l Lesson) checkShows(p Page) error {
	if len(p.Shows) == 0 {
		return problem(l.File, p.Line, "a see page needs show:")
	}
	for _, s := range p.Shows {
		if slices.Contains(Views, s.What) {
			continue
		}
		if _, ok := gloss.Message(s.What); !ok {
			return problem(l.File, s.Line, "show: %q is neither a message nor one of %s", s.What, strings.Join(Views, ", "))
		}
	}
	return nil
}

// checkTexts wants values that are known by then, and sections that exist.
func (l Lesson) checkTexts(p Page, last Action) error {
	texts := []string{p.Body, p.After}
	for _, a := range p.Answers {
		texts = append(texts, a.Text, a.Says)
	}
	for _, c := range p.Cases {
		texts = append(texts, c.Tells)
	}
	all := strings.Join(texts, "\n")
	for _, m := range markdown.Place.FindAllStringSubmatch(all, -1) {
		verb, ok := sources[m[1]]
		if !ok {
			return problem(l.File, p.Line, "there is no value {{%s}}", m[1])
		}
		if rank[verb] > rank[last.Verb] {
			return problem(l.File, p.Line, "{{%s}} is not known before %s", m[1], verb)
		}
	}
	refs := cite.In(all)
	for _, r := range refs {
		if r.Section == "" {
			return problem(l.File, p.Line, "%s is named without a section: write %s §…", r.Document, r.Document)
		}
		if _, ok := r.Title(); !ok {
			return problem(l.File, p.Line, "%s does not exist", r)
		}
	}
	if len(refs) == 0 && slices.Contains([]Kind{Explain, Predict, Why}, p.Kind) {
		return problem(l.File, p.Line, "no section is cited: say where it is written, as in (RFC 6749 §4.1.2)")
	}
	return nil
}
