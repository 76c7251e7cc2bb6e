package evidence

import (
	"encoding/base64"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/diagnose/wire"
)

// A login is one flow as it is sent, by the values that a test names.
type login struct {
	state, challenge, method, code, sent, verifier, secret, token, basic string
}

func (l login) evidence() Evidence {
	at := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	var all []exchange.Exchange
	add := func(method, u, body, location, response string) *exchange.Exchange {
		x := exchange.Exchange{Request: exchange.Request{Method: method}, SentAt: at}
		at = at.Add(time.Second)
		x.Request.SetURL(u)
		x.Request.SetBody("application/x-www-form-urlencoded", body)
		x.Response = exchange.Response{Status: 200, Location: location, Body: response, Media: "application/json"}
		all = append(all, x)
		return &all[len(all)-1]
	}
	query := func(pairs ...string) string {
		v := url.Values{}
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i+1] != "" {
				v.Set(pairs[i], pairs[i+1])
			}
		}
		return v.Encode()
	}
	callback := "https://app.example/cb?" + query("code", l.code, "state", l.state)
	add("GET", "https://as.example/authorize?"+query("response_type", "code", "client_id", "app", "redirect_uri", "https://app.example/cb", "state", l.state, "code_challenge", l.challenge, "code_challenge_method", l.method), "", callback, "")
	add("GET", callback, "", "", "")
	x := add("POST", "https://as.example/token", query("grant_type", "authorization_code", "code", l.sent, "code_verifier", l.verifier, "client_secret", l.secret, "client_id", "app"), "", `{"access_token":"`+l.token+`"}`)
	x.Request.Authorization = l.basic
	e := Assemble(all)
	return WithoutMasks(e)
}

const (
	realState    = "af0ifjsldkj29Xq"
	realCode     = "SplxlOBeZQQYbYS6WxSbIA"
	realVerifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	realToken    = "2YotnFZFEjr1zCsicMWpAA"
)

func TestATextThatReplacesDifferentValuesIsUnknown(t *testing.T) {
	for name, l := range map[string]login{
		"every secret":                {"k3Jq", "k3Jq", "S256", "k3Jq", "k3Jq", "k3Jq", "k3Jq", "k3Jq", ""},
		"all but state and challenge": {realState, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "S256", "k3Jq", "k3Jq", "k3Jq", "", "k3Jq", ""},
		"a long text":                 {"", "", "", strings.Repeat("k3", 30), strings.Repeat("k3", 30), "", "", strings.Repeat("k3", 30), ""},
		"hashes":                      {"aaaa0000bbbb1111", "aaaa0000bbbb2222", "S256", "aaaa0000bbbb3333", "aaaa0000bbbb3333", "aaaa0000bbbb4444", "", "aaaa0000bbbb5555", ""},
	} {
		e := l.evidence()
		r := e.TokenRequests[0]
		if r.Code != "" || r.Verifier != "" || !r.Hides("code") || l.verifier != "" && !r.Hides("code_verifier") || e.Authorizations[0].Response.Code != "" {
			t.Errorf("%s: code %q, verifier %q, masked %q", name, r.Code.Reveal(), r.Verifier.Reveal(), r.Masked)
		}
	}
}

// These are faults, or what real clients do, and no placeholders.
func TestValuesThatCanBeEqualAreNoPlaceholders(t *testing.T) {
	for name, l := range map[string]login{
		"the state is sent as the code":    {realState, "", "", realCode, realState, "", "", "", ""},
		"the verifier is the state":        {realVerifier, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "S256", realCode, realCode, realVerifier, "s3cret", realToken, ""},
		"the verifier is the challenge":    {realState, realVerifier, "plain", realCode, realCode, realVerifier, "s3cret", realToken, ""},
		"the challenge is sent as verifer": {realState, realVerifier, "S256", realCode, realCode, realVerifier, "", realToken, ""},
		"the token is sent as the code":    {realState, "", "", realCode, realToken, "", "", realToken, ""},
		"hexadecimal values":               {"0123456789abcdef", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "S256", "fedcba9876543210", "fedcba9876543210", realVerifier, "00112233aabbccdd", "ffeeddcc00112233", ""},
	} {
		r := l.evidence().TokenRequests[0]
		if r.Code.Reveal() != l.sent || r.Verifier.Reveal() != l.verifier || r.Masked != "" {
			t.Errorf("%s: code %q, verifier %q, masked %q", name, r.Code.Reveal(), r.Verifier.Reveal(), r.Masked)
		}
	}
}

func TestBasicWithAPlaceholderIsNoEmptySecret(t *testing.T) {
	l := login{realState, "", "", realCode, realCode, "", "", realToken, ""}
	for _, encoded := range []string{"[REDACTED]", "REDACTED", "xxx", "placeholder", "dGhl…", "ab12cd34ef56", "•••", "<credentials>", "your_credentials_here"} {
		l.basic = "Basic " + encoded
		if r := l.evidence().TokenRequests[0]; r.ClientAuth != AuthBasic || r.Basic != "" || !r.Hides("client_secret") || !r.Hides("client_id") {
			t.Errorf("%s: %q, masked %q", encoded, r.Basic.Reveal(), r.Masked)
		}
	}
	for _, plain := range []string{"app:s3cret", "app:", "app", "app:s3cret\n", "app:pass wörd"} {
		l.basic = "Basic " + base64.StdEncoding.EncodeToString([]byte(plain))
		if r := l.evidence().TokenRequests[0]; r.Basic != safe.Secret(plain) || r.Hides("client_secret") {
			t.Errorf("%s: %q, masked %q", plain, r.Basic.Reveal(), r.Masked)
		}
	}
}

// Two logins whose codes and states were masked are two logins.
func TestMaskedCodesTieNothing(t *testing.T) {
	a := assembler{replaced: map[string]bool{"k3Jq": true}}
	for text, want := range map[string]string{"k3Jq": "", "[REDACTED]": "", "683…64b": "", realCode: realCode} {
		if got := a.known(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestACodeThatAServerIssuedForTwoStatesIsAPlaceholder(t *testing.T) {
	redirect := func(code, state string) exchange.Exchange {
		x := exchange.Exchange{Response: exchange.Response{Status: 302, Location: "https://app.example/cb?code=" + code + "&state=" + state}}
		x.Request.SetURL("https://as.example/login")
		return x
	}
	if found := placeholders([]exchange.Exchange{redirect("k3Jq", "first"), redirect("k3Jq", "second")}); !found["k3Jq"] {
		t.Errorf("%v", found)
	}
	if found := placeholders([]exchange.Exchange{redirect(realCode, "first"), redirect(realCode, "first"), redirect("other", "second")}); len(found) != 0 {
		t.Errorf("%v", found)
	}
}

// A code may be any value by mistake, but not the client's secret.
func TestATextThatIsSentAsCodeAndAsSecretIsNeither(t *testing.T) {
	r := login{realState, "", "", realCode, "k3Jq", "", "k3Jq", realToken, ""}.evidence().TokenRequests[0]
	if r.Code != "" || r.ClientSecret != "" || !r.Hides("code") || !r.Hides("client_secret") {
		t.Errorf("code %q, secret %q, masked %q", r.Code.Reveal(), r.ClientSecret.Reveal(), r.Masked)
	}
}

func TestASecretIsTakenOutOfWhatAServerSaysThoughItIsFormEncodedThere(t *testing.T) {
	const secret = "two words/and more"
	e := Evidence{TokenRequests: []TokenRequest{{ClientSecret: secret, Response: TokenResponse{ErrorResponse: ErrorResponse{Description: safe.Foreign("got " + url.QueryEscape(secret) + " for it")}}}}}
	Scrub(&e)
	if said := e.TokenRequests[0].Response.Description.Raw(); strings.Contains(said, "words") {
		t.Errorf("%q", said)
	}
}

func TestATokenThatIsUsedIsNoPlaceholder(t *testing.T) {
	issued := exchange.Exchange{Kind: exchange.Token, Request: exchange.Request{Method: "POST"}, Response: exchange.Response{Status: 200, Params: []wire.Param{{Name: "access_token", Value: realToken}}}}
	issued.Request.SetURL("https://as.example/token")
	used := exchange.Exchange{Kind: exchange.Userinfo, Request: exchange.Request{Method: "GET", Authorization: "Bearer " + realToken}, Response: exchange.Response{Status: 200}}
	used.Request.SetURL("https://as.example/userinfo")
	if got := Assemble([]exchange.Exchange{issued, used}).TokenRequests[0].Response.AccessToken.Reveal(); got != realToken {
		t.Errorf("the token is %q", got)
	}
}

// S256 makes 43 characters of any verifier, and other ones.
func TestOneShortTextAsVerifierAndChallengeIsUnknown(t *testing.T) {
	e := login{realState, "k3Jq", "S256", realCode, realCode, "k3Jq", "", realToken, ""}.evidence()
	if a, r := e.Authorizations[0], e.TokenRequests[0]; a.Challenge != "" || !a.Hides("code_challenge") || r.Verifier != "" || !r.Hides("code_verifier") {
		t.Errorf("challenge %q, verifier %q", a.Challenge.Reveal(), r.Verifier.Reveal())
	}
	e = login{realState, "k3Jq", "plain", realCode, realCode, "k3Jq", "", realToken, ""}.evidence()
	if e.Authorizations[0].Challenge == "" || e.TokenRequests[0].Verifier == "" {
		t.Error("the method plain has one value for both")
	}
}
