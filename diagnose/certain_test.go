package diagnose

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"example.com/grantwalk/diagnose/causes"
	"example.com/grantwalk/diagnose/evidence"
	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/diagnose/safe/safetest"
	"example.com/grantwalk/diagnose/view"
)

// A certainty is evidence in which a check settles its cause, with the sides of the contradiction:
// paths into the evidence, by the names of its JSON. A check against a specification has one side
// in the evidence.
type certainty struct {
	check    string
	name     string
	evidence Evidence
	sides    []string
}

func TestACertainCauseHasAllItsSidesInTheEvidence(t *testing.T) {
	for _, row := range certainties(t) {
		if !settles(row.evidence, row.check) {
			t.Errorf("%s, %s: it does not settle", row.check, row.name)
			continue
		}
		id := readerOf(t, row.check)
		if c := causeIn(Diagnose(row.evidence), id); c == nil || c.Strength != Certain {
			t.Errorf("%s, %s: the cause is not certain: %+v", row.check, row.name, c)
		}
		for _, side := range row.sides {
			for how, without := range withoutSide(t, row.evidence, side) {
				if settles(without, row.check) {
					t.Errorf("%s, %s: still settled with %s %s", row.check, row.name, side, how)
				}
			}
		}
	}
}

// settles reports whether the fact is there with both its sides.
func settles(e Evidence, name string) bool {
	f, ok := view.Of(e).Fact(name)
	return ok && f.Verdict == view.Differs
}

// readerOf is the cause that reads the fact.
func readerOf(t *testing.T, fact string) ID {
	t.Helper()
	for _, c := range causes.All() {
		if slices.ContainsFunc(c.Facts, func(m causes.Meaning) bool { return m.Fact == fact }) {
			return c.ID
		}
	}
	t.Fatalf("no cause reads %s", fact)
	return ""
}

// A state of a fact that no cause weighs is one that fits or differs, and of those that
// differ each has a row of its sides.
func TestEveryStateThatSettlesHasARowOfItsSides(t *testing.T) {
	seen := map[string]view.Verdict{}
	for _, e := range everyEvidence(t) {
		for _, f := range view.Of(e).Facts() {
			seen[f.Name+" "+f.State] = f.Verdict
		}
	}
	rows := map[string]bool{}
	for _, row := range certainties(t) {
		f, _ := view.Of(row.evidence).Fact(row.check)
		rows[f.Name+" "+f.State] = true
	}
	for name, states := range view.Checks() {
		for _, state := range states {
			weighed := slices.ContainsFunc(causes.All(), func(c *causes.Cause) bool {
				return slices.ContainsFunc(c.Facts, func(m causes.Meaning) bool { _, ok := m.By[state]; return ok && m.Fact == name })
			})
			verdict, was := seen[name+" "+state]
			switch {
			case weighed && was && verdict != view.Unknown:
				t.Errorf("%s %s is weighed, and has a verdict", name, state)
			case weighed:
			case !was:
				t.Errorf("%s %s is in no evidence of the tests", name, state)
			case verdict == view.Unknown:
				t.Errorf("%s %s means nothing to any cause", name, state)
			case verdict == view.Differs && !rows[name+" "+state]:
				t.Errorf("%s %s settles, and has no row of its sides", name, state)
			}
		}
	}
}

func causeIn(r Report, id ID) *Cause {
	for i := range r.Causes {
		if r.Causes[i].ID == id {
			return &r.Causes[i]
		}
	}
	return nil
}

// withoutSide is the evidence without one side: masked, and not recorded.
func withoutSide(t *testing.T, e Evidence, path string) map[string]Evidence {
	t.Helper()
	out := map[string]Evidence{}
	parts := strings.Split(path, ".")
	unknown := copied(e)
	field := fieldAt(t, &unknown, parts)
	field.SetZero()
	switch {
	case parts[0] == "token_requests" && parts[2] != "response": // its body was not recorded
		i, _ := strconv.Atoi(parts[1])
		unknown.TokenRequests[i].Params = nil
	case parts[0] == "authorizations" && parts[2] != "response": // the callback alone was seen
		i, _ := strconv.Atoi(parts[1])
		unknown.Authorizations[i] = Authorization{Response: unknown.Authorizations[i].Response}
	}
	out["not recorded"] = unknown
	if field.Kind() != reflect.String || strings.Contains(path, "response.error") || strings.HasSuffix(path, "client_auth") || strings.HasSuffix(path, "access_token") {
		return out
	}
	for _, mask := range safetest.Masks {
		e := copied(e)
		fieldAt(t, &e, parts).SetString(mask)
		out["masked as "+mask] = e
	}
	return out
}

func copied(e Evidence) Evidence {
	e.Authorizations, e.TokenRequests, e.Revocations = slices.Clone(e.Authorizations), slices.Clone(e.TokenRequests), slices.Clone(e.Revocations)
	return e
}

// fieldAt is the field at a path of JSON names.
func fieldAt(t *testing.T, e *Evidence, path []string) reflect.Value {
	t.Helper()
	v := reflect.ValueOf(e).Elem()
	for _, name := range path {
		if v.Kind() == reflect.Slice {
			i, err := strconv.Atoi(name)
			if err != nil || i >= v.Len() {
				t.Fatalf("%v: no element %s", path, name)
			}
			v = v.Index(i)
			continue
		}
		next, ok := member(v, name)
		if !ok {
			t.Fatalf("%v: no member %s", path, name)
		}
		v = next
	}
	return v
}

func member(v reflect.Value, name string) (reflect.Value, bool) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if tag, _, _ := strings.Cut(f.Tag.Get("json"), ","); tag == name {
			return v.Field(i), true
		}
		if f.Anonymous {
			if found, ok := member(v.Field(i), name); ok {
				return found, true
			}
		}
	}
	return reflect.Value{}, false
}

const (
	auth0, call0     = "authorizations.0.", "authorizations.0.response."
	token0, token1   = "token_requests.0.", "token_requests.1."
	answer0, answer1 = "token_requests.0.response.", "token_requests.1.response."
)

// certainties are rows for every check that can settle.
func certainties(t *testing.T) []certainty {
	grant, client := refused("invalid_grant", 400), refused("invalid_client", 401)
	with := func(r TokenRequest, change func(*TokenRequest)) TokenRequest { change(&r); return r }
	without := func(r *TokenRequest, name string) {
		r.Params = slices.DeleteFunc(slices.Clone(r.Params), func(p safe.Foreign) bool { return p.Raw() == name })
	}
	public := func(r *TokenRequest) {
		r.ClientAuth, r.ClientSecret = evidence.AuthNone, ""
		without(r, "client_secret")
	}
	basic := func(r *TokenRequest) {
		r.ClientAuth, r.Basic = evidence.AuthBasic, "web:7Fjfp0ZBr1KtDRbnfVdmIw"
		without(r, "client_secret")
	}
	described := func(code, description string) TokenResponse {
		r := refused(code, 400)
		r.Description = safe.Foreign(description)
		return r
	}
	assertion := func(claims map[string]any, server float64) Evidence {
		all := map[string]any{"iss": "robot", "sub": "alice", "aud": "https://as.example/token", "iat": at(0).Unix(), "exp": at(300).Unix()}
		for k, v := range claims {
			all[k] = v
		}
		r := TokenRequest{Endpoint: "https://as.example/token", GrantType: "urn:ietf:params:oauth:grant-type:jwt-bearer", ClientAuth: evidence.AuthNone,
			Params: []safe.Foreign{"grant_type", "assertion"}, Assertion: signed(t, all), SentAt: at(0), Response: refused("invalid_grant", 400)}
		r.Response.At, r.Response.Date = at(0.2), at(server)
		return Evidence{TokenRequests: []TokenRequest{r}}
	}
	asserted := func(value safe.Secret) Evidence {
		e := assertion(nil, 0)
		e.TokenRequests[0].Assertion = value
		return e
	}
	alone := func(r TokenRequest) Evidence { return Evidence{TokenRequests: []TokenRequest{r}} }
	refreshed := func(second TokenRequest) Evidence { return many(exchanged(5.4, first), second) }
	revoked := refreshed(refresh(60, first.RefreshToken, grant))
	revoked.Revocations = []Revocation{{Token: first.RefreshToken, Status: 200, SentAt: at(30)}}
	aged := many(exchanged(5+700, grant))
	aged.CodeLifetime = 600
	elsewhere := one(grant, func(a *Authorization, _ *TokenRequest) { a.Response.Iss = "https://other.example" })
	elsewhere.Issuer = "https://as.example"
	silent := denied(func(a *Authorization) { a.Prompt, a.Response.Error = "none", "invalid_request" })
	silent.Cookies = true
	knows := denied(func(a *Authorization) { a.Prompt, a.Response.Code = "none", code })
	knows.Cookies = true
	ended := denied(func(a *Authorization) { a.Response.Error = "access_denied" })
	ended.TokenRequests = []TokenRequest{with(exchanged(5.4, refused("invalid_request", 400)), func(r *TokenRequest) { r.Code = "" })}
	jwtRefresh := alone(refresh(60, signed(t, map[string]any{"exp": at(-60).Unix()}), grant))
	noPKCE := func(a *Authorization, r *TokenRequest) {
		a.Challenge, a.ChallengeMethod, r.Verifier = "", "", ""
		public(r)
		without(r, "code_verifier")
	}

	return []certainty{
		{"assertion_read", "there is none", func() Evidence {
			e := asserted("")
			e.TokenRequests[0].Params = []safe.Foreign{"grant_type"}
			return e
		}(), []string{token0 + "params", token0 + "grant_type"}},
		{"assertion_read", "it is no JWT", asserted("not-a-jwt-at-all"), []string{token0 + "assertion"}},
		{"assertion_read", "a claim is missing", assertion(map[string]any{"iss": nil}, 0), []string{token0 + "assertion"}},
		{"assertion_read", "exp in milliseconds", assertion(map[string]any{"exp": 1.9e12}, 0), []string{token0 + "assertion"}},
		{"assertion_read", "it ran out by our clock", assertion(map[string]any{"iat": at(-7200).Unix(), "exp": at(-3600).Unix()}, 0), []string{token0 + "assertion", token0 + "sent_at"}},
		{"assertion_times", "issued in the future", assertion(nil, -600), []string{token0 + "assertion", answer0 + "date"}},
		{"assertion_times", "not valid yet", assertion(map[string]any{"iat": nil, "nbf": at(0).Unix()}, -600), []string{token0 + "assertion", answer0 + "date"}},
		{"assertion_read", "not signed", asserted(unsigned(t, map[string]any{"iss": "robot", "sub": "alice", "aud": "https://as.example/token", "exp": at(300).Unix()})), []string{token0 + "assertion"}},
		{"first_way_refused", "Basic, then body, and both refused", many(with(exchanged(5.4, client), basic), exchanged(5.45, client)), []string{token0 + "code", token1 + "code", token0 + "client_auth", token1 + "client_auth"}},
		{"assertion_times", "run out by the server's clock", assertion(nil, 600), []string{token0 + "assertion", answer0 + "date", token0 + "sent_at"}},

		{"client_known", "white space", one(client, func(_ *Authorization, r *TokenRequest) { r.ClientID = "web " }), []string{auth0 + "client_id", token0 + "client_id"}},
		{"client_known", "capitals", one(client, func(_ *Authorization, r *TokenRequest) { r.ClientID = "Web" }), []string{auth0 + "client_id", token0 + "client_id"}},
		{"client_known", "another id", one(client, func(_ *Authorization, r *TokenRequest) { r.ClientID = "wob" }), []string{auth0 + "client_id", token0 + "client_id", answer0 + "error"}},
		{"client_authenticated", "it did before", refreshed(with(refresh(60, first.RefreshToken, refused("invalid_request", 400)), public)), []string{token0 + "client_secret", token1 + "client_auth", answer0 + "access_token"}},
		{"client_authenticated", "no client_id either", func() Evidence {
			e := one(refused("invalid_request", 400), func(_ *Authorization, r *TokenRequest) {
				public(r)
				r.ClientID = ""
				without(r, "client_id")
			})
			e.Cookies = true
			return e
		}(), []string{"cookies", token0 + "client_auth", token0 + "params"}},
		{"client_authenticated", "the server rejected the client", one(client, func(a *Authorization, r *TokenRequest) { noPKCE(a, r) }), []string{token0 + "client_auth", answer0 + "error"}},
		{"client_authenticated", "a client for itself", alone(TokenRequest{GrantType: GrantClientCredentials, ClientID: "web", ClientAuth: evidence.AuthNone, Params: []safe.Foreign{"grant_type", "client_id"}, Response: refused("invalid_request", 400)}),
			[]string{token0 + "client_auth", token0 + "grant_type"}},
		{"credentials_looked_at", "swapped with the secret", one(client, func(a *Authorization, r *TokenRequest) {
			r.ClientID, r.Masked, r.ClientSecret = "", " client_id", safe.Secret(a.ClientID.Raw())
		}), []string{auth0 + "client_id", token0 + "client_secret", answer0 + "error"}},
		{"credentials_looked_at", "the client_id", alone(with(exchanged(5.4, client), func(r *TokenRequest) { r.ClientID = "web\n" })), []string{token0 + "client_id", answer0 + "error"}},
		{"credentials_looked_at", "the secret", alone(with(exchanged(5.4, client), func(r *TokenRequest) { r.ClientSecret += "\n" })), []string{token0 + "client_secret", answer0 + "error"}},
		{"secret_compared", "another than before", refreshed(with(refresh(60, first.RefreshToken, client), func(r *TokenRequest) { r.ClientSecret = "an-older-secret-of-ours" })),
			[]string{token0 + "client_secret", token1 + "client_secret", answer0 + "access_token", answer1 + "error"}},
		{"authentication_ways_counted", "header and body", alone(with(exchanged(5.4, client), func(r *TokenRequest) { r.Basic = "web:7Fjfp0ZBr1KtDRbnfVdmIw" })), []string{token0 + "basic", token0 + "params"}},
		{"first_way_refused", "Basic, then body", many(with(exchanged(5.4, client), basic), exchanged(5.45, grant)), []string{token0 + "code", token1 + "code", token0 + "client_auth", token1 + "client_auth"}},
		{"basic_encoding", "no colon", alone(with(exchanged(5.4, client), func(r *TokenRequest) { basic(r); r.Basic = "7Fjfp0ZBr1KtDRbnfVdmIw" })), []string{token0 + "basic"}},

		{"clients_compared", "of a code", one(grant, func(_ *Authorization, r *TokenRequest) { r.ClientID = "mobile" }), []string{auth0 + "client_id", token0 + "client_id"}},
		{"clients_compared", "of a refresh token", refreshed(with(refresh(60, first.RefreshToken, grant), func(r *TokenRequest) { r.ClientID = "mobile" })),
			[]string{token0 + "client_id", token1 + "client_id", token1 + "refresh_token", answer0 + "refresh_token"}},
		{"code_age_measured", "older than it lives", aged, []string{"code_lifetime_s", call0 + "at", token0 + "sent_at"}},
		{"codes_compared", "cut", one(grant, func(_ *Authorization, r *TokenRequest) { r.Code = r.Code[:20] }), []string{call0 + "code", token0 + "code"}},
		{"code_sends_counted", "twice", many(exchanged(5.4, first), exchanged(5.9, grant)), []string{token0 + "code", token1 + "code", answer0 + "access_token"}},

		{"request_read", "a GET", alone(with(exchanged(5.4, grant), func(r *TokenRequest) { r.Method = "GET" })), []string{token0 + "method"}},
		{"request_read", "JSON", alone(with(exchanged(5.4, refused("invalid_request", 400)), func(r *TokenRequest) { r.ContentType = "application/json" })), []string{token0 + "content_type"}},
		{"grant_type_read", "there is none", one(grant, func(_ *Authorization, r *TokenRequest) { r.GrantType, r.Params = "", r.Params[1:] }), []string{token0 + "params"}},
		{"grant_type_read", "not supported", alone(exchanged(5.4, refused("unsupported_grant_type", 400))), []string{token0 + "grant_type", answer0 + "error"}},
		{"grant_type_read", "of another grant", refreshed(with(refresh(60, first.RefreshToken, grant), func(r *TokenRequest) { r.GrantType = GrantCode })), []string{token1 + "params", token1 + "grant_type"}},
		{"response_type_read", "unknown", denied(func(a *Authorization) { a.ResponseType, a.Response.Error = "kode", "invalid_request" }), []string{auth0 + "response_type"}},
		{"response_type_read", "not supported", denied(func(a *Authorization) { a.Response.Error = "unsupported_response_type" }), []string{auth0 + "response_type", call0 + "error"}},

		{"verifier_hashed", "another verifier", one(grant, func(_ *Authorization, r *TokenRequest) { r.Verifier = safe.Secret("x" + verifier[1:]) }), []string{auth0 + "code_challenge", token0 + "code_verifier"}},
		{"verifier_hashed", "no challenge", one(grant, func(a *Authorization, _ *TokenRequest) { a.Challenge, a.ChallengeMethod = "", "" }), []string{auth0 + "client_id", token0 + "code_verifier"}[1:]},
		{"verifier_hashed", "no verifier", one(grant, func(_ *Authorization, r *TokenRequest) { r.Verifier = ""; without(r, "code_verifier") }), []string{auth0 + "code_challenge", token0 + "params"}},
		{"verifier_hashed", "an empty verifier", one(grant, func(_ *Authorization, r *TokenRequest) { r.Verifier = "" }), []string{auth0 + "code_challenge", token0 + "params"}},
		{"verifier_looked_at", "too long", alone(with(exchanged(5.4, grant), func(r *TokenRequest) { r.Verifier = verifier + verifier + verifier })), []string{token0 + "code_verifier"}},
		{"challenge_method", "unknown", one(grant, func(a *Authorization, _ *TokenRequest) { a.ChallengeMethod = "s256" }), []string{auth0 + "code_challenge_method"}},
		{"challenge_method", "plain", denied(func(a *Authorization) {
			a.ChallengeMethod, a.Response.Error, a.Response.Description = "plain", "invalid_request", "code_challenge_method plain is not allowed"
		}), []string{auth0 + "code_challenge_method", call0 + "error_description"}},
		{"pkce_demanded", "at the token endpoint", one(described("invalid_request", "PKCE required"), noPKCE), []string{answer0 + "error_description", token0 + "params"}},
		{"pkce_demanded", "at the authorization endpoint", denied(func(a *Authorization) {
			a.Challenge, a.ChallengeMethod, a.Response.Error, a.Response.Description = "", "", "invalid_request", "Code challenge is required"
		}), []string{auth0 + "code_challenge", call0 + "error_description"}},

		{"scopes_compared", "a wider scope", func() Evidence {
			e := refreshed(with(refresh(60, first.RefreshToken, refused("invalid_scope", 400)), func(r *TokenRequest) { r.Scope = "profile email" }))
			e.TokenRequests[0].Response.Scope = "profile"
			e.Authorizations = nil
			return e
		}(), []string{token1 + "scope", answer0 + "scope", token1 + "refresh_token", answer0 + "refresh_token"}},
		{"silent_login", "the server must ask", denied(func(a *Authorization) { a.Prompt, a.Response.Error = "none", "login_required" }), []string{auth0 + "prompt", call0 + "error"}},
		{"silent_login", "no cookie", silent, []string{auth0 + "prompt", "cookies"}},
		{"silent_login", "a code without a cookie", knows, []string{auth0 + "prompt", "cookies"}},
		{"redirect_uris_compared", "another path", one(grant, func(_ *Authorization, r *TokenRequest) { r.RedirectURI += "/" }), []string{auth0 + "redirect_uri", token0 + "redirect_uri"}},
		{"redirect_uris_compared", "left out", one(grant, func(_ *Authorization, r *TokenRequest) { r.RedirectURI = ""; without(r, "redirect_uri") }), []string{auth0 + "redirect_uri", token0 + "params"}},
		{"redirect_uri_asked_for", "with openid", denied(func(a *Authorization) { a.Scope, a.RedirectURI = "openid", "" }), []string{auth0 + "scope", auth0 + "redirect_uri"}},
		{"redirect_uri_asked_for", "the server says so", denied(func(a *Authorization) {
			a.RedirectURI, a.Response = "", AuthorizationResponse{Page: true, ErrorResponse: ErrorResponse{Error: "invalid_request", Description: "redirect_uri is required", Status: 400}}
		}), []string{call0 + "error_description", auth0 + "redirect_uri"}},

		{"refresh_token_read", "it says so itself", jwtRefresh, []string{token0 + "refresh_token"}},
		{"refresh_sends_counted", "after a rotation", many(exchanged(5.4, first), refresh(60, first.RefreshToken, second), refresh(120, first.RefreshToken, grant)),
			[]string{token1 + "refresh_token", "token_requests.2.refresh_token", answer1 + "refresh_token"}},
		{"revocations_looked_up", "by the client", revoked, []string{"revocations.0.token", "revocations.0.http_status", "revocations.0.sent_at", token1 + "refresh_token", token1 + "sent_at"}},
		{"family_looked_up", "the code was sent twice", many(exchanged(5.4, first), exchanged(5.5, grant), refresh(60, first.RefreshToken, grant)),
			[]string{token0 + "code", token1 + "code", "token_requests.2.refresh_token", answer0 + "refresh_token"}},
		{"password_sent", "none", alone(TokenRequest{GrantType: GrantPassword, ClientID: "web", ClientAuth: evidence.AuthNone, Params: []safe.Foreign{"grant_type", "client_id", "username"}, Response: grant}), []string{token0 + "params", token0 + "grant_type"}},
		{"denied_by_redirect", "and an exchange", ended, []string{call0 + "error", token0 + "params", token0 + "code"}},
		{"issuer_compared", "another issuer", elsewhere, []string{"issuer", call0 + "iss"}},
		{"grant_sent", "no code", alone(with(exchanged(5.4, grant), func(r *TokenRequest) { r.Code = ""; without(r, "code") })), []string{token0 + "params", token0 + "grant_type"}},
		{"grant_looked_up", "the state as code", one(grant, func(a *Authorization, r *TokenRequest) { r.Code, a.Response.State = a.State, "" }), []string{auth0 + "state", token0 + "code"}},
		{"grant_looked_up", "a cut refresh token", refreshed(refresh(60, first.RefreshToken[:20], grant)), []string{answer0 + "refresh_token", token1 + "refresh_token"}},
		{"grant_shape", "undefined", alone(with(exchanged(5.4, grant), func(r *TokenRequest) { r.Code = "undefined" })), []string{token0 + "code"}},
	}
}

// everyEvidence are all flows that the tests of this package know.
func everyEvidence(t *testing.T) map[string]Evidence {
	all := map[string]Evidence{"good": one(first, nil),
		"a pop-up": one(refused("invalid_grant", 400), func(a *Authorization, r *TokenRequest) {
			a.RedirectURI, r.RedirectURI = "storagerelay://https/app.example?id=auth1", "postmessage"
		}), "rotation": many(exchanged(5.4, first), refresh(60, first.RefreshToken, second))}
	for _, f := range flows() {
		all[f.name] = f.evidence
	}
	for _, row := range certainties(t) {
		all[row.check+", "+row.name] = row.evidence
	}
	for _, id := range IDs() {
		all[string(id)+": match"], all[string(id)+": near-miss"] = readEvidence(t, id, "match.json"), readEvidence(t, id, "near-miss.json")
	}
	return all
}

func TestTakingAValueOutNeverMakesACauseCertain(t *testing.T) {
	for name, e := range everyEvidence(t) {
		before := certain(e)
		for _, f := range view.Of(e).Facts() { // settled as well, though another cause explains it
			if f.Verdict == view.Differs {
				before = append(before, readerOf(t, f.Name))
			}
		}
		var said []ErrorResponse // nobody takes an error code out
		for _, a := range e.Authorizations {
			said = append(said, a.Response.ErrorResponse)
		}
		for _, r := range e.TokenRequests {
			said = append(said, r.Response.ErrorResponse)
		}
		for i := range stringsOf(reflect.ValueOf(new(copied(e))).Elem()) {
			masked := copied(e)
			field := stringsOf(reflect.ValueOf(&masked).Elem())[i]
			was := field.String()
			if was == "" || !field.CanSet() || slices.ContainsFunc(said, func(r ErrorResponse) bool { return r.Error.Raw() == was }) {
				continue
			}
			field.SetString(safetest.Masks[0])
			for _, id := range certain(masked) {
				if !slices.Contains(before, id) {
					t.Errorf("%s: %s is certain once %q is written as %q: %q", name, id, was, safetest.Masks[0], causeIn(Diagnose(masked), id).Says)
				}
			}
		}
		for i := range e.TokenRequests {
			unrecorded := copied(e)
			r := &unrecorded.TokenRequests[i]
			*r = TokenRequest{Endpoint: r.Endpoint, SentAt: r.SentAt, Response: r.Response}
			for _, id := range certain(unrecorded) {
				if !slices.Contains(before, id) {
					t.Errorf("%s: %s is certain once the body of request %d is not recorded: %q", name, id, i, causeIn(Diagnose(unrecorded), id).Says)
				}
			}
		}
	}
}

func certain(e Evidence) (ids []ID) {
	for _, c := range Diagnose(e).Causes {
		if c.Strength == Certain {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

func TestTheServersWordOnPKCEIsNotAWordOnTheClient(t *testing.T) {
	for _, words := range []string{
		"PKCE required", `Missing "code_verifier"`, "Missing parameter: `code_verifier`", "Code verifier is required.", "code_verifier must be sent by public clients",
		"Public clients must use PKCE (RFC 7636)", "The request has no code_challenge", "PKCE is mandatory for this client", "Proof Key for Code Exchange is required for this client",
		"invalid_request: PKCE verification failed: code verifier missing",
	} {
		for _, answer := range []ErrorResponse{{Error: "invalid_request", Description: safe.Foreign(words), Status: 400}, {Error: "invalid_client", Description: safe.Foreign(words), Status: 401}, {Error: "unauthorized_client", Description: safe.Foreign(words), Status: 400}, {Error: "invalid_grant", Description: safe.Foreign(words), Status: 400}, {Error: "", Description: safe.Foreign(words), Status: 401}} {
			e := one(TokenResponse{ErrorResponse: answer}, func(a *Authorization, r *TokenRequest) {
				a.Challenge, a.ChallengeMethod, r.Verifier, r.ClientSecret, r.ClientAuth = "", "", "", "", evidence.AuthNone
				r.Params = []safe.Foreign{"grant_type", "client_id", "redirect_uri", "code"}
			})
			r := Diagnose(e)
			if firstCause(r) != PKCEMismatch || r.Causes[0].Strength != Certain || len(certain(e)) != 1 {
				t.Errorf("%s, %q: %s %s, certain %v", answer.Error, words, r.Causes[0].ID, r.Causes[0].Strength, certain(e))
			}
		}
	}
}

func TestAPublicClientWithoutPKCEIsNotCertainlyWhatTheServerRejected(t *testing.T) {
	for _, answer := range append(invalidGrants, refused("server_error", 500), refused("access_denied", 403)) {
		e := one(answer, func(a *Authorization, r *TokenRequest) {
			a.Challenge, a.ChallengeMethod, r.Verifier, r.ClientSecret, r.ClientAuth = "", "", "", "", evidence.AuthNone
			r.Params = []safe.Foreign{"grant_type", "client_id", "redirect_uri", "code"}
		})
		if ids := certain(e); len(ids) > 0 {
			t.Errorf("%s %d: %v is certain", answer.Error, answer.Status, ids)
		}
	}
}

func TestAServerThatFailedDidNotSayThatItDoesNotKnowTheClient(t *testing.T) {
	for _, answer := range []TokenResponse{refused("server_error", 500), refused("", 500), refused("", 502), refused("temporarily_unavailable", 503), refused("invalid_request", 400), refused("", 401)} {
		e := one(answer, func(_ *Authorization, r *TokenRequest) {
			r.ClientID, r.ClientSecret, r.ClientAuth = "mobile", "", evidence.AuthNone
			r.Params = []safe.Foreign{"grant_type", "client_id", "redirect_uri", "code", "code_verifier"}
		})
		r := Diagnose(e)
		for _, c := range r.Causes {
			if c.Strength == Certain {
				t.Errorf("%s %d: %s is certain: %q", answer.Error, answer.Status, c.ID, c.Says)
			}
			if strings.Contains(strings.Join(c.Says, "; "), "does not know the client") || strings.Contains(strings.Join(c.Says, "; "), "rejected the client") {
				t.Errorf("%s %d: the server never said %q", answer.Error, answer.Status, c.Says)
			}
		}
		if c := r.Causes[0]; c.ID != ClientCredentials && c.ID != ClientMismatch {
			t.Errorf("%s %d: first is %s", answer.Error, answer.Status, c.ID)
		}
	}
}
