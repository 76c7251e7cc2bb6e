package view

import (
	"cmp"
	"slices"

	"example.com/grantwalk/diagnose/evidence"
	"example.com/grantwalk/diagnose/safe"
)

// focus is the token request to explain: the last one that was refused for good,
// or, if none was and no authorization request failed after it, the last one.
// Where that was a second use of a code or token, what the client did later with
// the tokens of the same grant belongs to the story, and its end is what counts.
func (v *View) focus() (at, refused int) {
	last := len(v.TokenRequests) - 1
	later := accepted{}
	for i, r := range slices.Backward(v.TokenRequests) {
		if r.Response.Refused() && !later.otherwise(r) {
			i = v.firstTry(i)
			if end := v.lastOfGrant(i); end > i && (v.redeemers[i] >= 0 || v.rotators[i] >= 0) {
				return end, i
			}
			return i, -1
		}
		later.add(r)
	}
	if n := len(v.Authorizations); last >= 0 && n > 0 {
		if a := v.Authorizations[n-1]; a.Response.Refused() && a.SentAt.After(v.TokenRequests[last].SentAt) {
			return -1, -1
		}
	}
	return last, -1
}

// firstTry is the first refusal of what request i was refused for. Of a code
// that is refused again and again the first refusal tells; the others may only
// say that the code is gone.
func (v *View) firstTry(i int) int {
	sent := credential(v.TokenRequests[i])
	if sent == "" {
		return i
	}
	first := i
	for j, r := range slices.Backward(v.TokenRequests[:i]) {
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

func (a accepted) add(r evidence.TokenRequest) {
	key := [2]string{credential(r).Reveal(), r.ClientID.Raw()}
	if r.Response.Granted() && !slices.Contains(a[key], r.ClientAuth) {
		a[key] = append(a[key], r.ClientAuth)
	}
}

// otherwise reports whether the request is the first try of a library that finds out
// how to authenticate, and another try got tokens.
func (a accepted) otherwise(r evidence.TokenRequest) bool {
	return refusesClient(r.Response) && credential(r) != "" &&
		slices.ContainsFunc(a[[2]string{credential(r).Reveal(), r.ClientID.Raw()}], func(auth string) bool { return auth != r.ClientAuth })
}

// lastOfGrant is the last refresh under the grant to which request i belongs, if
// it follows i.
func (v *View) lastOfGrant(i int) int {
	root := v.roots[i]
	for j := len(v.TokenRequests) - 1; j > i && root >= 0; j-- {
		if v.TokenRequests[j].Grant() == GrantRefresh && v.roots[j] == root {
			return j
		}
	}
	return i
}

// credential is what a request wants to trade for tokens.
func credential(r evidence.TokenRequest) safe.Secret { return cmp.Or(r.Code, r.RefreshToken) }
