package practice_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"example.com/grantwalk/flow/practice"
)

func basic(id, secret string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(id+":"+secret))
}

func TestEachWayToAuthenticateIsTaken(t *testing.T) {
	b := start(t)
	anonymous := []string{"client_id", "", "client_secret", ""}
	for name, c := range map[string]struct {
		client string
		body   []string
		header []string
	}{
		"client_secret_post":                       {practice.ConfidentialClient, nil, nil},
		"client_secret_basic":                      {practice.ConfidentialClient, anonymous, []string{"Authorization", basic(practice.ConfidentialClient, practice.ClientSecret)}},
		"basic, form-encoded (RFC 6749 §2.3.1)":    {practice.ConfidentialClient, anonymous, []string{"Authorization", basic("demo%2Dapp", url.QueryEscape(practice.ClientSecret))}},
		"basic and the same client_id in the body": {practice.ConfidentialClient, []string{"client_secret", ""}, []string{"Authorization", basic(practice.ConfidentialClient, practice.ClientSecret)}},
		"none":                       {practice.PublicClient, []string{"client_id", practice.PublicClient, "client_secret", ""}, nil},
		"basic with an empty secret": {practice.PublicClient, anonymous, []string{"Authorization", basic(practice.PublicClient, "")}},
	} {
		t.Run(name, func(t *testing.T) {
			form := exchange(b.code("client_id", c.client), c.body...)
			if a := b.post("/token", form, c.header...); a.StatusCode != http.StatusOK {
				t.Errorf("%s %s", a.Status, a.body)
			}
		})
	}
}

func TestEachFailureToAuthenticateIsToldApart(t *testing.T) {
	b := start(t)
	code := b.code()
	none := []string{"client_id", "", "client_secret", ""}
	for name, c := range map[string]struct {
		form        url.Values
		header      string
		status      int
		code        string
		description string
	}{
		"nobody":                       {exchange(code, none...), "", 401, "invalid_client", "no client_id"},
		"an unknown client":            {exchange(code, "client_id", "demo-ap"), "", 401, "invalid_client", "no client is named 'demo-ap'"},
		"no secret":                    {exchange(code, "client_secret", ""), "", 401, "invalid_client", "sent no client_secret"},
		"a wrong secret":               {exchange(code, "client_secret", "guess"), "", 401, "invalid_client", "is wrong"},
		"a public client with one":     {exchange(code, "client_id", practice.PublicClient), "", 401, "invalid_client", "it has no secret"},
		"an assertion":                 {exchange(code, "client_assertion", "eyJ"), "", 401, "invalid_client", "assertion is not supported"},
		"a wrong secret in basic":      {exchange(code, none...), basic(practice.ConfidentialClient, "guess"), 401, "invalid_client", "is wrong"},
		"basic that is not base64":     {exchange(code, none...), "Basic !!!", 401, "invalid_client", "no base64"},
		"basic that was not encoded":   {exchange(code, none...), basic(practice.ConfidentialClient, "100%"), 401, "invalid_client", "not form-encoded first"},
		"another scheme":               {exchange(code, none...), "Bearer abc", 401, "invalid_client", "not of the scheme Basic"},
		"both ways at once":            {exchange(code), basic(practice.ConfidentialClient, practice.ClientSecret), 400, "invalid_request", "send one of them"},
		"two clients":                  {exchange(code, "client_id", "other", "client_secret", ""), basic(practice.ConfidentialClient, practice.ClientSecret), 400, "invalid_request", "of client 'demo-app', the body of client 'other'"},
		"a client_id that would speak": {exchange(code, "client_id", "x\u202e\"\\é"), "", 401, "invalid_client", "no client is named"},
	} {
		t.Run(name, func(t *testing.T) {
			var header []string
			if c.header != "" {
				header = []string{"Authorization", c.header}
			}
			a := b.post("/token", c.form, header...)
			refused(t, a, c.status, c.code, c.description)
			// RFC 6749 §5.2: a challenge for who used the header, and for nobody else.
			challenged := strings.HasPrefix(a.Header.Get("WWW-Authenticate"), "Basic ")
			if want := c.header != "" && c.status == 401; challenged != want {
				t.Errorf("WWW-Authenticate: %q", a.Header.Get("WWW-Authenticate"))
			}
			for _, secret := range []string{code, "guess", practice.ClientSecret, verifier} {
				if strings.Contains(a.body, secret) {
					t.Errorf("the refusal repeats a secret: %s", a.body)
				}
			}
		})
	}
	if a := b.post("/token", exchange(code)); a.StatusCode != http.StatusOK {
		t.Errorf("the code is used up by requests of unknown clients: %s", a.body)
	}
}

// RFC 6749 §5.2: who used the Authorization header gets a challenge with each
// 401, whatever finds out that the client is not who it should be.
func TestEvery401AfterTheAuthorizationHeaderHasAChallenge(t *testing.T) {
	b := start(t, func(o *practice.Options) { o.Faults = []practice.Fault{{Name: "secret_changed"}} })
	code := b.code()
	b.do(http.MethodDelete, controlPage, "", "")
	b.tell(`{"fault":"secret_changed","value":"refresh"}`)
	none := []string{"client_id", "", "client_secret", ""}
	right := basic(practice.ConfidentialClient, practice.ClientSecret)
	token := b.post("/token", exchange(b.code())).text(t, "refresh_token")
	for name, c := range map[string]struct {
		path   string
		form   url.Values
		header string
	}{
		"a changed secret, exchange":     {"/token", exchange(code, none...), right},
		"a changed secret, refresh":      {"/token", refresh(token, none...), right},
		"introspection, a public client": {"/introspect", url.Values{"token": {"x"}}, basic(practice.PublicClient, "")},
		"a pushed request":               {"/par", request("client_id", ""), basic(practice.ConfidentialClient, "guess")},
		"a revocation":                   {"/revoke", url.Values{"token": {"x"}}, basic(practice.ConfidentialClient, "guess")},
	} {
		a := b.post(c.path, c.form, "Authorization", c.header)
		refused(t, a, 401, "invalid_client", "")
		if got := a.Header.Get("WWW-Authenticate"); !strings.HasPrefix(got, "Basic realm=") {
			t.Errorf("%s: WWW-Authenticate %q", name, got)
		}
	}
	if a := b.post("/token", exchange(code)); a.StatusCode != http.StatusUnauthorized || a.Header.Get("WWW-Authenticate") != "" {
		t.Errorf("a secret in the body: %s, WWW-Authenticate %q", a.Status, a.Header.Get("WWW-Authenticate"))
	}
}
