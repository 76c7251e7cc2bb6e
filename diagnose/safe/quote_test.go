package safe_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"grantwalk/diagnose/safe"
	"grantwalk/diagnose/safe/safetest"
)

func TestNothingOfASecretIsQuotedWhateverSurroundsIt(t *testing.T) {
	r := rand.New(rand.NewPCG(2026, 11))
	combinations := 0
	for _, kind := range safetest.Kinds {
		for _, around := range safetest.Surroundings {
			for range 3 {
				combinations++
				secret := kind.Make(r)
				text := around.Around(secret)
				if part := safetest.Leak(safe.Quote(text, len(text)), string(around), secret); part != "" {
					t.Errorf("%s: %q of %q is shown:\n%s\n%s", kind.Name, part, secret, text, safe.Quote(text, len(text)))
				}
			}
		}
	}
	t.Logf("%d combinations of %d kinds and %d surroundings", combinations, len(safetest.Kinds), len(safetest.Surroundings))
}

// Two secrets of one kind and length come out alike, so that not even a single
// character tells them apart.
func TestAQuoteTellsNothingButTheLengthOfASecret(t *testing.T) {
	r := rand.New(rand.NewPCG(2026, 12))
	for _, kind := range safetest.Kinds {
		if kind.Signs {
			continue
		}
		for _, around := range safetest.Surroundings {
			one, other := around.Around(kind.Make(r)), around.Around(kind.Make(r))
			if a, b := safe.Quote(one, len(one)), safe.Quote(other, len(other)); a != b && utf8.RuneCountInString(one) == utf8.RuneCountInString(other) {
				t.Errorf("%s:\n%s\n%s\n%s\n%s", kind.Name, one, a, other, b)
			}
		}
	}
}

func TestAPasswordThatIsAWordIsHiddenWhereTheTextCallsItOne(t *testing.T) {
	for _, text := range []string{
		`client_secret=sunshine&grant_type=authorization_code`,
		`password: correct horse battery staple`,
		`{"client_secret": "correct horse"}`,
		`{"name":"client_secret","value":"sunshine"}`,
		`["password","sunshine"]`,
		`["client_secret":protected]=> string(8) "sunshine"`,
		`<password>sunshine</password>`,
		`<input name="password" value="sunshine">`,
		`<add key="ClientSecret" value="sunshine" />`,
		`| password | sunshine |`,
		`curl -u my-app:sunshine https://login.example.com/token`,
		`https://bob:sunshine@login.example.com/token`,
		`mytool --client-secret sunshine`,
		`b'client_secret': b'sunshine'`,
		`ClientSecret: Some("sunshine")`,
		`subscription-key=sunshine`,
		`x-api-key: sunshine`,
	} {
		if got := safe.Quote(text, 1000); strings.Contains(got, "sunshine") || strings.Contains(got, "horse") {
			t.Errorf("%s\n%s", text, got)
		}
	}
}

func TestWhatServersSayStaysReadable(t *testing.T) {
	for _, text := range []string{
		"Token has been expired or revoked.",
		"AADSTS70008: The provided authorization code has expired due to inactivity.",
		"The provided authorization grant (e.g., authorization code) is invalid, expired, revoked.",
		`{"error":"invalid_grant","error_description":"Code not valid"}`,
		"redirect_uri 'http://localhost:8080/callback' does not match",
		"https://login.example.com:8443/oauth2/token",
		"2026-01-02T03:04:05.678Z ERROR the code expired after 600 s; it can't be used",
		"2026-01-02 03:04:05,678 WARNING Token refresh failed: 400",
		"error=access_denied&error_description=The+user+denied+access",
		"error_description=The%20code%20is%20expired",
		"org.springframework.security.oauth2.client.OAuth2AuthorizationException: [invalid_grant]",
		"Invalid client secret: the secret has expired",
		"client_secret: must not be blank",
		"password is wrong",
	} {
		if got := safe.Quote(text, 1000); got != text {
			t.Errorf("%s\n%s", text, got)
		}
	}
}

func TestForeignTextIsQuotedHoweverItIsPrinted(t *testing.T) {
	f := safe.Foreign("the code xK7qPz was used")
	const want = "the code … (6 characters) was used"
	doc, err := json.Marshal(map[string]any{"said": f})
	if err != nil {
		t.Fatal(err)
	}
	for _, got := range []string{f.String(), fmt.Sprint(f), fmt.Sprintf("%s|%v|%q|%#v|%x", f, f, f, f, f), fmt.Errorf("said: %w", fmt.Errorf("%v", f)).Error(), string(doc)} {
		if strings.Contains(got, "xK7qPz") || !strings.Contains(got, want) {
			t.Errorf("got %s", got)
		}
	}
	if f.Raw() != "the code xK7qPz was used" {
		t.Error("Raw does not give the text")
	}
}

func TestAQuoteIsCutWhereAWordEnds(t *testing.T) {
	if got, want := safe.Quote("the code isolated", 11), "the code… (17 bytes in all)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func FuzzAQuoteIsPrintableAndQuotedAgainShowsNoMore(f *testing.F) {
	r := rand.New(rand.NewPCG(1, 1))
	for i, around := range safetest.Surroundings {
		f.Add(around.Around(safetest.Kinds[i%len(safetest.Kinds)].Make(r)))
	}
	for _, s := range []string{"", "\x1b[31m", "\xff\xfe", "\u202e", "a\u200bb", "… (3 characters)", "https://x@y@z/", "://://://"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := safe.Quote(s, 4096)
		if !utf8.ValidString(got) || !safe.Clean(got) {
			t.Fatalf("not printable: %q", got)
		}
		if len(got) > 16*len(s)+64 {
			t.Fatalf("%d bytes of %d", len(got), len(s))
		}
		if again := safe.Quote(got, len(got)); !within(unmasked(again), unmasked(got)) {
			t.Fatalf("quoting twice shows more:\n%q\n%q\n%q", s, got, again)
		}
	})
}

var masked = regexp.MustCompile(`… \(\d+ characters\)`)

func unmasked(s string) string { return masked.ReplaceAllString(s, "") }

// within reports whether part is text with some of its characters taken out.
func within(part, text string) bool {
	rest := []rune(text)
	for _, r := range part {
		i := slices.Index(rest, r)
		if i < 0 {
			return false
		}
		rest = rest[i+1:]
	}
	return true
}
