package evidence

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/diagnose/wire"
)

// isCallback takes a request to a redirect URI that is known, and one with an
// authorization response in it that no request is known for.
func (a *assembler) isCallback(x *exchange.Exchange) bool {
	r := &x.Request
	params := slices.Concat(r.Params(), wire.Form(r.URL.EscapedFragment()))
	in := arrival{to: r.URL, params: params, at: x.SentAt, from: x.From, request: true}
	if x.Kind == exchange.Callback {
		a.callback(in)
		return true
	}
	if x.Kind != exchange.Unknown || !exchange.IsAuthorizationResponse(params) || r.Has("grant_type") || r.Has("client_secret") || r.Method == "OPTIONS" {
		return false
	}
	if i := a.waiting(in); i >= 0 {
		if r.Method == "POST" && !a.at(i, r.URL) {
			a.flows[i].relayed++ // a page gives the code to its server
			a.count(i)
			return false // it may be a token request all the same
		}
		a.arrive(i, in)
		a.shown(x)
		return true
	}
	if kind := x.Classify(); exchange.Has(params, "state") && kind != exchange.Token && kind != exchange.Authorization && r.Method != "POST" {
		a.stray = append(a.stray, in)
	}
	return false
}

// callback takes a request that is known to be a callback. It belongs to the latest
// authorization request if it names none.
func (a *assembler) callback(in arrival) {
	i := a.waiting(in)
	if i < 0 {
		i = len(a.flows) - 1
	}
	if i >= 0 {
		a.arrive(i, in)
	}
}

// shown keeps the page that the app shows at its callback, if that is an error: where the
// app's server exchanges the code, this page is all that a browser sees of it.
func (a *assembler) shown(x *exchange.Exchange) {
	if x.Response.Status >= 400 && x.Response.Body != "" {
		a.say(exchange.PageText(x.Response.Body), exchange.Statement{Source: exchange.Client, Subject: exchange.Callback.String(), At: x.From})
	}
}

// say adds a statement for each line of a text that is not empty.
func (a *assembler) say(text string, like exchange.Statement) {
	const most = 8 << 10 // bytes of a page
	for line := range strings.SplitSeq(safe.Cut(text, most), "\n") {
		if strings.TrimSpace(line) != "" {
			like.Text = safe.Foreign(line)
			a.e.Statements = append(a.e.Statements, like)
		}
	}
}

// waiting is the authorization request that the answer belongs to: by its code, by
// its state, or by where it arrived; -1 if there is none. Of several it is the latest.
func (a *assembler) waiting(in arrival) int {
	state, code, place := a.known(exchange.Value(in.params, "state")), a.known(exchange.Value(in.params, "code")), placeOf(in.to)
	if i := a.byCode.of(code); code != "" && i >= 0 {
		return i
	}
	i := max(a.byState.of([2]string{state, place}), a.byState.of([2]string{state, ""}))
	if exchange.Has(in.params, "code") {
		i = a.byState.of([2]string{state, anyPlace})
	}
	if state != "" && i >= 0 {
		return i
	}
	return max(a.byPlace.of(place), a.openAt(in.to.Host))
}

// openAt is the latest request without redirect URI and without code that an answer at
// this host may belong to: the registered redirect URI is not known, but it is not at
// the server.
func (a *assembler) openAt(host string) int {
	for _, i := range slices.Backward(a.open) {
		if !a.flows[i].hosts[host] {
			return i
		}
	}
	return -1
}

// maxOpen bounds the requests that [assembler.openAt] goes through. An answer belongs
// to one of the latest.
const maxOpen = 100

// anyPlace is the redirect URI in a key of [assembler.byState] that matches any.
const anyPlace = "*"

// placeOf is the address without its query, as redirect URIs are compared here; empty
// for none.
func placeOf(u *url.URL) string {
	if u == nil || u.String() == "" {
		return ""
	}
	return u.Scheme + "://" + strings.ToLower(u.Host) + strings.TrimSuffix(u.Path, "/")
}

// at reports whether u is the redirect URI of the request, its query aside.
func (a *assembler) at(i int, u *url.URL) bool {
	place := a.flows[i].place
	return place != "" && place == placeOf(u)
}

// arrive notes an answer: the redirect and the request that follows it are one.
func (a *assembler) arrive(i int, in arrival) {
	r := &a.e.Authorizations[i].Response
	code, failure := exchange.Value(in.params, "code"), exchange.Value(in.params, "error")
	if known := r.Code.Reveal(); code != "" && known != code && (known != "" || r.Error != "" && !r.Page) {
		i = a.again(i, exchange.Value(in.params, "state")) // a request was sent once more, unseen
		r = &a.e.Authorizations[i].Response
	}
	if f := &a.flows[i]; in.request && !isOneMoment(f.requested.at, in.at, f.requested.from, in.from) {
		f.requested = in
		f.requests[in.from.File]++
		a.count(i)
	}
	if r.Code != "" || !r.Page && r.Error != "" && r.Error.Raw() == failure {
		return
	}
	*r = AuthorizationResponse{URI: safe.RedirectURI(exchange.Endpoint(in.to)), At: in.at, Count: r.Count}
	for _, p := range in.params {
		r.Set(p.Name, p.Value)
	}
	if state := r.State.Reveal(); in.request && state != "" {
		a.e.Authorizations[i].Shared = a.sharing[[2]string{state, a.flows[i].place}] > 1
	}
	a.emptied = a.emptied || r.Code == "" && r.Error == "" && exchange.Has(in.params, "code")
	if code := r.Code.Reveal(); code != "" {
		a.byCode.add(a.known(code), i)
		a.open = slices.DeleteFunc(a.open, func(j int) bool { return j == i })
	}
}

// again is the place of a second round of an authorization request that was not seen. If
// the state of its response differs, so did that of the request, and what is only known of the
// request that was seen is unknown: another client may share the redirect URI.
func (a *assembler) again(i int, state string) int {
	twin := a.e.Authorizations[i]
	twin.Response, twin.SentAt = AuthorizationResponse{}, time.Time{}
	if state != twin.State.Reveal() {
		twin.State, twin.Challenge, twin.ClientID, twin.Masked = "", "", "", twin.Masked+" code_challenge client_id"
	}
	return a.addRequest(twin, "")
}

func (a *assembler) addRequest(r Authorization, host string) int {
	i := len(a.flows)
	f := flow{hosts: map[string]bool{host: true}, requests: map[string]int{"": 0}}
	if u, err := url.Parse(r.RedirectURI.Raw()); err == nil {
		f.place = placeOf(u)
	}
	a.e.Authorizations, a.flows = append(a.e.Authorizations, r), append(a.flows, f)
	state := r.State.Reveal()
	a.byState.add([2]string{state, anyPlace}, i)
	if f.place != "" {
		a.byPlace.add(f.place, i)
		a.byState.add([2]string{state, f.place}, i)
		a.sharing[[2]string{state, f.place}]++
	}
	if r.RedirectURI == "" {
		a.byState.add([2]string{state, ""}, i)
		a.open = append(a.open[max(0, len(a.open)+1-maxOpen):], i)
	}
	return i
}

// count sets how often the answer was seen: each request to the callback is one,
// and each handing on of the code by a page is one; a redirect and its request
// are not two.
func (a *assembler) count(i int) {
	a.e.Authorizations[i].Response.Count = max(slices.Max(slices.Collect(maps.Values(a.flows[i].requests))), a.flows[i].relayed)
}

// adoptStrays gives the answers of requests that were not seen a place, if a
// token request carries their code or nothing else was seen at all.
func (a *assembler) adoptStrays() {
	alone := len(a.e.Authorizations) == 0
	redeemed := map[string]bool{}
	for _, r := range a.e.TokenRequests {
		redeemed[r.Code.Reveal()] = r.Code != ""
	}
	for _, in := range a.stray {
		if !alone && !redeemed[exchange.Value(in.params, "code")] {
			continue
		}
		i := a.waiting(in)
		if i < 0 {
			i = a.addRequest(Authorization{}, "")
		}
		a.arrive(i, in)
	}
}
