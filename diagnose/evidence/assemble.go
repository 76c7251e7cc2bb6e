package evidence

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/diagnose/wire"
)

// Assemble makes evidence of exchanges, from every recorder. Its statements are what the
// exchanges say in words beside the server's errors.
func Assemble(exchanges []exchange.Exchange) Evidence {
	a := assembler{replaced: placeholders(exchanges), pushed: map[string][]wire.Param{}, byCode: latest[string]{}, byState: latest[[2]string]{}, byPlace: latest[string]{}, sharing: map[[2]string]int{}, byToken: map[safe.Secret]int{}}
	for _, x := range inOrder(exchanges) {
		a.add(&x)
	}
	a.adoptStrays()
	a.hidePlaceholders()
	a.hideEmptied()
	Scrub(&a.e, append(passwords(exchanges), hideSwapped(&a.e)...)...)
	return a.e
}

// inOrder sorts by time. An exchange without a time stays behind the one it was
// recorded after.
func inOrder(exchanges []exchange.Exchange) []exchange.Exchange {
	out := slices.Clone(exchanges)
	var last time.Time
	order := make([]time.Time, len(out))
	index := make([]int, len(out))
	for i, x := range out {
		if !x.SentAt.IsZero() {
			last = x.SentAt
		}
		order[i], index[i] = last, i
	}
	slices.SortStableFunc(index, func(i, j int) int { return order[i].Compare(order[j]) })
	for i, from := range index {
		out[i] = exchanges[from]
	}
	return out
}

// add takes the next exchange. A request to a redirect URI is a callback, whatever else
// it looks like.
func (a *assembler) add(x *exchange.Exchange) {
	a.e.Cookies = a.e.Cookies || x.Request.Cookie
	if x.Request.URL == nil || a.isCallback(x) {
		return
	}
	if x.IsRejectedPreflight() {
		a.e.Preflight = x.Response.Status
		return
	}
	switch x.Classify() {
	case exchange.Token:
		a.token(x)
	case exchange.Probe:
		a.e.Probes = append(a.e.Probes, tokenRequest(x))
	case exchange.Revocation:
		a.e.Revocations = append(a.e.Revocations, Revocation{Token: safe.Secret(x.Request.Get("token")), Status: x.Response.Status, SentAt: x.SentAt})
	case exchange.Pushed:
		a.push(x)
	case exchange.Authorization:
		a.authorization(x)
	case exchange.Page:
		a.page(x)
	}
}

// push keeps the parameters of a pushed request for the request that names it. If the
// server rejects the pushed request, none does (RFC 9126 §2.3).
func (a *assembler) push(x *exchange.Exchange) {
	if uri := x.Response.Read().Text("request_uri"); uri != "" {
		a.pushed[uri] = x.Request.Form
		return
	}
	if said, rejected := x.Response.Error(); rejected {
		r := authorization(x)
		r.Response = AuthorizationResponse{ErrorResponse: kept(said, x.Response.Status), At: x.ReceivedAt}
		a.addRequest(r, x.Request.URL.Host)
	}
}

func (a *assembler) authorization(x *exchange.Exchange) {
	r := authorization(x)
	if params, ok := a.pushed[x.Request.Get("request_uri")]; ok && x.Request.Has("request_uri") {
		for _, p := range params {
			r.Set(p.Name, p.Value)
		}
		r.Pushed = exchange.Has(params, "request")
		if cutOff(params) {
			r.HideMissing()
		}
	}
	if r.Challenge == "" && r.ChallengeMethod != "" && x.Request.Has("code_challenge") { // its value was taken out: the method tells of one
		r.Masked += " code_challenge"
	}
	if r.ChallengeMethod != "" && isCutMethod(r.ChallengeMethod.Raw()) {
		r.ChallengeMethod, r.Masked = "", r.Masked+" code_challenge_method"
	}
	if x.Request.Body == exchange.Partly || cutOff(x.Request.Params()) || slices.ContainsFunc(x.Request.Params(), elided) {
		r.HideMissing()
	}
	i := a.continued(r)
	if i < 0 {
		i = a.addRequest(r, x.Request.URL.Host)
	}
	a.follow(i, x)
}

func authorization(x *exchange.Exchange) Authorization {
	r := Authorization{From: x.From, Endpoint: exchange.Endpoint(x.Request.URL), SentAt: x.SentAt, Cookie: x.Request.Cookie}
	for _, p := range x.Request.Params() {
		r.Set(p.Name, p.Value)
	}
	return r
}

// cutOff reports whether the last parameter of a request is cut off, as in &sta…, so that
// others may have followed.
func cutOff(params []wire.Param) bool {
	if len(params) == 0 {
		return false
	}
	last := params[len(params)-1]
	if last.Value == "" && isCutName(last.Name) || last.Name == "code_challenge" && len(last.Value) < shortestChallenge || last.Name == "code_challenge_method" && isCutMethod(last.Value) {
		return true
	}
	return slices.ContainsFunc([]string{"…", "...", "[...]"}, func(mark string) bool {
		return strings.HasSuffix(last.Name, mark) || strings.HasSuffix(last.Value, mark)
	})
}

// isCutMethod reports whether a text is the beginning of S256, and not all of it.
func isCutMethod(text string) bool { return text != "S256" && strings.HasPrefix("S256", text) }

// elided reports whether a parameter stands for others that were left out, as in &...
func elided(p wire.Param) bool {
	return p.Value == "" && (strings.Trim(p.Name, "…. ") == "" || strings.HasPrefix(p.Name, "[") || strings.HasPrefix(p.Name, "<"))
}

// continued is the request of which r is a later page: many servers carry the
// parameters along from page to page.
func (a *assembler) continued(r Authorization) int {
	i := len(a.e.Authorizations) - 1
	if i < 0 {
		return -1
	}
	first := a.e.Authorizations[i]
	same := first.ClientID == r.ClientID && first.RedirectURI == r.RedirectURI && first.State == r.State && first.Challenge == r.Challenge
	if same && first.Response.Code == "" && (first.Response.Error == "" || first.Response.Page) && (first.State != "" || first.Challenge != "" || a.flows[i].expected != "") {
		return i
	}
	return -1
}

func (a *assembler) token(x *exchange.Exchange) {
	if scheme, encoded, _ := strings.Cut(x.Request.Authorization, " "); a.replaced[strings.TrimSpace(encoded)] {
		x.Request.Authorization = scheme + " " + placeholder
	}
	cutForm(&x.Request)
	r := tokenRequest(x)
	if r.Response.Pending() {
		a.e.Pending = true
		return
	}
	if n := len(a.e.TokenRequests); n > 0 && isFollowed(&a.e.TokenRequests[n-1], &r) {
		a.e.TokenRequests = a.e.TokenRequests[:n-1]
	}
	if i, ok := a.byToken[r.Response.AccessToken]; ok && i < len(a.e.TokenRequests) && isRecordedTwice(&a.e.TokenRequests[i], &r) {
		return
	}
	a.byToken[r.Response.AccessToken] = len(a.e.TokenRequests)
	a.e.TokenRequests = append(a.e.TokenRequests, r)
}

// isFollowed reports whether the first request was redirected and the second is the same
// request again, as a client sends it to the new place.
func isFollowed(first, second *TokenRequest) bool {
	return first.Response.Status/100 == 3 && first.Code == second.Code && first.RefreshToken == second.RefreshToken && first.GrantType == second.GrantType
}

// isRecordedTwice reports whether two requests for tokens are one: at one instant in one
// file, or at nearly the same time in the files of a browser and a server. The tokens alone
// do not tell, because some servers make the same one twice within a second, nor do whole
// seconds.
func isRecordedTwice(a, b *TokenRequest) bool {
	answered := a.Response.AccessToken != "" || a.Response.Refused()
	both := a.Response.AccessToken != "" && a.From.File != b.From.File // whatever their clocks say
	return answered && (both || isOneMoment(a.SentAt, b.SentAt, a.From, b.From)) && a.Response.AccessToken == b.Response.AccessToken && a.Response.ErrorResponse == b.Response.ErrorResponse &&
		a.Code == b.Code && a.RefreshToken == b.RefreshToken && a.GrantType == b.GrantType
}

// isOneMoment reports whether two times are of one event that was recorded twice.
func isOneMoment(a, b time.Time, from, other exchange.Place) bool {
	const clocks = 20 * time.Millisecond
	apart := b.Sub(a).Abs()
	return a.Nanosecond() != 0 && (apart == 0 || from.File != other.File && apart <= clocks)
}

// cutForm marks a form that is shorter than its Content-Length says: the end of its last
// value is missing, and other parameters may be. Where a value was taken out, the length
// is of the value that was there.
func cutForm(r *exchange.Request) {
	if n := len(r.Form) - 1; n >= 0 && r.Form[n].Value == "" && isCutName(r.Form[n].Name) {
		r.Form, r.Body = r.Form[:n], exchange.Partly
		return
	}
	if slices.ContainsFunc(r.Form, elided) {
		r.Body = exchange.Partly
		return
	}
	const lineEnd = 2
	length, err := strconv.Atoi(r.Length)
	last := len(r.Form) - 1
	if err != nil || last < 0 || r.Body != exchange.Whole || r.Recorded == 0 || length <= r.Recorded+lineEnd {
		return
	}
	if slices.ContainsFunc(r.Form, func(p wire.Param) bool { return masked(p.Value) }) {
		return
	}
	r.Form = slices.Clone(r.Form)
	r.Form[last].Value += placeholder
	r.Body = exchange.Partly
}

// parameterNames are of requests for codes and tokens.
var parameterNames = []string{
	"response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "code_challenge", "code_challenge_method", "prompt",
	"grant_type", "code", "client_secret", "client_assertion", "client_assertion_type", "code_verifier", "refresh_token", "assertion",
}

// isCutName reports whether a text is the beginning of a parameter's name, and no name.
func isCutName(text string) bool {
	return slices.ContainsFunc(parameterNames, func(name string) bool {
		return strings.HasPrefix(name, text) && !slices.Contains(parameterNames, text)
	})
}

func tokenRequest(x *exchange.Exchange) TokenRequest {
	r := TokenRequest{From: x.From, Endpoint: exchange.Endpoint(x.Request.URL), SentAt: x.SentAt, ClientAuth: AuthNone, ContentType: safe.Foreign(x.Request.Media)}
	if x.Request.Method != "POST" && x.Request.Method != "" {
		r.Method = safe.Foreign(x.Request.Method)
	}
	if r.ContentType == "application/x-www-form-urlencoded" {
		r.ContentType = ""
	}
	r.SetAuthorization(x.Request.Authorization)
	for _, p := range x.Request.Basic {
		r.SetCredential(p.Name, p.Value)
	}
	for _, p := range x.Request.Params() {
		r.Set(p.Name, p.Value)
	}
	if x.Request.Stripped && r.ClientAuth == AuthNone {
		r.ClientAuth = ""
	}
	switch {
	case x.Request.Body != exchange.Whole:
		r.Params = nil
		if r.ClientAuth != AuthBasic { // the body may hold what the client proves itself with
			r.ClientAuth = ""
		}
	case r.Params == nil:
		r.Params = []safe.Foreign{}
	}
	r.Response = tokenResponse(x)
	return r
}

func tokenResponse(x *exchange.Exchange) TokenResponse {
	from := &x.Response
	if from.Status == 0 && from.Body == "" {
		return TokenResponse{}
	}
	// A browser drops the body of a response that the page did not read.
	r := TokenResponse{Date: from.Time(), At: x.ReceivedAt, Unseen: from.Params == nil && (from.Body == "" || masked(from.Body)) && from.Status/100 == 2}
	read := from.Read()
	for _, p := range read.Params {
		r.Set(p.Name, p.Value)
	}
	r.ErrorResponse = ErrorResponse{Status: from.Status}
	if said, refused := from.Error(); refused && !r.Granted() {
		r.ErrorResponse = kept(said, from.Status)
		text := from.Body
		if len(read.Params) == 0 {
			text = exchange.PageText(text)
		}
		r.Body = safe.Foreign(safe.Cut(text, maxBody))
	}
	return r
}

// maxBody bounds what is kept of the body of an error response, in bytes.
const maxBody = 2000

// kept is as much of an error as is kept, with the status of the response.
func kept(said ErrorResponse, status int) ErrorResponse {
	said.Status = status
	return said.Bounded()
}
