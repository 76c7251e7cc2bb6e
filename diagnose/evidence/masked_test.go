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
