package read

import (
	"strings"
	"testing"
)

func TestSecretsAreTakenOutHoweverTheyAreWritten(t *testing.T) {
	const secret = "Zq7xW2-p_L9vTn4sRk81uYdE"
	for name, text := range map[string]string{
		"query":           "GET /cb?code=" + secret + "&x=1",
		"form":            "grant_type=refresh_token&refresh_token=" + secret,
		"JSON":            `{"access_token":"` + secret + `"}`,
		"spaced JSON":     `{ "client_secret" : "` + secret + `" }`,
		"JSON in JSON":    `{"msg":"{\"refresh_token\":\"` + secret + `\"}"}`,
		"Python":          `{'code_verifier': '` + secret + `'}`,
		"Ruby":            `{:client_secret=>"` + secret + `"}`,
		"Ruby, strings":   `{"password" => "` + secret + `"}`,
		"YAML":            "client_secret: " + secret,
		"Bearer":          "Authorization: Bearer " + secret,
		"Basic":           "> authorization: Basic " + secret,
		"other scheme":    "Authorization: " + secret,
		"cookie":          "Cookie: a=b; sid=" + secret,
		"set-cookie":      "< set-cookie: sid=" + secret + "; Path=/",
		"user info":       "https://app:" + secret + "@as.example/token",
		"curl -u":         "curl -u app:" + secret + " https://as.example/token",
		"camel case":      `"clientSecret":"` + secret + `"`,
		"assertion":       "client_assertion=" + secret,
		"encoded":         "code%3D" + secret,
		"Google refresh":  "refreshing 1//0g" + secret,
		"Google access":   "got ya29." + secret,
		"GitHub":          "using gho_" + secret,
		"a JWT":           "sent eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0." + secret,
		"long and random": "value " + secret + secret,
		"private key":     "-----BEGIN RSA PRIVATE KEY-----\\n" + secret + "\\n-----END RSA PRIVATE KEY-----",
	} {
		if got := Redact(text); strings.Contains(got, secret) || strings.Contains(got, secret[7:]) {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// shapes are ways in which texts tell a secret, which stands for %.
var shapes = []string{
	`{"reason":"Invalid authorization code %","error":"invalid_grant"}`,
	`{"error":"invalid_grant","error_description":"refresh token % has expired"}`,
	`{"error":"invalid_grant","error_description":"The code '%' was already used"}`,
	"invalid_grant. My client secret is % and was reset yesterday",
	"invalid_grant: password for user bob is % , wrong password",
	"invalid_grant: the password of user robert19701 is %", "invalid_grant: password for bob1970@as.example is %!",
	"ClientSecret % is rotated: invalid_grant",
	"invalid_grant, the verifier is %.", "invalid_grant: code_verifier (%) does not match",
	"<client_secret>%</client_secret> <error>invalid_grant</error>",
	`<input type="hidden" name="code" value="%"> invalid_grant`,
	`{"name":"code","value":"%"} invalid_grant`, `{"key":"client_secret","value":"%"} invalid_grant`,
	`code\u003d%\u0026x\u003dy invalid_grant`, `"code" : [ "%" ], invalid_grant`, `{"code":["%"],"error":"invalid_grant"}`,
	"| refresh_token      | % | invalid_grant", "refresh_token\t%\tinvalid_grant", "client_secret\n%\ninvalid_grant",
	"refresh_token → % ; invalid_grant", "Exchanging authorization code [%] -> invalid_grant",
	"device code % expired: invalid_grant", "invalid_grant refreshing token %: revoked", "Refresh token not found: % (invalid_grant)",
	"OAUTH_REFRESH=%\ninvalid_grant", "Proxy-Authorization: Digest %\ninvalid_grant", "Set-Cookie2: % invalid_grant", "SAMLResponse % invalid_grant",
	"http://127.0.0.1/cb?error=access_denied&error_description=refresh+token+%+has+expired&state=abc",
}

func FuzzNoShapeOfATextGivesItsSecretAway(f *testing.F) {
	for i := range shapes {
		f.Add(i, uint64(i), "Zq7Wm3Kp9Tx2Vb")
		f.Add(i, uint64(1)<<i, "x")
	}
	f.Fuzz(func(t *testing.T, shape int, seed uint64, letters string) {
		secret := secretOf(seed, letters)
		text := strings.ReplaceAll(shapes[uint(shape)%uint(len(shapes))], "%", secret)
		res, err := Read([]Input{{Reader: strings.NewReader(text)}}, Options{Note: text})
		if err != nil {
			t.Fatal(err)
		}
		if got := printed(t, res); strings.Contains(got, secret) {
			t.Errorf("%q: holds the secret %s: %s", text, secret, got)
		}
		if once := Redact(text); Redact(once) != once {
			t.Errorf("redacted again, it differs: %q", once)
		}
	})
}

// secretOf makes a secret of letters and digits, at least ten of them, of what the
// fuzzer comes up with.
func secretOf(seed uint64, letters string) string {
	const signs = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	b := []byte("q7W")
	for _, c := range []byte(letters[:min(len(letters), 60)]) {
		b = append(b, signs[int(c)%len(signs)])
	}
	for len(b) < 12 {
		b = append(b, signs[seed%uint64(len(signs))])
		seed /= 3
	}
	return string(b)
}

func TestWordsThatTellTheCauseStay(t *testing.T) {
	for _, text := range []string{
		`TokenError: code: 'invalid_grant'`,
		`{"error":{"code":100,"type":"OAuthException"}}`,
		`{"resource":"RefreshToken","field":"refresh_token","code":"invalid"}`,
		`code: 'ECONNRESET'`,
		`Token refresh failed with invalid_grant: Grant not found`,
		`NotAuthorizedException: Refresh Token has different Client.`,
		`error_code=AADSTS50126 code: AADSTS50126`,
		`The code passed is incorrect or expired.`,
		`https://as.example/realms/main/protocol/openid-connect/token`,
		`Trace ID: 7e3683f3-819e-4d12-8b06-1ec2e2263300`,
		`at Strategy.OAuth2Strategy._createOAuthError (/home/app/node_modules/passport-oauth2/lib/strategy.js:367:16)`,
		`redirect_uri=http://127.0.0.1:8080/callback`,
		`com.google.api.client.auth.oauth2.TokenResponseException: 400 Bad Request`,
		`Invalid client assertion: signature validation failed`,
		`bad_verification_code`, `state: expired`, `token: null`,
		`error code AADSTS70008: the authorization code expired`, `code: E1001`, `code E0000011123`, `failed with code 0x80070005`,
		`the token request of 2024-01-15T10:00:00Z to https://as.example/oauth2/v4/token failed`, `2024-01-15T10:00:00Z POST /token 2024-01-15T10:00:01Z`,
		`grant_type=authorization_code, code_id=5c7e0000-1111-2222-3333-444455556666`,
		`refresh token was issued to client web-app-2024x`, `"POST /oauth/token HTTP/1.1" 400 71 "-" "python-requests/2.31.0"`,
		`at OAuth2Client.getToken (oauth2client.js:125:21)`, `the authorization code http://localhost:8080/callback`,
	} {
		if got := Redact(text); got != text {
			t.Errorf("%s\nbecame\n%s", text, got)
		}
	}
}
