package catalogue

import (
	"math"
	"reflect"
	"strings"
	"testing"
)

const fosite = "The provided authorization grant (e.g., authorization code, resource owner credentials) or refresh token is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client."

func first(t *testing.T, q Query) Hit {
	t.Helper()
	hits := Match(q)
	if len(hits) == 0 {
		t.Fatalf("nothing found for %+v", q)
	}
	return hits[0]
}

// likeliest returns the cause with the greatest share.
func likeliest(h Hit) (id string) {
	for c, share := range h.Causes {
		if share > h.Causes[id] {
			id = c
		}
	}
	return id
}

func TestEscapesAndNoiseDoNotHideAText(t *testing.T) {
	for _, description := range []string{
		"Unknown or invalid refresh token.",
		"unknown or invalid refresh token",
		"  Unknown  or invalid\nrefresh token. ",
		`"Unknown or invalid refresh token."`,
		"Unknown+or+invalid+refresh+token.",
		"Unknown%20or%20invalid%20refresh%20token.",
		"Unknown%2520or%2520invalid%2520refresh%2520token.",
		`Unknown or invalid refresh token.`,
		"&quot;Unknown or invalid refresh token.&quot;",
		"«Unknown or invalid refresh token»",
	} {
		if h := first(t, Query{Provider: "auth0", Error: "invalid_grant", Description: description}); !h.Exact || h.Provider.Name != "auth0" {
			t.Errorf("%q: %s, exact %v", description, h.Provider.Name, h.Exact)
		}
	}
}

func TestQuotesInATextSurviveEscapes(t *testing.T) {
	for _, description := range []string{
		`Invalid "code" in request.`, `Invalid \"code\" in request.`, `Invalid \u0022code\u0022 in request.`,
		`Invalid &quot;code&quot; in request.`, `Invalid+%22code%22+in+request.`, "Invalid “code” in request.",
	} {
		if h := first(t, Query{Provider: "discord", Error: "invalid_grant", Description: description}); !h.Exact {
			t.Errorf("%q is not exact", description)
		}
	}
}

func TestTheHintAfterABaseSentenceDecides(t *testing.T) {
	for _, q := range []Query{
		{Provider: "hydra", Description: fosite + " The authorization code has already been used."},
		{Description: fosite + " The authorization code has already been used."},
		{Words: `oauth2: "invalid_grant" "` + fosite + ` The authorization code has already been used."`},
		{Provider: "hydra", Words: "token endpoint said " + fosite + " The authorization code has already been used. (request 12)"},
		{Provider: "laravel passport", Error: "invalid_grant", Description: fosite, Words: `"hint":"Authorization code has been revoked"`},
	} {
		if got := likeliest(first(t, q)); got != "code_reused" {
			t.Errorf("%+v: %s", q, got)
		}
	}
}

func TestARFCSentenceWithoutAProviderSaysNothing(t *testing.T) {
	for _, description := range []string{fosite, strings.TrimSuffix(fosite, "."), "Bad Request", "invalid_grant",
		"The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client."} {
		if !Vague(description) {
			t.Errorf("%q is not vague", description)
		}
		if hits := Match(Query{Error: "invalid_grant", Description: description, Words: "{" + description + "}"}); len(hits) != 0 {
			t.Errorf("%q: %s says so", description, hits[0].Provider.Name)
		}
	}
	if h := first(t, Query{Provider: "gitlab", Error: "invalid_grant", Description: "The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client."}); h.Provider.Name != "gitlab" {
		t.Errorf("GitLab's own row counts; got %s", h.Provider.Name)
	}
}

func TestAServerBuiltWithAnotherSpeaksItsWords(t *testing.T) {
	h := first(t, Query{Provider: "gitlab", Error: "invalid_request", Description: "Missing required parameter: redirect_uri."})
	if h.Provider.Name != "doorkeeper" || !h.Named {
		t.Errorf("%s, named %v", h.Provider.Name, h.Named)
	}
}

func TestTheNumberDecidesNotTheSentence(t *testing.T) {
	for description, want := range map[string]string{
		"AADSTS54005: OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.": "code_reused",
		"AADSTS70002: Error validating credentials. AADSTS54005: the code was already redeemed.":                                            "code_reused",
		"AADSTS70002: Error validating credentials. AADSTS50173: The provided grant has expired due to it being revoked.":                   "refresh_revoked",
		"AADSTS70000: The request was denied. AADSTS7000222: The provided client secret keys for app 'x' are expired.":                      "client_credentials",
		"AADSTS501481: The Code_Verifier does not match the code_challenge supplied in the authorization request.":                          "pkce_mismatch",
	} {
		for _, q := range []Query{{Description: description}, {Provider: "azure", Error: "invalid_grant", Description: description}, {Words: "failed: " + description}} {
			if got := likeliest(first(t, q)); got != want {
				t.Errorf("%q: %s, want %s", description, got, want)
			}
		}
	}
}

func TestTheErrorAndTheGrantTellEqualTextsApart(t *testing.T) {
	text := "Refresh token is invalid or has already been claimed by another client."
	for err, want := range map[string]string{"invalid_request": "refresh_reused", "invalid_grant": "client_mismatch"} {
		if got := likeliest(first(t, Query{Provider: "dex", Error: err, Description: text})); got != want {
			t.Errorf("%s: %s, want %s", err, got, want)
		}
	}
	for grant, want := range map[string]string{"refresh_token": "refresh_revoked", "password": "user_credentials"} {
		h := first(t, Query{Provider: "doorkeeper", Error: "invalid_grant", Grant: grant, Description: "The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client."})
		if got := likeliest(h); got != want {
			t.Errorf("%s: %s, want %s", grant, got, want)
		}
	}
}

func TestOneTextOfSeveralServersIsAveraged(t *testing.T) {
	h := first(t, Query{Error: "invalid_grant", Description: "Invalid refresh token", Grant: "refresh_token"})
	if len(h.Servers) < 5 || h.Named {
		t.Fatalf("%d servers, named %v", len(h.Servers), h.Named)
	}
	sum := 0.0
	for _, share := range h.Causes {
		sum += share
	}
	if math.Abs(sum-1) > 1e-9 || h.Causes["refresh_reused"] == 0 || h.Causes["wrong_token"] == 0 {
		t.Errorf("shares %v", h.Causes)
	}
	if named := first(t, Query{Provider: "spotify", Description: "Invalid refresh token"}); len(named.Servers) != 1 || named.Causes["wrong_token"] <= h.Causes["wrong_token"] {
		t.Errorf("Spotify's own row does not count alone: %v", named.Causes)
	}
}

func TestAnAnswerWithoutWordsIsFoundByItsError(t *testing.T) {
	if h := first(t, Query{Provider: "cognito", Error: "invalid_grant"}); h.Provider.Name != "aws-cognito" {
		t.Errorf("found %s", h.Provider.Name)
	}
	if h := first(t, Query{Error: "code_already_used"}); h.Provider.Name != "slack" {
		t.Errorf("found %s", h.Provider.Name)
	}
	if hits := Match(Query{Error: "invalid_grant"}); len(hits) != 0 {
		t.Errorf("invalid_grant alone is %s", hits[0].Provider.Name)
	}
}

func TestShortTextsAreNoAccidentsInProse(t *testing.T) {
	for _, words := range []string{
		"we store the code and redirect_uri mismatch is impossible, invalid code or not",
		"I get an error: the user is not found, access denied, and an invalid client secret was never sent",
		"the code is expired? no: invalid grant, after the session expired",
	} {
		if hits := Match(Query{Words: words}); len(hits) != 0 {
			t.Errorf("%q: %q", words, hits[0].Wording.Text)
		}
	}
}

func TestNamesFoldCaseAndPunctuation(t *testing.T) {
	for name, want := range map[string]string{
		"Google": "google", "Azure AD": "microsoft-entra", "azure-ad": "microsoft-entra", "AzureAD": "microsoft-entra", "AAD": "microsoft-entra",
		"microsoft": "microsoft-entra", "IdentityServer4": "duende-identityserver", "Cognito": "aws-cognito", "amazon": "amazon-lwa",
		"google_oauth2": "google", "Twitter": "x-twitter", "Intuit": "quickbooks-intuit", "ory": "ory-hydra", "meta": "facebook",
	} {
		if p, ok := Find(name); !ok || p.Name != want {
			t.Errorf("Find(%q) = %v", name, p)
		}
	}
	for _, name := range []string{"", " ", "practice", "no such server"} {
		if p, ok := Find(name); ok {
			t.Errorf("Find(%q) = %s", name, p.Name)
		}
	}
}

func TestAFrameworkOfACompanyIsNotItsServer(t *testing.T) {
	for _, text := range []string{
		"Microsoft.AspNetCore.Authentication.OpenIdConnect.OpenIdConnectHandler: invalid_grant",
		"at Microsoft.IdentityModel.Protocols.OpenIdConnect.OpenIdConnectProtocolValidator",
	} {
		if name, why := Identify(text); name != "" {
			t.Errorf("%q is said to come from %s by %s", text, name, why)
		}
	}
}

func TestIdentifyReadsAddressesAndMarks(t *testing.T) {
	for text, want := range map[string]string{
		"POST https://accounts.google.com/o/oauth2/token":                                                     "google",
		"google.auth.exceptions.RefreshError: ('invalid_grant: Token has been expired or revoked.', {})":      "google",
		"https://login.microsoftonline.com/common/oauth2/v2.0/token":                                          "microsoft-entra",
		"https://contoso.b2clogin.com/contoso.onmicrosoft.com/B2C_1_signin/oauth2/v2.0/token":                 "azure-ad-b2c",
		"POST /realms/demo/protocol/openid-connect/token HTTP/1.1\nHost: id.example.com":                      "keycloak",
		"https://id.example.com/auth/realms/demo/protocol/openid-connect/token":                               "keycloak",
		"https://dev-1234.okta.com/oauth2/default/v1/token":                                                   "okta",
		"https://tenant.eu.auth0.com/oauth/token":                                                             "auth0",
		"https://pool.auth.eu-west-1.amazoncognito.com/oauth2/token":                                          "aws-cognito",
		"https://cognito-idp.us-east-1.amazonaws.com/us-east-1_abc":                                           "aws-cognito",
		"curl -X POST https://github.com/login/oauth/access_token":                                            "github",
		"Host: gitlab.com/oauth/token":                                                                        "gitlab",
		"https://shop.myshopify.com/admin/oauth/access_token":                                                 "shopify",
		"https://na1.my.salesforce.com/services/oauth2/token":                                                 "salesforce",
		"error connecting to api.dropboxapi.com:443":                                                          "dropbox",
		`{"error":"invalid_grant","error_description":"AADSTS70008: The provided authorization code"}`:        "microsoft-entra",
		"AADB2C90080: The provided grant has expired.":                                                        "azure-ad-b2c",
		"https%3A%2F%2Foauth2.googleapis.com%2Ftoken":                                                         "google",
		`{"error":"invalid_grant","hint":"Authorization code has expired","message":"x"}`:                     "league-oauth2-server",
		"WARN [org.keycloak.events] type=CODE_TO_TOKEN_ERROR, error=invalid_code":                             "keycloak",
		"Code challenge failed. The refresh token belongs to Xero, says our Xero integration":                 "xero",
		"see https://github.com/foo/bar/issues/12; we call https://tenant.auth0.com/oauth/token and it fails": "auth0",
		"https://notgithub.com/login/oauth":                                                                   "",
		"invalid_grant":                                                                                       "",
		"my own server at https://as.example.com/token says no":                                               "",
		"": "",
	} {
		if got, why := Identify(text); got != want || (why == "") != (want == "") {
			t.Errorf("Identify(%q) = %q, %q; want %q", text, got, why, want)
		}
	}
}

func TestNothingIsParsedForAName(t *testing.T) {
	if allocs := testing.AllocsPerRun(5, func() { Names() }); allocs > float64(3*len(Names())) {
		t.Errorf("Names allocates %v times", allocs)
	}
}

func FuzzMatch(f *testing.F) {
	f.Add("google", "invalid_grant", "Bad Request", "authorization_code", 400, "Bad Request")
	f.Add("", "", "Unknown%20or+invalid \\u0022refresh token", "urn:ietf:params:oauth:grant-type:jwt-bearer", 0, "AADSTS54005: x")
	f.Add("gitlab", "invalid_request", fosite, "", 401, `"hint":"Token has been revoked"`)
	f.Add("x", "", "\xff\\u00", ":", -1, "%")
	f.Fuzz(func(t *testing.T, provider, err, description, grant string, status int, words string) {
		q := Query{provider, err, description, grant, status, words}
		a, b := Match(q), Match(q)
		if !reflect.DeepEqual(a, b) {
			t.Errorf("two answers to %+v", q)
		}
		for _, h := range a {
			sum := 0.0
			for _, share := range h.Causes {
				sum += share
			}
			if h.Provider.Title == "" || h.Wording == nil || len(h.Servers) == 0 || math.Abs(sum-1) > 1e-9 {
				t.Errorf("%+v: hit %+v", q, h)
			}
		}
		if name, why := Identify(words); (name == "") != (why == "") {
			t.Errorf("Identify(%q) = %q, %q", words, name, why)
		}
	})
}

func BenchmarkLoadAll(b *testing.B) {
	for b.Loop() {
		for _, name := range Names() {
			read(name)
		}
	}
}

func BenchmarkIndex(b *testing.B) {
	for b.Loop() {
		parseIndex(indexText)
	}
}

func BenchmarkMatch(b *testing.B) {
	for name, q := range map[string]Query{
		"named":   {Provider: "auth0", Error: "invalid_grant", Description: "Unknown or invalid refresh token."},
		"unnamed": {Error: "invalid_grant", Description: "Invalid refresh token"},
		"words":   {Words: strings.Repeat("one line of a log that says nothing of interest\n", 100) + "AADSTS54005: used"},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				Match(q)
			}
		})
	}
}

func BenchmarkIdentify(b *testing.B) {
	for b.Loop() {
		Identify("POST https://tenant.eu.auth0.com/oauth/token: invalid_grant")
	}
}

func TestAPatternIsExactOnlyInTheDescription(t *testing.T) {
	text := "Authorization code does not exist: ac_1f2e"
	if h := first(t, Query{Description: text + "."}); !h.Exact || h.Provider.Name != "stripe" {
		t.Errorf("%s, exact %v", h.Provider.Name, h.Exact)
	}
	if h := first(t, Query{Words: text}); h.Exact {
		t.Error("words around are no description")
	}
}

func TestATextInsideALongerDescriptionIsFound(t *testing.T) {
	h := first(t, Query{Provider: "keycloak", Error: "invalid_grant", Description: "400 Bad Request: Session not active (trace 17)"})
	if h.Exact || !h.Named || h.Wording.Text != "Session not active" {
		t.Errorf("%q, exact %v, named %v", h.Wording.Text, h.Exact, h.Named)
	}
}

func TestAVagueAnswerSaysNothingOfAnotherGrant(t *testing.T) {
	for _, q := range []Query{
		{Provider: "duende", Error: "invalid_grant", Grant: "password"},
		{Provider: "laravel passport", Error: "invalid_grant", Grant: "password", Description: fosite},
	} {
		if hits := Match(q); len(hits) != 0 {
			t.Errorf("%+v: %v", q, hits[0].Causes)
		}
	}
	if got := likeliest(first(t, Query{Provider: "google", Error: "invalid_grant", Description: "Bad Request", Grant: "jwt_bearer"})); got != "clock_skew" {
		t.Errorf("a row of the grant counts: %s", got)
	}
}

// A server with several rows for a text counts once, as each other server does.
func TestOneTextIsAveragedOverServersAndNotOverRows(t *testing.T) {
	rows := map[string]map[string][]Wording{} // by text and provider
	for _, p := range All() {
		for _, w := range p.Wordings() {
			if w.Text != "" && w.Mark == "" {
				if rows[w.Text] == nil {
					rows[w.Text] = map[string][]Wording{}
				}
				rows[w.Text][p.Name] = append(rows[w.Text][p.Name], w)
			}
		}
	}
	checked := 0
	for text, of := range rows {
		want, sizes, n := map[string]float64{}, map[int]bool{}, 0
		for _, list := range of {
			sizes[len(list)] = true
			n += len(list)
			for _, w := range list {
				for id, share := range w.Causes {
					want[id] += share / float64(len(list)*len(of))
				}
			}
		}
		hits := Match(Query{Description: text})
		if len(of) < 2 || len(sizes) < 2 || len(hits) == 0 || len(hits[0].Servers) != len(of) {
			continue
		}
		checked++
		for id, share := range want {
			if math.Abs(share-hits[0].Causes[id]) > 1e-9 {
				t.Errorf("%.60q: %s is %.3f, want %.3f (%d rows of %d servers)", text, id, hits[0].Causes[id], share, n, len(of))
			}
		}
	}
	t.Logf("%d texts", checked)
	if checked == 0 {
		t.Error("no text was checked")
	}
}
