package diagnose

import "slices"

// ID names a cause. Reports, links and other people's programs hold them, so
// they never change.
type ID string

// The causes; rule_*.go has a file for each.
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

// IDs are all of them, in the order in which lists show them.
var IDs = []ID{
	CodeExpired, CodeReused, CodeMalformed, RedirectURIMismatch, ClientMismatch, ClientCredentials, PKCEMismatch, UserDenied,
	RefreshExpired, RefreshRevoked, RefreshReused, WrongToken, WrongEnvironment, ClockSkew, AssertionInvalid, UserCredentials,
	Policy, ServerState, Other,
}

// Known reports whether id is one of them.
func Known(id ID) bool { return slices.Contains(IDs, id) }

// A Rule is all that is known of one cause: what it is, how it shows in the
// evidence, and what to do about it. The longer text is in rules/ID/explain.md,
// beside evidence that the rule must find (match.json) and evidence that it must
// not (near-miss.json).
type Rule struct {
	ID     ID
	Title  string // what happened, as a sentence without its full stop
	Cites  string // as texts cite: "RFC 6749 §4.1.2, §5.2"
	After  []ID   // its contradictions are signs only while one of these is settled, which explains what this one sees
	Checks []Check
	Fix    func(*Case) []string // instructions, best first, in the user's own values
	Hints  []string             // what of the catalogue helps, where the provider is known; see Case.hint
}

// A Check looks at the evidence for one thing. It returns nil when this is not
// its case, which is not the same as finding all well.
type Check struct {
	Name string // snake_case, never changed: --why and reports hold it
	Sees func(*Case) *Sighting
}

// A Sighting is what a check found.
type Sighting struct {
	Verdict Verdict
	Says    string  // one sentence
	Values  []Value // the values that show it, in the user's own
	By      float64 // of a Sign: log-odds by which it shifts this rule's cause; else 0
}

// A Value is one line of evidence.
type Value struct {
	Label  string
	Text   string // a secret is redacted
	Differ []Span // the parts that differ from the value it was compared with
}

// A Span is a range of bytes.
type Span struct{ From, To int }

// Verdict is how far a sighting goes.
type Verdict int

// The verdicts.
const (
	Sign     Verdict = iota // speaks for or against, by as much as By says
	Settles                 // both sides of a contradiction are in the evidence: it is this cause
	Excludes                // the evidence shows that it cannot be this cause
)

// rules are all of them, in the order of [IDs]; a test keeps it so.
var rules = []Rule{
	codeExpired, codeReused, codeMalformed, redirectURIMismatch, clientMismatch, clientCredentials, pkceMismatch, userDenied,
	refreshExpired, refreshRevoked, refreshReused, wrongToken, wrongEnvironment, clockSkew, assertionInvalid, userCredentials,
	policy, serverState, other,
}

// Rules returns the rule of every cause.
func Rules() []Rule { return slices.Clone(rules) }

// RuleFor returns the rule of a cause.
func RuleFor(id ID) (Rule, bool) {
	i := slices.IndexFunc(rules, func(r Rule) bool { return r.ID == id })
	if i < 0 {
		return Rule{}, false
	}
	return rules[i], true
}
