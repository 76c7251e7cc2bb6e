package read

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"grantwalk/diagnose"
	"grantwalk/diagnose/safe"
	"grantwalk/diagnose/wire"
)

// An arrival is an authorization response.
type arrival struct {
	to      *url.URL
	params  []wire.Param
	at      time.Time
	request bool // it was seen as a request to the redirect URI, not as a redirect to it
}

// isCallback takes a request to a redirect URI that is known, and one with an
// answer in it that no request is known for.
func (a *assembler) isCallback(m *message) bool {
	params := slices.Concat(m.params(), wire.Form(m.url.EscapedFragment()))
	if !isAnswer(params) || m.has("grant_type") || m.has("client_secret") || m.method == "OPTIONS" {
		return false
	}
	in := arrival{to: m.url, params: params, at: m.at, request: true}
	if i := a.waiting(in); i >= 0 {
		if m.method == "POST" && !a.at(i, m.url) {
			a.flows[i].relayed++ // a page gives the code to its server
			a.count(i)
			return false // it may be a token request all the same
		}
		a.arrive(i, in)
		a.shown(m)
		return true
	}
	if has(params, "state") && !m.isTokenRequest() && !m.isAuthorization() && m.method != "POST" {
		a.stray = append(a.stray, in)
	}
	return false
}

// shown keeps what the app answers to its callback, if that is an error: where
// its server redeems the code, this page is all that a browser sees of it.
func (a *assembler) shown(m *message) {
	if m.status < 400 || m.body == "" {
		return
	}
	text := pageText(m.body)
	a.e.Words = lines(text)
	if f := find(text); errorCodes().MatchString(f.code) {
		f.status = 0 // the page's, not the token endpoint's
		a.e.Refusal = f.refusal()
	}
}

// waiting is the authorization request that the answer belongs to: by its state,
// by its code, or by where it arrived; -1 if there is none.
func (a *assembler) waiting(in arrival) int {
	state, code := value(in.params, "state"), value(in.params, "code")
	for i, r := range slices.Backward(a.e.Authorizations) {
		if code != "" && r.Response.Code.Reveal() == code {
			return i
		}
	}
	for i, r := range slices.Backward(a.e.Authorizations) {
		if state != "" && r.State.Reveal() == state && (a.at(i, in.to) || r.RedirectURI == "" || has(in.params, "code")) {
			return i
		}
	}
	for i, r := range slices.Backward(a.e.Authorizations) {
		// Without a redirect_uri, the registered one is not known: anywhere else than at the server.
		if a.at(i, in.to) || r.RedirectURI == "" && r.Response.Code == "" && !a.flows[i].hosts[in.to.Host] {
			return i
		}
	}
	return -1
}

// at reports whether u is the redirect URI of the request, its query aside.
func (a *assembler) at(i int, u *url.URL) bool {
	want, err := url.Parse(a.e.Authorizations[i].RedirectURI.Raw())
	if err != nil || u == nil || want.String() == "" {
		return false
	}
	return want.Scheme == u.Scheme && strings.EqualFold(want.Host, u.Host) && strings.TrimSuffix(want.Path, "/") == strings.TrimSuffix(u.Path, "/")
}

// arrive notes an answer: the redirect and the request that follows it are one.
func (a *assembler) arrive(i int, in arrival) {
	r := &a.e.Authorizations[i].Response
	code, failure := value(in.params, "code"), value(in.params, "error")
	if known := r.Code.Reveal(); known != "" && code != "" && known != code {
		i = a.again(i) // the same request was sent once more, unseen
		r = &a.e.Authorizations[i].Response
	}
	if in.request {
		a.flows[i].requests++
		a.count(i)
	}
	if r.Code != "" || !r.Page && r.Error != "" && r.Error.Raw() == failure {
		return
	}
	*r = diagnose.AuthorizationResponse{URI: safe.RedirectURI(endpoint(in.to)), At: in.at, Count: r.Count}
	for _, p := range in.params {
		r.Set(p.Name, p.Value)
	}
}

// again is the place of a second round of an authorization request.
func (a *assembler) again(i int) int {
	twin := a.e.Authorizations[i]
	twin.Response, twin.SentAt = diagnose.AuthorizationResponse{}, time.Time{}
	return a.add(twin, "")
}

func (a *assembler) add(r diagnose.Authorization, host string) int {
	a.e.Authorizations = append(a.e.Authorizations, r)
	a.flows = append(a.flows, flow{hosts: map[string]bool{host: true}})
	return len(a.flows) - 1
}

// count sets how often the answer was seen: each request to the callback is one,
// and each handing on of the code by a page is one; a redirect and its request
// are not two.
func (a *assembler) count(i int) {
	a.e.Authorizations[i].Response.Count = max(a.flows[i].requests, a.flows[i].relayed)
}

// adoptStrays gives the answers of requests that were not seen a place, if a
// token request carries their code or nothing else was seen at all.
func (a *assembler) adoptStrays() {
	alone := len(a.e.Authorizations) == 0
	for _, in := range a.stray {
		code := value(in.params, "code")
		redeemed := slices.ContainsFunc(a.e.TokenRequests, func(r diagnose.TokenRequest) bool { return code != "" && r.Code.Reveal() == code })
		if !redeemed && !alone {
			continue
		}
		i := a.waiting(in)
		if i < 0 {
			i = a.add(diagnose.Authorization{}, "")
		}
		a.arrive(i, in)
	}
}
