package practice

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"example.com/grantwalk/diagnose/catalogue"
)

// A plan is what goes wrong with a grant, and in whose words the server says so.
// It is never changed: what switches a fault makes another plan, for the grants
// to come. Its zero value is a server that gets everything right.
type plan struct {
	faults []Fault
	speak  *catalogue.Provider // nil: our own words

	codeLifetime, refreshLifetime time.Duration // zero: as usual
	code                          []func(*code) // what becomes of each code
	cut                           bool
	refresh                       []func(*refreshToken) // what becomes of each refresh token
	consent                       *refusal              // instead of a code
	refuse                        map[string]*refusal   // by grant type
	nodes                         bool                  // there are two, and they share nothing
	misnames                      bool                  // invalid_client becomes invalid_grant
	skew, delay                   time.Duration
	drops                         string // the grant type whose answers are lost
}

// The grant types that the server knows (RFC 6749 §4.1.3, §6).
const (
	grantCode    = "authorization_code"
	grantRefresh = "refresh_token"
)

// newPlan reads faults and the name of a dialect. The error is a [*FaultError].
func newPlan(faults []Fault, speak string) (*plan, error) {
	p := &plan{faults: slices.Clone(faults), refuse: map[string]*refusal{}}
	for _, f := range faults {
		k, v, err := f.read()
		if err != nil {
			return nil, err
		}
		k.set(p, v)
	}
	if speak == "" {
		return p, nil
	}
	var err error
	p.speak, err = dialect(speak)
	return p, err
}

// with is p and one fault more, or that fault with another value.
func (p *plan) with(f Fault) []Fault {
	faults := slices.DeleteFunc(slices.Clone(p.faults), func(old Fault) bool { return old.Name == f.Name })
	return append(faults, f)
}

// String is what is on, for the log.
func (p *plan) String() string {
	var on []string
	for _, f := range p.faults {
		on = append(on, f.String())
	}
	if p.speak != nil {
		on = append(on, "in the words of "+p.speak.Name)
	}
	if on == nil {
		return "none is on"
	}
	return strings.Join(on, ", ")
}

func (p *plan) spoken() string {
	if p.speak == nil {
		return ""
	}
	return p.speak.Name
}

// set replaces what goes wrong with the grants to come.
func (s *store) set(change func(*plan) (*plan, error)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	next, err := change(s.plan)
	if err == nil {
		s.plan = next
	}
	return err
}

func (s *store) current() *plan {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.plan
}

// planFor is the plan of the grant that a token request wants to use. Of a grant
// that the server does not know nothing goes wrong, but it speaks as it does now.
func (s *store) planFor(form url.Values) *plan {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c, ok := s.codes.get(form.Get("code")); ok {
		return c.grant.plan
	}
	if t, ok := s.refresh.get(form.Get("refresh_token")); ok {
		return t.grant.plan
	}
	return &plan{speak: s.plan.speak}
}

// refusal is why a grant that is in order is refused all the same; nil: it is not.
// The store is locked.
func (g *grant) refusal(grantType string) *refusal {
	if g.asked++; g.plan.nodes && g.asked%2 == 1 {
		return grantLost.because("no such grant: this node does not know it")
	}
	no := g.plan.refuse[grantType]
	if no == nil || no.reason.code == "invalid_client" && g.client.public() {
		return nil
	}
	own := *no // worded changes it
	return &own
}

// applyFaults delays, skews or drops the token response.
func (p *plan) applyFaults(w *reply, now time.Time, grantType string) {
	if p.skew != 0 {
		w.Header().Set("Date", now.Add(p.skew).UTC().Format(http.TimeFormat))
	}
	w.delay = p.delay
	w.drop = p.drops != "" && p.drops == grantType
}

// worded is a refusal as the plan wants it called.
func (p *plan) worded(no *refusal) *refusal {
	if p.misnames && no.reason.code == "invalid_client" {
		no.misnamed = true
		no.reason.code, no.reason.status = "invalid_grant", http.StatusBadRequest
	}
	return no
}
