package walk

import (
	"math/rand/v2"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/diagnose/safe/safetest"
	"example.com/grantwalk/flow"
	"example.com/grantwalk/tui/internal/golden"
)

// TestNoPageOfAWalkShowsASecret lets the server of the user's own provider repeat secrets
// of every kind, in tokens and in an error, and looks at every page with every overlay.
func TestNoPageOfAWalkShowsASecret(t *testing.T) {
	r := rand.New(rand.NewPCG(2026, 16))
	for _, kind := range safetest.Kinds {
		secret := kind.Make(r)
		for name, shown := range pagesOf(t, secret) {
			part := safetest.Leak(shown, "", secret)
			if part == "" || strings.Contains(pagesOf(t, kind.Make(r))[name], part) { // our own words
				continue
			}
			if strings.Contains(pagesOf(t, secret)[name], part) { // and no port or time of that one walk
				t.Errorf("%s shows %q of %s %q:\n%s", name, part, kind.Name, secret, shown)
			}
		}
	}
}

func pagesOf(t *testing.T, secret string) map[string]string {
	t.Helper()
	e := newEcho(t)
	e.code, e.tokens = "c-"+secret, map[string]any{"access_token": "a-" + secret, "refresh_token": "r-" + secret, "token_type": "Bearer", "scope": "openid",
		"api_key": secret, "jwt": secret, "k": secret, "session_id": secret, "unheard_of": secret, secret: []any{secret}}
	e.metadata = map[string]any{"issuer": e.URL, "authorization_endpoint": e.URL + "/authorize", "token_endpoint": e.URL + "/token", "userinfo_endpoint": e.URL + "/info",
		"scopes_supported": []string{secret}, "unheard_of": secret, secret: secret}
	w := e.walkThrough(t, flow.Config{Issuer: e.URL, ClientID: "app", Scopes: []string{"openid"}})

	c := common(200, 60)
	var copied string
	c.Env.Copy = func(s string) tea.Cmd { copied += s + "\n"; return nil }
	shown := map[string]string{}
	look := func(name string, m *Model) {
		m.reveal = false // as it begins at a provider of the user's own
		for page := range len(m.messages) + 1 {
			m.show(page)
			for _, param := range []int{-1, 0, m.lastPage()} {
				m.focus(param)
				shown[name] += m.View() + "\n"
			}
			for _, key := range []string{"c", "y", "t", "esc"} {
				golden.Press(m, key)
				shown[name] += m.View() + "\n"
				m.over = noOverlay
			}
		}
	}
	ended := gotTokens(c)
	ended.messages, ended.tokens = w.Transcript.Messages(), w.Tokens
	look("tokens", ended)

	rejected := refusedAt(c)
	said := flow.ErrorResponse{Error: safe.Foreign(secret), Description: safe.Foreign("the code " + secret + " is wrong"), URI: safe.Endpoint(e.URL + "/" + secret), Status: 400}
	rejected.outcome.Error = &said
	rejected.messages = w.Transcript.Messages()
	rejected.evidence.ErrorResponse = diagnose.ErrorResponse{Error: said.Error, Description: said.Description}
	look("an error", rejected)
	shown["what is copied"] = copied
	return shown
}
