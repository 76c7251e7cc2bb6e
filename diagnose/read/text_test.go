package read

import (
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode/utf16"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/evidence"
	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/safe"
)

func read(t *testing.T, texts ...string) Result {
	t.Helper()
	var inputs []Input
	for _, text := range texts {
		inputs = append(inputs, Input{Reader: strings.NewReader(text)})
	}
	res, err := Read(inputs, Options{})
	if err != nil {
		t.Fatalf("%.100q: %v", texts, err)
	}
	return res
}

// words are what is said in words.
func words(e evidence.Evidence) string { return exchange.Text(e.Statements, nil) }

// said is the refusal, wherever in the evidence it stands.
func said(e diagnose.Evidence) diagnose.ErrorResponse {
	if n := len(e.TokenRequests); n > 0 {
		return e.TokenRequests[n-1].Response.ErrorResponse
	}
	for _, a := range e.Authorizations {
		if a.Response.Refused() {
			return a.Response.ErrorResponse
		}
	}
	return e.ErrorResponse
}

func TestErrorsAreFoundInTheTextsOfManyLibraries(t *testing.T) {
	for library, tc := range map[string]struct {
		text   string
		want   diagnose.ErrorResponse
		grant  string
		source string // the provider, if the text gives it away
	}{
		"x/oauth2": {"oauth2: \"invalid_grant\" \"Token has been revoked.\" \"https://as.example/help\"",
			diagnose.ErrorResponse{Error: "invalid_grant", Description: "Token has been revoked."}, "", ""},
		"x/oauth2, older": {"oauth2: cannot fetch token: 400 Bad Request\nResponse: {\"error\":\"invalid_grant\",\"error_description\":\"Malformed auth code.\"}",
			diagnose.ErrorResponse{Error: "invalid_grant", Description: "Malformed auth code.", Status: 400}, "authorization_code", ""},
		"google-auth for Python": {"google.auth.exceptions.RefreshError: ('invalid_grant: Token has been expired or revoked.', {'error': 'invalid_grant', 'error_description': 'Token has been expired or revoked.'})",
			diagnose.ErrorResponse{Error: "invalid_grant", Description: "Token has been expired or revoked."}, "refresh_token", "google"},
		"google-auth-library for Node": {"GaxiosError: invalid_grant\n    at Gaxios._request (/srv/node_modules/gaxios/build/src/gaxios.js:142:23) {\n  response: {\n    data: { error: 'invalid_grant', error_description: 'Bad Request' },\n    status: 400,",
			diagnose.ErrorResponse{Error: "invalid_grant", Description: "Bad Request", Status: 400}, "", "google"},
		"Google's Java client": {"com.google.api.client.auth.oauth2.TokenResponseException: 401 Unauthorized\n{\n  \"error\" : \"unauthorized_client\",\n  \"error_description\" : \"Unauthorized\"\n}",
			diagnose.ErrorResponse{Error: "unauthorized_client", Description: "Unauthorized", Status: 401}, "", "google"},
		"Google's .NET client": {`Google.Apis.Auth.OAuth2.Responses.TokenResponseException: Error:"invalid_grant", Description:"Token has been expired or revoked.", Uri:""`,
			diagnose.ErrorResponse{Error: "invalid_grant", Description: "Token has been expired or revoked."}, "", "google"},
		"MSAL for .NET": {"MsalUiRequiredException: AADSTS50173: The provided grant has expired due to it being revoked, a fresh auth token is needed.\r\n\tErrorCode: invalid_grant\r\nMicrosoft.Identity.Client.MsalUiRequiredException\n StatusCode: 400",
			diagnose.ErrorResponse{Error: "invalid_grant", Description: "AADSTS50173: The provided grant has expired due to it being revoked, a fresh auth token is needed.", Status: 400}, "", "microsoft-entra"},
		"MSAL for Python": {`{'error': 'invalid_grant', 'error_description': "AADSTS54005: OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.", 'error_codes': [54005], 'suberror': 'bad_token'}`,
			diagnose.ErrorResponse{Error: "invalid_grant", Description: "AADSTS54005: OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token."}, "", "microsoft-entra"},
		"Spring Security": {"org.springframework.security.oauth2.core.OAuth2AuthorizationException: [invalid_grant] Code not valid",
			diagnose.ErrorResponse{Error: "invalid_grant", Description: "Code not valid"}, "", ""},
		"Passport": {"TokenError: Bad Request\n    at OAuth2Strategy.parseErrorResponse (/app/node_modules/passport-oauth2/lib/strategy.js:373:12) {\n  code: 'invalid_grant',\n  uri: undefined,\n  status: 500\n}",
			diagnose.ErrorResponse{Error: "invalid_grant"}, "authorization_code", ""},
		"Passport, on a line": {`TokenError: Bad Request { code: "invalid_grant", uri: undefined, status: 500 }`,
			diagnose.ErrorResponse{Error: "invalid_grant"}, "", ""},
		"next-auth": {"[next-auth][error][OAUTH_CALLBACK_ERROR]\nhttps://next-auth.js.org/errors#oauth_callback_error invalid_grant (Code not valid) {\n  error: OPError: invalid_grant (Code not valid)",
			diagnose.ErrorResponse{Error: "invalid_grant", Description: "Code not valid"}, "", ""},
		"omniauth": {"E, [2024-05-01T09:00:01.5 #42] ERROR -- omniauth: (oidc) Authentication failure! invalid_credentials: OAuth2::Error, invalid_grant: The authorization code has expired",
			diagnose.ErrorResponse{Error: "invalid_grant", Description: "The authorization code has expired"}, "authorization_code", ""},
		"Ruby's oauth2": {`OAuth2::Error ({:error=>"invalid_grant", :error_description=>"authorization code expired"}`,
			diagnose.ErrorResponse{Error: "invalid_grant", Description: "authorization code expired"}, "authorization_code", ""},
		"league/oauth2-client": {"PHP Fatal error:  Uncaught League\\OAuth2\\Client\\Provider\\Exception\\IdentityProviderException: invalid_grant in /app/vendor/league/oauth2-client/src/Provider/GenericProvider.php:231",
			diagnose.ErrorResponse{Error: "invalid_grant"}, "", ""},
		"oauthlib": {"oauthlib.oauth2.rfc6749.errors.InvalidGrantError: (invalid_grant) The refresh token has expired.",
			diagnose.ErrorResponse{Error: "invalid_grant", Description: "The refresh token has expired."}, "refresh_token", ""},
		"AppAuth": {`Error Domain=org.openid.appauth.oauth_token Code=-10 "code_verifier does not match" UserInfo={OIDOAuthErrorResponseErrorKey={ error = "invalid_grant"; "error_description" = "code_verifier does not match"; }}`,
			diagnose.ErrorResponse{Error: "invalid_grant", Description: "code_verifier does not match"}, "authorization_code", ""},
		"Duende": {"[10:02:03 ERR] Token request failed: {\"Error\":\"invalid_grant\",\"ErrorDescription\":\"refresh token reused\"}",
			diagnose.ErrorResponse{Error: "invalid_grant", Description: "refresh token reused"}, "refresh_token", ""},
		"rclone": {"Failed to create file system for \"drive:\": couldn't fetch token: invalid_grant: maybe token expired? - try refreshing with \"rclone config reconnect drive:\"",
			diagnose.ErrorResponse{Error: "invalid_grant", Description: "maybe token expired? - try refreshing with"}, "", ""},
		"AWS SDK": {"An error occurred (NotAuthorizedException) when calling the InitiateAuth operation: Refresh Token has been revoked",
			diagnose.ErrorResponse{Description: "Refresh Token has been revoked"}, "refresh_token", ""},
		"LinkedIn": {`{"error":"invalid_request","error_description":"Unable to retrieve access token: appid/redirect uri/code verifier does not match authorization code."}`,
			diagnose.ErrorResponse{Error: "invalid_request", Description: "Unable to retrieve access token: appid/redirect uri/code verifier does not match authorization code."}, "authorization_code", ""},
		"ASP.NET Core": {"OpenIdConnectProtocolException: Message contains error: 'invalid_grant', error_description: 'error_description is null', error_uri: 'error_uri is null'.",
			diagnose.ErrorResponse{Error: "invalid_grant"}, "", ""},
		"Hydra":    {`level=warn msg="invalid_grant" audience=application error="invalid_grant: refresh token not found"`, diagnose.ErrorResponse{Error: "invalid_grant", Description: "refresh token not found"}, "refresh_token", ""},
		"Firebase": {`{"error":{"code":400,"message":"TOKEN_EXPIRED","status":"INVALID_ARGUMENT"}}`, diagnose.ErrorResponse{Error: "TOKEN_EXPIRED", Status: 400}, "", ""},
		"Facebook": {`{"error":{"message":"This authorization code has been used.","type":"OAuthException","code":100,"error_subcode":36009}}`,
			diagnose.ErrorResponse{Error: "OAuthException", Description: "This authorization code has been used."}, "authorization_code", "facebook"},
		"Slack":          {`{"ok":false,"error":"invalid_code"}`, diagnose.ErrorResponse{Error: "invalid_code"}, "", ""},
		"Twitch":         {`{"status":400,"message":"Invalid refresh token"}`, diagnose.ErrorResponse{Description: "Invalid refresh token", Status: 400}, "refresh_token", ""},
		"a login page":   {"Sign-in failed.\nserver_message: invalid_grant\n", diagnose.ErrorResponse{Error: "invalid_grant"}, "", ""},
		"escaped in log": {`level=error msg="exchange: {\"error\":\"invalid_grant\",\"error_description\":\"PKCE verification failed\"}" code=400`, diagnose.ErrorResponse{Error: "invalid_grant", Description: "PKCE verification failed"}, "authorization_code", ""},
		"Keycloak":       {`2024-02-01 10:00:00,123 WARN  [org.keycloak.events] (executor-thread-1) type=REFRESH_TOKEN_ERROR, realmId=r, clientId=c, userId=null, ipAddress=10.0.0.1, error=invalid_token, grant_type=refresh_token`, diagnose.ErrorResponse{Error: "invalid_token"}, "refresh_token", "keycloak"},
		"no code at all": {"The code passed is incorrect or expired.", diagnose.ErrorResponse{Description: "The code passed is incorrect or expired."}, "authorization_code", "github"},
		"a code unknown": {`{"error":"invalid_app_access","error_description":"user is not admin approved to access this app"}`,
			diagnose.ErrorResponse{Error: "invalid_app_access", Description: "user is not admin approved to access this app"}, "", ""},
		"a grant alone": {"Invalid grant provided", diagnose.ErrorResponse{Description: "Invalid grant provided"}, "", ""},
		"still less":    {"Session not active", diagnose.ErrorResponse{Description: "Session not active"}, "", ""},
	} {
		res := read(t, tc.text)
		if !res.Recognised {
			t.Errorf("%s: not recognised", library)
		}
		if got := said(res.Evidence); got != tc.want {
			t.Errorf("%s:\n got %+v\nwant %+v", library, got, tc.want)
		}
		if tc.grant != "" && res.Evidence.Grant != tc.grant {
			t.Errorf("%s: grant %q, want %q", library, res.Evidence.Grant, tc.grant)
		}
		if tc.source != "" && res.Evidence.Provider.Raw() != tc.source {
			t.Errorf("%s: provider %q, want %q", library, res.Evidence.Provider, tc.source)
		}
	}
}

func TestOrdinaryTextIsNotRecognised(t *testing.T) {
	for _, text := range []string{
		"", "\n\n  \n", "hello", "2024-01-01 10:00:00 INFO user alice logged in", "Just some prose about the weather, and how it may fail to please.",
		`{"status":"ok","items":[1,2,3]}`, "GET /index.html HTTP/1.1\nHost: www.example\n\nHTTP/1.1 200 OK\n\n<html></html>",
		"10:00:00 INFO access token refreshed for client 7", "ERROR: disk full", "connection refused", "https://www.example/search?q=oauth",
		"go: cannot find module providing package example.com/x", "a=1&b=2", "404 page not found",
		"invalid grant proposal for research funding was rejected", "ERROR: permission denied for table grants\nHINT: GRANT SELECT", `{"error":"disk full","description":"no space left"}`, `{"error":null,"error_description":null,"items":[]}`,
	} {
		if res := read(t, text); res.Recognised {
			t.Errorf("%q: %+v", text, res.Evidence)
		}
	}
}

func TestAnAddressWithAnErrorIsAnAuthorizationResponse(t *testing.T) {
	res := read(t, "http://localhost:8080/cb?error=access_denied&error_description=The+user+said+no&state=abc")
	if res.Kind != KindRedirect || len(res.Evidence.Authorizations) != 1 {
		t.Fatalf("%s, %+v", res.Kind, res.Evidence)
	}
	if back := res.Evidence.Authorizations[0].Response; back.Error != "access_denied" || back.Description != "The user said no" || back.URI != "http://localhost:8080/cb" {
		t.Errorf("%+v", back)
	}
}

func TestAnAppThatReportsItsTokenErrorInAnAddressIsNoAuthorizationServer(t *testing.T) {
	e := read(t, "https://app.example/login?error=invalid_grant&state=x").Evidence
	if e.ErrorResponse.Error != "invalid_grant" || len(e.Authorizations) == 1 && e.Authorizations[0].Response.Refused() {
		t.Errorf("%+v", e)
	}
}

const curled = `$ curl -v https://as.example/oauth/token -u 'app:s3cret-of-the-app' \
   -d grant_type=authorization_code -d code=SplxlOBeZQQYbYS6WxSbIA \
   --data-urlencode 'redirect_uri=https://app.example/cb'
*   Trying 192.0.2.1:443...
* SSL connection using TLSv1.3
> POST /oauth/token HTTP/2
> Host: as.example
> Authorization: Basic YXBwOnMzY3JldC1vZi10aGUtYXBw
> content-type: application/x-www-form-urlencoded
>
} [97 bytes data]
< HTTP/2 400
< date: Sun, 01 Mar 2026 10:00:10 GMT
< content-type: application/json
<
{"error":"invalid_grant","error_description":"Code not valid"}
* Connection #0 to host as.example left intact
`

func TestWhatCurlPrintsIsOneRequestWithItsAnswer(t *testing.T) {
	res := read(t, curled)
	e := res.Evidence
	if res.Kind != KindCurl || len(e.TokenRequests) != 1 {
		t.Fatalf("%s, %d token requests", res.Kind, len(e.TokenRequests))
	}
	r := e.TokenRequests[0]
	if r.Endpoint != "https://as.example/oauth/token" || r.ClientAuth != "basic" || r.ClientID != "app" || r.ClientSecret.Reveal() != "s3cret-of-the-app" ||
		r.Code.Reveal() != "SplxlOBeZQQYbYS6WxSbIA" || r.RedirectURI != "https://app.example/cb" || r.GrantType != "authorization_code" {
		t.Errorf("%+v", r)
	}
	if r.Response.Status != 400 || r.Response.Error != "invalid_grant" || r.Response.Date.IsZero() {
		t.Errorf("%+v", r.Response)
	}
	for _, secret := range []string{"s3cret-of-the-app", "SplxlOBeZQQYbYS6WxSbIA", "YXBwOnMzY3JldC1vZi10aGUtYXBw"} {
		if strings.Contains(words(e), secret) {
			t.Errorf("the words hold %s", secret)
		}
	}
}

func TestACommandAndTheAnswerPastedBelowItBelongTogether(t *testing.T) {
	e := read(t, "curl -X POST https://as.example/token -d 'grant_type=refresh_token&refresh_token=abc123abc123'\n{\"error\":\"invalid_grant\"}\n").Evidence
	if len(e.TokenRequests) != 1 || e.TokenRequests[0].Response.Error != "invalid_grant" || e.ErrorResponse.Error != "" {
		t.Errorf("%+v", e)
	}
}

func TestPythonsDebugOutputIsRead(t *testing.T) {
	e := read(t, `send: b'POST /token HTTP/1.1\r\nHost: as.example\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n'
send: b'grant_type=refresh_token&refresh_token=tGzv3JOkF0XG5Qx2TlKWIA&client_id=app'
reply: 'HTTP/1.1 400 Bad Request\r\n'
header: Date: Sun, 01 Mar 2026 10:00:10 GMT
header: Content-Type: application/json
DEBUG {"error": "invalid_grant"}`).Evidence
	if len(e.TokenRequests) != 1 {
		t.Fatalf("%+v", e)
	}
	r := e.TokenRequests[0]
	if r.Endpoint != "https://as.example/token" || r.RefreshToken.Reveal() != "tGzv3JOkF0XG5Qx2TlKWIA" || r.Response.Status != 400 || r.Response.Date.IsZero() {
		t.Errorf("%+v", r)
	}
}

func TestRawRequestsAndAnAuthorizationAddressMakeOneFlow(t *testing.T) {
	e := read(t, `opened https://as.example/auth?response_type=code&client_id=app&redirect_uri=http%3A%2F%2Flocalhost%3A1%2Fcb&state=s123456
got http://localhost:1/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=s123456

POST /token HTTP/1.1
Host: as.example
Content-Type: application/x-www-form-urlencoded

grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fcb

HTTP/1.1 400 Bad Request
Content-Type: application/json

{"error":"invalid_grant"}
`).Evidence
	if len(e.Authorizations) != 1 || len(e.TokenRequests) != 1 {
		t.Fatalf("%+v", e)
	}
	if e.Authorizations[0].Response.Code != e.TokenRequests[0].Code || e.TokenRequests[0].RedirectURI != "http://127.0.0.1:1/cb" {
		t.Errorf("%+v", e)
	}
}

func TestACaptureAndALogAreOneCaseAndNoSecondUseOfTheCode(t *testing.T) {
	noAnswer := session(authorize, login, callback)
	e := read(t, noAnswer, "10:00:10 ERROR token exchange failed: 400 invalid_grant: Code expired").Evidence
	if len(e.Authorizations) != 1 || e.ErrorResponse.Error != "invalid_grant" || e.ErrorResponse.Description != "Code expired" {
		t.Errorf("%+v", e)
	}
	again := "curl https://as.example/t -d 'grant_type=authorization_code&code=the-code-of-it'"
	if e := read(t, session(authorize, login, callback, token), again).Evidence; len(e.TokenRequests) != 1 {
		t.Errorf("%d token requests", len(e.TokenRequests))
	}
}

func TestTextOfEveryEncodingIsRead(t *testing.T) {
	const text = "{\"error\":\"invalid_grant\",\r\n\"error_description\":\"Código não é válido\"}\r\n"
	var le, be []byte
	for _, u := range utf16.Encode([]rune("\ufeff" + text)) {
		le, be = append(le, byte(u), byte(u>>8)), append(be, byte(u>>8), byte(u))
	}
	for name, in := range map[string]string{"UTF-8": text, "with mark": "\ufeff" + text, "UTF-16LE": string(le), "UTF-16BE": string(be), "without mark": string(le[2:]),
		"coloured": "\x1b[31m{\"error\":\"\x1b[1minvalid_grant\x1b[0m\",\n\"error_description\":\"Código não é válido\"}\x1b]0;title\x07"} {
		if got := said(read(t, in).Evidence); got.Error != "invalid_grant" || got.Description != "Código não é válido" {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if res := read(t, "bad \xff\xfe\x80 invalid_grant: no \xf0\x28 way"); !res.Recognised || strings.Contains(words(res.Evidence), "\xff") {
		t.Errorf("bad UTF-8: %+v", res)
	}
}

func TestWhatIsNoTextSaysWhatItIs(t *testing.T) {
	for in, what := range map[string]string{
		"\x1f\x8b\x08\x00rest": "gzip", "PK\x03\x04rest": "zip", "\x89PNG\r\n": "picture", "%PDF-1.7": "PDF", "ab\x00\x01\x02\x00\x00cd": "binary",
		`{"log":{"entries":[{"request":`: "HAR", `{"log":{"version":"1.2"}}`: "HAR",
	} {
		_, err := Read([]Input{{Name: "f", Reader: strings.NewReader(in)}}, Options{})
		var u *Unreadable
		if !errors.As(err, &u) || !strings.Contains(u.Error(), what) || u.Instead == "" || u.Name != "f" {
			t.Errorf("%q: %v", in, err)
		}
	}
}

func TestACutCaptureIsUsedWithAWarning(t *testing.T) {
	whole := session(authorize, login, callback, token)
	res := read(t, whole[:len(whole)-4])
	if len(res.Warnings) != 1 || len(res.Evidence.TokenRequests) != 1 {
		t.Errorf("%+v", res)
	}
}

func TestOptionsOutrankWhatTheTextSays(t *testing.T) {
	res, err := Read([]Input{{Reader: strings.NewReader("invalid_grant: refresh token expired")}}, Options{Provider: "keycloak", Grant: "password", Note: "since  \x1b[1mthe deploy, password=hunter2hunter2"})
	if err != nil || res.Evidence.Provider != "keycloak" || res.Evidence.Grant != "password" || strings.Contains(words(res.Evidence), "hunter2hunter2") || !strings.Contains(words(res.Evidence), "the deploy") {
		t.Errorf("%+v, %v", res.Evidence, err)
	}
}

func TestWordsAreWhatIsLeftBesidesTheDescription(t *testing.T) {
	e := read(t, "Since the deploy yesterday:\n{\"error\":\"invalid_grant\",\"error_description\":\"Token is not good enough any more\"}\ncode_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk").Evidence
	if !strings.Contains(words(e), "Since the deploy yesterday") || strings.Contains(words(e), "good enough") || strings.Contains(safe.Quote(words(e), maxWords), "dBjftJeZ4CVP-mB92K27") {
		t.Errorf("%q", words(e))
	}
}

func TestAMissingLibraryIsNoRefusal(t *testing.T) {
	res, err := Read([]Input{{Reader: strings.NewReader("WARNING: JWT library missing")}}, Options{})
	if err != nil || res.Recognised {
		t.Errorf("recognised as %+v, %v", res.Evidence, err)
	}
}

const verbose = `* SSL connection using TLSv1.3
> POST /oauth/token HTTP/1.1
> Host: as.example
> Authorization: Basic YXBwOnMzY3JldC1vZi10aGUtYXBw
> Content-Length: 97
> Content-Type: application/x-www-form-urlencoded
>
< HTTP/1.1 400 Bad Request
< Content-Type: application/json
<
{"error":"invalid_grant"}`

func TestABodyThatWasNotRecordedIsNotAnEmptyOne(t *testing.T) {
	const entry = `{"request":{"method":"POST","url":"https://as.example/token","bodySize":97,"headers":[{"name":"Authorization","value":"Basic YXBwOnMzY3JldC1vZi10aGUtYXBw"}]},"response":{"status":400,"content":{"text":"{\"error\":\"invalid_grant\"}"}}}`
	python := `send: b'POST /token HTTP/1.1\r\nHost: as.example\r\nAuthorization: Basic YXBwOnMzY3JldC1vZi10aGUtYXBw\r\nContent-Length: 97\r\n\r\n'
reply: 'HTTP/1.1 400 Bad Request\r\n'
header: Content-Type: application/json`
	for name, text := range map[string]string{"curl -v": verbose, "HAR": session(entry), "http.client": python} {
		e := read(t, text).Evidence
		if len(e.TokenRequests) != 1 || e.TokenRequests[0].Params != nil {
			t.Errorf("%s: %+v", name, e)
			continue
		}
		for _, c := range diagnose.Diagnose(e).Causes {
			if c.Strength == diagnose.Certain {
				t.Errorf("%s: %+v", name, c)
			}
		}
	}
	empty := read(t, session(strings.Replace(entry, `"bodySize":97`, `"bodySize":0`, 1))).Evidence
	if best := diagnose.Diagnose(empty).Causes[0]; best.ID != diagnose.Other || best.Strength != diagnose.Certain {
		t.Errorf("without a body: %+v", best)
	}
}

func TestWhatStandsBehindTheAnswerOfADumpIsNoPartOfIt(t *testing.T) {
	for _, behind := range []string{"\n```\n", "\n======================\n", "* Connection #0 to host as.example left intact\n", "\n\nWhy does this happen?", "\n{\"another\":1}"} {
		e := read(t, verbose+behind).Evidence
		if len(e.TokenRequests) != 1 || e.TokenRequests[0].Response.Error != "invalid_grant" {
			t.Errorf("%q: %+v", behind, e)
		}
	}
}

func TestTheHeadsOfMessagesAreNoWordsOfAPerson(t *testing.T) {
	text := `It fails since the deploy.
curl -v https://as.example/token -H 'Content-Type: application/x-www-form-urlencoded' -d code=abc
` + strings.Replace(verbose, "Content-Type: application/json", "Content-Type: application/json\n< Set-Cookie: sid=abc", 1) + `
It works with Postman.

POST /token HTTP/1.1
Host: as.example
Content-Type: application/x-www-form-urlencoded

grant_type=refresh_token
&refresh_token=abc

> Which one is it?
`
	spoken := words(read(t, text).Evidence)
	for _, own := range []string{"HTTP", "Host", "Content-Type", "Cookie", "SSL", "grant_type", "refresh_token", "curl"} {
		if strings.Contains(spoken, own) {
			t.Errorf("%s is in the words:\n%s", own, spoken)
		}
	}
	for _, said := range []string{"It fails since the deploy.", "It works with Postman.", "> Which one is it?"} {
		if !strings.Contains(spoken, said) {
			t.Errorf("%q is not in the words:\n%s", said, spoken)
		}
	}
	if words := words(read(t, "curl https://as.example/token says invalid_grant after the deploy").Evidence); !strings.Contains(words, "after the deploy") {
		t.Errorf("a sentence about curl is no command: %q", words)
	}
}

func TestAFormThatIsWrappedInAPasteIsOneForm(t *testing.T) {
	for name, text := range map[string]string{
		"a dump":         "POST /token HTTP/1.1\nHost: as.example\nContent-Type: application/x-www-form-urlencoded\n\ngrant_type=authorization_code\n&code=abc123abc123\n  &client_secret=s3cret\n",
		"with a fence":   "POST /token HTTP/1.1\nHost: as.example\n\ngrant_type=authorization_code&\n    code=abc123abc123&\n    client_secret=s3cret\n```\nWhat is wrong?\n",
		"a curl command": "curl https://as.example/token -d \"grant_type=authorization_code\n  &code=abc123abc123\n  &client_secret=s3cret\"\n",
		"curl, indented": "curl https://as.example/token --data '\n  grant_type=authorization_code&\n  code=abc123abc123&\n  client_secret=s3cret'\n",
	} {
		e := read(t, text).Evidence
		if len(e.TokenRequests) != 1 {
			t.Errorf("%s: %+v", name, e)
		} else if r := e.TokenRequests[0]; r.GrantType != "authorization_code" || r.Code.Reveal() != "abc123abc123" || r.ClientSecret.Reveal() != "s3cret" {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

func TestAStatusOfTheAppsOwnIsNotTheTokenEndpoints(t *testing.T) {
	for text, want := range map[string]int{
		"OAuth error invalid_grant\nGET /auth/callback 500 12.3 ms":                                           0,
		"OAuth2::Error (invalid_grant):\nCompleted 500 Internal Server Error in 12ms":                         0,
		"POST /token 400\ninvalid_grant\nGET /auth/callback 500 12.3 ms":                                      400,
		"oauth2: cannot fetch token: 500 Internal Server Error\nResponse: {\"error\":\"invalid_grant\"}":      500,
		"HTTP/1.1 500 Internal Server Error\nContent-Type: application/json\n\n{\"error\":\"invalid_grant\"}": 500,
		"error: server_error, status: 503":                                                                    503,
	} {
		if got := said(read(t, text).Evidence).Status; got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}

// A log may hold anything behind the words of http.client.
func TestAReplyThatIsNoStatusLineIsNoResponse(t *testing.T) {
	if found := dumps("HTTP/1.1\nreply: 'no status line'\nheader: Date: Mon, 02 Jan 2006 15:04:05 GMT\n"); len(found) != 0 {
		t.Errorf("read %+v", found)
	}
}

func TestHalfASurrogateTakesNothingElseAway(t *testing.T) {
	got, err := io.ReadAll(&narrower{r: strings.NewReader("a\x00\x3d\xd8\n\x00b\x00\x3d\xd8"), order: binary.LittleEndian})
	if want := "a\ufffd\nb\ufffd"; string(got) != want || err != nil {
		t.Errorf("read %q, %v, want %q", got, err, want)
	}
}
