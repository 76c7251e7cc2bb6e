package read

import (
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

	// The authorization requests by what an answer may name them by.
	byCode  latest[string]    // the code of the answer
	byState latest[[2]string] // the state and the redirect URI, which is empty where there is none
	byPlace latest[string]    // the redirect URI
	open    []int             // those without redirect URI that have no code yet, at most maxOpen
}

// A flow is what has to be remembered of an authorization request until its
// answer comes.
type flow struct {
	hosts    map[string]bool // of the pages between request and answer
	place    string          // the redirect URI, as placeOf has it; empty: none that can be read
	expected string          // where the last redirect leads to
	requests int             // how often the callback was requested
	relayed  int             // how often the code was handed on to the app's own server
}

// assemble makes evidence of messages.
func assemble(messages []message) diagnose.Evidence {
	a := assembler{pushed: map[string][]wire.Param{}, byCode: latest[string]{}, byState: latest[[2]string]{}, byPlace: latest[string]{}}
	for _, m := range inOrder(messages) {
		a.see(&m)
	}
	a.adoptStrays()
	scrub(&a.e, passwords(messages))
	return a.e
}

// passwords are the values of parameters that are secrets by their names, and of which the
// evidence keeps none (RFC 6749 §4.3.2).
func passwords(messages []message) []string {
	const most = 100
	var values []string
	for _, m := range messages {
		for _, p := range m.form {
			if len(values) < most && p.Value != "" && safe.NamesSecret(p.Name) {
				values = append(values, p.Value)
			}
		}
	}
	return values
}

// inOrder sorts by time. A message without a time stays behind the one it was
// written after.
func inOrder(messages []message) []message {
	out := slices.Clone(messages)
	var last time.Time
	order := make([]time.Time, len(out))
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
	if m.cut || slices.ContainsFunc(m.params(), elided) {
		r.HideMissing()
	}
	i := a.continued(r)
	if i < 0 {
		i = a.add(r, m.url.Host)
	}
	a.follow(i, m)
}

// elided reports whether a parameter stands for others that were left out, as in &...
func elided(p wire.Param) bool {
	return p.Value == "" && (strings.Trim(p.Name, "…. ") == "" || strings.HasPrefix(p.Name, "[") || strings.HasPrefix(p.Name, "<"))
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

func (m *message) answeredAt() time.Time {
	if m.at.IsZero() {
		return m.at
	}
	return m.at.Add(m.took)
}

// refusal is what a server said, as much of it as is kept.
func refusal(said wire.Refusal, status int) diagnose.Refusal {
	return diagnose.Refusal{
		Error:       safe.Foreign(bounded(said.Code, 200)),
		Description: safe.Foreign(bounded(said.Description, 2000)),
		URI:         safe.Endpoint(bounded(said.URI, 500)),
		Status:      status,
	}
}

// bounded is the beginning of a text, in whole characters.
func bounded(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "")
}

func (a *assembler) token(m *message) {
	r := diagnose.TokenRequest{Endpoint: endpoint(m.url), SentAt: m.at, ClientAuth: "none", ContentType: safe.Foreign(m.media)}
	if m.method != "POST" && m.method != "" {
		r.Method = safe.Foreign(m.method)
	}
	if r.ContentType == "application/x-www-form-urlencoded" {
		r.ContentType = ""
	}
	r.SetAuthorization(m.auth)
	for _, p := range m.params() {
		r.Set(p.Name, p.Value)
	}
	switch {
	case m.unread, m.cut:
		r.Params = nil
		if r.Basic == "" { // the body may hold what the client proves itself with
			r.ClientAuth = ""
		}
	case r.Params == nil:
		r.Params = []safe.Foreign{}
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
	// A browser drops the body of an answer that the page did not read.
	r.Unseen = m.body == "" && m.status/100 == 2
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
		r.Body = safe.Foreign(bounded(text, 2000))
	}
	return r
}
