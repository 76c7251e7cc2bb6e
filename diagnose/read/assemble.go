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

// An assembler ties messages together into flows. It sees them in the order of
// the wire.
type assembler struct {
	e      diagnose.Evidence
	flows  []flow // beside e.Authorizations
	pushed map[string][]wire.Param
	stray  []arrival // answers that no authorization request was seen for
}

// A flow is what has to be remembered of an authorization request until its
// answer comes.
type flow struct {
	hosts    map[string]bool // of the pages between request and answer
	expected string          // where the last redirect leads to
	requests int             // how often the callback was requested
	relayed  int             // how often the code was handed on to the app's own server
}

// An arrival is an authorization response.
type arrival struct {
	to      *url.URL
	params  []wire.Param
	at      time.Time
	request bool // it was seen as a request to the redirect URI, not as a redirect to it
}

// assemble makes evidence of messages.
func assemble(messages []message) diagnose.Evidence {
	a := assembler{pushed: map[string][]wire.Param{}}
	for _, m := range inOrder(messages) {
		a.see(&m)
	}
	a.adoptStrays()
	scrub(&a.e)
	return a.e
}

// scrub takes the flow's own secrets out of what a server says of them.
func scrub(e *diagnose.Evidence) {
	clean := hider(*e)
	refusals := []*diagnose.Refusal{&e.Refusal}
	for i := range e.Authorizations {
		refusals = append(refusals, &e.Authorizations[i].Response.Refusal)
	}
	for i := range e.TokenRequests {
		r := &e.TokenRequests[i].Response
		r.Body = clean(r.Body)
		refusals = append(refusals, &r.Refusal)
	}
	for _, r := range refusals {
		r.Error, r.Description, r.URI = clean(r.Error), clean(r.Description), clean(r.URI)
	}
	e.Words, e.Note = clean(e.Words), clean(e.Note)
}

// inOrder sorts by time. A message without a time stays behind the one it was
// written after.
func inOrder(messages []message) []message {
	out := slices.Clone(messages)
	var last time.Time
	order := make(map[int]time.Time, len(out))
	index := make([]int, len(out))
	for i, m := range out {
		if !m.at.IsZero() {
			last = m.at
		}
		order[i], index[i] = last, i
	}
	slices.SortStableFunc(index, func(i, j int) int { return order[i].Compare(order[j]) })
	for i, from := range index {
		out[i] = messages[from]
	}
	return out
}

func (a *assembler) see(m *message) {
	a.e.Cookies = a.e.Cookies || m.cookie
	switch {
	case m.url == nil:
	case a.isCallback(m):
	case m.isTokenRequest():
		a.token(m)
	case m.isRevocation():
		a.e.Revocations = append(a.e.Revocations, diagnose.Revocation{Token: safe.Secret(m.get("token")), Status: m.status, SentAt: m.at})
	case m.isPushed():
		a.push(m)
	case m.isAuthorization():
		a.authorization(m)
	default:
		a.page(m)
	}
}

// isCallback takes a request to a redirect URI that is known, and one with an
// answer in it that no request is known for.
func (a *assembler) isCallback(m *message) bool {
	params := append(m.params(), wire.Form(m.url.EscapedFragment())...)
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
	a.e.Words = lines(Redact(text))
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
	want, err := url.Parse(a.e.Authorizations[i].RedirectURI)
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
	if r.Code != "" || !r.Page && r.Error != "" && r.Error == failure {
		return
	}
	*r = diagnose.AuthorizationResponse{URI: endpoint(in.to), At: in.at, Count: r.Count}
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

// push keeps the parameters of a pushed request for the request that names it.
func (a *assembler) push(m *message) {
	answer := wire.Read(wire.Head{Status: m.status, ContentType: m.kind}, []byte(m.body))
	if uri := answer.Text("request_uri"); uri != "" {
		a.pushed[uri] = m.form
	}
}

func (a *assembler) authorization(m *message) {
	r := diagnose.Authorization{Endpoint: endpoint(m.url), SentAt: m.at, Cookie: m.cookie}
	for _, p := range m.params() {
		r.Set(p.Name, p.Value)
	}
	if params, ok := a.pushed[m.get("request_uri")]; ok && m.has("request_uri") {
		for _, p := range params {
			r.Set(p.Name, p.Value)
		}
		r.Pushed = has(params, "request")
	}
	i := a.continued(r)
	if i < 0 {
		i = a.add(r, m.url.Host)
	}
	a.follow(i, m)
}

// continued is the request of which r is a later page: many servers carry the
// parameters along from page to page.
func (a *assembler) continued(r diagnose.Authorization) int {
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

// page takes what lies between the request and its answer: log-in, consent,
// errors.
func (a *assembler) page(m *message) {
	i := len(a.flows) - 1
	if i >= 0 && (a.flows[i].hosts[m.url.Host] || a.flows[i].expected == m.url.String()) {
		a.follow(i, m)
		return
	}
	if to, params := m.answers(); isAnswer(params) {
		in := arrival{to: to, params: params, at: m.answeredAt()}
		if i := a.waiting(in); i >= 0 {
			a.arrive(i, in)
		} else if has(params, "state") {
			a.stray = append(a.stray, in)
		}
	}
}

func (m *message) answeredAt() time.Time {
	if m.at.IsZero() {
		return m.at
	}
	return m.at.Add(m.took)
}

// follow reads what the server answered to a page of the flow.
func (a *assembler) follow(i int, m *message) {
	to, params := m.answers()
	if isAnswer(params) {
		in := arrival{to: to, params: params, at: m.answeredAt()}
		if j := a.waiting(in); j >= 0 {
			a.arrive(j, in)
			return
		}
	}
	f := &a.flows[i]
	if to != nil && m.location != "" {
		f.expected = to.String()
		if !a.at(i, to) {
			f.hosts[to.Host] = true
		}
		return
	}
	r := &a.e.Authorizations[i].Response
	if !m.document() || r.Code != "" || r.Error != "" && !r.Page {
		return
	}
	if said := pageRefusal(m); m.status >= 400 || said.Error != "" || refusing().MatchString(said.Description) {
		*r = diagnose.AuthorizationResponse{Refusal: said, Page: true, At: m.answeredAt(), URI: endpoint(m.url), Count: r.Count}
	} else if m.html() && r.Page {
		*r = diagnose.AuthorizationResponse{} // the server shows another page: the flow goes on
	}
}

// refusing: pages that are sent with status 200 say it in words alone.
var refusing = lazy(`(?i)\b(?:invalid|unknown|unauthorized|unregistered|mismatch\w*|not (?:been )?(?:registered|allowed|match\w*|found|valid|whitelisted))\b[^.]{0,60}\b(?:client|redirect|scope|response.?type|application)|\b(?:client|redirect.?ur[il]|scope|response.?type|application)\b[^.]{0,60}\b(?:invalid|unknown|unauthorized|mismatch\w*|not (?:been )?(?:registered|allowed|match\w*|found|valid|whitelisted)|does not (?:exist|match))\b`)

// html: a page, for a person.
func (m *message) html() bool {
	return m.status < 300 && strings.Contains(strings.ToLower(m.kind), "html")
}

// pageRefusal is what an error page says: in its address, to which some servers
// redirect with the error as a query, or in its text.
func pageRefusal(m *message) diagnose.Refusal {
	said := wire.Refusal{Code: value(m.query, "error"), Description: value(m.query, "error_description")}
	if said.Code == "" || m.status >= 400 && said.Description == "" {
		answer := wire.Read(wire.Head{Status: m.status, ContentType: m.kind}, []byte(m.body))
		said, _ = answer.Refusal()
		if len(answer.Params) == 0 {
			said.Description = pageText(m.body)
		}
	}
	r := refusal(said, m.status)
	if r.Error == "" {
		r.Error = codeIn(said.Description)
	}
	if r.Status < 400 {
		r.Status = 0
	}
	return r
}

// refusal makes what a server said fit to be shown.
func refusal(said wire.Refusal, status int) diagnose.Refusal {
	return diagnose.Refusal{
		Error:       safe.Text(Redact(said.Code), 200),
		Description: safe.Text(Redact(said.Description), 2000),
		URI:         safe.Text(Redact(said.URI), 500),
		Status:      status,
	}
}

func (a *assembler) token(m *message) {
	r := diagnose.TokenRequest{Endpoint: endpoint(m.url), SentAt: m.at, ClientAuth: "none", ContentType: m.media}
	if m.method != "POST" {
		r.Method = m.method
	}
	if r.ContentType == "application/x-www-form-urlencoded" {
		r.ContentType = ""
	}
	r.SetAuthorization(m.auth)
	for _, p := range m.params() {
		r.Set(p.Name, p.Value)
	}
	if r.Params == nil {
		r.Params = []string{}
	}
	r.Response = tokenResponse(m)
	if r.Response.Error == "authorization_pending" || r.Response.Error == "slow_down" {
		return // a device that asks whether the user is ready (RFC 8628 §3.5)
	}
	a.e.TokenRequests = append(a.e.TokenRequests, r)
}

func tokenResponse(m *message) diagnose.TokenResponse {
	r := diagnose.TokenResponse{At: m.answeredAt()}
	r.Status = m.status
	r.Date, _ = time.Parse(httpDate, m.date) // zero when there is none
	if m.status == 0 && m.body == "" {
		return diagnose.TokenResponse{}
	}
	answer := wire.Read(wire.Head{Status: m.status, ContentType: m.kind, ContentEncoding: m.encoding}, []byte(m.body))
	for _, p := range answer.Params {
		r.Set(p.Name, p.Value)
	}
	r.Refusal = diagnose.Refusal{Status: m.status}
	if said, refused := answer.Refusal(); refused && !r.Granted() {
		r.Refusal = refusal(said, m.status)
		text := m.body
		if len(answer.Params) == 0 {
			text = pageText(text)
		}
		r.Body = safe.Text(Redact(text), 2000)
	}
	return r
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
