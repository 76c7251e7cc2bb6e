package setup

import (
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/huh"

	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/flow"
	"example.com/grantwalk/tui/session"
	"example.com/grantwalk/tui/ui"
)

// The servers to choose from.
const (
	practiceServer = "practice"
	ownIssuer      = "discover"
	ownEndpoints   = "endpoints"
)

// values are what stands in the fields.
type values struct {
	server, issuer, authURL, tokenURL string
	clientID, secret, auth            string
	redirect, scope, pkce, browser    string
}

func valuesOf(o session.Options) values {
	c := o.Config
	v := values{
		server: ownIssuer, issuer: c.Issuer, authURL: c.AuthURL, tokenURL: c.TokenURL,
		clientID: c.ClientID, secret: c.ClientSecret.Reveal(), auth: string(c.ClientAuth),
		redirect: c.RedirectURI, scope: strings.Join(c.Scopes, " "), pkce: string(c.PKCE), browser: string(o.Browser),
	}
	switch {
	case o.Practice:
		v.server = practiceServer
	case c.AuthURL != "" || c.TokenURL != "":
		v.server = ownEndpoints
	}
	return v
}

// options are the settings as the form says; what has no field stays as it came.
func (m *Model) options() session.Options {
	v, o := m.values, m.in.Options
	c := &o.Config
	o.Practice, o.Browser = v.server == practiceServer, session.Browser(v.browser)
	before := [3]string{c.Issuer, c.AuthURL, c.TokenURL}
	c.Issuer, c.AuthURL, c.TokenURL = "", "", ""
	switch v.server {
	case ownIssuer:
		c.Issuer = strings.TrimSpace(v.issuer)
	case ownEndpoints:
		c.AuthURL, c.TokenURL = strings.TrimSpace(v.authURL), strings.TrimSpace(v.tokenURL)
	}
	if before != [3]string{c.Issuer, c.AuthURL, c.TokenURL} {
		c.Provider, c.CodeLifetime = "", 0 // they were another's
	}
	c.ClientID, c.ClientSecret, c.ClientAuth = strings.TrimSpace(v.clientID), safe.Secret(strings.TrimSpace(v.secret)), flow.ClientAuth(v.auth)
	c.RedirectURI, c.Scopes, c.PKCE = strings.TrimSpace(v.redirect), nil, flow.PKCE(v.pkce)
	if scopes := strings.Fields(v.scope); len(scopes) > 0 {
		c.Scopes = scopes
	}
	return o
}

// A row is a line of the form. Its key is the flag that sets the same.
type row struct {
	key, label  string
	value       *string
	placeholder string
	masked      bool
	choices     []choice // to be chosen among, not typed
}

type choice struct{ label, value string }

// rowsOf are the lines that the chosen server needs.
func (m *Model) rowsOf() []row {
	v := &m.values
	rows := []row{{key: "server", label: "Server", value: &v.server, choices: []choice{
		{"the practice server, here", practiceServer}, {"a provider to discover", ownIssuer}, {"a provider by its endpoints", ownEndpoints},
	}}}
	id, secret, scope := "", "if empty: a public client", ""
	browsers := []choice{{"the system's own", ""}, {"none: show the URL", string(session.None)}}
	switch v.server {
	case practiceServer:
		id, secret, scope = "if empty: the server's own", "if empty: the server's own", "if empty: all that it has"
		browsers = append(browsers, choice{"a built-in user who allows access", string(session.Approve)}, choice{"a built-in user who denies access", string(session.Deny)})
	case ownIssuer:
		rows = append(rows, row{key: "issuer", label: "Issuer", value: &v.issuer, placeholder: "such as https://login.example.com"})
	case ownEndpoints:
		rows = append(rows, row{key: "auth-url", label: "Authorization", value: &v.authURL, placeholder: "such as https://login.example.com/authorize"},
			row{key: "token-url", label: "Token", value: &v.tokenURL, placeholder: "such as https://login.example.com/token"})
	}
	return append(rows,
		row{key: "client-id", label: "Client id", value: &v.clientID, placeholder: id},
		row{key: "client-secret", label: "Client secret", value: &v.secret, placeholder: secret, masked: true},
		row{key: "client-auth", label: "Authentication", value: &v.auth, choices: []choice{
			{"choose for me", ""}, {"Basic, in the header", string(flow.AuthBasic)}, {"post, in the form", string(flow.AuthPost)}, {"none: a public client", string(flow.AuthNone)},
		}},
		row{key: "redirect-uri", label: "Redirect URI", value: &v.redirect, placeholder: "if empty: " + flow.DefaultRedirectURI},
		row{key: "scope", label: "Scopes", value: &v.scope, placeholder: scope},
		row{key: "pkce", label: "PKCE", value: &v.pkce, choices: []choice{{"S256", ""}, {"plain", string(flow.PKCEPlain)}, {"none", string(flow.PKCENone)}}},
		row{key: "browser", label: "Browser", value: &v.browser, choices: browsers})
}

// build makes the form again, as it must be when the rows change.
func (m *Model) build() {
	m.rows, m.fields = m.rowsOf(), nil
	for _, r := range m.rows {
		m.fields = append(m.fields, r.field())
	}
	m.form = huh.NewForm(huh.NewGroup(m.fields...)).WithTheme(theme(m.ui)).WithKeyMap(keyMap()).WithShowHelp(false).WithShowErrors(false)
	m.form.Init()
}

func (r row) field() huh.Field {
	if r.choices == nil {
		f := huh.NewInput().Key(r.key).Value(r.value).Prompt("").Placeholder(r.placeholder).Inline(true)
		if r.masked {
			f.EchoMode(huh.EchoModePassword)
		}
		return f
	}
	var options []huh.Option[string]
	for _, c := range r.choices {
		options = append(options, huh.NewOption(c.label, c.value))
	}
	return huh.NewSelect[string]().Key(r.key).Options(options...).Value(r.value).Inline(true)
}

// index is the focused row.
func (m *Model) index() int {
	for i, r := range m.rows {
		if r.key == m.focused() {
			return i
		}
	}
	return 0
}

func (m *Model) focused() string { return m.form.GetFocusedField().GetKey() }
func (m *Model) onLast() bool    { return m.index() == len(m.rows)-1 }

// focus goes to a row; huh knows only the way to the next one and back.
func (m *Model) focus(name string) tea.Cmd {
	var cmd tea.Cmd
	for range m.rows {
		if m.focused() != m.rows[0].key {
			cmd = m.form.PrevField()
		}
	}
	for range len(m.rows) - 1 {
		if m.focused() != name {
			cmd = m.form.NextField()
		}
	}
	return cmd
}

// keyMap leaves huh the keys of a choice; the others are this screen's.
func keyMap() *huh.KeyMap {
	k := &huh.KeyMap{}
	k.Select.Left, k.Select.Right = key.NewBinding(key.WithKeys("left")), key.NewBinding(key.WithKeys("right", " "))
	return k
}

// theme dresses huh's fields in the program's own styles.
func theme(c *ui.Common) *huh.Theme {
	t := huh.ThemeBase()
	st := c.Styles
	plain := st.Plain
	t.Focused.Base, t.Blurred.Base = plain, plain
	for _, f := range []*huh.FieldStyles{&t.Focused, &t.Blurred} {
		f.TextInput = huh.TextInputStyles{Cursor: st.Accent, CursorText: plain, Placeholder: st.Hint, Prompt: plain, Text: plain}
		f.SelectedOption, f.PrevIndicator, f.NextIndicator = plain, plain.SetString(""), plain.SetString("")
	}
	t.Focused.SelectedOption = st.Accent
	t.Focused.PrevIndicator, t.Focused.NextIndicator = st.Key.SetString(c.Glyphs.Back+" "), st.Key.SetString(" "+c.Glyphs.Here)
	return t
}
