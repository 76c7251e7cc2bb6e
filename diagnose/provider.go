package diagnose

import (
	"strings"

	"example.com/grantwalk/diagnose/catalogue"
)

// identify finds the provider by the name that was given, or else by what gives
// it away: the URL of an endpoint, the issuer, a text that only it writes. It is nil if
// none is recognised.
func identify(c *Case) *catalogue.Provider {
	if p, ok := catalogue.Find(c.Provider.Raw()); ok {
		return p
	}
	if name, _ := catalogue.Identify(c.traces()); name != "" {
		p, _ := catalogue.Find(name)
		return p
	}
	return nil
}

// traces is all in which a server may have left its mark.
func (c *Case) traces() string {
	parts := []string{c.Issuer.Raw(), c.Refusal.URI.Raw(), c.Refusal.Description.Raw()}
	if c.Token != nil {
		parts = append(parts, c.Token.Endpoint.Raw(), c.Token.Response.Body.Raw())
	}
	if c.Auth != nil {
		parts = append(parts, c.Auth.Endpoint.Raw(), c.Auth.Response.Iss.Raw())
	}
	return strings.Join(append(parts, c.Words.Raw(), c.Note.Raw()), "\n")
}

// name is the provider's in the catalogue, or as the evidence calls it.
func (c *Case) name() string {
	if c.Known != nil {
		return c.Known.Name
	}
	return c.Provider.String()
}

// is reports whether the provider is that one, or is built with it.
func (c *Case) is(name string) bool {
	return c.name() == name || c.Known != nil && c.Known.Base == name
}

// noProbe is why one refused request more could do harm here, as far as is
// known; else empty.
func (c *Case) noProbe() string {
	if c.Known == nil {
		return ""
	}
	return c.Known.NoProbe
}
