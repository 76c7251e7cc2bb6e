package view

import (
	"strings"
	"time"

	"example.com/grantwalk/diagnose/evidence"
	"example.com/grantwalk/diagnose/safe"
)

// A lineage is what became of the codes and tokens of a grant, by the order of
// the wire: for each token request the place of another one before it, or -1.
type lineage struct {
	grantors  []int // whose answer gave the refresh token that it sends
	redeemers []int // the first that got tokens for the code that it sends
	rotators  []int // the first that got another refresh token for the one that it sends
	roots     []int // that began its grant, as a rule by redeeming a code; itself, if it does

	sent map[safe.Secret]bool // the codes that a token request carried
}

func trace(requests []evidence.TokenRequest) lineage {
	n := len(requests)
	l := lineage{make([]int, n), make([]int, n), make([]int, n), make([]int, n), map[safe.Secret]bool{}}
	gave, redeemed, rotated := map[safe.Secret]int{}, map[safe.Secret]int{}, map[safe.Secret]int{}
	before := func(places map[safe.Secret]int, s safe.Secret) int {
		if i, ok := places[s]; ok && s != "" {
			return i
		}
		return -1
	}
	for i := range requests {
		r := &requests[i]
		l.sent[r.Code] = true
		l.grantors[i], l.redeemers[i], l.rotators[i] = before(gave, r.RefreshToken), before(redeemed, r.Code), before(rotated, r.RefreshToken)
		switch {
		case r.Grant() != GrantRefresh && l.redeemers[i] >= 0:
			l.roots[i] = l.redeemers[i]
		case r.Grant() != GrantRefresh:
			l.roots[i] = i
		case l.grantors[i] >= 0:
			l.roots[i] = l.roots[l.grantors[i]]
		default:
			l.roots[i] = -1 // the evidence does not reach back so far
		}
		if r.Response.Granted() && before(redeemed, r.Code) < 0 {
			redeemed[r.Code] = i
		}
		if next := r.Response.RefreshToken; next != "" {
			gave[next] = i
			if next != r.RefreshToken && before(rotated, r.RefreshToken) < 0 {
				rotated[r.RefreshToken] = i
			}
		}
	}
	return l
}

// grantor is the request whose answer gave the refresh token that is judged.
func (v *View) grantor() *evidence.TokenRequest {
	if v.Token == nil {
		return nil
	}
	if j := v.grantors[v.At]; j >= 0 {
		return &v.TokenRequests[j]
	}
	return nil
}

// misuse is a request before the judged one that used up, for the second time, a
// code or token of the same grant; -1 if there is none.
func (v *View) misuse() int {
	root := v.roots[v.At]
	if root < 0 {
		return -1
	}
	for i := range v.before() {
		if v.redeemers[i] == root || v.rotators[i] >= 0 && v.roots[i] == root {
			return i
		}
	}
	return -1
}

// revoked is the client's own revocation of a token before the judged request.
func (v *View) revoked(token safe.Secret) *evidence.Revocation {
	for i := range v.Revocations {
		r := &v.Revocations[i]
		if late := !r.SentAt.IsZero() && !v.Token.SentAt.IsZero() && r.SentAt.After(v.Token.SentAt); !late && token != "" && r.Token == token && r.Status < 400 {
			return r
		}
	}
	return nil
}

// grantedScope is what the refresh token may be used for, and what was asked for
// in the beginning (RFC 6749 §5.1: an answer without scope grants just that).
// Nil: not known.
func (v *View) grantedScope() (granted, asked []string) {
	i := v.At
	for v.grantors[i] >= 0 {
		i = v.grantors[i]
		if v.TokenRequests[i].Hides(evidence.GrantedScope) {
			return nil, nil
		}
		if s := v.TokenRequests[i].Response.Scope; s != "" && granted == nil {
			granted = scopes(s.Raw())
		}
	}
	if i == v.At {
		return nil, nil
	}
	asked = scopes(v.TokenRequests[i].Scope.Raw())
	if a := v.authorizationOf(&v.TokenRequests[i]); a != nil {
		asked = append(asked, scopes(a.Scope.Raw())...)
	}
	if granted == nil && len(asked) > 0 {
		granted = asked
	}
	return granted, asked
}

// scopes are the words of a scope; some servers put commas between them.
func scopes(s string) []string { return strings.Fields(strings.ReplaceAll(s, ",", " ")) }

// worked is a request with the same client_id that the server gave tokens for.
func (v *View) worked() *evidence.TokenRequest {
	for i := range v.TokenRequests {
		r := &v.TokenRequests[i]
		if i != v.At && r.ClientID == v.Token.ClientID && r.ClientID != "" && r.Response.Granted() {
			return r
		}
	}
	return nil
}

// clockTime is a moment as evidence shows it.
func clockTime(t time.Time) string {
	if t.IsZero() {
		return "at an unknown time"
	}
	return t.Format("15:04:05.000")
}

// apart is the time between two moments, as text; empty where it is not known.
func apart(from, to time.Time) string {
	if from.IsZero() || to.IsZero() || to.Before(from) {
		return ""
	}
	return ", " + short(to.Sub(from)) + " later"
}

// short is a duration to three digits or so: 10m, 1.1s, 0.31ms.
func short(d time.Duration) string {
	to := 10 * time.Microsecond
	switch {
	case d >= 10*time.Second:
		to = time.Second
	case d >= time.Second:
		to = 10 * time.Millisecond
	case d >= 10*time.Millisecond:
		to = time.Millisecond
	}
	s := d.Round(to).String()
	for _, nothing := range []string{"m0s", "h0m"} { // 1h0m0s, as Go writes an hour
		if strings.HasSuffix(s, nothing) {
			s = s[:len(s)-2]
		}
	}
	return s
}
