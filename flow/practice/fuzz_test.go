package practice_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/grantwalk/flow/practice"
)

// Whatever is sent to the token endpoint: the answer is JSON with an error code
// or tokens, never the server's fault, and repeats no secret of the request.
func FuzzTheTokenEndpointAnswersEverything(f *testing.F) {
	const secret = "Zq7-a-secret-value-of-the-request-Zq7"
	for _, body := range []string{
		"", "grant_type=authorization_code", exchange("SECRET").Encode(), exchange("pc_SECRET", "client_secret", "").Encode(),
		refresh("SECRET").Encode(), refresh("pr_SECRET", "scope", "openid \u202e\"").Encode(), exchange("x", "client_secret", "SECRET").Encode(),
		exchange("x", "code_verifier", "SECRET").Encode(), "code=SECRET&code=SECRET", "%zz=SECRET", "SECRET=1", "a;SECRET", "client_assertion=SECRET",
	} {
		f.Add(body, "application/x-www-form-urlencoded", "")
		f.Add(body, "", "Basic ZGVtby1hcHA6eA==")
		f.Add(body, "text/plain; charset=\"", "Bearer SECRET")
	}
	server, err := practice.Start(practice.Options{SigningAlg: "ES256"})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = server.Close() })

	f.Fuzz(func(t *testing.T, body, contentType, authorization string) {
		// Where a secret may stand: as a value, not where a name or a public value is.
		for _, name := range []string{"code", "refresh_token", "client_secret", "code_verifier", "client_assertion"} {
			body = strings.ReplaceAll(body, name+"=SECRET", name+"="+secret)
		}
		authorization = strings.ReplaceAll(authorization, "SECRET", secret)
		r := httptest.NewRequest(http.MethodPost, server.Issuer()+"/token", strings.NewReader(body))
		r.Header.Set("Content-Type", contentType)
		r.Header.Set("Authorization", authorization)
		w := httptest.NewRecorder()
		server.Handler().ServeHTTP(w, r)

		if w.Code >= 500 || w.Code < 200 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		var got struct {
			Error       string `json:"error"`
			AccessToken string `json:"access_token"`
		}
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
			t.Fatalf("not JSON: %v: %q", err, w.Body)
		}
		if (w.Code == http.StatusOK) != (got.AccessToken != "") || (w.Code == http.StatusOK) == (got.Error != "") {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		for _, value := range append(w.Header().Values("WWW-Authenticate"), w.Body.String()) {
			if strings.Contains(value, secret) {
				t.Fatalf("a secret comes back: %s", value)
			}
		}
	})
}
