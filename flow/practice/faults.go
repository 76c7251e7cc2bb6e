package practice

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/safe"
)

//go:generate go test -run ^TestTheTableOfTwistsAndFaultsSaysWhatHappens$ . -update

// A Fault is something that the server is told to get wrong. It befalls every
// grant that begins while it is on, from the authorization request on and as long
// as the grant lives, and no other: what one client is told to meet, another that
// came before or comes after does not.
type Fault struct {
	Name  string `json:"fault"`
	Value string `json:"value,omitempty"` // empty: the usual one
}

// String is the fault as a flag has it.
func (f Fault) String() string {
	if f.Value == "" {
		return f.Name
	}
	return f.Name + "=" + f.Value
}

// A FaultKind is a fault that the server knows.
type FaultKind struct {
	Name  string
	Does  string      // what goes wrong, at the server's side
	Takes string      // what the value is; empty: there is none
	Usual string      // the value where none is given
	Cause diagnose.ID // the cause that the client meets; empty: the request may be accepted

	set func(*plan, value)
}

// A value is a fault's, read.
type value struct {
	lasts time.Duration
	grant string // the grant type of the requests that are refused
}

// What values are.
const (
	lasting  = "a duration"
	offset   = "a duration, negative too"
	refusing = "exchange or refresh"
)

// kinds are all of them, those of the code first.
var kinds = []FaultKind{
	{"code_lifetime", "a code lives that long, a second at least", lasting, "1s", diagnose.CodeExpired,
		func(p *plan, v value) { p.codeLifetime = v.lasts }},
	{"code_used", "another program redeems the code first, such as a second copy of the app", "", "", diagnose.CodeReused,
		func(p *plan, _ value) { p.code = append(p.code, func(c *code) { c.used = c.issued }) }},
	{"code_cut", "the code loses its last character on its way to the client", "", "", diagnose.CodeMalformed,
		func(p *plan, _ value) { p.cut = true }},
	{"redirect_uri_rewritten", "a proxy before the server changes the redirect URI of the authorization request", "", "", diagnose.RedirectURIMismatch,
		func(p *plan, _ value) { p.code = append(p.code, rewriteRedirectURI) }},
	{"challenge_mixed_up", "the server keeps the code_challenge of another tab", "", "", diagnose.PKCEMismatch,
		func(p *plan, _ value) { p.code = append(p.code, mixUpChallenge) }},
	{"consent_refused", "an administrator refuses the app, whatever the user says", "", "", diagnose.UserDenied,
		func(p *plan, _ value) { p.consent = adminDenied.because("the administrator denied this app access") }},
	{"refresh_lifetime", "a refresh token lives that long, a second at least", lasting, "1s", diagnose.RefreshExpired,
		func(p *plan, v value) { p.refreshLifetime = v.lasts }},
	{"refresh_used", "another program uses each refresh token first", "", "", diagnose.RefreshReused,
		func(p *plan, _ value) { p.refresh = append(p.refresh, func(t *refreshToken) { t.used = t.issued }) }},
	{"consent_revoked", "the user takes the consent back as soon as the tokens are out", "", "", diagnose.RefreshRevoked,
		func(p *plan, _ value) {
			p.refresh = append(p.refresh, func(t *refreshToken) { t.grant.revoke("the user took the consent back") })
		}},
	refuses("other_client", "the server has the grant down for another client", diagnose.ClientMismatch, otherClient, "the grant was issued to another client"),
	refuses("other_tenant", "the grant is of another tenant than the endpoint", diagnose.WrongEnvironment, otherTenant,
		"the grant was issued by the tenant 'sandbox', and this is the token endpoint of 'production'"),
	refuses("policy", "a rule of an administrator's forbids it", diagnose.Policy, policyForbids,
		"the administrator's policy 'managed devices only' forbids this grant"),
	refuses("user_locked", "the user's account is locked", diagnose.UserCredentials, userLocked, "the user account is locked"),
	refuses("lost_grants", "the server has lost the grant, as after a restart without a database", diagnose.ServerState, grantLost,
		"no such grant: this server does not know it (any more)"),
	{"second_node", "every other request reaches a node that does not share what the first one stored", "", "", diagnose.ServerState,
		func(p *plan, _ value) { p.nodes = true }},
	refuses("server_error", "the server fails", diagnose.ServerState, serverFailed, "the database cannot be reached"),
	refuses("secret_changed", "the client's secret was changed at the server (not of the public client, which has none)", diagnose.ClientCredentials, secretChanged,
		"the client_secret is an old one: it was changed"),
	{"invalid_grant", "wrong client credentials are called invalid_grant, where RFC 6749 has invalid_client", "", "", diagnose.ClientCredentials,
		func(p *plan, _ value) { p.misnames = true }},
	{"date_skew", "the server's clock is off by that much: its Date header and the times in ID tokens", offset, "-2h", diagnose.ClockSkew,
		func(p *plan, v value) { p.skew = v.lasts }},
	{"slow", "the token endpoint answers after that long", lasting, "5s", "",
		func(p *plan, v value) { p.delay = v.lasts }},
	{"dropped", "the token endpoint does what it is asked for, and the connection breaks before the answer", refusing, "exchange", "",
		func(p *plan, v value) { p.drops = v.grant }},
}

// refuses is a fault that is nothing but a refusal, of the exchange or of
// refreshes.
func refuses(name, does string, cause diagnose.ID, r reason, because string) FaultKind {
	return FaultKind{name, does, refusing, "exchange", cause, func(p *plan, v value) {
		if p.refuse[v.grant] == nil { // of two the first
			p.refuse[v.grant] = r.because("%s", because)
		}
	}}
}

// FaultKinds are all the faults that there are, those of the code first.
func FaultKinds() []FaultKind { return slices.Clone(kinds) }

// A FaultError is a fault or a dialect that the server does not have, with what is
// wrong with it and what to do.
type FaultError struct {
	Setting string // "fault" or "speak"
	Value   string
	Problem string
	Remedy  string
}

func (e *FaultError) Error() string { return fmt.Sprintf("%s %q: %s", e.Setting, e.Value, e.Problem) }

// ParseFault reads NAME or NAME=VALUE. The error is a [*FaultError].
func ParseFault(s string) (Fault, error) {
	name, v, given := strings.Cut(s, "=")
	f := Fault{name, v}
	if given && v == "" {
		return f, &FaultError{"fault", safe.Typed(s), "its value is missing", "write NAME=VALUE, or NAME alone"}
	}
	_, _, err := f.read()
	return f, err
}

// ParseFaults reads several.
func ParseFaults(all []string) ([]Fault, error) {
	var faults []Fault
	for _, s := range all {
		f, err := ParseFault(s)
		if err != nil {
			return nil, err
		}
		faults = append(faults, f)
	}
	return faults, nil
}

// CodeLifetime is how long codes live under the faults; zero: as usual.
func CodeLifetime(faults []Fault) time.Duration {
	p, err := newPlan(faults, "")
	if err != nil {
		return 0
	}
	return p.codeLifetime
}

// read finds the fault's kind and reads its value.
func (f Fault) read() (FaultKind, value, error) {
	i := slices.IndexFunc(kinds, func(k FaultKind) bool { return k.Name == f.Name })
	if i < 0 {
		return FaultKind{}, value{}, &FaultError{"fault", safe.Typed(f.String()), "there is no such fault", "use one of " + strings.Join(faultNames(), ", ")}
	}
	k := kinds[i]
	v, problem := k.read(f.Value)
	if problem == "" {
		return k, v, nil
	}
	remedy := "write " + k.Name + " alone"
	if k.Takes != "" {
		remedy = fmt.Sprintf("write %s=VALUE, %s, such as %s=%s", k.Name, k.Takes, k.Name, k.Usual)
	}
	return k, v, &FaultError{"fault", Fault{k.Name, safe.Typed(f.Value)}.String(), problem, remedy}
}

func faultNames() []string {
	var names []string
	for _, k := range kinds {
		names = append(names, k.Name)
	}
	return names
}

// longestDelay is shorter than the time that the server gives itself to write.
const longestDelay = 45 * time.Second

func (k FaultKind) read(raw string) (v value, problem string) {
	if raw == "" {
		raw = k.Usual
	}
	switch k.Takes {
	case "":
		if raw != "" {
			return v, "it takes no value"
		}
	case refusing:
		grants := map[string]string{"exchange": grantCode, "refresh": grantRefresh}
		if v.grant = grants[raw]; v.grant == "" {
			return v, "neither exchange nor refresh"
		}
	default:
		d, err := time.ParseDuration(raw)
		switch {
		case err != nil:
			return v, "not a duration"
		case k.Takes == lasting && d < time.Second:
			return v, "shorter than a second"
		case k.Name == "slow" && d > longestDelay:
			return v, "longer than " + longestDelay.String()
		}
		v.lasts = d
	}
	return v, ""
}

// rewriteRedirectURI leaves a redirect URI with which the code can be redeemed
// by nobody.
func rewriteRedirectURI(c *code) {
	q := *c.request
	q.redirectURI = strings.Replace(q.redirectURI, "http://", "https://", 1)
	if q.redirectURI == c.request.redirectURI {
		q.redirectURI += "/"
	}
	c.request = &q
}

func mixUpChallenge(c *code) {
	q := *c.request
	q.challenge, q.method = "0000000000000000000000000000000000000000000", methodS256 // of no verifier that anybody knows
	c.request = &q
}
