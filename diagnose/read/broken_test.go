package read

import (
	"strings"
	"testing"
)

const testWidth = 76

// broken is a text whose long lines are broken within words, as terminals and mail break them.
func broken(text, before string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		for len(line) > testWidth {
			b.WriteString(before + line[:testWidth] + "\n")
			line = line[testWidth:]
		}
		b.WriteString(before + line + "\n")
	}
	return b.String()
}

const challengedLogin = `GET /authorize?response_type=code&client_id=web&redirect_uri=https%3A%2F%2Fapp.example%2Fa-long-path-of-a-callback%2Fcb&state=STATE&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256 HTTP/1.1
Host: as.example

HTTP/1.1 302 Found
Location: https://app.example/a-long-path-of-a-callback/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkj

POST /token HTTP/1.1
Host: as.example
Content-Type: application/x-www-form-urlencoded

grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&client_id=web&redirect_uri=https%3A%2F%2Fapp.example%2Fa-long-path-of-a-callback%2Fcb&code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk

HTTP/1.1 400 Bad Request
Content-Type: application/json

{"error":"invalid_grant"}
`

// A URL goes on behind what cuts it: a mask with white space or signs in it, or a line's end.
func TestAURLIsReadToItsEnd(t *testing.T) {
	plainly := strings.Replace(challengedLogin, "STATE", "af0ifjsldkj", 1)
	address, _, _ := strings.Cut(strings.TrimPrefix(plainly, "GET "), " HTTP")
	whole := map[string]string{
		"a terminal's lines": broken(plainly, ""), "a mail's lines": "Hi,\n\n" + broken(plainly, "> "),
		"a URL alone": broken("https://as.example"+address+"\n", ""), "a URL before words": broken("https://as.example"+address+"\n", "") + "It fails with invalid_grant.\n",
		"a URL broken once": "I open this:\nhttps://as.example" + strings.Replace(address, "&code_challenge=", "\n&code_challenge=", 1) + "\nIt fails.\n",
	}
	for _, mask := range []string{"<the same code>", "[HIDDEN 30 chars]", "##########", "#", "(the same)", "same as above"} {
		masked := strings.Replace(challengedLogin, "STATE", mask, 1)
		whole["the mask "+mask] = masked
		whole["the mask "+mask+" in words"] = "I open https://as.example" + strings.Replace(address, "af0ifjsldkj", mask, 1) + " and it fails with invalid_grant\n"
	}
	for name, text := range whole {
		got := read(t, text).Evidence
		if len(got.Authorizations) != 1 {
			t.Errorf("%s: %d authorization requests", name, len(got.Authorizations))
			continue
		}
		a := got.Authorizations[0]
		if a.Challenge != "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM" || a.ChallengeMethod != "S256" {
			t.Errorf("%s: challenge %q, method %q", name, a.Challenge.Reveal(), a.ChallengeMethod.Raw())
		}
		if !strings.Contains(text, "POST /token") {
			continue
		}
		if len(got.TokenRequests) != 1 || got.TokenRequests[0].Verifier != "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk" || got.TokenRequests[0].Code != "SplxlOBeZQQYbYS6WxSbIA" || a.Response.Code != "SplxlOBeZQQYbYS6WxSbIA" {
			t.Errorf("%s: %+v, %+v", name, a, got.TokenRequests)
		}
	}
}

// No string of JSON has a line end in it (RFC 8259 §7), so who sent it did not put it there.
func TestALineBreakWithinAStringOfACaptureIsNoPartOfTheValue(t *testing.T) {
	entry := `{"log":{"entries":[{"startedDateTime":"2026-03-01T10:00:00Z","request":{"method":"GET","url":"https://as.example/authorize?response_type=code&cl
ient_id=web&code_challenge=E9Melhoa2OwvFrEMTJguCHa
oeK1t8URWbuGJSstw-cM&code_challenge_method=S256"},"response":{"status":200,"content":{"mimeType":"text/plain","text":"wait\nfor
it"}}}]}}`
	a := read(t, entry).Evidence.Authorizations
	if len(a) != 1 || a[0].Challenge != "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM" || a[0].ClientID != "web" {
		t.Errorf("%+v", a)
	}
}

func TestLinesThatEndAreNotJoined(t *testing.T) {
	for _, text := range []string{
		"https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkj\nThanks\n",
		"grant_type=authorization_code\ncode=SplxlOBeZQQYbYS6WxSbIA\nclient_id=web\n",
		strings.Repeat("I was sent to https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0\n", 2) + "invalid_grant\n",
		"GET /authorize?response_type=code&client_id=web HTTP/1.1\nHost: as.example\n",
		"grant_type=authorization_code&code=abc\nredirect_uri=https://app.example/cb&client_id=web\n",
		"https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=a\nhttps://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIB&state=b\n",
	} {
		if got := unbroken(text); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}
