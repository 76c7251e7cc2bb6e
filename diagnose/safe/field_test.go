package safe_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/diagnose/safe/safetest"
)

func TestAFieldShowsWhatPeopleCompare(t *testing.T) {
	for want, got := range map[string]fmt.Stringer{
		"http://127.0.0.1:8080/my/Callback/":                         safe.RedirectURI("http://127.0.0.1:8080/my/Callback/"),
		"https://app.example/cb?tenant=… (4 characters)":             safe.RedirectURI("https://app.example/cb?tenant=acme"),
		"https://… (6 characters)@app.example/cb":                    safe.RedirectURI("https://bob:pw@app.example/cb"),
		"https://… (12 characters)@… (9 characters)":                 safe.RedirectURI("https://as.example/K@ZE8rWp/cb"),
		"com.example.app:/oauth2redirect":                            safe.RedirectURI("com.example.app:/oauth2redirect"),
		"https://app.example/cb… (27 characters)":                    safe.RedirectURI("https://app.example/cb%26client_secret%3Dsunshine"),
		"https://app.example/cb… (15 characters)":                    safe.RedirectURI("https://app.example/cb;sid=sunshine77"),
		"my-app… (9 characters)":                                     safe.Identifier("my-app:sunshine"),
		"https://app.example/client.json":                            safe.Identifier("https://app.example/client.json"),
		"myapp://callback":                                           safe.RedirectURI("myapp://callback"),
		"postmessage":                                                safe.RedirectURI("postmessage"),
		"https://acme-7.okta.com/oauth2/default/v1/token":            safe.Endpoint("https://acme-7.okta.com/oauth2/default/v1/token"),
		"https://as.example/… (8 characters)/token":                  safe.Endpoint("https://as.example/k3XbZ91q/token"),
		"https://as.example/… (5 characters)/token":                  safe.Endpoint("https://as.example/%E2%80%A6%20%285%20characters%29/token"), // of a saved walk
		"https://as.… (12 characters)/token":                         safe.Endpoint("https://as.k3XbZ91q_p7R/token"),
		"… (5 characters)://as.example/token":                        safe.Endpoint("hytps://as.example/token"),
		"https://Login.Example.com:8443/token":                       safe.Endpoint("https://Login.Example.com:8443/token"),
		"https://as.example:… (9 characters)/token":                  safe.Endpoint("https://as.example:123456789/token"),
		"http://[::1]:8080/token":                                    safe.Endpoint("http://[::1]:8080/token"),
		"http://… (14 characters):80/token":                          safe.Endpoint("http://[fe80::1%25K3xZ91]:80/token"),
		"https://… (6 characters).example/token":                     safe.Endpoint("https://аpplе1.example/token"), // а and е are Cyrillic
		"https://bücher.example/token":                               safe.Endpoint("https://bücher.example/token"),
		"api://8d7e2f00-1b2c-4d3e-9f10-aabbccddeeff":                 safe.Identifier("api://8d7e2f00-1b2c-4d3e-9f10-aabbccddeeff"),
		"https://as.example/token?api_key=… (3 characters)":          safe.Endpoint("https://as.example/token?api_key=abc"),
		"123-a7b.apps.googleusercontent.com":                         safe.Identifier("123-a7b.apps.googleusercontent.com"),
		"my-app… (23 characters)":                                    safe.Identifier("my-app&client_secret=sunshine"),
		" my-app":                                                    safe.Identifier(" my-app"),
		"openid https://api.example/… (8 characters) offline_access": safe.Scope("openid https://api.example/k3XbZ91q offline_access"),
	} {
		if got.String() != want {
			t.Errorf("got %s, want %s", got, want)
		}
		doc, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		var text string
		if err := json.Unmarshal(doc, &text); err != nil || text != want {
			t.Errorf("JSON: got %s, want %s", doc, want)
		}
	}
}

// However a secret gets into a field besides, it is hidden there.
func TestAFieldHidesWhatIsNotOfIt(t *testing.T) {
	r := rand.New(rand.NewPCG(2026, 13))
	for _, kind := range safetest.Kinds {
		if kind.Signs {
			continue
		}
		secret := kind.Make(r)
		for _, v := range []fmt.Stringer{
			safe.RedirectURI("https://app.example/cb?key=" + secret),
			safe.RedirectURI("https://app.example/cb#access_token=" + secret),
			safe.RedirectURI("https://bob:" + secret + "@app.example/cb"),
			safe.Endpoint("https://as.example/" + secret + "/token"),
			safe.Endpoint("https://as.example/token?" + secret + "=1&sig=" + secret),
			safe.Identifier("my-app&client_secret=" + secret),
			safe.Identifier("my-app client_secret " + secret),
			safe.Identifier(`my-app","client_secret":"` + secret),
		} {
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
				if part := safetest.Leak(fmt.Sprintf(verb, v), "", secret); part != "" {
					t.Errorf("%s: %T shows %q: %s", kind.Name, v, part, strings.TrimSpace(v.String()))
				}
			}
		}
	}
}
