package session

import (
	"strings"
	"time"

	"example.com/grantwalk/diagnose/catalogue"
	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/flow"
	"example.com/grantwalk/tui/usage"
)

// PracticeProvider is the one preset that needs no endpoints.
const PracticeProvider = "practice"

const fieldProvider flow.Field = "provider"

// Preset fills in what the catalogue knows of a provider, where c leaves it
// open. An issuer or endpoints of the user's own go before the catalogue's. The
// error is a [*flow.Problem].
func Preset(name string, c flow.Config) (flow.Config, error) {
	p, ok := catalogue.Find(name)
	if !ok {
		return c, &flow.Problem{Field: fieldProvider, Value: safe.Typed(name), Code: usage.NoPreset}
	}
	c.Provider = p.Name
	if c.CodeLifetime == 0 {
		c.CodeLifetime = time.Duration(p.CodeLifetime) * time.Second
	}
	if c.Issuer != "" || c.AuthURL != "" || c.TokenURL != "" {
		return c, nil
	}
	e := p.Endpoints
	switch {
	case e.Discovery != "" && whole(e.Issuer):
		c.Issuer = e.Issuer
	case whole(e.Authorization) && whole(e.Token):
		c.AuthURL, c.TokenURL = e.Authorization, e.Token
	case e.Discovery != "":
		return c, &flow.Problem{Field: fieldProvider, Value: name, Code: usage.OwnIssuer, Args: []string{e.Discovery}}
	case e.Authorization != "":
		return c, &flow.Problem{Field: fieldProvider, Value: name, Code: usage.OwnEndpoints, Args: []string{e.Authorization, e.Token}}
	default:
		return c, &flow.Problem{Field: fieldProvider, Value: name, Code: usage.NoEndpoints}
	}
	return c, nil
}

// whole reports whether an address has no placeholder in it.
func whole(address string) bool { return address != "" && !strings.Contains(address, "{") }
