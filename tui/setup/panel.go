package setup

import (
	"fmt"
	"strings"
	"time"

	"github.com/charmbracelet/lipgloss"

	"example.com/grantwalk/flow"
	"example.com/grantwalk/tui/ui"
	"example.com/grantwalk/tui/usage"
)

// copiedFor is how long the form says that the command was copied.
const copiedFor = 3 * time.Second

// about says what a field is for; the server's depend on what is chosen.
var about = map[string]string{
	practiceServer: "An authorization server that grantwalk starts on this machine, for this walk only. Nothing has to be filled in.",
	ownIssuer:      "Give its issuer and your client there. grantwalk asks the issuer for everything else.",
	ownEndpoints:   "For a provider that publishes no metadata, such as GitHub: give the two endpoints that its documentation names.",
	"issuer":       "The provider's name as a URL, with path or tenant. It is asked for its metadata as soon as you go on (RFC 8414, OpenID Connect Discovery).",
	"auth-url":     "The authorization endpoint, where the browser goes (RFC 6749 §3.1).",
	"token-url":    "The token endpoint, which exchanges the code for tokens (RFC 6749 §3.2).",
	"client-id":    "The name under which your application is registered at the provider. It is public.",
	"client-secret": "The password of your application. It goes to the token endpoint only, and is not stored. " +
		"Leave it empty for a public client.",
	"scope":   "What to ask for, separated by spaces. openid asks who the user is; many providers want offline_access for a refresh token.",
	"browser": "Who opens the login page. Over SSH choose none, and open the URL on your own machine.",
}

// auths say what each way of authenticating does.
var auths = map[string]string{
	"":                     "Basic if the provider takes it, else post; none without a secret. Only one is tried, because a second request would use up the code.",
	string(flow.AuthBasic): "Id and secret travel in the Authorization header (RFC 6749 §2.3.1).",
	string(flow.AuthPost):  "Id and secret travel in the form. RFC 6749 §2.3.1 advises it only where Basic cannot be used.",
	string(flow.AuthNone):  "A public client: an app or a page that cannot keep a secret. PKCE takes the place of a secret.",
}

var pkces = map[string]string{
	"":                     "The browser carries a hash, the token request the secret behind it: a stolen code is worthless (RFC 7636).",
	string(flow.PKCES256):  "The browser carries a hash, the token request the secret behind it: a stolen code is worthless (RFC 7636).",
	string(flow.PKCEPlain): "The secret itself passes through the browser: only for servers that cannot do S256 (RFC 7636 §4.2).",
	string(flow.PKCENone):  "Anyone who gets the code can try to exchange it. RFC 9700 §2.1.1 asks for PKCE.",
}

// panel says what is wrong with a field, or else what it means, and what
// discovery found that belongs to it.
func (m *Model) panel(field string, width int) []string {
	if p := m.problem(field); p != nil {
		return m.problemLines(m.rows[m.index()].label+": "+p.Problem, p.Remedy, width)
	}
	switch field {
	case "issuer":
		return m.issuerPanel(width)
	case "server":
		return ui.Wrap(about[m.values.server], width)
	case "client-auth":
		return m.withFound(auths[m.values.auth], "The server takes", joined(m.metadata().AuthMethods), width)
	case "redirect-uri":
		return m.redirectPanel(width)
	case "scope":
		return m.withFound(about[field], "The server has", joined(m.metadata().Scopes), width)
	case "pkce":
		return m.withFound(pkces[m.values.pkce], "The server knows", joined(m.metadata().ChallengeMethods), width)
	}
	return ui.Wrap(about[field], width)
}

// metadata is what was discovered, or nothing.
func (m *Model) metadata() flow.Metadata {
	if found := m.discovered(); found != nil {
		return *found
	}
	return flow.Metadata{}
}

func (m *Model) problemLines(problem, remedy string, width int) []string {
	lines := ui.Wrap(m.ui.Styles.Problem.Render(m.ui.Glyphs.Bad+" "+ui.Sentence(problem)), width)
	return append(lines, ui.Wrap(ui.Sentence(remedy), width)...)
}

func (m *Model) issuerPanel(width int) []string {
	d := m.discovery
	if d.issuer == "" || d.issuer != m.values.issuer {
		return ui.Wrap(about["issuer"], width)
	}
	switch {
	case d.asking:
		return ui.Wrap("Asking for its metadata. You can go on meanwhile; esc stops it.", width)
	case d.problem != "":
		return m.problemLines(d.problem, d.remedy, width)
	}
	var lines []string
	found := d.metadata
	for _, f := range []struct{ name, value string }{
		{"authorization", found.AuthorizationEndpoint}, {"token", found.TokenEndpoint}, {"authentication", joined(found.AuthMethods)},
		{"PKCE", joined(found.ChallengeMethods)}, {"scopes", joined(found.Scopes)},
		{"userinfo", found.UserinfoEndpoint}, {"keys", found.JWKSURI}, {"revocation", found.RevocationEndpoint},
	} {
		if f.value != "" {
			lines = append(lines, m.ui.Styles.Hint.Render(ui.Pad(f.name, labelWidth-3, ""))+ui.Pad(f.value, width-labelWidth+3, m.ui.Glyphs.Ellipsis))
		}
	}
	return lines
}

func (m *Model) redirectPanel(width int) []string {
	uri := m.options().Config.RedirectURI
	if uri == "" {
		uri = flow.DefaultRedirectURI
	}
	r, err := flow.ParseRedirect(uri)
	if err != nil {
		return nil // problem has shown it
	}
	lines := ui.Wrap(r.Meaning(), width)
	return append(lines, ui.Wrap(m.ui.Styles.Hint.Render("It must be registered at the provider, character by character."), width)...)
}

// withFound adds what the server says it supports.
func (m *Model) withFound(text, lead, found string, width int) []string {
	lines := ui.Wrap(text, width)
	if found == "" {
		return lines
	}
	list := m.ui.Styles.Good.Render(m.ui.Glyphs.Done) + " " + lead + " " + found + "."
	return append(lines, ui.Wrap(list, max(width, lipgloss.Width(lead)))...)
}

// joined is a list of what a server supports, as far as it may be shown.
func joined[T fmt.Stringer](list []T) string {
	shown := make([]string, len(list))
	for i, value := range list {
		shown[i] = value.String()
	}
	return strings.Join(shown, ", ")
}

// problem is what is wrong with the value of a field; an empty one is in
// order until the walk is to begin.
func (m *Model) problem(field string) *usage.Error {
	value := ""
	for _, r := range m.rows {
		if r.key == field {
			value = *r.value
		}
	}
	if m.refused != nil && m.refused.Setting == field && m.refusedAs == value {
		return m.refused
	}
	if value == "" {
		return nil
	}
	for _, p := range m.options().Problems() {
		if said := usage.Form(p); said.Setting == field {
			return said
		}
	}
	return nil
}
