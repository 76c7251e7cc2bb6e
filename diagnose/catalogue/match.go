package catalogue

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// A Query is an answer of a token endpoint, as much of it as is known.
type Query struct {
	Provider    string // name or alias
	Error       string
	Description string
	Grant       string // the grant asked for; empty: not known
	Status      int
	Words       string // whatever was pasted around the answer; 16 KB of it are read
}

// A Hit is a wording that fits the query.
type Hit struct {
	Provider *Provider // the first of Servers
	Wording  *Wording  // the first of the wordings that were merged
	Exact    bool      // it is the whole description, not a part of it
	Named    bool      // it is of the provider that was asked for, or of what that one is built with

	// Servers are all that send this text and fit the query equally well.
	Servers []*Provider

	// Causes are the shares of the causes, together 1. Where several rows fit
	// equally well (one server's text for two grants, or one text of several
	// servers of which none is named) they are averaged: first over the rows of
	// each server, then over the servers, each counting once. Nothing is known
	// about how many people use which server.
	Causes map[string]float64
}

// maxWords bounds what Match reads of Query.Words, so that a long log costs no
// more than a long paragraph.
const maxWords = 16 << 10

// rank orders hits. A wording of the provider that was named is worth more than
// any of another's; then the description, which is the server's own words, more
// than words around it; then the whole of it more than a part.
const (
	ofNamed = 1000
	ofBase  = 900
	whole   = 60
	inside  = 40
	around  = 20
	noWords = 10
)

// fit says how well the rest of the answer agrees. Only the best fitting rows
// of a text count.
const (
	sameMark   = 16
	wrongGrant = -8
	wrongError = -4
	wrongCode  = -2 // HTTP status
)

type found struct {
	row
	rank, length, at, fit int
	named, exact          bool
}

// Match returns the wordings that the query may show, best first: the exact
// text of the provider named, then of any provider, then patterns and texts
// that stand inside the description or around it, the longest first. A
// description that is [Vague] is looked up at the provider named and nowhere
// else. The same query gives the same hits.
func Match(q Query) []Hit {
	s := newSearch(q)
	var all []found
	for _, r := range index().rows {
		if f, ok := s.try(r); ok {
			all = append(all, f)
		}
	}
	return merge(all)
}

type search struct {
	Query
	named map[string]int // provider: what its wordings are worth more

	desc, around           string // plain
	descLow, aroundLow     string
	descWords, aroundWords string // folded, with a space at both ends
	vague                  bool
}

func newSearch(q Query) *search {
	s := &search{Query: q, named: make(map[string]int)}
	s.Grant = canonicalGrant(q.Grant)
	if name, ok := index().names[squeeze(q.Provider)]; ok && q.Provider != "" {
		s.named[name] = ofNamed
		for base := index().bases[name]; base != ""; base = index().bases[base] {
			s.named[base] = ofBase
		}
	}
	s.desc, s.around = plain(cut(q.Description)), plain(cut(q.Words))
	s.descLow, s.aroundLow = strings.ToLower(s.desc), strings.ToLower(s.around)
	s.descWords, s.aroundWords = " "+fold(s.desc)+" ", " "+fold(s.around)+" "
	s.vague = Vague(s.desc)
	return s
}

func cut(s string) string { return s[:min(len(s), maxWords)] }

// canonicalGrant shortens the URNs of the extension grants (RFC 7523, RFC 8628,
// RFC 8693) to the names of the catalogue.
func canonicalGrant(grant string) string {
	grant = grant[strings.LastIndexByte(grant, ':')+1:]
	return strings.ReplaceAll(grant, "-", "_")
}

// try compares one row with the query.
func (s *search) try(r row) (f found, ok bool) {
	bonus, named := s.named[r.provider]
	f = found{row: r, rank: bonus, named: named}
	switch {
	case r.pattern:
		ok = s.tryPattern(&f)
	case r.key == "" && r.mark == "":
		ok = s.tryBare(&f)
	default:
		ok = s.tryText(&f)
	}
	if !ok {
		return f, false
	}
	if r.grant != "" && s.Grant != "" && r.grant != s.Grant {
		f.fit += wrongGrant
	}
	if r.err != "" && s.Error != "" && !strings.EqualFold(r.err, s.Error) {
		f.fit += wrongError
	}
	if r.status != 0 && s.Status != 0 && r.status != s.Status {
		f.fit += wrongCode
	}
	return f, true
}

func (s *search) tryText(f *found) bool {
	text := f.key != "" && s.place(f, f.key, f.named && words(f.key) >= 3)
	if f.mark == "" {
		return text
	}
	mark := found{}
	if !s.place(&mark, f.mark, text || f.named) {
		return text
	}
	f.fit += sameMark
	if !text {
		f.rank += mark.rank
		f.at, f.length = mark.at, 0
	}
	f.length += mark.length
	return true
}

// place looks for a folded text: as the whole description, inside it, around
// it. Only a text that is specific, or trusted for another reason, may be a
// part of a longer one; less is asked inside the description, which no person
// wrote.
func (s *search) place(f *found, key string, trusted bool) bool {
	f.length = len(key)
	padded := " " + key + " "
	if s.descWords == padded {
		if s.vague && !f.named {
			return false
		}
		f.rank += whole
		f.exact = true
		return true
	}
	if vague()[key] && !f.named {
		return false
	}
	trusted = trusted || specific(key)
	switch {
	case (trusted || words(key) >= 3) && strings.Contains(s.descWords, padded):
		f.rank += inside
		f.at = strings.LastIndex(s.descWords, padded)
	case trusted && strings.Contains(s.aroundWords, padded):
		f.rank += around
		f.at = strings.LastIndex(s.aroundWords, padded)
	default:
		return false
	}
	return true
}

func (s *search) tryPattern(f *found) bool {
	in := func(text, low string, rank int) bool {
		if !strings.Contains(low, f.key) {
			return false
		}
		_, w := f.wording()
		at := find(w.Pattern, text)
		if at == nil {
			return false
		}
		f.rank += rank
		f.length, f.at = at[1]-at[0], at[0]
		f.exact = f.length >= len(text)-1
		return true
	}
	return in(s.desc, s.descLow, inside) || in(s.around, s.aroundLow, around)
}

// tryBare fits an answer without words. An error code that RFC 6749 or its
// extensions define tells nothing about who sent it.
func (s *search) tryBare(f *found) bool {
	if s.Error == "" || !strings.EqualFold(f.err, s.Error) || !s.vague {
		return false
	}
	f.rank += noWords
	return f.named || !standardErrors[f.err]
}

var standardErrors = map[string]bool{
	"invalid_request": true, "invalid_client": true, "invalid_grant": true, "unauthorized_client": true,
	"unsupported_grant_type": true, "invalid_scope": true, "access_denied": true, "server_error": true,
	"unsupported_response_type": true, "temporarily_unavailable": true, "invalid_token": true, // RFC 6749, RFC 6750
	"login_required": true, "interaction_required": true, "consent_required": true, // OpenID Connect Core §3.1.2.6
	"authorization_pending": true, "slow_down": true, "expired_token": true, // RFC 8628 §3.5
}

func words(key string) int { return strings.Count(key, " ") + 1 }

// specific tells whether a folded text is long or odd enough to be no accident
// when it turns up in a longer one: five words, or four that are not all short,
// or a token that no prose has, such as KOE320.
func specific(key string) bool {
	n := words(key)
	if n >= 5 || n == 4 && len(key) >= 22 || n == 3 && len(key) >= 26 {
		return true
	}
	for token := range strings.SplitSeq(key, " ") {
		if len(token) >= 6 && odd(token) {
			return true
		}
	}
	return false
}

// odd tells whether a token is nobody's word and no name of a parameter.
func odd(token string) bool {
	if parameters[token] || standardErrors[token] {
		return false
	}
	digits, letters := false, false
	for _, r := range token {
		digits = digits || r >= '0' && r <= '9'
		letters = letters || r >= 'a' && r <= 'z'
	}
	return digits && letters || strings.Contains(token, "_")
}

// parameters stand in every request, and in every discussion of one.
var parameters = map[string]bool{
	"client_id": true, "client_secret": true, "redirect_uri": true, "grant_type": true, "response_type": true,
	"refresh_token": true, "access_token": true, "id_token": true, "code_verifier": true, "code_challenge": true,
	"code_challenge_method": true, "authorization_code": true, "client_credentials": true, "token_type": true,
	"expires_in": true, "client_assertion": true, "offline_access": true, "oauth2": true, "rfc6749": true,
	"error_reason": true, "error_code": true, "error_description": true,
}

// merge makes hits of rows: those of one text, best fit only, become one hit.
func merge(all []found) []Hit {
	groups := make(map[group][]found)
	for _, f := range all {
		groups[f.group()] = append(groups[f.group()], f)
	}
	best := make([][]found, 0, len(groups))
	for _, g := range groups {
		fit := slices.MaxFunc(g, func(a, b found) int { return cmp.Compare(a.fit, b.fit) }).fit
		best = append(best, slices.DeleteFunc(g, func(f found) bool { return f.fit < fit }))
	}
	slices.SortFunc(best, func(a, b []found) int { return compare(a[0], b[0]) })
	var hits []Hit
	var seen []string
	for _, g := range best {
		if covered(g[0], seen) {
			continue // a longer text, which says more, holds this one
		}
		seen = append(seen, g[0].key)
		hits = append(hits, newHit(g))
	}
	return hits
}

// A group names what may be merged: rows of one text that rank alike, of one
// provider if that was asked for.
type group struct {
	provider, text string
	rank           int
}

func (f found) group() group {
	g := group{f.provider, f.key, f.rank}
	switch {
	case f.key == "":
		g.text = f.mark + "\t" + f.err
	case !f.named && !f.pattern:
		g.provider = ""
	}
	return g
}

func covered(f found, seen []string) bool {
	if f.pattern || f.key == "" {
		return false
	}
	return slices.ContainsFunc(seen, func(longer string) bool {
		return len(longer) > len(f.key) && strings.Contains(longer, f.key)
	})
}

// compare puts the better first. Lengths count in steps of eight, so that of
// two numbers in one text (AADSTS70002: … AADSTS54005: …) the later one wins,
// which is the reason given for the first.
func compare(a, b found) int {
	return cmp.Or(
		cmp.Compare(b.rank, a.rank),
		cmp.Compare(fitClass(b.fit), fitClass(a.fit)),
		cmp.Compare(b.length/8, a.length/8),
		cmp.Compare(b.at, a.at),
		cmp.Compare(b.fit, a.fit),
		cmp.Compare(a.provider, b.provider),
		cmp.Compare(a.n, b.n),
	)
}

// fitClass is -1 for a row that belongs to another grant, 1 where a second
// member of the answer speaks for it.
func fitClass(fit int) int {
	switch {
	case fit >= sameMark+wrongError+wrongCode:
		return 1
	case fit <= wrongGrant:
		return -1
	}
	return 0
}

func newHit(g []found) Hit {
	slices.SortFunc(g, func(a, b found) int {
		return cmp.Or(cmp.Compare(a.provider, b.provider), cmp.Compare(a.n, b.n))
	})
	p, w := g[0].wording()
	hit := Hit{Provider: p, Wording: w, Exact: g[0].exact, Named: g[0].named, Causes: make(map[string]float64)}
	of := make(map[string]int)
	for _, f := range g {
		of[f.provider]++
	}
	for _, f := range g {
		p, w := f.wording()
		if !slices.Contains(hit.Servers, p) {
			hit.Servers = append(hit.Servers, p)
		}
		for _, id := range slices.Sorted(maps.Keys(w.Causes)) {
			hit.Causes[id] += w.Causes[id] / float64(of[f.provider]*len(of))
		}
	}
	return hit
}
