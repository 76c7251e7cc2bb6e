package setup

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/google/go-cmp/cmp"

	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/flow"
	"example.com/grantwalk/flow/practice"
	"example.com/grantwalk/tui/internal/golden"
	"example.com/grantwalk/tui/session"
	"example.com/grantwalk/tui/ui"
)

const issuer = "https://login.example.com/tenant"

// found is what the issuer of these tests says of itself.
var found = flow.Metadata{
	Issuer: issuer, AuthorizationEndpoint: issuer + "/authorize", TokenEndpoint: issuer + "/token", UserinfoEndpoint: issuer + "/userinfo",
	JWKSURI: issuer + "/keys", Scopes: []safe.Scope{"openid", "email", "calendar.read"}, AuthMethods: []safe.Foreign{"client_secret_post", "private_key_jwt"},
	ChallengeMethods: []safe.Foreign{"S256"}, Discovered: true,
}

// form is a form with the cursor where a user finds it.
func form(c *ui.Common, o session.Options) *Model {
	m := New(c, Input{Options: o})
	m.Init()
	return m
}

func own(*ui.Common) session.Options {
	return session.Options{Config: flow.Config{Issuer: issuer, ClientID: "web-shop", ClientSecret: "correct horse battery"}}
}

// asked is a form whose issuer is being asked.
func asked(c *ui.Common) *Model {
	m := form(c, own(c))
	golden.Press(m, "enter")
	return m
}

func answered(c *ui.Common, msg foundMsg) *Model {
	m := asked(c)
	msg.issuer = issuer
	m.Update(msg)
	return m
}

// states are all that the screen can show.
var states = map[string]func(*ui.Common) *Model{
	"empty":    func(c *ui.Common) *Model { return form(c, session.Options{}) },
	"practice": func(c *ui.Common) *Model { return form(c, session.Options{Practice: true}) },
	"endpoints": func(c *ui.Common) *Model {
		m := form(c, session.Options{})
		golden.Press(m, "up", "right")
		return m
	},
	"asking": func(c *ui.Common) *Model {
		m := asked(c)
		c.Now = c.Now.Add(3 * time.Second)
		golden.Press(m, "up")
		return m
	},
	"found": func(c *ui.Common) *Model {
		m := answered(c, foundMsg{metadata: found})
		golden.Press(m, "up")
		return m
	},
	"found-authentication": func(c *ui.Common) *Model {
		m := answered(c, foundMsg{metadata: found})
		golden.Press(m, "enter", "enter")
		return m
	},
	"found-scopes": func(c *ui.Common) *Model {
		m := answered(c, foundMsg{metadata: found})
		golden.Press(m, "enter", "enter", "enter", "enter")
		return m
	},
	"not-found": func(c *ui.Common) *Model {
		m := answered(c, foundMsg{outcome: flow.Outcome{Kind: flow.NoAnswer, Why: "login.example.com refuses the connection: nothing listens there"}})
		golden.Press(m, "up")
		return m
	},
	"another-issuer": func(c *ui.Common) *Model {
		m := answered(c, foundMsg{err: &flow.Problem{Field: flow.FieldIssuer, Value: issuer, Code: flow.CodeOtherIssuer, Args: []string{"https://login.example.com/{tenantid}"}}})
		golden.Press(m, "up")
		return m
	},
	"no-client-id": func(c *ui.Common) *Model {
		m := form(c, session.Options{Config: flow.Config{Issuer: issuer}})
		golden.Press(m, "ctrl+s")
		return m
	},
	"no-issuer": func(c *ui.Common) *Model {
		m := form(c, session.Options{})
		golden.Press(m, "down", "down", "ctrl+s")
		return m
	},
	"port-in-use": func(c *ui.Common) *Model {
		o := own(c)
		o.Config.RedirectURI = "http://127.0.0.1:8080/callback"
		m := New(c, Input{Options: o, Problem: &flow.Problem{Field: flow.FieldRedirectURI, Value: o.Config.RedirectURI, Code: flow.CodePort, Args: []string{"port 8080 is in use by nginx (process 812)", "end that program, or use port 0"}}})
		m.Init()
		return m
	},
	"left-wrong": func(c *ui.Common) *Model {
		m := form(c, session.Options{})
		enterText(m, "not a url")
		golden.Press(m, "enter", "enter", "enter", "enter")
		enterText(m, "foo")
		golden.Press(m, "enter")
		return m
	},
	"plain-http": func(c *ui.Common) *Model {
		m := form(c, session.Options{})
		enterText(m, "http://login.example.com")
		return m
	},
	"redirect-to-paste": func(c *ui.Common) *Model { return redirected(c, "https://app.example.com/cb") },
	"redirect-wrong":    func(c *ui.Common) *Model { return redirected(c, "http://127.0.0.1:99999/cb") },
	"redirect-here":     func(c *ui.Common) *Model { return redirected(c, "http://localhost:8080/cb") },
	"from-flags": func(c *ui.Common) *Model {
		return form(c, session.Options{Browser: session.None, Config: flow.Config{
			AuthURL: "https://github.com/login/oauth/authorize", TokenURL: "https://github.com/login/oauth/access_token", ClientID: "Iv1.0123456789abcdef",
			ClientAuth: flow.AuthPost, ClientSecret: "very secret", Scopes: []string{"read:user", "user:email"}, PKCE: flow.PKCENone,
			RedirectURI: "http://127.0.0.1:8765/callback?from=it's", Params: []flow.Pair{{Name: "allow_signup", Value: "false"}}, Timeout: time.Minute,
		}})
	},
	"copied": func(c *ui.Common) *Model {
		m := form(c, own(c))
		golden.Press(m, "ctrl+y")
		return m
	},
}

func redirected(c *ui.Common, uri string) *Model {
	m := form(c, own(c))
	golden.Press(m, "enter", "enter", "enter", "enter")
	enterText(m, uri)
	return m
}

func enterText(m *Model, text string) {
	m.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(text)})
}

func TestEveryStateHasItsPicture(t *testing.T) {
	for name, make := range states {
		for _, size := range []struct{ w, h int }{{80, 24}, {120, 40}} {
			c := golden.Common(size.w, size.h)
			golden.Check(t, c, golden.Framed(c, make(c)), fmt.Sprintf("%s-%dx%d", name, size.w, size.h))
		}
	}
}

func TestANarrowTerminalAndAnOldLocaleAreUsable(t *testing.T) {
	for _, size := range []struct{ w, h int }{{60, 16}, {40, 12}} {
		for _, name := range []string{"empty", "found", "not-found", "redirect-wrong", "left-wrong"} {
			c := golden.Common(size.w, size.h)
			c.Glyphs = ui.ASCII
			name := fmt.Sprintf("%s-%dx%d-ascii", name, size.w, size.h)
			got := golden.Framed(c, states[strings.TrimSuffix(name, fmt.Sprintf("-%dx%d-ascii", size.w, size.h))](c))
			golden.Check(t, c, got, name)
			golden.OnlyASCII(t, got, name)
		}
	}
}

func TestTheFormStaysWithinEverySize(t *testing.T) {
	for name, make := range states {
		c := golden.Common(80, 24)
		m := make(c)
		golden.EverySize(func(width, height int) {
			c.Width, c.Height = width, height
			golden.Fits(t, c, golden.Framed(c, m), name)
		})
	}
}

func TestTheSecretIsNeverOnTheScreenNorInTheCommand(t *testing.T) {
	for name, make := range states {
		c := golden.Common(120, 40)
		var copied string
		c.Env.Copy = func(s string) tea.Cmd { copied = s; return nil }
		m := make(c)
		golden.Press(m, "ctrl+y")
		for range m.rows {
			for _, secret := range []string{"correct horse battery", "very secret"} {
				if strings.Contains(golden.Framed(c, m), secret) || strings.Contains(copied, secret) {
					t.Errorf("%s shows the secret", name)
				}
			}
			golden.Press(m, "tab")
		}
	}
}

// line is the command as it is copied.
func line(t *testing.T, o session.Options) string {
	t.Helper()
	parts, err := command(o)
	if err != nil {
		t.Error(err)
	}
	return strings.Join(parts, " ")
}

func TestTheCommandRepeatsTheForm(t *testing.T) {
	m := states["from-flags"](golden.Common(80, 24))
	want := `grantwalk walk --auth-url https://github.com/login/oauth/authorize --token-url https://github.com/login/oauth/access_token ` +
		`--client-id Iv1.0123456789abcdef --client-auth post --redirect-uri 'http://127.0.0.1:8765/callback?from=it'\''s' ` +
		`--scope 'read:user user:email' --param allow_signup=false --pkce none --timeout 1m0s --browser none`
	if diff := cmp.Diff(want, line(t, m.options())); diff != "" {
		t.Error(diff)
	}
}

func TestTheCommandKeepsWhatOnlyFlagsCanGive(t *testing.T) {
	c := golden.Common(80, 24)
	for want, o := range map[string]session.Options{
		"grantwalk walk --provider google --issuer " + issuer + " --client-id a --twist code_reused": {
			Twist: "code_reused", Config: flow.Config{Provider: "google", Issuer: issuer, ClientID: "a"}},
		"grantwalk walk --issuer " + issuer + " --client-id a --other-client-id b --twist client_mismatch": {
			Twist: "client_mismatch", Config: flow.Config{Issuer: issuer, ClientID: "a", OtherClientID: "b"}},
		"grantwalk walk --browser approve --fault policy=refresh --fault clock_skew --speak github": {
			Practice: true, Browser: session.Approve, Faults: []string{"policy=refresh", "clock_skew"}, Speak: "github"},
	} {
		if diff := cmp.Diff(want, line(t, form(c, o).options())); diff != "" {
			t.Error(diff)
		}
	}
}

func TestWhatCameFromFlagsComesBackUnchanged(t *testing.T) {
	c := golden.Common(80, 24)
	for _, o := range []session.Options{
		own(c), {Practice: true}, {Practice: true, Browser: session.Approve, Config: flow.Config{ClientID: "demo-spa", ClientAuth: flow.AuthNone}},
		states["from-flags"](c).options(), {Config: flow.Config{Provider: "example", Issuer: issuer, ClientID: "a", CodeLifetime: time.Minute, Insecure: true}},
	} {
		if diff := cmp.Diff(o, form(c, o).options()); diff != "" {
			t.Error(diff)
		}
	}
}

func TestAnotherIssuerIsAnotherProvider(t *testing.T) {
	m := form(golden.Common(80, 24), session.Options{Config: flow.Config{Provider: "example", Issuer: issuer, CodeLifetime: time.Minute}})
	enterText(m, "2")
	if c := m.options().Config; c.Provider != "" || c.CodeLifetime != 0 {
		t.Errorf("%+v keeps the name or the lifetime of the one before", c)
	}
}

func TestAWrongSettingLeadsToItsField(t *testing.T) {
	c := golden.Common(80, 24)
	for _, tt := range []struct {
		config flow.Config
		field  string
	}{
		{flow.Config{}, "issuer"},
		{flow.Config{Issuer: "login"}, "issuer"},
		{flow.Config{Issuer: issuer}, "client-id"},
		{flow.Config{Issuer: issuer, ClientID: "a", ClientAuth: flow.AuthPost}, "client-auth"},
		{flow.Config{Issuer: issuer, ClientID: "a", RedirectURI: "/callback"}, "redirect-uri"},
		{flow.Config{AuthURL: issuer}, "token-url"},
		{flow.Config{TokenURL: issuer}, "auth-url"},
		{flow.Config{Issuer: issuer, ClientID: "a", Params: []flow.Pair{{Name: "state"}}}, "server"}, // has no field
	} {
		m := form(c, session.Options{Config: tt.config})
		golden.Press(m, "ctrl+s")
		if m.focused() != tt.field || m.refused == nil {
			t.Errorf("%+v leads to %s, want %s", tt.config, m.focused(), tt.field)
			continue
		}
		if view := m.View(); !strings.Contains(strings.Join(strings.Fields(view), " "), strings.Join(strings.Fields(m.refused.Problem), " ")) {
			t.Errorf("%q is not shown:\n%s", m.refused.Problem, view)
		}
	}
}

func TestAFieldThatWasLeftWithAWrongValueIsMarked(t *testing.T) {
	m := states["left-wrong"](golden.Common(80, 24))
	if view := m.View(); !strings.Contains(view, "✗ Issuer") || !strings.Contains(view, "✗ Redirect URI") || strings.Count(view, "✗") != 2 {
		t.Errorf("not just those two are marked:\n%s", view)
	}
	practice := form(golden.Common(80, 24), session.Options{Practice: true, Config: flow.Config{ClientAuth: flow.AuthPost}})
	if strings.Contains(practice.View(), "✗") {
		t.Errorf("the practice server has a secret of its own:\n%s", practice.View())
	}
}

func TestAProblemOfTheWalkStaysUntilItsFieldChanges(t *testing.T) {
	m := states["port-in-use"](golden.Common(80, 24))
	if m.focused() != "redirect-uri" || !strings.Contains(m.View(), "port 8080 is in use by nginx") {
		t.Fatalf("at %s:\n%s", m.focused(), m.View())
	}
	enterText(m, "2")
	if strings.Contains(m.View(), "in use") {
		t.Errorf("it is said of another port too:\n%s", m.View())
	}
}

func TestAnExplanationThatIsCutSaysSo(t *testing.T) {
	if view := states["redirect-wrong"](golden.Common(40, 12)).View(); !strings.Contains(view, "0 for an…") {
		t.Errorf("it is cut silently:\n%s", view)
	}
}

func TestTheFormSpeaksOfItsFieldsNotOfFlags(t *testing.T) {
	c := golden.Common(120, 40)
	for _, config := range []flow.Config{
		{}, {AuthURL: issuer}, {TokenURL: issuer}, {Issuer: "https://user:word@login.example.com", ClientID: "a"},
		{Issuer: issuer, ClientID: "a", ClientAuth: flow.AuthPost}, {Issuer: issuer, ClientID: "a", ClientAuth: flow.AuthNone, ClientSecret: "correct horse battery"},
	} {
		m := form(c, session.Options{Config: config})
		golden.Press(m, "ctrl+s")
		p := m.refused
		if p == nil {
			t.Errorf("%+v is not refused", config)
		} else if said := p.Problem + p.Remedy; strings.Contains(said, "--") || strings.Contains(said, "GRANTWALK") {
			t.Errorf("%q", said)
		}
	}
	server, err := practice.Start(practice.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	for _, found := range []foundMsg{
		ask(t, server.Issuer()+"/nowhere"),
		ask(t, strings.Replace(server.Issuer(), "127.0.0.1", "localhost", 1)), // whose metadata name another issuer
	} {
		if m := answered(c, found); m.discovery.remedy == "" || strings.Contains(m.discovery.remedy, "--") {
			t.Errorf("%+v: %q", found.err, m.discovery.remedy)
		}
	}
}

func TestTypingTakesTheProblemAway(t *testing.T) {
	m := states["no-client-id"](golden.Common(80, 24))
	if m.problem("client-id") == nil {
		t.Fatal("no problem to begin with")
	}
	enterText(m, "a")
	if p := m.problem("client-id"); p != nil {
		t.Errorf("still %v", p)
	}
}

func TestWhatIsTypedQuicklyAfterEnterBelongsToTheNextField(t *testing.T) {
	m := form(golden.Common(80, 24), session.Options{})
	enterText(m, issuer)
	golden.Press(m, "enter") // its command has not run yet
	enterText(m, "web-shop")
	if m.values.issuer != issuer || m.values.clientID != "web-shop" {
		t.Errorf("%+v", m.values)
	}
}

func TestTheAnswerDoesNotDisturbWhoIsTyping(t *testing.T) {
	m := asked(golden.Common(80, 24))
	enterText(m, "-2")
	m.Update(foundMsg{issuer: issuer, metadata: found})
	enterText(m, "x")
	if m.focused() != "client-id" || m.values.clientID != "web-shop-2x" || m.values.scope != "openid email" {
		t.Errorf("at %s, %+v", m.focused(), m.values)
	}
}

func TestScopesThatWereTypedAreKept(t *testing.T) {
	o := own(nil)
	o.Config.Scopes = []string{"calendar.read"}
	m := form(golden.Common(80, 24), o)
	golden.Press(m, "enter")
	m.Update(foundMsg{issuer: issuer, metadata: found})
	if m.values.scope != "calendar.read" {
		t.Errorf("now %q", m.values.scope)
	}
}

func TestAskingCanBeStoppedAndALateAnswerIsIgnored(t *testing.T) {
	m := asked(golden.Common(80, 24))
	if cmd := golden.Press(m, "esc"); cmd != nil || m.discovery.asking {
		t.Fatal("esc does not stop the asking")
	}
	m.Update(foundMsg{issuer: issuer, metadata: found})
	if m.discovered() != nil {
		t.Error("the late answer was taken")
	}
	back, ok := golden.Press(m, "esc")().(HomeMsg)
	if !ok || back.Options.Config.ClientID != "web-shop" {
		t.Errorf("the second esc gives %+v", back)
	}
}

func TestBeginningWaitsForTheMetadata(t *testing.T) {
	m := form(golden.Common(80, 24), own(nil))
	golden.Press(m, "ctrl+s")
	if !m.discovery.asking {
		t.Fatal("the issuer is not asked")
	}
	_, cmd := m.Update(foundMsg{issuer: issuer, metadata: found})
	if cmd == nil {
		t.Fatal("the walk does not begin")
	}
	done, ok := cmd().(WalkMsg)
	if !ok || done.Options.Config.Issuer != issuer || done.Options.Config.ClientSecret != "correct horse battery" {
		t.Errorf("%+v", done)
	}
}

func TestBeginningWhileTheIssuerIsAskedWaitsForThatAnswer(t *testing.T) {
	m := asked(golden.Common(80, 24))
	if cmd := golden.Press(m, "ctrl+s"); cmd != nil {
		t.Fatal("the issuer is asked a second time")
	}
	_, cmd := m.Update(foundMsg{issuer: issuer, metadata: found})
	if cmd == nil {
		t.Fatal("the walk does not begin")
	}
	if _, ok := cmd().(WalkMsg); !ok {
		t.Errorf("leaves by %T", cmd())
	}
}

func TestTheEndOfAQuestionThatWasStoppedDoesNotEndTheNext(t *testing.T) {
	m := asked(golden.Common(80, 24))
	golden.Press(m, "esc", "ctrl+s")
	if _, cmd := m.Update(foundMsg{issuer: issuer, outcome: flow.Outcome{Kind: flow.Interrupted}}); cmd != nil || !m.discovery.asking || !m.discovery.begin {
		t.Errorf("asking %v, begin %v", m.discovery.asking, m.discovery.begin)
	}
}

func TestBeginningWithoutMetadataLeadsBackToTheIssuer(t *testing.T) {
	m := asked(golden.Common(80, 24))
	golden.Press(m, "enter", "ctrl+s")
	_, cmd := m.Update(foundMsg{issuer: issuer, outcome: flow.Outcome{Kind: flow.NoAnswer, Why: "no answer"}})
	if m.focused() != "issuer" {
		t.Errorf("at %s (%v)", m.focused(), cmd)
	}
}

func TestThePracticeServerNeedsNothing(t *testing.T) {
	m := form(golden.Common(80, 24), session.Options{Practice: true})
	done, ok := golden.Press(m, "ctrl+s")().(WalkMsg)
	if diff := cmp.Diff(session.Options{Practice: true}, done.Options); !ok || diff != "" {
		t.Error(diff)
	}
}

func TestEveryLineCanBeReachedAndTheLastOneBegins(t *testing.T) {
	m := form(golden.Common(80, 24), session.Options{Practice: true})
	for i := range m.rows {
		if m.index() != i {
			t.Fatalf("at %d, want %d", m.index(), i)
		}
		if i < len(m.rows)-1 {
			golden.Press(m, "enter")
		}
	}
	if _, ok := golden.Press(m, "enter")().(WalkMsg); !ok {
		t.Error("Enter on the last line does not begin the walk")
	}
	for range len(m.rows) + 2 {
		golden.Press(m, "up")
	}
	if m.index() != 0 {
		t.Errorf("up leads to %d", m.index())
	}
}

// ask runs the command that asks, as the program would.
func ask(t *testing.T, issuer string) foundMsg {
	t.Helper()
	m := form(golden.Common(80, 24), session.Options{Config: flow.Config{Issuer: issuer}})
	t.Cleanup(m.Close)
	return m.discover()().(foundMsg)
}

func TestTheIssuerIsAskedForItsMetadata(t *testing.T) {
	var server *httptest.Server
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/tenant/.well-known/openid-configuration" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"issuer":"%[1]s/tenant","authorization_endpoint":"%[1]s/a","token_endpoint":"%[1]s/t","scopes_supported":["openid"]}`, server.URL)
	}))
	t.Cleanup(server.Close)
	if got := ask(t, server.URL+"/tenant"); got.metadata.TokenEndpoint != server.URL+"/t" || got.err != nil {
		t.Errorf("%+v", got)
	}
	var bad *flow.Problem
	if got := ask(t, server.URL+"/other"); !errors.As(got.err, &bad) || bad.Field != flow.FieldIssuer {
		t.Errorf("%+v", got)
	}
}

func TestAnIssuerThatDoesNotAnswerIsNotFound(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close() // nobody listens there now
	if got := ask(t, "http://"+l.Addr().String()); got.outcome.Kind != flow.NoAnswer || got.outcome.Why == "" {
		t.Errorf("%+v", got)
	}
}

func TestLeavingTheFormEndsTheAsking(t *testing.T) {
	arrived := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-r.Context().Done()
	}))
	t.Cleanup(server.Close)
	m := form(golden.Common(80, 24), session.Options{Config: flow.Config{Issuer: server.URL}})
	ask := m.discover()
	answer := make(chan tea.Msg)
	go func() { answer <- ask() }()
	<-arrived
	m.Close()
	if got := (<-answer).(foundMsg); got.outcome.Kind != flow.Interrupted {
		t.Errorf("%+v", got)
	}
	if !errors.Is(m.ctx.Err(), context.Canceled) {
		t.Error("the screen's context goes on")
	}
}
