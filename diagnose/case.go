package diagnose

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strings"
	"sync"
	"time"

	"example.com/grantwalk/diagnose/catalogue"
	"example.com/grantwalk/diagnose/evidence"
	"example.com/grantwalk/diagnose/safe"
)

// A Case is the evidence seen from the one response that is to be explained. It never
// changes: whoever asks it, and in whichever order, hears the same.
type Case struct {
	Evidence
	Auth    *Authorization // the request that led to Token, or that was itself refused; nil: not seen
	Token   *TokenRequest  // the request that is judged; nil: none was seen
	At      int            // its place among the token requests
	Refused int            // the place of the refused request that led to it; -1: none did
	Refusal Refusal        // what the server said; zero: it did not refuse
	Grant   string         // a short name; empty: unknown

	lineage
	Known *catalogue.Provider // what the catalogue knows of the server; nil: it is not recognised

	// Made when they are first asked for: reading the words takes most of the time.
	heard    func() *heard
	findings func() []finding
}

// newCase finds what is to be explained.
func newCase(e Evidence) *Case {
	e = evidence.WithoutMasks(e)
	l := trace(e.TokenRequests)
	at, refused := (&Case{Evidence: e, lineage: l}).focus()
	c := caseAt(e, l, at)
	c.Refused = refused
	return c
}

// caseAt is the case of one token request, or, with -1, of the last
// authorization request.
func caseAt(e Evidence, l lineage, i int) *Case {
	c := &Case{Evidence: e, Grant: evidence.ShortGrant(e.Grant), Refused: -1, lineage: l}
	switch {
	case i >= 0:
		c.At, c.Token = i, &c.TokenRequests[i]
		c.Refusal = c.Token.Response.Refusal
		c.Auth = c.authorizationOf(c.Token)
		c.Grant = c.Token.Grant()
	case len(c.Authorizations) > 0:
		c.Auth = &c.Authorizations[len(c.Authorizations)-1]
		c.Refusal = c.Auth.Response.Refusal
		c.Grant = GrantCode
	}
	if !c.Refusal.Says() && !c.granted() && e.Refusal.Says() {
		c.Refusal = e.Refusal
	}
	c.Known = identify(c)
	c.heard = sync.OnceValue(func() *heard { return newHeard(c) })
	c.findings = sync.OnceValue(func() []finding { return find(c) })
	return c
}

// focus is the token request to explain: the last one that was refused for good,
// or, if none was and no authorization request failed after it, the last one.
// Where that was a second use of a code or token, what the client did later with
// the tokens of the same grant belongs to the story, and its end is what counts.
func (c *Case) focus() (at, refused int) {
	last := len(c.TokenRequests) - 1
	later := accepted{}
	for i, r := range slices.Backward(c.TokenRequests) {
		if r.Response.Refused() && !later.otherwise(r) {
			i = c.firstTry(i)
			if end := c.lastOfGrant(i); end > i && (c.redeemers[i] >= 0 || c.rotators[i] >= 0) {
				return end, i
			}
			return i, -1
		}
		later.add(r)
	}
	if n := len(c.Authorizations); last >= 0 && n > 0 {
		if a := c.Authorizations[n-1]; a.Response.Refused() && a.SentAt.After(c.TokenRequests[last].SentAt) {
			return -1, -1
		}
	}
	return last, -1
}

// firstTry is the first refusal of what request i was refused for. Of a code
// that is refused again and again the first refusal tells; the others may only
// say that the code is gone.
func (c *Case) firstTry(i int) int {
	sent := credential(c.TokenRequests[i])
	if sent == "" {
		return i
	}
	first := i
	for j, r := range slices.Backward(c.TokenRequests[:i]) {
		if credential(r) != sent {
			continue
		}
		if !r.Response.Refused() {
			return first // it was taken, or its answer is not known: what came after is a second use
		}
		first = j
	}
	return first
}

// accepted are requests that got tokens: how the client authenticated, by what it
// wanted to exchange and by its client_id.
type accepted map[[2]string][]string

func (a accepted) add(r TokenRequest) {
	key := [2]string{credential(r).Reveal(), r.ClientID.Raw()}
	if r.Response.Granted() && !slices.Contains(a[key], r.ClientAuth) {
		a[key] = append(a[key], r.ClientAuth)
	}
}

// otherwise reports whether the request is the first try of a library that finds out
// how to authenticate, and another try got tokens.
func (a accepted) otherwise(r TokenRequest) bool {
	return refusesClient(r.Response) && credential(r) != "" &&
		slices.ContainsFunc(a[[2]string{credential(r).Reveal(), r.ClientID.Raw()}], func(auth string) bool { return auth != r.ClientAuth })
}

// refusesClient: the answer is about the client and not about the grant. Servers
// that do not say invalid_client say something like incorrect_client_credentials;
// unauthorized_client is of a client that is known (RFC 6749 §5.2), but for its 401.
func refusesClient(r TokenResponse) bool {
	return strings.Contains(r.Error.Raw(), "client") && r.Error != "unauthorized_client" || r.Status == 401 && r.Error != "invalid_grant"
}

// lastOfGrant is the last refresh under the grant to which request i belongs, if
// it follows i.
func (c *Case) lastOfGrant(i int) int {
	root := c.roots[i]
	for j := len(c.TokenRequests) - 1; j > i && root >= 0; j-- {
		if c.TokenRequests[j].Grant() == GrantRefresh && c.roots[j] == root {
			return j
		}
	}
	return i
}

// credential is what a request wants to trade for tokens.
func credential(r TokenRequest) safe.Secret { return cmp.Or(r.Code, r.RefreshToken) }

func (c *Case) granted() bool { return c.Token != nil && c.Token.Response.Granted() }

// authorizationOf ties a token request to the authorization request behind it:
// by the code, by PKCE, or by client and redirect URI; of several to the latest.
// One whose code another request has sent is not it.
func (c *Case) authorizationOf(r *TokenRequest) *Authorization {
	if r.Grant() != GrantCode {
		return nil
	}
	var best *Authorization
	points := 1
	for i := range c.Authorizations {
		a := &c.Authorizations[i]
		if !r.SentAt.IsZero() && a.SentAt.After(r.SentAt) && (r.Code == "" || a.Response.Code != r.Code) {
			continue // two machines may have two clocks, but the code tells
		}
		n := 0
		codes, _ := c.relation(a.Response.Code, r.Code)
		switch {
		case r.Code == "" || a.Response.Code == "":
		case a.Response.Code == r.Code:
			n += 32
		case codes.Alteration != "":
			n += 16
		case codes.Slips > 0:
			n += 3
		case c.sent[a.Response.Code]:
			continue
		}
		if pkce, _ := c.pkce(a.Challenge, r.Verifier); pkce.S256 || pkce.Plain {
			n += 8
		}
		if r.RedirectURI != "" && r.RedirectURI == a.RedirectURI {
			n += 2
		}
		if r.ClientID != "" && r.ClientID == a.ClientID {
			n += 2
		}
		if n == 0 && r.Hides("code") && r.Hides("client_id") && len(c.Authorizations) == 1 {
			n = 1 // what would tie them was masked, and there is no other login
		}
		if n > 0 && a.Response.Code != "" {
			n++
		}
		if n >= points { // of equals the latest
			best, points = a, n
		}
	}
	return best
}

// compares reports whether values of the authorization request may be held
// against those of the token request: both were seen, and they are of one flow.
func (c *Case) compares() bool {
	return c.Grant == GrantCode && c.Token != nil && c.Auth != nil && c.Auth.Seen()
}

// loosely reports whether only the client or redirect URI ties the two requests,
// and neither the code nor PKCE does, so that they may be of two logins. Where one
// of the codes is unknown, they are of one login if there is only one, and if no request
// before was answered with its tokens.
func (c *Case) loosely() bool {
	arrived, sent := c.Auth.Response.Code, c.Token.Code
	pkce, _ := c.pkce(c.Auth.Challenge, c.Token.Verifier)
	codes, _ := c.relation(arrived, sent)
	switch {
	case c.Auth.Challenge != "" && matches(pkce, c.method()):
		return false
	case arrived != "" && sent != "":
		return arrived != sent && codes.Alteration == ""
	}
	return len(c.Authorizations) > 1 || c.Token.Hides("code") && slices.ContainsFunc(c.before(), func(r TokenRequest) bool { return r.Grant() == GrantCode && r.Response.Granted() })
}

// settledIfTied is the verdict on two values of the two requests that differ.
func (c *Case) settledIfTied(s Sighting) *Sighting {
	s.Verdict = Settles
	if c.loosely() {
		s.Verdict, s.By = Sign, 1
	}
	return &s
}

// paramsKnown reports whether it is known which parameters the request had. Tokens
// for a request of none mean that its body was not recorded.
func (c *Case) paramsKnown() bool {
	return c.Token.Params != nil && (len(c.Token.Params) > 0 || !c.granted())
}

// Challenge is RFC 7636 §4.2.
func Challenge(method string, verifier safe.Secret) safe.Secret {
	if method != "S256" {
		return verifier
	}
	sum := sha256.Sum256([]byte(verifier.Reveal()))
	return safe.Secret(base64.RawURLEncoding.EncodeToString(sum[:]))
}

// before are the token requests that were sent before the judged one.
func (c *Case) before() []TokenRequest {
	if c.Token == nil {
		return nil
	}
	return c.TokenRequests[:c.At]
}

// codeAge is the time from the callback to the token request; ok is false when
// one of the two is not known.
func (c *Case) codeAge() (age time.Duration, ok bool) {
	if c.Token == nil || c.Auth == nil || c.Token.SentAt.IsZero() || c.Auth.Response.At.IsZero() {
		return 0, false
	}
	return c.Token.SentAt.Sub(c.Auth.Response.At), true
}

// codeLifetime is how long a code lives here; zero: not known.
func (c *Case) codeLifetime() time.Duration {
	if c.CodeLifetime > 0 {
		return time.Duration(c.CodeLifetime) * time.Second
	}
	if c.Known != nil {
		return time.Duration(c.Known.CodeLifetime) * time.Second
	}
	return 0
}

// shownGrant is the grant as a report may name it.
func (c *Case) shownGrant() string {
	if slices.Contains(Grants, c.Grant) {
		return c.Grant
	}
	return safe.Quote(c.Grant, 100)
}
