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

	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/diagnose/safe/safetest"
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
		`Invalid password 'sunshine'`,
		`client secret is sunshine`,
		`the password was set to sunshine`,
		"client_secret\tsunshine",
		`machine as.example login bob password sunshine`,
		`password sunshine`,
		`CREATE USER bob PASSWORD 'sunshine'`,
		`[client_secret, 'sunshine']`,
		`<input type=password value="sunshine">`,
		`&quot;client_secret&quot;:&quot;sunshine&quot;`,
		`password＝sunshine`,
		`<key>password</key><string>sunshine</string>`,
		"Content-Disposition: form-data; name=\"password\"\n\nsunshine\n--boundary",
		`docker login -p sunshine`,
		`new ClientSecret("sunshine")`,
		`token=sunshine`,
		`{"session":"sunshine"}`,
		`JSESSIONID=sunshine`,
		`clientsecret=sunshine`,
		`pass=sunshine`,
		`PRIVATE-TOKEN=sunshine`,
		`AADSTS7000215: Invalid client secret sunshine provided`,
		`[client_secret][sunshine]`,
		`setClientSecret(sunshine)`,
		`secret<sunshine>`,
		`password_hash{sunshine}`,
		`password{sunshine}`,
		`secret_key sunshine`,
		`CLIENT_SECRET    sunshine   production`,
		"app client_secret\tsunshine\tproduction",
		`{"key":"password","value":"x"}, client_secret sunshine`,
		`client_secret... sunshine`,
		`**Client secret** sunshine`,
		`<b>Password</b> <code>sunshine</code>`,
		`<td>client_secret</td><td>sunshine</td>`,
		"<td>client_secret</td>\n  <td>sunshine</td>",
		"<dt>Client secret</dt>\n<dd>sunshine</dd>",
		"| Client secret | Expires |\n|---|---|\n| sunshine | never |",
		`new OAuth2Client('portal','sunshine') invalid client secret`,
		`CREATE USER anna IDENTIFIED BY PASSWORD 'sunshine'`,
		`password for anna:sunshine`,
		`credentials (anna, sunshine)`,
		`password - sunshine - was not accepted`,
		`expected password thunder but got sunshine`,
		`wrong password Sunshine for anna`,
		`The password for user anna is sunshine`,
		`password, sunshine, is not accepted`,
		`password (sunshine)`,
		`my sunshine password does not work`,
		`I typed sunshine as the client secret`,
		`Set the Client Secret to sunshine and try again`,
		`client_secret_post failed with secret sunshine`,
		`API key sunshine is not valid`,
		`access key=sunshine`,
		`access key: sunshine`,
		`access key = "sunshine"`,
		`access key SUNSHINE`,
		`api key "sunshine river" rejected`,
		`signing key 'sunshine' not found`,
		`private key sunshine rejected`,
		`encryption key sunshine cannot be used`,
		`pre-shared key sunshine rejected`,
		`license key: sunshine`,
		`assertion signed with the key sunshine not accepted`,
		`the key is "sunshine"`,
		`The key sunshine is not valid`,
		`key=sunshine`,
		`key: sunshine`,
		`key='sunshine river'`,
		`access key sunshine-river bad`,
		`HMAC key golden*sunshine too short`,
		`apiKey sunshine rejected`,
		`error_description=the+key+sunshine+refused`,
		`pwd sunshine rejected`,
		`pw sunshine rejected`,
		"Login denied, user-pw\tsunshine for bob",
		`db_pw sunshine rejected`,
		`passwd sunshine rejected`,
		`passphrase sunshine does not open it`,
		`passcode sunshine rejected`,
		`creds sunshine not valid`,
		`pwd sunshine.river bad`,
		`password/sunshine`,
		`password~sunshine`,
		`password#sunshine`,
		`password.sunshine`,
		`Server=db;User Id=bob;Pwd=pepper sunshine;Database=x`,
		`pwd=river sunshine`,
		`PASSWORT=orange sunshine`,
		`contraseña="orange sunshine"`,
		`password%20is%20pepper sunshine`,
		`Das Passwort sunshine ist falsch`,
		`Das Kennwort lautet sunshine`,
		`Benutzer bob, Passwort sunshine`,
		`Geheimnis: sunshine`,
		`Zugangsdaten bob / sunshine`,
		`Le mot de passe est sunshine`,
		`mot de passe "sunshine"`,
		`clé secrète sunshine`,
		`La contraseña sunshine no es válida`,
		`la clave es sunshine`,
		`el secreto del cliente es sunshine`,
		`パスワード sunshine が違います`,
		`シークレット sunshine が無効です`,
		`密码 sunshine 错误`,
		`비밀번호: sunshine`,
		`пароль sunshine неверный`,
		`wachtwoord sunshine is onjuist`,
		`şifre: sunshine`,
		`new ClientSecretCredential("tenant", "app", "sunshine")`,
		`setPassword(SUNSHINE)`,
		`goldenSunshine is the password`,
	} {
		if got := strings.ToLower(safe.Quote(text, 1000)); strings.Contains(got, "sunshine") || strings.Contains(got, "horse") {
			t.Errorf("%s\n%s", text, got)
		}
	}
}

func TestConcealLeavesAllButWhatIsCalledASecret(t *testing.T) {
	const text = "Keycloak at https://bob:paypal@as.example said\n\tinvalid_grant {\"client_secret\":\"revoked-by-paypal\"} for xK7qPz"
	const want = "Keycloak at https://… (10 characters)@as.example said\n\tinvalid_grant {\"client_secret\":\"… (17 characters)\"} for xK7qPz"
	if got := safe.Conceal(text); got != want {
		t.Errorf("got\n%s, want\n%s", got, want)
	}
}

// The sentence around it stays readable, and tells the length of the word alone.
func TestOnlyTheWordThatMayBeTheSecretIsHiddenInASentence(t *testing.T) {
	for text, want := range map[string]string{
		"AADSTS7000215: Invalid client secret planet provided": "AADSTS7000215: Invalid client secret … (6 characters) provided",
		"the client secret bridge is wrong":                    "the client secret … (6 characters) is wrong",
		"expected password thunder but got lightning":          "expected password … (7 characters) but got … (9 characters)",
		"your access key copper has expired":                   "your access key … (6 characters) has expired",
	} {
		if got := safe.Quote(text, len(text)); got != want {
			t.Errorf("%q is shown as %q, want %q", text, got, want)
		}
	}
}

// Languages print the bytes of a secret as numbers.
func TestNumbersInARowAreHidden(t *testing.T) {
	for _, text := range []string{
		"secret [99 108 105 101 110 116]", `{"type":"Buffer","data":[99,108,105,101]}`, "Uint8Array(6) [ 99, 108, 105, 101, 110, 116 ]", "[99, 108, -101, 33]",
		"67-108-105", `\121\67\170`, "&#113;&#86;&#99;&#101;", "<Buffer 63 6c 69 65 6e 74>", "0000000 63 6c 69 65",
		"pin 12 34", "otp 123-456", "the code 84", "password 12 34 56",
	} {
		got := safe.Quote(text, 1000)
		for _, number := range regexp.MustCompile(`\d\d+`).FindAllString(text, -1) {
			if strings.Contains(strings.NewReplacer("… (", "", " characters)", "").Replace(regexp.MustCompile(`… \(\d+ characters?\)|Uint8Array\(6\)`).ReplaceAllString(got, "")), number) {
				t.Errorf("%s\n%s", text, got)
			}
		}
	}
}

// What is harmless alone may make a secret together.
func TestARowOfWhatIsHarmlessIsHidden(t *testing.T) {
	for text, secret := range map[string]string{
		"your code is 404 446":                                 "404 446",
		"tried 51 13 02 just now":                              "51 13 02",
		"redirect_uri 'https://bob:519 520@app.example/cb'":    "519 520",
		"login failed for bob/597 180":                         "597 180",
		"PIN=904 883 seconds":                                  "904 883",
		"Date: 34:82:03":                                       "34:82:03",
		"value 1979-43-71 was not accepted":                    "1979-43-71",
		"seen 83.47606501 there":                               "83.47606501",
		"version 531.067 there":                                "531.067",
		"code: 8097112 ms":                                     "8097112",
		"otp 2190041 tokens":                                   "2190041",
		"code [106220h] not found":                             "106220h",
		"it says 89014s278s there":                             "89014s278s",
		"maybe 6207":                                           "6207",
		"spelled: h u n t e r 2":                               "n t e r",
		"app password mcmz zxvj card dxeo":                     "card",
		"recovery code ch4n 600h ycx4":                         "600h",
		"OAUTH_X=correct-horse-battery-staple":                 "horse",
		"it says Walnut Copper garden flower was not accepted": "Copper garden",
		"token glacier(6232>":                                  "glacier",
		"separate b0vdhwYT3E4q';%*":                            "';%*",
		"secret &}+()~<)":                                      "&}+()~<)",
		"said%20%33%39%38%2E%39%31%37":                         "%33%39",
		"host 173](,:8)79};{9":                                 "79};{9",
		"proxy https://bob:54321/garden@as.example/ refused":   "garden",
		"password: … (3 characters) sunshine":                  "sunshine",
		`client_secret="… (3 characters)"sunshine`:             "sunshine",
		"password=)(12{34}:[":                                  "12{34}",
		"client secret !@#$%^*~ is wrong":                      "!@#$",
		"Invalid password aB3xK9q2W)}]{":                       ")}]{",
		"850h … (9 characters)":                                "850h",
		"PIN for Mary 4821":                                    "4821",
		"client secret v1.2.3":                                 "1.2",
		"client secret 42 is wrong":                            "42",
		"key EC:56:B3:4F:CA:34:82:03:70:1F":                    "34:82:03",
		"passwordOf(winter)=x7Kq}]winter{4672":                 "4672",
	} {
		if got := safe.Quote(text, 1000); strings.Contains(got, secret) {
			t.Errorf("%s\n%s", text, got)
		}
	}
}

func TestWhatServersSayStaysReadable(t *testing.T) {
	for _, text := range []string{
		"anybody could have sent it (RFC 6749 §4.1.2.1 requires the state; see RFC 7636 §4.2, §4.6)",
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
		"the client secret is rotated",
		"token: expired",
		"Invalid password for the user",
		"The client secret was not sent.",
		"password is wrong",
		"connect ETIMEDOUT 127.0.0.1:443",
		"IDX10205: Issuer validation failed",
		"exp=1709643600 and the token lives PT10M",
		"at com.example.auth.TokenClient.exchange(TokenClient.java:829)",
		"error code 400 on Tuesday",
		"HTTP/1.1 400 Bad Request",
		"http://127.0.0.1:39087/ and 10.0.0.7",
		"Invalid user credentials",
		"Client secret not provided in request",
		"Invalid client or Invalid client credentials",
		"AADSTS50173: The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password. The grant was issued on '2024-05-01T10:00:00.0000000Z' and the TokensValidFrom date (before which tokens are not valid) for this user is '2024-05-02T10:00:00.0000000Z'.",
		"AADSTS50126: Error validating credentials due to invalid username or password.",
		"AADSTS50055: The password is expired.",
		"AADSTS50056: Invalid or null password: password does not exist in the directory for this user.",
		"AADSTS50053: The account is locked, you've tried to sign in too many times with an incorrect user ID or password.",
		"AADSTS700027: Client assertion contains an invalid signature. The key was not found.",
		"Wrong email or password.",
		"The specified resource owner password credentials are invalid.",
		"The user credentials were incorrect.",
		"The provided access grant is invalid, expired, or revoked (e.g. invalid assertion, expired authorization token, bad end-user password credentials, or mismatching authorization code and redirection URI).",
		"Your password must be changed before you can sign in; it was reset by an administrator on Monday.",
		"The client secret was rotated and the previous secret can no longer be used after the grace period.",
		"Password has expired, please contact your help desk.",
		"The password does not meet the complexity requirements of your organization",
		"The signing key with the given kid was not found in the JWKS of the client",
		"Password grant is not allowed for federated users; use the interactive flow",
		"Resource owner password credentials are disabled for this application; enable direct access grants in the console",
		"Too many failed password attempts, try again in 15 minutes",
		"Password grant blocked: leaked credentials detected for this account",
		"The secret of this client is stored hashed and cannot be compared with an HMAC assertion",
		"Consumer secret mismatch; regenerate the secret under Settings, Apps, OAuth",
		"Client secret must be URL encoded before building the Basic header",
		"User's password was reset through self-service and all sessions ended",
		"User account is locked in Active Directory because of repeated wrong passwords",
		"FATAL: password authentication failed for user \"bob\"",
		"Password policy violation: minimum length is 12 and one special character is required",
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

var masked = regexp.MustCompile(`… \(\d+ characters?\)`)

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

// Reading a text takes out what it calls a secret, and may find only a part of a secret
// with brackets. Quoting it hides the rest.
func TestWhatIsBesideAMaskIsHiddenWithIt(t *testing.T) {
	for text, want := range map[string]string{
		"PIN: … (12 characters))){<ilU4":                  "PIN: … (20 characters)",
		`(client-secret . "0[0,8[… (9 characters))Gz11")`: `(client-secret . "… (20 characters)")`,
		"code=… (43 characters)&state=… (8 characters)":   "code=… (43 characters)&state=… (8 characters)",
		"the code … (43 characters) was used":             "the code … (43 characters) was used",
	} {
		if got := safe.Quote(text, len(text)); got != want {
			t.Errorf("%q is shown as %q, want %q", text, got, want)
		}
	}
}
