package practice_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.com/grantwalk/flow/practice"
)

func TestTheBuiltInUserApprovesOrDeniesAndArrivesAtTheClient(t *testing.T) {
	b := start(t)
	for _, mode := range []string{"query", "form_post"} {
		for _, approve := range []bool{true, false} {
			l := listen(t)
			req := request("redirect_uri", l.uri, "response_mode", mode, "login_hint", "bob@example.com")
			if err := (practice.User{Approve: approve}).Open(t.Context(), b.server.Issuer()+"/authorize?"+req.Encode()); err != nil {
				t.Fatal(err)
			}
			got := l.one(t)
			if want := map[string]string{"query": "GET", "form_post": "POST"}[mode]; got.method != want {
				t.Errorf("%s: %s", mode, got.method)
			}
			if got.params.Has("code") != approve || (got.params.Get("error") == "access_denied") == approve ||
				got.params.Get("state") != "the-state" || got.params.Get("iss") != b.server.Issuer() {
				t.Errorf("approve %t: %v", approve, got.params)
			}
			if got.cookie != "" {
				t.Errorf("the client got the server's cookie: %s", got.cookie)
			}
			if approve {
				a := b.post("/token", exchange(got.params.Get("code"), "redirect_uri", l.uri))
				if a := b.get("/userinfo", "Authorization", "Bearer "+a.text(t, "access_token")); a.text(t, "sub") != "bob" {
					t.Errorf("logged in as %s", a.body)
				}
			}
		}
	}
}

func TestTheBuiltInUserFollowsARefusalThatComesByRedirect(t *testing.T) {
	b := start(t)
	l := listen(t)
	if err := (practice.User{Client: &http.Client{}}).Open(t.Context(), b.server.Issuer()+"/authorize?"+request("redirect_uri", l.uri, "scope", "write").Encode()); err != nil {
		t.Fatal(err)
	}
	if got := l.one(t); got.params.Get("error") != "invalid_scope" {
		t.Errorf("%v", got.params)
	}
}

func TestTheBuiltInUserSaysWhatStoodInTheWay(t *testing.T) {
	b := start(t)
	endless := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`<h1>again</h1><form method="post" action="/"><input type="hidden" name="a" value="b"/></form>`))
	}))
	defer endless.Close()
	gone := httptest.NewServer(http.NotFoundHandler()) // the last, so that nothing else gets its port
	gone.Close()
	for name, c := range map[string]struct{ address, says string }{
		"no address":          {"http://127.0.0.1:%zz", "open the authorization URL"},
		"no server":           {gone.URL, "refused"},
		"an error page":       {b.server.Issuer() + "/authorize?client_id=nobody", "no client is named 'nobody'"},
		"a client that left":  {b.server.Issuer() + "/authorize?" + request("redirect_uri", gone.URL).Encode(), "refused"},
		"forms without end":   {endless.URL, "does not lead back to the client: again"},
		"a form to somewhere": {b.server.Issuer() + "/authorize?" + request("redirect_uri", gone.URL, "response_mode", "form_post").Encode(), "refused"},
	} {
		err := practice.User{Approve: true}.Open(t.Context(), c.address)
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && (strings.Contains(err.Error(), "pc_") || strings.Contains(err.Error(), "the-state")) {
			t.Errorf("%s: a secret in the error: %v", name, err)
		}
	}
}

func TestTheBuiltInUserStopsWithItsContext(t *testing.T) {
	hanging := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer hanging.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := (practice.User{}).Open(ctx, hanging.URL+"/authorize?"+url.Values{"state": {"the-state"}}.Encode()); err == nil || ctx.Err() == nil || strings.Contains(err.Error(), "the-state") {
		t.Errorf("%v", err)
	}
}
