package view

import (
	"slices"

	"example.com/grantwalk/diagnose/evidence"
)

// focus is the token request to explain: the last one that was refused for good,
// or, if none was and no authorization request failed after it, the last one.
// Where that was a second use of a code or token, what the client did later with
// the tokens of the same grant belongs to the story, and its end is what counts.
func focus(v *View) (at, refused int) {
	last := len(v.TokenRequests) - 1
	later := accepted{}
	for i, r := range slices.Backward(v.TokenRequests) {
		if r.Response.Refused() && !later.otherwise(r) {
			i = firstTry(v, i)
			if end := lastOfGrant(v, i); end > i && (v.redeemers[i] >= 0 || v.rotators[i] >= 0) {
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
func firstTry(v *View, i int) int {
	sent := credential(v.TokenRequests[i])
	if sent == "" {
		return i
	}
	first := i
	for j, r := range slices.Backward(v.TokenRequests[:i]) {
		if credential(r) != sent {
			continue
		}
		if !r.Response.Refused() || r.Response.Status >= 500 {
			return first // it was taken, or nobody knows: what came after is a second use
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
func lastOfGrant(v *View, i int) int {
	root := v.roots[i]
	for j := len(v.TokenRequests) - 1; j > i && root >= 0; j-- {
		if v.TokenRequests[j].Grant() == GrantRefresh && v.roots[j] == root {
			return j
		}
	}
	return i
}

// authorizationOf ties a token request to the authorization request behind it:
// by the code, by PKCE, or by client and redirect URI; of several to the latest.
// One whose code another request has sent is not it.
func (v *View) authorizationOf(r *evidence.TokenRequest) *evidence.Authorization {
	if r.Grant() != GrantCode {
		return nil
	}
	var best *evidence.Authorization
	points := 1
	for i := range v.Authorizations {
		a := &v.Authorizations[i]
		if !r.SentAt.IsZero() && a.SentAt.After(r.SentAt) && (r.Code == "" || a.Response.Code != r.Code) {
			continue // two machines may have two clocks, but the code tells
		}
		n := 0
		codes, _ := v.relation(a.Response.Code, r.Code)
		switch {
		case r.Code != "" && a.Response.Code == "" && a.Response.Error != "" && !a.Response.Page: // its response was an error, and no code
			continue
		case r.Code == "" || a.Response.Code == "":
		case a.Response.Code == r.Code:
			n += 32
		case codes.Alteration != "":
			n += 16
		case codes.Slips > 0:
			n += 3
		case v.sent[a.Response.Code]:
			continue
		}
		if pkce, _ := v.pkce(a.Challenge, r.Verifier); pkce.S256 || pkce.Plain {
			n += 8
		}
		if r.RedirectURI != "" && r.RedirectURI == a.RedirectURI {
			n += 2
		}
		if r.ClientID != "" && r.ClientID == a.ClientID {
			n += 2
		}
		if n == 0 && r.Hides("code") && r.Hides("client_id") && len(v.Authorizations) == 1 {
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

// loosely reports whether only the client or redirect URI ties the two requests,
// and neither the code nor PKCE does, so that they may be of two logins. Where one
// of the codes is unknown, they are of one login if there is only one, and if no request
// before was answered with its tokens.
func (v *View) loosely() bool {
	arrived, sent := v.Auth.Response.Code, v.Token.Code
	pkce, _ := v.pkce(v.Auth.Challenge, v.Token.Verifier)
	codes, _ := v.relation(arrived, sent)
	switch {
	case v.Auth.Challenge != "" && matches(pkce, v.method()):
		return false
	case v.Auth.Shared:
		return true
	case statesDiffer(v.Auth) && !stateChanged(v.Auth):
		return true
	case arrived != "" && sent != "":
		return arrived != sent && codes.Alteration == ""
	}
	return len(v.Authorizations) > 1 || v.Token.Hides("code") && slices.ContainsFunc(v.before(), func(r evidence.TokenRequest) bool { return r.Grant() == GrantCode && r.Response.Granted() })
}
