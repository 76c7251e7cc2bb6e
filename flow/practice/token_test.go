package practice_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/grantwalk/flow/practice"
)

func TestACodeBuysTokens(t *testing.T) {
	b := start(t)
	a := b.post("/token", exchange(b.code()))
	got := a.json(t)
	if a.StatusCode != http.StatusOK || got["token_type"] != "Bearer" || got["expires_in"] != 3600.0 || got["scope"] != "openid profile email" {
		t.Errorf("%s %s", a.Status, a.body)
	}
	for name, prefix := range map[string]string{"access_token": "pa_", "refresh_token": "pr_", "id_token": "eyJ"} {
		if !strings.HasPrefix(a.text(t, name), prefix) {
			t.Errorf("%s does not begin with %s", name, prefix)
		}
	}
	for name, want := range map[string]string{"Cache-Control": "no-store", "Pragma": "no-cache", "Content-Type": "application/json"} {
		if a.Header.Get(name) != want {
			t.Errorf("%s: %q", name, a.Header.Get(name))
		}
	}
}

func TestEachFaultOfATokenRequestIsRefusedInItsOwnWords(t *testing.T) {
	b := start(t)
	access, token := b.tokens()
	code := b.code()
	without := b.code("code_challenge", "", "code_challenge_method", "")
	b.http.Jar = nil
	for name, c := range map[string]struct {
		form        url.Values
		code        string
		description string
	}{
		"no grant_type":          {exchange(code, "grant_type", ""), "invalid_request", "no grant_type"},
		"another grant_type":     {exchange(code, "grant_type", "password"), "unsupported_grant_type", "'password'"},
		"no code":                {exchange(""), "invalid_request", "no code"},
		"an unknown code":        {exchange("pq_" + strings.Repeat("n", 40)), "invalid_grant", "never issued"},
		"a code cut short":       {exchange(code[:20]), "invalid_grant", "changed on the way"},
		"an access token":        {exchange(access), "invalid_grant", "is an access token"},
		"a refresh token":        {exchange(token), "invalid_grant", "is a refresh token"},
		"an ID token":            {exchange("eyJhbGciOi"), "invalid_grant", "is a JWT"},
		"another client":         {exchange(code, "client_id", practice.PublicClient, "client_secret", ""), "invalid_grant", "another client"},
		"no redirect_uri":        {exchange(code, "redirect_uri", ""), "invalid_grant", "no redirect_uri"},
		"another redirect_uri":   {exchange(code, "redirect_uri", callback+"/"), "invalid_grant", callback + "/' is not that of"},
		"no verifier":            {exchange(code, "code_verifier", ""), "invalid_grant", "no code_verifier"},
		"a short verifier":       {exchange(code, "code_verifier", "short"), "invalid_grant", "5 characters"},
		"another verifier":       {exchange(code, "code_verifier", strings.Repeat("a", 43)), "invalid_grant", "does not give the code_challenge"},
		"a verifier too many":    {exchange(without), "invalid_grant", "had no code_challenge"},
		"no refresh token":       {refresh(""), "invalid_request", "no refresh_token"},
		"an unknown one":         {refresh("px_unknown"), "invalid_grant", "no such refresh token"},
		"a code as one":          {refresh(code), "invalid_grant", "is an authorization code"},
		"another client's token": {refresh(token, "client_id", practice.PublicClient, "client_secret", ""), "invalid_grant", "another client"},
		"unknown scope":          {refresh(token, "scope", "openid read"), "invalid_scope", "beyond what was granted"},
		"more scope":             {refresh(token, "scope", "openid offline_access"), "invalid_scope", "beyond what was granted"},
	} {
		t.Run(name, func(t *testing.T) {
			refused(t, b.post("/token", c.form), http.StatusBadRequest, c.code, c.description)
		})
	}
	t.Run("and none of them uses the code or token up", func(t *testing.T) {
		for _, form := range []url.Values{exchange(code), exchange(without, "code_verifier", ""), refresh(token)} {
			if a := b.post("/token", form); a.StatusCode != http.StatusOK {
				t.Errorf("%s %s", a.Status, a.body)
			}
		}
	})
}

func TestAFormOfATokenRequestIsReadStrictly(t *testing.T) {
	b := start(t)
	form := exchange("pc_x")
	const formType = "application/x-www-form-urlencoded"
	for name, c := range map[string]struct {
		method, path, kind, body string
		status                   int
		description              string
	}{
		"GET":                     {"GET", "/token", "", "", 405, "takes POST"},
		"JSON":                    {"POST", "/token", "application/json", "{}", 400, "'application/json'"},
		"no content type":         {"POST", "/token", "", form.Encode(), 400, "Content-Type is ''"},
		"parameters in the query": {"POST", "/token?" + form.Encode(), formType, "", 400, "belong in the body"},
		"a bad escape":            {"POST", "/token", formType, "code=%zz", 400, "not form-encoded"},
		"a parameter twice":       {"POST", "/token", formType, form.Encode() + "&code=pc_y", 400, "'code' is there more than once"},
		"a body without end":      {"POST", "/token", formType, "code=" + strings.Repeat("a", 17_000), 413, "longer than"},
	} {
		t.Run(name, func(t *testing.T) {
			refused(t, b.do(c.method, c.path, c.kind, c.body), c.status, "invalid_request", c.description)
		})
	}
}

func TestAnEmptyParameterIsAsGoodAsNone(t *testing.T) {
	b := start(t)
	form := exchange(b.code())
	form["scope"], form["audience"] = []string{""}, []string{""}
	if a := b.post("/token", form); a.StatusCode != http.StatusOK {
		t.Errorf("%s %s", a.Status, a.body)
	}
}

func TestAnExpiredCodeTellsItsAge(t *testing.T) {
	b := start(t)
	code := b.code()
	b.clock.pass(10*time.Minute - time.Nanosecond)
	if a := b.post("/token", exchange(code)); a.StatusCode != http.StatusOK {
		t.Errorf("just in time: %s %s", a.Status, a.body)
	}
	code = b.code()
	b.clock.pass(12*time.Minute + 3*time.Second)
	refused(t, b.post("/token", exchange(code)), 400, "invalid_grant", "the code has expired: it is 12 min 3 s old and lived 10 min")
}

func TestLifetimesAreParameters(t *testing.T) {
	b := start(t, func(o *practice.Options) {
		o.CodeLifetime, o.AccessLifetime, o.RefreshLifetime = time.Second, 2*time.Second, 3*time.Second
	})
	code := b.code()
	b.clock.pass(time.Second)
	refused(t, b.post("/token", exchange(code)), 400, "invalid_grant", "lived 1 s")
	access, token := b.tokens()
	b.clock.pass(2 * time.Second)
	if b.active(access) || !b.active(token) {
		t.Error("after 2 s the access token should be gone, the refresh token not")
	}
	b.clock.pass(time.Second)
	refused(t, b.post("/token", refresh(token)), 400, "invalid_grant", "the refresh token has expired: it is 3 s old and lived 3 s")
}

func TestAReplayedCodeTakesBackWhatItGave(t *testing.T) {
	b := start(t)
	code := b.code()
	first := b.post("/token", exchange(code))
	access, token := first.text(t, "access_token"), first.text(t, "refresh_token")
	second := b.post("/token", refresh(token))
	b.clock.pass(11 * time.Minute) // used comes before expired: the replay matters more
	refused(t, b.post("/token", exchange(code)), 400, "invalid_grant", "already used 11 min ago")
	for _, token := range []string{access, second.text(t, "access_token"), second.text(t, "refresh_token")} {
		if b.active(token) {
			t.Error("a token outlived the replay of its code")
		}
	}
	refused(t, b.post("/token", refresh(second.text(t, "refresh_token"))), 400, "invalid_grant", "revoked: the code that it came of was sent again")
}

func TestOfSixteenSimultaneousRedemptionsOneWins(t *testing.T) {
	b := start(t)
	form := exchange(b.code())
	answers := make([]answer, 16)
	var wg sync.WaitGroup
	for i := range answers {
		wg.Go(func() { answers[i] = b.post("/token", form) })
	}
	wg.Wait()
	won := 0
	for _, a := range answers {
		if a.StatusCode == http.StatusOK {
			won++
			if b.active(a.text(t, "access_token")) {
				t.Error("the winner's token outlived fifteen replays")
			}
			continue
		}
		refused(t, a, 400, "invalid_grant", "already used")
	}
	if won != 1 {
		t.Errorf("%d won", won)
	}
}

func TestARefreshTokenIsRotated(t *testing.T) {
	b := start(t)
	_, token := b.tokens()
	a := b.post("/token", refresh(token, "scope", "openid"))
	next := a.text(t, "refresh_token")
	if a.StatusCode != http.StatusOK || next == token || next == "" || a.text(t, "scope") != "openid" || a.text(t, "id_token") == "" {
		t.Errorf("%s %s", a.Status, a.body)
	}
	// RFC 6749 §6: the new refresh token has the scope of the old one.
	if a := b.post("/token", refresh(next)); a.text(t, "scope") != "openid profile email" {
		t.Errorf("%s %s", a.Status, a.body)
	}
}

func TestAScopeThatIsNamedTwiceIsGrantedOnce(t *testing.T) {
	b := start(t)
	_, token := b.tokens()
	if a := b.post("/token", refresh(token, "scope", "openid profile openid")); a.text(t, "scope") != "openid profile" {
		t.Errorf("%s %s", a.Status, a.body)
	}
}

func TestAReusedRefreshTokenEndsItsFamily(t *testing.T) {
	b := start(t)
	access, token := b.tokens()
	otherAccess, _ := b.tokens()
	next := b.post("/token", refresh(token))
	b.clock.pass(time.Minute)
	refused(t, b.post("/token", refresh(token)), 400, "invalid_grant", "already used 1 min ago")
	refused(t, b.post("/token", refresh(next.text(t, "refresh_token"))), 400, "invalid_grant", "revoked: an older refresh token of its family was used again")
	if b.active(access) || b.active(next.text(t, "access_token")) {
		t.Error("an access token of the family still works")
	}
	if !b.active(otherAccess) {
		t.Error("another family was revoked too")
	}
}

func TestThePlainChallengeIsComparedAsItIs(t *testing.T) {
	b := start(t)
	for _, method := range []string{"plain", ""} { // RFC 7636 §4.3: plain is the default
		code := b.code("code_challenge", verifier, "code_challenge_method", method)
		if a := b.post("/token", exchange(code)); a.StatusCode != http.StatusOK {
			t.Errorf("%q: %s %s", method, a.Status, a.body)
		}
	}
}

func TestAScopeWithoutOpenidGivesNoIDToken(t *testing.T) {
	b := start(t)
	a := b.post("/token", exchange(b.code("scope", "")))
	if a.text(t, "scope") != "profile" || a.text(t, "id_token") != "" {
		t.Error(a.body)
	}
	no := b.get("/userinfo", "Authorization", "Bearer "+a.text(t, "access_token"))
	refused(t, no, 403, "insufficient_scope", "openid")
}
