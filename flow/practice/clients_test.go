package practice_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"grantwalk/flow/practice"
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
