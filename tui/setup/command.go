package setup

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/lipgloss"

	"example.com/grantwalk/flow"
	"example.com/grantwalk/tui/session"
	"example.com/grantwalk/tui/ui"
)

// command is the command line that does what the form says, each flag with its
// value, for bash, zsh and fish. A secret is never in it: an argument can be read by
// every process of the machine. The error says which value no command line can have.
func command(o session.Options) ([]string, error) {
	c := o.Config
	parts := []string{"grantwalk walk"}
	var bad error
	add := func(flag, value string) {
		if value == "" {
			return
		}
		word, err := ui.ShellQuote(value)
		if err != nil {
			bad = fmt.Errorf("--%s %w", flag, err)
		}
		parts = append(parts, "--"+flag+" "+word)
	}
	if !o.Practice {
		add("provider", c.Provider)
	}
	add("issuer", c.Issuer)
	add("auth-url", c.AuthURL)
	add("token-url", c.TokenURL)
	add("client-id", c.ClientID)
	add("client-auth", string(c.ClientAuth))
	add("redirect-uri", c.RedirectURI)
	add("scope", strings.Join(c.Scopes, " "))
	for _, p := range c.Params {
		add("param", p.Name+"="+p.Value)
	}
	if c.PKCE != flow.PKCES256 {
		add("pkce", string(c.PKCE))
	}
	if c.Timeout > 0 {
		add("timeout", c.Timeout.String())
	}
	if c.Insecure {
		parts = append(parts, "--insecure")
	}
	if o.Browser != session.System {
		add("browser", string(o.Browser))
	}
	if !o.Practice { // which brings its own
		add("other-client-id", c.OtherClientID)
	}
	add("twist", string(o.Twist))
	for _, f := range o.Faults {
		add("fault", f)
	}
	add("speak", o.Speak)
	return parts, bad
}

// shellLines breaks a command between its parts, so that it can be marked and
// pasted as it stands.
func shellLines(parts []string, width int) []string {
	lines := []string{parts[0]}
	for _, p := range parts[1:] {
		last := &lines[len(lines)-1]
		if lipgloss.Width(*last+" "+p+` \`) <= width {
			*last += " " + p
			continue
		}
		*last += ` \`
		lines = append(lines, p)
	}
	return lines
}
