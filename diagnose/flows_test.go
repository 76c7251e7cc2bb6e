package diagnose

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/grantwalk/diagnose/evidence"
	"example.com/grantwalk/diagnose/safe"
)

// Flows against servers of many kinds, each with one thing changed. What servers
// differ in is their answers, so most faults are tried with several.

const (
	verifier  = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk" // RFC 7636, appendix B
	challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
	code      = "SplxlOBeZQQYbYS6WxSbIA-7hK2"
	callback  = "https://app.example/callback"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func at(seconds float64) time.Time { return noon.Add(time.Duration(seconds * 1e9)) }

func authorization() Authorization {
	return Authorization{Endpoint: "https://as.example/authorize", ResponseType: "code", ClientID: "web", RedirectURI: callback, Scope: "profile",
		State: "af0ifjsldkj", Challenge: challenge, ChallengeMethod: "S256", SentAt: at(0),
		Response: AuthorizationResponse{Code: code, State: "af0ifjsldkj", URI: callback, At: at(5)}}
}

func exchanged(seconds float64, response TokenResponse) TokenRequest {
	response.At, response.Date = at(seconds+0.2), at(seconds+0.1).Truncate(time.Second)
	return TokenRequest{Endpoint: "https://as.example/token", GrantType: GrantCode, ClientID: "web", ClientSecret: "7Fjfp0ZBr1KtDRbnfVdmIw",
		ClientAuth: evidence.AuthPost, RedirectURI: callback, Code: code, Verifier: verifier, SentAt: at(seconds), Response: response,
		Params: []safe.Foreign{"grant_type", "client_id", "client_secret", "redirect_uri", "code", "code_verifier"}}
}

func refresh(seconds float64, token safe.Secret, response TokenResponse) TokenRequest {
	r := exchanged(seconds, response)
	r.GrantType, r.Code, r.Verifier, r.RedirectURI, r.RefreshToken = GrantRefresh, "", "", "", token
	r.Params = []safe.Foreign{"grant_type", "client_id", "client_secret", "refresh_token"}
	return r
}

func tokens(access, refresh safe.Secret) TokenResponse {
	return TokenResponse{AccessToken: access, RefreshToken: refresh, ErrorResponse: ErrorResponse{Status: 200}}
}

func refused(code string, status int) TokenResponse {
	return TokenResponse{ErrorResponse: ErrorResponse{Error: safe.Foreign(code), Status: status}}
}

var (
	first  = tokens("access-1-2YotnFZFEjr1zCsicMWpAA", "refresh-1-tGzv3JOkF0XG5Qx2TlKWIA")
	second = tokens("access-2-SlAV32hkKGMzVs8yqHqqTA", "refresh-2-8xLOxBtZp8IjfSsqK2wHgA")
)

// one is a flow with one exchange, changed by the function.
func one(response TokenResponse, change func(*Authorization, *TokenRequest)) Evidence {
	a, r := authorization(), exchanged(5.4, response)
	if change != nil {
		change(&a, &r)
	}
	return Evidence{Authorizations: []Authorization{a}, TokenRequests: []TokenRequest{r}}
}

// many is a flow with several token requests.
func many(requests ...TokenRequest) Evidence {
	return Evidence{Authorizations: []Authorization{authorization()}, TokenRequests: requests}
}

// denied is an authorization request that got no code, changed by the function.
func denied(change func(*Authorization)) Evidence {
	a := authorization()
	a.Response = AuthorizationResponse{State: a.State, URI: callback, At: at(5)}
	change(&a)
	return Evidence{Authorizations: []Authorization{a}}
}

func TestTheFirstCauseOfAFlow(t *testing.T) {
	for _, test := range flows() {
		t.Run(test.name, func(t *testing.T) {
			r := Diagnose(test.evidence)
			if got := firstCause(r); got != test.want {
				t.Errorf("%q, want %q", got, test.want)
				for _, c := range r.Causes {
					t.Logf("%s %s %q", c.ID, c.Strength, c.Says)
				}
			}
		})
	}
}

// invalidGrants are refusals of a grant as servers really give them.
var invalidGrants = []TokenResponse{refused("invalid_grant", 400), refused("invalid_grant", 401), refused("invalid_grant", 403), refused("invalid_request", 400), refused("", 400)}

// Some servers take JSON too. One that says invalid_grant has found a grant in it.
func TestABodyThatIsNoFormIsCertainlyTheCauseOnlyIfTheServerFoundNothingInIt(t *testing.T) {
	for _, answer := range invalidGrants {
		c := Diagnose(one(answer, func(_ *Authorization, r *TokenRequest) { r.ContentType = "application/json" })).Causes[0]
		if want := answer.Error != "invalid_grant"; c.ID != Other || (c.Strength == Certain) != want {
			t.Errorf("%s %d: %s, %s", answer.Error, answer.Status, c.ID, c.Strength)
		}
	}
	both := Diagnose(one(refused("invalid_grant", 400), func(_ *Authorization, r *TokenRequest) {
		r.ContentType, r.RedirectURI = "application/json", r.RedirectURI+"/"
	}))
	if firstCause(both) != RedirectURIMismatch {
		t.Errorf("the first cause is %s", firstCause(both))
	}
}

func TestWhatTheTwoRequestsShowCountsMoreThanTheServersWord(t *testing.T) {
	for _, answer := range invalidGrants {
		for _, test := range []struct {
			want   ID
			change func(*Authorization, *TokenRequest)
		}{
			{RedirectURIMismatch, func(_ *Authorization, r *TokenRequest) { r.RedirectURI += "/" }},
			{RedirectURIMismatch, func(_ *Authorization, r *TokenRequest) { r.RedirectURI = "" }},
			{PKCEMismatch, func(_ *Authorization, r *TokenRequest) { r.Verifier += "x" }},
			{PKCEMismatch, func(_ *Authorization, r *TokenRequest) { r.Verifier = "" }},
			{PKCEMismatch, func(a *Authorization, _ *TokenRequest) { a.Challenge, a.ChallengeMethod = "", "" }},
			{PKCEMismatch, func(a *Authorization, _ *TokenRequest) { a.ChallengeMethod = "" }},
			{CodeMalformed, func(_ *Authorization, r *TokenRequest) { r.Code = r.Code[:20] }},
			{CodeMalformed, func(_ *Authorization, r *TokenRequest) { r.Code += " " }},
			{CodeMalformed, func(a *Authorization, r *TokenRequest) {
				a.Response.Code, r.Code = "ab+cd/ef==ghijk", "ab cd/ef==ghijk"
			}},
			{ClientMismatch, func(_ *Authorization, r *TokenRequest) { r.ClientID = "mobile" }},
			{WrongToken, func(_ *Authorization, r *TokenRequest) { r.Code = "" }},
			{WrongToken, func(a *Authorization, r *TokenRequest) { r.Code = a.State }},
			{Other, func(_ *Authorization, r *TokenRequest) { r.Method = "GET" }},
			{Other, func(_ *Authorization, r *TokenRequest) { r.GrantType, r.Params = "", r.Params[1:] }},
		} {
			if test.want == ClientMismatch && answer.Status == 401 && answer.Error != "invalid_grant" {
				continue
			}
			r := Diagnose(one(answer, test.change))
			if firstCause(r) != test.want || r.Causes[0].Strength != Certain {
				t.Errorf("%s %d: %q, want %q, certain; %+v", answer.Error, answer.Status, firstCause(r), test.want, r.Causes[0].Says)
			}
		}
	}
}

func TestAGoodFlowHasNoCauseWhateverItsShape(t *testing.T) {
	basic := func(_ *Authorization, r *TokenRequest) {
		r.ClientAuth, r.Basic, r.Params = evidence.AuthBasic, "web:7Fjfp0ZBr1KtDRbnfVdmIw", []safe.Foreign{"grant_type", "redirect_uri", "code", "code_verifier"}
	}
	public := func(_ *Authorization, r *TokenRequest) {
		r.ClientAuth, r.ClientSecret, r.Params = evidence.AuthNone, "", []safe.Foreign{"grant_type", "client_id", "redirect_uri", "code", "code_verifier"}
	}
	noPKCE := func(a *Authorization, r *TokenRequest) {
		a.Challenge, a.ChallengeMethod, r.Verifier, r.Params = "", "", "", r.Params[:5]
	}
	pushed := func(a *Authorization, _ *TokenRequest) {
		a.Pushed, a.RedirectURI, a.Challenge, a.ChallengeMethod, a.Scope, a.ResponseType = true, "", "", "", "", ""
	}
	two := many(exchanged(5.4, first))
	other := authorization()
	other.State, other.Response.Code, other.SentAt, other.Response.At = "second", "qWcqTh2M0FzVvUNnB1xk-second", at(2), at(6)
	otherExchange := exchanged(6.2, second)
	otherExchange.Code = other.Response.Code
	two.Authorizations = append(two.Authorizations, other)
	two.TokenRequests = append(two.TokenRequests, otherExchange)

	callbackOnly := one(first, nil)
	callbackOnly.Authorizations[0] = Authorization{Response: callbackOnly.Authorizations[0].Response}
	noBody := one(first, func(_ *Authorization, r *TokenRequest) {
		*r = TokenRequest{Endpoint: r.Endpoint, ClientAuth: evidence.AuthNone, Params: []safe.Foreign{}, SentAt: r.SentAt, Response: r.Response}
	})
	tried := exchanged(5.4, refused("invalid_client", 401))
	basic(nil, &tried)

	for name, e := range map[string]Evidence{
		"a secret in the body":                 one(first, nil),
		"a secret by Basic":                    one(first, basic),
		"a public client":                      one(first, public),
		"no PKCE":                              one(first, noPKCE),
		"a pushed request":                     one(first, pushed),
		"an answer without Date":               one(first, func(_ *Authorization, r *TokenRequest) { r.Response.Date = time.Time{} }),
		"two logins at once":                   two,
		"rotation":                             many(exchanged(5.4, first), refresh(60, first.RefreshToken, second), refresh(120, second.RefreshToken, tokens("access-3", "refresh-3"))),
		"no rotation":                          many(exchanged(5.4, first), refresh(60, first.RefreshToken, tokens("access-2", "")), refresh(120, first.RefreshToken, tokens("access-3", ""))),
		"a retry after no answer":              many(exchanged(5.4, TokenResponse{}), exchanged(6.4, first)),
		"the way to authenticate found out":    many(tried, exchanged(5.5, first)),
		"a callback whose request is not seen": callbackOnly,
		"a request whose body is not recorded": noBody,
		"only the redirect":                    {Authorizations: []Authorization{authorization()}},
		"a login page that was left":           denied(func(*Authorization) {}),
		"tokens without a code":                denied(func(a *Authorization) { a.ResponseType = "id_token token" }),
		"a back end whose clock is behind": one(first, func(_ *Authorization, r *TokenRequest) {
			r.SentAt, r.Response.At = at(-30), at(-29.8)
		}),
		"a pop-up of Google's": one(first, func(a *Authorization, r *TokenRequest) {
			a.RedirectURI, r.RedirectURI = "storagerelay://https/app.example?id=auth1", "postmessage"
		}),
		"a silent login": denied(func(a *Authorization) { a.Prompt, a.Response.Code = "none", code }),
	} {
		if r := Diagnose(e); len(r.Causes) > 0 {
			t.Errorf("%s: %s, %q", name, r.Causes[0].ID, r.Causes[0].Says)
		}
	}
}

type flowTest struct {
	name     string
	evidence Evidence
	want     ID
}

func flows() []flowTest {
	basic := func(r TokenRequest) TokenRequest {
		r.ClientAuth, r.Basic, r.Params = evidence.AuthBasic, "web:7Fjfp0ZBr1KtDRbnfVdmIw", []safe.Foreign{"grant_type", "redirect_uri", "code", "code_verifier"}
		return r
	}
	with := func(r TokenRequest, change func(*TokenRequest)) TokenRequest { change(&r); return r }
	anonymous := func(r *TokenRequest) {
		r.ClientAuth, r.ClientSecret = evidence.AuthNone, ""
		r.Params = slices.DeleteFunc(slices.Clone(r.Params), func(p safe.Foreign) bool { return p == "client_secret" })
	}
	grant := refused("invalid_grant", 400)
	return []flowTest{
		{"a spa and its back end redeem the same code",
			many(with(exchanged(5.4, first), anonymous), with(exchanged(5.9, grant), func(r *TokenRequest) { r.Verifier = verifier })), CodeReused},
		{"a retry after no answer is refused", many(exchanged(5.4, TokenResponse{}), exchanged(35.4, grant)), CodeReused},
		{"the second use is refused, and later the refresh", many(exchanged(5.4, first), exchanged(5.5, grant), refresh(60, first.RefreshToken, grant)), RefreshRevoked},
		{"basic is refused, the body is told that the code is gone", many(basic(exchanged(5.4, refused("invalid_client", 401))), exchanged(5.45, grant)), ClientCredentials},
		{"basic is refused, the body as well", many(basic(exchanged(5.4, refused("invalid_client", 401))), exchanged(5.45, refused("invalid_client", 400))), ClientCredentials},
		{"a mismatch, tried again and again", many(with(exchanged(5.4, grant), func(r *TokenRequest) { r.RedirectURI += "/" }), exchanged(6, grant), exchanged(7, grant)), RedirectURIMismatch},
		{"a mismatch in one login, and a good one after it", Evidence{
			Authorizations: []Authorization{authorization(), func() Authorization {
				a := authorization()
				a.State, a.Response.Code, a.SentAt, a.Response.At = "second", "qWcqTh2M0FzVvUNnB1xk-second", at(60), at(65)
				return a
			}()},
			TokenRequests: []TokenRequest{with(exchanged(5.4, grant), func(r *TokenRequest) { r.Verifier = safe.Secret("x" + verifier[1:]) }),
				with(exchanged(66, first), func(r *TokenRequest) { r.Code = "qWcqTh2M0FzVvUNnB1xk-second" })}}, PKCEMismatch},
		{"an unknown client at a server that fails", one(refused("server_error", 500), func(_ *Authorization, r *TokenRequest) { r.ClientID = "wob" }), ClientCredentials},
		{"an unknown client by unauthorized_client", one(refused("unauthorized_client", 401), func(_ *Authorization, r *TokenRequest) { r.ClientID = "wob" }), ClientCredentials},
		{"a client_id with a blank behind it", one(refused("invalid_request", 400), func(_ *Authorization, r *TokenRequest) { r.ClientID = "web " }), ClientCredentials},
		{"nothing that tells who asks", one(refused("invalid_request", 400), func(_ *Authorization, r *TokenRequest) { anonymous(r); r.ClientID = "" }), ClientCredentials},
		{"no secret where one was sent before", many(exchanged(5.4, first), with(refresh(60, first.RefreshToken, refused("invalid_request", 400)), anonymous)), ClientCredentials},
		{"another secret than before", many(exchanged(5.4, first), with(refresh(60, first.RefreshToken, refused("unauthorized_client", 401)), func(r *TokenRequest) { r.ClientSecret = "an-older-secret-of-ours" })), ClientCredentials},
		{"a refresh by another client", many(exchanged(5.4, first), with(refresh(60, first.RefreshToken, grant), func(r *TokenRequest) { r.ClientID = "mobile" })), ClientMismatch},
		{"a refresh token that was cut", many(exchanged(5.4, first), refresh(60, first.RefreshToken[:20], grant)), WrongToken},
		{"the code as refresh token", many(exchanged(5.4, first), refresh(60, code, grant)), WrongToken},
		{"an access token as code, without callback", Evidence{TokenRequests: []TokenRequest{with(exchanged(5.4, grant), func(r *TokenRequest) { r.Code = "ya29.a0AfH6SMBx7yQZ" })}}, WrongToken},
		{"a code with its encoding, without callback", Evidence{TokenRequests: []TokenRequest{with(exchanged(5.4, grant), func(r *TokenRequest) { r.Code = "4%2FP7q7W91a-oMsCeLvIaQm6bTrgtp7" })}}, CodeMalformed},
		{"a code that no callback brought", one(grant, func(_ *Authorization, r *TokenRequest) { r.Code = "Zm9yZ290dGVuLWxhc3Qtd2Vlaw" }), WrongToken},
		{"twelve minutes in between", many(exchanged(5+12*60, grant)), CodeExpired},
		{"a wider scope", many(exchanged(5.4, first), with(refresh(60, first.RefreshToken, refused("invalid_scope", 400)), func(r *TokenRequest) { r.Scope = "profile email" })), Policy},
		{"a token that the client revoked", func() Evidence {
			e := many(exchanged(5.4, first), refresh(60, first.RefreshToken, grant))
			e.Revocations = []Revocation{{Token: first.RefreshToken, Status: 200, SentAt: at(30)}}
			return e
		}(), RefreshRevoked},
		{"the realm in the path differs", one(grant, func(a *Authorization, r *TokenRequest) {
			a.Endpoint, r.Endpoint = "https://as.example/realms/a/protocol/openid-connect/auth", "https://as.example/realms/b/protocol/openid-connect/token"
		}), WrongEnvironment},
		{"a token endpoint that is not there", one(refused("", 404), nil), WrongEnvironment},
		{"a token endpoint that redirects", one(refused("", 301), nil), WrongEnvironment},
		{"a code of the sandbox at production", one(grant, func(a *Authorization, _ *TokenRequest) { a.Endpoint = "https://sandbox.as.example/authorize" }), WrongEnvironment},
		{"a prefetch that doubles the callback", one(grant, func(a *Authorization, _ *TokenRequest) { a.Response.Count = 2 }), CodeReused},
		{"a pushed request whose code is sent twice", func() Evidence {
			e := many(exchanged(5.4, first), exchanged(5.6, grant))
			e.Authorizations[0] = Authorization{Endpoint: "https://as.example/authorize", ClientID: "web", Pushed: true, SentAt: at(0), Response: e.Authorizations[0].Response}
			return e
		}(), CodeReused},
		{"too many requests", one(refused("", 429), nil), Policy},
		{"a client that may not use this grant", one(refused("unauthorized_client", 400), nil), Policy},
		{"a back end whose clock is behind, and another redirect URI", one(grant, func(_ *Authorization, r *TokenRequest) {
			r.SentAt, r.RedirectURI = at(-30), "https://app.example/cb"
		}), RedirectURIMismatch},
		{"the user pressed cancel", denied(func(a *Authorization) { a.Response.Error = "access_denied" }), UserDenied},
		{"a denial, and an exchange all the same", func() Evidence {
			e := denied(func(a *Authorization) { a.Response.Error = "access_denied" })
			e.TokenRequests = []TokenRequest{with(exchanged(5.4, refused("invalid_request", 400)), func(r *TokenRequest) { r.Code = "" })}
			return e
		}(), UserDenied},
		{"the error sent to the registered address", denied(func(a *Authorization) { a.RedirectURI, a.Response.Error = callback+"/", "redirect_uri_mismatch" }), RedirectURIMismatch},
		{"a silent login that would have to ask", denied(func(a *Authorization) { a.Prompt, a.Response.Error = "none", "interaction_required" }), Policy},
		{"a silent login of a user whom the server cannot know", func() Evidence {
			e := denied(func(a *Authorization) { a.Prompt, a.Response.Code = "none", code })
			e.Cookies = true
			return e
		}(), Policy},
		{"an error page", denied(func(a *Authorization) { a.Response.Page, a.Response.Status = true, 400 }), RedirectURIMismatch},
		{"an error page that says invalid_request", denied(func(a *Authorization) {
			a.Challenge, a.ChallengeMethod, a.Response.Page, a.Response.ErrorResponse = "", "", true, ErrorResponse{Error: "invalid_request", Status: 400}
		}), RedirectURIMismatch},
		{"a silent login, refused in another word", denied(func(a *Authorization) { a.Prompt, a.Response.Error = "none", "invalid_request" }), Policy},
		{"an error page about the client", denied(func(a *Authorization) {
			a.Response.Page, a.Response.ErrorResponse = true, ErrorResponse{Error: "invalid_client", Status: 401}
		}), ClientCredentials},
		{"a response_type that nobody knows", denied(func(a *Authorization) { a.ResponseType, a.Response.Error = "kode", "invalid_request" }), Other},
		{"plain is refused", denied(func(a *Authorization) { a.ChallengeMethod, a.Response.Error = "plain", "invalid_request" }), PKCEMismatch},
		{"PKCE is demanded", denied(func(a *Authorization) {
			a.Challenge, a.ChallengeMethod, a.Response.Error = "", "", "invalid_request"
		}), PKCEMismatch},
		{"a refresh token in grant_type authorization_code", many(exchanged(5.4, first), with(refresh(60, first.RefreshToken, grant), func(r *TokenRequest) { r.GrantType = GrantCode })), Other},
	}
}

func TestAnAssertionIsReadByBothClocks(t *testing.T) {
	for _, test := range []struct {
		name     string
		iat, exp float64
		aud      string
		server   float64 // its clock, when the request is sent at 0
		want     ID
	}{
		{"from the future", 0, 300, "https://as.example/token", -600, ClockSkew},
		{"run out by the server's clock", 0, 300, "https://as.example/token", 600, ClockSkew},
		{"kept from before", -7200, -3600, "https://as.example/token", 0, AssertionInvalid},
		{"two hours long", 0, 7200, "https://as.example/token", 0, AssertionInvalid},
		{"addressed to another server", 0, 300, "https://other.example/token", 0, AssertionInvalid},
		{"in milliseconds", 0, 1e13, "https://as.example/token", 0, AssertionInvalid},
	} {
		claims := map[string]any{"iss": "robot", "sub": "alice", "aud": test.aud, "iat": at(test.iat).Unix(), "exp": float64(at(0).Unix()) + test.exp}
		r := TokenRequest{Endpoint: "https://as.example/token", GrantType: "urn:ietf:params:oauth:grant-type:jwt-bearer", ClientAuth: evidence.AuthNone,
			Params: []safe.Foreign{"grant_type", "assertion"}, Assertion: signed(t, claims), SentAt: at(0)}
		r.Response = refused("invalid_grant", 400)
		r.Response.At, r.Response.Date = at(0.2), at(test.server)
		if got := firstCause(Diagnose(Evidence{TokenRequests: []TokenRequest{r}})); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func signed(t *testing.T, claims map[string]any) safe.Secret {
	t.Helper()
	return tokenOf(t, `{"alg":"RS256","typ":"JWT"}`, claims)
}

func unsigned(t *testing.T, claims map[string]any) safe.Secret {
	t.Helper()
	return tokenOf(t, `{"alg":"none","typ":"JWT"}`, claims)
}

func tokenOf(t *testing.T, header string, claims map[string]any) safe.Secret {
	t.Helper()
	body, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	b64 := base64.RawURLEncoding.EncodeToString
	return safe.Secret(b64([]byte(header)) + "." + b64(body) + "." + b64([]byte("signature")))
}

func TestWhatTheCatalogueKnowsOfTheProviderCounts(t *testing.T) {
	idle := many(exchanged(5.4, first), refresh(200*24*3600, first.RefreshToken, refused("invalid_grant", 400)))
	idle.Provider = "google"
	used := many(exchanged(5.4, first), refresh(100*24*3600, first.RefreshToken, tokens("access-2", "")), refresh(200*24*3600, first.RefreshToken, refused("invalid_grant", 400)))
	used.Provider = "google"
	basic := one(refused("invalid_request", 400), func(_ *Authorization, r *TokenRequest) {
		r.ClientAuth, r.Basic, r.Params = evidence.AuthBasic, "web:7Fjfp0ZBr1KtDRbnfVdmIw", []safe.Foreign{"grant_type", "redirect_uri", "code", "code_verifier"}
	})
	basic.Provider = "apple"
	slow := one(refused("invalid_grant", 400), func(_ *Authorization, r *TokenRequest) { r.SentAt = at(5 + 90) })
	slow.Provider = "keycloak"
	for _, test := range []struct {
		name     string
		evidence Evidence
		want     ID
		says     string
	}{
		{"unused for 200 days", idle, RefreshExpired, "was not used for 199 days"},
		{"another way to authenticate than is documented", basic, ClientCredentials, "the client uses client_secret_basic"},
		{"90 seconds where codes live one minute", slow, CodeExpired, "codes live 1 min at this provider as a rule"},
	} {
		r := Diagnose(test.evidence)
		if firstCause(r) != test.want || r.Causes[0].Strength != Likely || !strings.Contains(strings.Join(r.Causes[0].Says, "; "), test.says) {
			t.Errorf("%s: %s %s %q", test.name, r.Causes[0].ID, r.Causes[0].Strength, r.Causes[0].Says)
		}
	}
	if r := Diagnose(used); firstCause(r) == RefreshExpired && strings.Contains(strings.Join(r.Causes[0].Says, "; "), "not used") {
		t.Errorf("a token that was used 100 days ago: %q", r.Causes[0].Says)
	}
}
