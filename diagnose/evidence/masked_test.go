package evidence

import (
	"testing"

	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/diagnose/safe/safetest"
)

func TestAValueIsNotTakenForAMask(t *testing.T) {
	for _, value := range []string{
		"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "SplxlOBeZQQYbYS6WxSbIA-7hK2", "https://app.example/callback", "web", "my-app", "s3cret", "secret", "af0ifjsldkj", "123456789.apps.googleusercontent.com", "https://app.example/hidden/cb", "http://127.0.0.1:0/callback",
		"https://xx.example/cb", "4/0AX4XfWh+Qz7rT2bLw9KpVn", "undefined", "[object Object]", "", "S256", "authorization_code", "com.example.app:/oauth2redirect", "urn:ietf:wg:oauth:2.0:oob", "WDJBMJHT", "openid profile",
	} {
		if masked(value) {
			t.Errorf("%q is taken for a mask", value)
		}
	}
	for _, mask := range append([]string{"1234567890-xxxxx.apps.googleusercontent.com", "xxx.apps.googleusercontent.com", "6f1d2c3b-xxxx-xxxx-xxxx-xxxxxxxxxxxx", "shop-xxxx-prod", "dBjftXXXXXXX", "gooxxxxx", "https://MY_HOST/cb", "http://x.x.x.x:8080/cb"}, safetest.Masks...) {
		if !masked(mask) {
			t.Errorf("%q is taken for a value", mask)
		}
	}
}

func TestAWordInPlaceOfASecretIsNotTheSecret(t *testing.T) {
	for _, word := range maskSecrets {
		if got := unmasked(safe.Secret(word), nil, ""); got != "" {
			t.Errorf("%q is taken for a secret", word)
		}
		if got := unmasked(safe.Foreign(word), nil, ""); got.Raw() != word {
			t.Errorf("%q is taken for a mask where it is none", word)
		}
	}
}

// What no server issues and no client makes replaces a value, whatever word it is.
func TestATextThatCannotBeTheValueIsAMask(t *testing.T) {
	for _, text := range []string{"0000", "x", "X", "aa", "--snip--", "<<code>>", "~~gone~~", "SplxlOBeZQ[cut]", "SplxlOBeZQ (the rest)", "SplxlOBeZQ<snip>", "sensitive", "same as above", "the same code", "as below"} {
		if got := unmasked(safe.Secret(text), nil, "code"); got != "" {
			t.Errorf("%q is taken for a code", text)
		}
	}
	for _, text := range []string{"SplxlOBeZQQYbYS6WxSbIA", "--a3dfR7", "4/0AX4XfWh+Qz7rT2bLw9KpVn==", "abc123", "12345", "s3cret", "aab", "undefined", "null", "__aB3-d__x"} {
		if got := unmasked(safe.Secret(text), nil, "code"); got.Reveal() != text {
			t.Errorf("%q is taken for a mask", text)
		}
	}
	for _, text := range []string{"x", "0000", "--snip--", "<<client>>", "client-id", "clientId", "client_id", "same as above", "sensitive", "1234567890-ab[cut]"} {
		if got := unmasked(safe.Identifier(text), nil, "client_id"); got != "" {
			t.Errorf("%q is taken for a client_id", text)
		}
	}
	for _, text := range []string{"web", "my-app", "abc123", "app", "client", "same-day", "cut", "1111", "my app", "as-above", "c", "shop (test)"} {
		if got := unmasked(safe.Identifier(text), nil, "client_id"); got.Raw() != text {
			t.Errorf("the client_id %q is taken for a mask", text)
		}
	}
	for _, text := range []string{"0000", "x", "--snip--", "same as above", "my callback", "abc123", "dead-beef", "redirect-uri"} {
		if got := unmasked(safe.RedirectURI(text), nil, "redirect_uri"); got != "" {
			t.Errorf("%q is taken for a redirect URI", text)
		}
	}
	for _, text := range []string{"https://app.example/cb", "com.example.app:/cb", "/cb", "localhost:3000", "app.example.com/cb", "postmessage", "undefined", "urn:ietf:wg:oauth:2.0:oob"} {
		if got := unmasked(safe.RedirectURI(text), nil, "redirect_uri"); got.Raw() != text {
			t.Errorf("the redirect URI %q is taken for a mask", text)
		}
	}
}
