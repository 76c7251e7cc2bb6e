package session

import (
	"strings"
	"time"

	"example.com/grantwalk/diagnose/catalogue"
	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/flow"
)

// PracticeProvider is the one preset that needs no endpoints.
const PracticeProvider = "practice"

// Preset fills in what the catalogue knows of a provider, where c leaves it
// open. An issuer or endpoints of the user's own go before the catalogue's. The
// error is a [*flow.UsageError].
func Preset(name string, c flow.Config) (flow.Config, error) {
	p, ok := catalogue.Find(name)
	if !ok {
		return c, &flow.UsageError{Setting: "provider", Value: safe.Typed(name), Problem: "there is no preset of that name",
			Remedy: "grantwalk providers lists them; or name yours by --issuer URL, or by --auth-url with --token-url"}
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
		return c, &flow.UsageError{Setting: "provider", Value: name, Problem: "each of its customers has an issuer of their own",
			Remedy: "add --issuer URL; the metadata is at " + e.Discovery}
	case e.Authorization != "":
		return c, &flow.UsageError{Setting: "provider", Value: name, Problem: "each of its customers has endpoints of their own",
			Remedy: "add --auth-url and --token-url; they are like " + e.Authorization + " and " + e.Token}
	default:
		return c, &flow.UsageError{Setting: "provider", Value: name, Problem: "its endpoints are not known here",
			Remedy: "add --issuer URL, or --auth-url with --token-url"}
	}
	return c, nil
}

// whole reports whether an address has no placeholder in it.
func whole(address string) bool { return address != "" && !strings.Contains(address, "{") }
