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
		`bad_verification_code`, `state: expired`, `token: null`,
	} {
		if got := Redact(text); got != text {
			t.Errorf("%s\nbecame\n%s", text, got)
		}
	}
}
