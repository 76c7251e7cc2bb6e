package view

import (
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
		case r.Grant() != evidence.GrantRefresh && l.redeemers[i] >= 0:
			l.roots[i] = l.redeemers[i]
		case r.Grant() != evidence.GrantRefresh:
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
