package view

import (
	"strings"

	"example.com/grantwalk/diagnose/catalogue"
	"example.com/grantwalk/diagnose/exchange"
)

// identify finds the provider by the name that was given, or else by what gives
// it away: the URL of an endpoint, the issuer, a text that only it writes. It is nil if
// none is recognised.
func identify(v *View) *catalogue.Provider {
	if p, ok := catalogue.Find(v.Provider.Raw()); ok {
		return p
	}
	if name, _ := catalogue.Identify(traces(v)); name != "" {
		p, _ := catalogue.Find(name)
		return p
	}
	return nil
}

// traces is all in which a server may have left its mark.
func traces(v *View) string {
	parts := []string{v.Issuer.Raw(), v.ErrorResponse.URI.Raw(), v.ErrorResponse.Description.Raw()}
	if v.Token != nil {
		parts = append(parts, v.Token.Endpoint.Raw(), v.Token.Response.Body.Raw())
	}
	if v.Auth != nil {
		parts = append(parts, v.Auth.Endpoint.Raw(), v.Auth.Response.Iss.Raw())
	}
	return strings.Join(append(parts, exchange.Text(v.Statements, nil)), "\n")
}

// ProviderName is the provider's in the catalogue, or as the evidence calls it.
func (v *View) ProviderName() string {
	if v.Known != nil {
		return v.Known.Name
	}
	return v.Provider.String()
}
