package diagnose

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/grantwalk/diagnose/evidence"
	"example.com/grantwalk/diagnose/exchange"
)

// A recorded flow is a login as a proxy records it, with what an attack changed.
type recorded struct {
	client, redirectURI, state, challenge, verifier, code string
	exchanges                                             []exchange.Exchange
	at                                                    time.Time
}

func record() *recorded {
	return &recorded{
		client: "shop", redirectURI: "https://shop.acme.com/cb", state: "af0ifjsldkj29Xq",
		challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", verifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", code: "SplxlOBeZQQYbYS6WxSbIA",
		at: time.Date(2026, 3, 1, 10, 0, 0, 123e6, time.UTC),
	}
}

func (r *recorded) add(method, address, form, location, body string, status int) *exchange.Exchange {
	x := exchange.Exchange{Request: exchange.Request{Method: method}, SentAt: r.at, ReceivedAt: r.at.Add(40 * time.Millisecond)}
	r.at = r.at.Add(time.Second)
	x.Request.SetURL(address)
	if form != "" {
		x.Request.SetBody("application/x-www-form-urlencoded", form)
	}
	x.Response = exchange.Response{Status: status, Location: location, Body: body, Media: "application/json"}
	r.exchanges = append(r.exchanges, x)
	return &r.exchanges[len(r.exchanges)-1]
}

// login is the authorization request with its response.
func (r *recorded) login() *recorded {
	query := url.Values{"response_type": {"code"}, "client_id": {r.client}, "redirect_uri": {r.redirectURI}, "state": {r.state}, "code_challenge": {r.challenge}, "code_challenge_method": {"S256"}}
	r.add("GET", "https://as.acme.com/authorize?"+query.Encode(), "", "https://shop.acme.com/cb?"+url.Values{"code": {r.code}, "state": {r.state}}.Encode(), "", 302)
	return r
}

func (r *recorded) form() url.Values {
	return url.Values{"grant_type": {"authorization_code"}, "client_id": {r.client}, "redirect_uri": {r.redirectURI}, "code": {r.code}, "code_verifier": {r.verifier}}
}

const rejected = `{"error":"invalid_grant"}`

func (r *recorded) report() Report { return Diagnose(evidence.Assemble(r.exchanges)) }

func certainOf(r Report) []ID {
	var ids []ID
	for _, c := range r.Causes {
		if c.Strength == Certain {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

func excluded(r Report, id ID) bool {
	return slices.ContainsFunc(r.RuledOut, func(o RuledOut) bool { return o.ID == id })
}

// Part of every value below was taken out or is not there. So no cause is certain.
func TestWhatIsNotWholeIsNoContradiction(t *testing.T) {
	token := "https://as.acme.com/token"
	sent := func(name, value string) func(*recorded) {
		return func(r *recorded) {
			f := r.login().form()
			f.Set(name, value)
			r.add("POST", token, f.Encode(), "", rejected, 400)
		}
	}
	for name, build := range map[string]func(*recorded){
		"a client_id with crosses": sent("client_id", "sh-xxxx-prod"),
		"a verifier with crosses":  sent("code_verifier", "dBjft"+strings.Repeat("X", 38)),
		"a form that is shorter than its length": func(r *recorded) {
			r.login()
			whole := "grant_type=authorization_code&client_id=shop&redirect_uri=https%3A%2F%2Fshop.acme.com%2Fcb&code=" + r.code + "&code_verifier=" + r.verifier
			r.add("POST", token, whole[:len(whole)-20], "", rejected, 400).Request.Length = "191"
		},
		"an authorization URL that is cut off": func(r *recorded) {
			r.add("GET", "https://as.acme.com/authorize?response_type=code&client_id=shop&redirect_uri=https%3A%2F%2Fshop.acme.com%2Fcb&state=af0…", "", "https://shop.acme.com/cb?code="+r.code+"&state="+r.state, "", 302)
			r.add("POST", token, r.form().Encode(), "", rejected, 400)
		},
		"a redirect URI with a stand-in for its host": sent("redirect_uri", "https://MY_HOST/cb"),
		"a redirect URI with HOST":                    sent("redirect_uri", "https://HOST/cb"),
		"a name that is reserved for examples":        sent("redirect_uri", "https://example.com/cb"),
		"REDIRECT":                                    sent("redirect_uri", "REDIRECT"),
		"a client_id that says what goes there":       sent("client_id", "client-id-here"),
		"the beginning of a verifier":                 sent("code_verifier", "dBjftJeZ4C"),
		"the beginning of a challenge": func(r *recorded) {
			r.challenge = r.challenge[:8]
			r.login().add("POST", token, r.form().Encode(), "", rejected, 400)
		},
		"an earlier response without its body": func(r *recorded) {
			r.login().add("POST", token, r.form().Encode(), "", "", 200)
			r.add("POST", token, r.form().Encode(), "", rejected, 400)
		},
		"an earlier refresh whose response has no body": func(r *recorded) {
			const form = "grant_type=refresh_token&refresh_token=Rf7wP2xLr9TtYbN4kVhZ8s&client_id=shop"
			r.add("POST", token, form, "", "", 200)
			r.add("POST", token, form, "", rejected, 400)
		},
		"a verifier's length": sent("code_verifier", "43chars"),
		"another login's authorization request": func(r *recorded) {
			r.login().add("POST", token, r.form().Encode(), "", granting, 200)
			other := record()
			other.state, other.code = "zz9Plural", "Qm7wP2xLr9TtYbN4kVhZ8s"
			r.add("GET", "https://shop.acme.com/cb?code="+other.code+"&state="+other.state, "", "", "", 200)
			f := other.form()
			f.Set("code_verifier", "Qm7wP2xLr9TtYbN4kVhZ8sAaEcJdFgHuIoKlMpRqStU")
			r.add("POST", token, f.Encode(), "", rejected, 400)
		},
		"an authorization request whose response was an error": func(r *recorded) {
			r.login()
			r.exchanges[0].Response.Location = "https://shop.acme.com/cb?error=login_required&state=" + r.state
			f := r.form()
			f.Set("code_verifier", "Qm7wP2xLr9TtYbN4kVhZ8sAaEcJdFgHuIoKlMpRqStU")
			f.Set("redirect_uri", "https://shop.acme.com/popup")
			r.add("POST", token, f.Encode(), "", rejected, 400)
		},
		"a callback with another state, for another client": func(r *recorded) {
			r.login()
			r.exchanges[0].Response.Location = "https://shop.acme.com/cb?code=Qm7wP2xLr9TtYbN4kVhZ8s&state=" + r.state
			r.add("GET", "https://shop.acme.com/cb?code="+r.code+"&state=zz9Plural", "", "", "", 200)
			f := r.form()
			f.Set("client_id", "admin")
			r.add("POST", token, f.Encode(), "", rejected, 400)
		},
		"a response that asks to come later": func(r *recorded) {
			r.login()
			f := r.form()
			f.Set("code_verifier", "Qm7wP2xLr9TtYbN4kVhZ8sAaEcJdFgHuIoKlMpRqStU")
			r.add("POST", token, f.Encode(), "", `{"error":"too_many_requests"}`, 429)
		},
		"a callback with another state": func(r *recorded) {
			r.login()
			r.exchanges[0].Response.Location = ""
			r.add("GET", "https://shop.acme.com/cb?code="+r.code+"&state=zz9Plural", "", "", "", 200)
			f := r.form()
			f.Set("code_verifier", "Qm7wP2xLr9TtYbN4kVhZ8sAaEcJdFgHuIoKlMpRqStU")
			r.add("POST", token, f.Encode(), "", rejected, 400)
		},
		"an Authorization header that was taken out with its scheme": func(r *recorded) {
			r.add("POST", token, "grant_type=client_credentials", "", `{"error":"invalid_client"}`, 401).Request.Authorization = "[REDACTED]"
		},
		"two logins with one state": func(r *recorded) {
			r.login()
			other := record()
			other.challenge, other.client = "CtJUXzoP8rqTQyzQlvzGTQ4qOV0PGOCcnQ_5WbHTZqM", "admin"
			r.exchanges = append(r.exchanges, other.login().exchanges...)
			r.exchanges[0].Response.Location, r.exchanges[1].Response.Location = "", ""
			r.at = r.at.Add(2 * time.Second)
			r.add("GET", "https://shop.acme.com/cb?code="+r.code+"&state="+r.state, "", "", "", 200)
			r.add("POST", token, r.form().Encode(), "", rejected, 400)
		},
		"an authorization URL that is cut in its challenge": func(r *recorded) {
			r.add("GET", "https://as.acme.com/authorize?response_type=code&client_id=shop&redirect_uri=https%3A%2F%2Fshop.acme.com%2Fcb&state="+r.state+"&code_challenge="+r.challenge[:20], "", "https://shop.acme.com/cb?code="+r.code+"&state="+r.state, "", 302)
			r.add("POST", token, r.form().Encode(), "", rejected, 400)
		},
		"an authorization URL that is cut in a name": func(r *recorded) {
			r.add("GET", "https://as.acme.com/authorize?response_type=code&client_id=shop&redirect_uri=https%3A%2F%2Fshop.acme.com%2Fcb&state="+r.state+"&code_chal", "", "https://shop.acme.com/cb?code="+r.code+"&state="+r.state, "", 302)
			r.add("POST", token, r.form().Encode(), "", rejected, 400)
		},
		"a pushed request that is cut in a name": func(r *recorded) {
			r.add("POST", "https://as.acme.com/par", "response_type=code&client_id=shop&redirect_uri=https%3A%2F%2Fshop.acme.com%2Fcb&state="+r.state+"&code_chal", "", `{"request_uri":"urn:example:1","expires_in":60}`, 201)
			r.add("GET", "https://as.acme.com/authorize?client_id=shop&request_uri=urn%3Aexample%3A1", "", "https://shop.acme.com/cb?code="+r.code+"&state="+r.state, "", 302)
			r.add("POST", token, r.form().Encode(), "", rejected, 400)
		},
		"dots for the rest of a form": func(r *recorded) {
			r.login()
			r.add("POST", token, "grant_type=authorization_code&client_id=shop&code="+r.code+"&...", "", rejected, 400)
		},
		"a stand-in in round brackets":  sent("redirect_uri", "(my callback)"),
		"an address for no one to open": sent("redirect_uri", "hxxps://shop[.]acme[.]com/cb"),
		"the beginning of a parameter's name": func(r *recorded) {
			r.login()
			r.add("POST", token, "grant_type=authorization_code&client_id=shop&code="+r.code+"&redirect_u", "", rejected, 400)
		},
		"a stand-in for id and secret": func(r *recorded) {
			f := r.login().form()
			f.Del("client_id")
			r.add("POST", token, f.Encode(), "", rejected, 400).Request.Authorization = "Basic " + base64.StdEncoding.EncodeToString([]byte("client:secret"))
		},
		"no Authorization header": func(r *recorded) {
			r.login()
			f := r.form()
			f.Del("client_id")
			r.add("POST", token, f.Encode(), "", `{"error":"invalid_client"}`, 401)
		},
		"a plus sign that the server did not encode": func(r *recorded) {
			r.login()
			r.exchanges[0].Response.Location = "https://shop.acme.com/cb?code=ab+cd/ef&state=" + r.state
			f := r.form()
			f.Set("code", "ab+cd/ef")
			r.add("POST", token, f.Encode(), "", rejected, 400)
		},
		"a plus sign that the client takes for one": func(r *recorded) {
			r.login()
			r.exchanges[0].Response.Location = "https://shop.acme.com/cb?code=ab+cd/efghijklmn&state=" + r.state
			f := r.form()
			f.Set("code", "ab+cd/efghijklmn")
			r.add("POST", token, f.Encode(), "", rejected, 400)
		},
		"a code that is empty in callback and request": func(r *recorded) {
			r.code = ""
			r.login().add("POST", token, r.form().Encode(), "", rejected, 400)
		},
		"an empty challenge with its method": func(r *recorded) {
			r.challenge = ""
			r.login().add("POST", token, r.form().Encode(), "", rejected, 400)
		},
		"a code that a page escaped": func(r *recorded) {
			r.login()
			r.exchanges[0].Response.Location = "https://shop.acme.com/cb?code=&lt;code&gt;&state=" + r.state
			r.add("POST", token, "grant_type=authorization_code&code=&lt;code&gt;&client_id=shop&redirect_uri=https%3A%2F%2Fshop.acme.com%2Fcb&code_verifier="+r.verifier, "", rejected, 400)
		},
		"one constant for every value": func(r *recorded) {
			r.client, r.redirectURI, r.state, r.challenge, r.verifier, r.code = "deadbeef", "deadbeef", "deadbeef", "deadbeef", "deadbeef", "deadbeef"
			r.login()
			r.add("POST", token, r.form().Encode(), "", rejected, 400)
		},
	} {
		r := record()
		build(r)
		got := r.report()
		if ids := certainOf(got); len(ids) > 0 {
			t.Errorf("%s: %v is certain: %q", name, ids, got.Causes[0].Says)
		}
		if name == "one constant for every value" && (excluded(got, RedirectURIMismatch) || excluded(got, ClientMismatch)) {
			t.Errorf("%s: %+v are excluded", name, got.RuledOut)
		}
	}
}

// Two tabs log in, and the code is masked, so nobody knows of which login it is.
func TestAVerifierThatFitsOneOfSeveralLoginsExcludesNothing(t *testing.T) {
	r := record()
	r.code = "[redacted]"
	r.login()
	other := record()
	other.state, other.challenge, other.code = "zz9Plural", "CtJUXzoP8rqTQyzQlvzGTQ4qOV0PGOCcnQ_5WbHTZqM", ""
	r.exchanges = append(r.exchanges, other.login().exchanges...)
	r.exchanges[1].Response.Location = ""
	r.at = r.at.Add(2 * time.Second)
	r.add("POST", "https://as.acme.com/token", r.form().Encode(), "", rejected, 400)
	if got := r.report(); excluded(got, PKCEMismatch) {
		t.Errorf("%+v", got.RuledOut)
	}
}

func TestASecretThatWasSentAsTheClientIDIsNotShown(t *testing.T) {
	r := record().login()
	f := r.form()
	const secret = "Qm4Wz8Rt1Yp6Lk3Jh9Vb"
	f.Set("client_id", secret)
	f.Set("client_secret", r.client)
	r.add("POST", "https://as.acme.com/token", f.Encode(), "", `{"error":"invalid_client","error_description":"no client `+secret+`"}`, 401)
	got := r.report()
	if text := fmt.Sprintf("%+v", got); strings.Contains(text, secret) {
		t.Errorf("the secret is shown: %s", text)
	}
	if got.Causes[0].ID != ClientCredentials || !strings.Contains(strings.Join(got.Causes[0].Says, " "), "swapped") {
		t.Errorf("%+v", got.Causes[0])
	}
}

// React's StrictMode and a double click send a code twice within milliseconds.
func TestOfTwoRequestsAtOnceTheRejectedOneIsTheSecondUse(t *testing.T) {
	r := record().login()
	lostAt := r.add("POST", "https://as.acme.com/token", r.form().Encode(), "", rejected, 400).SentAt // its response comes 40 ms later
	won := r.add("POST", "https://as.acme.com/token", r.form().Encode(), "", granting, 200)
	won.SentAt, won.ReceivedAt = lostAt.Add(3*time.Millisecond), lostAt.Add(50*time.Millisecond)
	if got := r.report(); got.Causes[0].ID != CodeReused || got.Causes[0].Strength != Likely {
		t.Errorf("%+v", got.Causes[0])
	}
}

func TestAnExchangeThatTwoProgramsRecordedIsOne(t *testing.T) {
	r := record()
	r.login()
	const tokens = `{"access_token":"2YotnFZFEjr1zCsicMWpAA","token_type":"Bearer"}`
	x := *r.add("POST", "https://as.acme.com/token", r.form().Encode(), "", tokens, 200)
	x.SentAt, x.From.File = x.SentAt.Add(9*time.Millisecond), "server.har"
	r.exchanges = append(r.exchanges, x)
	if got := r.report(); len(got.Causes) > 0 {
		t.Errorf("%s: %q", got.Causes[0].ID, got.Causes[0].Says)
	}
}

func TestARedirectOfTheTokenEndpointIsNotTheAnswer(t *testing.T) {
	r := record()
	r.login()
	r.add("POST", "https://as.acme.com/token", r.form().Encode(), "https://as.acme.com/oauth/token", "", 307)
	r.add("POST", "https://as.acme.com/oauth/token", r.form().Encode(), "", `{"access_token":"2YotnFZFEjr1zCsicMWpAA","token_type":"Bearer"}`, 200)
	if got := r.report(); !got.Granted || len(got.Causes) > 0 {
		t.Errorf("%+v", got.Causes)
	}
}

func TestTwoClientIDsInOneRequestExcludeNoClient(t *testing.T) {
	r := record()
	r.login()
	f := r.form()
	f.Set("client_id", "other-app")
	r.add("POST", "https://as.acme.com/token", f.Encode(), "", rejected, 400).Request.Authorization = "Basic c2hvcDpzM2NyZXQ="
	if got := r.report(); excluded(got, ClientMismatch) {
		t.Errorf("%+v", got.RuledOut)
	}
}
