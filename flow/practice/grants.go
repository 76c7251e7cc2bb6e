package practice

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/safe"
)

// A store is the server's memory: all that outlives a request. Its one lock is
// what makes a code work once: of any number of requests that bring the same
// code, the first through the lock uses it up.
type store struct {
	now  func() time.Time
	rand io.Reader

	codeLifetime, accessLifetime, refreshLifetime time.Duration

	mu       sync.Mutex
	plan     *plan // of the grants to come
	codes    shelf[*code]
	access   shelf[*accessToken]
	refresh  shelf[*refreshToken]
	pushed   shelf[*pushedRequest]
	consents shelf[*consent]
	browsers shelf[*login]
}

// Requests are as long as their clients make them, up to maxBody; tokens are
// small, and a client may come back to one after many others.
const (
	roomForRequests = 1 << 10
	roomForTokens   = 1 << 14
)

func newStore(o Options, p *plan) *store {
	return &store{
		plan: p,
		now:  o.Now, rand: o.Rand,
		codeLifetime: o.CodeLifetime, accessLifetime: o.AccessLifetime, refreshLifetime: o.RefreshLifetime,
		codes:    newShelf[*code](roomForRequests),
		access:   newShelf[*accessToken](roomForTokens),
		refresh:  newShelf[*refreshToken](roomForTokens),
		pushed:   newShelf[*pushedRequest](roomForRequests),
		consents: newShelf[*consent](roomForRequests),
		browsers: newShelf[*login](roomForRequests),
	}
}

// A grant is what one person allowed one client, once. A code stands for it
// first, then tokens do, and revoking it takes all of them away.
type grant struct {
	client   *client
	person   *person
	scope    scopes
	nonce    string
	authTime time.Time
	revoked  string // why; "" while it holds

	plan  *plan // what goes wrong with it
	asked int   // how many token requests came for it
}

type code struct {
	grant   *grant
	request *request
	issued  time.Time
	expires time.Time
	used    time.Time // zero until then
}

type accessToken struct {
	grant   *grant
	scope   scopes
	issued  time.Time
	expires time.Time
	revoked bool // this one alone
}

func (a *accessToken) gone() bool { return a.revoked || a.grant.revoked != "" }

type refreshToken struct {
	grant   *grant
	issued  time.Time
	expires time.Time
	used    time.Time // when it was rotated
}

// Prefixes show people which value is which, as they do at real servers.
const (
	codePrefix    = "pc_"
	accessPrefix  = "pa_"
	refreshPrefix = "pr_"
)

// codeLength is the prefix's and that of 30 bytes in base64.
const codeLength = len(codePrefix) + 40

// random makes an unguessable value of 240 bits (RFC 6749 §10.10). It is called
// with the lock held: a source of randomness need not be safe for many.
func (s *store) random(prefix string) string {
	b := make([]byte, 30)
	if _, err := io.ReadFull(s.rand, b); err != nil {
		panic(fmt.Sprintf("practice: the source of randomness failed: %v", err))
	}
	return prefix + base64.RawURLEncoding.EncodeToString(b)
}

// issued is what a token request gets.
type issued struct {
	grant           *grant
	scope           scopes
	access, refresh string
	lifetime        time.Duration
	nonce           string // of the authorization request; a refreshed ID token has none
}

// redeem uses up a code (RFC 6749 §4.1.3). Only success does: a request that is
// refused leaves the code to the right one.
func (s *store) redeem(c *client, value, redirectURI, verifier string) (*issued, *refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	found, ok := s.codes.get(value)
	if ok {
		if no := found.grant.refusal(grantCode); no != nil {
			return nil, no
		}
	}
	switch {
	case !ok && kind(value) != "" && kind(value) != kind(codePrefix):
		return nil, codeNone.because("what was sent as the code is %s", kind(value))
	case !ok && len(value) != codeLength:
		return nil, codeUnknown.because("the code is malformed, truncated or changed on the way: it has %d characters, and codes here have %d", len(value), codeLength)
	case !ok:
		return nil, codeUnknown.because("no such code: it was changed on the way, or this server never issued it")
	case found.grant.client != c:
		return nil, codeOfOther.because("the code was issued to another client, not to %s", c.id)
	case !found.used.IsZero():
		// RFC 6749 §4.1.2: "… and SHOULD revoke (when possible) all tokens
		// previously issued based on that authorization code."
		found.grant.revoke("the code that it came of was sent again")
		return nil, codeUsed.because("the code was already used %s ago; the tokens it gave are revoked now (RFC 6749 section 4.1.2)", age(now, found.used))
	case !now.Before(found.expires):
		return nil, codeExpired.because("the code has expired: it is %s old and lived %s", age(now, found.issued), age(found.expires, found.issued))
	case redirectURI == "":
		return nil, redirectURIAbsent.because("no redirect_uri; the authorization request had '%s'", safe.RedirectURI(found.request.redirectURI))
	case redirectURI != found.request.redirectURI: // RFC 6749 §4.1.3: "their values MUST be identical"
		sent, asked := safe.RedirectURI(redirectURI), safe.RedirectURI(found.request.redirectURI)
		if where := safe.Difference(sent, asked); where != "" {
			return nil, redirectURIOther.because("the redirect_uri '%s' differs from that of the authorization request %s", sent, where)
		}
		return nil, redirectURIOther.because("the redirect_uri '%s' is not that of the authorization request, '%s'", sent, asked)
	}
	if no := found.request.checkVerifier(verifier); no != nil {
		return nil, no
	}
	found.used = now
	out := s.issue(found.grant, found.grant.scope, now)
	out.nonce = found.grant.nonce
	return out, nil
}

// rotate trades a refresh token for the next one (RFC 6749 §6). A token that
// comes back after that was copied: either the client or a thief has the newer
// one, so the whole family ends (RFC 9700 §4.14.2).
func (s *store) rotate(c *client, value, scope string) (*issued, *refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	found, ok := s.refresh.get(value)
	if ok {
		if no := found.grant.refusal(grantRefresh); no != nil {
			return nil, no
		}
	}
	switch {
	case !ok && kind(value) != "" && kind(value) != kind(refreshPrefix):
		return nil, refreshNone.because("what was sent as the refresh token is %s", kind(value))
	case !ok:
		return nil, refreshUnknown.because("no such refresh token: this server never issued it, or it was changed on the way (one is %s and 40 characters here)", refreshPrefix)
	case found.grant.client != c:
		return nil, refreshOfOther.because("the refresh token was issued to another client, not to %s", c.id)
	case !found.used.IsZero():
		found.grant.revoke("an older refresh token of its family was used again")
		return nil, refreshReused.because("the refresh token was already used %s ago, and each works once; all tokens of its family are revoked now (RFC 9700 section 4.14.2)", age(now, found.used))
	case found.grant.revoked != "":
		return nil, refreshRevoked.because("the refresh token was revoked: %s", found.grant.revoked)
	case !now.Before(found.expires):
		return nil, refreshExpired.because("the refresh token has expired: it is %s old and lived %s", age(now, found.issued), age(found.expires, found.issued))
	}
	granted := found.grant.scope
	wanted, unknown := parseScope(scope)
	if len(unknown) > 0 || !wanted.within(granted) {
		return nil, scopeWidened.because("the scope '%s' goes beyond what was granted, '%s'", safe.Scope(scope), granted)
	}
	if len(wanted) > 0 {
		granted = wanted
	}
	found.used = now
	return s.issue(found.grant, granted, now), nil
}

// issue makes tokens. There is always a refresh token, asked for by
// offline_access or not: the walk exists to show what becomes of it.
func (s *store) issue(g *grant, scope scopes, now time.Time) *issued {
	out := &issued{grant: g, scope: scope, lifetime: s.accessLifetime,
		access: s.random(accessPrefix), refresh: s.random(refreshPrefix)}
	s.access.put(out.access, &accessToken{grant: g, scope: scope, issued: now, expires: now.Add(s.accessLifetime)})
	next := &refreshToken{grant: g, issued: now, expires: now.Add(cmp.Or(g.plan.refreshLifetime, s.refreshLifetime))}
	for _, apply := range g.plan.refresh {
		apply(next)
	}
	s.refresh.put(out.refresh, next)
	return out
}

func (g *grant) revoke(why string) {
	if g.revoked == "" {
		g.revoked = why
	}
}

// kind tells what a value is by its prefix, for people who mixed them up.
func kind(value string) string {
	switch {
	case strings.HasPrefix(value, codePrefix):
		return "an authorization code"
	case strings.HasPrefix(value, accessPrefix):
		return "an access token"
	case strings.HasPrefix(value, refreshPrefix):
		return "a refresh token"
	case strings.HasPrefix(value, "eyJ"):
		return "a JWT, such as an ID token"
	}
	return ""
}

func age(now, then time.Time) string { return diagnose.Duration(now.Sub(then)) }
