package read

import (
	"fmt"
	"html"
	"mime/quotedprintable"
	"regexp"
	"strings"
	"testing"
)

const printedLogin = `GET /authorize?response_type=code&client_id=web&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkj HTTP/1.1
Host: as.example

HTTP/1.1 302 Found
Location: https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkj
Set-Cookie: SESSION=zQ7; Path=/

POST /token HTTP/1.1
Host: as.example
Content-Type: application/x-www-form-urlencoded

grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&client_id=web&redirect_uri=https%3A%2F%2Fapp.example%2Fother

HTTP/1.1 400 Bad Request
Content-Type: application/json

{"error":"invalid_grant"}
`

// Mail, lists, containers, logs, editors and pages change the lines of what is copied from them.
func TestPrintedMessagesAreReadBehindWhatIsInFrontOfEachLine(t *testing.T) {
	before := func(margin string) string {
		return regexp.MustCompile(`(?m)^`).ReplaceAllString(strings.TrimSuffix(printedLogin, "\n"), margin)
	}
	numbered := ""
	for i, line := range strings.Split(printedLogin, "\n") {
		numbered += fmt.Sprintf("%5d  %s\n", i+1, line)
	}
	var mailed strings.Builder
	w := quotedprintable.NewWriter(&mailed)
	fmt.Fprint(w, printedLogin)
	w.Close()
	for name, text := range map[string]string{
		"nothing": printedLogin, "a blank": before(" "), "four blanks": before("    "), "a tab": before("\t"),
		"a quote": before("> "), "a quote of a quote": before(">> "), "a quote without blanks": before(">"),
		"a container": before("app-1  | "), "blanks that an editor took": strings.ReplaceAll(before("app-1  | "), "| \n", "|\n"),
		"a logger": before("2026-11-30T10:53:21.123Z DEBUG [http-nio-1] wire - "), "numbers": numbered,
		"mail":            "From: Ann\nContent-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\n" + mailed.String(),
		"a page's source": "<pre>" + html.EscapeString(printedLogin) + "</pre>", "an indented quote": "Ann wrote:\n" + before(">     "),
	} {
		got := read(t, text).Evidence
		if len(got.Authorizations) != 1 || len(got.TokenRequests) != 1 {
			t.Errorf("%s: %d and %d requests", name, len(got.Authorizations), len(got.TokenRequests))
			continue
		}
		a, r := got.Authorizations[0], got.TokenRequests[0]
		if a.Response.Code != r.Code || r.Code != "SplxlOBeZQQYbYS6WxSbIA" || r.RedirectURI.Raw() != "https://app.example/other" || r.Response.Error != "invalid_grant" || a.State != "af0ifjsldkj" {
			t.Errorf("%s: %+v, %+v", name, a, r)
		}
		for _, s := range got.Statements {
			if strings.Contains(s.Text.Raw(), "Cookie") {
				t.Errorf("%s: a header speaks: %q", name, s.Text.Raw())
			}
		}
	}
}

// These are of the tool itself, or of what was sent.
func TestWhatAToolPrintsInFrontOfItsLinesIsLeft(t *testing.T) {
	for _, head := range []string{
		"> POST /token HTTP/1.1\n> Host: as.example\n>\n< HTTP/1.1 400 Bad Request\n",
		"=> Send header, 42 bytes (0x2a)\n0000: POST /token HTTP/1.1\n0016: Host: as.example\n",
		"192.0.2.2 - - [29/Nov/2026:21:09:18 +0000] \"GET /callback?code=c HTTP/1.1\" 302 0\n192.0.2.2 - - [29/Nov/2026:21:09:19 +0000] \"GET /callback?code=d HTTP/1.1\" 302 0\n",
		"send: b'POST /token HTTP/1.1\\r\\n'\nsend: b'grant_type=refresh_token'\n",
		"POST /token HTTP/1.1\n\na=b&amp;c=d&code=e\n",
		"{\"error_description\":\"a &amp; b\"}",
	} {
		if undoing([]byte(head)) != nil {
			t.Errorf("%q is edited", head)
		}
	}
}
