package growth

import (
	"strconv"
	"strings"
)

// Repeated repeats a text.
func Repeated(name, text string) Shape {
	return Shape{name, func(n int) string { return strings.Repeat(text, n/len(text)+1) }}
}

// Between repeats a text between two others.
func Between(name, begin, text, end string) Shape {
	return Shape{name, func(n int) string { return begin + strings.Repeat(text, n/len(text)+1) + end }}
}

// Nested puts a text into more and more brackets.
func Nested(name, open, inner, end string) Shape {
	return Shape{name, func(n int) string {
		depth := n/(len(open)+len(end)) + 1
		return strings.Repeat(open, depth) + inner + strings.Repeat(end, depth)
	}}
}

// Numbered repeats a text with the number of the repetition in place of each %.
func Numbered(name, text string) Shape { return NumberedBetween(name, "", text, "") }

// NumberedBetween repeats a text between two others, numbered as by [Numbered].
func NumberedBetween(name, begin, text, end string) Shape {
	return Shape{name, func(n int) string {
		var b strings.Builder
		b.WriteString(begin)
		for i := 0; b.Len() < n; i++ {
			b.WriteString(strings.ReplaceAll(text, "%", strconv.Itoa(i)))
		}
		return b.String() + end
	}}
}

// Texts are shapes for every reader of text.
var Texts = []Shape{
	// Nothing but signs.
	Repeated("letters", "a"),
	Repeated("words", "letters "),
	Repeated("spaces", " "),
	Repeated("line ends", "\n"),
	Repeated("short lines", "a\n"),
	Repeated("CRLF, CR and LF", "a\r\nb\rc\n\r\r\n"),
	Between("a NUL behind each letter", strings.Repeat("head ", 1000), "a\x00", ""),
	Repeated("bytes that are not UTF-8", "a\xff\xe2"),
	Repeated("emoji", "🙂"),
	Repeated("combining marks", "e\u0301\u0302"),
	Repeated("joiners and overrides", "a\u200d\u202e"),
	Repeated("colors of a terminal", "\x1b[31ma"),
	Repeated("sequences of a terminal that do not end", "\x1b]0;\x1b["),
	Repeated("quotes", `"`),
	Repeated("quoted words", `"a" 'b' `),
	Repeated("backslashes", `\`),
	Repeated("escaped quotes", `\"`),
	Repeated("quotes that are escaped twice", `\\\"`),
	Repeated("escapes of JSON", `\u0022\n\u003d`),
	Repeated("brackets that do not close", "[{("),
	Nested("brackets", "[", "", "]"),
	Nested("objects", `{"a":`, "1", "}"),
	Between("an array of strings", `["`, `a","`, `"]`),
	Repeated("equals signs", "="),
	Repeated("colons", ": "),
	Repeated("dots", "."),
	Repeated("arrows", "→ => -> — "),
	Repeated("bars", "| "),

	// Forms, queries and URLs.
	Repeated("ampersands", "&"),
	Numbered("a form of many parameters", "a%=b&"),
	Repeated("one parameter again and again", "code=4fH7xQ2z9W&"),
	Repeated("percent escapes", "%25%3D%22"),
	Repeated("percent signs", "%"),
	Between("a percent sign, encoded again and again", "%", "25", ""),
	Repeated("pluses", "+"),
	Numbered("a form in lines", "a%=b\n  &"),
	Repeated("URLs of callbacks", "https://app.example/cb?code=x&state=y "),
	Repeated("a URL in a URL", "https://app.example/cb?redirect_uri="),
	Repeated("beginnings of URLs", "https://"),
	Repeated("schemes", "a://"),
	Repeated("paths with a query", "/?"),
	Repeated("users in URLs", "http://a:b@"),
	Repeated("host names", "as.example."),
	Repeated("mail addresses", "a@b.example "),

	// Secrets and what reads like them.
	Repeated("code and a dot", "code."),
	Repeated("code and a hyphen", "code-"),
	Repeated("code and a slash", "code/"),
	Repeated("code and a digit", "code 1"),
	Repeated("code and a colon", "code:"),
	Repeated("code, a colon and a space", "code: "),
	Repeated("code and an equals sign", "code="),
	Repeated("code and a space", "code "),
	Repeated("code and an underscore", "code_"),
	Repeated("code in quotes", `"code":"`),
	Repeated("code and a quote that does not close", `code="`),
	Repeated("code behind backslashes", `code=\\\"`),
	Repeated("secret and words", "client secret is what we sent "),
	Repeated("many names of secrets", "refresh_token access_token state nonce password "),
	Repeated("a name of many parts", "my_"),
	Repeated("passwords of users", "password for user bob is hunter2hunter2 "),
	Repeated("JWT", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln "),
	Repeated("the beginning of a JWT", "eyJ"),
	Repeated("parts of a JWT", "eyJhbGci."),
	Repeated("base64", "QUJD/+Rz09=="),
	Repeated("one random word", "aB3x"),
	Numbered("many random words", "Zq7xW2-p_L9vTn4sRk81uYdE%Zq7xW2-p_L9vTn4sRk81uYdE "),
	Repeated("numbers", "1234567890"),
	Repeated("UUIDs", "7e3683f3-819e-4d12-8b06-1ec2e2263300 "),
	Repeated("prefixes of tokens", "ya29.1//xoxb-"),
	Repeated("private keys", "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n"),
	Repeated("cookies", "Cookie: a=b; "),
	Repeated("Set-Cookie", "set-cookie: sid=abc; Path=/\n"),
	Repeated("Authorization", "Authorization: Basic YTpi\n"),
	Repeated("the word basic", "basic "),
	Repeated("pairs of name and value", `{"name":"code","value":"x"},`),
	Repeated("values that were taken out", "code=… (12 characters) "),
	Between("a value whose end was taken out", "", "code=", "***"),

	// Requests and responses.
	Repeated("curl", "curl "),
	Repeated("curl commands", "curl -d code=x https://as.example/token\n"),
	Between("options of curl", "curl https://as.example/token", " -H 'a: b' -d c=d", ""),
	Between("a quote of curl's that does not close", "curl 'https://as.example/token", " a", ""),
	Repeated("curl -u", " -u a:b"),
	Repeated("heads of requests", "POST /token HTTP/1.1\nHost: as.example\n\n"),
	Numbered("requests with their bodies", "POST /token HTTP/1.1\nHost: as.example\n\ngrant_type=authorization_code&code=c%\n"),
	Repeated("status lines", "HTTP/1.1 400 Bad Request\n"),
	Between("a head of many lines", "POST /token HTTP/1.1\n", "X-A: b\n", ""),
	Between("a body of many lines", "POST /token HTTP/1.1\n\n", "a=b\n&", ""),
	Repeated("curl -v", "> POST /token HTTP/1.1\n> \n< HTTP/1.1 400 Bad Request\n< \n{\"error\":\"invalid_grant\"}\n"),
	Repeated("http.client's lines", `send: b'POST /token HTTP/1.1\r\nHost: a\r\n\r\n'`+"\n"),
	Between("parts of a multipart form", "POST /token HTTP/1.1\nContent-Type: multipart/form-data; boundary=b\n\n", "--b\nContent-Disposition: form-data; name=\"a\"\n\nx\n", ""),
	Repeated("statuses", "status code: 400 (Bad Request) "),
	Repeated("the word status", "status "),
	Repeated("grant types", "grant_type=refresh_token&"),

	// Pages.
	Repeated("angle brackets", "<"),
	Repeated("tags", "<p>a</p>"),
	Repeated("tags that do not close", "<p a='"),
	Repeated("forms", "<form action=/cb>"),
	Repeated("forms that do not close", "<form "),
	Between("inputs", "<form action=/cb>", "<input name=a value=b>", ""),
	Repeated("inputs that do not close", "<input name="),
	Between("attributes", "<form action=/cb><input", " name=a value='b'", ">"),
	Repeated("comments that do not close", "<!--"),
	Repeated("scripts that do not close", "<script>"),
	Repeated("scripts and comments that do not close", "<!--<script></script>"),
	Repeated("comments and elements that do not close", "<script><!---->"),
	Repeated("different elements that do not close", "<script><style><svg>"),
	Repeated("entities", "&amp;&#x3c;&quot"),

	// Errors and logs.
	Repeated("an error of JSON", `{"error":"invalid_grant","error_description":"The code expired."}`),
	Repeated("members of an error", `"error":"invalid_grant",`),
	Repeated("names of members", "error: "),
	Repeated("description and words", "description: the code was used "),
	Repeated("invalid_grant", "invalid_grant"),
	Repeated("invalid_grant and a space", "invalid_grant "),
	Repeated("invalid_grant and a colon", "invalid_grant: "),
	Repeated("invalid_grant, a colon and no sentence", "invalid_grant: (1) "),
	Repeated("invalid_grant in lines", "invalid_grant\n"),
	Repeated("invalid_grant in brackets", "(invalid_grant) Bad "),
	Repeated("underscores", "_"),
	Repeated("beginnings of codes", "invalid_"),
	Repeated("numbers of Entra's", "AADSTS70008 "),
	Repeated("errors of Entra's", "AADSTS70008: The provided authorization code expired. "),
	Repeated("exceptions", "com.example.OAuthException: "),
	Repeated("nested exceptions", "Error: failed\n  caused by Error: refused\n"),
	Repeated("frames of a stack", "    at com.example.Client.token(Client.java:12)\n"),
	Repeated("times", "2024-01-15T10:00:00Z "),
	Numbered("entries of a log", "2024-01-15 10:00:00 ERROR request % failed: invalid_grant: Code not valid\n"),
	Numbered("entries that say different things", "2024-01-15 10:00:00 ERROR invalid_grant: reason a%b of many\n"),
	Between("an entry of many lines", "2024-01-15 10:00:00 ERROR invalid_grant\n", "  more of it\n", ""),
	Between("one long line", "2024-01-15 10:00:00 ERROR invalid_grant: ", "the code was used ", ""),
	Repeated("sentences", "The refresh token was revoked. "),
	Repeated("the RFC's sentence", "The provided authorization grant is invalid, expired, revoked. "),
	Repeated("beginnings of the RFC's sentence", "the provided access code (for example) "),
	Repeated("words of grants", "refresh token exchange redirect uri callback "),
	Repeated("names of servers", "keycloak auth0 okta google entra "),
	Repeated("addresses of servers", "https://login.microsoftonline.com/common/oauth2/v2.0/token "),
	Repeated("failures", "could not failed denied invalid "),
	Repeated("the word grant", "grant "),
	Repeated("the word client", "client "),
}
