package practice_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.com/grantwalk/flow/practice"
)

func TestAnApprovedRequestReturnsWithCodeStateAndIss(t *testing.T) {
	b := start(t)
	got := b.approve(request())
	if !strings.HasPrefix(got.Get("code"), "pc_") || len(got.Get("code")) != 43 {
		t.Errorf("code %q", got.Get("code"))
	}
	got.Del("code")
	if want := (url.Values{"state": {"the-state"}, "iss": {b.server.Issuer()}}); got.Encode() != want.Encode() {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestADeniedRequestReturnsWithAccessDenied(t *testing.T) {
	b := start(t)
	got := b.redirected(b.decide(b.page(request()), "bob", "deny"))
	if got.Get("error") != "access_denied" || got.Get("error_description") != "Bob Example refused" ||
		got.Get("state") != "the-state" || got.Get("iss") != b.server.Issuer() || got.Has("code") {
		t.Errorf("got %v", got)
	}
}

func TestNobodyIsRedirectedWhileTheClientOrItsAddressIsInDoubt(t *testing.T) {
	b := start(t)
	for name, c := range map[string]struct {
		request url.Values
		says    string
	}{
		"no client":                {request("client_id", ""), "no client_id"},
		"an unknown client":        {request("client_id", "nobody"), "no client is named &#39;nobody&#39;"},
		"two clients":              {url.Values{"client_id": {"demo-app", "demo-public"}, "redirect_uri": {callback}}, "client_id is there more than once"},
		"no redirect_uri":          {request("redirect_uri", ""), "no redirect_uri"},
		"two redirect_uris":        {url.Values{"client_id": {"demo-app"}, "redirect_uri": {callback, callback}}, "redirect_uri is there more than once"},
		"a relative one":           {request("redirect_uri", "/callback"), "no absolute URI"},
		"one with a fragment":      {request("redirect_uri", callback+"#top"), "has a fragment"},
		"one with an empty one":    {request("redirect_uri", callback+"#"), "has a fragment"},
		"one with a space":         {request("redirect_uri", callback+"/a b"), "has a character that no URI has"},
		"one with an umlaut":       {request("redirect_uri", callback+"?city=Köln"), "has a character that no URI has"},
		"one with markup":          {request("redirect_uri", callback+"?<i>"), "has a character that no URI has"},
		"one with a user":          {request("redirect_uri", "http://127.0.0.1@evil.example/"), "holds a user name"},
		"one elsewhere":            {request("redirect_uri", "http://evil.example/callback"), "is not registered"},
		"one that begins like us":  {request("redirect_uri", "http://127.0.0.1.evil.example/"), "is not registered"},
		"https on this machine":    {request("redirect_uri", "https://127.0.0.1/callback"), "is not registered"},
		"a script":                 {request("redirect_uri", "javascript:alert(1)"), "is not registered"},
		"an unknown request_uri":   {url.Values{"client_id": {"demo-app"}, "request_uri": {"urn:x"}}, "no pushed request"},
		"too long a query":         {request("state", strings.Repeat("s", 17_000)), "is longer than"},
		"markup in place of words": {request("client_id", "<script>"), "no client is named"},
	} {
		t.Run(name, func(t *testing.T) {
			for method, a := range map[string]answer{
				"GET":  b.get("/authorize?" + c.request.Encode()),
				"POST": b.post("/authorize", c.request),
			} {
				if a.StatusCode < 400 || a.StatusCode >= 500 || a.Header.Get("Location") != "" || !strings.Contains(a.body, c.says) || strings.Contains(a.body, "<script>") {
					t.Errorf("%s: %s, Location %q, %s", method, a.Status, a.Header.Get("Location"), a.body)
				}
			}
		})
	}
}

func TestAnyAddressOfThisMachineIsARedirectURI(t *testing.T) {
	b := start(t, func(o *practice.Options) {
		o.RedirectURIs = []string{"https://app.example/cb?tenant=1", "com.example.app:/cb"}
	})
	for _, uri := range []string{
		"http://127.0.0.1:1/", "http://127.0.0.1/cb", "http://[::1]:8080/a/b?c=d", "http://localhost:3000/api/auth/callback/x",
		"http://LOCALHOST:3000", "https://app.example/cb?tenant=1", "com.example.app:/cb",
	} {
		a := b.decide(b.page(request("redirect_uri", uri)), "alice", "approve")
		sign := "?"
		if strings.Contains(uri, "?") {
			sign = "&"
		}
		if got := a.Header.Get("Location"); !strings.HasPrefix(got, uri+sign+"code=pc_") {
			t.Errorf("%s: redirected to %s", uri, got)
		}
	}
	if a := b.get("/authorize?" + request("redirect_uri", "https://app.example/cb").Encode()); a.StatusCode != http.StatusBadRequest {
		t.Errorf("a registered URI without its query: %s", a.Status)
	}
}

func TestOtherFaultsAreToldToTheClient(t *testing.T) {
	b := start(t)
	for name, c := range map[string]struct {
		request     url.Values
		code        string
		description string
	}{
		"no response_type":        {request("response_type", ""), "invalid_request", "no response_type"},
		"the implicit grant":      {request("response_type", "token"), "unsupported_response_type", "'token'"},
		"a fragment response":     {request("response_mode", "fragment"), "invalid_request", "'fragment'"},
		"only unknown scopes":     {request("scope", "read write"), "invalid_scope", "openid profile email offline_access"},
		"a parameter twice":       {url.Values{"client_id": {"demo-app"}, "redirect_uri": {callback}, "state": {"the-state"}, "scope": {"a", "b"}}, "invalid_request", "'scope' is there more than once"},
		"public without PKCE":     {request("client_id", practice.PublicClient, "code_challenge", ""), "invalid_request", "code challenge required"},
		"a method without":        {request("code_challenge", ""), "invalid_request", "no code_challenge"},
		"an unknown method":       {request("code_challenge_method", "S512"), "invalid_request", "'... (4 characters)'"},
		"a padded challenge":      {request("code_challenge", s256(verifier)+"="), "invalid_request", "44 characters"},
		"a challenge with a plus": {request("code_challenge", strings.Repeat("+", 43)), "invalid_request", "not 43 to 128"},
		"a short plain challenge": {request("code_challenge", "short", "code_challenge_method", "plain"), "invalid_request", "not 43 to 128"},
		"a request object":        {request("request", "eyJ"), "request_not_supported", "not supported"},
		"a foreign request_uri":   {request("request_uri", "https://app.example/request.jwt"), "request_uri_not_supported", "pushed to /par"},
		"a registration":          {request("registration", "{}"), "registration_not_supported", "not supported"},
		"an unknown prompt":       {request("prompt", "create"), "invalid_request", "'create'"},
		"none and login":          {request("prompt", "none login"), "invalid_request", "goes with no other"},
		"a bad max_age":           {request("max_age", "-1"), "invalid_request", "'-1'"},
		"nobody logged in":        {request("prompt", "none"), "login_required", "nobody has logged in"},
	} {
		t.Run(name, func(t *testing.T) {
			got := b.redirected(b.get("/authorize?" + c.request.Encode()))
			if got.Get("error") != c.code || !strings.Contains(got.Get("error_description"), c.description) ||
				got.Get("state") != "the-state" || got.Get("iss") != b.server.Issuer() {
				t.Errorf("got %v, want %s …%s…", got, c.code, c.description)
			}
		})
	}
}

func TestAParameterNamedConsentDoesNotMakeARequestAnAnswer(t *testing.T) {
	b := start(t)
	// RFC 6749 §3.1: "… MUST ignore unrecognized request parameters."
	if a := b.post("/authorize", request("consent", "x")); a.StatusCode != http.StatusOK || !consentID.MatchString(a.body) {
		t.Errorf("%s %s", a.Status, a.body)
	}
}

func TestADoubledStateIsNotSentBack(t *testing.T) {
	b := start(t)
	req := request()
	req.Add("state", "another")
	if got := b.redirected(b.get("/authorize?" + req.Encode())); got.Has("state") || !strings.Contains(got.Get("error_description"), "'state'") {
		t.Errorf("got %v", got)
	}
}

func TestUnknownScopesAreLeftOutAndTheClientIsTold(t *testing.T) {
	b := start(t)
	req := request("scope", "read:mail openid")
	if a := b.get("/authorize?" + req.Encode()); !strings.Contains(a.body, "Not known here, left out") || !strings.Contains(a.body, "read:mail") {
		t.Error("the page does not say so")
	}
	a := b.post("/token", exchange(b.approve(req).Get("code")))
	if a.text(t, "scope") != "openid" {
		t.Error(a.body)
	}
}

func TestPromptNoneIsAnsweredFromWhatTheBrowserAllowed(t *testing.T) {
	b := start(t)
	b.code("scope", "openid")
	silent := func(pairs ...string) url.Values {
		return b.redirected(b.get("/authorize?" + request(append([]string{"prompt", "none"}, pairs...)...).Encode()))
	}
	b.clock.pass(time.Minute)
	code := silent("scope", "openid", "max_age", "60").Get("code")
	if a := b.post("/token", exchange(code)); a.StatusCode != http.StatusOK {
		t.Errorf("%s %s", a.Status, a.body)
	}
	if got := silent("scope", "openid email").Get("error"); got != "consent_required" {
		t.Errorf("more scope: %s", got)
	}
	if got := silent("scope", "openid", "client_id", practice.PublicClient).Get("error"); got != "consent_required" {
		t.Errorf("another client: %s", got)
	}
	if got := silent("scope", "openid", "max_age", "59").Get("error"); got != "login_required" {
		t.Errorf("too long ago: %s", got)
	}
	b.http = newBrowser(t)
	if got := silent("scope", "openid").Get("error"); got != "login_required" {
		t.Errorf("another browser: %s", got)
	}
}

// OpenID Connect Core §3.1.2.1: "… otherwise, it MUST return an error, such as
// login_required".
func TestAnIDTokenHintIsForThatPersonAlone(t *testing.T) {
	b := start(t)
	hint := map[string]string{}
	for _, who := range []string{"alice", "bob"} { // bob is the last to log in
		code := b.redirected(b.decide(b.page(request()), who, "approve")).Get("code")
		hint[who] = b.post("/token", exchange(code)).text(t, "id_token")
	}
	b.clock.pass(2 * time.Hour) // an expired one is still a hint
	pushed := func(who string) url.Values {
		a := b.post("/par", request("client_secret", practice.ClientSecret, "id_token_hint", hint[who]))
		return url.Values{"client_id": {practice.ConfidentialClient}, "request_uri": {a.text(t, "request_uri")}}
	}
	silent := func(who string) url.Values {
		return b.redirected(b.get("/authorize?" + request("prompt", "none", "id_token_hint", hint[who]).Encode()))
	}
	answered := func(req url.Values, who string) url.Values {
		return b.redirected(b.decide(b.page(req), who, "approve"))
	}
	for name, c := range map[string]struct {
		got url.Values
		err string
	}{
		"silently, the right one":          {silent("bob"), ""},
		"silently, another":                {silent("alice"), "login_required"},
		"on the page, another":             {answered(request("id_token_hint", hint["alice"]), "bob"), "login_required"},
		"on the page, the right one":       {answered(request("id_token_hint", hint["bob"]), "bob"), ""},
		"a pushed request, another":        {answered(pushed("alice"), "bob"), "login_required"},
		"a pushed request, the right one":  {answered(pushed("bob"), "bob"), ""},
		"the page refused by another user": {b.redirected(b.decide(b.page(request("id_token_hint", hint["alice"])), "bob", "deny")), "access_denied"},
	} {
		if c.got.Get("error") != c.err || c.got.Has("code") != (c.err == "") || c.got.Get("state") != "the-state" {
			t.Errorf("%s: %v", name, c.got)
		}
	}
	if a := b.get("/authorize?" + request("login_hint", "alice", "id_token_hint", hint["bob"]).Encode()); !strings.Contains(a.body, `value="bob" checked`) {
		t.Error("the page does not have the person of the hint chosen")
	}
	foreign := start(t) // another server, another key
	code := foreign.code()
	for name, token := range map[string]string{
		"another server's": foreign.post("/token", exchange(code)).text(t, "id_token"),
		"one cut short":    hint["bob"][:len(hint["bob"])-4],
		"no JWT":           "bob",
	} {
		got := b.redirected(b.get("/authorize?" + request("prompt", "none", "id_token_hint", token).Encode()))
		if got.Get("error") != "invalid_request" || !strings.Contains(got.Get("error_description"), "id_token_hint") {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestAPageIsAnsweredByItsOwnBrowserOnly(t *testing.T) {
	b := start(t)
	consent := b.page(request())
	own := b.http
	for name, c := range map[string]struct {
		jar    http.CookieJar
		header []string
	}{
		"another browser":      {newBrowser(t).Jar, nil},
		"one without cookies":  {nil, nil},
		"one with a forged id": {nil, []string{"Cookie", "practice-" + mustParse(t, b.server.Issuer()).Port() + "=pb_guess"}},
	} {
		b.http = &http.Client{Jar: c.jar, CheckRedirect: own.CheckRedirect, Transport: own.Transport}
		a := b.post("/authorize", url.Values{"consent": {consent}, "user": {"alice"}, "decision": {"approve"}}, c.header...)
		if a.StatusCode != http.StatusForbidden || a.Header.Get("Location") != "" {
			t.Errorf("%s: %s", name, a.Status)
		}
	}
	b.http = own
	if got := b.redirected(b.decide(consent, "alice", "approve")); !got.Has("code") {
		t.Errorf("its own browser: %v", got)
	}
}

func TestAPageGivesOneCodeHoweverOftenItIsSent(t *testing.T) {
	b := start(t)
	consent := b.page(request())
	first, again := b.decide(consent, "alice", "approve"), b.decide(consent, "alice", "approve")
	if first.Header.Get("Location") != again.Header.Get("Location") || first.StatusCode != http.StatusSeeOther {
		t.Error("a double click led somewhere else")
	}
	for _, changed := range []answer{b.decide(consent, "bob", "approve"), b.decide(consent, "alice", "deny")} {
		if changed.StatusCode != http.StatusConflict || !strings.Contains(changed.body, "answered already") {
			t.Errorf("a changed mind: %s %s", changed.Status, changed.body)
		}
	}
	for _, bad := range []answer{b.decide("unknown", "alice", "approve"), b.decide(consent, "mallory", "approve"), b.decide(consent, "alice", "perhaps")} {
		if bad.StatusCode != http.StatusBadRequest {
			t.Errorf("%s %s", bad.Status, bad.body)
		}
	}
}

func TestTwoTabsDoNotDisturbEachOther(t *testing.T) {
	b := start(t)
	one, two := b.page(request("state", "one")), b.page(request("state", "two"))
	if got := b.redirected(b.decide(one, "alice", "approve")).Get("state"); got != "one" {
		t.Errorf("first tab: state %s", got)
	}
	if got := b.redirected(b.decide(two, "alice", "approve")).Get("state"); got != "two" {
		t.Errorf("second tab: state %s", got)
	}
}

func TestTheCookieIsForThePageAlone(t *testing.T) {
	b := start(t)
	a := b.get("/authorize?" + request().Encode())
	cookies := a.Cookies()
	if len(cookies) != 1 || !cookies[0].HttpOnly || cookies[0].SameSite != http.SameSiteLaxMode || cookies[0].Path != "/authorize" ||
		cookies[0].Name != "practice-"+mustParse(t, b.server.Issuer()).Port() {
		t.Errorf("%v", cookies)
	}
}

func TestThePageIsSealed(t *testing.T) {
	b := start(t)
	a := b.get("/authorize?" + request("client_id", practice.PublicClient, "login_hint", "bob").Encode())
	policy := a.Header.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "style-src 'sha256-", "frame-ancestors 'none'", "base-uri 'none'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("no %s in %s", want, policy)
		}
	}
	// Chromium would hold form-action against the redirect to the client.
	for _, bad := range []string{"form-action", "script-src", "unsafe"} {
		if strings.Contains(policy, bad) {
			t.Errorf("%s in %s", bad, policy)
		}
	}
	for name, want := range map[string]string{"Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
		"X-Content-Type-Options": "nosniff", "Access-Control-Allow-Origin": ""} {
		if got := a.Header.Get(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	for _, want := range []string{"Demo App (public)", "127.0.0.1:49152", "See your e-mail address", `value="bob" checked`} {
		if !strings.Contains(a.body, want) {
			t.Errorf("the page does not show %s", want)
		}
	}
}

func TestThePageShowsForeignTextHarmlessly(t *testing.T) {
	b := start(t)
	a := b.get("/authorize?" + request("state", "<b>\u202e\x1b[31m</b>", "login_hint", "<i>").Encode())
	for _, bad := range []string{"<b>\\", "\u202e", "\x1b", "<i>"} {
		if strings.Contains(a.body, bad) {
			t.Errorf("%q is on the page", bad)
		}
	}
}

func TestThePageExplainsTheRequest(t *testing.T) {
	b := start(t)
	a := b.get("/authorize?" + request("client_secret", "x", "colour", "green").Encode())
	at := -1
	for _, want := range []string{"response_type</dt>", "RFC 6749 §3.1.1", "state</dt>", "<code>the-state</code>", "never belongs here", "colour</dt>", "ignored"} {
		next := strings.Index(a.body, want)
		if next <= at {
			t.Errorf("%s is not there, or not in its place", want)
		}
		at = next
	}
}

func TestFormPostSendsTheAnswerInABody(t *testing.T) {
	b := start(t)
	uri := callback + "?a=1&b=2"
	a := b.decide(b.page(request("response_mode", "form_post", "redirect_uri", uri, "state", `"><script>`)), "alice", "approve")
	for _, want := range []string{`action="` + callback + `?a=1&amp;b=2"`, `name="code" value="pc_`, `name="iss"`, `value="&#34;&gt;&lt;script&gt;"`, "<button"} {
		if !strings.Contains(a.body, want) {
			t.Errorf("no %s in %s", want, a.body)
		}
	}
	if a.StatusCode != http.StatusOK || !strings.Contains(a.Header.Get("Content-Security-Policy"), "script-src 'sha256-") {
		t.Errorf("%s %v", a.Status, a.Header)
	}
	a = b.get("/authorize?" + request("response_mode", "form_post", "prompt", "none", "max_age", "x").Encode())
	if !strings.Contains(a.body, `name="error" value="invalid_request"`) {
		t.Errorf("a fault: %s", a.body)
	}
}
